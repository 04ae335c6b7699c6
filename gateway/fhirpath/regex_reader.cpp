#include <algorithm>
#include <memory>

#include "gateway/base/text.h"
#include "gateway/fhirpath/letters.h"
#include "gateway/fhirpath/regex_program.h"

namespace gateway::fhirpath {
namespace {

constexpr std::size_t kLongestPattern = 4096;
constexpr int kDeepest = 40;

// Reads a pattern into a tree. Members that return bool answer false after refuse().
class PatternReader {
 public:
  using Op = RegexOp;

  PatternReader(std::string_view pattern, RegexProgram& program)
      : pattern_(decode_utf8(pattern)), program_(program) {}

  Result<RegexPart> read() {
    RegexPart part;
    if (pattern_.size() > kLongestPattern) return fault("it is too long");
    if (!alternatives(part, 0)) return fault(why_);
    if (at_ < pattern_.size()) return fault("a parenthesis is not open");
    return part;
  }

 private:
  Error fault(std::string why) const {
    return fail(ErrorCode::Unprocessable, "the regular expression cannot be used: " + std::move(why),
                "position " + std::to_string(at_ + 1) + " of the pattern");
  }
  bool refuse(std::string why) {
    why_ = std::move(why);
    return false;
  }

  bool more() const { return at_ < pattern_.size(); }
  char32_t peek(std::size_t ahead = 0) const {
    return at_ + ahead < pattern_.size() ? pattern_[at_ + ahead] : U'\0';
  }
  bool accept(std::u32string_view text) {
    if (std::u32string_view(pattern_).substr(at_, text.size()) != text) return false;
    at_ += text.size();
    return true;
  }

  bool alternatives(RegexPart& out, int depth) {
    if (depth > kDeepest) return refuse("groups are nested too deeply");
    out.kind = RegexPart::Kind::Choice;
    do {
      RegexPart sequence;
      sequence.kind = RegexPart::Kind::Sequence;
      while (more() && peek() != '|' && peek() != ')')
        if (!repeated(sequence.parts.emplace_back(), depth)) return false;
      out.parts.push_back(std::move(sequence));
    } while (accept(U"|"));
    return true;
  }

  bool repeated(RegexPart& out, int depth) {
    if (!atom(out, depth)) return false;
    while (true) {
      std::uint32_t least = 0, most = kManyTimes;
      if (accept(U"*")) {
      } else if (accept(U"+")) {
        least = 1;
      } else if (accept(U"?")) {
        most = 1;
      } else if (peek() != '{' || !braces(least, most)) {
        return why_.empty();
      }
      if (most < least) return refuse("a repetition has its bounds the wrong way round");
      RegexPart repeat;
      repeat.kind = RegexPart::Kind::Repeat;
      repeat.least = least;
      repeat.most = most;
      repeat.greedy = !accept(U"?");
      repeat.parts.push_back(std::move(out));
      out = std::move(repeat);
      if (peek() == '*' || peek() == '+' || peek() == '?') return refuse("nothing to repeat");
    }
  }

  // {n}, {n,} or {n,m}; false for a brace that is just a character.
  bool braces(std::uint32_t& least, std::uint32_t& most) {
    const std::size_t start = at_++;
    const auto number = [&](std::uint32_t& out) {
      std::string digits;
      while (peek() >= '0' && peek() <= '9') digits += static_cast<char>(pattern_[at_++]);
      const auto parsed = parse_number<std::uint32_t>(digits);
      if (parsed) out = *parsed;
      return parsed.has_value();
    };
    bool good = number(least);
    most = least;
    if (good && accept(U",")) {
      most = kManyTimes;
      if (peek() != '}') good = number(most);
    }
    if (good && accept(U"}")) return true;
    at_ = start;
    return false;
  }

  bool atom(RegexPart& out, int depth) {
    const char32_t c = pattern_[at_++];
    out.kind = RegexPart::Kind::One;
    switch (c) {
      case '(':
        return group(out, depth);
      case '[':
        return char_class(out);
      case '.':
        out.op = Op::Any;
        return true;
      case '^':
        out.op = Op::LineStart;
        return true;
      case '$':
        out.op = Op::LineEnd;
        return true;
      case '\\':
        return escaped(out);
      case '*':
      case '+':
      case '?':
        return refuse("nothing to repeat");
      default:
        out.op = Op::Char;
        out.value = c;
        return true;
    }
  }

  bool group(RegexPart& out, int depth) {
    RegexPart inner;
    if (accept(U"?:")) {
      out.kind = RegexPart::Kind::Sequence;
    } else if (peek() == '?' && (peek(1) == '=' || peek(1) == '!')) {
      out.kind = RegexPart::Kind::Look;
      out.op = peek(1) == '=' ? Op::LookAhead : Op::NotLookAhead;
      at_ += 2;
    } else {
      if (accept(U"?<")) {
        if (peek() == '=' || peek() == '!') return refuse("looking behind is not available");
        const auto end = pattern_.find(U'>', at_);
        if (end == std::u32string::npos) return refuse("the name of a group does not end");
        at_ = end + 1;
      } else if (peek() == '?') {
        return refuse("this kind of group is not available");
      }
      out.kind = RegexPart::Kind::Group;
      out.value = static_cast<char32_t>(program_.groups++);
    }
    if (!alternatives(inner, depth + 1)) return false;
    if (!accept(U")")) return refuse("a group is not closed");
    out.parts.push_back(std::move(inner));
    return true;
  }

  // \d \D \w \W \s \S \p{L} \P{L} into a class.
  bool shorthand(char32_t letter, CharClass& out) {
    CharClass set;
    switch (letter | 0x20) {
      case 'd':
        set.ranges = {{'0', '9'}};
        break;
      case 'w':
        set.ranges = {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
        break;
      case 's':
        set.ranges = {{9, 13},          {' ', ' '},       {0xA0, 0xA0},     {0x1680, 0x1680},
                      {0x2000, 0x200A}, {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F},
                      {0x3000, 0x3000}, {0xFEFF, 0xFEFF}};
        break;
      case 'p':
        if (accept(U"{N}") || accept(U"{Nd}")) {
          set.ranges = {{'0', '9'}};
        } else if (accept(U"{L}") || accept(U"{Letter}")) {
          set.letters = true;
        } else {
          return refuse("only the properties L and N of \\p{} are available");
        }
        break;
      default:
        return refuse("unknown escape sequence");
    }
    set.negated = letter < 'a';
    out = std::move(set);
    return true;
  }

  static bool is_shorthand(char32_t c) {
    return std::u32string_view(U"dDwWsSpP").find(c) != std::u32string_view::npos;
  }

  // The character that an escape sequence stands for; `at_` is behind the backslash.
  bool character(char32_t& out) {
    if (!more()) return refuse("it ends with a backslash");
    const char32_t c = pattern_[at_++];
    constexpr std::u32string_view kLetters = U"tnrfv0", kMeanings{U"\t\n\r\f\v\0", 6};
    if (const auto found = kLetters.find(c); found != std::u32string_view::npos) {
      out = kMeanings[found];
    } else if (c == 'u' || c == 'x') {
      std::string digits;
      const std::size_t wanted = c == 'u' ? 4 : 2;
      while (digits.size() < wanted && more()) digits += static_cast<char>(pattern_[at_++]);
      std::uint32_t code = 0;
      const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16).ptr;
      if (digits.size() != wanted || end != digits.data() + wanted) return refuse("unknown escape sequence");
      out = code;
    } else if ((c >= '0' && c <= '9') || is_letter(c)) {
      return refuse("unknown escape sequence");
    } else {
      out = c;
    }
    return true;
  }

  bool escaped(RegexPart& out) {
    const char32_t c = peek();
    if (is_shorthand(c)) {
      ++at_;
      out.op = Op::Class;
      out.value = static_cast<char32_t>(program_.classes.size());
      CharClass set;
      if (!shorthand(c, set)) return false;
      program_.classes.push_back(std::move(set));
      return true;
    }
    if (c == 'b' || c == 'B') {
      ++at_;
      out.op = c == 'b' ? Op::WordEdge : Op::NoWordEdge;
      return true;
    }
    if (c >= '1' && c <= '9') {
      ++at_;
      out.op = Op::BackReference;
      out.value = c - '0';
      return true;
    }
    out.op = Op::Char;
    return character(out.value);
  }

  bool char_class(RegexPart& out) {
    CharClass set;
    set.negated = accept(U"^");
    while (more() && peek() != ']') {
      char32_t first = pattern_[at_++];
      if (first == '\\') {
        if (is_shorthand(peek())) {
          if (!include(set)) return false;
          continue;
        }
        if (!character(first)) return false;
      }
      char32_t last = first;
      if (peek() == '-' && peek(1) != ']' && at_ + 1 < pattern_.size()) {
        ++at_;
        last = pattern_[at_++];
        if (last == '\\' && !character(last)) return false;
        if (last < first) return refuse("a range of characters runs backwards");
      }
      set.ranges.push_back({first, last});
    }
    if (!accept(U"]")) return refuse("a class of characters is not closed");
    out.op = Op::Class;
    out.value = static_cast<char32_t>(program_.classes.size());
    program_.classes.push_back(std::move(set));
    return true;
  }

  // A shorthand inside a class.
  bool include(CharClass& set) {
    CharClass part;
    if (!shorthand(pattern_[at_++], part)) return false;
    if (!part.negated) {
      set.ranges.insert(set.ranges.end(), part.ranges.begin(), part.ranges.end());
      set.letters = set.letters || part.letters;
      return true;
    }
    if (part.letters) return refuse("\\P{L} is not available in a class");
    char32_t next = 0;
    for (const auto& range : part.ranges) {
      if (range.first > next) set.ranges.push_back({next, range.first - 1});
      next = range.last + 1;
    }
    set.ranges.push_back({next, 0x10FFFF});
    return true;
  }

  std::u32string pattern_;
  RegexProgram& program_;
  std::size_t at_ = 0;
  std::string why_;
};

}  // namespace

Result<RegexPart> read_pattern(std::string_view pattern, RegexProgram& program) {
  return PatternReader(pattern, program).read();
}

}  // namespace gateway::fhirpath

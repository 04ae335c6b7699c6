#include "gateway/fhirpath/regex.h"

#include <algorithm>

#include "gateway/base/text.h"
#include "gateway/fhirpath/letters.h"

namespace gateway::fhirpath {
namespace {

constexpr std::size_t kNowhere = ~std::size_t{0};
constexpr std::size_t kLongestText = 10'000'000;
constexpr std::size_t kPerStep = 8;  // characters or ranges compared

bool is_word(char32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}
bool holds(const CharClass& set, char32_t c) {
  return (set.letters && is_letter(c)) ||
         std::any_of(set.ranges.begin(), set.ranges.end(),
                     [&](const CharClass::Range& range) { return c >= range.first && c <= range.last; });
}
bool is_line_end(char32_t c) { return c == '\n' || c == '\r' || c == 0x2028 || c == 0x2029; }

}  // namespace

// One match in progress: a backtracking machine whose stack is a vector.
class Regex::Run {
 public:
  using Op = RegexOp;

  Run(const Regex& regex, const std::u32string& text, std::size_t& steps)
      : regex_(regex),
        text_(text),
        steps_(steps),
        slots_(regex.program_.groups * 2 + regex.program_.marks, kNowhere) {}

  // Whether the pattern matches at `start`; the slots then hold the groups.
  bool match(std::size_t start) {
    charge(slots_.size() / kPerStep);
    std::fill(slots_.begin(), slots_.end(), kNowhere);
    undo_.clear();
    return run(0, start);
  }
  std::size_t slot(std::size_t index) const { return slots_[index]; }
  bool exhausted() const { return exhausted_; }

 private:
  struct Choice {
    std::uint32_t instruction;
    std::size_t position;
    std::size_t undo;  // how much of the undo list was there
  };
  struct Undo {
    std::size_t slot, value;
  };
  struct Frame {  // of a look-ahead that is being tried
    std::size_t choices;
    std::uint32_t instruction;
    std::size_t position;
    std::size_t undo;
  };

  void set(std::size_t slot, std::size_t value) {
    undo_.push_back({slot, slots_[slot]});
    slots_[slot] = value;
  }
  void restore(std::size_t size) {
    for (; undo_.size() > size; undo_.pop_back()) slots_[undo_.back().slot] = undo_.back().value;
  }
  std::size_t mark_slot(char32_t mark) const { return regex_.program_.groups * 2 + mark; }

  bool at_edge(std::size_t position) const {
    const bool before = position > 0 && is_word(text_[position - 1]);
    const bool after = position < text_.size() && is_word(text_[position]);
    return before != after;
  }

  // Instructions that look at more than a character. What is left decides before the next instruction.
  void charge(std::size_t steps) { steps_ -= std::min(steps_, steps); }

  bool refers(char32_t group, std::size_t& position) {
    const std::size_t first = slots_[group * 2], last = slots_[group * 2 + 1];
    if (first == kNowhere || last == kNowhere) return true;
    const std::u32string_view part = std::u32string_view(text_).substr(first, last - first);
    charge(part.size() / kPerStep + 1);
    if (std::u32string_view(text_).substr(position, part.size()) != part) return false;
    position += part.size();
    return true;
  }

  // Instructions that look at the text. False: no match this way.
  bool step(const RegexInstruction& instruction, std::size_t& position) {
    const bool inside = position < text_.size();
    const char32_t c = inside ? text_[position] : U'\0';
    switch (instruction.op) {
      case Op::Char:
        if (!inside || !same(c, instruction.value)) return false;
        ++position;
        return true;
      case Op::Any:
        if (!inside || (!regex_.flags_.dot_all && is_line_end(c))) return false;
        ++position;
        return true;
      case Op::Class:
        charge(regex_.program_.classes[instruction.value].ranges.size() / kPerStep);
        if (!inside || !regex_.in_class(regex_.program_.classes[instruction.value], c)) return false;
        ++position;
        return true;
      case Op::LineStart:
        return position == 0 || (regex_.flags_.multiline && is_line_end(text_[position - 1]));
      case Op::LineEnd:
        return !inside || (regex_.flags_.multiline && is_line_end(c));
      case Op::WordEdge:
        return at_edge(position);
      case Op::NoWordEdge:
        return !at_edge(position);
      case Op::BackReference:
        return refers(instruction.value, position);
      case Op::Advanced:
        return slots_[mark_slot(instruction.value)] != position;
      case Op::Save:
        set(instruction.value, position);
        return true;
      case Op::Mark:
        set(mark_slot(instruction.value), position);
        return true;
      default:
        return true;
    }
  }

  bool same(char32_t a, char32_t b) const {
    return a == b || (regex_.flags_.ignore_case && lower_of(a) == lower_of(b));
  }

  bool run(std::uint32_t at, std::size_t position) {
    choices_.clear();
    frames_.clear();
    while (true) {
      if (steps_ == 0) return exhausted_ = true, false;
      --steps_;
      const RegexInstruction& instruction = regex_.program_.instructions[at];
      bool good = true;
      std::uint32_t next = instruction.next;
      if (instruction.op == Op::Split) {
        choices_.push_back({instruction.otherwise, position, undo_.size()});
      } else if (instruction.op == Op::LookAhead || instruction.op == Op::NotLookAhead) {
        frames_.push_back({choices_.size(), at, position, undo_.size()});
      } else if (instruction.op == Op::Match) {
        if (frames_.empty() && (!regex_.flags_.whole || position == text_.size())) return true;
        good = !frames_.empty() && leave(next, position);
      } else {
        good = step(instruction, position);
      }
      if (!good && !backtrack(next, position)) return false;
      at = next;
    }
  }

  // The inside of a look-ahead matched.
  bool leave(std::uint32_t& next, std::size_t& position) {
    const Frame frame = frames_.back();
    frames_.pop_back();
    choices_.resize(frame.choices);
    const RegexInstruction& look = regex_.program_.instructions[frame.instruction];
    position = frame.position;
    next = look.otherwise;
    if (look.op == Op::LookAhead) return true;
    restore(frame.undo);
    return false;
  }

  // To the last choice; a look-ahead without any left has failed, which is what a negative one wants.
  bool backtrack(std::uint32_t& next, std::size_t& position) {
    while (!frames_.empty() && choices_.size() == frames_.back().choices) {
      const Frame frame = frames_.back();
      frames_.pop_back();
      restore(frame.undo);
      const RegexInstruction& look = regex_.program_.instructions[frame.instruction];
      if (look.op == Op::LookAhead) continue;
      position = frame.position;
      next = look.otherwise;
      return true;
    }
    if (choices_.empty()) return false;
    const Choice choice = choices_.back();
    choices_.pop_back();
    restore(choice.undo);
    next = choice.instruction;
    position = choice.position;
    return true;
  }

  const Regex& regex_;
  const std::u32string& text_;
  std::size_t& steps_;
  std::vector<std::size_t> slots_;
  std::vector<Choice> choices_;
  std::vector<Undo> undo_;
  std::vector<Frame> frames_;
  bool exhausted_ = false;
};

bool Regex::in_class(const CharClass& set, char32_t c) const {
  bool found = holds(set, c);
  if (!found && flags_.ignore_case) found = holds(set, lower_of(c)) || holds(set, upper_of(c));
  return found != set.negated;
}

namespace {

Error too_costly() {
  return fail(ErrorCode::Unprocessable, "the regular expression needs too many steps for this text");
}

// "$1", "$&" and "$$" of a replacement.
template <class GroupText>
void append_replacement(std::u32string& out, std::u32string_view with, std::size_t groups, GroupText group) {
  for (std::size_t i = 0; i < with.size(); ++i) {
    const char32_t next = with[i] == '$' && i + 1 < with.size() ? with[i + 1] : U'\0';
    if (next == '$') {
      out += with[++i];
    } else if (next == '&') {
      out += group(0);
      ++i;
    } else if (next >= '1' && next <= '9' && next - U'0' < groups) {
      out += group(with[++i] - U'0');
    } else {
      out += with[i];
    }
  }
}

}  // namespace

Result<bool> Regex::find(std::string_view text, std::size_t& steps) const {
  if (text.size() > kLongestText) return too_costly();
  const std::u32string characters = decode_utf8(text);
  Run run(*this, characters, steps);
  for (std::size_t start = 0; start <= characters.size(); ++start) {
    if (run.match(start)) return true;
    if (run.exhausted()) return too_costly();
    if (flags_.whole) break;
  }
  return false;
}

Result<std::string> Regex::replace(std::string_view text, std::string_view with, std::size_t& steps) const {
  if (text.size() > kLongestText) return too_costly();
  const std::u32string characters = decode_utf8(text), replacement = decode_utf8(with);
  Run run(*this, characters, steps);
  std::u32string out;
  for (std::size_t start = 0; start <= characters.size();) {
    const bool found = run.match(start);
    if (run.exhausted() || out.size() > kLongestText) return too_costly();
    if (found) {
      append_replacement(out, replacement, program_.groups, [&](std::size_t group) {
        const std::size_t first = run.slot(group * 2), last = run.slot(group * 2 + 1);
        return first == kNowhere ? std::u32string() : characters.substr(first, last - first);
      });
    }
    const std::size_t end = found ? run.slot(1) : start;
    if (end == start && start < characters.size()) out += characters[start];
    start = end == start ? start + 1 : end;
  }
  return encode_utf8(out);
}

}  // namespace gateway::fhirpath

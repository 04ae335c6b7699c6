// The fuzzy half of person_name.h: words, sounds, and the comparison of names as a whole.
#include <algorithm>
#include <array>

#include "gateway/base/text.h"
#include "gateway/model/person_name.h"

namespace gateway::model {
namespace {

constexpr std::size_t kMaxWords = 64;       // of one group; names of people have fewer
constexpr std::size_t kMaxSound = 8;        // letters
constexpr std::uint8_t kLastComponent = 4;  // suffix

// Base letters of the folded Latin letters U+00E0 to U+00FF; '?' stays as it is.
constexpr std::string_view kLatin1Base = "aaaaaa?ceeeeiiii?nooooo??uuuuy?y";
// The same of U+0100 to U+017F, by pairs of upper and lower case (folding has left the lower ones).
constexpr std::string_view kLatinABase =
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiii???jjkkklllllll"
    "lllnnnnnnnnnoooooo??rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
static_assert(kLatin1Base.size() == 32 && kLatinABase.size() == 128);

// Letters that are two, or that no table has.
struct Spelled {
  char32_t letter;
  std::string_view as;
};
constexpr std::array kSpelled = {
    Spelled{U'\u00DF', "ss"}, Spelled{U'\u00E6', "ae"}, Spelled{U'\u00F0', "d"},  Spelled{U'\u00F8', "o"},
    Spelled{U'\u00FE', "th"}, Spelled{U'\u0133', "ij"}, Spelled{U'\u0153', "oe"}, Spelled{U'\u0131', "i"},
};

bool is_combining_mark(char32_t c) { return c >= 0x0300 && c <= 0x036F; }

// Appends the letter without its accents; `c` is folded already.
void append_base(std::string& out, char32_t c) {
  if (is_combining_mark(c)) return;
  for (const auto& [letter, as] : kSpelled)
    if (letter == c) {
      out += as;
      return;
    }
  const char base = c >= 0xE0 && c <= 0xFF     ? kLatin1Base[c - 0xE0]
                    : c >= 0x100 && c <= 0x17F ? kLatinABase[c - 0x100]
                                               : '?';
  if (base != '?')
    out += base;
  else
    append_utf8(out, c);
}

// Vietnamese and other letters with two accents, U+1E00 to U+1EFF: by ranges of their base letter.
struct BaseRange {
  char16_t last;
  char base;
};
constexpr std::array kExtended = {
    BaseRange{0x1E01, 'a'}, BaseRange{0x1E07, 'b'}, BaseRange{0x1E09, 'c'}, BaseRange{0x1E13, 'd'},
    BaseRange{0x1E1D, 'e'}, BaseRange{0x1E1F, 'f'}, BaseRange{0x1E21, 'g'}, BaseRange{0x1E2B, 'h'},
    BaseRange{0x1E2F, 'i'}, BaseRange{0x1E35, 'k'}, BaseRange{0x1E3D, 'l'}, BaseRange{0x1E43, 'm'},
    BaseRange{0x1E4B, 'n'}, BaseRange{0x1E53, 'o'}, BaseRange{0x1E57, 'p'}, BaseRange{0x1E5F, 'r'},
    BaseRange{0x1E69, 's'}, BaseRange{0x1E71, 't'}, BaseRange{0x1E7B, 'u'}, BaseRange{0x1E7F, 'v'},
    BaseRange{0x1E89, 'w'}, BaseRange{0x1E8D, 'x'}, BaseRange{0x1E8F, 'y'}, BaseRange{0x1E95, 'z'},
    BaseRange{0x1E9F, 's'}, BaseRange{0x1EB7, 'a'}, BaseRange{0x1EC7, 'e'}, BaseRange{0x1ECB, 'i'},
    BaseRange{0x1EE3, 'o'}, BaseRange{0x1EF1, 'u'}, BaseRange{0x1EFF, 'y'},
};

char32_t without_two_accents(char32_t c) {
  if (c < 0x1E00 || c > 0x1EFF) return c;
  for (const auto& [last, base] : kExtended)
    if (c <= last) return static_cast<char32_t>(base);
  return c;
}

// One code point of valid UTF-8; any other byte stands for itself.
char32_t next_letter(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t length = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (length == 1 || at + length > text.size()) return static_cast<unsigned char>(text[at++]);
  char32_t c = lead & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) c = (c << 6) | (static_cast<unsigned char>(text[at + i]) & 0x3Fu);
  at += length;
  return c;
}

bool is_latin(char c) { return c >= 'a' && c <= 'z'; }
bool is_vowel(char c) { return std::string_view("aeiouy").find(c) != std::string_view::npos; }

// The class of a consonant before the letter `next`; 0: it is not heard.
char sound_class(char c, char next) {
  switch (c) {
    case 'b':
    case 'p':
      return c == 'p' && next == 'h' ? 'f' : 'p';
    case 'c':
      return next == 'e' || next == 'i' || next == 'y' ? 's' : 'k';
    case 'd':
    case 't':
      return 't';
    case 'g':
      return next == 'h' ? 0 : 'g';
    case 'h':
      return 0;
    case 'q':
      return 'k';
    case 'm':
    case 'n':
      return 'n';
    case 'v':
    case 'w':
      return 'v';
    case 'x':
    case 'z':
      return 's';
    default:
      return c;
  }
}

// What is written and not heard at the beginning, and what stands for one sound anywhere.
std::string_view heard(std::string_view word) {
  for (const std::string_view silent : {"kn", "gn", "pn", "wr", "ps"})
    if (word.starts_with(silent)) return word.substr(1);
  return word;
}

std::string with_digraphs(std::string_view word) {
  static constexpr std::array<std::pair<std::string_view, char>, 5> kDigraphs = {
      {{"sch", 's'}, {"sh", 's'}, {"ck", 'k'}, {"cz", 's'}, {"ch", 'k'}}};
  std::string out;
  for (std::size_t at = 0; at < word.size();) {
    const auto found = std::find_if(kDigraphs.begin(), kDigraphs.end(), [&](const auto& digraph) {
      return word.substr(at).starts_with(digraph.first);
    });
    out += found == kDigraphs.end() ? word[at] : found->second;
    at += found == kDigraphs.end() ? 1 : found->first.size();
  }
  return out;
}

std::string sound_of(std::string_view text) {
  if (text.size() < 2 || !std::all_of(text.begin(), text.end(), is_latin)) return {};
  const std::string word = with_digraphs(heard(text));
  std::string sound;
  char last = 0;
  for (std::size_t i = 0; i < word.size() && sound.size() < kMaxSound; ++i) {
    const char next = i + 1 < word.size() ? word[i + 1] : '\0';
    if (is_vowel(word[i])) {
      if (i == 0) sound += word[i] == 'y' ? 'j' : 'a';  // 'a' stands for any vowel
      last = 0;
      continue;
    }
    const char c = sound_class(word[i], next);
    if (c && c != last) sound += c;
    if (c) last = c;
  }
  return sound;
}

bool separates(char32_t c) {
  return c == ' ' || c == '-' || c == '\'' || c == '.' || c == ',' || c == '*' || c == '?' || c == 0xA0 ||
         c == 0x2019 || c == 0x2010 || c == 0x3000;
}

class WordCutter {
 public:
  void take(char32_t c) {
    if (c != '^' && !separates(c)) return append_base(word_, without_two_accents(fold_case(c)));
    finish();
    if (c == '^' && component_ < kLastComponent) ++component_;
  }
  std::vector<NameWord> words() {
    finish();
    return std::move(words_);
  }

 private:
  void finish() {
    if (word_.empty() || words_.size() >= kMaxWords) return word_.clear();
    NameWord word{std::move(word_), {}, component_};
    word.sound = sound_of(word.text);
    words_.push_back(std::move(word));
    word_.clear();
  }
  std::vector<NameWord> words_;
  std::string word_;
  std::uint8_t component_ = 0;
};

bool meets(const NameWord& key, const NameWord& word, bool by_component) {
  if (by_component && key.component != word.component) return false;
  return word.text.starts_with(key.text) || (!key.sound.empty() && key.sound == word.sound);
}

// One group of the key against one of the name, literally.
bool equals_group(std::string_view group, std::string_view key) {
  if (group.empty()) return false;
  const bool wild = key.find_first_of("*?") != std::string_view::npos;
  return wild ? like(name_key(group), fold_case(key)) : name_key(group) == name_key(key);
}

using Groups = std::array<const std::string*, 3>;

bool matches_any_group(const Groups& groups, std::string_view key, bool fuzzy) {
  for (const std::string* group : groups)
    if (equals_group(*group, key)) return true;
  if (!fuzzy) return false;
  std::vector<NameWord> words;
  for (const std::string* group : groups)
    for (NameWord& word : name_words(*group)) words.push_back(std::move(word));
  return sounds_like(fuzzy_name(key), words);
}

}  // namespace

std::string fold_accents(std::string_view utf8) {
  std::string out;
  for (std::size_t at = 0; at < utf8.size();)
    append_base(out, without_two_accents(fold_case(next_letter(utf8, at))));
  return out;
}

std::vector<NameWord> name_words(std::string_view group) {
  WordCutter cutter;
  for (std::size_t at = 0; at < group.size();) cutter.take(next_letter(group, at));
  return cutter.words();
}

FuzzyName fuzzy_name(std::string_view group) {
  return {name_words(group), group.find('^') != std::string_view::npos};
}

bool sounds_like(const FuzzyName& key, const std::vector<NameWord>& words) {
  return !key.words.empty() && std::all_of(key.words.begin(), key.words.end(), [&](const NameWord& wanted) {
    return std::any_of(words.begin(), words.end(),
                       [&](const NameWord& word) { return meets(wanted, word, key.by_component); });
  });
}

// Greedy with one place to come back to: linear but for patterns with many '*'.
bool like(std::string_view text, std::string_view pattern) {
  std::size_t at = 0, p = 0, star = std::string_view::npos, from = 0;
  while (at < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      from = at;
    } else if (p < pattern.size() && pattern[p] == '?') {
      next_letter(text, at);
      ++p;
    } else if (p < pattern.size() && pattern[p] == text[at]) {
      ++at;
      ++p;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      next_letter(text, from);
      at = from;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

bool matches_name(const PersonName& name, std::string_view key, bool fuzzy) {
  const Groups groups = {&name.alphabetic, &name.ideographic, &name.phonetic};
  if (key.empty()) return name.empty();
  if (key.find('=') == std::string_view::npos) return matches_any_group(groups, key, fuzzy);
  std::size_t part = 0;
  for (const std::string_view piece : split(key, '=')) {
    if (part >= groups.size()) return false;
    const std::string& group = *groups[part++];
    if (piece.empty() || equals_group(group, piece)) continue;
    if (!fuzzy || !sounds_like(fuzzy_name(piece), name_words(group))) return false;
  }
  return true;
}

}  // namespace gateway::model

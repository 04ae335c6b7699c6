// Folding of text to plain words.
#include <array>
#include <utility>

#include "mappers/engine/term_matcher.h"

namespace mappers::engine {
namespace {

constexpr char kHole = '_';

// Unicode 15 Latin-1 Supplement and Latin Extended-A, by their base letters; ligatures and the Nordic and
// German letters as they are written without them.
constexpr std::array<std::pair<char32_t, char32_t>, 2> kBlocks = {{{0xC0, 0xFF}, {0x100, 0x17F}}};
constexpr std::string_view kLatin1 =
    "A A A A A A AEC E E E E I I I I D N O O O O O . O U U U U Y THSS"
    "A A A A A A AEC E E E E I I I I D N O O O O O . O U U U U Y THY ";
constexpr std::string_view kExtendedA =
    "A A A A A A C C C C C C C C D D D D E E E E E E E E E E G G G G G G G G H H H H I I I I I I I I "
    "I I IJIJJ J K K K L L L L L L L L L L N N N N N N N N N O O O O O O OEOER R R R R R S S S S S S "
    "S S T T T T T T U U U U U U U U U U U U W W Y Y Y Z Z Z Z Z Z S ";
static_assert(kLatin1.size() == 128 && kExtendedA.size() == 256);

// The letters of a code point; nothing: it is no letter.
std::string_view letters_of(char32_t point) {
  for (std::size_t block = 0; block < kBlocks.size(); ++block) {
    const auto [first, last] = kBlocks[block];
    if (point < first || point > last) continue;
    std::string_view pair = (block == 0 ? kLatin1 : kExtendedA).substr((point - first) * 2, 2);
    if (pair[0] == '.') return {};
    return pair[1] == ' ' ? pair.substr(0, 1) : pair;
  }
  return {};
}

// The code point at `at`, which is moved behind it. 0: broken.
char32_t next_point(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(at++);
  const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
  if (more == 0) return lead < 0x80 ? lead : 0;
  char32_t point = lead & (0x3Fu >> more);
  for (int i = 0; i < more; ++i) {
    if (at >= text.size() || (byte(at) & 0xC0) != 0x80) return 0;
    point = point << 6 | (byte(at++) & 0x3Fu);
  }
  return point;
}

class Folder {
 public:
  explicit Folder(bool holes) : holes_(holes) {}

  std::string fold(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) add(next_point(text, at));
    if (!out_.empty() && (out_.back() == ' ' || out_.back() == kHole)) out_.pop_back();
    return std::move(out_);
  }

 private:
  static bool is_combining(char32_t point) { return point >= 0x300 && point <= 0x36F; }

  void add(char32_t point) {
    if (point >= 'a' && point <= 'z') point = point - 'a' + 'A';
    if ((point >= 'A' && point <= 'Z') || (point >= '0' && point <= '9')) {
      out_ += static_cast<char>(point);
      return;
    }
    if (is_combining(point) || point == '\'' || point == 0x2019) return;
    const std::string_view letters = letters_of(point);
    if (!letters.empty()) {
      out_ += letters;
      return;
    }
    const bool hole = holes_ && (point == '_' || point == '?' || point == 0 || point == 0xFFFD);
    if (hole && !out_.empty() && out_.back() != ' ')
      out_ += kHole;
    else if (!out_.empty() && out_.back() != ' ')
      out_ += ' ';
  }

  const bool holes_;
  std::string out_;
};

}  // namespace

std::string fold_words(std::string_view utf8, bool holes) { return Folder(holes).fold(utf8); }

}  // namespace mappers::engine

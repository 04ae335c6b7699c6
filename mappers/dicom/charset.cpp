#include "mappers/dicom/charset.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "mappers/dicom/charset_convert.h"

namespace mappers::dicom {
namespace {

constexpr char kEscape = '\x1B';
constexpr std::size_t kMaxTerm = 32;  // of a defined term; CS has 16

struct Term {
  std::string_view key;  // the term in capitals without blanks, '-', '_' and the words ISO, 2022, IR
  Coding coding;
};

// PS3.3 Tables C.12-2 to C.12-5.
constexpr Term kTerms[] = {
    {"6", Coding::Ascii},         {"100", Coding::Latin1},   {"101", Coding::Latin2},
    {"109", Coding::Latin3},      {"110", Coding::Latin4},   {"148", Coding::Latin5},
    {"203", Coding::Latin9},      {"126", Coding::Greek},    {"127", Coding::Arabic},
    {"138", Coding::Hebrew},      {"144", Coding::Cyrillic}, {"166", Coding::Thai},
    {"13", Coding::JisX0201},     {"192", Coding::Utf8},     {"UTF8", Coding::Utf8},
    {"GB18030", Coding::Gb18030}, {"GBK", Coding::Gbk},      {"87", Coding::JisX0208},
    {"159", Coding::JisX0212},    {"149", Coding::KsX1001},  {"58", Coding::Gb2312},
    {"", Coding::Ascii},
};

// Tolerates what is seen in files: "ISO-IR 100", "ISO_IR_100", "ISO2022IR87", lower case.
std::string term_key(std::string_view term) {
  std::string key;
  for (const char c : term) {
    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')) key += c;
    if (c >= 'a' && c <= 'z') key += static_cast<char>(c - 32);
  }
  for (const std::string_view prefix : {"ISO", "2022", "IR"}) {
    if (key.starts_with(prefix)) key.erase(0, prefix.size());
  }
  return key;
}

std::optional<Coding> find_term(std::string_view term) {
  const std::string key = term_key(term);
  for (const Term& known : kTerms) {
    if (known.key == key) return known.coding;
  }
  return std::nullopt;
}

std::string_view strip(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\0')) text.remove_suffix(1);
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return text;
}

struct Escape {
  std::string_view sequence;  // behind ESC
  Coding coding;
  bool right;  // designates G1
};

constexpr Escape kEscapes[] = {
    {"(B", Coding::Ascii, false},     {"(J", Coding::JisX0201, false}, {"$B", Coding::JisX0208, false},
    {"$(D", Coding::JisX0212, false}, {"$@", Coding::JisX0208, false}, {")I", Coding::JisX0201, true},
    {"$)C", Coding::KsX1001, true},   {"$)A", Coding::Gb2312, true},   {"-A", Coding::Latin1, true},
    {"-B", Coding::Latin2, true},     {"-C", Coding::Latin3, true},    {"-D", Coding::Latin4, true},
    {"-L", Coding::Cyrillic, true},   {"-G", Coding::Arabic, true},    {"-F", Coding::Greek, true},
    {"-H", Coding::Hebrew, true},     {"-M", Coding::Latin5, true},    {"-b", Coding::Latin9, true},
    {"-T", Coding::Thai, true},
};

// The escape sequence at the start of `text`, or nullptr.
const Escape* find_escape(std::string_view text) {
  if (text.empty() || text[0] != kEscape) return nullptr;
  text.remove_prefix(1);
  for (const Escape& escape : kEscapes) {
    if (text.starts_with(escape.sequence)) return &escape;
  }
  return nullptr;
}

bool is_graphic(char c) { return c >= 0x21 && c <= 0x7E; }

// The ISO 2022 machine: which sets are in the left (G0) and right (G1) half of the code table.
struct Halves {
  Coding left = Coding::Ascii;
  Coding right = Coding::Unknown;

  void apply(const Escape& escape) { (escape.right ? right : left) = escape.coding; }
  // Bytes of the character at the start of `text` where the left half is two bytes wide, else 1.
  std::size_t width(std::string_view text) const {
    return is_double_byte_g0(left) && text.size() >= 2 && is_graphic(text[0]) && is_graphic(text[1]) ? 2 : 1;
  }
};

bool resets(char c, Delimiters delimiters) {
  if (c == '\r' || c == '\n' || c == '\f' || c == '\t') return true;
  if (delimiters != Delimiters::None && c == '\\') return true;
  return delimiters == Delimiters::PersonName && (c == '^' || c == '=');
}

// Characters of GBK and GB18030 take 2 or 4 bytes; the later ones may look like ASCII.
std::size_t gb_width(std::string_view text) {
  const auto lead = static_cast<std::uint8_t>(text[0]);
  if (lead < 0x81 || lead == 0xFF || text.size() < 2) return 1;
  const bool four = text[1] >= '0' && text[1] <= '9';
  return std::min<std::size_t>(four ? 4 : 2, text.size());
}

// Decodes text with escape sequences (PS3.5 section 6.1.2.5): runs of one half at a time.
class Iso2022Decoder {
 public:
  Iso2022Decoder(std::string& out, Halves initial, Delimiters delimiters)
      : out_(out), initial_(initial), now_(initial), delimiters_(delimiters) {}

  void decode(std::string_view text) {
    while (!text.empty()) text.remove_prefix(step(text));
    flush();
  }

 private:
  std::size_t step(std::string_view text) {
    if (const Escape* escape = find_escape(text)) {
      flush();
      now_.apply(*escape);
      return 1 + escape->sequence.size();
    }
    const std::size_t width = now_.width(text);
    const bool right = static_cast<std::uint8_t>(text[0]) >= 0x80;
    const Coding coding = right ? now_.right : width == 2 ? now_.left : Coding::Ascii;
    if (coding != run_coding_) flush();
    run_coding_ = coding;
    run_ += text.substr(0, width);
    if (width == 1 && !right && resets(text[0], delimiters_)) {
      flush();
      now_ = initial_;
    }
    return width;
  }

  void flush() {
    convert_run(out_, run_, run_coding_);
    run_.clear();
  }

  std::string& out_;
  const Halves initial_;
  Halves now_;
  const Delimiters delimiters_;
  std::string run_;
  Coding run_coding_ = Coding::Ascii;
};

constexpr std::string_view kDefinedTerms[] = {
    "ISO_IR 100",      "ISO_IR 101",      "ISO_IR 109",      "ISO_IR 110",      "ISO_IR 144",
    "ISO_IR 127",      "ISO_IR 126",      "ISO_IR 138",      "ISO_IR 148",      "ISO_IR 203",
    "ISO_IR 13",       "ISO_IR 166",      "ISO_IR 192",      "GB18030",         "GBK",
    "ISO 2022 IR 6",   "ISO 2022 IR 100", "ISO 2022 IR 101", "ISO 2022 IR 109", "ISO 2022 IR 110",
    "ISO 2022 IR 144", "ISO 2022 IR 127", "ISO 2022 IR 126", "ISO 2022 IR 138", "ISO 2022 IR 148",
    "ISO 2022 IR 203", "ISO 2022 IR 13",  "ISO 2022 IR 166", "ISO 2022 IR 87",  "ISO 2022 IR 159",
    "ISO 2022 IR 149", "ISO 2022 IR 58",
};

}  // namespace

std::span<const std::string_view> defined_terms() { return kDefinedTerms; }

// Eight bytes at a time: this looks at every text of every object.
bool is_plain_ascii(std::string_view text) {
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + i, 8);
    if (word & 0x8080808080808080u) return false;
  }
  for (; i < text.size(); ++i) {
    if (text[i] & '\x80') return false;
  }
  return text.find(kEscape) == std::string_view::npos;
}

CharacterSet CharacterSet::parse(std::string_view raw, std::string* fault) {
  CharacterSet set;
  set.count_ = 0;
  for (std::size_t from = 0; set.count_ < kMaxCodings;) {  // what follows is not even looked at
    const std::size_t end = raw.find('\\', from);
    const bool last = end == std::string_view::npos;
    const std::string_view term = strip(raw.substr(from, last ? end : end - from)).substr(0, kMaxTerm);
    const std::optional<Coding> coding = find_term(term);
    if (!coding && fault) *fault = "unknown character set '" + std::string(term) + "'";
    set.codings_[set.count_++] = coding.value_or(Coding::Unknown);
    if (last) break;
    from = end + 1;
  }
  return set;
}

bool CharacterSet::is_gb() const { return codings_[0] == Coding::Gb18030 || codings_[0] == Coding::Gbk; }

void CharacterSet::decode(std::string& out, std::string_view raw, Delimiters delimiters) const {
  if (is_plain_ascii(raw)) {
    out += raw;
    return;
  }
  const bool stand_alone = codings_[0] == Coding::Utf8 || is_gb();
  const bool escapes = raw.find(kEscape) != std::string_view::npos;
  if (stand_alone || (!escapes && count_ == 1)) return convert_run(out, raw, codings_[0]);
  Halves initial;
  // Bytes of the right half without an escape sequence: the first set that has one.
  const auto* end = codings_.begin() + count_;
  const auto* right = std::find_if(codings_.begin(), end, has_right_half);
  if (right != end) initial.right = *right;
  Iso2022Decoder(out, initial, delimiters).decode(raw);
}

std::string CharacterSet::decode(std::string_view raw, Delimiters delimiters) const {
  std::string out;
  decode(out, raw, delimiters);
  return out;
}

std::size_t CharacterSet::find_delimiter(std::string_view raw, char delimiter, std::size_t from) const {
  const std::size_t first = raw.find(delimiter, from);
  if (first == std::string_view::npos) return first;
  const bool gb = is_gb();
  // Every value starts in the initial state, so only escapes in front of the delimiter found matter. Looking
  // no further keeps splitting linear.
  const std::string_view before = raw.substr(from, first - from);
  if (!gb && (codings_[0] == Coding::Utf8 || before.find(kEscape) == std::string_view::npos)) return first;
  Halves halves;
  for (std::size_t i = from; i < raw.size();) {
    const std::string_view rest = raw.substr(i);
    if (const Escape* escape = find_escape(rest)) {
      halves.apply(*escape);
      i += 1 + escape->sequence.size();
      continue;
    }
    const std::size_t width = gb ? gb_width(rest) : halves.width(rest);
    if (width == 1 && rest[0] == delimiter) return i;
    i += width;
  }
  return std::string_view::npos;
}

std::vector<std::string_view> CharacterSet::split(std::string_view raw, char delimiter) const {
  std::vector<std::string_view> parts;
  for (std::size_t from = 0;;) {
    const std::size_t end = find_delimiter(raw, delimiter, from);
    parts.push_back(raw.substr(from, end == std::string_view::npos ? end : end - from));
    if (end == std::string_view::npos) return parts;
    from = end + 1;
  }
}

}  // namespace mappers::dicom

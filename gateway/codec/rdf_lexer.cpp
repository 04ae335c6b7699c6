#include "gateway/codec/rdf_lexer.h"

#include <algorithm>
#include <array>

#include "gateway/base/text.h"
#include "gateway/codec/rdf_iri.h"

namespace gateway::codec {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool blank_or_end(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

int hex_value(char c) {
  if (digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

struct Range {
  char32_t first, last;
};

bool within(const auto& ranges, char32_t c) {
  return std::any_of(ranges.begin(), ranges.end(), [c](Range r) { return c >= r.first && c <= r.last; });
}

// Production PN_CHARS_BASE above ASCII.
constexpr std::array kBase = {Range{0xC0, 0xD6},     Range{0xD8, 0xF6},     Range{0xF8, 0x2FF},
                              Range{0x370, 0x37D},   Range{0x37F, 0x1FFF},  Range{0x200C, 0x200D},
                              Range{0x2070, 0x218F}, Range{0x2C00, 0x2FEF}, Range{0x3001, 0xD7FF},
                              Range{0xF900, 0xFDCF}, Range{0xFDF0, 0xFFFD}, Range{0x10000, 0xEFFFF}};
// What PN_CHARS adds to it.
constexpr std::array kLater = {Range{0xB7, 0xB7}, Range{0x300, 0x36F}, Range{0x203F, 0x2040}};

bool name_base(char32_t c) { return c < 0x80 ? alpha(static_cast<char>(c)) : within(kBase, c); }

bool name_char(char32_t c) {
  if (c < 0x80) return alpha(static_cast<char>(c)) || digit(static_cast<char>(c)) || c == '_' || c == '-';
  return within(kBase, c) || within(kLater, c);
}

constexpr std::string_view kLocalEscapes = "_~.-!$&'()*+,;=/?#@%";

}  // namespace

bool RdfLexer::refuse(std::string what, ErrorCode code) {
  if (fault_) return false;
  fault_at_ = std::min(at_, text_.size());
  fault_ = fail(code, std::move(what));
  return false;
}

Error RdfLexer::error() const {
  Error error = fault_.value_or(fail(ErrorCode::Internal, "no fault was kept"));
  const std::string_view before = text_.substr(0, fault_at_);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::string_view left = before.substr(before.rfind('\n') + 1);
  const auto column = 1 + std::count_if(left.begin(), left.end(), [](char c) { return (c & 0xC0) != 0x80; });
  error.where = "line " + std::to_string(line) + ", column " + std::to_string(column);
  return error;
}

bool RdfLexer::take(char c) {
  if (peek() != c || at_end()) return false;
  ++at_;
  return true;
}

bool RdfLexer::expect(char c) {
  if (take(c)) return true;
  return refuse(std::string("'") + c + "' is missing");
}

void RdfLexer::skip_space() {
  for (; !at_end(); ++at_) {
    if (text_[at_] == '#')
      at_ = std::min(text_.find_first_of("\r\n", at_), text_.size());
    else if (!blank_or_end(text_[at_]))
      return;
    if (at_end()) return;
  }
}

void RdfLexer::skip_blanks() {
  while (peek() == ' ' || peek() == '\t') ++at_;
}

bool RdfLexer::line_end() {
  skip_blanks();
  if (peek() == '#') at_ = std::min(text_.find_first_of("\r\n", at_), text_.size());
  if (at_end()) return true;
  if (!blank_or_end(peek())) return refuse("a statement must end its line");
  while (peek() == '\r' || peek() == '\n') ++at_;
  return true;
}

char32_t RdfLexer::code_point(std::size_t at, std::size_t& length) const {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text_[at + i]); };
  const unsigned char lead = byte(0);
  length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (length == 1) return lead;
  char32_t c = lead & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) c = (c << 6) | (byte(i) & 0x3Fu);
  return c;
}

std::string_view RdfLexer::word() const {
  std::size_t end = at_, length = 0;
  while (end < text_.size() && (text_[end] == '.' || name_char(code_point(end, length))))
    end += text_[end] == '.' ? 1 : length;
  while (end > at_ && text_[end - 1] == '.') --end;
  return text_.substr(at_, end - at_);
}

bool RdfLexer::hex_escape(std::string& out, std::size_t digits) {
  char32_t c = 0;
  for (std::size_t i = 0; i < digits; ++i, ++at_) {
    const int value = hex_value(peek());
    if (value < 0) return refuse("an escape lacks hexadecimal digits");
    c = c * 16 + static_cast<char32_t>(value);
  }
  if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) return refuse("an escape names no character");
  append_utf8(out, c);
  return true;
}

// Productions UCHAR and, with short forms, ECHAR; the cursor is behind the backslash.
bool RdfLexer::escape(std::string& out, bool short_forms) {
  static constexpr std::string_view kForms = "tbnrf\"'\\", kMeanings = "\t\b\n\r\f\"'\\";
  const char form = peek();
  if (form == 'u' || form == 'U') {
    ++at_;
    return hex_escape(out, form == 'u' ? 4 : 8);
  }
  const auto known = kForms.find(form);
  if (!short_forms || at_end() || known == std::string_view::npos) return refuse("an escape is not allowed");
  out += kMeanings[known];
  ++at_;
  return true;
}

bool RdfLexer::iri_ref(std::string& out) {
  out.clear();
  if (!expect('<')) return false;
  for (;;) {
    const std::size_t start = at_;
    while (!at_end() && !outside_iri(text_[at_])) ++at_;
    out.append(text_.substr(start, at_ - start));
    if (take('>')) return true;
    if (!take('\\')) return refuse("an IRI holds a forbidden character or does not end");
    const std::size_t before = out.size();
    if (!escape(out, false)) return false;
    if (outside_iri(out[before])) return refuse("an IRI holds a forbidden character");
  }
}

bool RdfLexer::percent(std::string& out) {
  if (hex_value(peek(1)) < 0 || hex_value(peek(2)) < 0) return refuse("'%' lacks two hexadecimal digits");
  out.append(text_.substr(at_, 3));
  at_ += 3;
  return true;
}

// The characters of a prefix, a blank node label or (local) a local name behind its first one; dots only
// inside.
bool RdfLexer::name_chars(std::string& out, bool local) {
  std::size_t last_at = at_, last_size = out.size(), length = 0;
  for (; !at_end(); last_at = at_, last_size = out.size()) {
    while (peek() == '.') out += text_[at_++];
    if (at_end()) break;
    if (local && peek() == '%') {
      if (!percent(out)) return false;
    } else if (local && peek() == '\\') {
      if (peek(1) == '\0' || kLocalEscapes.find(peek(1)) == std::string_view::npos)
        return refuse("an escape is not allowed in a name");
      out += peek(1);
      at_ += 2;
    } else if ((local && peek() == ':') || name_char(code_point(at_, length))) {
      if (peek() == ':') length = 1;
      out.append(text_.substr(at_, length));
      at_ += length;
    } else {
      break;
    }
  }
  at_ = last_at;
  out.resize(last_size);
  return true;
}

bool RdfLexer::prefixed_name(std::string& prefix, std::string& local) {
  prefix.clear();
  local.clear();
  std::size_t length = 0;
  if (!at_end() && peek() != ':') {
    if (!name_base(code_point(at_, length))) return refuse("a term is expected here");
    if (!name_chars(prefix, false)) return false;
  }
  if (!take(':')) return refuse("a name without a prefix stands here");
  if (at_end() || peek() == '-' || peek() == '.' || within(kLater, code_point(at_, length))) return true;
  return name_chars(local, true);
}

bool RdfLexer::blank_label(std::string& out) {
  out.clear();
  at_ += 2;
  std::size_t length = 0;
  if (at_end()) return refuse("a blank node lacks its label");
  const char32_t first = code_point(at_, length);
  if (!name_base(first) && first != '_' && !digit(peek())) return refuse("a blank node lacks its label");
  return name_chars(out, false);
}

bool RdfLexer::quoted(std::string& out, bool all_quotes) {
  out.clear();
  const char quote = peek();
  if (quote != '"' && (!all_quotes || quote != '\'')) return refuse("a literal is expected here");
  const bool is_long = all_quotes && peek(1) == quote && peek(2) == quote;
  at_ += is_long ? 3 : 1;
  const std::string stops = is_long ? std::string{quote, '\\'} : std::string{quote, '\\', '\r', '\n'};
  for (;;) {
    const std::size_t stop = text_.find_first_of(stops, at_);
    if (stop == std::string_view::npos) return refuse("a literal does not end");
    out.append(text_.substr(at_, stop - at_));
    at_ = stop;
    if (take('\\')) {
      if (!escape(out, true)) return false;
    } else if (peek() != quote) {
      return refuse("a literal does not end on its line");
    } else if (!is_long || (peek(1) == quote && peek(2) == quote)) {
      at_ += is_long ? 3 : 1;
      return true;
    } else {
      out += text_[at_++];
    }
  }
}

bool RdfLexer::language(std::string& out) {
  ++at_;
  const std::size_t start = at_;
  while (alpha(peek())) ++at_;
  if (at_ == start) return refuse("a language tag is not well-formed");
  while (peek() == '-' && (alpha(peek(1)) || digit(peek(1))))
    for (++at_; alpha(peek()) || digit(peek());) ++at_;
  if (peek() == '-') return refuse("a language tag is not well-formed");
  out = lower(text_.substr(start, at_ - start));
  return true;
}

bool RdfLexer::number(std::string& out, Number& kind) {
  const std::size_t start = at_;
  const auto digits = [this] {
    const std::size_t from = at_;
    while (digit(peek())) ++at_;
    return at_ - from;
  };
  if (peek() == '+' || peek() == '-') ++at_;
  std::size_t count = digits();
  kind = Number::Integer;
  const std::size_t after = at_;
  if (take('.')) {
    const std::size_t fraction = digits();
    const bool exponent = peek() == 'e' || peek() == 'E';
    if (fraction > 0) kind = Number::Decimal;
    if (fraction == 0 && !(count > 0 && exponent)) at_ = after;  // the dot ends the statement
    count += fraction;
  }
  if (count == 0) return refuse("a number lacks digits");
  if (peek() == 'e' || peek() == 'E') {
    ++at_;
    if (peek() == '+' || peek() == '-') ++at_;
    if (digits() == 0) return refuse("a number lacks the digits of its exponent");
    kind = Number::Double;
  }
  out = text_.substr(start, at_ - start);
  return true;
}

}  // namespace gateway::codec

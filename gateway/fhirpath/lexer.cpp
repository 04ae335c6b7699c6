#include "gateway/fhirpath/lexer.h"

#include "gateway/base/text.h"

namespace gateway::fhirpath {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f'); }
bool is_name_start(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; }
bool is_name(char c) { return is_name_start(c) || is_digit(c); }

}  // namespace

Error fault_at(std::size_t position, std::string why) {
  return fail(ErrorCode::ProfileInvalid, std::move(why), "character " + std::to_string(position + 1));
}

Result<Token> Lexer::next() {
  TRY(skip_blanks());
  const char c = peek();
  if (at_ >= text_.size()) return Token{TokenKind::End, {}, at_};
  if (c == '\'') return quoted('\'', TokenKind::Text);
  if (c == '`') return quoted('`', TokenKind::QuotedName);
  if (tag_names_ && at_tag()) return name(TokenKind::Name);
  if (is_digit(c)) return number();
  if (c == '@') return moment();
  if (is_name_start(c)) return name(TokenKind::Name);
  if (c == '%') return constant();
  if (c == '$') {
    ++at_;
    return name(TokenKind::Special);
  }
  return symbol();
}

// Blanks and comments (N1 section 5.5).
Result<void> Lexer::skip_blanks() {
  while (at_ < text_.size()) {
    const std::string_view rest = text_.substr(at_);
    if (std::string_view(" \t\r\n").find(rest[0]) != std::string_view::npos) {
      ++at_;
    } else if (rest.starts_with("//")) {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (rest.starts_with("/*")) {
      const std::size_t end = text_.find("*/", at_ + 2);
      if (end == std::string_view::npos) return fault_at(at_, "a comment is not closed");
      at_ = end + 2;
    } else {
      break;
    }
  }
  return {};
}

Result<Token> Lexer::quoted(char quote, TokenKind kind) {
  Token token{kind, {}, at_++};
  while (at_ < text_.size() && text_[at_] != quote) {
    if (text_[at_] == '\\') {
      TRY(escape(token.text));
    } else {
      token.text += text_[at_++];
    }
  }
  if (at_ >= text_.size()) return fault_at(token.position, "a quoted text is not closed");
  ++at_;
  return token;
}

// Four hexadecimal digits after "\u".
std::optional<char32_t> Lexer::code_unit() {
  const std::string_view digits = text_.substr(std::min(at_, text_.size()), 4);
  std::uint32_t code = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
  if (digits.size() != 4 || fault != std::errc{} || end != digits.data() + 4) return std::nullopt;
  at_ += 4;
  return code;
}

// N1 section 4.1.2, table of escape sequences. Characters beyond the basic plane are two of \u.
Result<void> Lexer::escape(std::string& out) {
  constexpr std::string_view kLetters = "'\"`\\/rntf";
  constexpr std::string_view kMeanings = "'\"`\\/\r\n\t\f";
  const std::size_t start = at_++;
  const char letter = peek();
  ++at_;
  if (letter == 'u') {
    auto code = code_unit();
    if (code && *code >= 0xD800 && *code < 0xDC00 && text_.substr(at_, 2) == "\\u") {
      at_ += 2;
      const auto low = code_unit();
      const bool pair = low && *low >= 0xDC00 && *low < 0xE000;
      code = pair ? std::optional(0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00)) : std::nullopt;
    }
    if (!code || (*code >= 0xD800 && *code < 0xE000)) return fault_at(start, "unknown escape sequence");
    append_utf8(out, *code);
    return {};
  }
  const auto found = kLetters.find(letter);
  if (letter == '\0' || found == std::string_view::npos) return fault_at(start, "unknown escape sequence");
  out += kMeanings[found];
  return {};
}

bool Lexer::at_tag() const {
  for (std::size_t i = 0; i < 8; ++i)
    if (!is_hex(peek(i))) return false;
  return !is_name(peek(8));
}

Token Lexer::number() {
  Token token{TokenKind::Integer, {}, at_};
  while (is_digit(peek())) token.text += text_[at_++];
  if (peek() == 'L' && !is_name(peek(1))) {
    token.kind = TokenKind::Long;
    ++at_;
  }
  if (peek() != '.' || !is_digit(peek(1))) return token;
  token.kind = TokenKind::Decimal;
  token.text += text_[at_++];
  while (is_digit(peek())) token.text += text_[at_++];
  return token;
}

bool Lexer::digits_at(std::size_t at, std::size_t count) const {
  for (std::size_t i = 0; i < count; ++i)
    if (at + i >= text_.size() || !is_digit(text_[at + i])) return false;
  return true;
}

// The end of hh[:mm[:ss[.fff]]] from `at` on.
std::size_t Lexer::clock(std::size_t at) const {
  if (!digits_at(at, 2)) return at;
  at += 2;
  for (int part = 0; part < 2; ++part) {
    if (at >= text_.size() || text_[at] != ':' || !digits_at(at + 1, 2)) return at;
    at += 3;
  }
  if (at >= text_.size() || text_[at] != '.' || !digits_at(at + 1, 1)) return at;
  ++at;
  while (digits_at(at, 1)) ++at;
  return at;
}

// @2015-02-04T14:34:28+01:00, as much of it as there is (N1 section 4.1.5 to 4.1.7). The parser checks the
// numbers.
Token Lexer::moment() {
  Token token{TokenKind::Time, {}, at_++};
  std::size_t end = at_;
  if (peek() == 'T') {
    end = clock(at_ + 1);
  } else {
    token.kind = TokenKind::Date;
    if (digits_at(end, 4)) end += 4;
    for (int part = 0; part < 2 && end < text_.size() && text_[end] == '-' && digits_at(end + 1, 2); ++part)
      end += 3;
    if (end < text_.size() && text_[end] == 'T') {
      token.kind = TokenKind::DateTime;
      end = clock(end + 1);
      const char zone = end < text_.size() ? text_[end] : '\0';
      if (zone == 'Z') ++end;
      if ((zone == '+' || zone == '-') && digits_at(end + 1, 2) && text_.substr(end + 3, 1) == ":") end += 6;
    }
  }
  token.text = text_.substr(at_, end - at_);
  at_ = std::min(end, text_.size());
  return token;
}

Token Lexer::name(TokenKind kind) {
  Token token{kind, {}, at_};
  while (is_name(peek())) token.text += text_[at_++];
  return token;
}

// %name, %`name`, %'name' or, of older expressions, %"name" (N1 section 9).
Result<Token> Lexer::constant() {
  const std::size_t start = at_++;
  Token token;
  if (peek() == '\'' || peek() == '`' || peek() == '"') {
    token = TRY(quoted(peek(), TokenKind::Constant));
  } else {
    token = name(TokenKind::Constant);
  }
  token.position = start;
  if (token.text.empty()) return fault_at(start, "% without a name");
  return token;
}

Result<Token> Lexer::symbol() {
  for (const std::string_view two : {"!=", "!~", "<=", ">="})
    if (text_.substr(at_, 2) == two) return at_ += 2, Token{TokenKind::Symbol, std::string(two), at_ - 2};
  if (std::string_view(".()[]{},=~<>|+-*/&").find(peek()) == std::string_view::npos)
    return fault_at(at_, "a character that no expression contains");
  ++at_;
  return Token{TokenKind::Symbol, std::string(1, text_[at_ - 1]), at_ - 1};
}

}  // namespace gateway::fhirpath

#include "gateway/fhirpath/lexer.h"

#include "gateway/base/text.h"

namespace gateway::fhirpath {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f'); }
bool is_name_start(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; }
bool is_name(char c) { return is_name_start(c) || is_digit(c); }

// A code point of the basic plane as UTF-8. Surrogates cannot stand alone.
bool append_utf8(std::string& out, unsigned code) {
  if (code >= 0xD800 && code <= 0xDFFF) return false;
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
  return true;
}

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

// N1 section 4.1.2, table of escape sequences.
Result<void> Lexer::escape(std::string& out) {
  constexpr std::string_view kLetters = "'\"`\\/rntf";
  constexpr std::string_view kMeanings = "'\"`\\/\r\n\t\f";
  const std::size_t start = at_++;
  const char letter = peek();
  ++at_;
  if (letter == 'u') {
    std::string_view digits = text_.substr(std::min(at_, text_.size()), 4);
    unsigned code = 0;
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    at_ += 4;
    if (digits.size() == 4 && fault == std::errc{} && end == digits.data() + 4 && append_utf8(out, code))
      return {};
  } else if (const auto found = kLetters.find(letter); letter != '\0' && found != std::string_view::npos) {
    out += kMeanings[found];
    return {};
  }
  return fault_at(start, "unknown escape sequence");
}

bool Lexer::at_tag() const {
  for (std::size_t i = 0; i < 8; ++i)
    if (!is_hex(peek(i))) return false;
  return !is_name(peek(8));
}

Token Lexer::number() {
  Token token{TokenKind::Integer, {}, at_};
  while (is_digit(peek())) token.text += text_[at_++];
  if (peek() != '.' || !is_digit(peek(1))) return token;
  token.kind = TokenKind::Decimal;
  token.text += text_[at_++];
  while (is_digit(peek())) token.text += text_[at_++];
  return token;
}

Token Lexer::name(TokenKind kind) {
  Token token{kind, {}, at_};
  while (is_name(peek())) token.text += text_[at_++];
  return token;
}

// %name, %`name` or %'name' (N1 section 9).
Result<Token> Lexer::constant() {
  const std::size_t start = at_++;
  Token token;
  if (peek() == '\'' || peek() == '`') {
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

// Lexer: the words of a FHIRPath expression (HL7 FHIRPath N1 2.0.0 section 5 and its grammar).
//
// Used by the parser only. One object per text; not shared between threads.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/result.h"

namespace gateway::fhirpath {

enum class TokenKind : unsigned char {
  End,
  Name,
  QuotedName,
  Text,
  Integer,
  Decimal,
  Long,
  Date,  // all three without '@'
  DateTime,
  Time,
  Constant,
  Special,
  Symbol
};

struct Token {
  TokenKind kind = TokenKind::End;
  std::string text;  // unescaped; Constant without '%', Special ("$this") without '$'
  std::size_t position = 0;
  // Words such as "and" are names to the lexer; the parser decides.
  bool is(std::string_view word) const {
    return (kind == TokenKind::Symbol || kind == TokenKind::Name) && text == word;
  }
};

Error fault_at(std::size_t position, std::string why);

class Lexer {
 public:
  Lexer(std::string_view text, bool tag_names) : text_(text), tag_names_(tag_names) {}
  Result<Token> next();

 private:
  Result<void> skip_blanks();
  Result<Token> quoted(char quote, TokenKind kind);
  Result<void> escape(std::string& out);
  std::optional<char32_t> code_unit();
  Token number();
  Token moment();
  std::size_t clock(std::size_t at) const;
  bool digits_at(std::size_t at, std::size_t count) const;
  Token name(TokenKind kind);
  Result<Token> constant();
  Result<Token> symbol();
  bool at_tag() const;
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  std::string_view text_;
  bool tag_names_;
  std::size_t at_ = 0;
};

}  // namespace gateway::fhirpath

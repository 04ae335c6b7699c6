// Internal to the readers of Turtle, TriG, N-Triples and N-Quads: the terminals of their grammars (RDF 1.1
// Turtle section 6.5).
//
// Every function starts where the cursor stands and moves it behind what it took. One that meets a fault
// keeps the first one, with its place, and answers false. One object per thread; the text must be UTF-8 and
// outlive it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/result.h"

namespace gateway::codec {

class RdfLexer {
 public:
  explicit RdfLexer(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ >= text_.size(); }
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  void skip(std::size_t bytes) { at_ += bytes; }
  bool take(char c);    // false, and no fault, when another character stands there
  bool expect(char c);  // the same with a fault
  void skip_space();    // white space, line ends and comments
  void skip_blanks();   // white space of one line
  bool line_end();      // a comment or nothing, then a line end or the end of the text

  // The letters of a name or keyword that stand here, not taken.
  std::string_view word() const;

  bool iri_ref(std::string& out);                               // <...>, escapes resolved; may be relative
  bool prefixed_name(std::string& prefix, std::string& local);  // a:b, escapes resolved
  bool blank_label(std::string& out);                           // _:a
  bool quoted(std::string& out, bool all_quotes);               // "a"; all_quotes: also 'a', """a""", '''a'''
  bool language(std::string& out);                              // @de-AT
  enum class Number { Integer, Decimal, Double };
  bool number(std::string& out, Number& kind);

  bool refuse(std::string what, ErrorCode code = ErrorCode::InvalidBody);
  Error error() const;

 private:
  bool escape(std::string& out, bool short_forms);
  bool hex_escape(std::string& out, std::size_t digits);
  bool percent(std::string& out);
  bool name_chars(std::string& out, bool local);
  char32_t code_point(std::size_t at, std::size_t& length) const;

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t fault_at_ = 0;
  std::optional<Error> fault_;
};

}  // namespace gateway::codec

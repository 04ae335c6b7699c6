// Regex: the regular expressions of matches(), matchesFull() and replaceMatches() (HL7 FHIRPath N1 2.0.0
// section 5.6: PCRE, of which this is what FHIR's expressions use).
//
// Characters are code points. Groups, classes, \d \w \s \b \p{L}, greedy and lazy repetition, look-ahead,
// back references. Matching costs at most the given number of steps and never recurses, so neither a hostile
// pattern nor a long text can hang or overflow the stack. Immutable once compiled; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/fhirpath/regex_program.h"

namespace gateway::fhirpath {

class Regex {
 public:
  struct Flags {
    bool ignore_case = false;
    bool multiline = false;  // ^ and $ at line ends too
    bool dot_all = false;    // . takes line ends
    bool whole = false;      // the pattern must take the whole text
  };
  // Error: Unprocessable, what is wrong with the pattern.
  static Result<Regex> compile(std::string_view pattern, Flags flags);

  // Of the program, which is what compiling costs.
  std::size_t size() const { return program_.instructions.size(); }

  // Whether it is found anywhere. What is used of `steps` is taken off. Error: Unprocessable when they do not
  // suffice.
  Result<bool> find(std::string_view text, std::size_t& steps) const;
  // All occurrences replaced; "$1", "$&" and "$$" in `with` stand for what they do in ECMAScript.
  Result<std::string> replace(std::string_view text, std::string_view with, std::size_t& steps) const;

 private:
  class Run;

  bool in_class(const CharClass& set, char32_t c) const;

  RegexProgram program_;
  Flags flags_;
};

}  // namespace gateway::fhirpath

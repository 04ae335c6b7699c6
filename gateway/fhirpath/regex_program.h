// RegexProgram: a regular expression as instructions of a backtracking machine, and the tree it is made from.
//
// Internal to gateway/fhirpath. Plain values; read_pattern() recurses no deeper than groups may be nested.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"

namespace gateway::fhirpath {

inline constexpr std::uint32_t kManyTimes = ~std::uint32_t{0};

struct CharClass {
  struct Range {
    char32_t first, last;
  };
  std::vector<Range> ranges;
  bool letters = false;  // and all letters
  bool negated = false;
};

enum class RegexOp : std::uint8_t {
  Char,
  Any,
  Class,
  Split,
  Jump,
  Save,
  LineStart,
  LineEnd,
  WordEdge,
  NoWordEdge,
  LookAhead,
  NotLookAhead,
  BackReference,
  Match,
  Mark,
  Advanced
};

struct RegexInstruction {
  RegexOp op = RegexOp::Match;
  char32_t value = 0;           // the character, class, slot or group
  std::uint32_t next = 0;       // the branch tried first, or where a look-ahead goes on
  std::uint32_t otherwise = 0;  // the branch tried next
};

struct RegexProgram {
  std::vector<RegexInstruction> instructions;
  std::vector<CharClass> classes;
  std::size_t groups = 1;
  std::size_t marks = 0;
};

// A part of a pattern.
struct RegexPart {
  enum class Kind : std::uint8_t { Empty, One, Sequence, Choice, Repeat, Group, Look };
  Kind kind = Kind::Empty;
  RegexOp op = RegexOp::Char;  // of One and Look
  char32_t value = 0;          // of One; the number of a Group
  std::uint32_t least = 1, most = 1;
  bool greedy = true;
  std::vector<RegexPart> parts;
};

// Classes and groups are entered in `program`. Error: Unprocessable, what is wrong with the pattern.
Result<RegexPart> read_pattern(std::string_view pattern, RegexProgram& program);
// Error: Unprocessable when the program gets too large.
Result<void> write_program(const RegexPart& part, RegexProgram& program);

}  // namespace gateway::fhirpath

// Words of a hospital as concepts: "TDM THORAX / ABD" is chest and abdomen, "GEMS" is General Electric.
//
// The table (profiles/terminology/<name>.words.csv) says what single words, beginnings of words and phrases
// stand for; the rules of reading are here and know no language: case, accents and punctuation do not count,
// words may be run together, the value may have been cut at 16 characters (VR CS) or have lost letters. What
// is read twofold is told as ambiguous, what is not read stays unknown: nothing is guessed. Immutable after
// parse(); thread-safe; takes bounded time.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"

namespace mappers::engine {

enum class MatchKind : std::uint8_t {
  Empty,      // nothing but blanks, or a word that says so ("NONE")
  Unknown,    // no word of it is known, or a word forbids the reading ("PHANTOM")
  Certain,    // all words are understood
  Partial,    // some words are not understood; the concepts are those of the others
  Completed,  // words were completed: cut off at the end, or letters lost
  Ambiguous,  // can be read in another way, too: `others`
};
std::string_view name_of(MatchKind kind);  // "certain"

struct TermMatch {
  MatchKind kind = MatchKind::Empty;
  std::vector<std::string> concepts;             // ids in the order of the table's concepts, each once
  std::vector<std::vector<std::string>> others;  // of an ambiguous value: its other readings
  std::string laterality;                        // L, R, B
  std::vector<std::string> unknown_words;        // as they were read
  bool may_be_cut = false;                       // has all 16 characters: more may have followed
  int confidence() const;                        // percent
  bool usable() const { return !concepts.empty(); }
};

class TermMatcher {
 public:
  // Header: word, kind, concepts. Kinds:
  //   term       the word stands for the concepts (ids with blanks between); "abdom*": begins so
  //   part       the same; may also be run together with others ("ABDOPELV")
  //   ambiguous  readings with '|' between, the likelier one first; an empty reading: says nothing
  //   weak       the same as ambiguous when nothing else is understood, else it says nothing
  //   noise      says nothing; side: L, R or B in `concepts`
  //   nothing    the value says that there is none
  //   exclude    whatever else is there, the value is no term
  // Comment lines: "# version: ..."; "# one concept a value" when two different ones are a doubt. Error:
  // ProfileInvalid with file and line.
  static gateway::Result<TermMatcher> parse(std::string_view text, std::string_view name);

  TermMatch match(std::string_view value) const;
  const std::string& version() const { return version_; }

  struct Word {
    enum class Kind : std::uint8_t { Term, Part, Ambiguous, Weak, Noise, Side, Nothing, Exclude };
    Kind kind = Kind::Term;
    bool stem = false;
    std::vector<std::vector<std::string>> readings;
  };
  using Words = std::map<std::string, Word, std::less<>>;  // folded; phrases with single blanks

 private:
  friend class ValueReader;
  const Word* find(std::string_view folded) const;
  const Word* find_stem(std::string_view folded) const;

  std::string version_;
  bool single_ = false;  // "# one concept a value": two are two readings
  Words words_, stems_;
  std::map<std::string, std::size_t, std::less<>> order_;  // of concepts, by first appearance
  std::size_t longest_phrase_ = 1;                         // in words
};

// Upper case ASCII letters and digits; accents are taken off (Latin letters of Europe), all else becomes one
// blank. `holes`: '_', '?' and broken characters between letters become '_' instead.
std::string fold_words(std::string_view utf8, bool holes = false);

}  // namespace mappers::engine

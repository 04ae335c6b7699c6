// Any bytes as a value and as a table of words: read or refused, in bounded time.
#include <cstdint>
#include <cstdlib>

#include "mappers/engine/concept_spellings.h"
#include "mappers/engine/term_matcher.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static const auto words = mappers::engine::TermMatcher::parse(
      "word,kind,concepts\nABDOM*,part,abdomen\nPELV*,part,pelvis\nABDOMINO,part,abdomen\nCT "
      "AP,ambiguous,a|b\n"
      "L,side,L\nNOT,exclude,\n",
      "words");
  const auto match = words->match(text);
  if (match.usable() != !match.concepts.empty()) std::abort();
  if (const auto table = mappers::engine::TermMatcher::parse(text, "words"); table.ok()) table->match(text);
  if (const auto table = mappers::engine::ConceptSpellings::parse(text, "spellings"); table.ok())
    table->find("", text.substr(0, 20));
  return 0;
}

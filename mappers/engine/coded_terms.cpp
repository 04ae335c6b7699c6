#include "mappers/engine/coded_terms.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

namespace mappers::engine {
namespace {

using gateway::ErrorCode;
using gateway::Result;
using gateway::model::CodedTerm;
using gateway::model::CountedValue;
using gateway::model::SelectionStatistics;

Result<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return gateway::fail(ErrorCode::ConfigInvalid, "a table of terms cannot be read", path);
  return std::move(text).str();
}

// Terms of one category, gathered from values.
class Gatherer {
 public:
  Gatherer(const ConceptSpellings& spellings, std::string category)
      : spellings_(spellings), category_(std::move(category)) {}

  void add(const std::string& id, const CountedValue& value, bool certain) {
    const auto [at, fresh] = terms_.try_emplace(id);
    CodedTerm& term = at->second;
    if (fresh) {
      term.category = category_;
      term.id = id;
      term.label = spellings_.label({category_, id});
      for (const Spelling& spelling : spellings_.spellings({category_, id}))
        if (spelling.relation == SpellingRelation::Equal)
          term.codes.push_back({spelling.system, spelling.code, spelling.list});
      term.certain = false;
    }
    term.certain = term.certain || certain;
    term.series += value.series;
    term.subjects += value.subjects;
  }
  void unknown(const CountedValue& value, SelectionStatistics& figures) const {
    figures.unmapped.push_back(value);
    figures.unmapped.back().value = category_ + ": " + value.value;
  }
  void finish(SelectionStatistics& figures) const {
    std::vector<CodedTerm> all;
    for (const auto& [id, term] : terms_) {
      all.push_back(term);
      all.back().subjects = std::min(term.subjects, figures.subjects);
    }
    std::ranges::stable_sort(all, [](const CodedTerm& a, const CodedTerm& b) { return a.series > b.series; });
    std::ranges::move(all, std::back_inserter(figures.terms));
  }

 private:
  const ConceptSpellings& spellings_;
  const std::string category_;
  std::map<std::string, CodedTerm> terms_;
};

void gather_words(const ConceptSpellings& spellings, const TermMatcher& matcher, std::string category,
                  const std::vector<CountedValue>& values, SelectionStatistics& figures) {
  Gatherer terms(spellings, std::move(category));
  for (const CountedValue& value : values) {
    const TermMatch match = matcher.match(value.value);
    for (const std::string& id : match.concepts) terms.add(id, value, match.kind != MatchKind::Ambiguous);
    if (match.kind == MatchKind::Unknown) terms.unknown(value, figures);
  }
  terms.finish(figures);
}

// Values that are codes of DICOM.
void gather_codes(const ConceptSpellings& spellings, const std::string& category,
                  const std::vector<CountedValue>& values, SelectionStatistics& figures) {
  Gatherer terms(spellings, category);
  for (const CountedValue& value : values) {
    bool known = false;
    for (const auto& found : spellings.find("DCM", value.value)) {
      if (found.concept_id.category != category || found.relation != SpellingRelation::Equal) continue;
      terms.add(found.concept_id.id, value, true);
      known = true;
    }
    if (!known) terms.unknown(value, figures);
  }
  terms.finish(figures);
}

}  // namespace

Result<CodedTerms> CodedTerms::load(const std::string& folder) {
  CodedTerms terms;
  const std::string spellings = TRY(read_file(folder + "/concepts.spellings.csv"));
  terms.spellings_ = TRY(ConceptSpellings::parse(spellings, "concepts.spellings.csv"));
  const std::string body_parts = TRY(read_file(folder + "/body-part.words.csv"));
  terms.body_parts_ = TRY(TermMatcher::parse(body_parts, "body-part.words.csv"));
  const std::string manufacturers = TRY(read_file(folder + "/manufacturer.words.csv"));
  terms.manufacturers_ = TRY(TermMatcher::parse(manufacturers, "manufacturer.words.csv"));
  return terms;
}

void CodedTerms::add_to(SelectionStatistics& figures) const {
  figures.terms.clear();
  figures.unmapped.clear();
  gather_codes(spellings_, "modality", figures.modalities, figures);
  gather_words(spellings_, body_parts_, "body-part", figures.body_parts, figures);
  gather_words(spellings_, manufacturers_, "manufacturer", figures.manufacturers, figures);
  gather_codes(spellings_, "sex", figures.sexes, figures);
}

}  // namespace mappers::engine

// The concepts behind the values that images state: what a dataset description says of body parts, makers,
// modalities and sexes, with the values that stand for nothing known counted beside them.
//
// Const after load() and then thread-safe.
#pragma once

#include <string>

#include "gateway/base/result.h"
#include "gateway/model/statistics.h"
#include "mappers/engine/concept_spellings.h"
#include "mappers/engine/term_matcher.h"

namespace mappers::engine {

class CodedTerms {
 public:
  // `folder` is profiles/terminology. Error: ProfileInvalid or ConfigInvalid with file and line.
  static gateway::Result<CodedTerms> load(const std::string& folder);

  // Fills figures.terms and figures.unmapped from the counted values. Call before the figures go through a
  // disclosure policy.
  void add_to(gateway::model::SelectionStatistics& figures) const;

  const ConceptSpellings& spellings() const { return spellings_; }
  const TermMatcher& body_parts() const { return body_parts_; }
  const TermMatcher& manufacturers() const { return manufacturers_; }

 private:
  ConceptSpellings spellings_;
  TermMatcher body_parts_, manufacturers_;
};

}  // namespace mappers::engine

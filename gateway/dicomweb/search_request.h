// The parameters of a QIDO-RS request (PS3.18 sections 8.3.4 and 10.6.1), parsed and checked.
//
// Attributes may be named by tag or keyword, inside of sequences with dots. A DICOM attribute that cannot be
// matched is refused by name, because ignoring it would answer another question than was asked; names that
// are no attribute are ignored, as section 8.3.4 says. Fuzzy, empty-value and multiple-value matching are
// done (mappers/dicom/matching.h). StudyDate and StudyTime, when both are ranges, are one range of instants:
// QIDO-RS has no negotiation by which a client could ask for it, and two hours on each of many days are
// rarely meant. Pure functions.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/dicomweb/face.h"
#include "gateway/http/message.h"
#include "gateway/model/query.h"
#include "mappers/dicom/query_keys.h"

namespace gateway::dicomweb {

struct SearchRequest {
  model::Query query;  // level, limit, offset, include
  mappers::dicom::KeyPlan plan;
  bool own_limit = true;  // the limit is ours: the client set none, or a larger one
  bool include_all = false;
  std::set<std::string, std::less<>> include;  // tags as "00081030": asked for, or matched on
  bool with_study = false;   // results name the study, not the path: its attributes are part of them
  bool with_series = false;  // the same for the series
};

struct SearchRules {
  const PathOfTag& path_of_tag;
  std::uint32_t max_results;
};

// Errors: InvalidParameter naming the parameter.
Result<SearchRequest> parse_search(const http::Request& request, model::Level level,
                                   const SearchRules& rules);
// `error` with the parameter as the client called it, where it names an attribute by its tags.
Error named_as_given(const http::Request& request, Error error);

}  // namespace gateway::dicomweb

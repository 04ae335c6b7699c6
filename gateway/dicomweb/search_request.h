// The parameters of a QIDO-RS request (PS3.18 sections 8.3.4 and 10.6.1), parsed and checked.
//
// Attributes may be named by tag or keyword. A DICOM attribute that the index cannot match on is refused by
// name, because ignoring it would answer another question than was asked; names that are no attribute are
// ignored, as section 8.3.4 says. Pure functions.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/dicomweb/face.h"
#include "gateway/http/message.h"
#include "gateway/model/query.h"

namespace gateway::dicomweb {

struct SearchRequest {
  model::Query query;
  bool include_all = false;
  std::set<std::string, std::less<>> include;  // tags as "00081030": asked for, or matched on
  bool with_study = false;            // results name the study, not the path: its attributes are part of them
  bool with_series = false;           // the same for the series
  std::vector<std::string> warnings;  // texts of Warning: 299
};

struct SearchRules {
  const PathOfTag& path_of_tag;
  std::uint32_t max_results;
  std::string service;  // the service root, for warnings
};

// Errors: InvalidParameter naming the parameter.
Result<SearchRequest> parse_search(const http::Request& request, model::Level level,
                                   const SearchRules& rules);

}  // namespace gateway::dicomweb

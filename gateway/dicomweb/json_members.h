// Cutting stored DICOM JSON objects into their top-level members, and joining such cuts again.
//
// Only for JSON that this gateway wrote itself: compact, valid, keys of eight hex digits in ascending order.
// Views point into the text given. Pure functions.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace gateway::dicomweb {

struct JsonMember {
  std::string_view tag;  // "00100020"
  std::string_view raw;  // "\"00100020\":{...}"
};

std::vector<JsonMember> members_of(std::string_view object);

// `object` with those members of `more` added that `wanted` accepts and `object` lacks, keys ascending.
std::string merged(std::string_view object, std::string_view more,
                   const std::function<bool(std::string_view tag)>& wanted);

}  // namespace gateway::dicomweb

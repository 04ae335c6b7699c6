// Keys by which person names are found in the tables person_name and name_word, and LIKE patterns. How names
// are folded and cut is in gateway/model/person_name.h. Free functions; thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/model/person_name.h"

namespace gateway::store {

// Whose name a row of person_name holds. Studies have the name of the patient as they say it: people change
// names, and what a study is found by must be what it shows.
enum class NameKind : std::uint8_t {
  Subject = 0,
  ReferringPhysician = 1,
  PerformingPhysician = 2,
  PatientOfStudy = 3
};

using model::fold_case;
using model::name_key;

// The keys of alphabetic, ideographic and phonetic group.
std::array<std::string, 3> name_keys(const model::PersonName& name);

// A value with wild cards as a LIKE pattern with '\' as escape, and the literal text before the first wild
// card.
struct LikePattern {
  std::string pattern;
  std::string prefix;
};
bool has_wildcard(std::string_view value);
LikePattern like_pattern(std::string_view value);

}  // namespace gateway::store

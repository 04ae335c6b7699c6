// Keys by which person names are found (PS3.4 C.2.2.2.4: matching of names may ignore case; ours does).
//
// Case is folded by the simple foldings of Unicode for Latin, Greek, Cyrillic, Armenian and full-width
// letters, independent of the locale. Trailing '^' and spaces do not count. Free functions; thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/model/records.h"

namespace gateway::store {

// Whose name a row of person_name holds. Studies have the name of the patient as they say it: people change
// names, and what a study is found by must be what it shows.
enum class NameKind : std::uint8_t {
  Subject = 0,
  ReferringPhysician = 1,
  PerformingPhysician = 2,
  PatientOfStudy = 3
};

char32_t fold_case(char32_t c);
std::string fold_case(std::string_view utf8);

// The key of one component group; empty for an empty group.
std::string name_key(std::string_view group);
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

// The figures of a dataset as they may be published.
//
// Persons of a sex that fewer than k have are left out of every figure, so that what is shown always adds up
// to itself and nothing follows from a difference; ages are put together in bands until each holds k persons.
// A dataset with fewer than k persons shows no count at all (`withheld`). Series, instances and bytes are
// rounded too. Under an exact policy nothing changes. Pure functions, thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/disclosure/count.h"
#include "gateway/model/statistics.h"

namespace gateway::disclosure {

struct PublishedFigures {
  model::SelectionStatistics figures;  // may be rendered; figures.privacy says what was done
};

// Of `key` the secret and the dataset are used: each figure has its own name, and the version is
// `exact.newest_us`, which changes only when the images of the dataset do. Searches use the same version.
PublishedFigures disclose(const model::SelectionStatistics& exact, const Policy& policy, const NoiseKey& key);

// How many persons a search may tell of the whole dataset: the same number as in disclose(). The first of the
// `related` counts of protect() for every search in it.
std::uint64_t published_whole(const model::SelectionStatistics& exact, const Policy& policy);

// Numbers of persons in words that people wrote ("7 patients"): they would undo the policy. Each with its
// surroundings.
std::vector<std::string> numbers_of_persons(std::string_view text);

}  // namespace gateway::disclosure

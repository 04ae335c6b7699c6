// From matching keys to a query of the image index: what QIDO-RS and the C-FIND SCP share.
//
// Keys over fields of the records become model::Match, answered by indexes. The others are tested on what is
// stored of each candidate: at the instance level any attribute, at the series and study level those of the
// patient, study (and series) modules, for which the first stored instance speaks. Fields of lower levels may
// be keys, too: a study (series) then matches when something below it does. Keys that cannot be decided like
// this are refused by name. The result is exact or refused: never cut in silence. Thread-safe.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gateway/model/ports.h"
#include "mappers/dicom/matching.h"

namespace mappers::dicom {

// Descriptor path of an attribute ("subject.patient_id"), from the mapping table.
using PathOfTag = std::function<std::optional<std::string>(std::uint32_t tag)>;

// Whether what one instance says of the attribute holds for its whole study (series): PS3.3 C.7.1 to C.7.3,
// C.7.5.
bool belongs_to(gateway::model::Level level, Tag tag);

struct KeyPlan {
  std::vector<gateway::model::Match> matches;
  std::vector<MatchKey> others;
};

// Universal keys are passed over. `combine_date_time`: StudyDate and StudyTime, both as ranges, are one range
// of instants to the second (PS3.4 section C.2.2.2.5: DIMSE peers negotiate it). Error: InvalidParameter with
// the path of the key in `where`.
gateway::Result<KeyPlan> plan_keys(gateway::model::Level level, std::span<const MatchKey> keys,
                                   const PathOfTag& path_of_tag, bool combine_date_time);

// So many rows that the indexed keys leave are tested one by one; with more the search is refused.
inline constexpr std::uint64_t kMaxCandidates = 20'000;

struct FoundRows {
  std::vector<gateway::model::SearchRow> rows;
  std::uint64_t more = 0;  // rows behind the last one, when `count_more` and it was the limit that ended it
  gateway::model::SearchNotes notes;
};

// Runs `query` (level, limit, offset, include; its matches are replaced) by the plan. Errors:
// InvalidParameter naming the key for which more than kMaxCandidates rows would have to be tested; those of
// the index.
gateway::Result<FoundRows> find_rows(const gateway::model::ImageIndex& index,
                                     const gateway::model::BlobStore& blobs, gateway::model::Query query,
                                     const KeyPlan& plan, bool count_more);

}  // namespace mappers::dicom

// LiveQuery: a query of the image index as the questions that a source understands, and the tests that its
// answers have to pass, because sources match in their own ways (PS3.4 C.2.2.2, C.4.1).
//
// Plain values; pure functions.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/value.h"
#include "gateway/model/query.h"
#include "gateway/model/source_port.h"
#include "mappers/dicom/matching.h"

namespace gateway::sources {

// The attribute of a descriptor path ("subject.patient_id"), from the mapping table.
using TagOfPath = std::function<std::optional<std::uint32_t>(std::string_view path)>;

struct LiveQuery {
  model::Level level = model::Level::Study;
  // By the level that they belong to; values as the source is to get them, empty ones ask for the attribute.
  std::map<model::Level, std::vector<model::RemoteKey>> keys;
  std::vector<mappers::dicom::MatchKey> tests;
  std::string started_from, started_to;  // "YYYYMMDDHHMMSS" over study date and time, or empty
  std::string identity;                  // the same text for the same question: the key of caches
  bool nothing = false;                  // this source cannot have a match
};

// As the source is to be asked. Error: NotSupported naming what cannot be asked at this level.
Result<LiveQuery> make_live_query(const model::Query& query, const model::RemoteIdentity& identity,
                                  const TagOfPath& tag_of_path);
// Whether an answer, with its identifiers as they read here, meets the query. What it does not say, the
// source has matched.
bool passes(const Value& answer, const LiveQuery& query);

}  // namespace gateway::sources

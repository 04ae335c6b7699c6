// A query over the image index, as faces and dataset selections state it; the store compiles it to SQL.
//
// Fields are descriptor paths ("subject.patient_id", "study.date"), and "study.modalities" for the modalities
// of the series in a study. Matching follows PS3.4 C.2.2.2: all matches must hold; person names match without
// case in any component group; other text matches exactly, with case.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gateway/model/fields.h"

namespace gateway::model {

struct Match {
  enum class Kind : std::uint8_t {
    AnyOf,     // equals one of `values`; for person names a value without wild cards matches whole groups
    Wildcard,  // `values[0]` with '*' and '?'
    Range,     // low <= field <= high; an empty bound is open; for dates, times and numbers
    Between,   // instants: "YYYYMMDDHHMMSS" bounds over date and time together; field = "study.started"
  };
  std::string field;
  Kind kind = Kind::AnyOf;
  std::vector<std::string> values;
  std::string low;
  std::string high;
};

struct Query {
  Level level = Level::Study;  // what is returned
  std::vector<Match>
      matches;  // over fields of this level and of the levels above it (studies: also modalities)
  std::uint32_t limit = 100;
  std::uint64_t offset = 0;
  // Rows in the order of their ids whatever selects them, so that pages stay where they are while rows are
  // added. Otherwise the order is stable, too, but may be that of a date.
  bool by_id = false;
};

}  // namespace gateway::model

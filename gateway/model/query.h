// A query over the image index, as faces and dataset selections state it; the store compiles it to SQL.
//
// Fields are descriptor paths ("subject.patient_id", "study.date"), "study.modalities" for the modalities of
// the series in a study, those of record_keys.h, and level and tags for attributes that are indexed without
// being part of a record
// ("series.00400275.00400009", see kKeyFields). Matching follows PS3.4 C.2.2.2: all matches must hold; person
// names match without case in any component group; other text matches exactly, with case.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/model/fields.h"

namespace gateway::model {

// PS3.18 table 10.6.1-5 asks for keys that no record has; and procedure codes, which are lists there.
inline constexpr std::array<std::string_view, 5> kKeyFields = {
    "series.00400244", "series.00400245", "series.00400275.00400009", "series.00400275.00401001",
    "study.00081032.00080100"};

struct Match {
  enum class Kind : std::uint8_t {
    AnyOf,     // equals one of `values`; for person names a value without wild cards matches whole groups
    Wildcard,  // like one of `values` with '*' and '?'
    Range,     // low <= field <= high; an empty bound is open; for dates, times and numbers. Of times, low >
               // high goes over midnight
    Between,   // instants: "YYYYMMDDHHMMSS" bounds over date and time together; field = "study.started"
    Empty,     // the field has no value
    Fuzzy,     // person names: like one of `values`, or sounds like it (person_name.h)
  };
  std::string field;
  Kind kind = Kind::AnyOf;
  std::vector<std::string> values;
  std::string low;
  std::string high;
};

// A key over an attribute that is no field.
struct AttributeKey {
  std::vector<std::uint32_t> path;  // tags as 0xGGGGEEEE: sequences first, the attribute last
  std::string value;                // as DICOM states it (PS3.4 C.2.2.2)
  bool fuzzy = false;
  bool empty_value = false;
  bool multiple_value = false;
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
  bool described = true;  // also studies that are only described (described_port.h), and their subjects
  // For an index that asks other systems: keys that are no fields (ImageIndex::matches_others), and
  // attributes to return beyond those of the level.
  std::vector<AttributeKey> others = {};
  std::vector<std::uint32_t> include = {};
};

}  // namespace gateway::model

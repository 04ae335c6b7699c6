// TimeZone: the offset from UTC of a local time, from a fixed offset or the system's time zone database
// (TZif files, RFC 8536, with the rule in their footer for the years to come).
//
// DICOM times without Timezone Offset From UTC (0008,0201) are local times of somewhere: the configured zone
// says where. A time that is there twice when clocks go back is the first one; one that is skipped has the
// offset before. Immutable after load(); thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"

namespace mappers::fhir {

class TimeZone {
 public:
  // `name` is empty (no zone is known), an offset "+01:00", or a name of the database as "Europe/Vienna".
  // Errors: InvalidParameter for what is none of these; NotFound when the database has no such zone;
  // ProfileInvalid for a file that is no TZif.
  static gateway::Result<TimeZone> load(std::string_view name,
                                        const std::string& database = "/usr/share/zoneinfo");
  // The content of a TZif file. Error: ProfileInvalid.
  static gateway::Result<TimeZone> parse(std::string_view tzif);

  // "+01:00" at a DICOM date and time (PS3.5 DA, TM); empty when the zone or the date is not known.
  std::string offset_at(std::string_view da, std::string_view tm) const;

 private:
  // From `begin` (seconds of UTC) on, local time is UTC and `offset` seconds.
  struct Span {
    std::int64_t begin = 0;
    std::int32_t offset = 0;
  };
  std::vector<Span> spans_;  // ascending; empty: not known
};

}  // namespace mappers::fhir

// What the guides require of a server in the role of an actor (CapabilityStatement of kind requirements, FHIR
// R4 5.2), and what of it a server does not state.
//
// Read from the table actors.tsv of a pack, on demand. Errors: NotFound; ProfileInvalid with file:line.
// Thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/base/value.h"

namespace gateway::definitions {

struct ActorNeed {
  enum class Kind : std::uint8_t { Format, Resource, Interaction, Search, Operation, Include, RevInclude };
  std::string actor;     // canonical URL of the statement of requirements
  std::string resource;  // empty for a format
  Kind kind = Kind::Resource;
  std::string name;         // "json", "read", "patient"; of a resource its type
  std::string expectation;  // SHALL, SHOULD, MAY

  // "ImagingStudy search based-on SHALL"
  std::string text() const;
};

// `pack_folder`: one folder of profiles/fhir; a pack without the table has none.
Result<std::vector<ActorNeed>> read_actor_needs(const std::string& pack_folder);

// The needs that a server's CapabilityStatement does not meet.
std::vector<ActorNeed> unmet_needs(const Value& capability_statement, const std::vector<ActorNeed>& needs);

}  // namespace gateway::definitions

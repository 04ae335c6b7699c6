// References to objects of other systems: which source, and which instance there, as the name of a
// model::BlobRef. Free functions; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/model/ports.h"
#include "gateway/model/source_port.h"

namespace gateway::sources {

// In place of a source: nobody said where the object is.
inline constexpr std::string_view kNowhere = "?";

struct RemoteRef {
  std::string source;  // its name, or the address of a service, which may be that of a source
  model::RemoteId id;  // all three UIDs
};

// Letters, digits, '.', '-' and '_', at most 64: what names a source.
bool is_source_name(std::string_view text);
// Error: InvalidParameter for a UID or an address that cannot be part of a reference.
Result<model::BlobRef> remote_ref(const std::string& source, const model::RemoteId& id);
// The same for an address that somebody outside named: only http(s) addresses are ever asked, never a source
// by its name; anything else is nowhere.
Result<model::BlobRef> remote_ref_at(const std::string& address, const model::RemoteId& id);
// Nothing when it is no reference to another system.
std::optional<RemoteRef> parse_remote_ref(const model::BlobRef& ref);

}  // namespace gateway::sources

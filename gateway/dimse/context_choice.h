// Which presentation contexts the server accepts, and with which transfer syntax (PS3.8 section 9.3.3).
//
// Storage contexts are taken in whatever syntax the requestor put first, known or not: objects are kept as
// they come. Pure functions.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "gateway/dimse/association.h"

namespace gateway::dimse {

struct ContextPolicy {
  bool storage = true;
  bool private_classes = true;
};

// A storage SOP class (PS3.4 annexes B, HH, GG), by the look of its UID; private ones by not being of the
// standard.
bool is_storage_class(std::string_view sop_class, bool private_classes);
std::vector<Context> choose_contexts(std::span<const ProposedContext> proposed, const ContextPolicy& policy);

// Contexts for objects of unknown kind: the classes that imaging departments send, in every syntax that is in
// use, at most 128.
const std::vector<std::string>& usual_storage_classes();
// As they are kept: a context for compressed objects apart from one for native ones, when there is room.
std::vector<ProposedContext> storage_proposal(std::span<const std::string> sop_classes, bool role_scp);

}  // namespace gateway::dimse

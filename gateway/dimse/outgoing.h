// Outgoing: an object on its way to a peer by C-STORE (PS3.4 annex B): the requestor's side, for storing, for
// C-MOVE and for C-GET.
//
// Sent as it is where the peer accepts that syntax; else native data are re-encoded; else it fails with the
// reason (uncompressed.h decodes before). Memory does not grow with the object. One thread.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "gateway/dimse/association.h"

namespace gateway::dimse {

struct Outgoing {
  std::string sop_class, sop_instance, transfer_syntax;
  std::shared_ptr<const ByteSource> object;  // Part 10, or a bare data set
  std::uint64_t data_offset = 0;             // of the data set in it
  bool encapsulated = false;                 // compressed: cannot be re-encoded
};

// Errors: as mappers::dicom::read_file; DicomMissingAttribute without SOP class or instance;
// DicomTruncated.
Result<Outgoing> open_outgoing(std::shared_ptr<const ByteSource> object);

struct StoreAnswer {
  std::uint16_t status = status::kSuccess;
  std::string comment;
  bool failed() const { return status != status::kSuccess && !is_warning(status); }
};

// The request that a sub-operation is part of.
struct Originator {
  std::string title;
  std::uint16_t message_id = 0;
};

// What the peer says, or status 0x0122 when no presentation context fits. Error: the association is broken.
// `cancel` becomes true when a C-CANCEL comes in meanwhile (C-GET shares the association with it).
Result<StoreAnswer> send_object(Association& association, const Outgoing& object,
                                const Originator* originator = nullptr, bool* cancel = nullptr);

// Contexts for such objects: each class in the syntaxes it is in, then in the native ones. At most 128.
struct ObjectKind {
  std::string sop_class, transfer_syntax;
  auto operator<=>(const ObjectKind&) const = default;
};
std::vector<ProposedContext> proposal_for(const std::set<ObjectKind>& kinds);

// The data set in another native encoding, explicit or implicit little endian. Errors: NotSupported.
Result<std::shared_ptr<const ByteSource>> native_data_set(const Outgoing& object, bool implicit_vr);

}  // namespace gateway::dimse

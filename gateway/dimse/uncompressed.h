// For peers that take native pixels only: a compressed object decoded while it is sent (PS3.4 C.4.2.2.1
// leaves the syntax to what was negotiated).
//
// Memory is that of one frame; the decoded object lies in a spool. Thread-safe.
#pragma once

#include "gateway/dimse/outgoing.h"
#include "gateway/dimse/peer.h"
#include "gateway/pixel/pixel_service.h"

namespace gateway::dimse {

// Whether the peer takes this object decoded, and in no other way.
bool must_be_decoded(const Association& association, const Outgoing& object);

// Explicit VR Little Endian, the same instance. Errors: of the codecs and the reader; NotSupported; StoreBusy
// when there is no room for the pixels.
Result<Outgoing> uncompressed(const Outgoing& object, pixel::PixelService& pixels, const DimseLimits& limits);

}  // namespace gateway::dimse

// What a STOW-RS request body holds (PS3.18 sections 10.5.1 and 8.6): its parts as objects to ingest.
//
// Parts are DICOM objects, or metadata (JSON or native XML) with bulk data that they refer to by URI; those
// are put together to Part 10 objects whose bulk data stay where they are in the body. What cannot become an
// object is a failed outcome in its place. Thread-safe; the items keep the body alive.
#pragma once

#include <string_view>
#include <variant>
#include <vector>

#include "gateway/http/message.h"
#include "gateway/model/ingest_port.h"

namespace gateway::dicomweb {

using StoreItem = std::variant<model::IngestItem, model::ItemOutcome>;

// Errors that concern the whole request: UnsupportedMediaType, InvalidBody, TruncatedBody, BodyTooLarge.
Result<std::vector<StoreItem>> store_items(const http::Request& request);

// A part of a body, which it keeps alive.
std::shared_ptr<const ByteSource> part_source(std::shared_ptr<const ByteSource> body, std::uint64_t offset,
                                              std::uint64_t length);

}  // namespace gateway::dicomweb

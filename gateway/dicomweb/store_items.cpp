#include "gateway/dicomweb/store_items.h"

#include <algorithm>

#include "gateway/base/owned_bytes.h"
#include "gateway/base/text.h"
#include "gateway/codec/media_type.h"
#include "gateway/codec/multipart.h"
#include "gateway/dicomweb/handlers.h"
#include "gateway/dicomweb/store_metadata.h"

namespace gateway::dicomweb {
namespace {

using model::IngestItem;

// A range of the body; the store may take over what was spooled to a file.
IngestItem item_of(const http::Request& request, std::string label, std::uint64_t offset,
                   std::uint64_t length) {
  IngestItem item;
  item.label = std::move(label);
  item.source = part_source(request.body, offset, length);
  item.required_study_uid = request.param("study");
  if (const auto* spool = dynamic_cast<const FileSource*>(request.body.get()))
    item.spooled = model::BlobView{spool->file(), offset, length};
  return item;
}

// The type of the root, or where none is said that of the first part.
std::string root_type(const codec::MediaType& type, const std::vector<codec::Part>& parts) {
  const std::string_view said = type.parameter("type");
  if (!said.empty()) return lower(said);
  const auto first = codec::parse_media_type(parts.front().header("Content-Type"));
  return first ? first->type : std::string(kDicom);
}

Error unsupported() {
  return fail(ErrorCode::UnsupportedMediaType,
              "store takes application/dicom, alone or in multipart/related, and application/dicom+json or "
              "application/dicom+xml with bulk data",
              "Content-Type");
}

}  // namespace

std::shared_ptr<const ByteSource> part_source(std::shared_ptr<const ByteSource> body, std::uint64_t offset,
                                              std::uint64_t length) {
  return std::make_shared<OwnedPart>(std::move(body), offset, length);
}

// Section 10.5.1: one item per part, or one for a single-part body. Whatever else a part claims to be, its
// bytes decide.
Result<std::vector<StoreItem>> store_items(const http::Request& request) {
  const auto type = TRY(codec::parse_media_type(request.headers.joined("Content-Type")));
  if (type.type == kDicom) return std::vector<StoreItem>{item_of(request, "body", 0, request.body->size())};
  if (is_metadata_type(type.type)) {
    codec::Part whole;
    whole.length = request.body->size();
    return items_of_metadata(request, type.type, {whole});
  }
  if (type.type != "multipart/related") return unsupported();
  const std::string_view said = type.parameter("type");
  if (!said.empty() && !iequals(said, kDicom) && !is_metadata_type(lower(said))) return unsupported();
  const auto parts = TRY(codec::parse_multipart(*request.body, type.parameter("boundary")));
  if (parts.empty()) return fail(ErrorCode::InvalidBody, "the request holds no part to store", "body");
  const std::string root = root_type(type, parts);
  if (is_metadata_type(root)) return items_of_metadata(request, root, parts);
  std::vector<StoreItem> items;
  items.reserve(parts.size());
  for (const codec::Part& part : parts)
    items.emplace_back(
        item_of(request, "part " + std::to_string(items.size() + 1), part.offset, part.length));
  return items;
}

}  // namespace gateway::dicomweb

#include "gateway/dicomweb/frame_reader.h"

#include "mappers/dicom/image_format.h"
#include "mappers/dicom/transfer_syntax.h"

namespace gateway::dicomweb {
namespace {

using mappers::dicom::FrameLocation;
using mappers::dicom::FrameTable;

// Deflated objects have to be inflated; compressed pixels in a data set of implicit VR or big endian, which
// has no syntax of its own, are in the syntax that the file declares.
bool needs_object(const FrameTable& table, const model::InstanceLocation& location) {
  if (table.encapsulated()) return !mappers::dicom::is_web_syntax(location.transfer_syntax_uid);
  if (table.size() == 0) return false;
  const auto first = table.frame(0);
  return first && first->deflated;
}

Error explained(const Error& error) {
  if (error.code != ErrorCode::NotSupported) return error;
  return fail(ErrorCode::NotAcceptable,
              "the frames of this object cannot be told apart: retrieve the instance or its pixel data",
              error.where, error.message);
}

}  // namespace

Result<std::unique_ptr<FrameReader>> FrameReader::open(const model::InstanceLocation& location,
                                                       const model::BlobStore& blobs,
                                                       const std::string& spool_folder) {
  std::unique_ptr<FrameReader> reader(new FrameReader);
  const bool stored = location.frames.kind != model::BlobRef::Kind::None;
  if (stored) TRY_VOID(reader->use_stored_table(location, blobs));
  if (!stored || needs_object(*reader->table_, location))
    TRY_VOID(reader->walk_object(location, blobs, spool_folder));
  return reader;
}

Result<void> FrameReader::use_stored_table(const model::InstanceLocation& location,
                                           const model::BlobStore& blobs) {
  encoded_source_ = std::make_unique<BlobSource>(TRY(blobs.open(location.frames)));
  table_ = TRY(FrameTable::open(*encoded_source_));
  view_ = TRY(blobs.open(location.content));
  source_ = std::make_shared<const BlobSource>(view_);
  syntax_ = table_->encapsulated() ? location.transfer_syntax_uid
                                   : std::string(mappers::dicom::transfer_syntax::kExplicitLittle);
  return {};
}

Result<void> FrameReader::walk_object(const model::InstanceLocation& location, const model::BlobStore& blobs,
                                      const std::string& spool_folder) {
  object_ = TRY(OpenObject::open(location.content, blobs, spool_folder));
  if (!object_->file().pixel_data) return fail(ErrorCode::NotFound, "the instance has no frames");
  auto encoded = mappers::dicom::make_frame_table(object_->file(), object_->stream());
  if (!encoded) return explained(encoded.error());
  encoded_ = std::move(*encoded);
  encoded_source_ = std::make_unique<MemorySource>(std::string_view(encoded_));
  table_ = TRY(FrameTable::open(*encoded_source_));
  syntax_ = object_->syntax();
  return {};
}

const ByteSource& FrameReader::content() const { return object_ ? object_->stream() : *source_; }

void FrameReader::append_frame(std::vector<http::Piece>& out, const FrameLocation& location) const {
  if (!location.is_plain()) {
    const auto source = object_ ? object_->shared_stream() : source_;
    out.emplace_back(http::LazyPiece{
        location.frame_bytes(), [source, location]() -> Result<std::vector<http::Piece>> {
          std::vector<http::Piece> pieces;
          pieces.emplace_back(
              TRY(mappers::dicom::read_frame(*source, location, mappers::dicom::kMaxFrameBytes)));
          return pieces;
        }});
    return;
  }
  for (const auto& range : location.ranges) {
    if (object_)
      object_->append_range(out, range);
    else
      out.emplace_back(http::FileRange{view_.file, view_.offset + range.offset, range.length});
  }
}

Result<std::string> FrameReader::read(const FrameLocation& location) const {
  return mappers::dicom::read_frame(content(), location, mappers::dicom::kMaxFrameBytes);
}

// Only what comes before the first frame is looked at: items of thousands of frames would have to be walked.
Result<model::ImageFormat> FrameReader::format() const {
  if (object_) return mappers::dicom::image_format(object_->file().data);
  const FrameLocation first = TRY(frame(0));
  const bool walks = first.encapsulated && !first.ranges.empty();
  const SliceSource header(*source_, 0, walks ? first.ranges[0].offset : source_->size());
  const mappers::dicom::File file = TRY(mappers::dicom::read_file(header));
  return mappers::dicom::image_format(file.data);
}

}  // namespace gateway::dicomweb

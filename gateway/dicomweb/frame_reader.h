// FrameReader: the frames of one stored object, each found without touching the others.
//
// By the frame table that was stored at ingest; without one (older stores, objects of other systems) the
// object itself is walked. One object per request; the pieces it gives live on their own.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/dicomweb/open_object.h"
#include "gateway/http/message.h"
#include "gateway/model/image_format.h"
#include "gateway/model/ports.h"
#include "mappers/dicom/frame_table.h"

namespace gateway::dicomweb {

class FrameReader {
 public:
  // Errors: NotFound without pixel data; NotAcceptable when the frames are not separate (video); those of the
  // store and of mappers::dicom::make_frame_table.
  static Result<std::unique_ptr<FrameReader>> open(const model::InstanceLocation& location,
                                                   const model::BlobStore& blobs,
                                                   const std::string& spool_folder);

  std::uint64_t size() const { return table_->size(); }
  const std::string& syntax() const { return syntax_; }  // as web_transfer_syntax()
  // Counted from 0. Errors: as FrameTable::frame.
  Result<mappers::dicom::FrameLocation> frame(std::uint64_t index) const { return table_->frame(index); }
  // The frame as it is stored, native ones in little endian order.
  void append_frame(std::vector<http::Piece>& out, const mappers::dicom::FrameLocation& location) const;
  Result<std::string> read(const mappers::dicom::FrameLocation& location) const;
  // Reads the header in front of the pixel data.
  Result<model::ImageFormat> format() const;

 private:
  FrameReader() = default;
  Result<void> use_stored_table(const model::InstanceLocation& location, const model::BlobStore& blobs);
  Result<void> walk_object(const model::InstanceLocation& location, const model::BlobStore& blobs,
                           const std::string& spool_folder);
  const ByteSource& content() const;

  std::string encoded_;  // the table, when it was made here
  std::unique_ptr<const ByteSource> encoded_source_;
  std::optional<mappers::dicom::FrameTable> table_;
  std::string syntax_;
  model::BlobView view_;
  std::shared_ptr<const BlobSource> source_;  // of view_
  std::optional<OpenObject> object_;          // in place of view_
};

}  // namespace gateway::dicomweb

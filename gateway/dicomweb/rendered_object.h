// RenderedObject: one stored image, opened so that its frames can be rendered (PS3.18 section 10.4.1.1.3),
// and the writing of what was rendered. Used by WADO-RS and WADO-URI.
//
// Reads the header of the object and, of its pixel data, the frames that are asked for. Compressed frames go
// to the pixel service, native ones are rendered here. One object per request.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "gateway/dicomweb/blob_source.h"
#include "gateway/dicomweb/face.h"
#include "gateway/dicomweb/render_request.h"
#include "gateway/model/image_format.h"
#include "gateway/pixel/image.h"
#include "mappers/dicom/frame_table.h"
#include "mappers/dicom/reader.h"

namespace gateway::dicomweb {

struct RenderedImage {
  pixel::Image image;
  std::string icc_profile;  // to be embedded; may be empty
};

class RenderedObject {
 public:
  // Errors: NotAcceptable when the object has no pixel data; those of the blob store and the reader.
  static Result<std::unique_ptr<RenderedObject>> open(const model::InstanceLocation& location,
                                                      const DicomwebFace& face);
  const mappers::dicom::File& file() const { return file_; }
  const model::ImageFormat& format() const { return format_; }
  std::uint32_t frames() const { return static_cast<std::uint32_t>(table_->size()); }
  std::uint32_t representative() const;
  double duration_ms(std::uint32_t frame) const;
  // `frame` counts from 0. Errors: NotFound beyond the last frame; those of decoding and rendering.
  Result<RenderedImage> render(std::uint32_t frame, const RenderRequest& request) const;
  // Whether window= would be ignored, because the image has color.
  bool is_color() const;

 private:
  RenderedObject(const DicomwebFace& face, model::BlobView view);
  Result<void> read(const model::InstanceLocation& location);
  Result<model::Frame> decoded(std::uint32_t frame) const;

  const DicomwebFace& face_;
  model::BlobView view_;
  BlobSource source_;
  mappers::dicom::File file_;
  model::ImageFormat format_;
  std::string made_table_;  // when none is stored
  std::unique_ptr<const ByteSource> encoded_table_;
  std::optional<mappers::dicom::FrameTable> table_;
};

// The bytes of the media type: image/jpeg, image/png, image/gif or image/jp2.
Result<std::string> write_image(const RenderedImage& rendered, std::string_view media_type, int quality,
                                const DicomwebFace& face);
// An animation of these frames. Errors: BodyTooLarge when it is out of bounds.
Result<http::Response> animation(const RenderedObject& object, const std::vector<std::uint32_t>& frames,
                                 const RenderRequest& request, const DicomwebFace& face);

}  // namespace gateway::dicomweb

// The bulk data of an object as parts of an answer (PS3.18 sections 10.4.1.1.5 and 8.7.3.3).
//
// Native values are little endian. Encapsulated pixel data are one part a frame, or one part when their
// frames cannot be told apart (video). Free functions; thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/dicomweb/open_object.h"
#include "gateway/http/message.h"

namespace gateway::dicomweb {

struct BulkPart {
  std::string type;      // media type
  std::string syntax;    // of encapsulated pixel data, else empty
  std::string location;  // its URL
  std::vector<http::Piece> content;

  std::uint64_t size() const;
  // "image/jls; transfer-syntax=1.2.840.10008.1.2.4.80"
  std::string content_type() const { return syntax.empty() ? type : type + "; transfer-syntax=" + syntax; }
};

// The value at a path of tags and item numbers. `url` is that of the instance, without a slash at the end.
// Errors: NotFound when there is none.
Result<std::vector<BulkPart>> bulk_parts(const OpenObject& object, const std::vector<std::uint32_t>& path,
                                         std::string_view url);

// Everything that DICOM JSON refers to by BulkDataURI, or only the pixel data; in the order of the data set.
enum class BulkChoice : std::uint8_t { All, PixelData };
Result<std::vector<BulkPart>> all_bulk_parts(const OpenObject& object, BulkChoice choice,
                                             std::string_view url);

}  // namespace gateway::dicomweb

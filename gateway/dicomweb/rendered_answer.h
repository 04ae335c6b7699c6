// Putting rendered content into answers: validators, parts, and content that is passed on as it is stored
// (PS3.18 sections 8.6.1.2 and 8.7.4). Used by WADO-RS and WADO-URI.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/ids.h"
#include "gateway/dicomweb/face.h"
#include "gateway/dicomweb/large_answer.h"
#include "gateway/http/message.h"
#include "gateway/model/ports.h"

namespace gateway::dicomweb {

// The ETag of something rendered: what it is made of, how, and into what. One object per request.
class RenderedTag {
 public:
  explicit RenderedTag(const http::Request& request);  // path and parameters
  void add(const model::InstanceLocation& location);
  void add(std::string_view text);
  // Weak for multipart answers, whose boundaries change.
  std::string finish(bool weak);

 private:
  Sha256 hash_;
};

// 304 when the client has it already (RFC 9110 section 13.1.2).
std::optional<http::Response> unchanged(const http::Request& request, const std::string& etag);
// Adds ETag, Vary and the warnings.
void finish_headers(http::Response& response, const std::string& etag,
                    const std::vector<std::string>& warnings, const std::string& service);

// multipart/related of parts that are there at once; large ones go to a file.
class PartsAnswer {
 public:
  explicit PartsAnswer(const DicomwebFace& face);
  Result<void> add(std::string_view media_type, std::string_view bytes);
  std::size_t count() const { return count_; }
  std::uint64_t size() const { return answer_.size(); }
  Result<http::Response> finish(std::string_view root_type);

 private:
  LargeAnswer answer_;
  std::string boundary_;
  std::size_t count_ = 0;
};

// What this gateway cannot render (a transfer syntax without codec, a rare color model) is not acceptable
// here: the object itself can be had.
Result<http::Response> refused_as_not_acceptable(Result<http::Response> answer);

// One part, alone or in multipart/related, of pieces.
http::Response one_part(std::vector<http::Piece> pieces, std::string_view media_type, bool multipart);

// Objects whose content is rendered already: encapsulated PDF and CDA documents, and video streams. The media
// type, by SOP class and transfer syntax; empty for all others.
std::string stored_media_type(const model::InstanceLocation& location);
// The content itself, without copying. Error: DicomMalformed when it is not there.
Result<std::vector<http::Piece>> stored_content(const model::InstanceLocation& location,
                                                const DicomwebFace& face);

}  // namespace gateway::dicomweb

// Answers of parts: one alone, or any number wrapped in multipart/related (PS3.18 section 8.6.1.2, RFC 2387).
//
// The length of a multipart answer is known before any of its parts is made. One object per request.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/dicomweb/representation.h"
#include "gateway/http/message.h"

namespace gateway::dicomweb {

class Multipart {
 public:
  // `root_type` is the type parameter of the answer. Each has a boundary of its own: a fixed one could occur
  // in pixel data and split them.
  explicit Multipart(std::string_view root_type);

  // What stands in front of the content of a part.
  std::string part_head(std::string_view content_type, std::string_view content_location = {}) const;
  void add(std::string_view content_type, std::string_view content_location,
           std::vector<http::Piece> content);
  // Behind the last part.
  std::string end() const { return "--" + boundary_ + "--\r\n"; }
  std::string content_type() const;
  http::Response finish() &&;

 private:
  std::string root_type_, boundary_;
  std::vector<http::Piece> pieces_;
};

// One part, wrapped or alone.
http::Response part_answer(AnswerForm form, std::string_view root_type, std::string_view part_type,
                           std::vector<http::Response::Piece> pieces);

}  // namespace gateway::dicomweb

#include "gateway/dicomweb/multipart_answer.h"

#include "gateway/base/clock.h"
#include "gateway/base/ids.h"

namespace gateway::dicomweb {

Multipart::Multipart(std::string_view root_type)
    : root_type_(root_type), boundary_(make_uuid7(Clock::system().utc_us())) {}

std::string Multipart::part_head(std::string_view content_type, std::string_view content_location) const {
  std::string head = "--" + boundary_ + "\r\nContent-Type: ";
  head.append(content_type).append("\r\n");
  if (!content_location.empty()) head.append("Content-Location: ").append(content_location).append("\r\n");
  return head += "\r\n";
}

void Multipart::add(std::string_view content_type, std::string_view content_location,
                    std::vector<http::Piece> content) {
  pieces_.emplace_back(part_head(content_type, content_location));
  for (auto& piece : content) pieces_.push_back(std::move(piece));
  pieces_.emplace_back("\r\n");
}

std::string Multipart::content_type() const {
  return "multipart/related; type=\"" + root_type_ + "\"; boundary=" + boundary_;
}

http::Response Multipart::finish() && {
  http::Response response;
  response.headers.add("Content-Type", content_type());
  pieces_.emplace_back(end());
  response.body = std::move(pieces_);
  return response;
}

http::Response part_answer(AnswerForm form, std::string_view root_type, std::string_view part_type,
                           std::vector<http::Response::Piece> pieces) {
  if (form == AnswerForm::Multipart) {
    Multipart answer(root_type);
    answer.add(part_type, {}, std::move(pieces));
    return std::move(answer).finish();
  }
  http::Response response;
  response.headers.add("Content-Type", part_type);
  response.body = std::move(pieces);
  return response;
}

}  // namespace gateway::dicomweb

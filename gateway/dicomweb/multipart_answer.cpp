#include "gateway/dicomweb/multipart_answer.h"

#include "gateway/base/clock.h"
#include "gateway/base/ids.h"

namespace gateway::dicomweb {

http::Response part_answer(AnswerForm form, std::string_view root_type, std::string_view part_type,
                           std::vector<http::Response::Piece> pieces) {
  http::Response response;
  if (form == AnswerForm::SinglePart) {
    response.headers.add("Content-Type", part_type);
    response.body = std::move(pieces);
    return response;
  }
  // A new boundary each time: a fixed one could occur in pixel data and split them.
  const std::string boundary = make_uuid7(Clock::system().utc_us());
  response.headers.add("Content-Type",
                       "multipart/related; type=\"" + std::string(root_type) + "\"; boundary=" + boundary);
  response.body.emplace_back("--" + boundary + "\r\nContent-Type: " + std::string(part_type) + "\r\n\r\n");
  for (auto& piece : pieces) response.body.push_back(std::move(piece));
  response.body.emplace_back("\r\n--" + boundary + "--\r\n");
  return response;
}

}  // namespace gateway::dicomweb

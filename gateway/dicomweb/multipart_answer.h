// Answers of one part, alone or wrapped in multipart/related (PS3.18 section 8.6.1.2, RFC 2387).
// Pure functions.
#pragma once

#include <string_view>
#include <vector>

#include "gateway/http/message.h"

namespace gateway::dicomweb {

enum class AnswerForm : std::uint8_t { SinglePart, Multipart };

// `root_type` is the type parameter of the multipart answer, `part_type` the Content-Type of the part itself.
http::Response part_answer(AnswerForm form, std::string_view root_type, std::string_view part_type,
                           std::vector<http::Response::Piece> pieces);

}  // namespace gateway::dicomweb

// Transfer syntaxes as the web knows them: their media types and which of them may be asked for (PS3.18
// tables 8.7.3-2 to 8.7.3-5). Constant data; thread-safe.
#pragma once

#include <string_view>
#include <vector>

namespace gateway::dicomweb {

inline constexpr std::string_view kOctets = "application/octet-stream";

// The media type of one frame in a syntax; kOctets for uncompressed ones and those without a type.
std::string_view frame_type_of(std::string_view syntax);
// Whether a range that names only the type means this syntax.
bool is_default_of_its_type(std::string_view syntax);
// Whether what is stored in it may have lost something: then it is not decoded unless that is asked for.
bool may_be_lossy(std::string_view syntax);
// What pixels can be encoded to, in the order of the standard; Explicit VR Little Endian is the first.
const std::vector<std::string_view>& target_syntaxes();

}  // namespace gateway::dicomweb

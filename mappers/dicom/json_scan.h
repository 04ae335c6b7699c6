// Finding members of a JSON object in its text, without parsing the rest. For well-formed text; of any other
// the answers are of no use, but harmless. Views point into the text. Pure functions.
#pragma once

#include <optional>
#include <string_view>

namespace mappers::dicom {

// Begins and ends as an object does.
bool is_object_text(std::string_view text);
// The text of the value of the member, at the top level only. `key` has no characters that JSON escapes.
std::optional<std::string_view> find_member(std::string_view object, std::string_view key);
// Behind the JSON value that starts at `at`.
std::size_t end_of_value(std::string_view text, std::size_t at);

}  // namespace mappers::dicom

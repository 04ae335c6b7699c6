// Appending JSON text (RFC 8259) to a string: the fast path of every renderer.
#pragma once

#include <string>
#include <string_view>

#include "gateway/base/value.h"

namespace gateway {

// Appends `text` with quotes and escapes. Bytes that are not UTF-8 become U+FFFD, so the output always is
// UTF-8.
void append_json_string(std::string& out, std::string_view text);
// Appends a tree, compact. Not recursive: the depth of the tree does not matter.
void append_json(std::string& out, const Value& value);
std::string to_json(const Value& value, bool pretty = false);

}  // namespace gateway

// Reading TOML 1.0 (configuration, profiles, dataset definitions) into a Value that knows its lines.
//
// Dates and times become text in RFC 3339 form. Thread-safe; the document owns all it holds.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "gateway/base/result.h"
#include "gateway/base/value.h"

namespace gateway::codec {

struct TomlDocument {
  std::string name;  // of the file, for messages
  Value root;        // a map
  // Where a key stands, by its path: "store.folder", "listener[1].port". 1 is the first line; 0: no such key.
  int line_of(std::string_view dotted_path) const;
  // "name:line" of a key, or the name alone: for the `where` of an Error.
  std::string where(std::string_view dotted_path) const;

  std::map<std::string, int, std::less<>> lines;
};

// Error: ConfigInvalid with "name:line" in `where`.
Result<TomlDocument> parse_toml(std::string_view text, std::string_view name);

}  // namespace gateway::codec

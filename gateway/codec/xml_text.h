// Appending text and attributes to XML and HTML documents. Pure functions.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace gateway::codec {

// Escapes what text and quoted attribute values of XML 1.0 and HTML cannot hold as it is.
inline void append_xml_text(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      case '\r':
        out += "&#13;";
        break;
      default:
        out += c;
    }
  }
}

// ` name="value"`. Line ends and tabs are escaped too: a reader would make blanks of them (XML 1.0 section
// 3.3.3).
inline void append_xml_attribute(std::string& out, std::string_view name, std::string_view value) {
  out.append(" ").append(name).append("=\"");
  for (std::size_t at = 0; at <= value.size();) {
    const std::size_t end = std::min(value.find_first_of("\n\t", at), value.size());
    append_xml_text(out, value.substr(at, end - at));
    if (end < value.size()) out += value[end] == '\n' ? "&#10;" : "&#9;";
    at = end + 1;
  }
  out += '"';
}

}  // namespace gateway::codec

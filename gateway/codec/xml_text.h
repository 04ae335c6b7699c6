// Appending text to XML and HTML documents. A pure function.
#pragma once

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

}  // namespace gateway::codec

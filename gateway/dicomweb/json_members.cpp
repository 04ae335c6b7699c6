#include "gateway/dicomweb/json_members.h"

namespace gateway::dicomweb {
namespace {

// End of the JSON value that starts at `at`: the position behind it.
std::size_t end_of_value(std::string_view text, std::size_t at) {
  int depth = 0;
  for (bool quoted = false; at < text.size(); ++at) {
    const char c = text[at];
    if (quoted) {
      if (c == '\\')
        ++at;
      else if (c == '"')
        quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      if (--depth == 0) return at + 1;
    }
  }
  return text.size();
}

void append_member(std::string& out, std::string_view raw) {
  if (out.size() > 1) out += ',';
  out += raw;
}

}  // namespace

std::vector<JsonMember> members_of(std::string_view object) {
  constexpr std::size_t kKey = 11;  // "\"GGGGEEEE\":"
  std::vector<JsonMember> members;
  for (std::size_t at = 1; at + kKey < object.size();) {
    const std::size_t end = end_of_value(object, at + kKey);
    members.push_back({object.substr(at + 1, 8), object.substr(at, end - at)});
    at = end + 1;  // over the comma
  }
  return members;
}

std::string merged(std::string_view object, std::string_view more,
                   const std::function<bool(std::string_view tag)>& wanted) {
  const std::vector<JsonMember> own = members_of(object);
  std::string out = "{";
  std::size_t next = 0;
  for (const JsonMember& extra : members_of(more)) {
    if (!wanted(extra.tag)) continue;
    while (next < own.size() && own[next].tag < extra.tag) append_member(out, own[next++].raw);
    if (next < own.size() && own[next].tag == extra.tag) continue;
    append_member(out, extra.raw);
  }
  while (next < own.size()) append_member(out, own[next++].raw);
  return out + "}";
}

}  // namespace gateway::dicomweb

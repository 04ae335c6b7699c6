#include "gateway/store/person_name.h"

namespace gateway::store {

std::array<std::string, 3> name_keys(const model::PersonName& name) {
  return {name_key(name.alphabetic), name_key(name.ideographic), name_key(name.phonetic)};
}

bool has_wildcard(std::string_view value) { return value.find_first_of("*?") != std::string_view::npos; }

LikePattern like_pattern(std::string_view value) {
  LikePattern like;
  bool literal = true;
  for (const char c : value) {
    if (c == '*') {
      literal = false;
      if (like.pattern.empty() || like.pattern.back() != '%' || like.pattern.ends_with("\\%"))
        like.pattern += '%';
    } else if (c == '?') {
      literal = false;
      like.pattern += '_';
    } else {
      if (c == '%' || c == '_' || c == '\\') like.pattern += '\\';
      like.pattern += c;
      if (literal) like.prefix += c;
    }
  }
  return like;
}

}  // namespace gateway::store

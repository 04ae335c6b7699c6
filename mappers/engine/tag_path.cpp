#include "mappers/engine/tag_path.h"

#include "gateway/base/text.h"

namespace mappers::engine {

using gateway::ErrorCode;
using gateway::Result;

std::optional<Source::Tag> parse_tag(std::string_view text) {
  Source::Tag tag = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), tag, 16);
  if (text.size() != 8 || fault != std::errc{} || end != text.data() + 8) return std::nullopt;
  return tag;
}

Result<TagPath> TagPath::parse(std::string_view text) {
  TagPath path;
  const auto refuse = [&](const char* why) {
    return gateway::fail(ErrorCode::ProfileInvalid, "\"" + std::string(text) + "\": " + why);
  };
  for (std::string_view step : gateway::split(text, '.')) {
    if (path.leaf != 0) return refuse("a sequence on the way needs []");
    const bool sequence = step.ends_with("[]");
    if (sequence) step.remove_suffix(2);
    const auto tag = parse_tag(step);
    if (!tag || *tag == 0) return refuse("not a path of tags of eight hexadecimal digits");
    if (!sequence) {
      path.leaf = *tag;
    } else if (path.depth == kMaxSequences) {
      return refuse("more than four sequences deep");
    } else {
      path.sequences[path.depth++] = *tag;
    }
  }
  return path;
}

}  // namespace mappers::engine

// TagPath: the `from` of a rule: "00100010", "00400275[].00401002", "00081032[]" (the items themselves).
//
// A plain value, compiled once; walking it allocates nothing.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "gateway/base/result.h"
#include "mappers/engine/source.h"

namespace mappers::engine {

struct TagPath {
  static constexpr std::size_t kMaxSequences = 4;
  std::array<Source::Tag, kMaxSequences> sequences{};
  std::size_t depth = 0;  // sequences in use
  Source::Tag leaf = 0;   // 0: the items of the last sequence are what the path names
  bool names_items() const { return leaf == 0; }
  // The attribute of the outermost level.
  Source::Tag first() const { return depth > 0 ? sequences[0] : leaf; }

  // Error: ProfileInvalid with what is wrong.
  static gateway::Result<TagPath> parse(std::string_view text);
};

// Exactly eight hexadecimal digits.
std::optional<Source::Tag> parse_tag(std::string_view text);

// Calls `use(level)` for every level that holds the leaf, in order, until it returns true.
template <class Use>
bool walk(const Source& source, Source::Level level, std::span<const Source::Tag> sequences, Use& use) {
  if (sequences.empty()) return use(level);
  const std::size_t count = source.item_count(level, sequences[0]);
  for (std::size_t i = 0; i < count; ++i)
    if (walk(source, source.item(level, sequences[0], i), sequences.subspan(1), use)) return true;
  return false;
}

}  // namespace mappers::engine

// Source: what mapping rules read from, without knowing the format: attributes by 32-bit tag, in levels (the
// data set and the items of its sequences). Implemented over DICOM data sets in gateway/ingest, over plain
// maps in the tests.
//
// Levels are handles that live as long as the source. Reading is const and thread-safe. Values are UTF-8
// without padding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gateway/model/records.h"

namespace mappers::engine {

class Source {
 public:
  using Level = const void*;
  using Tag = std::uint32_t;  // 0xGGGGEEEE

  virtual ~Source() = default;
  virtual Level root() const = 0;
  // Present with a value or with items.
  virtual bool has(Level level, Tag tag) const = 0;
  // has() for many tags of the root at once, in ascending order: one flag for each.
  virtual void look_up(std::span<const Tag> tags, std::span<bool> present) const {
    for (std::size_t i = 0; i < tags.size(); ++i) present[i] = has(root(), tags[i]);
  }
  virtual std::string text(Level level, Tag tag) const = 0;                // first value; empty when absent
  virtual std::vector<std::string> texts(Level level, Tag tag) const = 0;  // all values
  virtual std::optional<std::int64_t> integer(Level level, Tag tag) const = 0;
  virtual gateway::model::PersonName person_name(Level level, Tag tag) const = 0;
  virtual std::size_t item_count(Level level, Tag tag) const = 0;         // 0 when it is no sequence
  virtual Level item(Level level, Tag tag, std::size_t index) const = 0;  // index < item_count
};

}  // namespace mappers::engine

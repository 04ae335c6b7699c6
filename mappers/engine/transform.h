// The closed registry of typed transforms: what the `as` of a rule may say.
//
// A transform reads one attribute (or one item of a sequence) and writes one field of its type. "fn:<name>"
// are the few rules that a table cannot state; each has a test of its own. The registry is constant.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "gateway/model/fields.h"
#include "mappers/engine/source.h"

namespace mappers::engine {

enum class Verdict : std::uint8_t {
  Absent,  // nothing there: not worth a note
  Applied,
  Dropped,  // a value that is not acceptable
  Failed,   // the same, and the record cannot do without it
};

// Where a transform reads. `tag` is 0 for transforms that take a whole item.
struct Reading {
  const Source& source;
  Source::Level level = nullptr;
  Source::Tag tag = 0;
};

struct Transform {
  std::string_view name;
  gateway::model::FieldType type;  // of the fields it can fill
  bool takes_items;                // `from` must end with []
  bool collects;                   // every item adds to the field; else the first one that applies fills it
  Verdict (*run)(const Reading& from, gateway::model::FieldRef::Pointer to, std::string_view& reason);
};

const Transform* find_transform(std::string_view name);
std::span<const Transform> transforms();

}  // namespace mappers::engine

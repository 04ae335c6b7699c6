// What became of every statement of a description when it went from one release to another. Plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/value.h"

namespace mappers::dcat {

enum class Fate : std::uint8_t {
  Kept,       // word for word
  Extra,      // word for word, though the release does not know the property
  Renamed,    // by another property at the same thing
  Moved,      // at another thing
  Rewritten,  // the same value in another form: datatype, host of a vocabulary, literal or IRI
  Narrowed,   // less is said than before
  Derived,    // follows from what was there; the release asks for it
  Lost
};
std::string_view name_of(Fate fate);  // "kept"

struct LossNote {
  Fate fate = Fate::Kept;
  std::string subject;   // IRI, or "_:label"
  std::string property;  // short name, as it came
  std::string value;
  std::string to;  // property, place or value it became; may be empty
  std::string reason;
};

// One line for all values of a property that met the same fate for the same reason.
struct LossLine {
  Fate fate = Fate::Kept;
  std::string property, to, reason;
  std::size_t values = 0;
};

struct LossReport {
  std::string from, to;         // ids of releases; `from` may be empty
  std::vector<LossNote> notes;  // all but what was kept or is extra
  std::size_t statements = 0;   // of the source
  std::size_t kept = 0, extra = 0;

  std::size_t count(Fate fate) const;
  bool lossless() const { return count(Fate::Lost) == 0 && count(Fate::Narrowed) == 0; }
  // The notes by property: what was lost first, then by property.
  std::vector<LossLine> lines() const;
  std::string text() const;  // for people, one line each
  gateway::Value json() const;
};

}  // namespace mappers::dcat

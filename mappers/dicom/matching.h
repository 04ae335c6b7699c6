// Attribute matching (PS3.4 section C.2.2.2, as PS3.18 section 8.3.4 uses it) on objects of the DICOM JSON
// model.
//
// The kind of matching follows from VR and value: lists of UIDs, ranges of dates and times, '*' and '?',
// person names without case in any component group, numbers by value, all else literally. An attribute with
// several values matches when one of them does; a key inside of a sequence when one of the items does. A
// private attribute is matched by the VR that the object itself states. Plain values; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/base/value.h"
#include "mappers/dicom/tag.h"
#include "mappers/dicom/vr.h"

namespace mappers::dicom {

// Sequences first, the attribute last.
using TagPath = std::vector<Tag>;

// "00400275.00400009", the text that parse_tag_path() reads.
std::string path_text(const TagPath& path);
// Tags or keywords with dots in between. Nothing: the first word names no attribute (an unknown parameter).
// Error InvalidParameter with `name` in `where`: what follows is no attribute, or does not follow a sequence.
gateway::Result<std::optional<TagPath>> parse_tag_path(std::string_view name);

struct MatchOptions {
  bool fuzzy = false;           // person names by sound (gateway/model/person_name.h); a superset of literal
  bool empty_value = false;     // the value "" (two quotation marks) matches what is absent or empty
  bool multiple_value = false;  // values with '\', and with ',' where the VR has no comma
};

// One alternative of a key.
struct MatchTerm {
  enum class Kind : std::uint8_t {
    Empty,     // no value
    Literal,   // `low`; of numbers by value
    Wildcard,  // `low` with '*' and '?'
    Range,     // low <= value <= high, an empty bound is open; times with low > high go over midnight
  };
  Kind kind = Kind::Literal;
  std::string low;
  std::string high;
};

struct MatchKey {
  TagPath path;
  VR vr = VR::UN;     // of the attribute; UN: that of the object
  std::string value;  // UTF-8, as given
  MatchOptions options;
  std::vector<MatchTerm> terms;  // none: universal matching, the key only asks for the attribute
  bool universal() const { return terms.empty(); }
};

// `value` is UTF-8; a value of UIDs is split at ',' and '\'. Error: InvalidParameter, `where` empty, when the
// value is none of this VR or the VR cannot be matched (binary values, sequences).
gateway::Result<MatchKey> parse_key(TagPath path, std::string_view value, const MatchOptions& options = {});
// The same for options with `multiple_value`: of an attribute that may have several values each one given is
// a key of its own, since all of them have to be there; of others they are alternatives.
gateway::Result<std::vector<MatchKey>> parse_keys(const TagPath& path, std::string_view value,
                                                  const MatchOptions& options);

bool matches(const gateway::Value& object, const MatchKey& key);
// The same on text, of which only what the key names is read. False for text that is no JSON object.
bool matches_text(std::string_view object, const MatchKey& key);

}  // namespace mappers::dicom

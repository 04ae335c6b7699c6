// Place: where in the definitions a part of a resource is; what members it may have, by name.
//
// The XML and JSON forms and the patches walk by it. Plain pointers into the definitions, pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/definitions/definitions.h"

namespace gateway::definitions {

struct Place {
  const Structure* structure = nullptr;
  const Element* element = nullptr;  // its children are what may stand here
};

// What a member's name stands for. A choice has one name for each of its types: valueQuantity.
struct MemberKind {
  enum class Form : std::uint8_t { Primitive, Xhtml, Resource, Complex };
  const Element* element = nullptr;
  std::string_view type;  // "string", "Reference", "BackboneElement"; empty below a content reference
  Form form = Form::Complex;
};

// The place of a type's own content: nothing when the type is unknown.
std::optional<Place> place_of_type(const Definitions& definitions, std::string_view type);
// The content of a complex member of `place`.
std::optional<Place> place_of_member(const Definitions& definitions, const Place& place,
                                     const MemberKind& member);

// Whether `element` may be written under `name`, and as which type. `name` is without the "_" of a sibling.
std::optional<MemberKind> member_kind(const Definitions& definitions, const Element& element,
                                      std::string_view name);

// "value" of "value[x]"; other names as they are.
std::string_view stem_of(const Element& element);

}  // namespace gateway::definitions

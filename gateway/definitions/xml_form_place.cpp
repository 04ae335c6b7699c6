#include "gateway/definitions/xml_form_place.h"

namespace gateway::definitions {
namespace {

constexpr std::string_view kChoice = "[x]";
constexpr std::string_view kCoreTypes = "http://hl7.org/fhir/StructureDefinition/";

const Structure* structure_of_type(const Definitions& definitions, std::string_view type) {
  if (const Structure* found = definitions.type(type)) return found;
  return definitions.structure(std::string(kCoreTypes) + std::string(type));
}

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

// "Quantity" of valueQuantity and the type Quantity, "DateTime" and dateTime.
bool is_choice_of(std::string_view rest, std::string_view type) {
  return rest.size() == type.size() && !type.empty() && rest[0] == upper(type[0]) &&
         rest.substr(1) == type.substr(1);
}

MemberKind::Form form_of(const Definitions& definitions, std::string_view type) {
  if (type == "xhtml") return MemberKind::Form::Xhtml;
  if (type == "Resource") return MemberKind::Form::Resource;
  const Structure* structure = structure_of_type(definitions, type);
  if (!structure) return MemberKind::Form::Complex;
  if (structure->kind == Structure::Kind::Primitive) return MemberKind::Form::Primitive;
  return structure->kind == Structure::Kind::Resource ? MemberKind::Form::Resource
                                                      : MemberKind::Form::Complex;
}

}  // namespace

std::string_view stem_of(const Element& element) {
  const std::string_view name = element.name;
  return name.ends_with(kChoice) ? name.substr(0, name.size() - kChoice.size()) : name;
}

std::optional<Place> place_of_type(const Definitions& definitions, std::string_view type) {
  const Structure* structure = structure_of_type(definitions, type);
  if (!structure || !structure->root) return std::nullopt;
  return Place{structure, structure->root};
}

std::optional<Place> place_of_member(const Definitions& definitions, const Place& place,
                                     const MemberKind& member) {
  const Element& element = *member.element;
  if (!element.content_reference.empty()) {
    const Element* target = place.structure->element(element.content_reference);
    if (!target) return std::nullopt;
    return Place{place.structure, target};
  }
  if (!element.children.empty()) return Place{place.structure, &element};
  return place_of_type(definitions, member.type);
}

std::optional<MemberKind> member_kind(const Definitions& definitions, const Element& element,
                                      std::string_view name) {
  if (element.name.ends_with(kChoice)) {
    const std::string_view stem = stem_of(element);
    if (!name.starts_with(stem)) return std::nullopt;
    for (const TypeRef& type : element.types)
      if (is_choice_of(name.substr(stem.size()), type.code))
        return MemberKind{&element, type.code, form_of(definitions, type.code)};
    return std::nullopt;
  }
  if (name != element.name) return std::nullopt;
  if (!element.content_reference.empty() || element.types.empty())
    return MemberKind{&element, {}, MemberKind::Form::Complex};
  const std::string_view type = element.types.front().code;
  const bool in_place = !element.children.empty();
  return MemberKind{&element, type, in_place ? MemberKind::Form::Complex : form_of(definitions, type)};
}

}  // namespace gateway::definitions

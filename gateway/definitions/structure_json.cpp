#include <algorithm>
#include <array>
#include <optional>

#include "gateway/base/text.h"
#include "gateway/definitions/codes.h"
#include "gateway/definitions/element_links.h"
#include "gateway/definitions/official_json.h"

namespace gateway::definitions {

namespace {

constexpr std::string_view kExtensions = "http://hl7.org/fhir/StructureDefinition/";

// The value of an extension by the last part of its URL; null if there is none.
std::string_view extension_text(const Value& holder, std::string_view name) {
  for (const Value& extension : list_of(holder, "extension")) {
    const std::string_view url = extension.text("url");
    if (!url.starts_with(kExtensions) || url.substr(kExtensions.size()) != name) continue;
    for (const auto& [key, value] : *extension.as_map())
      if (key.starts_with("value") && value.as_string()) return *value.as_string();
  }
  return {};
}

// fixed[x], pattern[x], minValue[x], maxValue[x]: whatever the type.
std::optional<Value> choice(const Value& element, std::string_view stem) {
  for (const auto& [key, value] : *element.as_map())
    if (key.size() > stem.size() && key.starts_with(stem) && key[stem.size()] >= 'A' &&
        key[stem.size()] <= 'Z')
      return value;
  return std::nullopt;
}

TypeRef type_from(const Value& type) {
  TypeRef ref;
  const std::string_view fhir_type = extension_text(type, "structuredefinition-fhir-type");
  const std::string_view code = type.text("code");
  ref.code = fhir_type.empty() ? code.substr(code.rfind('/') + 1) : fhir_type;  // a URL when a System type
  if (ref.code.starts_with("System.")) ref.code = primitive_of(ref.code);
  ref.profiles = texts_of(type, "profile");
  ref.targets = texts_of(type, "targetProfile");
  return ref;
}

Result<std::uint32_t> count_from(const Value& element, std::string_view name, std::string_view id) {
  const Value* value = element.find(name);
  const std::int64_t* number = value ? value->as_int() : nullptr;
  const std::string_view text = element.text(name);
  if (text == "*") return kUnbounded;
  if (number && *number >= 0 && *number < kUnbounded) return static_cast<std::uint32_t>(*number);
  if (const auto parsed = parse_number<std::uint32_t>(text)) return *parsed;
  return fail(ErrorCode::ProfileInvalid, "An element needs a cardinality", std::string(id));
}

Result<Constraint> constraint_from(const Value& constraint, std::string_view id) {
  Constraint made{.key = std::string(constraint.text("key")),
                  .error = constraint.text("severity") != "warning",
                  .human = std::string(constraint.text("human")),
                  .expression = std::string(constraint.text("expression"))};
  if (made.key.empty()) return fail(ErrorCode::ProfileInvalid, "A constraint needs a key", std::string(id));
  return made;
}

Result<Binding> binding_from(const Value& binding, std::string_view id) {
  const auto strength = strength_of(binding.text("strength"));
  if (!strength) return fail(ErrorCode::ProfileInvalid, "A binding needs a strength", std::string(id));
  return Binding{*strength, std::string(binding.text("valueSet")),
                 std::string(extension_text(binding, "elementdefinition-maxValueSet"))};
}

Result<Slicing> slicing_from(const Value& slicing, std::string_view id) {
  Slicing made;
  const auto rules = slicing_rules_of(slicing.text("rules"));
  if (!rules) return fail(ErrorCode::ProfileInvalid, "A slicing needs its rules", std::string(id));
  made.rules = *rules;
  made.ordered = flag_of(slicing, "ordered");
  for (const Value& discriminator : list_of(slicing, "discriminator")) {
    const auto kind = discriminator_of(discriminator.text("type"));
    if (!kind) return fail(ErrorCode::ProfileInvalid, "A discriminator needs a type", std::string(id));
    made.discriminators.push_back({*kind, std::string(discriminator.text("path"))});
  }
  return made;
}

void read_flags(const Value& source, Element& element) {
  element.modifier = flag_of(source, "isModifier");
  element.summary = flag_of(source, "isSummary");
  element.xml_attribute = std::ranges::count(texts_of(source, "representation"), "xmlAttr") > 0;
  const Value* length = source.find("maxLength");
  if (length && length->as_int()) element.max_length = static_cast<std::uint32_t>(*length->as_int());
}

Result<void> read_names(const Value& source, Element& element) {
  element.id = source.text("id");
  element.path = source.text("path");
  if (element.path.empty()) return fail(ErrorCode::ProfileInvalid, "An element needs a path", element.id);
  if (element.id.empty()) element.id = element.path;
  element.name = element.path.substr(element.path.rfind('.') + 1);
  element.slice = source.text("sliceName");
  const std::string_view reference = source.text("contentReference");
  element.content_reference = reference.substr(std::min(reference.find('#') + 1, reference.size()));
  return {};
}

Result<void> read_cardinality(const Value& source, Element& element) {
  element.min = TRY(count_from(source, "min", element.id));
  element.max = TRY(count_from(source, "max", element.id));
  const Value* base = source.find("base");
  const std::string_view base_max = base ? base->text("max") : std::string_view();
  element.list = base_max.empty() ? element.max > 1 : base_max != "1" && base_max != "0";
  return {};
}

Result<Element> element_from(const Value& source) {
  if (!source.as_map()) return fail(ErrorCode::ProfileInvalid, "An element must be an object");
  Element element;
  TRY_VOID(read_names(source, element));
  TRY_VOID(read_cardinality(source, element));
  for (const Value& type : list_of(source, "type")) element.types.push_back(type_from(type));
  element.fixed = choice(source, "fixed");
  element.pattern = choice(source, "pattern");
  element.min_value = choice(source, "minValue");
  element.max_value = choice(source, "maxValue");
  if (const Value* binding = source.find("binding"))
    element.binding = TRY(binding_from(*binding, element.id));
  for (const Value& constraint : list_of(source, "constraint"))
    element.constraints.push_back(TRY(constraint_from(constraint, element.id)));
  if (const Value* slicing = source.find("slicing"))
    element.slicing = TRY(slicing_from(*slicing, element.id));
  read_flags(source, element);
  return element;
}

}  // namespace

Result<Structure> structure_from(const Value& resource, const PackageLimits& limits) {
  Structure structure;
  structure.url = resource.text("url");
  structure.version = resource.text("version");
  cut_version(structure.url, structure.version);
  structure.name = resource.text("name");
  structure.type = resource.text("type");
  structure.base = resource.text("baseDefinition");
  structure.abstract = flag_of(resource, "abstract");
  structure.constraint = resource.text("derivation") == "constraint";
  const auto kind = structure_kind_of(resource.text("kind"));
  if (structure.url.empty() || structure.type.empty() || !kind)
    return fail(ErrorCode::ProfileInvalid, "A StructureDefinition needs url, type and kind");
  structure.kind = *kind;
  for (const Value& context : list_of(resource, "context"))
    structure.context.emplace_back(context.text("expression"));
  const Value* snapshot = resource.find("snapshot");
  if (!snapshot)
    return fail(ErrorCode::ProfileInvalid, "A StructureDefinition needs its snapshot", structure.url);
  const Value::List& elements = list_of(*snapshot, "element");
  if (elements.size() > limits.max_elements)
    return fail(ErrorCode::BodyTooLarge, "A structure has too many elements", structure.url);
  for (const Value& element : elements) structure.elements.push_back(TRY(element_from(element)));
  TRY_VOID(link_elements(structure));
  return structure;
}

}  // namespace gateway::definitions

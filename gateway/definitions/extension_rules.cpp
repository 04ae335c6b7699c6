// Extensions: what they are, where they may stand, and that they hold either a value or extensions.
#include <algorithm>

#include "gateway/definitions/type_rules.h"

namespace gateway::definitions {
namespace {

bool has_scheme(std::string_view url) { return url.find(':') != std::string_view::npos; }

// The element that the extension stands on. Of what a primitive carries beside it, the primitive.
const Entry* carrier(const RuleContext& context, const Entry& extension) {
  return context.tree.parent(extension);
}

// "Patient.contact" against the place: by path, by path under a base of the resource's type, by type.
bool stands_at(const RuleContext& context, const Entry& at, std::string_view place) {
  const Definitions& definitions = context.definitions;
  if (at.element && at.element->path == place) return true;
  if (at.body && at.body->path == place) return true;
  if (at.type && definitions.is_a(at.type->type, place)) return true;
  if (place == "Element" || (!at.type && place == "BackboneElement")) return true;  // Element: anywhere
  const std::size_t dot = place.find('.');
  if (dot == std::string_view::npos || !at.element) return false;
  const std::string_view path(at.element->path);
  const std::size_t own = path.find('.');
  return own != std::string_view::npos && path.substr(own) == place.substr(dot) &&
         definitions.is_a(path.substr(0, own), place.substr(0, dot));
}

bool is_plain_path(std::string_view place) {
  return std::all_of(place.begin(), place.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '[' || c == ']';
  });
}

bool allowed_at(const RuleContext& context, const Structure& definition, const Entry& at) {
  if (definition.context.empty()) return true;
  return std::any_of(definition.context.begin(), definition.context.end(), [&](std::string_view place) {
    if (has_scheme(place))  // the URL of an extension that it extends, or of a profile
      return !at.type || at.type->type != "Extension" ||
             context.tree.child_text(at, "url") == place.substr(0, place.find('#'));
    return !is_plain_path(place) || stands_at(context, at, place);
  });
}

std::string listed(const std::vector<std::string>& places) {
  std::string text;
  for (const std::string& place : places) text += (text.empty() ? "" : ", ") + place;
  return text;
}

void check_known(RuleContext& context, const Entry& extension, std::string_view url) {
  const Structure* definition = context.definitions.structure(url);
  const bool modifier = extension.name == "modifierExtension";
  if (!definition) {
    if (modifier)
      context.error("extension", extension,
                    "The modifier extension " + quoted(url, 200) +
                        " is not known, so the meaning of what it stands on is not known");
    else
      context.information("extension", extension, "Unknown extension " + quoted(url, 200));
    return;
  }
  if (definition->type != "Extension")
    return context.error("extension", extension,
                         quoted(url, 200) + " is not an extension but defines " + definition->type);
  const Entry* at = carrier(context, extension);
  if (at && !allowed_at(context, *definition, *at)) {
    // HL7 has widened the contexts of its own extensions since R4.
    const bool own = url.starts_with("http://hl7.org/fhir/StructureDefinition/");
    context.tell(own ? Finding::Severity::Warning : Finding::Severity::Error, "extension", extension,
                 "The extension " + quoted(url, 200) +
                     " is not allowed here; it may stand on: " + listed(definition->context),
                 definition);
  }
  if (!definition->root) return;
  if (modifier != definition->root->modifier)
    context.error("extension", extension,
                  "The extension " + quoted(url, 200) +
                      (modifier ? " is not a modifier extension" : " must be a modifierExtension"),
                  definition);
}

}  // namespace

void check_extension(RuleContext& context, const Entry& extension) {
  std::size_t values = 0, extensions = 0;
  for (const Entry& child : context.tree.children(extension)) {
    if (child.name == "value") ++values;
    if (child.name == "extension") ++extensions;
  }
  if ((values > 0) == (extensions > 0))
    context.error("invariant", extension, "An extension has either a value or extensions, and not both",
                  nullptr, "ext-1");
  const std::string_view url = context.tree.child_text(extension, "url");
  if (url.empty()) return;  // told as a cardinality
  if (has_scheme(url)) return check_known(context, extension, url);
  const Entry* outer = carrier(context, extension);
  if (!outer || !outer->type || outer->type->type != "Extension")
    context.error("extension", extension, "The url of an extension must be absolute, not " + quoted(url));
}

}  // namespace gateway::definitions

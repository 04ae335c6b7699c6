#include <algorithm>
#include <array>

#include "gateway/base/text.h"
#include "gateway/definitions/xml_form_parts.h"

namespace gateway::definitions {
namespace {

using Event = codec::XmlReader::Event;

// What a browser would run, fetch or take as part of the page around (FHIR R4 2.4.1, txt-1).
constexpr std::array<std::string_view, 18> kActive = {
    "applet", "base",   "body",  "button", "embed", "form",   "frame",  "frameset", "head",
    "html",   "iframe", "input", "link",   "meta",  "object", "script", "style",    "textarea"};
constexpr std::array<std::string_view, 3> kActiveSchemes = {"javascript:", "vbscript:", "data:text/html"};

Error bad_narrative(const codec::XmlReader& reader, std::string what) {
  return fail(ErrorCode::InvalidBody, "the narrative " + std::move(what), reader.where());
}

// Blanks and control characters within a scheme do not stop browsers.
bool is_active_link(std::string_view value) {
  std::string packed;
  for (const char c : value.substr(0, 64))
    if (static_cast<unsigned char>(c) > 0x20) packed += c;
  packed = lower(packed);
  return std::any_of(kActiveSchemes.begin(), kActiveSchemes.end(),
                     [&](std::string_view scheme) { return packed.starts_with(scheme); });
}

}  // namespace

Result<void> check_narrative_tag(const codec::XmlReader& reader) {
  const std::string name = lower(reader.name());
  if (std::find(kActive.begin(), kActive.end(), name) != kActive.end())
    return bad_narrative(reader, "has an element <" + name + ">, which is not allowed");
  for (const codec::XmlAttribute& attribute : reader.attributes()) {
    if (lower(attribute.name).starts_with("on") && attribute.name.size() > 2)
      return bad_narrative(reader, "has an attribute " + attribute.name + ", which is not allowed");
    if (is_active_link(attribute.value))
      return bad_narrative(reader, "has an attribute " + attribute.name + " with a link that is not allowed");
  }
  return {};
}

Result<std::string> narrative_space(std::string_view div) {
  auto reader = TRY(codec::XmlReader::open(div, fhir_xml_limits()));
  if (!div.starts_with("<div") || !div.ends_with('>') || TRY(reader.next()) != Event::Start ||
      reader.name() != "div")
    return bad_narrative(reader, "is no div");
  std::string space(reader.space());
  if (!space.empty() && space != kXhtmlSpace) return bad_narrative(reader, "is not of the XHTML namespace");
  for (Event event = Event::Start; event != Event::Done; event = TRY(reader.next())) {
    if (event != Event::Start) continue;
    if (reader.space() != space) return bad_narrative(reader, "has an element of another namespace");
    TRY_VOID(check_narrative_tag(reader));
  }
  return space;
}

// FHIR R4 2.4.1
Result<void> check_narrative(std::string_view div) {
  TRY(narrative_space(div));
  return {};
}

}  // namespace gateway::definitions

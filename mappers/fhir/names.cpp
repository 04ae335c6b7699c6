#include "mappers/fhir/names.h"

#include "gateway/base/text.h"
#include "mappers/fhir/json_writer.h"

namespace mappers::fhir {
namespace {

constexpr std::string_view kRepresentation =
    "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation";

struct Group {
  std::string_view text;
  std::string_view representation;
};

std::array<Group, 3> groups_of(const gateway::model::PersonName& name) {
  return {Group{name.alphabetic, "ABC"}, Group{name.ideographic, "IDE"}, Group{name.phonetic, "SYL"}};
}

void append_list(JsonObject& object, std::string_view member,
                 std::initializer_list<std::string_view> values) {
  bool any = false;
  for (const auto value : values) any = any || !value.empty();
  if (!any) return;
  JsonArray list(object.member(member));
  for (const auto value : values) list.text(value);
}

void append_human_name(std::string& out, const NameParts& parts, std::string_view representation) {
  JsonObject name(out);
  if (!representation.empty()) {
    JsonArray extensions(name.member("extension"));
    JsonObject extension(extensions.item());
    extension.plain("url", kRepresentation);
    extension.plain("valueCode", representation);
  }
  name.text("family", parts.family);
  append_list(name, "given", {parts.given, parts.middle});
  append_list(name, "prefix", {parts.prefix});
  append_list(name, "suffix", {parts.suffix});
}

}  // namespace

bool NameParts::empty() const {
  return family.empty() && given.empty() && middle.empty() && prefix.empty() && suffix.empty();
}

NameParts name_parts(std::string_view group) {
  std::array<std::string, 5> parts;
  const auto split = gateway::split(group, '^');
  for (std::size_t i = 0; i < parts.size() && i < split.size(); ++i) parts[i] = fhir_text(split[i]);
  return {std::move(parts[0]), std::move(parts[1]), std::move(parts[2]), std::move(parts[3]),
          std::move(parts[4])};
}

bool append_human_names(std::string& out, const gateway::model::PersonName& name) {
  std::array<NameParts, 3> parts;
  const auto groups = groups_of(name);
  int said = 0;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    parts[i] = name_parts(groups[i].text);
    said += parts[i].empty() ? 0 : 1;
  }
  if (said == 0) return false;
  JsonArray names(out);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const bool mark = said > 1 || i > 0;
    if (!parts[i].empty()) append_human_name(names.item(), parts[i], mark ? groups[i].representation : "");
  }
  return true;
}

std::string display_name(const gateway::model::PersonName& name) {
  for (const Group& group : groups_of(name)) {
    const NameParts parts = name_parts(group.text);
    std::string text;
    for (const auto* part : {&parts.prefix, &parts.given, &parts.middle, &parts.family, &parts.suffix}) {
      if (part->empty()) continue;
      if (!text.empty()) text += ' ';
      text += *part;
    }
    if (!text.empty()) return text;
  }
  return {};
}

}  // namespace mappers::fhir

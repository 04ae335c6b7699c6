#include "mappers/fhir/read_parts.h"

#include <algorithm>

#include "gateway/base/text.h"
#include "mappers/fhir/dates.h"
#include "mappers/fhir/systems.h"

namespace mappers::fhir {
namespace {

using gateway::Value;
using gateway::model::Code;
using gateway::model::PersonName;

std::string digits_of(std::string_view text) {
  std::string digits;
  for (const char c : text)
    if ((c >= '0' && c <= '9') || c == '.') digits += c;
  return digits;
}

std::string joined(const Value& name, std::string_view member) {
  std::string text;
  for (const Value& part : items_of(name, member))
    if (const std::string* word = part.as_string()) text += (text.empty() ? "" : " ") + *word;
  return text;
}

// family^given^middle^prefix^suffix, without empty components at the end
std::string group_of(const Value& name) {
  std::string given, middle;
  for (const Value& part : items_of(name, "given"))
    if (const std::string* word = part.as_string()) {
      std::string& to = given.empty() ? given : middle;
      to += (to.empty() ? "" : " ") + *word;
    }
  std::string family(name.text("family"));
  if (family.empty() && given.empty()) family = name.text("text");
  std::string group =
      family + "^" + given + "^" + middle + "^" + joined(name, "prefix") + "^" + joined(name, "suffix");
  while (group.ends_with('^')) group.pop_back();
  return group;
}

}  // namespace

const Value::List& items_of(const Value& object, std::string_view member) {
  static const Value::List kNone;
  const Value* list = object.find(member);
  return list && list->as_list() ? *list->as_list() : kNone;
}

std::optional<Code> read_code(const Value& coded, const RenderOptions& options) {
  const Value* coding = &coded;
  if (coded.find("coding"))
    coding = items_of(coded, "coding").empty() ? &coded : &items_of(coded, "coding")[0];
  const std::string_view system = coding->text("system");
  Code code{std::string(coding->text("code")), designator_of(system, options),
            std::string(coding->text("display"))};
  if (code.scheme.empty()) code.scheme = system;
  if (code.meaning.empty()) code.meaning = coded.text("text");
  if (code.value.empty() && code.meaning.empty()) return std::nullopt;
  if (code.meaning == code.value) code.meaning.clear();  // a text that only repeats the code
  return code;
}

std::vector<Code> read_codes(const Value& object, std::string_view member, const RenderOptions& options) {
  std::vector<Code> codes;
  for (const Value& item : items_of(object, member))
    if (auto code = read_code(item, options)) codes.push_back(std::move(*code));
  return codes;
}

bool has_coding(const Value& concept_value, std::string_view system, std::string_view code) {
  return std::ranges::any_of(items_of(concept_value, "coding"), [&](const Value& coding) {
    return coding.text("system") == system && coding.text("code") == code;
  });
}

std::string read_uid(std::string_view text) {
  constexpr std::string_view kOid = "urn:oid:";
  if (text.starts_with(kOid)) text.remove_prefix(kOid.size());
  return std::string(text);
}

gateway::model::Identifier read_number(const Value& identifier, std::string_view nobody,
                                       const RenderOptions& options) {
  return {std::string(identifier.text("value")), issuer_of(identifier.text("system"), nobody, options), {}};
}

ReadMoment read_moment(std::string_view text) {
  ReadMoment moment;
  if (!span_of(text)) return moment;
  moment.date = digits_of(text.substr(0, 10));
  if (moment.date.size() != 8) moment.date.clear();
  const auto t = text.find('T');
  if (t == std::string_view::npos || moment.date.empty()) return moment;
  const auto zone = text.find_first_of("Z+-", t);
  moment.time = digits_of(text.substr(t + 1, zone == std::string_view::npos ? zone : zone - t - 1));
  if (zone == std::string_view::npos) return moment;
  moment.offset = text[zone] == 'Z' ? "+0000" : text[zone] + digits_of(text.substr(zone + 1));
  return moment;
}

PersonName read_names(const Value::List& names) {
  constexpr std::string_view kRepresentation[] = {
      "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation"};
  PersonName person;
  for (const Value& name : names) {
    const Value* extension = find_extension(name, kRepresentation);
    const std::string_view code = extension ? extension->text("valueCode") : "ABC";
    std::string& group = code == "IDE"   ? person.ideographic
                         : code == "SYL" ? person.phonetic
                                         : person.alphabetic;
    if (group.empty()) group = group_of(name);
  }
  return person;
}

void note_losses(const Value& object, std::string_view path, std::initializer_list<std::string_view> known,
                 std::vector<std::string>& losses) {
  if (!object.as_map()) return;
  for (const auto& [member, value] : *object.as_map())
    if (std::ranges::find(known, member) == known.end())
      losses.push_back(std::string(path) + member + ": no record has it");
}

}  // namespace mappers::fhir

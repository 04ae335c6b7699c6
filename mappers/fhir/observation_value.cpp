#include "mappers/fhir/observation_value.h"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "mappers/fhir/dates.h"
#include "mappers/fhir/names.h"
#include "mappers/fhir/report_actors.h"
#include "mappers/fhir/resource_parts.h"
#include "mappers/fhir/systems.h"

namespace mappers::fhir::report {
namespace {

using Kind = ReportValue::Kind;

constexpr std::string_view kAbsentReason = "http://terminology.hl7.org/CodeSystem/data-absent-reason";

// PS3.16 CID 42 Numeric Value Qualifier
std::string_view absent_reason(const ReportValue& value) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kReasons = {{
      {"114000", "not-a-number"},
      {"114001", "negative-infinity"},
      {"114002", "positive-infinity"},
      {"114003", "error"},  // divide by zero
      {"114004", "error"},  // underflow
      {"114005", "error"},  // overflow
      {"114006", "error"},  // measurement failure
      {"114007", "not-performed"},
      {"114008", "error"},  // calculation failure
      {"114009", "error"},  // value out of range
  }};
  if (value.qualifier && value.qualifier->scheme == "DCM")
    for (const auto& [code, reason] : kReasons)
      if (value.qualifier->value == code) return reason;
  return "unknown";
}

std::string shortest(double number) {
  if (!std::isfinite(number)) return {};
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, number).ptr};
}

// The digits as they are written; a binary value where there are none.
std::string number_of(const ReportValue& value) {
  std::string text = decimal_of(value.text);
  if (text.empty() && value.number) text = shortest(*value.number);
  return text;
}

void add_quantity(JsonObject& object, const std::string& number, const ReportValue& value,
                  const Parts& parts) {
  const Coding unit = coding_of(value.unit, parts.options, parts.report.coding_schemes);
  JsonObject quantity(object.member("valueQuantity"));
  quantity.member("value") += number;
  quantity.text("unit", unit.display.empty() ? unit.code : unit.display);
  if (unit.system.empty()) return;
  quantity.text("system", unit.system);
  quantity.text("code", unit.code);
}

void add_absent(JsonObject& object, const ReportValue& value, const Parts& parts) {
  JsonObject reason(object.member("dataAbsentReason"));
  JsonArray codings(reason.member("coding"));
  append_coding(codings.item(), kAbsentReason, absent_reason(value));
  if (!value.qualifier) return;
  const Coding coding = coding_of(*value.qualifier, parts.options, parts.report.coding_schemes);
  if (!coding.code.empty()) append_coding(codings.item(), coding.system, coding.code, coding.display);
}

// "HHMMSS.FFF" to "HH:MM:SS.FFF"; empty when it is no time of FHIR
std::string time_of(std::string_view tm) {
  const std::string moment = fhir_date_time("20000101", tm, "+0000");
  const auto mark = moment.find('T');
  if (mark == std::string::npos) return {};
  const auto end = moment.find_first_of("Z+-", mark);
  return moment.substr(mark + 1, end == std::string::npos ? end : end - mark - 1);
}

// The value, and the name of its element behind "value"; empty when there is none.
std::pair<std::string_view, std::string> text_of(const ReportValue& value, const Parts& parts) {
  switch (value.kind) {
    case Kind::Date:
      if (auto date = fhir_date(value.text); !date.empty()) return {"DateTime", std::move(date)};
      return {"String", value.text};
    case Kind::DateTime:
      if (auto moment = parts.moment_of(value.text); !moment.empty()) return {"DateTime", std::move(moment)};
      return {"String", value.text};
    case Kind::Time:
      if (auto time = time_of(value.text); !time.empty()) return {"Time", std::move(time)};
      return {"String", value.text};
    case Kind::Person:
      return {"String", parts.options.mask_identity ? std::string() : display_name(value.person)};
    default:
      return {"String", value.text};
  }
}

bool same_code(const Code& a, const Code& b) { return a.value == b.value && a.scheme == b.scheme; }

class ComponentWriter {
 public:
  ComponentWriter(const Code& code, Parts& parts) : code_(code), parts_(parts) {}

  void add(const ReportItem& item) {
    if (item.value.kind == Kind::Person && parts_.options.mask_identity) return;
    if (!item.method.value.empty() || !item.sites.empty() || !item.algorithm.empty())
      parts_.note("of a parameter: its method, site or algorithm", "content item " + item.where);
    {
      JsonObject component(next());
      add_name(component, item.name);
      add_value(component, item.value, parts_);
      add_interpretations(component, item, parts_);
    }
    for (const ReportItem& property : item.properties) add(property);
  }

  void add(const ReportSite& site) {
    JsonObject component(next());
    append_coded(component.member("code"), kSnomed, "363698007", "Finding site");
    std::string concept_text;
    if (parts_.append_concept_of(concept_text, site.site))
      component.member("valueCodeableConcept") += concept_text;
  }

  const std::string& text() const { return out_; }

 private:
  std::string& next() {
    if (!out_.empty()) out_ += ',';
    return out_;
  }

  void add_name(JsonObject& component, const Code& name) {
    std::string concept_text;
    if (!same_code(name, code_) && parts_.append_concept_of(concept_text, name)) {
      component.member("code") += concept_text;
    } else if (const std::string words = fhir_text(name.meaning); !words.empty()) {
      JsonObject concept_object(component.member("code"));
      concept_object.text("text", words);
    } else {
      append_absent(component.member("code"));
    }
  }

  const Code& code_;
  Parts& parts_;
  std::string out_;
};

}  // namespace

void add_value(JsonObject& object, const ReportValue& value, const Parts& parts) {
  if (value.kind == Kind::Number) {
    const std::string number = number_of(value);
    return number.empty() ? add_absent(object, value, parts) : add_quantity(object, number, value, parts);
  }
  if (value.kind == Kind::Coded) {
    std::string text;
    if (!parts.append_concept_of(text, value.code)) return add_absent(object, value, parts);
    object.member("valueCodeableConcept") += text;
    return;
  }
  const auto [element, text] = text_of(value, parts);
  if (fhir_text(text).empty()) return add_absent(object, value, parts);
  object.text("value" + std::string(element), text);
}

void add_interpretations(JsonObject& object, const ReportItem& item, const Parts& parts) {
  std::vector<Code> all = item.interpretations;
  if (item.value.qualifier && !number_of(item.value).empty()) all.push_back(*item.value.qualifier);
  add_concepts(object, "interpretation", all, parts.options, parts.report.coding_schemes);
}

void add_components(JsonObject& object, const std::vector<const ReportItem*>& items,
                    const std::vector<ReportSite>& sites, const Code& code, Parts& parts) {
  ComponentWriter components(code, parts);
  for (const ReportItem* item : items) components.add(*item);
  for (std::size_t i = 1; i < sites.size(); ++i) components.add(sites[i]);
  if (!components.text().empty()) object.member("component") += "[" + components.text() + "]";
}

std::string dose_text(const std::vector<const ReportItem*>& items, std::size_t events) {
  std::string text;
  for (const ReportItem* item : items) {
    const std::string number = number_of(item->value);
    if (item->value.kind != Kind::Number || number.empty()) continue;
    const Code& unit = item->value.unit;
    text += (text.empty() ? "" : "; ") + item->name.meaning + " " + number;
    if (!unit.value.empty() && unit.value[0] != '{' && unit.value != "1") text += " " + unit.value;
  }
  return text.empty() ? std::to_string(events) + " irradiation events" : text;
}

}  // namespace mappers::fhir::report

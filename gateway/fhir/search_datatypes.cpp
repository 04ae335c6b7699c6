#include "gateway/fhir/search_datatypes.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "gateway/model/person_name.h"
#include "mappers/fhir/dates.h"
#include "mappers/fhir/render.h"

namespace gateway::fhir {
namespace {

using definitions::SearchType;
using mappers::fhir::LocalTime;
using model::SearchValue;
using Values = std::vector<SearchValue>;

constexpr std::size_t kMaxText = 2000;  // bytes of a value that are compared

std::string_view bounded(std::string_view text) { return text.substr(0, kMaxText); }

void add_text(Values& out, const std::string& parameter, std::string_view text) {
  if (!text.empty())
    out.push_back({parameter, std::string(bounded(text)), string_text(bounded(text)), {}, {}});
}

void add_token(Values& out, const std::string& parameter, std::string_view system, std::string_view code) {
  if (!system.empty() || !code.empty())
    out.push_back({parameter, std::string(bounded(system)), token_text(bounded(code)), {}, {}});
}

template <class Use>
void for_each(const Value& map, std::string_view member, Use use) {
  const Value* found = map.find(member);
  if (!found) return;
  if (const auto* list = found->as_list())
    for (const Value& each : *list) use(each);
  else
    use(*found);
}

void add_coding(Values& out, const std::string& parameter, const Value& coding) {
  add_token(out, parameter, coding.text("system"), coding.text("code"));
  add_text(out, parameter + ":text", coding.text("display"));
}

void add_concept(Values& out, const std::string& parameter, const Value& concept_value) {
  for_each(concept_value, "coding", [&](const Value& coding) { add_coding(out, parameter, coding); });
  add_text(out, parameter + ":text", concept_value.text("text"));
}

void add_identifier(Values& out, const std::string& parameter, const Value& identifier) {
  add_token(out, parameter, identifier.text("system"), identifier.text("value"));
  const Value* type = identifier.find("type");
  if (!type) return;
  add_text(out, parameter + ":text", type->text("text"));
  for_each(*type, "coding", [&](const Value& coding) {
    const std::string of = std::string(coding.text("system")) + "|" + std::string(coding.text("code"));
    add_token(out, parameter + ":of-type", of, identifier.text("value"));
  });
}

// 3.1.1.4.10, the table of data types that tokens apply to
void add_tokens(Values& out, const std::string& parameter, const Selected& selected) {
  const Value& value = *selected.value;
  if (const bool* flag = value.as_bool()) return add_token(out, parameter, "", *flag ? "true" : "false");
  if (const std::string* text = value.as_string())
    return add_token(out, parameter, selected.implied_system, *text);
  if (selected.type == "CodeableConcept") return add_concept(out, parameter, value);
  if (selected.type == "Coding") return add_coding(out, parameter, value);
  if (selected.type == "Identifier") return add_identifier(out, parameter, value);
  if (selected.type == "ContactPoint") add_token(out, parameter, value.text("system"), value.text("value"));
}

// 3.1.1.4.8: any part of a name or an address
void add_strings(Values& out, const std::string& parameter, const Selected& selected) {
  constexpr std::array kNameParts = {"text", "family", "given", "prefix", "suffix"};
  constexpr std::array kAddressParts = {"text", "line", "city", "district", "state", "postalCode", "country"};
  const Value& value = *selected.value;
  if (const std::string* text = value.as_string()) return add_text(out, parameter, *text);
  const auto add_parts = [&](const auto& parts) {
    for (const char* part : parts)
      for_each(value, part, [&](const Value& each) {
        if (const std::string* text = each.as_string()) add_text(out, parameter, *text);
      });
  };
  if (selected.type == "HumanName") add_parts(kNameParts);
  if (selected.type == "Address") add_parts(kAddressParts);
  if (selected.type == "CodeableConcept") add_text(out, parameter, value.text("text"));
}

void add_range(Values& out, const std::string& parameter, std::int64_t low, std::int64_t high) {
  out.push_back({parameter, "", "", low, high});
}

// 3.1.1.4.6: an open end of a period is without bound
void add_period(Values& out, const std::string& parameter, const Value& period, const LocalTime& zone) {
  const auto start = zone.span_of(period.text("start"));
  const auto end = zone.span_of(period.text("end"));
  if (!start && !end) return;
  add_range(out, parameter, start ? start->first_us : std::numeric_limits<std::int64_t>::min(),
            end ? end->last_us : std::numeric_limits<std::int64_t>::max());
}

void add_dates(Values& out, const std::string& parameter, const Selected& selected, const LocalTime& zone) {
  const Value& value = *selected.value;
  if (const std::string* text = value.as_string()) {
    if (const auto span = zone.span_of(*text)) add_range(out, parameter, span->first_us, span->last_us);
    return;
  }
  if (selected.type == "Period") return add_period(out, parameter, value, zone);
  if (selected.type != "Timing") return;
  for_each(value, "event", [&](const Value& event) {
    add_dates(out, parameter, {"dateTime", &event, {}}, zone);
  });
  if (const Value* repeat = value.find("repeat"))
    if (const Value* bounds = repeat->find("boundsPeriod")) add_period(out, parameter, *bounds, zone);
}

std::optional<double> number_of(const Value* value) {
  if (!value) return std::nullopt;
  if (const auto* integer = value->as_int()) return static_cast<double>(*integer);
  const Decimal* decimal = value->as_decimal();
  if (!decimal) return std::nullopt;
  double number = 0;
  const char* end = decimal->text.data() + decimal->text.size();
  if (std::from_chars(decimal->text.data(), end, number).ec != std::errc{}) return std::nullopt;
  return number;
}

void add_number(Values& out, const std::string& parameter, const Value& value) {
  if (const auto number = number_of(&value))
    add_range(out, parameter, model::order_of(*number), model::order_of(*number));
}

// Rows of one amount: by its code, and by the unit for people when that is another text.
void add_amount(Values& out, const std::string& parameter, const Value& quantity, double low, double high) {
  const std::int64_t from = model::order_of(low), to = model::order_of(high);
  std::string system(quantity.text("system")), code(quantity.text("code"));
  if (const auto currency = quantity.text("currency"); !currency.empty()) {
    system = "urn:iso:std:iso:4217";
    code = currency;
  }
  out.push_back({parameter, system, code, from, to});
  if (const auto unit = quantity.text("unit"); !unit.empty() && unit != code)
    out.push_back({parameter, "", std::string(bounded(unit)), from, to});
}

// 3.1.1.4.11; a comparator makes the value one that is not known exactly
void add_quantity(Values& out, const std::string& parameter, const Value& quantity) {
  const auto number = number_of(quantity.find("value"));
  if (!number) return;
  constexpr double kEndless = std::numeric_limits<double>::infinity();
  const auto comparator = quantity.text("comparator");
  add_amount(out, parameter, quantity, comparator.starts_with('<') ? -kEndless : *number,
             comparator.starts_with('>') ? kEndless : *number);
}

void add_range_of_quantities(Values& out, const std::string& parameter, const Value& range) {
  const Value* low = range.find("low");
  const Value* high = range.find("high");
  const auto from = number_of(low ? low->find("value") : nullptr);
  const auto to = number_of(high ? high->find("value") : nullptr);
  if (!from && !to) return;
  constexpr double kEndless = std::numeric_limits<double>::infinity();
  add_amount(out, parameter, from ? *low : *high, from.value_or(-kEndless), to.value_or(kEndless));
}

void add_quantities(Values& out, const std::string& parameter, const Selected& selected) {
  if (!selected.value->as_map()) return add_number(out, parameter, *selected.value);
  if (selected.type == "Range") return add_range_of_quantities(out, parameter, *selected.value);
  add_quantity(out, parameter, *selected.value);
}

bool may_target(const ValueContext& context, const std::string& type) {
  if (!context.targets || context.targets->empty() || type.empty()) return true;
  return std::find(context.targets->begin(), context.targets->end(), type) != context.targets->end();
}

void add_reference(Values& out, const std::string& parameter, std::string_view text,
                   const ValueContext& context) {
  if (text.empty() || text.starts_with('#')) return;
  ReferenceTarget target = reference_target(bounded(text), context.base);
  if (!may_target(context, target.type)) return;
  out.push_back({parameter, target.type, target.text, {}, {}});
  // A canonical is also found without its version (2.24.0.1).
  if (const auto bar = target.text.find('|'); bar != std::string::npos)
    out.push_back({parameter, target.type, target.text.substr(0, bar), {}, {}});
}

// 3.1.1.4.12; the identifier is for the modifier of that name
void add_references(Values& out, const std::string& parameter, const Selected& selected,
                    const ValueContext& context) {
  const Value& value = *selected.value;
  if (const std::string* text = value.as_string()) return add_reference(out, parameter, *text, context);
  const auto declared = value.text("type");
  if (!may_target(context, std::string(declared))) return;
  add_reference(out, parameter, value.text("reference"), context);
  if (const Value* identifier = value.find("identifier"))
    add_token(out, parameter + ":identifier", identifier->text("system"), identifier->text("value"));
}

// "Type/id", as the end of a URL, too; a version behind it does not count.
std::optional<ReferenceTarget> type_and_id(std::string_view path) {
  if (const auto history = path.find("/_history/"); history != std::string_view::npos)
    path = path.substr(0, history);
  const auto slash = path.rfind('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto before = path.rfind('/', slash - (slash > 0 ? 1 : 0));
  const std::size_t begin = before == std::string_view::npos || before == slash ? 0 : before + 1;
  const std::string_view type = path.substr(begin, slash - begin), id = path.substr(slash + 1);
  const bool named = !type.empty() && type[0] >= 'A' && type[0] <= 'Z' &&
                     type.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") ==
                         std::string_view::npos;
  if (!named || !mappers::fhir::is_fhir_id(id)) return std::nullopt;
  return ReferenceTarget{std::string(type), std::string(id)};
}

}  // namespace

std::string token_text(std::string_view code) { return model::fold_case(code); }
std::string string_text(std::string_view text) { return model::fold_accents(text); }

ReferenceTarget reference_target(std::string_view reference, std::string_view base) {
  std::string_view rest = reference;
  if (!base.empty() && rest.starts_with(base) && rest.substr(base.size()).starts_with('/'))
    rest.remove_prefix(base.size() + 1);
  auto target = type_and_id(rest);
  if (rest.find(':') == std::string_view::npos) {
    if (!target) return {"", std::string(rest)};
    return std::move(*target);
  }
  return {target ? target->type : "", std::string(reference.substr(0, reference.find("/_history/")))};
}

void append_values(SearchType type, const std::string& parameter, const Selected& selected,
                   const ValueContext& context, Values& out) {
  switch (type) {
    case SearchType::Token:
      return add_tokens(out, parameter, selected);
    case SearchType::String:
      return add_strings(out, parameter, selected);
    case SearchType::Date:
      return add_dates(out, parameter, selected, context.zone);
    case SearchType::Number:
      return add_number(out, parameter, *selected.value);
    case SearchType::Quantity:
      return add_quantities(out, parameter, selected);
    case SearchType::Reference:
      return add_references(out, parameter, selected, context);
    case SearchType::Uri:
      if (const std::string* text = selected.value->as_string())
        out.push_back({parameter, "", std::string(bounded(*text)), {}, {}});
      return;
    case SearchType::Composite:
    case SearchType::Special:
      return;
  }
}

}  // namespace gateway::fhir

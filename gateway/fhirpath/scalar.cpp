#include "gateway/fhirpath/scalar.h"

#include "gateway/base/text.h"
#include "gateway/fhirpath/moment.h"
#include "gateway/fhirpath/number.h"

namespace gateway::fhirpath {
namespace {

struct TextOf {
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(const Long& value) const { return std::to_string(value.value); }
  std::string operator()(const Decimal& value) const {
    if (value.text.find_first_of("eE") == std::string::npos) return value.text;
    const auto number = Number::parse(value.text);
    return number ? number->text() : value.text;
  }
  std::string operator()(const std::string& value) const { return value; }
  std::string operator()(const Date& value) const { return to_text(value); }
  std::string operator()(const DateTime& value) const { return to_text(value); }
  std::string operator()(const Time& value) const { return to_text(value); }
  std::string operator()(const Quantity& value) const {
    return (*this)(value.value) + (value.calendar ? " " + value.unit : " '" + value.unit + "'");
  }
};

}  // namespace

std::string to_text(const Scalar& value) { return std::visit(TextOf{}, value); }

// N1 section 5.5.7: a number, then perhaps a UCUM code in quotes or a calendar duration.
std::optional<Quantity> parse_quantity(std::string_view text) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789.+-"), text.size());
  const std::string_view number = text.substr(0, end);
  if (number.ends_with('.') || !Number::parse(number)) return std::nullopt;
  Quantity quantity;
  quantity.value = Decimal{std::string(number.starts_with('+') ? number.substr(1) : number)};
  const std::string_view unit = trim(text.substr(end));
  if (unit.empty()) return text.size() == end ? std::optional(quantity) : std::nullopt;
  if (unit.size() > 2 && unit.front() == '\'' && unit.back() == '\'') {
    quantity.unit = unit.substr(1, unit.size() - 2);
    if (duration_of(quantity.unit) || quantity.unit.find('\'') != std::string::npos) return std::nullopt;
    return quantity;
  }
  if (!duration_of(unit)) return std::nullopt;
  quantity.unit = unit;
  quantity.calendar = true;
  return quantity;
}

}  // namespace gateway::fhirpath

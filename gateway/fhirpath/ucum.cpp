#include "gateway/fhirpath/ucum.h"

#include <algorithm>
#include <cstdlib>
#include <unordered_map>

#include "gateway/base/text.h"

namespace gateway::fhirpath {
namespace {

constexpr int kDeepest = 16;  // parentheses, and units defined by units
constexpr std::size_t kLongest = 200;
constexpr std::size_t kMostDigits = 126;
constexpr int kDegreeDigits = 12;
constexpr int kMostExponent = 30;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Keeps factors short.
std::optional<Number> times(const Number& a, const Number& b) {
  const auto product = Number::product(a, b);
  if (!product || product->digits() > kMostDigits) return std::nullopt;
  return product->scale() > 0 ? product->trimmed() : *product;
}

bool multiply(Unit& unit, const Unit& by, int exponent) {
  const Number& up = exponent > 0 ? by.numerator : by.denominator;
  const Number& down = exponent > 0 ? by.denominator : by.numerator;
  if (std::abs(exponent) > kMostExponent) return false;
  for (int i = 0; i < std::abs(exponent); ++i) {
    const auto numerator = times(unit.numerator, up), denominator = times(unit.denominator, down);
    if (!numerator || !denominator) return false;
    unit.numerator = *numerator;
    unit.denominator = *denominator;
  }
  for (std::size_t i = 0; i < unit.dimension.size(); ++i) {
    const int sum = unit.dimension[i] + by.dimension[i] * exponent;
    if (std::abs(sum) > 100) return false;
    unit.dimension[i] = static_cast<std::int8_t>(sum);
  }
  return true;
}

Number power_of(int base, int exponent) {
  Number out = 1;
  for (int i = 0; i < exponent; ++i) out = Number::product(out, base).value_or(out);
  return out;
}

std::optional<Unit> parse_unit(std::string_view code, int depth);

std::optional<Unit> unit_of_row(const UnitRow& row, int depth) {
  Unit unit;
  if (row.unit == "=") {
    unit.dimension[parse_number<std::size_t>(row.value).value_or(0)] = 1;
    return unit;
  }
  const auto defined = parse_unit(row.unit, depth + 1);
  if (!defined) return std::nullopt;
  unit = *defined;
  const auto factor = times(unit.numerator, *Number::parse(row.value));
  if (!factor) return std::nullopt;
  unit.numerator = *factor;
  return unit;
}

struct KnownUnit {
  Unit unit;
  bool metric = false;
};
using KnownUnits = std::unordered_map<std::string_view, KnownUnit>;

const UnitRow* row_of(std::string_view code) {
  const auto rows = unit_rows();
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const UnitRow& r) { return r.code == code; });
  return row == rows.end() ? nullptr : &*row;
}

// The units of the table in base units, worked out once. `depth` is that of the definitions on the way: those
// are followed row by row, whatever their order.
std::optional<KnownUnit> find_unit(std::string_view code, int depth) {
  if (depth > 0) {  // the table is being built
    const UnitRow* row = row_of(code);
    const auto unit = row ? unit_of_row(*row, depth) : std::nullopt;
    return unit ? std::optional(KnownUnit{*unit, row->metric}) : std::nullopt;
  }
  static const KnownUnits known = [] {
    KnownUnits units;
    for (const UnitRow& row : unit_rows())
      if (const auto unit = unit_of_row(row, 1)) units.emplace(row.code, KnownUnit{*unit, row.metric});
    return units;
  }();
  const auto found = known.find(code);
  return found == known.end() ? std::nullopt : std::optional(found->second);
}

// UCUM section 2.2: a unit, or a prefix before a metric unit.
std::optional<Unit> unit_of_symbol(std::string_view symbol, int depth) {
  if (const auto known = find_unit(symbol, depth)) return known->unit;
  for (const std::size_t length : {std::size_t{1}, std::size_t{2}}) {
    if (symbol.size() <= length) break;
    const PrefixRow* prefix = find_prefix(symbol.substr(0, length));
    auto known = prefix ? find_unit(symbol.substr(length), depth) : std::nullopt;
    if (!known || !known->metric) continue;
    Unit scale;
    const int power = prefix->power >= 1000 ? prefix->power - 1000 : std::abs(prefix->power);
    const Number factor = power_of(prefix->power >= 1000 ? 2 : 10, power);
    (prefix->power > 0 ? scale.numerator : scale.denominator) = factor;
    if (!multiply(known->unit, scale, 1)) return std::nullopt;
    return known->unit;
  }
  return std::nullopt;
}

// UCUM section 2.1: term = ["/"] component {("." | "/") component}.
class TermParser {
 public:
  TermParser(std::string_view text, int definitions) : text_(text), definitions_(definitions) {}

  std::optional<Unit> parse() {
    auto unit = term();
    return at_ == text_.size() ? unit : std::nullopt;
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  std::optional<Unit> term() {
    if (++depth_ > kDeepest) return std::nullopt;
    Unit unit;
    int sign = 1;
    if (peek() == '/') sign = -1, ++at_;
    while (true) {
      if (!component(unit, sign)) return std::nullopt;
      if (peek() != '.' && peek() != '/') break;
      sign = text_[at_++] == '/' ? -1 : 1;
    }
    --depth_;
    return unit;
  }

  bool component(Unit& unit, int sign) {
    if (peek() == '(') {
      ++at_;
      const auto inner = term();
      if (!inner || peek() != ')') return false;
      ++at_;
      return multiply(unit, *inner, sign);
    }
    if (peek() == '{') return annotation();
    return is_digit(peek()) && !at_star() ? factor(unit, sign) : simple(unit, sign);
  }

  bool at_star() const {
    return text_.substr(at_).starts_with("10*") || text_.substr(at_).starts_with("10^");
  }

  bool annotation() {
    const std::size_t end = text_.find('}', at_);
    if (end == std::string_view::npos) return false;
    at_ = end + 1;
    return true;
  }

  bool factor(Unit& unit, int sign) {
    const std::size_t start = at_;
    while (is_digit(peek())) ++at_;
    const auto number = Number::parse(text_.substr(start, at_ - start));
    if (!number || number->is_zero()) return false;
    Unit factor;
    factor.numerator = *number;
    return multiply(unit, factor, sign) && (peek() != '{' || annotation());
  }

  bool simple(Unit& unit, int sign) {
    const std::size_t start = at_;
    if (at_star()) at_ += 3;
    bool bracket = false;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (!bracket &&
          (c == '.' || c == '/' || c == '(' || c == ')' || c == '{' || c == '+' || c == '-' || is_digit(c)))
        break;
      if (c == '[') bracket = true;
      if (c == ']') bracket = false;
      ++at_;
    }
    const auto atom = unit_of_symbol(text_.substr(start, at_ - start), definitions_);
    int exponent = 1;
    if (!atom || !read_exponent(exponent)) return false;
    return multiply(unit, *atom, sign * exponent) && (peek() != '{' || annotation());
  }

  bool read_exponent(int& exponent) {
    const std::size_t start = at_;
    const bool negative = peek() == '-';
    if (peek() == '+' || peek() == '-') ++at_;
    const std::size_t digits = at_;
    while (is_digit(peek())) ++at_;
    if (at_ == start) return true;
    const auto number = parse_number<int>(text_.substr(digits, at_ - digits));
    if (!number || *number == 0 || *number > 100) return false;
    exponent = negative ? -*number : *number;
    return true;
  }

  std::string_view text_;
  int definitions_;  // how many units deep the text is, when it is a definition itself
  int depth_ = 0;
  std::size_t at_ = 0;
};

std::optional<Unit> parse_unit(std::string_view code, int depth) {
  if (depth > kDeepest) return std::nullopt;
  return TermParser(code, depth).parse();
}

}  // namespace

std::optional<Unit> unit_of(std::string_view code) {
  if (code.empty() || code.size() > kLongest) return std::nullopt;
  auto unit = parse_unit(code, 0);
  // UCUM section 4.4: special units stand alone.
  if (unit && code == "Cel") unit->offset = *Number::parse("273.15");
  if (unit && code == "[degF]") unit->offset = *Number::quotient(*Number::parse("2298.35"), 9);
  if (unit && code == "[degRe]") unit->offset = *Number::parse("273.15");
  return unit;
}

std::optional<Number> in_base_units(const Number& value, const Unit& unit) {
  const auto scaled = times(value, unit.numerator);
  const auto base = scaled ? Number::quotient(*scaled, unit.denominator, 40) : std::nullopt;
  if (!base) return std::nullopt;
  return *base + unit.offset;
}

std::optional<Number> convert(const Number& value, const Unit& from, const Unit& to) {
  if (from.dimension != to.dimension) return std::nullopt;
  if (from.is_special() || to.is_special()) {
    const auto base = in_base_units(value, from);
    const auto scaled = base ? times(*base - to.offset, to.denominator) : std::nullopt;
    const auto value_there = scaled ? Number::quotient(*scaled, to.numerator, 28) : std::nullopt;
    if (!value_there) return std::nullopt;
    return value_there->rounded(kDegreeDigits, Number::Rounding::HalfUp).trimmed();
  }
  const auto numerator = times(from.numerator, to.denominator);
  const auto denominator = times(from.denominator, to.numerator);
  const auto scaled = numerator && denominator ? times(value, *numerator) : std::nullopt;
  return scaled ? Number::quotient(*scaled, *denominator, 40) : std::nullopt;
}

std::string base_code(const Dimension& dimension) {
  constexpr std::string_view kNames[] = {"m", "s", "g", "rad", "K", "C", "cd", "[pH]", "[iU]"};
  std::string code;
  for (std::size_t i = 0; i < std::size(kNames); ++i) {
    if (dimension[i] == 0) continue;
    if (!code.empty()) code += '.';
    code += kNames[i];
    if (dimension[i] != 1) code += std::to_string(dimension[i]);
  }
  return code.empty() ? "1" : code;
}

}  // namespace gateway::fhirpath

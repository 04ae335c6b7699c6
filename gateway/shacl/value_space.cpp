#include "gateway/shacl/value_space.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>

#include "gateway/base/text.h"
#include "gateway/shacl/moment.h"
#include "gateway/shacl/vocabulary.h"

namespace gateway::shacl {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

std::string_view without_sign(std::string_view text) {
  return text.substr(text.starts_with('-') || text.starts_with('+') ? 1 : 0);
}

// A decimal number as sign and digits without needless zeros: compared as text, so of any length.
struct Number {
  bool negative = false;
  std::string_view whole, fraction;
};

std::optional<Number> decimal(std::string_view text) {
  const std::string_view digits = without_sign(text);
  const std::size_t point = digits.find('.');
  Number number{text.starts_with('-'), digits.substr(0, point), {}};
  if (point != std::string_view::npos) number.fraction = digits.substr(point + 1);
  if (number.whole.empty() && number.fraction.empty()) return std::nullopt;
  if ((!number.whole.empty() && !all_digits(number.whole)) ||
      (!number.fraction.empty() && !all_digits(number.fraction)))
    return std::nullopt;
  while (number.whole.starts_with('0')) number.whole.remove_prefix(1);
  while (number.fraction.ends_with('0')) number.fraction.remove_suffix(1);
  if (number.whole.empty() && number.fraction.empty()) number.negative = false;
  return number;
}

int sign_of(int difference) { return difference < 0 ? -1 : difference > 0 ? 1 : 0; }

int compare(const Number& a, const Number& b) {
  if (a.negative != b.negative) return a.negative ? -1 : 1;
  int order = a.whole.size() != b.whole.size() ? (a.whole.size() < b.whole.size() ? -1 : 1)
                                               : sign_of(a.whole.compare(b.whole));
  if (order == 0) order = sign_of(a.fraction.compare(b.fraction));
  return a.negative ? -order : order;
}

bool is_integer(std::string_view text) { return all_digits(without_sign(text)); }

// xsd:integer and what is derived from it (XSD 1.1 part 2 section 3.4.13 on): the least and the greatest
// value.
struct IntegerType {
  std::string_view name, least, greatest;
};
constexpr IntegerType kIntegers[] = {
    {"integer", "", ""},
    {"nonNegativeInteger", "0", ""},
    {"positiveInteger", "1", ""},
    {"nonPositiveInteger", "", "0"},
    {"negativeInteger", "", "-1"},
    {"long", "-9223372036854775808", "9223372036854775807"},
    {"int", "-2147483648", "2147483647"},
    {"short", "-32768", "32767"},
    {"byte", "-128", "127"},
    {"unsignedLong", "0", "18446744073709551615"},
    {"unsignedInt", "0", "4294967295"},
    {"unsignedShort", "0", "65535"},
    {"unsignedByte", "0", "255"},
};

const IntegerType* integer_type(std::string_view name) {
  const auto* type = std::find_if(std::begin(kIntegers), std::end(kIntegers),
                                  [&](const IntegerType& one) { return one.name == name; });
  return type == std::end(kIntegers) ? nullptr : type;
}

bool in_range(std::string_view text, const IntegerType& type) {
  if (!is_integer(text)) return false;
  const Number number = *decimal(text);
  return (type.least.empty() || compare(number, *decimal(type.least)) >= 0) &&
         (type.greatest.empty() || compare(number, *decimal(type.greatest)) <= 0);
}

bool is_float(std::string_view text) {
  if (text == "INF" || text == "-INF" || text == "+INF" || text == "NaN") return true;
  const std::size_t exponent = text.find_first_of("eE");
  if (!decimal(text.substr(0, exponent))) return false;
  return exponent == std::string_view::npos || is_integer(text.substr(exponent + 1));
}

bool is_boolean(std::string_view text) {
  return text == "true" || text == "false" || text == "1" || text == "0";
}

bool is_hex(std::string_view text) {
  return text.size() % 2 == 0 && std::all_of(text.begin(), text.end(), [](char c) {
           return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
         });
}

bool is_base64(std::string_view text) {
  std::size_t letters = 0, padding = 0;
  for (const char c : text) {
    if (c == ' ') continue;
    if (c == '=')
      ++padding;
    else if (padding > 0 ||
             !(is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' || c == '/'))
      return false;
    else
      ++letters;
  }
  return padding <= 2 && (letters + padding) % 4 == 0;
}

bool is_language(std::string_view text) {
  bool first = true;
  for (const std::string_view part : split(text, '-')) {
    const bool letters = std::all_of(part.begin(), part.end(), [&](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (!first && is_digit(c));
    });
    if (part.empty() || part.size() > 8 || !letters) return false;
    first = false;
  }
  return true;
}

bool is_token(std::string_view text) {
  return !text.starts_with(' ') && !text.ends_with(' ') && text.find("  ") == std::string_view::npos &&
         text.find_first_of("\t\n\r") == std::string_view::npos;
}

struct TextType {
  std::string_view name;
  bool (*accepts)(std::string_view);
};
constexpr TextType kTexts[] = {
    {"boolean", is_boolean},
    {"decimal", [](std::string_view text) { return decimal(text).has_value(); }},
    {"float", is_float},
    {"double", is_float},
    {"hexBinary", is_hex},
    {"base64Binary", is_base64},
    {"language", is_language},
    {"token", is_token},
    {"normalizedString",
     [](std::string_view text) { return text.find_first_of("\t\n\r") == std::string_view::npos; }},
};

// The name of a datatype of XML Schema, or nothing.
std::string_view xsd_name(std::string_view datatype) {
  return datatype.starts_with(kXsd) ? datatype.substr(kXsd.size()) : std::string_view();
}

bool is_exact(std::string_view name) { return name == "decimal" || integer_type(name); }
bool is_number(std::string_view name) { return is_exact(name) || name == "double" || name == "float"; }

std::optional<int> compare_doubles(const std::string& a, const std::string& b) {
  const auto read = [](const std::string& text) {
    if (text == "INF" || text == "+INF") return HUGE_VAL;
    if (text == "-INF") return -HUGE_VAL;
    return parse_number<double>(std::string_view(text).substr(text.starts_with('+') ? 1 : 0))
        .value_or(std::nan(""));
  };
  const double x = read(a), y = read(b);
  if (std::isnan(x) || std::isnan(y)) return std::nullopt;
  return x < y ? -1 : x > y ? 1 : 0;
}

}  // namespace

bool is_lexical_form(std::string_view text, std::string_view datatype) {
  const std::string_view name = xsd_name(datatype);
  if (name.empty()) return true;
  if (const IntegerType* type = integer_type(name)) return in_range(text, *type);
  for (const TextType& type : kTexts)
    if (type.name == name) return type.accepts(text);
  return is_moment_form(text, name).value_or(true);
}

std::optional<int> compare_literals(const codec::Term& a, const codec::Term& b) {
  if (a.kind != codec::Term::Kind::Literal || b.kind != codec::Term::Kind::Literal) return std::nullopt;
  const std::string_view left = xsd_name(a.datatype), right = xsd_name(b.datatype);
  if (left.empty() || right.empty()) return std::nullopt;
  if (!is_lexical_form(a.text, a.datatype) || !is_lexical_form(b.text, b.datatype)) return std::nullopt;
  if (is_exact(left) && is_exact(right)) return compare(*decimal(a.text), *decimal(b.text));
  if (is_number(left) && is_number(right)) return compare_doubles(a.text, b.text);
  if (left != right) return std::nullopt;
  if (left == "string") return sign_of(a.text.compare(b.text));
  if (left == "boolean")
    return static_cast<int>(a.text == "true" || a.text == "1") -
           static_cast<int>(b.text == "true" || b.text == "1");
  return compare_moments(a.text, b.text, left);
}

}  // namespace gateway::shacl

// Any text as a pattern, a unit, a date and a number: refused, or used within the limits.
#include <cstdint>
#include <string_view>

#include "gateway/base/text.h"
#include "gateway/fhirpath/moment.h"
#include "gateway/fhirpath/number.h"
#include "gateway/fhirpath/quantity.h"
#include "gateway/fhirpath/regex.h"
#include "gateway/fhirpath/ucum.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gateway::fhirpath;
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  if (!gateway::is_utf8(all)) return 0;
  const std::size_t cut = std::min(all.find('\n'), all.size());
  const std::string_view first = all.substr(0, cut), second = all.substr(std::min(cut + 1, all.size()));
  const auto regex = Regex::compile(first, {.ignore_case = size % 2 == 0, .dot_all = true});
  if (regex.ok()) {
    std::size_t steps = 20'000;
    (void)regex->find(second, steps).ok();
    steps = 20'000;
    (void)regex->replace(second, "<$1$&>", steps).ok();
  }
  const auto a = unit_of(first), b = unit_of(second);
  if (a && b) (void)convert(7, *a, *b);
  const auto x = parse_quantity(first), y = parse_quantity(second);
  if (x && y)
    (void)(multiply(*x, *y), divide(*x, *y), add(*x, *y, true), compare(*x, *y), equivalent(*x, *y));
  const auto p = parse_date_time(first), q = parse_date_time(second);
  if (p && q) (void)compare(*p, *q, 60);
  if (p && x) (void)add(*p, Number::parse(x->value.text).value_or(1), Duration::Day);
  const auto m = Number::parse(first), n = Number::parse(second);
  if (m && n) (void)(Number::quotient(*m, *n), Number::product(*m, *n), *m + *n, *m <=> *n);
  return 0;
}

#include "gateway/fhir/search_tests.h"

namespace gateway::fhir {
namespace {

using model::ValueTest;
using Tests = std::vector<ValueTest>;

// What a prefix compares: the ends of what the value covers, in integers that sort.
struct Ends {
  std::int64_t first, last;    // of what eq covers
  std::int64_t lower, higher;  // the value itself, for gt, lt, ge, le, sa, eb
};

ValueTest named(const std::string& code) {
  ValueTest test;
  test.parameter = code;
  return test;
}

std::int64_t before(std::int64_t value) { return value == INT64_MIN ? value : value - 1; }
std::int64_t after(std::int64_t value) { return value == INT64_MAX ? value : value + 1; }

ValueTest within(const std::string& code, const Ends& ends) {
  ValueTest test = named(code);
  test.low_least = ends.first;
  test.high_most = ends.last;
  return test;
}

ValueTest beyond(const std::string& code, std::int64_t end) {
  ValueTest test = named(code);
  test.high_least = after(end);
  return test;
}

ValueTest below(const std::string& code, std::int64_t end) {
  ValueTest test = named(code);
  test.low_most = before(end);
  return test;
}

// 3.1.1.4.5; `exact`: the value is a point, so that ge and le are one comparison.
Tests tests_of(const std::string& code, Prefix prefix, const Ends& ends) {
  ValueTest test = named(code);
  switch (prefix) {
    case Prefix::Eq:
      return {within(code, ends)};
    case Prefix::Ne:
      return {below(code, ends.first), beyond(code, ends.last)};
    case Prefix::Gt:
      return {beyond(code, ends.higher)};
    case Prefix::Lt:
      return {below(code, ends.lower)};
    case Prefix::Ge:
      return {beyond(code, ends.higher), within(code, {ends.lower, ends.higher, 0, 0})};
    case Prefix::Le:
      return {below(code, ends.lower), within(code, {ends.lower, ends.higher, 0, 0})};
    case Prefix::Sa:
      test.low_least = after(ends.higher);
      return {test};
    case Prefix::Eb:
      test.high_most = before(ends.lower);
      return {test};
    case Prefix::Ap:
      break;
  }
  test.low_most = ends.last;
  test.high_least = ends.first;
  return {test};
}

}  // namespace

Tests date_tests(const std::string& code, const DateValue& date) {
  return tests_of(code, date.prefix,
                  {date.span.first_us, date.span.last_us, date.span.first_us, date.span.last_us});
}

Tests number_tests(const std::string& code, const NumberValue& number) {
  const std::int64_t exact = model::order_of(number.value);
  const Ends ends{model::order_of(number.low), before(model::order_of(number.high)), exact, exact};
  return tests_of(code, number.prefix, ends);
}

Result<Tests> quantity_tests(const std::string& code, std::string_view value, const std::string& parameter) {
  const auto parts = split_unescaped(value, '|');
  if (parts.size() != 1 && parts.size() != 3)
    return fail(ErrorCode::InvalidParameter, "the value is not number or number|system|code", parameter);
  Tests tests = number_tests(code, TRY(parse_number_value(parts[0], parameter)));
  if (parts.size() == 1) return tests;
  const std::string system = unescape(parts[1]), unit = unescape(parts[2]);
  for (ValueTest& test : tests) {
    if (!system.empty()) test.system = system;
    if (unit.empty()) continue;
    test.how = ValueTest::Text::Equals;
    test.texts = {unit};
  }
  return tests;
}

Tests exact_tests(const std::string& code, std::string_view value) {
  Tests tests;
  for (const auto alternative : alternatives(value)) {
    ValueTest test = named(code);
    test.system = unescape(alternative);
    tests.push_back(std::move(test));
  }
  return tests;
}

std::string token_system(std::string_view system, std::string_view code) {
  return unescape(system) + "|" + unescape(code);
}

}  // namespace gateway::fhir

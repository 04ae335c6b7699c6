// Ordered values as tests: prefixes of dates, numbers and quantities as bounds on both ends of a value (FHIR
// R4 search 3.1.1.4.5 to 3.1.1.4.7, 3.1.1.4.11). Private to this folder. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/fhir/search_values.h"
#include "gateway/model/resource_query.h"

namespace gateway::fhir {

// Any of the tests has to pass.
std::vector<model::ValueTest> date_tests(const std::string& code, const DateValue& date);
std::vector<model::ValueTest> number_tests(const std::string& code, const NumberValue& number);
// [prefix]number, number|system|code, number||code. Error: InvalidParameter naming `parameter`.
Result<std::vector<model::ValueTest>> quantity_tests(const std::string& code, std::string_view value,
                                                     const std::string& parameter);
// The text as it is, any of the alternatives (:exact).
std::vector<model::ValueTest> exact_tests(const std::string& code, std::string_view value);
// "system|code" under which identifiers are kept by their type.
std::string token_system(std::string_view system, std::string_view code);

}  // namespace gateway::fhir

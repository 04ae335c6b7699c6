// The validator over small good and bad resources: tests/golden/validator/*.json.
//
// A case takes a base, replaces members ("set"; null removes one) and lists every error and warning to expect
// as "severity LOCATION: beginning of the message ... [profile, key]"; other information may come too.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "gateway/base/bytes.h"
#include "gateway/codec/json.h"
#include "tests/definitions/shipped_definitions.h"

namespace {

using namespace gateway;
using definitions::Finding;
using definitions::Findings;

const std::string kFolder = SOURCE_DIR "/tests/golden/validator";

Value read(const std::string& path) {
  const auto text = read_file(path);
  if (!text) throw std::runtime_error(text.error().text());
  auto value = codec::parse_json(*text);
  if (!value) throw std::runtime_error(path + ": " + value.error().text());
  return std::move(*value);
}

Value resource_of(const Value& file, const Value& test) {
  Value base = *file.find("bases")->find(test.text("base"));
  const Value* set = test.find("set");
  if (!set) return base;
  const bool keep_null = set->find("keep_null") != nullptr;
  for (const auto& [name, value] : *set->as_map()) {
    if (name == "keep_null") continue;
    if (value.is_null() && !keep_null)
      std::erase_if(*base.as_map(),
                    [&key = name](const Value::Member& member) { return member.first == key; });
    else
      base.set(name, value);
  }
  return base;
}

// Everything that was found, one line each.
std::vector<std::string> lines_of(const Findings& findings) {
  std::vector<std::string> lines;
  for (const Finding& finding : findings.list()) {
    std::string line = definitions::to_text(finding);
    const std::size_t at = line.find(" at ");
    const bool placed = !finding.location.empty() && at != std::string::npos;
    lines.push_back(placed ? line.substr(0, at) + " " + line.substr(at + 4)
                           : std::string(definitions::name_of(finding.severity)) + " : " + finding.message);
  }
  return lines;
}

// "severity LOCATION: beginning [end]" against a line.
bool fits(std::string_view line, std::string_view wanted) {
  const std::size_t bracket = wanted.rfind(" [");
  if (wanted.ends_with(']') && bracket != std::string_view::npos)
    return line.starts_with(wanted.substr(0, bracket)) && line.ends_with(wanted.substr(bracket));
  return line.starts_with(wanted);
}

void check_case(const definitions::Validator& validator, const Value& file, const Value& test) {
  definitions::ValidationOptions options;
  if (const Value* profiles = test.find("profiles"))
    for (const Value& profile : *profiles->as_list()) options.profiles.push_back(*profile.as_string());
  const Value::List& expected = *test.find("expect")->as_list();
  std::vector<std::string> found = lines_of(validator.validate(resource_of(file, test), options));
  for (const Value& line : expected) {
    const auto at = std::find_if(found.begin(), found.end(),
                                 [&line](const std::string& one) { return fits(one, *line.as_string()); });
    if (at == found.end())
      ADD_FAILURE() << "not found: " << *line.as_string();
    else
      found.erase(at);
  }
  for (const std::string& line : found)
    if (!line.starts_with("information")) ADD_FAILURE() << "not expected: " << line;
}

class ValidatorCases : public testing::TestWithParam<std::string> {};

TEST_P(ValidatorCases, finds_what_is_wrong_and_nothing_else) {
  const auto& validator = tests::shipped_validator();
  ASSERT_TRUE(validator.ok()) << validator.error().text();
  const Value file = read(kFolder + "/" + GetParam() + ".json");
  for (const Value& test : *file.find("cases")->as_list()) {
    SCOPED_TRACE(std::string(test.text("name")));
    check_case(**validator, file, test);
  }
}

std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder))
    if (entry.path().extension() == ".json") all.push_back(entry.path().stem());
  std::sort(all.begin(), all.end());
  return all;
}

INSTANTIATE_TEST_SUITE_P(Golden, ValidatorCases, testing::ValuesIn(names()),
                         [](const auto& test) { return test.param; });

}  // namespace

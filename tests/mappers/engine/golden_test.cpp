// The golden cases of the mapping tables, and the gate over what they cover.
#include <gtest/gtest.h>

#include <set>

#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "mappers/engine/coverage.h"
#include "mappers/engine/table.h"
#include "tests/support/tag_source.h"

namespace mappers::engine {
namespace {

using gateway::Value;

struct GoldenCase {
  std::string name;
  int line = 0;
  tests::TagSource source;
  std::set<std::string> expected;
};

// Flattens a tree to lines "series.number=3".
void flatten(const Value& value, const std::string& path, std::set<std::string>& out) {
  if (const auto* map = value.as_map()) {
    for (const auto& [key, member] : *map) flatten(member, path.empty() ? key : path + "." + key, out);
  } else if (const auto* list = value.as_list()) {
    for (std::size_t i = 0; i < list->size(); ++i)
      flatten((*list)[i], path + "[" + std::to_string(i) + "]", out);
  } else if (const auto* text = value.as_string()) {
    out.insert(path + "=" + *text);
  } else if (const auto* number = value.as_int()) {
    out.insert(path + "=" + std::to_string(*number));
  }
}

std::set<std::string> lines_of(const gateway::model::ImagingObject& object, const MappingReport& report) {
  std::set<std::string> lines;
  flatten(to_value(object.subject), "subject", lines);
  flatten(to_value(object.study), "study", lines);
  flatten(to_value(object.series), "series", lines);
  flatten(to_value(object.instance), "instance", lines);
  if (report.defaulted > 0) lines.insert("defaulted=" + std::to_string(report.defaulted));
  for (const RuleNote& note : report.dropped) lines.insert("dropped=" + note.rule->to);
  for (const RuleNote& note : report.failed) lines.insert("failed=" + note.rule->to);
  return lines;
}

std::deque<GoldenCase> read_cases(const std::string& file) {
  std::deque<GoldenCase> cases;
  const auto text = gateway::read_file(file);
  if (!text.ok()) {
    ADD_FAILURE() << text.error().text();
    return cases;
  }
  int number = 0;
  for (const std::string_view line : gateway::split(*text, '\n')) {
    ++number;
    if (line.starts_with("# case: ")) {
      cases.emplace_back();
      cases.back().name = line.substr(8);
      cases.back().line = number;
    } else if (line.starts_with("given ")) {
      EXPECT_TRUE(cases.back().source.add(line.substr(6))) << file << ":" << number;
    } else if (line.starts_with("expect ")) {
      cases.back().expected.emplace(line.substr(7));
    } else if (!line.empty()) {
      ADD_FAILURE() << file << ":" << number << ": not a line of a case: " << line;
    }
  }
  return cases;
}

TEST(MappingGoldens, DicomCasesGiveTheirRecordsAndCoverEveryRule) {
  const auto table = Table::load(SOURCE_DIR "/profiles", "dicom/core-2025");
  ASSERT_TRUE(table.ok()) << table.error().text();
  Coverage coverage(*table);
  const auto cases = read_cases(SOURCE_DIR "/tests/golden/mapping/dicom-core-2025.case");
  EXPECT_GT(cases.size(), 10u);
  for (const GoldenCase& golden : cases) {
    gateway::model::ImagingObject object;
    MappingReport report;
    table->run(golden.source, object, report, &coverage);
    EXPECT_EQ(lines_of(object, report), golden.expected) << golden.name << " (line " << golden.line << ")";
  }
  for (const std::string& gap : coverage.gaps(*table)) ADD_FAILURE() << gap;
}

}  // namespace
}  // namespace mappers::engine

// What the tests of gateway/shacl share: profiles from texts and files, and rows in the form of the corpus.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include "gateway/base/bytes.h"
#include "gateway/base/json_text.h"
#include "gateway/codec/json.h"
#include "gateway/shacl/library.h"
#include "gateway/shacl/validate.h"
#include "tests/support/process.h"

namespace tests {

inline const std::string kCorpus = SOURCE_DIR "/../shared/corpus";
inline const std::string kHealth = kCorpus + "/healthdcat-ap";

inline bool corpus_is_there() { return std::filesystem::exists(kHealth + "/EXPECTED-r8.json"); }

inline std::string slurp(const std::string& path) {
  const auto text = gateway::read_file(path);
  return text ? *text : std::string();
}

inline gateway::codec::RdfFormat format_of(const std::string& path) {
  return gateway::codec::format_of_name(path).value_or(gateway::codec::RdfFormat::Turtle);
}

// Severity, component, focus, path, value: as EXPECTED-r8.json has them. "-" where there is none.
using PlainRow = std::tuple<std::string, std::string, std::string, std::string, std::string>;

inline std::string plain(const gateway::codec::Term& term) {
  return term.kind == gateway::codec::Term::Kind::Blank ? "_:" : term.text;
}

inline PlainRow plain(const gateway::shacl::Row& row) {
  const std::string path = !row.path ? "-" : row.path->is_predicate() ? row.path->predicate : "(complex)";
  return {std::string(to_text(row.severity)), row.component, plain(row.focus), path,
          row.value ? plain(*row.value) : "-"};
}

inline std::multiset<PlainRow> plain_rows(const gateway::shacl::Report& report) {
  std::multiset<PlainRow> rows;
  for (const auto& row : report.rows) rows.insert(plain(row));
  return rows;
}

inline std::string show(const std::multiset<PlainRow>& rows) {
  std::string text;
  for (const auto& [severity, component, focus, path, value] : rows)
    text += severity + " " + component + " " + focus + " " + path + " " + value + "\n";
  return text;
}

// What tests/shacl/engine.mjs says, one list of rows a case; nothing when the outside engine is not
// installed.
using Cases = std::vector<std::pair<std::string, std::string>>;  // shapes, data: Turtle
inline std::optional<std::vector<std::multiset<PlainRow>>> outside_rows(const Cases& cases) {
  gateway::Value list = gateway::Value::list();
  for (const auto& [shapes, data] : cases)
    list.push(gateway::Value::map().set("shapes", shapes).set("data", data));
  const gateway::testing::TempFolder folder;
  std::ofstream(folder / "cases.json") << to_json(list);
  const auto done =
      run("node " + quoted(SOURCE_DIR "/tests/shacl/engine.mjs") + " " + quoted(folder / "cases.json"));
  if (done.exit_code == 77 || done.exit_code == 127) return std::nullopt;
  EXPECT_EQ(done.exit_code, 0) << done.err;
  std::vector<std::multiset<PlainRow>> all;
  std::istringstream lines(done.out);
  for (std::string line; std::getline(lines, line);) {
    const auto rows = gateway::codec::parse_json(line);
    std::multiset<PlainRow>& into = all.emplace_back();
    EXPECT_TRUE(rows.ok() && rows->as_list()) << line;
    if (!rows || !rows->as_list()) continue;
    for (const gateway::Value& row : *rows->as_list()) {
      const auto cell = [&](std::size_t i) { return *row.as_list()->at(i).as_string(); };
      into.insert({cell(0), cell(1), cell(2), cell(3), cell(4)});
    }
  }
  EXPECT_EQ(all.size(), cases.size());
  return all;
}

inline const gateway::shacl::Library& library() {
  static const gateway::shacl::Library shipped(SOURCE_DIR "/profiles/shapes");
  return shipped;
}

inline constexpr const char* kPrefixes = R"(
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix : <http://x/> .
)";

inline gateway::Result<std::shared_ptr<const gateway::shacl::Profile>> profile_of(
    const std::string& shapes, const std::string& vocabulary = {}) {
  gateway::shacl::ProfileBuilder builder("test");
  TRY_VOID(builder.add_shapes(kPrefixes + shapes, gateway::codec::RdfFormat::Turtle, "http://x/"));
  TRY_VOID(builder.add_background(kPrefixes + vocabulary, gateway::codec::RdfFormat::Turtle, "http://x/"));
  return builder.build();
}

inline gateway::Result<gateway::shacl::Report> check(const std::string& shapes, const std::string& data,
                                                     gateway::shacl::DocumentOptions options = {}) {
  const auto profile = TRY(profile_of(shapes));
  options.base = "http://x/";
  return gateway::shacl::validate_document(kPrefixes + data, gateway::codec::RdfFormat::Turtle, *profile,
                                           options);
}

}  // namespace tests

#include "conformance/runner/options.h"

#include <gtest/gtest.h>

#include <set>

#include "conformance/runner/fixture.h"

namespace conformance {
namespace {

gateway::Result<Options> parse(std::vector<const char*> words) { return parse_options(words); }

TEST(Options, ReadBaseRootsAndPaths) {
  const auto options = parse({"--base", "http://127.0.0.1:8080/", "--root", "dicomweb=/dicom-web/", "--suite",
                              "http", "--junit", "out.xml", "a.case", "b"});
  ASSERT_TRUE(options.ok()) << options.error().text();
  EXPECT_EQ(options->run.endpoint.authority(), "127.0.0.1:8080");
  EXPECT_EQ(options->run.roots.at("dicomweb"), "/dicom-web");
  EXPECT_EQ(options->run.roots.at("fhir"), "/fhir");
  EXPECT_EQ(options->paths, (std::vector<std::string>{"a.case", "b"}));
}

TEST(Options, FaultsAreNamed) {
  EXPECT_EQ(parse({"x"}).error().text(), "--base is missing");
  EXPECT_EQ(parse({"--base", "http://x"}).error().text(), "no case file or folder is named");
  EXPECT_EQ(parse({"--bas", "http://x", "y"}).error().text(), "no such option (--bas)");
  EXPECT_EQ(parse({"x", "--base"}).error().text(), "a value is missing (--base)");
  EXPECT_EQ(parse({"--base", "ftp://x", "y"}).error().code, gateway::ErrorCode::InvalidParameter);
  EXPECT_EQ(parse({"--base", "http://x", "--root", "x", "y"}).error().text(), "--root takes NAME=PATH (x)");
}

TEST(Options, TellHowMuchMayBeSkipped) {
  EXPECT_EQ(parse({"--base", "http://x", "--max-skipped", "3", "y"})->max_skipped, 3u);
  EXPECT_FALSE(parse({"--base", "http://x", "y"})->max_skipped.has_value());
  EXPECT_FALSE(parse({"--base", "http://x", "--max-skipped", "few", "y"}).ok());
}

TEST(BaseUrl, TellsHostPortAndTls) {
  EXPECT_EQ(parse_base_url("https://node.example")->port, 443);
  EXPECT_TRUE(parse_base_url("https://node.example")->tls);
  EXPECT_EQ(parse_base_url("http://[::1]:80")->host, "::1");
  EXPECT_EQ(parse_base_url("http://[::1]")->port, 80);
  EXPECT_EQ(parse_base_url("http://[::1]:81")->authority(), "[::1]:81");
  for (const char* bad : {"", "x", "http://", "http://h:0x1", "http://h:99999", "http://h/path"})
    EXPECT_FALSE(parse_base_url(bad).ok()) << bad;
}

TEST(Suites, AllParseAndNameTheirClause) {
  Options options;
  options.paths = {SOURCE_DIR "/conformance/suites"};
  const auto cases = load_cases(options);
  ASSERT_TRUE(cases.ok()) << cases.error().text();
  std::set<std::string> names;
  for (const Case& test : *cases) {
    EXPECT_FALSE(test.spec.empty()) << test.name << " names no clause";
    EXPECT_TRUE(names.insert(test.name).second) << test.name << " is there twice";
    EXPECT_NE(test.name.find('/'), std::string::npos) << test.name << " names no suite";
  }
  options.suites = {"http"};
  EXPECT_GE(load_cases(options)->size(), 45u);
}

TEST(Fixture, DicomIsAPart10FileWithEvenElements) {
  const auto object = make_fixture("dicom", {{"uid", "1.2.3"}, {"patient", "P1"}}, ".");
  ASSERT_TRUE(object.ok());
  EXPECT_EQ(object->substr(128, 4), "DICM");
  EXPECT_EQ(object->size() % 2, 0u);
  EXPECT_NE(object->find(std::string("\x10\0\x20\0LO\x02\0P1", 10)), std::string::npos);
  EXPECT_NE(object->find(std::string("\x20\0\x0D\0UI\x06\0"
                                     "1.2.31",
                                     14)),
            std::string::npos);
}

TEST(Fixture, DicomCanLackAnElementOrItsEnd) {
  const auto whole = make_fixture("dicom", {{"uid", "1.2.3"}}, ".");
  const auto without = make_fixture("dicom", {{"uid", "1.2.3"}, {"omit", "0020000D"}}, ".");
  EXPECT_EQ(whole->find(std::string("\x20\0\x0D\0UI", 6)) != std::string::npos, true);
  EXPECT_EQ(without->find(std::string("\x20\0\x0D\0UI", 6)), std::string::npos);
  EXPECT_EQ(make_fixture("dicom", {{"uid", "1"}, {"cut", "300"}}, ".")->size(), 300u);
}

TEST(Fixture, RefusesWhatItDoesNotKnow) {
  EXPECT_FALSE(make_fixture("dicom", {}, ".").ok());
  EXPECT_FALSE(make_fixture("dicom", {{"uid", "1"}, {"colour", "red"}}, ".").ok());
  EXPECT_FALSE(make_fixture("repeat", {{"count", "999999999999"}}, ".").ok());
  EXPECT_FALSE(make_fixture("magic", {}, ".").ok());
  EXPECT_EQ(*make_fixture("repeat", {{"text", "ab"}, {"count", "3"}}, "."), "ababab");
}

}  // namespace
}  // namespace conformance

// Hostile shapes and data: every one ends soon, with an answer or an error that says why.
#include <atomic>
#include <thread>

#include "tests/shacl/support.h"

namespace {

using namespace gateway;
using namespace gateway::shacl;

std::string chain(int length, const char* predicate = ":p") {
  std::string text;
  for (int i = 0; i < length; ++i)
    text += ":n" + std::to_string(i) + " " + predicate + " :n" + std::to_string(i + 1) + " .\n";
  return text;
}

std::string clique(int size) {
  std::string text;
  for (int i = 0; i < size; ++i)
    for (int j = 0; j < size; ++j) text += ":n" + std::to_string(i) + " :p :n" + std::to_string(j) + " .\n";
  return text;
}

void expect_refused(const Result<Report>& report, const char* word) {
  ASSERT_FALSE(report.ok()) << word;
  EXPECT_EQ(report.error().code, ErrorCode::Unprocessable);
  EXPECT_NE(report.error().message.find(word), std::string::npos) << report.error().message;
}

TEST(Limits, APatternThatBacktracksWithoutEndIsStopped) {
  DocumentOptions options;
  options.limits.max_steps = 2'000'000;
  const auto report =
      tests::check(":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:pattern \"^(a+)+$\" ] .",
                   ":a :p \"" + std::string(60, 'a') + "b\" .", options);
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().code, ErrorCode::Unprocessable);
}

TEST(Limits, ShapesThatFollowALongChainAreRefused) {
  const char* shapes = ":S sh:targetNode :n0 ; sh:property [ sh:path :p ; sh:node :S ] .";
  expect_refused(tests::check(shapes, chain(5000)), "deeper");
  const auto shallow = tests::check(shapes, chain(20));
  ASSERT_TRUE(shallow.ok()) << shallow.error().text();
  EXPECT_TRUE(shallow->rows.empty());
}

TEST(Limits, ShapesInACircleOverEveryPairOfNodesEnd) {
  DocumentOptions options;
  options.limits.max_steps = 3'000'000;
  const std::string data = clique(40);
  const auto node = tests::check(
      ":S sh:targetNode :n0 ; sh:property [ sh:path :p ; sh:node :S ] ; sh:property [ sh:path :q ; "
      "sh:maxCount 1 ] .",
      data, options);
  ASSERT_TRUE(node.ok()) << node.error().text();
  EXPECT_TRUE(node->rows.empty());
  const auto denied = tests::check(
      ":S sh:targetNode :n0 ; sh:not [ sh:property [ sh:path :p ; sh:not :S ] ] .", data, options);
  EXPECT_TRUE(denied.ok() || denied.error().code == ErrorCode::Unprocessable);
  expect_refused(
      tests::check(":S sh:targetNode :n0 ; sh:property :P . :P sh:path :p ; sh:property :P .", data, options),
      "steps");
}

TEST(Limits, PathsWithoutEndEnd) {
  DocumentOptions options;
  options.limits.max_steps = 1'000'000;
  const char* shapes =
      ":S sh:targetSubjectsOf :p ; sh:property [ sh:path [ sh:zeroOrMorePath [ sh:zeroOrMorePath [ "
      "sh:oneOrMorePath "
      ":p ] ] ] ; sh:maxCount 0 ] .";
  expect_refused(tests::check(shapes, clique(60), options), "steps");
  std::string deep = ":p";
  for (int i = 0; i < 40; ++i) deep = "[ sh:zeroOrOnePath " + deep + " ]";
  const auto profile = tests::profile_of(":S sh:targetNode :a ; sh:property [ sh:path " + deep + " ] .");
  ASSERT_FALSE(profile.ok());
  EXPECT_NE(profile.error().message.find("too deep"), std::string::npos) << profile.error().text();
}

TEST(Limits, RowsBeyondTheLimitAreCounted) {
  DocumentOptions options;
  options.limits.max_rows = 100;
  std::string data = ":a :p 0";
  for (int i = 1; i < 500; ++i) data += ", " + std::to_string(i);
  const auto report =
      tests::check(":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:in ( 1 ) ] .", data + " .", options);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->rows.size(), 100u);
  EXPECT_EQ(report->dropped_rows, 399u);
  EXPECT_FALSE(report->valid());
}

TEST(Limits, DetailsAreNotGatheredBeyondWhatIsShown) {
  std::string data = ":a :p :b . :b :q 0";
  for (int i = 1; i < 500; ++i) data += ", " + std::to_string(i);
  const auto report = tests::check(
      ":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:node [ sh:property [ sh:path :q ; sh:in ( 1 ) ] ] "
      "] .",
      data + " .");
  ASSERT_TRUE(report.ok()) << report.error().text();
  ASSERT_EQ(report->rows.size(), 1u);
  EXPECT_EQ(report->rows[0].details.size(), kMaxDetails);
  EXPECT_EQ(report->dropped_rows, 0u);
}

TEST(Limits, RowsAboutVocabulariesTakeNoRoomFromOthers) {
  std::string known;
  for (int i = 0; i < 50; ++i) known += ":a" + std::to_string(i) + " a :C . ";
  const auto profile =
      tests::profile_of(":S sh:targetClass :C ; sh:property [ sh:path :p ; sh:minCount 1 ] .", known.c_str());
  ASSERT_TRUE(profile.ok());
  DocumentOptions options;
  options.limits.max_rows = 10;
  const auto report = validate_document(tests::kPrefixes + std::string(":z a :C ."), codec::RdfFormat::Turtle,
                                        **profile, options);
  ASSERT_TRUE(report.ok()) << report.error().text();
  EXPECT_EQ(report->rows.size(), 1u);
  EXPECT_EQ(report->dropped_rows, 0u);
}

TEST(Limits, DocumentsThatCannotBeReadAreErrors) {
  const auto profile = tests::profile_of(":S sh:targetNode :a ; sh:nodeKind sh:IRI .");
  ASSERT_TRUE(profile.ok());
  DocumentOptions options;
  options.limits.reading.max_triples = 10;
  EXPECT_FALSE(validate_document("<a", codec::RdfFormat::Turtle, **profile, options).ok());
  EXPECT_FALSE(
      validate_document(tests::kPrefixes + chain(20), codec::RdfFormat::Turtle, **profile, options).ok());
}

// The bar of issue 5: 42 thousand triples take a small part of the steps that are allowed.
TEST(Limits, ALargeDictionaryIsValidatedWithinAFewSteps) {
  std::string text =
      "@prefix csvw: <http://www.w3.org/ns/csvw#> . @prefix dct: <http://purl.org/dc/terms/> .\n"
      "<urn:g> a csvw:TableGroup ; dct:title \"g\" ; csvw:table <urn:t> . <urn:t> a csvw:Table ; dct:title "
      "\"t\" .\n";
  for (int i = 0; i < 6154; ++i) {
    const std::string number = std::to_string(i), column = "<urn:c" + number + ">";
    text += "<urn:t> csvw:column " + column + " . " + column + " a csvw:Column ; csvw:name \"c" + number +
            "\" ; csvw:title \"t\" ; csvw:datatype \"string\" ; dct:description \"d" + number +
            "\" ; csvw:propertyUrl <urn:p" + number + "> .\n";
  }
  DocumentOptions options;
  options.limits.max_steps = 2'000'000;
  const auto report = validate_document(text, codec::RdfFormat::Turtle, tests::library(),
                                        "healthdcat-ap-r8:non-public", options);
  ASSERT_TRUE(report.ok()) << report.error().text();
  EXPECT_GT(report->triples, 43'000u);
  EXPECT_EQ(report->count(Severity::Violation), 1u) << "only that there is no dataset\n"
                                                    << to_text(*report).substr(0, 1000);
}

TEST(Limits, OneProfileServesManyThreads) {
  const auto profile = tests::library().profile("healthdcat-ap-r8", "public");
  ASSERT_TRUE(profile.ok());
  const std::string data =
      "<urn:d> a <http://www.w3.org/ns/dcat#Dataset> ; <http://www.w3.org/ns/dcat#theme> "
      "<http://publications.europa.eu/resource/authority/data-theme/HEAL> .";
  const auto first = validate_document(data, codec::RdfFormat::Turtle, **profile);
  ASSERT_TRUE(first.ok());
  std::vector<std::thread> threads;
  std::atomic<int> equal = 0;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int j = 0; j < 10; ++j) {
        const auto again = validate_document(data, codec::RdfFormat::Turtle, **profile);
        if (again && tests::plain_rows(*again) == tests::plain_rows(*first)) ++equal;
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(equal, 40);
}

}  // namespace

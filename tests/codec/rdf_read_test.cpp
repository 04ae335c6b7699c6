#include "gateway/codec/rdf_read.h"

#include <gtest/gtest.h>

#include "gateway/codec/rdf_dataset.h"
#include "tests/codec/rdf_cases.h"

namespace gateway::codec {
namespace {

constexpr RdfFormat kAll[] = {RdfFormat::Turtle,   RdfFormat::JsonLd, RdfFormat::RdfXml,
                              RdfFormat::NTriples, RdfFormat::TriG,   RdfFormat::NQuads};

std::string statements(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "_:b <http://e.example/p> \"" + std::to_string(i) + "\" .\n";
  return text;
}

TEST(RdfRead, EveryFormatIsBoundedInBytesAndStatements) {
  const Graph graph = *parse_turtle(statements(10));
  for (const RdfFormat format : kAll) {
    const std::string text = *write_rdf(graph, format, {{"e", "http://e.example/"}});
    EXPECT_EQ(parse_rdf(text, format)->size(), 10u) << media_type_of(format);
    EXPECT_EQ(parse_rdf(text, format, {}, {.max_bytes = 20}).error().code, ErrorCode::BodyTooLarge);
    EXPECT_EQ(parse_rdf(text, format, {}, {.max_triples = 9}).error().code, ErrorCode::BodyTooLarge)
        << media_type_of(format);
  }
}

// A prefix of a thousand bytes used a thousand times.
TEST(RdfRead, LongPrefixesCannotMakeADocumentOfAThousandTimesItsSize) {
  const std::string space = "http://e.example/" + std::string(4000, 'x') + "/";
  std::string turtle = "@prefix p: <" + space + "> .\n";
  std::string json = "{\"@context\": {\"p\": \"" + space + "\"}, \"@graph\": [";
  std::string xml =
      "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns:p=\"" + space + "\">";
  for (int i = 0; i < 1000; ++i) {
    turtle += "p:a p:b p:c" + std::to_string(i) + " .\n";
    json += "{\"@type\": \"p:T\", \"p:b\": {\"@id\": \"p:c" + std::to_string(i) + "\"}},";
    xml += "<p:T p:q=\"" + std::to_string(i) + "\"/>";
  }
  const RdfLimits limits{.max_bytes = 100'000};
  EXPECT_EQ(parse_rdf(turtle, RdfFormat::Turtle, {}, limits).error().code, ErrorCode::BodyTooLarge);
  EXPECT_EQ(parse_rdf(json + "{}]}", RdfFormat::JsonLd, {}, limits).error().code, ErrorCode::BodyTooLarge);
  EXPECT_EQ(parse_rdf(xml + "</rdf:RDF>", RdfFormat::RdfXml, {}, limits).error().code,
            ErrorCode::BodyTooLarge);
  EXPECT_TRUE(parse_turtle(turtle));
}

TEST(RdfRead, DepthIsBoundedInEveryFormatThatNests) {
  std::string turtle, xml = "<e:T xmlns:e=\"http://e.example/\"/>", json = "1", list;
  for (int i = 0; i < 100; ++i) {
    turtle = "[ <http://e.example/p> " + (turtle.empty() ? "1" : turtle) + " ]";
    list = "(" + list + ")";
    xml = "<e:T xmlns:e=\"http://e.example/\"><e:p>" + xml + "</e:p></e:T>";
    json = "{\"http://e.example/p\": " + json + "}";
  }
  EXPECT_FALSE(parse_turtle(turtle + " ."));
  EXPECT_FALSE(parse_turtle(list + " <http://e.example/p> 1 ."));
  EXPECT_TRUE(parse_rdf(turtle + " .", RdfFormat::Turtle, {}, {.max_depth = 100}));
  EXPECT_FALSE(parse_rdf(xml, RdfFormat::RdfXml));
  EXPECT_FALSE(parse_rdf(json, RdfFormat::JsonLd));
}

TEST(RdfRead, AnErrorOfTheSinkEndsTheReading) {
  for (const RdfFormat format : kAll) {
    const std::string text = *write_rdf(*parse_turtle(statements(5)), format, {});
    int seen = 0;
    const auto done = read_rdf(text, format, {}, [&](Quad&&) -> Result<void> {
      return ++seen == 3 ? Result<void>(fail(ErrorCode::Conflict, "enough", "here")) : Result<void>();
    });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ErrorCode::Conflict);
    EXPECT_EQ(done.error().where, "here");
    EXPECT_EQ(seen, 3);
  }
}

TEST(RdfRead, StatementsComeBeforeTheFaultThatFollowsThem) {
  int seen = 0;
  const auto count = [&](Quad&&) -> Result<void> {
    ++seen;
    return {};
  };
  EXPECT_FALSE(read_rdf(statements(3) + "fault", RdfFormat::Turtle, {}, count));
  EXPECT_EQ(seen, 3);
}

TEST(RdfRead, BlankNodesOfTwoDocumentsNeverMeetWhenTheirPrefixesDiffer) {
  std::set<Term> seen;
  std::size_t count = 0;
  for (const char* prefix : {"b", "b1", "b_", "b1_", "b_1", "b1_1", "c", ""}) {
    std::set<Term> here;
    const auto keep = [&](Quad&& quad) -> Result<void> {
      here.insert(quad.triple.subject);
      return {};
    };
    std::string text;
    for (int i = 0; i < 120; ++i) text += "[] <http://e.example/p> 1 .";
    ASSERT_TRUE(read_rdf(text, RdfFormat::Turtle, {}, keep, {}, prefix));
    EXPECT_EQ(here.size(), 120u);
    count += *prefix ? here.size() : 0;  // an empty prefix is "b"
    seen.insert(here.begin(), here.end());
  }
  EXPECT_EQ(seen.size(), count);
}

TEST(RdfRead, FaultsAreNamedByLineAndColumnInCharacters) {
  const auto at = [](const std::string& text) { return parse_turtle(text).error().where; };
  EXPECT_EQ(at("<http://e/s> <http://e/p> \"é\" x:y ."), "line 1, column 31");
  EXPECT_EQ(at("# one\n# two\n  x:y"), "line 3, column 6");
  EXPECT_NE(parse_turtle("x:y x:y x:y .").error().message.find("'x:'"), std::string::npos);
}

TEST(RdfRead, ABaseThatIsNoIriIsRefused) {
  EXPECT_EQ(parse_turtle("", "not absolute").error().code, ErrorCode::InvalidParameter);
  EXPECT_EQ(write_ntriples(*parse_turtle("<> <p> <#x> .", "file:///a b")),
            "<file:///a%20b> <file:///p> <file:///a%20b#x> .\n");
}

TEST(RdfRead, TextMustBeUtf8) {
  for (const RdfFormat format : kAll) {
    EXPECT_FALSE(parse_rdf("\"\xFF\"", format));
    EXPECT_FALSE(parse_rdf(std::string_view("a\0b", 3), format));
  }
  EXPECT_TRUE(parse_turtle("\xEF\xBB\xBF<http://e/s> <http://e/p> 1 ."));
}

void expect_too_large(const std::string& text, RdfFormat format, const char* says) {
  const auto graph = parse_rdf(text, format, "http://b.example/", {.max_bytes = 1u << 20});
  ASSERT_FALSE(graph) << text.substr(0, 60);
  EXPECT_EQ(graph.error().code, ErrorCode::BodyTooLarge) << graph.error().text();
  EXPECT_NE(graph.error().message.find(says), std::string::npos) << graph.error().text();
}

TEST(RdfRead, NoIriIsLongerThanTheLongest) {
  const char* says = "an IRI is longer than 8192 bytes: ";
  const std::string iri = "http://long.example/" + std::string(9000, 'x');
  const std::string half = "http://long.example/" + std::string(5000, 'x'), more(5000, 'y');
  const std::string xml =
      "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:e='http://e/' ";
  for (const std::string& text :
       {"@base <" + iri + "> .", "@prefix p: <" + iri + "> .", "<" + iri + "> a <x> .",
        "@base <" + half + "/> . @prefix p: <" + more + "> .",
        "@prefix p: <" + half + "> . <s> p:" + more + " 1 .", "<s> <p> \"1\"^^<" + iri + "> ."})
    expect_too_large(text, RdfFormat::Turtle, says);
  for (const RdfFormat format : {RdfFormat::NTriples, RdfFormat::NQuads})
    expect_too_large("<http://e/s> <http://e/p> <" + iri + "> .", format, says);
  for (const std::string& text :
       {xml + "xml:base='" + iri + "'/>",
        xml + "xml:base='" + half + "/'><e:T rdf:about='" + more + "'/></rdf:RDF>",
        xml + "><e:T rdf:about='" + iri + "'/></rdf:RDF>", xml + "xmlns:l='" + iri + "'><l:T/></rdf:RDF>"})
    expect_too_large(text, RdfFormat::RdfXml, says);
  const std::string shortly = ", \"@id\": \"http://e/s\", \"p\": 1}";
  for (const std::string& context :
       {"\"@vocab\": \"" + iri + "\"", "\"@base\": \"" + iri + "\"", "\"p\": \"" + iri + "\"",
        "\"p\": {\"@id\": \"http://e/\", \"@type\": \"" + iri + "\"}",
        "\"v\": \"" + half + "/\", \"p\": \"v:" + more + "\""})
    expect_too_large("{\"@context\": {" + context + "}" + shortly, RdfFormat::JsonLd, says);
  expect_too_large("{\"@id\": \"" + iri + "\", \"http://e/p\": 1}", RdfFormat::JsonLd, says);
  EXPECT_TRUE(parse_turtle("<http://e/" + std::string(8000, 'x') + "> a <http://e/T> ."));
  EXPECT_FALSE(parse_turtle("<a> a <b> .", iri));
}

// Eleven bytes that keep eight thousand.
TEST(RdfRead, WhatShortDirectivesKeepIsBounded) {
  std::string prefixes = "@base <http://e/" + std::string(8000, 'x') + "> .\n", types;
  for (int i = 0; i < 20'000; ++i) {
    prefixes += "@prefix a" + std::to_string(i) + ": <> .\n";
    if (i < 12'000) types += "\"t" + std::to_string(i) + "\": {\"@id\": \"http://e/\", \"@type\": \"x\"},";
  }
  expect_too_large(prefixes, RdfFormat::Turtle, "too long");
  const std::string vocab = "{\"@context\": {\"@vocab\": \"http://e/" + std::string(8000, 'x') + "\",";
  std::string more;
  for (int i = 0; i < 9'000; ++i) more += "{\"@context\": {}},";
  expect_too_large(vocab + types + "\"z\": \"http://e/z\"}}", RdfFormat::JsonLd, "");
  expect_too_large(vocab + "\"z\": \"http://e/z\"}, \"@graph\": [" + more + "{}]}", RdfFormat::JsonLd,
                   "too many");
}

TEST(RdfRead, NumbersThatNoDoubleHoldsAreRefused) {
  for (const char* value :
       {"1e400", "-1e999", "1e-400", "[1e400]", "{\"@value\": {\"a\": [1e-400]}, \"@type\": \"@json\"}"}) {
    const auto graph =
        parse_rdf(std::string("{\"@id\": \"http://e/s\", \"http://e/p\": ") + value + "}", RdfFormat::JsonLd);
    ASSERT_FALSE(graph) << value;
    EXPECT_EQ(graph.error().code, ErrorCode::InvalidBody);
  }
}

// A context of one term copies those around it, so many of them could cost more than the document weighs.
TEST(RdfRead, TheCostOfContextsIsBounded) {
  std::string terms, nodes;
  for (int i = 0; i < 5000; ++i)
    terms += "\"t" + std::to_string(i) + "\": \"http://e.example/" + std::to_string(i) + "\",";
  for (int i = 0; i < 5000; ++i) nodes += R"({"@context": {"x": "http://e.example/x"}, "t1": 1},)";
  const std::string text =
      "{\"@context\": {" + terms + "\"z\": \"http://e.example/z\"}, \"@graph\": [" + nodes + "{}]}";
  EXPECT_EQ(parse_rdf(text, RdfFormat::JsonLd).error().code, ErrorCode::BodyTooLarge);
}

TEST(RdfRead, ContextsUndoneManyTimesDoNotPileUp) {
  std::string nulls;
  for (int i = 0; i < 200'000; ++i) nulls += "null,";
  const std::string text = R"({"@context": {"T": {"@id": "http://e.example/T", "@context": [)" + nulls +
                           R"({"p": "http://e.example/p"}]}}, "@type": "T", "p": 1})";
  const auto graph = parse_rdf(text, RdfFormat::JsonLd);
  ASSERT_TRUE(graph) << graph.error().text();
  EXPECT_EQ(graph->size(), 2u);
}

TEST(RdfRead, AContextThatIsNotShippedIsNamed) {
  const auto graph = parse_rdf(R"({"@context": "other.jsonld"})", RdfFormat::JsonLd, "http://e.example/a/b");
  ASSERT_FALSE(graph);
  EXPECT_EQ(graph.error().code, ErrorCode::NotSupported);
  EXPECT_EQ(graph.error().where, "http://e.example/a/other.jsonld");
}

TEST(RdfRead, FormatsAreKnownByTypeNameAndFirstBytes) {
  for (const RdfFormat format : kAll) EXPECT_EQ(format_of_media_type(media_type_of(format)), format);
  EXPECT_EQ(format_of_media_type("Text/Turtle; charset=utf-8"), RdfFormat::Turtle);
  EXPECT_EQ(format_of_media_type("text/html"), std::nullopt);
  EXPECT_EQ(format_of_name("a/b.c/d.NQ"), RdfFormat::NQuads);
  EXPECT_EQ(format_of_name("ttl"), std::nullopt);
  for (const char* other : {"a.txt", "a.json", "a.xml"}) EXPECT_EQ(format_of_name(other), std::nullopt);
  EXPECT_EQ(guess_format(" <?xml version=\"1.0\"?>"), RdfFormat::RdfXml);
  EXPECT_EQ(guess_format("<rdf:RDF"), RdfFormat::RdfXml);
  EXPECT_EQ(guess_format("{ \"@id\": 1}"), RdfFormat::JsonLd);
  EXPECT_EQ(guess_format("[{}]"), RdfFormat::JsonLd);
  EXPECT_EQ(guess_format("[ a <x> ] ."), RdfFormat::Turtle);
  EXPECT_EQ(guess_format("PREFIX a: <b>"), RdfFormat::Turtle);
  EXPECT_EQ(guess_format("{ <a> <b> <c> }"), RdfFormat::TriG);
  EXPECT_EQ(guess_format(" \n"), std::nullopt);
  EXPECT_EQ(guess_format("hello world"), std::nullopt);
}

}  // namespace
}  // namespace gateway::codec

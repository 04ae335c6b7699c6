#include "gateway/codec/rdf.h"
#include "gateway/codec/rdf_read.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "gateway/base/bytes.h"
#include "gateway/codec/json.h"

namespace gateway::codec {
namespace {

constexpr const char* kDct = "http://purl.org/dc/terms/";
const Prefixes kPrefixes = {
    {"dct", kDct}, {"xsd", "http://www.w3.org/2001/XMLSchema#"}, {"ex", "http://example.org/"}};

Graph sample() {
  Graph graph;
  const Term s = iri("http://example.org/a");
  graph.add(s, "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", iri("http://example.org/Thing"));
  graph.add(s, std::string(kDct) + "title", text_in("Brust \"é\" <&> \\ \t", "DE"));
  graph.add(s, std::string(kDct) + "title", text_in("line\nbreak\r\n]]>", "en"));
  graph.add(s, std::string(kDct) + "extent", literal("12", "http://www.w3.org/2001/XMLSchema#integer"));
  graph.add(s, std::string(kDct) + "valid", literal("true", "http://www.w3.org/2001/XMLSchema#boolean"));
  graph.add(s, std::string(kDct) + "relation", blank("x"));
  graph.add(blank("x"), std::string(kDct) + "title", literal("nested"));
  graph.add(blank("x"), std::string(kDct) + "relation", blank("y"));
  graph.add(s, "http://odd.example/p/123abc", iri("mailto:somebody@example.org"));
  return graph;
}

// Blank node labels are the reader's; everything else must be the same.
std::string without_labels(const Graph& graph) {
  std::string text = write_ntriples(graph);
  for (std::size_t at = 0; (at = text.find("_:", at)) != std::string::npos; ++at)
    while (at + 2 < text.size() && text[at + 2] != ' ') text.erase(at + 2, 1);
  return text;
}

TEST(Rdf, IriEncodesWhatIsForbidden) {
  EXPECT_EQ(iri("http://x/a b<>\"{}|\\^`").text, "http://x/a%20b%3C%3E%22%7B%7D%7C%5C%5E%60");
  EXPECT_EQ(iri("http://x/\xFF").text, "http://x/%FF");
  EXPECT_EQ(iri("http://x/é").text, "http://x/é");
}

TEST(Rdf, AbsoluteIris) {
  EXPECT_TRUE(is_absolute_iri("urn:x"));
  EXPECT_TRUE(is_absolute_iri("https://example.org/é"));
  for (const char* bad : {"", "x", "/a", "1a:b", "a:", "http://x/a b", ":x", "http://x/<"})
    EXPECT_FALSE(is_absolute_iri(bad)) << bad;
}

TEST(Rdf, LiteralsHoldOnlyXmlCharacters) {
  EXPECT_EQ(literal(std::string_view("a\x01\0b\xFF", 5)).text,
            "a\xEF\xBF\xBD\xEF\xBF\xBD"
            "b\xEF\xBF\xBD");
  EXPECT_EQ(literal("\xEF\xBF\xBF").text, "\xEF\xBF\xBD");
  EXPECT_EQ(literal("日本\n").text, "日本\n");
}

TEST(Rdf, EqualGraphsGiveEqualBytesWhateverTheOrder) {
  Graph reversed;
  const Graph graph = sample();
  for (auto at = graph.triples().rbegin(); at != graph.triples().rend(); ++at)
    reversed.add(at->subject, at->predicate.text, at->object);
  EXPECT_EQ(write_turtle(graph, kPrefixes), write_turtle(reversed, kPrefixes));
  EXPECT_EQ(write_jsonld(graph, kPrefixes), write_jsonld(reversed, kPrefixes));
}

TEST(Rdf, TurtleReadsBackAsTheSameGraph) {
  const std::string text = write_turtle(sample(), kPrefixes, "http://example.org/a");
  const auto read = parse_turtle(text);
  ASSERT_TRUE(read) << read.error().text() << text;
  EXPECT_EQ(without_labels(*read), without_labels(sample())) << text;
  EXPECT_NE(text.find("ex:a a ex:Thing ;\n"), std::string::npos) << text;
  EXPECT_NE(text.find("dct:relation [\n    dct:relation [] ;\n    dct:title \"nested\"\n  ]"),
            std::string::npos)
      << text;
}

TEST(Rdf, NTriplesReadsBackAsTheSameGraph) {
  const auto read = parse_turtle(write_ntriples(sample()));
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(without_labels(*read), without_labels(sample()));
}

TEST(Rdf, BlankNodeCyclesAndSharedNodesKeepTheirLabels) {
  Graph graph;
  graph.add(blank("a"), "http://x/p", blank("b"));
  graph.add(blank("b"), "http://x/p", blank("a"));
  graph.add(iri("http://x/1"), "http://x/p", blank("c"));
  graph.add(iri("http://x/2"), "http://x/p", blank("c"));
  const auto read = parse_turtle(write_turtle(graph, {}));
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->size(), 4u);
  EXPECT_EQ(read->objects(iri("http://x/1"), "http://x/p"), read->objects(iri("http://x/2"), "http://x/p"));
}

TEST(Rdf, DeepChainsOfBlankNodesStayReadable) {
  Graph graph;
  graph.add(iri("http://x/"), "http://x/p", blank("n0"));
  for (int i = 0; i < 500; ++i)
    graph.add(blank("n" + std::to_string(i)), "http://x/p", blank("n" + std::to_string(i + 1)));
  const auto read = parse_turtle(write_turtle(graph, {}));
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->size(), graph.size());
}

TEST(Rdf, RdfXmlEscapesAndNamesPredicates) {
  const auto text = write_rdfxml(sample(), kPrefixes);
  ASSERT_TRUE(text);
  EXPECT_NE(text->find("xml:lang=\"de\">Brust &quot;é&quot; &lt;&amp;&gt;"), std::string::npos) << *text;
  EXPECT_NE(text->find("break&#13;\n]]&gt;"), std::string::npos) << *text;
  EXPECT_NE(text->find("<ns1:abc rdf:resource=\"mailto:somebody@example.org\"/>"), std::string::npos)
      << *text;
}

TEST(Rdf, RdfXmlRefusesAPredicateWithoutAName) {
  Graph graph;
  graph.add(iri("http://x/"), "http://x/123", literal("a"));
  const auto text = write_rdfxml(graph, {});
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, ErrorCode::NotSupported);
}

TEST(Rdf, JsonLdIsJsonWithPrefixesOnly) {
  const auto json = parse_json(write_jsonld(sample(), kPrefixes));
  ASSERT_TRUE(json) << json.error().text();
  EXPECT_EQ(json->find("@context")->text("dct"), kDct);
  const Value& node = json->find("@graph")->as_list()->front();
  EXPECT_EQ(node.text("@id"), "http://example.org/a");
  EXPECT_EQ(*node.find("@type")->as_list()->front().as_string(), "ex:Thing");
  EXPECT_EQ(node.find("dct:extent")->as_list()->front().text("@type"), "xsd:integer");
}

TEST(Rdf, JsonLdLeavesOutAPrefixThatIsAScheme) {
  Graph graph;
  graph.add(iri("urn:x"), "http://u/p", literal("a"));
  EXPECT_EQ(write_jsonld(graph, {{"urn", "http://u/"}}).find("\"urn\""), std::string::npos);
}

TEST(Rdf, ReaderResolvesRelativeIris) {
  const auto read = parse_turtle("<a> <#p> <../b> .", "http://x/y/z");
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(write_ntriples(*read), "<http://x/y/a> <http://x/y/z#p> <http://x/b> .\n");
}

TEST(Rdf, ReaderNamesTheLineOfAFault) {
  const auto read = parse_turtle("<http://a> <http://b> <http://c> .\n<http://a> nonsense .\n");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::InvalidBody);
  EXPECT_NE(read.error().where.find("line 2"), std::string::npos) << read.error().where;
}

TEST(Rdf, ReaderRefusesWhatIsNotTurtle) {
  for (const std::string& bad :
       {std::string("<a> <b> <c> ."), std::string("ex:a ex:b ex:c ."), std::string("\xFF"),
        std::string("a\0b", 3), std::string("<http://a> <http://b> \"open"),
        std::string("<http://a b> <http://b> <http://c> ."), std::string("{}")})
    EXPECT_FALSE(parse_turtle(bad)) << bad;
}

TEST(Rdf, AnEmptyDocumentIsAnEmptyGraph) {
  for (const char* text : {"", " \n", "# comment", "# comment\n", "@prefix x: <http://x/> ."}) {
    const auto read = parse_turtle(text);
    ASSERT_TRUE(read) << text << read.error().text();
    EXPECT_TRUE(read->empty());
  }
}

TEST(Rdf, ReaderIsBounded) {
  EXPECT_EQ(parse_turtle(std::string(100'000, '[')).error().code, ErrorCode::InvalidBody);
  EXPECT_EQ(parse_turtle("<http://a> <http://b> 1, 2, 3 .", {}, {.max_triples = 2}).error().code,
            ErrorCode::BodyTooLarge);
  EXPECT_EQ(parse_turtle("                ", {}, {.max_bytes = 8}).error().code, ErrorCode::BodyTooLarge);
}

TEST(Rdf, OfficialExamplesKeepTheirTriplesThroughOurTurtle) {
  const std::string folder = SOURCE_DIR "/../shared/corpus/healthdcat-ap/";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "corpus is not here";
  for (const char* file :
       {"r8/examples/example-healthdcat-dataset.ttl", "r8/shapes/non-public-shapes.ttl",
        "examples-dual/prostate-mr-eucaim-v2-and-r8.ttl", "examples/ma3u_health-catalog.ttl"}) {
    const auto text = read_file(folder + file);
    ASSERT_TRUE(text);
    const auto graph = parse_turtle(*text, "http://base/");
    ASSERT_TRUE(graph) << file << ": " << graph.error().text();
    const auto again = parse_turtle(write_turtle(*graph, kPrefixes));
    ASSERT_TRUE(again) << file << ": " << again.error().text();
    EXPECT_EQ(again->size(), graph->size()) << file;
  }
}

}  // namespace
}  // namespace gateway::codec

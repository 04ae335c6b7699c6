#include "gateway/codec/rdf_dataset.h"

#include <gtest/gtest.h>

#include "gateway/codec/rdf_canonical.h"

namespace gateway::codec {
namespace {

const Prefixes kPrefixes = {{"e", "http://e.example/"}};

Dataset feed() {
  return *parse_dataset(
      "@prefix e: <http://e.example/> . e:stream e:member e:a1 ."
      "e:a1 { e:a1 a e:Create ; e:object [ e:name \"x\" ] . } e:a2 { e:a2 e:object _:shared } _:g { _:shared "
      "e:p 1 }",
      RdfFormat::TriG);
}

TEST(RdfDataset, TrigNestsBlankNodesOfOneGraphAndLabelsThoseOfSeveral) {
  EXPECT_EQ(write_trig(feed(), kPrefixes),
            "@prefix e: <http://e.example/> .\n"
            "\ne:stream e:member e:a1 .\n"
            "\ne:a1 {\n"
            "  e:a1 a e:Create ;\n"
            "    e:object [\n"
            "      e:name \"x\"\n"
            "    ] .\n"
            "}\n"
            "\ne:a2 {\n"
            "  e:a2 e:object _:b1 .\n"
            "}\n"
            "\n_:b2 {\n"
            "  _:b1 e:p \"1\"^^<http://www.w3.org/2001/XMLSchema#integer> .\n"
            "}\n");
}

TEST(RdfDataset, FormatsWithNamedGraphsKeepThem) {
  const auto canonical = canonical_nquads(quads_of(feed()));
  for (const RdfFormat format : {RdfFormat::TriG, RdfFormat::NQuads, RdfFormat::JsonLd}) {
    const auto text = write_dataset(feed(), format, kPrefixes);
    ASSERT_TRUE(text);
    const auto again = parse_dataset(*text, format);
    ASSERT_TRUE(again) << again.error().text() << *text;
    EXPECT_EQ(again->named.size(), 3u);
    EXPECT_EQ(*canonical_nquads(quads_of(*again)), *canonical) << *text;
  }
}

TEST(RdfDataset, FormatsWithoutNamedGraphsRefuseThem) {
  for (const RdfFormat format : {RdfFormat::Turtle, RdfFormat::NTriples, RdfFormat::RdfXml})
    EXPECT_EQ(write_dataset(feed(), format, kPrefixes).error().code, ErrorCode::NotSupported);
}

TEST(RdfDataset, NoWriterChangesWhatItCannotCarry) {
  Graph graph;
  graph.add(
      {iri("http://e.example/s"),
       iri("http://e.example/p"),
       {.kind = Term::Kind::Literal, .text = "\x01", .datatype = "http://e.example/d", .language = {}}});
  EXPECT_EQ(write_rdf(graph, RdfFormat::RdfXml, {}).error().code, ErrorCode::NotSupported);
  for (const RdfFormat format : {RdfFormat::Turtle, RdfFormat::NTriples, RdfFormat::JsonLd})
    EXPECT_EQ(*parse_rdf(*write_rdf(graph, format, {}), format), graph);
  const Term relative{.kind = Term::Kind::Iri, .text = "relative", .datatype = {}, .language = {}};
  const Term spaced{.kind = Term::Kind::Iri, .text = "http://e/a b", .datatype = {}, .language = {}};
  for (const Term& bad : {relative, spaced, literal("x")}) {
    Graph wrong;
    wrong.add({bad, iri("http://e.example/p"), iri("http://e.example/o")});
    for (const RdfFormat format : {RdfFormat::Turtle, RdfFormat::NTriples, RdfFormat::JsonLd,
                                   RdfFormat::RdfXml, RdfFormat::TriG, RdfFormat::NQuads})
      EXPECT_EQ(write_rdf(wrong, format, {}).error().code, ErrorCode::NotSupported) << bad.text;
  }
}

TEST(RdfDataset, PrefixesThatJsonLdWouldReadOtherwiseAreLeftOut) {
  const Graph graph = *parse_turtle("<http://e.example/x_1> <http://e.example/p> <urn:a> .");
  const Prefixes prefixes = {
      {"x", "http://e.example/x_"}, {"", "http://e.example/"}, {"urn", "http://e.example/"}};
  const std::string text = write_jsonld(graph, prefixes);
  EXPECT_EQ(*parse_rdf(text, RdfFormat::JsonLd), graph) << text;
}

// A list of many items is one long chain of blank nodes.
TEST(RdfDataset, LongListsAreWrittenInStepWithTheirLength) {
  std::string items;
  for (int i = 0; i < 20'000; ++i) items += " 1";
  const Graph graph = *parse_turtle("<http://e.example/s> <http://e.example/p> (" + items + " ) .");
  for (const RdfFormat format : {RdfFormat::Turtle, RdfFormat::TriG, RdfFormat::RdfXml, RdfFormat::JsonLd})
    EXPECT_EQ(parse_rdf(*write_rdf(graph, format, {}), format)->size(), graph.size());
}

}  // namespace
}  // namespace gateway::codec

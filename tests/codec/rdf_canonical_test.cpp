// RDFC-1.0; against rdf-canonize on generated graphs: rdf_peers_test.cpp.
#include "gateway/codec/rdf_canonical.h"

#include <gtest/gtest.h>

#include "gateway/base/ids.h"

namespace gateway::codec {
namespace {

std::string canonical(std::string_view turtle) { return *canonical_nquads(*parse_turtle(turtle)); }

constexpr std::string_view kPrefix = "@prefix : <http://example.com/#> .";

// The worked examples of the recommendation (section 4.6, unique and shared hashes).
TEST(RdfCanonical, NodesThatDifferAreNamedInTheOrderOfTheirHashes) {
  EXPECT_EQ(sha256_hex("<http://example.com/#p> <http://example.com/#q> _:a .\n"
                       "_:a <http://example.com/#s> <http://example.com/#u> .\n"),
            "21d1dd5ba21f3dee9d76c0c00c260fa6f5d5d65315099e553026f4828d0dc77a");
  EXPECT_EQ(canonical(std::string(kPrefix) + ":p :q _:e0 . :p :r _:e1 . _:e0 :s :u . _:e1 :t :u ."),
            "<http://example.com/#p> <http://example.com/#q> _:c14n0 .\n"
            "<http://example.com/#p> <http://example.com/#r> _:c14n1 .\n"
            "_:c14n0 <http://example.com/#s> <http://example.com/#u> .\n"
            "_:c14n1 <http://example.com/#t> <http://example.com/#u> .\n");
}

TEST(RdfCanonical, NodesThatLookAlikeAreToldApartByTheirNeighbours) {
  EXPECT_EQ(canonical(std::string(kPrefix) +
                      ":p :q _:e0 . :p :q _:e1 . _:e0 :p _:e2 . _:e1 :p _:e3 . _:e2 :r _:e3 ."),
            "<http://example.com/#p> <http://example.com/#q> _:c14n2 .\n"
            "<http://example.com/#p> <http://example.com/#q> _:c14n3 .\n"
            "_:c14n0 <http://example.com/#r> _:c14n1 .\n"
            "_:c14n2 <http://example.com/#p> _:c14n1 .\n"
            "_:c14n3 <http://example.com/#p> _:c14n0 .\n");
}

TEST(RdfCanonical, AnEmptyGraphIsAnEmptyText) { EXPECT_EQ(canonical(""), ""); }

TEST(RdfCanonical, EscapesAreThoseOfCanonicalNQuads) {
  EXPECT_EQ(
      canonical("<http://e/s> <http://e/p> \"\\u0000\\u0008\\t\\n\\u000B\\f\\r\\\"\\\\\\u007F\u00e9\" ."),
      "<http://e/s> <http://e/p> \"\\u0000\\b\\t\\n\\u000B\\f\\r\\\"\\\\\\u007F\u00e9\" .\n");
}

TEST(RdfCanonical, ARingIsNamedAlikeWhereverItIsBegun) {
  const std::string one = canonical("_:a <http://e/p> _:b . _:b <http://e/p> _:c . _:c <http://e/p> _:a .");
  EXPECT_EQ(one, canonical("_:z <http://e/p> _:y . _:x <http://e/p> _:z . _:y <http://e/p> _:x ."));
  EXPECT_NE(one, canonical("_:a <http://e/p> _:b . _:b <http://e/p> _:a . _:c <http://e/p> _:c ."));
}

TEST(RdfCanonical, IsomorphismLooksBeyondLabels) {
  const Graph left = *parse_turtle("[ <http://e/p> [ <http://e/q> 1 ] ] .");
  EXPECT_TRUE(*isomorphic(left, *parse_turtle("_:q <http://e/q> 1 . _:p <http://e/p> _:q .")));
  EXPECT_FALSE(*isomorphic(left, *parse_turtle("_:q <http://e/q> 1 . _:p <http://e/p> _:p .")));
  EXPECT_FALSE(*isomorphic(left, Graph()));
}

TEST(RdfCanonical, AGraphMadeToExhaustTheAlgorithmIsRefused) {
  std::string text;
  for (int i = 0; i < 12; ++i)
    for (int j = 0; j < 12; ++j)
      if (i != j) text += "_:n" + std::to_string(i) + " <http://e/p> _:n" + std::to_string(j) + " .";
  const auto refused = canonical_nquads(*parse_turtle(text), 2'000);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::Unprocessable);
}

TEST(RdfCanonical, ALongChainOfLookAlikesNeverOverflowsTheStack) {
  std::string text;
  for (int i = 0; i < 5000; ++i)
    text += "_:n" + std::to_string(i) + " <http://e/p> _:n" + std::to_string(i + 1) + " .";
  const auto refused = canonical_nquads(*parse_turtle(text), 2'000);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::Unprocessable);
}

TEST(RdfCanonical, NamesOfGraphsCount) {
  const auto of = [](const char* text) {
    std::vector<Quad> quads;
    EXPECT_TRUE(read_rdf(text, RdfFormat::TriG, {}, [&](Quad&& quad) -> Result<void> {
      quads.push_back(std::move(quad));
      return {};
    }));
    return *canonical_nquads(quads);
  };
  EXPECT_EQ(of("_:g { _:a <http://e/p> _:g }"), of("_:x { _:y <http://e/p> _:x }"));
  EXPECT_NE(of("_:g { _:a <http://e/p> _:g }"), of("_:g { _:a <http://e/p> _:a }"));
}

}  // namespace
}  // namespace gateway::codec

#include "gateway/codec/rdf_contexts.h"

#include <gtest/gtest.h>

#include <fstream>

#include "gateway/base/bytes.h"
#include "gateway/codec/json.h"
#include "tests/support/temp_folder.h"

namespace gateway::codec {
namespace {

constexpr const char* kAddress = "https://semiceu.github.io/DCAT-AP/releases/3.0.1/context/dcat-ap.jsonld";

TEST(RdfContexts, ADocumentMayNameAShippedContext) {
  const auto shipped = ShippedContexts::load(SOURCE_DIR "/profiles/jsonld");
  ASSERT_TRUE(shipped) << shipped.error().text();
  const auto graph =
      parse_rdf(std::string(R"({"@context": ")") + kAddress + R"(", "@id": "http://e.example/c",
      "@type": "Catalogue", "title": ["One"], "dataset": {"@id": "d", "@type": "Dataset", "accessRights": "r"}})",
                RdfFormat::JsonLd, "http://e.example/", {}, shipped->source());
  ASSERT_TRUE(graph) << graph.error().text();
  EXPECT_EQ(write_ntriples(*graph),
            "<http://e.example/c> <http://purl.org/dc/terms/title> \"One\" .\n"
            "<http://e.example/c> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
            "<http://www.w3.org/ns/dcat#Catalog> .\n"
            "<http://e.example/c> <http://www.w3.org/ns/dcat#dataset> <http://e.example/d> .\n"
            "<http://e.example/d> <http://purl.org/dc/terms/accessRights> <http://e.example/r> .\n"
            "<http://e.example/d> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
            "<http://www.w3.org/ns/dcat#Dataset> .\n");
}

TEST(RdfContexts, TheTableSaysWhatThePublishedContextSays) {
  const std::string path = SOURCE_DIR "/../shared/corpus/healthdcat-ap/dcat-ap-3.0.1/context.jsonld";
  const auto text = read_file(path);
  if (!text) GTEST_SKIP() << "corpus is not here";
  const Value published = *parse_json(*text)->find("@context");
  const auto shipped = ShippedContexts::load(SOURCE_DIR "/profiles/jsonld");
  ASSERT_TRUE(shipped);
  const Value& ours = *shipped->source()(kAddress)->find("@context");
  for (const auto& [term, value] : *published.as_map()) {
    if (term.find(':') != std::string::npos) continue;
    const Value* own = ours.find(term);
    ASSERT_TRUE(own) << term;
    EXPECT_EQ(own->text("@id"), value.as_string() ? *value.as_string() : value.text("@id")) << term;
    const Value* scoped = value.find("@context");
    if (!scoped) continue;
    for (const auto& [inner, definition] : *scoped->as_map()) {
      const Value* mine = own->find("@context")->find(inner);
      ASSERT_TRUE(mine) << term << " " << inner;
      for (const char* key : {"@id", "@type", "@container"})
        EXPECT_EQ(mine->text(key), definition.text(key)) << term << " " << inner;
    }
  }
}

TEST(RdfContexts, AFaultyTableIsNamedByFileAndLine) {
  testing::TempFolder folder;
  std::ofstream(folder / "contexts.csv") << "address,terms\nhttp://e.example/,t.csv\n";
  EXPECT_FALSE(ShippedContexts::load(folder / ""));
  std::ofstream(folder / "t.csv") << "class,term,iri,type,container\nNowhere,p,http://e.example/p,,\n";
  const auto shipped = ShippedContexts::load(folder / "");
  ASSERT_FALSE(shipped);
  EXPECT_EQ(shipped.error().where, "t.csv:2");
}

}  // namespace
}  // namespace gateway::codec

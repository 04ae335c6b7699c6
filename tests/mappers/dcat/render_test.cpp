#include "mappers/dcat/render.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "gateway/codec/rdf_read.h"
#include "mappers/dcat/completeness.h"
#include "mappers/dcat/vocabulary.h"
#include "tests/mappers/dcat/sample.h"

namespace mappers::dcat {
namespace {

using gateway::codec::Graph;
using gateway::codec::iri;
using gateway::codec::Term;

std::string one(const Graph& graph, const std::string& subject, std::string_view predicate) {
  const auto objects = graph.objects(iri(subject), expand(predicate));
  return objects.size() == 1 ? objects[0].text : std::to_string(objects.size()) + " values";
}

const std::string kDataset = "https://gateway.example/catalogue/dataset/breast-mammography";

TEST(Render, FiguresComeFromTheIndex) {
  const Graph graph = dataset_graph(sample::context(), sample::view());
  EXPECT_EQ(one(graph, kDataset, "healthdcatap:numberOfRecords"), "24");
  EXPECT_EQ(one(graph, kDataset, "healthdcatap:numberOfUniqueIndividuals"), "20");
  EXPECT_EQ(one(graph, kDataset, "healthdcatap:minTypicalAge"), "50");
  EXPECT_EQ(one(graph, kDataset, "healthdcatap:maxTypicalAge"), "69");
  EXPECT_EQ(one(graph, kDataset + "#period", "dcat:startDate"), "2019-02-03");
  EXPECT_EQ(one(graph, kDataset + "#period", "dcat:endDate"), "2024-11-30");
  const std::string images = "https://gateway.example/catalogue/distribution/breast-mammography-1";
  EXPECT_EQ(one(graph, images, "dcat:byteSize"), "123456789");
  EXPECT_EQ(one(graph, images, "dcat:accessURL"), "https://gateway.example/dicomweb");
  EXPECT_EQ(one(graph, kDataset + "#manufacturer-1", "rdfs:label"), "ACME <&> \"Médical\"");
}

TEST(Render, VariablesAreTheKnownAttributesOfTheImages) {
  const Graph graph = dataset_graph(sample::context(), sample::view());
  EXPECT_EQ(graph.subjects(expand("rdf:type"), iri(expand("csvw:Column"))).size(), 4u);
  const std::string column = kDataset + "#variables-instances-00100040";
  EXPECT_EQ(one(graph, column, "csvw:name"), "PatientSex");
  EXPECT_EQ(one(graph, column, "csvw:datatype"), "string");
  EXPECT_EQ(one(graph, column, "csvw:propertyUrl"), "http://purl.org/healthcarevocab/v1#Tag.0010.0040");
  EXPECT_NE(one(graph, column, "dct:description")
                .find("(0010,0040), value representation CS; present in 399 of 400"),
            std::string::npos);
}

TEST(Render, AnAttributeWithSeveralVrsIsOneColumnWithOneDatatype) {
  const std::string column = kDataset + "#variables-instances-00280010";
  const auto datatype = [&](std::vector<gateway::model::CountedAttribute> attributes) {
    auto view = sample::view();
    view.statistics.attributes = std::move(attributes);
    const Graph graph = dataset_graph(sample::context(), view);
    EXPECT_EQ(graph.subjects(expand("rdf:type"), iri(expand("csvw:Column"))).size(), 1u);
    const std::string description = one(graph, column, "dct:description");
    EXPECT_NE(description.find("present in 30 of 400"), std::string::npos) << description;
    return one(graph, column, "csvw:datatype");
  };
  const auto rows = [](const char* one, const char* other) {
    return std::vector<gateway::model::CountedAttribute>{{0x00280010, one, 10}, {0x00280010, other, 20}};
  };
  EXPECT_EQ(datatype(rows("SS", "US")), "integer");
  EXPECT_EQ(datatype(rows("US", "DS")), "decimal");
  EXPECT_EQ(datatype(rows("US", "FD")), "number");
  EXPECT_EQ(datatype(rows("US", "OW")), "string");
  EXPECT_EQ(datatype(rows("OB", "OW")), "base64Binary");
}

TEST(Render, WithoutKnownAttributesThereIsNoStructuredData) {
  auto view = sample::view();
  view.statistics.attributes.clear();
  const Graph graph = dataset_graph(sample::context(), view);
  EXPECT_EQ(one(graph, kDataset, "healthdcatap:hasStructuredData"), "false");
  EXPECT_TRUE(graph.objects(iri(kDataset), expand("healthdcatap:hasVariables")).empty());
}

TEST(Render, EveryNodeHasAnIri) {
  const Graph graph = dataset_graph(sample::context(), sample::view());
  for (const auto& triple : graph.triples()) {
    EXPECT_EQ(triple.subject.kind, Term::Kind::Iri);
    EXPECT_NE(triple.object.kind, Term::Kind::Blank);
  }
}

TEST(Render, UnreadableDatesAndAgesAreLeftOut) {
  auto view = sample::view();
  view.statistics.first_date = "1900XX01", view.statistics.last_date = "",
  view.statistics.min_age_years.reset();
  const Graph graph = dataset_graph(sample::context(), view);
  EXPECT_TRUE(graph.objects(iri(kDataset), expand("dct:temporal")).empty());
  EXPECT_TRUE(graph.objects(iri(kDataset), expand("healthdcatap:minTypicalAge")).empty());
}

TEST(Render, StatementsInSeveralLanguagesShareANode) {
  const auto view =
      sample::view(sample::changed("purposes = [\"Development of algorithms for cancer care.\"]",
                                   "purposes = { en = [\"A\", \"B\"], de = [\"X\", \"Y\"] }"));
  const Graph graph = dataset_graph(sample::context(), view);
  EXPECT_EQ(graph.objects(iri(kDataset), expand("dpv:hasPurpose")).size(), 2u);
  EXPECT_EQ(graph.objects(iri(kDataset + "#purpose-2"), expand("dct:description")).size(), 2u);
}

TEST(Render, RootCatalogueAndServiceLinkToEachOther) {
  const std::vector<DatasetView> views = {sample::view()};
  const std::string catalogue = "https://gateway.example/catalogue/catalog/imaging";
  EXPECT_EQ(
      one(root_graph(sample::context(), views), "https://gateway.example/catalogue/", "fdp:metadataCatalog"),
      catalogue);
  const Graph graph = catalogue_graph(sample::context(), views);
  EXPECT_EQ(one(graph, catalogue, "dcat:dataset"), kDataset);
  EXPECT_EQ(one(graph, catalogue + "#datasets", "ldp:contains"), kDataset);
  EXPECT_EQ(one(graph, catalogue, "dct:publisher"), catalogue + "#publisher");
  EXPECT_EQ(
      one(service_graph(sample::context(), views), service_iri(sample::context().base), "dcat:servesDataset"),
      kDataset);
}

TEST(Completeness, TheSampleLacksNothingMandatory) {
  for (const auto& entry : missing_properties(sample::context(), sample::view()))
    EXPECT_FALSE(entry.mandatory) << entry.property;
}

TEST(Completeness, IndividualsAreNotCountedWhenPatientIdsAreMissing) {
  auto view = sample::view();
  view.statistics.studies_without_patient_id = 3;
  const Graph graph = dataset_graph(sample::context(), view);
  EXPECT_TRUE(graph.objects(iri(kDataset), expand("healthdcatap:numberOfUniqueIndividuals")).empty());
  const auto missing = missing_properties(sample::context(), view);
  ASSERT_EQ(missing.size(), 1u);
  EXPECT_FALSE(missing[0].mandatory);
  EXPECT_EQ(missing[0].property, "healthdcatap:numberOfUniqueIndividuals");
  EXPECT_NE(missing[0].reason.find("3 of 24 studies have no Patient ID"), std::string::npos);
}

TEST(Completeness, AnAccessBodyIsNeverInvented) {
  const auto view = sample::view(sample::changed(
      "[hdab]\nname = \"Example Health Data Access Body\"\nurl = \"https://hdab.example/contact\"\n", ""));
  const auto missing = missing_properties(sample::context(), view);
  ASSERT_FALSE(missing.empty());
  EXPECT_EQ(missing[0].property, "healthdcatap:hdab");
  EXPECT_EQ(missing[0].key, "[hdab]");
  EXPECT_TRUE(missing[0].mandatory);
}

TEST(Completeness, DependsOnTheAccessLevel) {
  const auto without = [](const char* access) {
    auto view = sample::view(sample::changed("provenance = { en = \"Collected in routine care.\" }", ""));
    view.definition.access = std::string_view(access) == "PUBLIC" ? Access::Public : Access::NonPublic;
    const auto missing = missing_properties(sample::context(), view);
    return !missing.empty() && missing[0].mandatory;
  };
  EXPECT_TRUE(without("NON_PUBLIC"));
  EXPECT_FALSE(without("PUBLIC"));
}

TEST(Profile, NamesTheFileAndLineOfAFault) {
  EXPECT_FALSE(Profile::load("/nonexistent"));
  char folder[] = "/tmp/dcat-profile-XXXXXX";
  ASSERT_NE(mkdtemp(folder), nullptr);
  std::ofstream(std::string(folder) + "/profile.toml")
      << "[lists.x]\nfile = \"x.csv\"\nscheme = \"http://x/y\"\nclasses = [\"skos:Concept\"]\n";
  std::ofstream(std::string(folder) + "/x.csv") << "code,iri,label\nA,http://x/y/A,a\nB,http://x/z/B,b\n";
  const auto profile = Profile::load(folder);
  ASSERT_FALSE(profile);
  EXPECT_EQ(profile.error().where, "x.csv:3");
}

// With DCAT_OUT=FOLDER the documents are written there, for outside validators.
TEST(Render, WritesAllSyntaxes) {
  using gateway::codec::RdfFormat;
  const char* folder = std::getenv("DCAT_OUT");
  for (const auto& [format, name] :
       {std::pair{RdfFormat::Turtle, "ttl"}, std::pair{RdfFormat::JsonLd, "jsonld"},
        std::pair{RdfFormat::RdfXml, "rdf"}, std::pair{RdfFormat::NTriples, "nt"}}) {
    const auto text = render_dataset(sample::context(), sample::view(), format);
    ASSERT_TRUE(text) << text.error().text();
    if (folder) std::ofstream(std::string(folder) + "/dataset." + name) << *text;
    if (format != RdfFormat::Turtle && format != RdfFormat::NTriples) continue;
    const auto read = gateway::codec::parse_turtle(*text);
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(*read, dataset_graph(sample::context(), sample::view()));
  }
}

}  // namespace
}  // namespace mappers::dcat

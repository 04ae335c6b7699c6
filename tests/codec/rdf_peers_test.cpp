// What the gateway reads and writes as RDF, judged by outside parsers: see rdf_peers.mjs. They start a
// process for each file that rapper reads, which takes most of the time.
#include <gtest/gtest.h>

#include <random>

#include "gateway/base/bytes.h"
#include "gateway/base/json_text.h"
#include "gateway/codec/rdf_canonical.h"
#include "gateway/codec/rdf_dataset.h"
#include "tests/codec/rdf_cases.h"
#include "tests/support/process.h"

namespace gateway::codec {
namespace {

namespace fs = std::filesystem;

constexpr std::pair<RdfFormat, const char*> kFormats[] = {
    {RdfFormat::Turtle, "turtle"},     {RdfFormat::JsonLd, "jsonld"}, {RdfFormat::RdfXml, "rdfxml"},
    {RdfFormat::NTriples, "ntriples"}, {RdfFormat::TriG, "trig"},     {RdfFormat::NQuads, "nquads"}};

const char* name_of(RdfFormat format) {
  for (const auto& [known, name] : kFormats)
    if (known == format) return name;
  return "";
}

// Files and the statements that they must hold, for one run of the judges.
class Docket {
 public:
  void add(const std::string& name, const std::string& file, RdfFormat format, const std::string& base,
           const std::string& canonical, const Value& contexts = Value::map(), bool rapper = true) {
    Value item = Value::map();
    item.set("name", name).set("file", file).set("format", name_of(format)).set("base", base);
    item.set("expected", keep(canonical)).set("contexts", contexts).set("rapper", rapper);
    lines_ += to_json(item) + "\n";
  }
  std::string keep(const std::string& text) {
    const std::string path = folder_ / std::to_string(next_++);
    std::ofstream(path) << text;
    return path;
  }
  tests::Finished judge() {
    return tests::run("node " + tests::quoted(SOURCE_DIR "/tests/codec/rdf_peers.mjs") + " " +
                      tests::quoted(keep(lines_)));
  }

 private:
  testing::TempFolder folder_;
  std::string lines_;
  int next_ = 0;
};

void expect_agreement(Docket& docket) {
  if (tests::run("node --version").exit_code != 0) GTEST_SKIP() << "node is not installed";
  const auto done = docket.judge();
  if (done.exit_code == 77) GTEST_SKIP() << done.out;
  EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
  std::cout << done.out;
}

const Prefixes kPrefixes = {{"dct", "http://purl.org/dc/terms/"},
                            {"dcat", "http://www.w3.org/ns/dcat#"},
                            {"sh", "http://www.w3.org/ns/shacl#"},
                            {"xsd", "http://www.w3.org/2001/XMLSchema#"},
                            {"skos", "http://www.w3.org/2004/02/skos/core#"}};

// The document itself and what each writer makes of it.
void add_all_writings(Docket& docket, const std::string& name, const Dataset& dataset,
                      const std::string& canonical) {
  for (const auto& [format, unused] : kFormats) {
    const auto text = write_dataset(dataset, format, kPrefixes);
    if (!text) {
      EXPECT_EQ(text.error().code, ErrorCode::NotSupported) << name;
      continue;
    }
    docket.add("our writing of " + name, docket.keep(*text), format, tests::kCaseBase, canonical,
               Value::map(), format == RdfFormat::RdfXml);
  }
}

std::vector<fs::path> corpus_files() {
  std::vector<fs::path> files;
  for (const char* folder : {"healthdcat-ap", "eucaim/dcat"}) {
    const fs::path root = fs::path(SOURCE_DIR) / "../shared/corpus" / folder;
    if (!fs::exists(root)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root))
      if (format_of_name(entry.path().filename().string())) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

TEST(RdfPeers, EveryCorpusFileIsReadAndWrittenAsOutsideParsersReadIt) {
  const auto files = corpus_files();
  if (files.empty()) GTEST_SKIP() << "corpus is not here";
  const std::string folder =
      SOURCE_DIR "/../shared/corpus/healthdcat-ap/dcat-ap-3.0.1/examples/context.jsonld";
  const std::string address =
      "https://semiceu.github.io/uri.semic.eu-generated/DCAT-AP/releases/3.0.0/html/examples/context.jsonld";
  const Value context = *parse_json(*read_file(folder));
  const ContextSource shipped = [&](std::string_view url) { return url == address ? &context : nullptr; };
  Docket docket;
  std::vector<std::string> refused;
  int written = 0;
  for (const fs::path& file : files) {
    const RdfFormat format = *format_of_name(file.filename().string());
    const auto dataset = parse_dataset(*read_file(file), format, "http://base.example/", {}, shipped);
    if (!dataset) {
      refused.push_back(file.filename().string());
      continue;
    }
    const auto canonical = canonical_nquads(quads_of(*dataset));
    ASSERT_TRUE(canonical) << file << canonical.error().text();
    docket.add(file.filename().string(), file.string(), format, "http://base.example/", *canonical,
               Value::map().set(address, folder));
    if (written++ % 8 == 0) add_all_writings(docket, file.filename().string(), *dataset, *canonical);
  }
  // These are faulty: rapper and n3 (jsonld for the context) refuse them too.
  EXPECT_EQ(refused, (std::vector<std::string>{
                         "context.jsonld", "example-bee-population-dataset-series-api.ttl",
                         "example-bee-population-dataset-series-combined.ttl", "de_RKI_infektionen.ttl"}));
  expect_agreement(docket);
}

TEST(RdfPeers, TheCasesOfTheLanguagesAreReadAlike) {
  Docket docket;
  const Value contexts = Value::map().set("http://ctx.example/shipped", docket.keep(tests::kShippedContext));
  for (const tests::RdfCase& item : tests::all_rdf_cases()) {
    if (!item.accept) continue;
    const auto dataset = parse_dataset(item.document, item.format, tests::kCaseBase, {}, tests::case_context);
    ASSERT_TRUE(dataset) << item.name;
    docket.add(item.name, docket.keep(item.document), item.format, tests::kCaseBase,
               *canonical_nquads(quads_of(*dataset)), contexts, item.format == RdfFormat::RdfXml);
    add_all_writings(docket, item.name, *dataset, *canonical_nquads(quads_of(*dataset)));
  }
  expect_agreement(docket);
}

// Few names and many blank nodes that look alike: rings, stars, and doubles of the same pattern.
TEST(RdfPeers, LookAlikeBlankNodesGetTheNamesThatRdfCanonizeGivesThem) {
  std::mt19937 random(20260101);
  const auto below = [&random](unsigned bound) { return static_cast<unsigned>(random() % bound); };
  Docket docket;
  for (int round = 0; round < 150; ++round) {
    Dataset dataset;
    const unsigned nodes = 2 + below(6), copies = 1 + below(2), predicates = 1 + below(2);
    for (unsigned edge = nodes + below(nodes); edge > 0; --edge) {
      const unsigned from = below(nodes), to = below(nodes), graph = below(4), predicate = below(predicates);
      for (unsigned copy = 0; copy < copies; ++copy) {
        const auto node = [copy](unsigned i) {
          return blank("n" + std::to_string(copy) + "x" + std::to_string(i));
        };
        Quad quad{{node(from), iri("http://v.example/p" + std::to_string(predicate)), node(to)},
                  std::nullopt};
        if (graph == 1) quad.graph = iri("http://v.example/g");
        if (graph == 2) quad.graph = node(below(nodes));
        dataset.add(std::move(quad));
      }
    }
    const auto canonical = canonical_nquads(quads_of(dataset));
    ASSERT_TRUE(canonical) << canonical.error().text();
    docket.add("graph " + std::to_string(round), docket.keep(write_nquads(dataset)), RdfFormat::NQuads,
               tests::kCaseBase, *canonical, Value::map(), false);
  }
  expect_agreement(docket);
}

}  // namespace
}  // namespace gateway::codec

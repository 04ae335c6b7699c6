// Harvesters at work: the walk over the FAIR Data Point, the paged feed, the event stream, search.
#include <set>

#include "gateway/catalogue/feed.h"
#include "gateway/codec/json.h"
#include "gateway/codec/rdf_canonical.h"
#include "gateway/codec/rdf_dataset.h"
#include "gateway/codec/rdf_read.h"
#include "mappers/dcat/vocabulary.h"
#include "tests/catalogue/fixture.h"

namespace gateway::catalogue {
namespace {

using codec::Graph;
using codec::iri;
using mappers::dcat::expand;

constexpr const char* kHydra = "http://www.w3.org/ns/hydra/core#";
constexpr const char* kActivity = "https://www.w3.org/ns/activitystreams#";
constexpr const char* kTree = "https://w3id.org/tree#";

class Harvest : public CatalogueFixture {
 protected:
  void publish_many(int count, int from = 0) {
    for (int i = from; i < from + count; ++i) {
      char id[16];
      std::snprintf(id, sizeof id, "d%04d", i);
      publish(id);
    }
  }
  void publish(const std::string& id, const std::string& title = "Breast screening mammography") {
    std::string text = sample::changed("id = \"breast-mammography\"", "id = \"" + id + "\"");
    text.replace(text.find("Breast screening mammography"), 28, title);
    ASSERT_TRUE(service.define(text, id));
    ASSERT_TRUE(service.publish(id));
  }
  Graph graph_of(const http::Response& response, const std::string& base) {
    auto graph = codec::parse_turtle(body_of(response), base);
    EXPECT_TRUE(graph.ok()) << base << ": " << (graph ? "" : graph.error().text());
    return graph ? *graph : Graph();
  }
  std::string path_of(const std::string& url) {
    EXPECT_TRUE(url.starts_with(base_url + "/")) << url;
    return url.substr(base_url.size());
  }
  // All pages by their links, as ckanext-dcat does it; the datasets in the order in which they came.
  std::vector<std::string> walk_feed(std::string path, const std::function<void(int)>& between = {}) {
    std::vector<std::string> found;
    for (int page = 1; !path.empty() && page < 50; ++page) {
      const auto response = get(path);
      EXPECT_EQ(response.status, 200) << path;
      if (response.status != 200) return found;
      const Graph graph = graph_of(response, base_url + path);
      for (const auto& dataset : graph.subjects(expand("rdf:type"), iri(expand("dcat:Dataset"))))
        found.push_back(dataset.text);
      path.clear();
      for (const auto& view :
           graph.subjects(expand("rdf:type"), iri(std::string(kHydra) + "PagedCollection")))
        for (const auto& next : graph.objects(view, std::string(kHydra) + "next")) path = path_of(next.text);
      if (between) between(page);
    }
    return found;
  }
};

// gdi-userportal's harvester: Turtle only, every address is the subject of its own document.
TEST_F(Harvest, TheWalkFindsEveryResourceUnderItsOwnAddressBehindAProxy) {
  base_url = "https://data.example:8443";
  publish_many(3);
  std::set<std::string> seen;
  std::vector<std::string> queue = {base_url + "/catalogue/"};
  int datasets = 0, distributions = 0;
  while (!queue.empty()) {
    const std::string url = queue.back();
    queue.pop_back();
    if (!seen.insert(url).second) continue;
    const auto response = get(path_of(url));
    ASSERT_EQ(response.status, 200) << url;
    const Graph graph = graph_of(response, url);
    const auto types = graph.objects(iri(url), expand("rdf:type"));
    EXPECT_FALSE(types.empty()) << url;
    for (const auto& type : types) {
      datasets += type.text == expand("dcat:Dataset") ? 1 : 0;
      distributions += type.text == expand("dcat:Distribution") ? 1 : 0;
    }
    for (const auto& triple : graph.triples()) {
      const bool leads = triple.predicate.text == expand("ldp:contains") ||
                         triple.predicate.text == expand("dcat:distribution") ||
                         triple.predicate.text == expand("fdp:metadataCatalog");
      if (!leads) continue;
      ASSERT_EQ(triple.object.kind, codec::Term::Kind::Iri);
      queue.push_back(triple.object.text);
    }
  }
  EXPECT_EQ(datasets, 3);
  EXPECT_EQ(distributions, 6);
}

TEST_F(Harvest, EveryLayerHasShapesAnExpansionAndItsState) {
  publish_many(2);
  for (const char* path : {"/catalogue", "/catalogue/catalog/imaging", "/catalogue/dataset/d0000",
                           "/catalogue/distribution/d0000-1", "/catalogue/service/dicomweb"}) {
    const std::string base = path;
    const Graph spec = graph_of(get(base + "/spec"), base_url + base + "/spec");
    EXPECT_FALSE(spec.subjects(expand("rdf:type"), iri("http://www.w3.org/ns/shacl#NodeShape")).empty())
        << path;
    EXPECT_EQ(get(base + "/expanded").status, 200) << path;
    const auto meta = codec::parse_json(body_of(get(base + "/meta", "application/json")));
    ASSERT_TRUE(meta.ok()) << path;
    EXPECT_EQ(meta->find("state")->text("current"), "PUBLISHED") << path;
    EXPECT_EQ(get(base + "/spec", "text/html").status, 406) << path;
  }
  const Graph expanded = graph_of(get("/catalogue/catalog/imaging/expanded"), base_url);
  EXPECT_EQ(expanded.subjects(expand("rdf:type"), iri(expand("dcat:Dataset"))).size(), 2u);
  EXPECT_EQ(get("/catalogue/profile/healthdcat-ap-r8").status, 200);
  EXPECT_EQ(get("/catalogue/profile/other").status, 404);
}

TEST_F(Harvest, ChildrenComeInPagesWithLinks) {
  publish_many(25);
  const auto links = [](const http::Response& response) {
    std::string all = response.headers.joined("Link");
    return all;
  };
  const auto first = get("/catalogue/catalog/imaging/page/dataset");
  EXPECT_EQ(graph_of(first, base_url)
                .objects(iri(base_url + "/catalogue/catalog/imaging/page/dataset"), expand("ldp:contains"))
                .size(),
            10u);
  EXPECT_NE(links(first).find("page=1&size=10>; rel=\"next\""), std::string::npos);
  EXPECT_NE(links(first).find("page=2&size=10>; rel=\"last\""), std::string::npos);
  EXPECT_EQ(links(first).find("rel=\"prev\""), std::string::npos);
  const auto last = get("/catalogue/catalog/imaging/page/dataset?page=2&size=10");
  EXPECT_EQ(links(last).find("rel=\"next\""), std::string::npos);
  EXPECT_NE(links(last).find("rel=\"prev\""), std::string::npos);
  EXPECT_EQ(get("/catalogue/catalog/imaging/page/dataset?page=3").status, 404);
  EXPECT_EQ(get("/catalogue/catalog/imaging/page/dataset?size=0").status, 400);
  EXPECT_EQ(get("/catalogue/dataset/d0001/page/distribution").status, 200);
  EXPECT_EQ(get("/catalogue/page/catalog").status, 200);
}

TEST_F(Harvest, SuffixesNameTheSyntaxAndASlashTooManyIsMended) {
  publish_many(1);
  EXPECT_EQ(get("/catalogue/dataset/d0000.jsonld", "").headers.get("Content-Type"), "application/ld+json");
  EXPECT_EQ(get("/catalogue/dataset/d0000.trig", "text/html").headers.get("Content-Type"),
            "application/trig");
  EXPECT_EQ(get("/catalogue/dataset/d0000.doc").status, 404);
  const auto moved = get("/catalogue/dataset/d0000/");
  EXPECT_EQ(moved.status, 308);
  EXPECT_EQ(moved.headers.get("Location"), base_url + "/catalogue/dataset/d0000");
}

TEST_F(Harvest, AnUnchangedDocumentIsNotSentAgainAlsoByTime) {
  publish_many(1);
  const auto first = get("/catalogue/dataset/d0000");
  http::Request request;
  request.headers.add("Accept", "text/turtle");
  request.headers.add("If-Modified-Since", first.headers.get("Last-Modified"));
  EXPECT_EQ(send(request, "/catalogue/dataset/d0000").status, 304);
  http::Request earlier;
  earlier.headers.add("Accept", "text/turtle");
  earlier.headers.add("If-Modified-Since", "Sun, 22 Nov 2020 18:08:56 GMT");
  EXPECT_EQ(send(earlier, "/catalogue/dataset/d0000").status, 200);
}

TEST_F(Harvest, TheFeedGivesEveryDatasetOnceInPagesOfAHundred) {
  publish_many(230);
  const auto found = walk_feed("/catalogue/feed");
  EXPECT_EQ(found.size(), 230u);
  EXPECT_EQ(std::set<std::string>(found.begin(), found.end()).size(), 230u);
  const Graph page = graph_of(get("/catalogue/feed"), base_url + "/catalogue/feed");
  const auto views = page.subjects(expand("rdf:type"), iri(std::string(kHydra) + "PartialCollectionView"));
  ASSERT_EQ(views.size(), 1u);
  EXPECT_EQ(page.objects(views[0], std::string(kHydra) + "totalItems")[0].text, "230");
  EXPECT_NE(page.objects(views[0], std::string(kHydra) + "last")[0].text.find("page=3"), std::string::npos);
  EXPECT_EQ(get("/catalogue/feed?page=4").status, 404);
  EXPECT_EQ(get("/catalogue/feed?page=0").status, 400);
  EXPECT_EQ(get("/catalogue/feed?page=x").status, 400);
  EXPECT_EQ(get("/catalogue/feed?snapshot=999999").status, 400);
}

TEST_F(Harvest, AWalkSeesOneSnapshotWhileOthersPublishAndWithdraw) {
  publish_many(150);
  const auto found = walk_feed("/catalogue/feed", [&](int page) {
    if (page != 1) return;
    publish("a-new-one");  // sorts before all others: it would push one over the edge
    ASSERT_TRUE(service.withdraw("d0140"));
  });
  EXPECT_EQ(found.size(), 149u) << "all but the withdrawn one, and not the new one";
  EXPECT_EQ(std::set<std::string>(found.begin(), found.end()).size(), 149u);
  EXPECT_EQ(walk_feed("/catalogue/feed").size(), 150u);
}

TEST_F(Harvest, AStoreThatFailsInMidPageIsAnErrorAndNotAShortList) {
  publish_many(120);
  ASSERT_EQ(get("/catalogue/feed?page=1").status, 200);
  store.figures_fail_after = 3;
  ++index.current;  // all figures are old now
  clock.advance_us(5'000'000);
  const auto failed = get("/catalogue/feed?page=2");
  EXPECT_EQ(failed.status, 500);
  EXPECT_EQ(body_of(failed).find("dcat"), std::string::npos);
  store.figures_fail_after = -1;
  EXPECT_EQ(get("/catalogue/feed?page=2").status, 200);
  store.broken = true;
  for (const char* path : {"/catalogue/feed?page=2", "/catalogue/ldes", "/catalogue/search",
                           "/catalogue/sitemap.xml", "/catalogue/catalog/imaging/page/dataset"})
    EXPECT_EQ(get(path, "").status, 500) << path;
}

TEST_F(Harvest, TheFeedIsTheSameInEverySyntax) {
  publish_many(3);
  const std::string snapshot = std::to_string(*store.revision());
  std::string first;
  for (const char* form : {"ttl", "jsonld", "rdf", "nt", "trig"}) {
    const std::string path = "/catalogue/feed." + std::string(form) + "?snapshot=" + snapshot;
    const auto response = get(path, "");
    ASSERT_EQ(response.status, 200) << form;
    const auto format = codec::format_of_media_type(response.headers.get("Content-Type"));
    ASSERT_TRUE(format) << form;
    const auto read = codec::parse_dataset(body_of(response), *format, base_url + path);
    ASSERT_TRUE(read.ok()) << form << read.error().text();
    EXPECT_TRUE(read->named.empty()) << form;
    Graph datasets;  // the pages are named after their form
    for (const auto& triple : read->main.triples())
      if (triple.subject.text.find("/feed.") == std::string::npos &&
          triple.object.text.find("/feed.") == std::string::npos)
        datasets.add(triple.subject, triple.predicate.text, triple.object);
    const std::string canonical = *codec::canonical_nquads(datasets);
    if (first.empty()) first = canonical;
    EXPECT_EQ(canonical, first) << form;
  }
}

TEST_F(Harvest, TheFeedCanBeNarrowedByTimeAndWords) {
  publish_many(5);
  store.now_us += 1'000'000'000;
  publish("late", "Lung tomography");
  const std::string since = iso8601(store.now_us);
  EXPECT_EQ(walk_feed("/catalogue/feed?modified_since=" + since).size(), 1u);
  EXPECT_EQ(walk_feed("/catalogue/feed?modified_since=2001-01-01").size(), 6u);
  ++index.current;
  clock.advance_us(2'000'000);
  store.figures.newest_us = store.now_us + 2'000'000;
  EXPECT_EQ(walk_feed("/catalogue/feed?modified_since=" + since).size(), 6u) << "their images changed";
  EXPECT_EQ(walk_feed("/catalogue/feed?q=lung").size(), 1u);
  EXPECT_EQ(walk_feed("/catalogue/feed?q=nowhere").size(), 0u);
  EXPECT_EQ(get("/catalogue/feed?modified_since=yesterday").status, 400);
}

TEST_F(Harvest, TheEventStreamSaysWhatWasMadeChangedAndWithdrawn) {
  publish("made");
  store.now_us += 1'000'000;
  publish("changed"), publish("gone");
  store.now_us += 1'000'000;
  ASSERT_TRUE(service.define(sample::changed("id = \"breast-mammography\"",
                                             "id = \"changed\"\nlanding_page = \"http://x.example/\""),
                             "x"));
  ASSERT_TRUE(service.withdraw("gone"));
  std::string before;
  for (const auto& [accept, format] : {std::pair{"application/trig", codec::RdfFormat::TriG},
                                       std::pair{"application/ld+json", codec::RdfFormat::JsonLd}}) {
    const auto response = get("/catalogue/ldes", accept);
    ASSERT_EQ(response.headers.get("Content-Type"), accept);
    const auto dataset = codec::parse_dataset(body_of(response), format, base_url + "/catalogue/ldes");
    ASSERT_TRUE(dataset.ok()) << dataset.error().text();
    const auto members =
        dataset->main.objects(iri(base_url + "/catalogue/ldes#stream"), std::string(kTree) + "member");
    ASSERT_EQ(members.size(), 3u);
    for (const auto& member : members) {
      const auto object = dataset->main.objects(member, std::string(kActivity) + "object");
      ASSERT_EQ(object.size(), 1u);
      const std::string type = dataset->main.objects(member, expand("rdf:type"))[0].text;
      const bool gone = object[0].text.ends_with("/gone");
      EXPECT_EQ(type, kActivity + std::string(gone                                   ? "Delete"
                                              : object[0].text.ends_with("/changed") ? "Update"
                                                                                     : "Create"));
      EXPECT_EQ(dataset->named.contains(member), !gone) << "a delete has no content";
      if (gone) continue;
      EXPECT_FALSE(dataset->named.at(member).objects(object[0], expand("dct:title")).empty());
    }
    const auto quads = codec::quads_of(*dataset);
    const std::string canonical = *codec::canonical_nquads(quads);
    if (!before.empty()) {
      EXPECT_EQ(canonical, before);
    }
    before = canonical;
  }
  EXPECT_EQ(get("/catalogue/ldes?page=2", "").status, 404);
  EXPECT_EQ(get("/catalogue/ldes", "text/turtle").status, 406);
}

TEST_F(Harvest, ActivitiesKeepTheirNamesUntilTheContentChanges) {
  publish("a");
  const auto name = [&] {
    const auto dataset =
        codec::parse_dataset(body_of(get("/catalogue/ldes", "")), codec::RdfFormat::TriG, base_url);
    EXPECT_TRUE(dataset.ok());
    return dataset->named.begin()->first.text;
  };
  const std::string before = name();
  EXPECT_EQ(name(), before);
  store.figures.studies += 10;
  ++index.current;
  clock.advance_us(3'000'000);
  EXPECT_NE(name(), before);
}

TEST_F(Harvest, SearchFindsByWordAndFacet) {
  publish("breast");
  publish("lung", "Lung tomography");
  const auto found = [&](const std::string& query) {
    const auto answer = codec::parse_json(body_of(get("/catalogue/search" + query, "application/json")));
    EXPECT_TRUE(answer.ok());
    return answer ? *answer : Value();
  };
  EXPECT_EQ(found("").find("totalResults")->as_int()[0], 2);
  EXPECT_EQ(found("?q=lung").find("items")->as_list()->at(0).text("id"), "lung");
  EXPECT_EQ(found("?q=tomo").find("totalResults")->as_int()[0], 1) << "the beginning of a word";
  EXPECT_EQ(found("?q=lung+nowhere").find("totalResults")->as_int()[0], 0) << "all words have to occur";
  EXPECT_EQ(found("?modality=MG").find("totalResults")->as_int()[0], 2);
  EXPECT_EQ(found("?modality=CT").find("totalResults")->as_int()[0], 0);
  EXPECT_EQ(found("?modality=CT&modality=MG").find("totalResults")->as_int()[0], 2);
  EXPECT_EQ(found("?q=lung&modality=MG&access=PUBLIC").find("totalResults")->as_int()[0], 0);
  EXPECT_EQ(found("?count=1&start=1").find("items")->as_list()->size(), 1u);
  EXPECT_EQ(found("?q=lung").find("facets")->find("modality")->as_list()->at(0).text("value"), "MG");
  EXPECT_EQ(get("/catalogue/search?count=1000", "application/json").status, 400);
}

TEST_F(Harvest, SearchEnginesFindTheirWay) {
  publish("breast");
  EXPECT_NE(body_of(get("/catalogue/sitemap.xml", "")).find("/catalogue/dataset/breast</loc>"),
            std::string::npos);
  EXPECT_NE(body_of(get("/robots.txt", "")).find("Sitemap: " + base_url), std::string::npos);
  EXPECT_NE(body_of(get("/catalogue/opensearch.xml", "")).find("{searchTerms}"), std::string::npos);
  const std::string page = body_of(get("/catalogue/dataset/breast", "text/html"));
  const auto from = page.find("application/ld+json\">{");
  ASSERT_NE(from, std::string::npos);
  const std::string data = page.substr(from + 21, page.find("</script>") - from - 21);
  const auto schema = codec::parse_json(data);
  ASSERT_TRUE(schema.ok()) << data;
  EXPECT_EQ(schema->text("@type"), "Dataset");
  EXPECT_EQ(schema->text("url"), base_url + "/catalogue/dataset/breast");
}

TEST(Moment, ReadsDatesAndMoments) {
  EXPECT_EQ(moment_of("1970-01-02"), 86'400'000'000);
  EXPECT_EQ(moment_of("1970-01-01T01:00:00+01:00"), 0);
  EXPECT_EQ(moment_of("1970-01-01T01:00:00 01:00"), 0) << "as a form may have decoded it";
  EXPECT_EQ(moment_of("1970-01-01T00:00:01.999Z"), 1'000'000);
  EXPECT_EQ(moment_of("1970-01-01T00:00:01"), 1'000'000);
  for (const char* bad : {"", "x", "1970-13-01", "1970-01-01T", "1970-01-01T00:00:00+1", "1970-01-01Z"})
    EXPECT_EQ(moment_of(bad), std::nullopt) << bad;
}

}  // namespace
}  // namespace gateway::catalogue

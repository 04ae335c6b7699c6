#include "gateway/catalogue/crawl.h"

#include <algorithm>
#include <deque>
#include <map>
#include <set>

#include "gateway/base/text.h"
#include "gateway/catalogue/crawl_links.h"
#include "gateway/codec/rdf_read.h"
#include "gateway/http/client.h"
#include "gateway/shacl/validate.h"
#include "mappers/dcat/vocabulary.h"

namespace gateway::catalogue {
namespace {

using codec::Graph;
using codec::iri;
using mappers::dcat::expand;

constexpr const char* kAccept =
    "text/turtle, application/ld+json;q=0.8, application/rdf+xml;q=0.7, application/n-triples;q=0.6, "
    "application/trig;q=0.5";
constexpr unsigned kMaxRedirects = 5;
constexpr std::size_t kMaxShapeRows = 20;  // of one dataset

struct Visit {
  std::string address, kind;
  unsigned depth = 0;
};

class Crawler {
 public:
  Crawler(const std::string& start, const Fetch& fetch, const shacl::Library* shapes,
          const CrawlOptions& options, const Clock& clock)
      : fetch_(fetch), shapes_(shapes), options_(options), clock_(clock), origin_(origin_of(start)) {
    report_.start = start;
    report_.profile = shapes ? options.profile : "";
    deadline_us_ = clock.steady_us() + options.limits.max_us;
  }

  Result<CrawlReport> run() {
    enqueue({report_.start, "root", 0});
    while (!queue_.empty() && within_limits()) {
      const Visit visit = queue_.front();
      queue_.pop_front();
      look_at(visit);
    }
    if (graphs_.empty() && report_.findings.empty())
      return fail(ErrorCode::BadGateway, "nothing could be read", report_.start);
    validate_datasets();
    if (report_.datasets == 0)
      note(FindingLevel::Error, report_.start, "not-rooted", "no dataset can be reached from here");
    return std::move(report_);
  }

 private:
  void note(FindingLevel level, const std::string& address, const char* rule, std::string message) {
    if (report_.findings.size() >= options_.limits.max_findings) {
      ++report_.dropped_findings;
      return;
    }
    report_.findings.push_back({level, address, rule, std::move(message)});
  }

  bool within_limits() {
    const char* reached = nullptr;
    if (report_.documents.size() >= options_.limits.max_documents) reached = "documents";
    if (bytes_ >= options_.limits.max_bytes) reached = "bytes";
    if (clock_.steady_us() >= deadline_us_) reached = "time";
    if (!reached) return true;
    report_.complete = false;
    note(FindingLevel::Warning, report_.start, "limit",
         "the limit of " + std::string(reached) + " was reached; " + std::to_string(queue_.size()) +
             " known addresses were not visited");
    return false;
  }

  void enqueue(Visit visit) {
    if (const auto fragment = visit.address.find('#'); fragment != std::string::npos)
      visit.address.resize(fragment);
    if (origin_of(visit.address) != origin_) {
      if (foreign_.insert(visit.address).second)
        note(FindingLevel::Note, visit.address, "other-origin", "of another origin: not visited");
      return;
    }
    if (visit.depth > options_.limits.max_depth) {
      report_.complete = false;
      note(FindingLevel::Warning, visit.address, "limit", "too many links away from the start");
      return;
    }
    if (seen_.insert(visit.address).second) queue_.push_back(std::move(visit));
  }

  // Follows redirects by itself, so that circles and other origins are seen. Nothing: it has been noted.
  std::optional<Fetched> get(const Visit& visit, std::string& address) {
    std::set<std::string> passed;
    for (unsigned hops = 0; hops <= kMaxRedirects; ++hops) {
      if (!passed.insert(address).second) break;
      auto fetched = fetch_(address, kAccept);
      if (!fetched) {
        note(FindingLevel::Error, visit.address, "fetch", fetched.error().text());
        return std::nullopt;
      }
      bytes_ += fetched->body.size();
      if (fetched->status < 300 || fetched->status >= 400) return std::move(*fetched);
      const std::string target = resolve(address, fetched->headers.get("Location"));
      note(FindingLevel::Warning, address, "redirect",
           "answers " + std::to_string(fetched->status) + " and leads to " + target +
               ": the subject of a document should be its address");
      if (origin_of(target) != origin_) {
        note(FindingLevel::Error, address, "other-origin", "leads to another origin: not followed");
        return std::nullopt;
      }
      address = target;
    }
    note(FindingLevel::Error, visit.address, "loop", "redirects in a circle, or too often");
    return std::nullopt;
  }

  void look_at(const Visit& visit) {
    std::string address = visit.address;
    const auto fetched = get(visit, address);
    CrawledDocument document{visit.address, visit.kind, 0, 0, 0, visit.depth};
    if (fetched) {
      document.status = fetched->status;
      document.bytes = fetched->body.size();
      if (const auto graph = read(address, *fetched)) {
        document.triples = graph->size();
        document.kind = kind_of(*graph, address, visit.kind);
        judge(address, document.kind, *graph);
        follow(visit, *graph);
        graphs_.emplace_back(address, std::move(*graph));
      }
    }
    report_.documents.push_back(std::move(document));
  }

  std::optional<Graph> read(const std::string& address, const Fetched& fetched) {
    if (fetched.status != 200) {
      note(FindingLevel::Error, address, "http-status",
           "answers " + std::to_string(fetched.status) + " instead of 200");
      return std::nullopt;
    }
    const std::string type(fetched.headers.get("Content-Type"));
    auto format = codec::format_of_media_type(type);
    if (!format) {
      format = codec::guess_format(fetched.body);
      note(FindingLevel::Error, address, "content-type",
           "'" + type + "' is no RDF" + (format ? ", though the content looks like it" : ""));
      if (!format) return std::nullopt;
    }
    codec::RdfLimits limits;
    limits.max_bytes = static_cast<std::size_t>(options_.limits.max_document_bytes);
    auto graph = codec::parse_rdf(fetched.body, *format, address, limits, options_.contexts);
    if (graph) return std::move(*graph);
    note(FindingLevel::Error, address, "rdf", graph.error().text());
    return std::nullopt;
  }

  void judge(const std::string& address, const std::string& kind, const Graph& graph) {
    const bool listing = kind == "feed" || kind == "other";
    if (!listing && graph.objects(iri(address), expand("rdf:type")).empty())
      note(FindingLevel::Error, address, "own-subject",
           "does not describe its own address: harvesters find nothing here");
    for (const auto& triple : graph.triples()) {
      if (triple.predicate.text == expand("dcat:distribution") &&
          triple.object.kind == codec::Term::Kind::Blank)
        note(FindingLevel::Error, address, "blank-distribution",
             "a distribution is a blank node: harvesters cannot follow it");
    }
  }

  void follow(const Visit& visit, const Graph& graph) {
    const auto next = links_of(graph);
    for (const Link& link : next) enqueue({link.address, link.kind, visit.depth + 1});
    for (const std::string& page : next_pages(graph)) {
      if (seen_.contains(page)) {
        if (page == visit.address)
          note(FindingLevel::Error, page, "paging", "the next page of this page is itself");
        continue;
      }
      enqueue({page, "feed", visit.depth});  // pages of one list are equally far away
    }
  }

  // All that was read is one graph: distributions and agents of a dataset may stand elsewhere.
  void validate_datasets() {
    Graph all;
    std::map<std::string, std::vector<const Graph*>> described;  // dataset: the graphs that say so
    std::map<std::string, const Graph*> by_address;
    for (const auto& [address, graph] : graphs_) {
      by_address.emplace(address, &graph);
      for (const auto& dataset : graph.subjects(expand("rdf:type"), iri(expand("dcat:Dataset"))))
        if (!graph.objects(dataset, expand("dct:title")).empty()) described[dataset.text].push_back(&graph);
    }
    report_.datasets = described.size();
    for (const auto& [dataset, graphs] : described) validate(dataset, graphs, by_address);
  }

  void validate(const std::string& dataset, const std::vector<const Graph*>& graphs,
                const std::map<std::string, const Graph*>& by_address) {
    if (!shapes_ || options_.profile.empty()) return;
    Graph merged = around(codec::iri(dataset), graphs);
    for (const auto& distribution : merged.objects(iri(dataset), expand("dcat:distribution")))
      if (const auto at = by_address.find(distribution.text); at != by_address.end()) merged.add(*at->second);
    const auto report = shacl::validate_document(codec::write_ntriples(merged), codec::RdfFormat::NTriples,
                                                 *shapes_, options_.profile);
    if (!report) {
      note(FindingLevel::Error, dataset, "shacl", report.error().text());
      return;
    }
    std::size_t rows = 0;
    for (const shacl::Row& row : report->rows) {
      const bool violation = row.severity == shacl::Severity::Violation;
      if (++rows <= kMaxShapeRows || violation)
        note(violation ? FindingLevel::Error : FindingLevel::Warning, dataset, "shacl", shacl::to_text(row));
    }
    if (report->valid()) ++report_.valid_datasets;
  }

  const Fetch& fetch_;
  const shacl::Library* shapes_;
  const CrawlOptions& options_;
  const Clock& clock_;
  const std::string origin_;
  CrawlReport report_;
  std::int64_t deadline_us_ = 0;
  std::uint64_t bytes_ = 0;
  std::deque<Visit> queue_;
  std::set<std::string> seen_, foreign_;
  std::vector<std::pair<std::string, Graph>> graphs_;
};

}  // namespace

std::size_t CrawlReport::count(FindingLevel level) const {
  return static_cast<std::size_t>(std::count_if(findings.begin(), findings.end(),
                                                [&](const auto& finding) { return finding.level == level; }));
}

Result<CrawlReport> crawl(const std::string& start, const Fetch& fetch, const shacl::Library* shapes,
                          const CrawlOptions& options, const Clock& clock) {
  if (origin_of(start).empty() || !codec::is_absolute_iri(start))
    return fail(ErrorCode::InvalidParameter, "must be an http or https address", start);
  return Crawler(start, fetch, shapes, options, clock).run();
}

Result<Fetch> http_fetch(const std::string& start, const CrawlLimits& limits) {
  http::ClientOptions options;
  options.name = "the catalogue";
  options.base_url = origin_of(start);
  options.total_ms = 100'000;
  options.max_answer_bytes = limits.max_document_bytes;
  std::shared_ptr<http::HttpClient> client = TRY(http::HttpClient::make(std::move(options)));
  return Fetch([client](const std::string& address, const std::string& accept) -> Result<Fetched> {
    http::ClientRequest request;
    request.target = address.substr(client->options().base_url.size());
    if (request.target.empty()) request.target = "/";
    request.headers = {{"Accept", accept}};
    const auto answer = TRY(client->send(request));
    Fetched fetched{answer.status, answer.headers, {}};
    fetched.body.resize(static_cast<std::size_t>(answer.body->size()));
    const auto got = TRY(answer.body->read_at(0, std::as_writable_bytes(std::span(fetched.body))));
    fetched.body.resize(got);
    return fetched;
  });
}

}  // namespace gateway::catalogue

// The crawler: walks any FAIR Data Point, or a DCAT feed with Hydra pages (ckanext-dcat), and tells what is
// wrong with it.
//
// Breadth first over LDP containers and DCAT links of the origin it was given; bounded in documents, bytes,
// time and depth, and what the bounds cut off is a finding, too. Addresses that were seen are not asked
// again, so circles end. Errors: InvalidParameter for an address that is none, BadGateway when nothing at all
// could be read. One thread; refers to what it is given.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/base/result.h"
#include "gateway/base/value.h"
#include "gateway/http/message.h"
#include "gateway/shacl/library.h"

namespace gateway::catalogue {

struct CrawlLimits {
  std::size_t max_documents = 5'000;
  std::uint64_t max_document_bytes = 50u << 20;
  std::uint64_t max_bytes = 1u << 30;
  unsigned max_depth = 12;  // links from the root
  std::int64_t max_us = 1'800'000'000;
  std::size_t max_findings = 10'000;
};

enum class FindingLevel : std::uint8_t { Error, Warning, Note };
struct CrawlFinding {
  FindingLevel level = FindingLevel::Error;
  std::string address;
  std::string rule;  // "http-status", "content-type", "rdf", "own-subject", "blank-distribution", "redirect",
                     // "loop", "shacl", "limit", "fetch", "other-origin", "paging", "not-rooted"
  std::string message;
};

struct CrawledDocument {
  std::string address;
  std::string kind;  // "root", "catalog", "dataset", "distribution", "service", "feed", "other"
  int status = 0;
  std::uint64_t bytes = 0;
  std::size_t triples = 0;
  unsigned depth = 0;
};

struct CrawlReport {
  std::string start, profile;
  std::vector<CrawledDocument> documents;
  std::vector<CrawlFinding> findings;
  std::size_t datasets = 0, valid_datasets = 0;
  std::size_t dropped_findings = 0;
  bool complete = true;  // no limit cut it short
  std::size_t count(FindingLevel level) const;
};

// One exchange: GET of an absolute address with `accept`, redirects not followed.
struct Fetched {
  int status = 0;
  http::Headers headers;
  std::string body;
};
using Fetch = std::function<Result<Fetched>(const std::string& address, const std::string& accept)>;
// Over HTTP, to the origin of `start` only. Error: ConfigInvalid.
Result<Fetch> http_fetch(const std::string& start, const CrawlLimits& limits);

struct CrawlOptions {
  std::string profile = "healthdcat-ap-r8";  // release, or release:level; empty: nothing is validated
  CrawlLimits limits;
  codec::ContextSource contexts = {};  // that JSON-LD documents may name
};

// `shapes` may be null: then nothing is validated.
Result<CrawlReport> crawl(const std::string& start, const Fetch& fetch, const shacl::Library* shapes,
                          const CrawlOptions& options = {}, const Clock& clock = Clock::system());

Value to_value(const CrawlReport& report);
std::string crawl_page(const CrawlReport& report);  // HTML, complete by itself
std::string to_text(const CrawlReport& report);

}  // namespace gateway::catalogue

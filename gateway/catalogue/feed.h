// The DCAT feed: all published datasets, whole, in pages (W3C Hydra core vocabulary, as ckanext-dcat reads
// and writes it).
//
// A harvester deletes what it does not find, so a walk over the pages sees one snapshot: the first page names
// the revision of the catalogue that its links to the others keep to. Whoever is published meanwhile is not
// in it; who is withdrawn meanwhile is left out. A store that fails in the middle makes the page an error.
// Thread-safe; refers to the catalogue.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/catalogue/answer.h"
#include "gateway/catalogue/face.h"

namespace gateway::catalogue {

class SearchIndex;

inline constexpr std::size_t kFeedPage = 100;

struct FeedRequest {
  std::size_t page = 1;  // from 1
  std::size_t size = kFeedPage;
  std::optional<std::int64_t> snapshot;           // revision; absent: that of now
  std::optional<std::int64_t> modified_since_us;  // only what changed then or later
  std::string words;                              // only what the search finds
};

// Reads page, size, snapshot, modified_since and q. Error: InvalidParameter.
Result<FeedRequest> read_feed_request(const http::Request& request);
// Microseconds of an ISO 8601 date or moment; without an offset it is UTC.
std::optional<std::int64_t> moment_of(std::string_view text);

class Feed {
 public:
  Feed(const Catalogue& catalogue, const SearchIndex& search);
  ~Feed();

  // `path` is that of the feed as it was asked for, below the catalogue's: "/feed". Errors: NotFound for a
  // page behind the last, NotSupported for one that gets too large, and those of the store.
  Result<Body> page(const FeedRequest& request, const Offer& offer, std::string_view path,
                    std::string_view base_url) const;

 private:
  struct Cache;
  struct Page;
  Result<bool> is_recent(const model::ListedDataset& entry, const Published& now,
                         std::optional<std::int64_t> since_us) const;
  Result<Page> select(const FeedRequest& request) const;
  Result<std::shared_ptr<const Document>> chunk(const model::DatasetRow& row, codec::RdfFormat format,
                                                std::string_view base_url) const;
  Result<Body> whole(codec::Graph&& graph, const std::vector<model::DatasetRow>& rows,
                     const mappers::dcat::RenderContext& context) const;
  const Catalogue& catalogue_;
  const SearchIndex& search_;
  std::unique_ptr<Cache> cache_;
};

}  // namespace gateway::catalogue

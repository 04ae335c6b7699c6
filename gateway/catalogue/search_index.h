// SearchIndex: full-text and faceted search over the published datasets.
//
// An entry is made of what the catalogue publishes of a dataset, nothing else, so a search tells no more than
// the documents do. Entries are kept in memory and made anew when their dataset or, at most every half
// minute, its figures changed. Thread-safe; refers to the catalogue.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/catalogue/face.h"

namespace gateway::catalogue {

// One dataset as the search sees it.
struct SearchEntry {
  model::DatasetRow row;  // without its definition
  std::shared_ptr<const mappers::dcat::DatasetView> view;
  std::string title;
  std::map<std::string, int, std::less<>> words;  // lower case, with weight
  std::map<std::string, std::vector<std::string>, std::less<>> facets;
};

struct SearchQuery {
  std::string words;                                         // all of them must occur, as a prefix of a word
  std::vector<std::pair<std::string, std::string>> filters;  // facet and value; all must hold
  std::size_t start = 0, count = 20;
};

struct FacetCount {
  std::string value;
  std::size_t datasets = 0;
};
struct SearchResult {
  std::size_t total = 0;
  std::vector<std::shared_ptr<const SearchEntry>> entries;              // best first, then by title
  std::vector<std::pair<std::string, std::vector<FacetCount>>> facets;  // by count, then value
};

class SearchIndex {
 public:
  explicit SearchIndex(const Catalogue& catalogue);
  ~SearchIndex();

  // Error: InvalidParameter for an unknown facet, and those of the store.
  Result<SearchResult> find(const SearchQuery& query) const;
  // Ids of all that have these words.
  Result<std::set<std::string, std::less<>>> ids(std::string_view words) const;

 private:
  using Entries = std::vector<std::shared_ptr<const SearchEntry>>;
  struct State;
  Result<std::shared_ptr<const Entries>> entries() const;
  const Catalogue& catalogue_;
  std::unique_ptr<State> state_;
};

// Facets in the order of pages: name and what people call it.
std::vector<std::pair<std::string_view, std::string_view>> facet_names();
// Words of a text: letters and digits of any script, lower case for ASCII.
std::vector<std::string> words_of(std::string_view text);

}  // namespace gateway::catalogue

// Pages of a search that stay where they are while others write (FHIR R4 http 3.1.0.1.2, paging).
//
// A search of one type without sorting pages over index and store directly; its tokens pin how many rows the
// index had and which was the newest stored one at the first page. Any other search makes a list of its
// matches once, which is kept for the pages that follow; when it had to make room for others, it is made
// anew. Thread-safe where not said otherwise.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/fhir/search_engine.h"

namespace gateway::fhir {

using HitList = std::shared_ptr<const std::vector<Hit>>;

// Lists of matches, bounded in hits; the longest unused go first. A list belongs to the search that made it:
// nothing else finds it.
class HitLists {
 public:
  explicit HitLists(std::size_t max_hits) : max_hits_(max_hits) {}
  std::uint64_t keep(HitList list, std::string search);
  HitList find(std::uint64_t number, std::string_view search);  // null: no more

 private:
  struct Kept {
    std::uint64_t number;
    HitList list;
    std::string search;
  };
  const std::size_t max_hits_;
  std::mutex mutex_;
  std::list<Kept> by_use_;  // latest first
  std::unordered_map<std::uint64_t, std::list<Kept>::iterator> by_number_;
  std::size_t hits_ = 0;
  std::uint64_t next_ = 1;
};

// A resource of an answer.
struct PageEntry {
  std::string type, id;
  StudyTexts::Text text;
  std::vector<model::SearchValue> values;  // of quick parameters; empty: extract them
};

struct SearchPage {
  std::vector<PageEntry> matches;
  std::uint64_t total = 0;
  std::optional<std::string> next, previous;  // tokens; empty: the first page
};

// The searches that make up a request: one, or one a type.
using TypeSearches = std::vector<TypeSearch>;

// Error: InvalidParameter for a token that none of our links has.
Result<SearchPage> find_page(const SearchEngine& engine, const TypeSearches& searches,
                             const SearchRequest& request, HitLists& lists);

// The texts of hits, in order; what is gone is left out.
Result<std::vector<PageEntry>> load_hits(const SearchEngine& engine, std::span<const Hit> hits);

}  // namespace gateway::fhir

// Pages of a search that stay where they are while others write (FHIR R4 http 3.1.0.1.2, paging).
//
// A search of one type without sorting pages over index and store directly; its tokens pin how many rows the
// index had and which was the newest stored one at the first page. Any other search makes a list of its
// matches once, which is kept for the pages that follow; when it had to make room for others, it is made
// anew. A page ends early rather than hold too many bytes. Thread-safe where not said otherwise.
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

// Texts of one page, stored ones and those of a list; what it includes has the same bound of its own.
inline constexpr std::size_t kMaxPageBytes = 32 << 20;

using HitList = std::shared_ptr<const std::vector<Hit>>;

// Lists of matches, bounded in hits, of which each list counts as 50 at least; the longest unused go first. A
// list belongs to the search that made it: nothing else finds it.
class HitLists {
 public:
  explicit HitLists(std::size_t max_hits) : max_hits_(max_hits) {}
  std::uint64_t keep(HitList list, const std::string& search);
  HitList find(std::uint64_t number, const std::string& search);  // null: no more

 private:
  struct Kept {
    std::uint64_t number;
    HitList list;
    std::string search;  // its digest
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

// The texts of hits, in order; what is gone is left out. `taken`: how many hits these are, fewer than all
// when one more would exceed `most_bytes`; one at least.
struct LoadedHits {
  std::vector<PageEntry> entries;
  std::size_t taken = 0;
};
Result<LoadedHits> load_hits(const SearchEngine& engine, std::span<const Hit> hits, std::size_t most_bytes);

}  // namespace gateway::fhir

#include "gateway/fhir/search_page.h"

#include <algorithm>
#include <array>
#include <map>

#include "gateway/base/ids.h"
#include "gateway/base/text.h"

namespace gateway::fhir {
namespace {

constexpr std::size_t kLeastHits = 50;  // that a kept list counts as
constexpr std::size_t kLoadBatch = 100;

using Numbers = std::array<std::uint64_t, 4>;

// "d.40.1000.52.0": numbers behind a letter, separated by dots.
std::optional<Numbers> numbers_of(std::string_view token, char letter, std::size_t count) {
  const auto parts = split(token, '.');
  if (parts.size() != count + 1 || parts[0] != std::string_view(&letter, 1)) return std::nullopt;
  Numbers numbers{};
  for (std::size_t i = 0; i < count; ++i) {
    const auto number = parse_number<std::uint64_t>(parts[i + 1]);
    if (!number || *number > INT64_MAX) return std::nullopt;
    numbers[i] = *number;
  }
  return numbers;
}

Error bad_token() {
  return fail(ErrorCode::InvalidParameter, "this is not the link of a page that this server gave", "_page");
}

// A search of one type, without sorting.
class DirectPage {
 public:
  DirectPage(const SearchEngine& engine, const TypeSearch& search, const SearchRequest& request)
      : engine_(engine), search_(search), request_(request) {}
  Result<SearchPage> find();

 private:
  Result<void> begin();
  Result<void> add_rows();
  Result<void> add_stored();
  std::string token(std::uint64_t offset, std::int64_t after_row) const;
  std::uint64_t room() const { return request_.count - page_.matches.size(); }

  const SearchEngine& engine_;
  const TypeSearch& search_;
  const SearchRequest& request_;
  std::uint64_t offset_ = 0;      // in index and store together
  std::uint64_t index_rows_ = 0;  // when the first page was made
  std::int64_t last_row_ = 0;     // the same, of the store
  std::int64_t after_row_ = 0;    // the last stored one of the page before; 0: go by the offset
  std::uint64_t taken_ = 0;       // of index and store, also what was gone when its text was read
  bool cut_ = false;              // the index gave less than there is: the page is full before its count
  bool more_ = false;             // there is something behind the page
  SearchPage page_;
};

Result<void> DirectPage::begin() {
  if (!request_.page.empty()) {
    const auto numbers = numbers_of(request_.page, 'd', 4);
    if (!numbers) return bad_token();
    offset_ = (*numbers)[0];
    index_rows_ = (*numbers)[1];
    last_row_ = static_cast<std::int64_t>((*numbers)[2]);
    after_row_ = static_cast<std::int64_t>((*numbers)[3]);
    return {};
  }
  index_rows_ = TRY(search_.index_count());
  if (engine_.planes().store) last_row_ = TRY(engine_.planes().store->last_row());
  return {};
}

// The total is counted anew for each page, and may have become less: it says nothing of what is behind.
Result<void> DirectPage::add_rows() {
  if (offset_ >= index_rows_) return {};
  const auto wanted =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(request_.count, index_rows_ - offset_));
  std::uint32_t examined = 0;
  auto rows = TRY(search_.index_page(offset_, wanted, !request_.includes.empty(), examined));
  cut_ = rows.size() < examined;
  taken_ = rows.size();
  if (examined < wanted) {  // some left the index since the first page
    page_.total -= index_rows_ - (offset_ + examined);
    index_rows_ = offset_ + examined;
  }
  for (IndexRow& row : rows)
    page_.matches.push_back({search_.type(), std::move(row.id), std::move(row.text), std::move(row.values)});
  return {};
}

// One more than there is room for tells whether there is more.
Result<void> DirectPage::add_stored() {
  const std::uint64_t position = offset_ + taken_;
  more_ = cut_ || position < index_rows_;
  if (more_) return {};
  const auto found = TRY(search_.stored_page(after_row_, position - std::min(position, index_rows_),
                                             static_cast<std::uint32_t>(room() + 1), last_row_));
  const std::size_t fitting = std::min<std::size_t>(found.size(), room());
  std::vector<Hit> hits;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < fitting; ++i)
    hits.push_back({found[i].type, found[i].id, true, found[i].row, {}});
  for (const PageEntry& entry : page_.matches) bytes += entry.text->size();
  LoadedHits loaded = TRY(load_hits(engine_, hits, kMaxPageBytes - std::min(kMaxPageBytes, bytes)));
  for (PageEntry& entry : loaded.entries) page_.matches.push_back(std::move(entry));
  taken_ += loaded.taken;
  more_ = loaded.taken < found.size();
  if (loaded.taken > 0) after_row_ = hits[loaded.taken - 1].row;
  return {};
}

std::string DirectPage::token(std::uint64_t offset, std::int64_t after_row) const {
  if (offset == 0) return {};
  return "d." + std::to_string(offset) + "." + std::to_string(index_rows_) + "." + std::to_string(last_row_) +
         "." + std::to_string(after_row);
}

Result<SearchPage> DirectPage::find() {
  TRY_VOID(begin());
  page_.total = index_rows_ + TRY(search_.stored_count(last_row_));
  if (request_.count_only) return std::move(page_);
  TRY_VOID(add_rows());
  TRY_VOID(add_stored());
  if (more_) page_.next = token(offset_ + taken_, after_row_);
  if (offset_ > 0) page_.previous = token(offset_ - std::min<std::uint64_t>(offset_, request_.count), 0);
  return std::move(page_);
}

Result<HitList> list_all(const SearchEngine& engine, const TypeSearches& searches,
                         const SearchRequest& request) {
  auto all = std::make_shared<std::vector<Hit>>();
  const std::uint32_t most = engine.planes().face.config().max_examined;
  for (const TypeSearch& search : searches) {
    for (Hit& hit : TRY(search.list(request.sort, most))) all->push_back(std::move(hit));
    if (all->size() > most)
      return fail(ErrorCode::InvalidParameter, "the search finds too many resources to list; narrow it");
  }
  if (searches.size() > 1) sort_hits(*all, sort_keys(request.sort));
  for (Hit& hit : *all) hit.keys = {};
  return HitList(std::move(all));
}

// A search that is listed: "l.<number of the list>.<offset>"
Result<SearchPage> listed_page(const SearchEngine& engine, const TypeSearches& searches,
                               const SearchRequest& request, HitLists& lists) {
  const std::string search = page_link(request, {});
  std::uint64_t number = 0, offset = 0;
  HitList list;
  if (!request.page.empty()) {
    const auto numbers = numbers_of(request.page, 'l', 2);
    if (!numbers) return bad_token();
    number = (*numbers)[0];
    offset = (*numbers)[1];
    list = lists.find(number, search);
  }
  const bool kept = list != nullptr;
  if (!kept) list = TRY(list_all(engine, searches, request));
  SearchPage page;
  page.total = list->size();
  if (request.count_only) return page;
  const std::size_t first = std::min<std::size_t>(offset, list->size());
  const std::size_t count = std::min<std::size_t>(request.count, list->size() - first);
  LoadedHits loaded = TRY(load_hits(engine, std::span(*list).subspan(first, count), kMaxPageBytes));
  page.matches = std::move(loaded.entries);
  const bool more = first + loaded.taken < list->size();
  if (!kept && (more || offset > 0)) number = lists.keep(list, search);
  const auto token = [&](std::uint64_t at) {
    return at == 0 ? std::string() : "l." + std::to_string(number) + "." + std::to_string(at);
  };
  if (more) page.next = token(first + loaded.taken);
  if (offset > 0) page.previous = token(offset - std::min<std::uint64_t>(offset, request.count));
  return page;
}

std::size_t weight(const std::vector<Hit>& list) { return std::max(kLeastHits, list.size()); }

struct Batch {
  std::map<std::pair<std::string, std::string>, PageEntry> entries;  // by type and id
  std::size_t taken = 0;  // of the hits: those before the first that the store did not come to
};

// The rows of the store up to a number of bytes, one at least; all rows of the index.
Result<Batch> load_batch(const SearchEngine& engine, std::span<const Hit> hits, std::size_t most_bytes) {
  Batch batch;
  std::vector<std::int64_t> stored;
  for (const Hit& hit : hits)
    if (hit.stored) stored.push_back(hit.row);
  std::size_t examined = 0;
  if (!stored.empty()) {
    auto loaded = TRY(engine.planes().store->load(stored, most_bytes));
    examined = loaded.examined;
    for (model::StoredResource& each : loaded.resources)
      batch.entries[{each.type, each.id}] = {
          each.type, each.id, std::make_shared<const std::string>(std::move(each.json)), {}};
  }
  std::map<std::string, std::vector<std::string>> rendered;
  for (const Hit& hit : hits) {
    if (hit.stored && examined-- == 0) break;
    if (!hit.stored) rendered[hit.type].push_back(hit.id);
    ++batch.taken;
  }
  for (const auto& [type, ids] : rendered)
    for (IndexRow& row : TRY(index_type(type)->load(ids, engine.plan_context())))
      batch.entries[{type, row.id}] = {type, row.id, std::move(row.text), std::move(row.values)};
  return batch;
}

}  // namespace

std::uint64_t HitLists::keep(HitList list, const std::string& search) {
  std::string digest = sha256_hex(search);
  const std::lock_guard lock(mutex_);
  const std::uint64_t number = next_++;
  hits_ += weight(*list);
  by_use_.push_front({number, std::move(list), std::move(digest)});
  by_number_.emplace(number, by_use_.begin());
  while (hits_ > max_hits_ && by_use_.size() > 1) {
    hits_ -= weight(*by_use_.back().list);
    by_number_.erase(by_use_.back().number);
    by_use_.pop_back();
  }
  return number;
}

HitList HitLists::find(std::uint64_t number, const std::string& search) {
  const std::string digest = sha256_hex(search);
  const std::lock_guard lock(mutex_);
  const auto found = by_number_.find(number);
  if (found == by_number_.end() || found->second->search != digest) return nullptr;
  by_use_.splice(by_use_.begin(), by_use_, found->second);
  return found->second->list;
}

Result<LoadedHits> load_hits(const SearchEngine& engine, std::span<const Hit> hits, std::size_t most_bytes) {
  LoadedHits loaded;
  std::size_t bytes = 0;
  for (std::size_t at = 0; at < hits.size(); at += kLoadBatch) {
    const auto some = hits.subspan(at, std::min(kLoadBatch, hits.size() - at));
    Batch batch = TRY(load_batch(engine, some, most_bytes - std::min(most_bytes, bytes)));
    for (const Hit& hit : some.first(batch.taken)) {
      if (const auto entry = batch.entries.find({hit.type, hit.id}); entry != batch.entries.end()) {
        bytes += entry->second.text->size();
        if (!loaded.entries.empty() && bytes > most_bytes) return loaded;
        loaded.entries.push_back(entry->second);
      }
      ++loaded.taken;
    }
    if (batch.taken < some.size()) break;
  }
  return loaded;
}

Result<SearchPage> find_page(const SearchEngine& engine, const TypeSearches& searches,
                             const SearchRequest& request, HitLists& lists) {
  const bool direct = searches.size() == 1 && request.sort.empty() && searches[0].direct();
  if (direct) return DirectPage(engine, searches[0], request).find();
  return listed_page(engine, searches, request, lists);
}

}  // namespace gateway::fhir

#include "gateway/fhir/search_page.h"

#include <algorithm>
#include <array>
#include <map>

#include "gateway/base/text.h"

namespace gateway::fhir {
namespace {

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
  bool cut_ = false;              // the page is full before its count
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

Result<void> DirectPage::add_rows() {
  if (offset_ >= index_rows_) return {};
  const auto wanted =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(request_.count, index_rows_ - offset_));
  auto rows = TRY(search_.index_page(offset_, wanted, !request_.includes.empty()));
  cut_ = rows.size() < wanted;
  for (IndexRow& row : rows)
    page_.matches.push_back({search_.type(), std::move(row.id), std::move(row.text), std::move(row.values)});
  return {};
}

Result<void> DirectPage::add_stored() {
  if (cut_ || room() == 0) return {};
  const std::uint64_t position = offset_ + page_.matches.size();
  const auto found = TRY(search_.stored_page(after_row_, position - std::min(position, index_rows_),
                                             static_cast<std::uint32_t>(room()), last_row_));
  std::vector<Hit> hits;
  for (const auto& each : found) hits.push_back({each.type, each.id, true, each.row, {}});
  for (PageEntry& entry : TRY(load_hits(engine_, hits))) page_.matches.push_back(std::move(entry));
  after_row_ = found.empty() ? 0 : found.back().row;
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
  const std::uint64_t end = offset_ + page_.matches.size();
  if (!page_.matches.empty() && end < page_.total) page_.next = token(end, after_row_);
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
  if (!list) {
    list = TRY(list_all(engine, searches, request));
    number = list->size() > request.count && !request.count_only ? lists.keep(list, search) : 0;
  }
  SearchPage page;
  page.total = list->size();
  if (request.count_only) return page;
  const std::size_t first = std::min<std::size_t>(offset, list->size());
  const std::size_t count = std::min<std::size_t>(request.count, list->size() - first);
  page.matches = TRY(load_hits(engine, std::span(*list).subspan(first, count)));
  const auto token = [&](std::uint64_t at) {
    return at == 0 ? std::string() : "l." + std::to_string(number) + "." + std::to_string(at);
  };
  if (first + count < list->size()) page.next = token(first + count);
  if (offset > 0) page.previous = token(offset - std::min<std::uint64_t>(offset, request.count));
  return page;
}

}  // namespace

std::uint64_t HitLists::keep(HitList list, std::string search) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t number = next_++;
  hits_ += list->size();
  by_use_.push_front({number, std::move(list), std::move(search)});
  by_number_.emplace(number, by_use_.begin());
  while (hits_ > max_hits_ && by_use_.size() > 1) {
    hits_ -= by_use_.back().list->size();
    by_number_.erase(by_use_.back().number);
    by_use_.pop_back();
  }
  return number;
}

HitList HitLists::find(std::uint64_t number, std::string_view search) {
  const std::lock_guard lock(mutex_);
  const auto found = by_number_.find(number);
  if (found == by_number_.end() || found->second->search != search) return nullptr;
  by_use_.splice(by_use_.begin(), by_use_, found->second);
  return found->second->list;
}

Result<std::vector<PageEntry>> load_hits(const SearchEngine& engine, std::span<const Hit> hits) {
  std::vector<std::int64_t> stored;
  std::map<std::string, std::vector<std::string>> rendered;
  for (const Hit& hit : hits)
    if (hit.stored)
      stored.push_back(hit.row);
    else
      rendered[hit.type].push_back(hit.id);
  std::map<std::pair<std::string, std::string>, PageEntry> found;
  if (!stored.empty())
    for (model::StoredResource& each : TRY(engine.planes().store->load(stored)))
      found[{each.type, each.id}] = {
          each.type, each.id, std::make_shared<const std::string>(std::move(each.json)), {}};
  for (const auto& [type, ids] : rendered)
    for (IndexRow& row : TRY(index_type(type)->load(ids, engine.plan_context())))
      found[{type, row.id}] = {type, row.id, std::move(row.text), std::move(row.values)};
  std::vector<PageEntry> entries;
  for (const Hit& hit : hits)
    if (const auto entry = found.find({hit.type, hit.id}); entry != found.end())
      entries.push_back(entry->second);
  return entries;
}

Result<SearchPage> find_page(const SearchEngine& engine, const TypeSearches& searches,
                             const SearchRequest& request, HitLists& lists) {
  const bool direct = searches.size() == 1 && request.sort.empty() && searches[0].direct();
  if (direct) return DirectPage(engine, searches[0], request).find();
  return listed_page(engine, searches, request, lists);
}

}  // namespace gateway::fhir

#include "gateway/sources/live_index.h"

#include <algorithm>
#include <chrono>

#include "gateway/base/log.h"
#include "gateway/sources/live_row.h"
#include "mappers/dicom/query_keys.h"

namespace gateway::sources {
namespace {

using model::Level;
using model::Query;
using model::SearchRow;

constexpr std::int64_t kVerified_us = 60'000'000;
constexpr std::size_t kMostVerified = 20'000;
constexpr std::size_t kUidsAtOnce = 500;
constexpr std::uint64_t kMostReached = 40'000;    // rows of one source that a search holds at once
constexpr std::chrono::seconds kLongestTurn(30);  // for others that take the same study

std::string uid_field(Level level) { return std::string(name_of(level)) + ".uid"; }

model::Match is(std::string field, const std::string& value) {
  model::Match match;
  match.field = std::move(field);
  match.values = {value};
  return match;
}

// Each UID once, the first source's row; counts are the largest ones that a source states.
std::vector<SearchRow> merged(const std::vector<LiveResult>& results, Level level) {
  std::vector<SearchRow> rows;
  std::unordered_map<std::string, std::size_t> place;
  for (const LiveResult& result : results) {
    if (!result.answer) continue;
    for (const SearchRow& row : result.answer->rows) {
      const auto [found, fresh] = place.emplace(uid_of(row, level), rows.size());
      if (fresh)
        rows.push_back(row);
      else
        merge_counts(rows[found->second], row);
    }
  }
  return rows;
}

void note(const std::vector<LiveResult>& results, model::SearchNotes* notes) {
  if (!notes) return;
  for (const LiveResult& result : results) {
    if (result.error)
      notes->warnings.push_back("The answer lacks what " + result.source->name() +
                                " has: " + result.error->message);
    else if (result.answer)
      notes->warnings.insert(notes->warnings.end(), result.answer->warnings.begin(),
                             result.answer->warnings.end());
  }
}

bool any_incomplete(const std::vector<LiveResult>& results) {
  return std::any_of(results.begin(), results.end(),
                     [](const LiveResult& result) { return result.answer && !result.answer->complete; });
}

}  // namespace

Result<LiveIndex::LocalPage> LiveIndex::local_page(const Query& query) const {
  LocalPage page;
  if (query.others.empty()) {
    page.total = TRY(local_.count(query));
    if (page.total > query.offset) page.rows = TRY(local_.search(query));
    return page;
  }
  mappers::dicom::KeyPlan plan{query.matches, {}};
  for (const model::AttributeKey& key : query.others) {
    mappers::dicom::TagPath path;
    for (const std::uint32_t tag : key.path) path.push_back(mappers::dicom::make_tag(tag));
    plan.others.push_back(TRY(mappers::dicom::parse_key(std::move(path), key.value,
                                                        {key.fuzzy, key.empty_value, key.multiple_value})));
  }
  auto found = TRY(mappers::dicom::find_rows(local_, blobs_, query, plan, true));
  page.total = query.offset + found.rows.size() + found.more;
  page.rows = std::move(found.rows);
  return page;
}

// Which of these rows the index gives itself.
Result<std::unordered_set<std::string>> LiveIndex::known_here(const Query& query,
                                                              const std::vector<std::string>& uids) const {
  std::unordered_set<std::string> known;
  for (std::size_t from = 0; from < uids.size(); from += kUidsAtOnce) {
    const std::size_t to = std::min(uids.size(), from + kUidsAtOnce);
    Query ask;
    ask.level = query.level;
    ask.matches = query.matches;
    model::Match among = is(uid_field(query.level), "");
    among.values.assign(uids.begin() + static_cast<std::ptrdiff_t>(from),
                        uids.begin() + static_cast<std::ptrdiff_t>(to));
    ask.matches.push_back(std::move(among));
    ask.limit = static_cast<std::uint32_t>(to - from);
    for (const SearchRow& row : TRY(local_.search(ask))) known.insert(uid_of(row, query.level));
  }
  return known;
}

Result<std::vector<SearchRow>> LiveIndex::search(const Query& query, model::SearchNotes* notes) const {
  if (live_.empty() || query.level == Level::Subject) return local_.search(query, notes);
  const std::uint64_t end = query.offset + query.limit;
  const auto results = live_.ask(query, std::min(end, kMostReached) + 1);
  // What lies behind cannot be told apart from the end, so it is not given as one: an error where no note can
  // say that there is more.
  if (end > kMostReached && (!notes || query.offset >= kMostReached) && any_incomplete(results))
    return fail(ErrorCode::InvalidParameter,
                "no more than " + std::to_string(kMostReached) +
                    " results of other systems can be reached: the search has to be narrower",
                "offset");
  LocalPage page = TRY(local_page(query));
  if (const auto failed = all_failed(results); failed && page.rows.empty()) return *failed;
  note(results, notes);

  std::vector<SearchRow> remote = merged(results, query.level);
  std::vector<std::string> uids;
  for (const SearchRow& row : remote) uids.push_back(uid_of(row, query.level));
  const auto here = TRY(known_here(query, uids));
  for (SearchRow& row : page.rows)
    for (const SearchRow& other : remote)
      if (uid_of(row, query.level) == uid_of(other, query.level)) merge_counts(row, other);
  std::erase_if(remote, [&](const SearchRow& row) { return here.contains(uid_of(row, query.level)); });

  const std::uint64_t skipped = query.offset - std::min(query.offset, page.total);
  const std::uint64_t first = std::min<std::uint64_t>(skipped, remote.size());
  const std::uint64_t count = std::min<std::uint64_t>(
      remote.size() - first, query.limit - std::min<std::uint64_t>(query.limit, page.rows.size()));
  for (std::uint64_t i = first; i < first + count; ++i) page.rows.push_back(std::move(remote[i]));
  if (notes)
    notes->cut =
        notes->cut || page.total + remote.size() > query.offset + query.limit || any_incomplete(results);
  return std::move(page.rows);
}

Result<std::uint64_t> LiveIndex::count(const Query& query) const {
  if (live_.empty() || query.level == Level::Subject) return local_.count(query);
  return fail(ErrorCode::NotSupported, "what live sources hold is not counted");
}

bool LiveIndex::verified(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = verified_until_us_.find(key);
  return found != verified_until_us_.end() && clock_.steady_us() < found->second;
}

void LiveIndex::set_verified(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  if (verified_until_us_.size() >= kMostVerified) verified_until_us_.clear();
  verified_until_us_[key] = clock_.steady_us() + kVerified_us;
}

// Takes from one source what it has and the index has not. True: it has something.
Result<bool> LiveIndex::bring_from(const Source& source, const model::RemoteId& id,
                                   const SearchRow& row) const {
  std::uint64_t here = 0;
  TRY(local_.locate(id.study_uid, id.series_uid, id.instance_uid, [&](const model::InstanceLocation&) {
    ++here;
    return true;
  }));
  const bool single = !id.instance_uid.empty();
  if (single ? here > 0 : row.instance_count > 0 && here >= row.instance_count) return true;
  const TakeReport report = TRY(taker_.take(source, id));
  if (report.failed > 0)
    return fail(ErrorCode::BadGateway, source.name() + " could not send all of it: " + report.problem);
  if (report.refused > 0)
    log::warning("source_object_refused", {{"source", source.name()}, {"reason", report.problem}});
  return true;
}

// Asks the sources for the study, series or instance, and takes it from those that have it, at that level.
Result<void> LiveIndex::bring(const model::RemoteId& id) const {
  auto& turn = bringing_[std::hash<std::string>()(id.study_uid) % bringing_.size()];
  const std::unique_lock lock(turn, kLongestTurn);
  if (!lock.owns_lock())
    return fail(ErrorCode::GatewayTimeout, "the study is being taken from its source for too long");
  Query query;
  query.limit = 1;
  query.level = !id.instance_uid.empty() ? Level::Instance
                : !id.series_uid.empty() ? Level::Series
                                         : Level::Study;
  query.matches.push_back(is("study.uid", id.study_uid));
  if (query.level >= Level::Series) query.matches.push_back(is("series.uid", id.series_uid));
  if (query.level == Level::Instance) query.matches.push_back(is("instance.uid", id.instance_uid));
  const auto results = live_.ask(query, 1);
  std::optional<Error> failed = all_failed(results);
  for (const LiveResult& result : results) {
    if (!result.answer || result.answer->rows.empty()) continue;
    const auto brought = bring_from(*result.source, id, result.answer->rows.front());
    if (!brought.ok()) failed = brought.error();
  }
  // A source that did not answer may have it.
  for (const LiveResult& result : results)
    if (result.error && result.error->code != ErrorCode::NotSupported && !failed) failed = result.error;
  if (failed) return std::move(*failed);
  return {};
}

Result<void> LiveIndex::locate(std::string_view study_uid, std::string_view series_uid,
                               std::string_view instance_uid,
                               const std::function<bool(const model::InstanceLocation&)>& use,
                               model::SearchNotes* notes) const {
  const bool whole_index = study_uid.empty() || live_.empty();
  const bool named = instance_uid.empty() || !series_uid.empty();
  if (whole_index || !named) return local_.locate(study_uid, series_uid, instance_uid, use, notes);
  const model::RemoteId id{std::string(study_uid), std::string(series_uid), std::string(instance_uid)};
  bool here = false;
  TRY(local_.locate(study_uid, series_uid, instance_uid, [&](const model::InstanceLocation&) {
    here = true;
    return false;
  }));
  const std::string key = id.study_uid + ' ' + id.series_uid;
  const bool whole = !id.instance_uid.empty() ? here : verified(key) || verified(id.study_uid + ' ');
  const auto brought = whole ? Result<void>() : bring(id);
  if (brought.ok() && !whole && id.instance_uid.empty()) set_verified(key);
  bool any = false;
  TRY(local_.locate(study_uid, series_uid, instance_uid, [&](const model::InstanceLocation& at) {
    any = true;
    return use(at);
  }));
  if (brought.ok()) return {};
  if (!any) return brought.error();
  log::warning("source_incomplete", {{"reason", brought.error().message}});
  if (notes) notes->warnings.push_back("The answer may lack what a source has: " + brought.error().message);
  return {};
}

}  // namespace gateway::sources

// Running a plan of keys: indexed ones by the index, the others row by row.
#include <algorithm>

#include "gateway/base/json_text.h"
#include "mappers/dicom/json_scan.h"
#include "mappers/dicom/query_keys.h"

namespace mappers::dicom {
namespace {

using gateway::ErrorCode;
using gateway::fail;
using gateway::Result;
using gateway::model::BlobRef;
using gateway::model::BlobStore;
using gateway::model::ImageIndex;
using gateway::model::Query;
using gateway::model::SearchRow;
namespace slot = gateway::model::slot;

constexpr std::uint32_t kPage = 1000;  // candidates read at once

std::string modality_list(const SearchRow& row) {
  std::string list;
  for (const std::string& modality : row.modalities) {
    if (!list.empty()) list += ',';
    gateway::append_json_string(list, modality);
  }
  return list;
}

// The row with counts and modalities in their slots.
std::string filled(const SearchRow& row) {
  std::string text;
  text.reserve(row.json.size() + 64);
  for (const char c : row.json) {
    if (c == slot::kNumberOfSeries)
      text += std::to_string(row.series_count);
    else if (c == slot::kNumberOfInstances)
      text += std::to_string(row.instance_count);
    else if (c == slot::kModalities)
      text += modality_list(row);
    else
      text += c;
  }
  return text;
}

// What is known of one row: its answer, and the metadata behind it when the answer does not say it.
class Candidate {
 public:
  Candidate(const SearchRow& row, const BlobStore& blobs) : row_(row), blobs_(blobs), answer_(filled(row)) {}

  Result<bool> matches_all(std::span<const MatchKey> keys) {
    for (const MatchKey& key : keys) {
      const bool answered = find_member(answer_, hex(key.path.front())).has_value();
      if (!answered) TRY_VOID(read());
      if (!matches_text(answered ? answer_ : metadata_, key)) return false;
    }
    return true;
  }

 private:
  Result<void> read() {
    if (!metadata_.empty()) return {};
    metadata_ = "{}";
    if (row_.metadata.kind != BlobRef::Kind::None) metadata_ = TRY(blobs_.read(row_.metadata));
    return {};
  }

  const SearchRow& row_;
  const BlobStore& blobs_;
  std::string answer_;
  std::string metadata_;
};

Result<void> count_rest(const ImageIndex& index, const Query& query, FoundRows& found) {
  if (found.rows.size() < query.limit) return {};
  auto all = index.count(query);
  if (!all.ok()) {  // an index of other systems does not know
    if (all.error().code != ErrorCode::NotSupported) return std::move(all).error();
    return {};
  }
  found.more = *all - std::min<std::uint64_t>(*all, query.offset + found.rows.size());
  return {};
}

Result<FoundRows> find_directly(const ImageIndex& index, const Query& query, bool count_more) {
  FoundRows found;
  found.rows = TRY(index.search(query, &found.notes));
  if (count_more) TRY_VOID(count_rest(index, query, found));
  return found;
}

Result<void> check_candidates(const ImageIndex& index, const Query& query, std::span<const MatchKey> others) {
  const std::uint64_t candidates = TRY(index.count(query));
  if (candidates <= kMaxCandidates) return {};
  return fail(ErrorCode::InvalidParameter,
              "this attribute is not indexed, and " + std::to_string(candidates) +
                  " results would have to be tested for it one by one: narrow the search to " +
                  std::to_string(kMaxCandidates) + " by StudyInstanceUID, PatientID or a date",
              path_text(others.front().path));
}

// Every candidate in the order of the index; those that match are counted, the wanted ones kept.
Result<FoundRows> find_one_by_one(const ImageIndex& index, const BlobStore& blobs, const Query& query,
                                  std::span<const MatchKey> others, bool count_more) {
  TRY_VOID(check_candidates(index, query, others));
  FoundRows found;
  std::uint64_t matched = 0;
  Query page = query;
  page.limit = kPage;
  for (page.offset = 0;; page.offset += kPage) {
    std::vector<SearchRow> rows = TRY(index.search(page, &found.notes));
    for (SearchRow& row : rows) {
      if (!TRY(Candidate(row, blobs).matches_all(others)) || matched++ < query.offset) continue;
      if (found.rows.size() < query.limit)
        found.rows.push_back(std::move(row));
      else
        ++found.more;
    }
    const bool enough = found.rows.size() >= query.limit && !count_more;
    if (enough || rows.size() < kPage || page.offset + kPage > kMaxCandidates) return found;
  }
}

gateway::model::AttributeKey attribute_key(const MatchKey& key) {
  gateway::model::AttributeKey out;
  for (const Tag tag : key.path) out.path.push_back(tag.value());
  out.value = key.value;
  out.fuzzy = key.options.fuzzy;
  out.empty_value = key.options.empty_value;
  out.multiple_value = key.options.multiple_value;
  return out;
}

}  // namespace

Result<FoundRows> find_rows(const ImageIndex& index, const BlobStore& blobs, Query query, const KeyPlan& plan,
                            bool count_more) {
  query.matches = plan.matches;
  query.others.clear();
  for (const MatchKey& key : plan.others) query.others.push_back(attribute_key(key));
  query.by_id = true;
  if (plan.others.empty() || index.matches_others()) return find_directly(index, query, count_more);
  return find_one_by_one(index, blobs, query, plan.others, count_more);
}

}  // namespace mappers::dicom

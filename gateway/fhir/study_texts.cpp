#include "gateway/fhir/study_texts.h"

#include <map>

namespace gateway::fhir {
namespace {

constexpr std::size_t kBytesAStudy = 4096, kBytesAnInstance = 192;  // to reserve the text at once
constexpr std::size_t kOverhead = 200;                              // of a kept text

std::size_t size_of(const std::string& text) { return text.capacity() + kOverhead; }

}  // namespace

StudyTexts::Text StudyTexts::find(const model::StudyRow& row) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_id_.find(row.id);
  if (found == by_id_.end()) return nullptr;
  const Kept& kept = *found->second;
  if (kept.version != row.version || kept.updated_us != row.updated_us) return nullptr;
  by_use_.splice(by_use_.begin(), by_use_, found->second);
  return kept.text;
}

void StudyTexts::keep(const model::StudyRow& row, Text text) const {
  if (size_of(*text) > max_bytes_ / 8) return;
  const std::lock_guard lock(mutex_);
  const auto drop = [this](std::list<Kept>::iterator place) {
    bytes_ -= size_of(*place->text);
    by_id_.erase(place->id);
    by_use_.erase(place);
  };
  if (const auto old = by_id_.find(row.id); old != by_id_.end()) drop(old->second);
  bytes_ += size_of(*text);
  by_use_.push_front({row.id, row.version, row.updated_us, std::move(text)});
  by_id_.emplace(row.id, by_use_.begin());
  while (bytes_ > max_bytes_) drop(std::prev(by_use_.end()));
}

std::size_t StudyTexts::kept_bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

Result<std::vector<StudyTexts::Text>> StudyTexts::texts(const std::vector<model::StudyRow>& rows) const {
  std::vector<Text> texts(rows.size());
  std::map<std::string_view, std::size_t> missing;
  std::vector<std::string> uids;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if ((texts[i] = find(rows[i]))) continue;
    missing.emplace(rows[i].study.uid, i);
    uids.push_back(rows[i].study.uid);
  }
  if (uids.empty()) return texts;
  model::Query query;
  query.limit = static_cast<std::uint32_t>(uids.size());
  query.matches.push_back({"study.uid", model::Match::Kind::AnyOf, std::move(uids), {}, {}});
  for (const auto& full : TRY(index_.studies(query, model::Depth::Instances))) {
    const auto place = missing.find(full.study.uid);
    if (place == missing.end()) continue;
    auto text = std::make_shared<std::string>();
    text->reserve(kBytesAStudy + full.instance_count * kBytesAnInstance);
    mappers::fhir::append_imaging_study(*text, full, options_);
    text->shrink_to_fit();
    texts[place->second] = text;
    keep(full, std::move(text));
  }
  return texts;
}

}  // namespace gateway::fhir

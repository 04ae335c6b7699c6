#include "gateway/sources/taker.h"

#include <utility>
#include <vector>

#include "gateway/base/log.h"
#include "gateway/base/owned_bytes.h"
#include "gateway/sources/answers.h"
#include "gateway/sources/json_array.h"
#include "mappers/dicom/reader.h"

namespace gateway::sources {
namespace {

using model::ItemOutcome;
using model::RemoteId;
namespace tags = mappers::dicom::tags;

constexpr std::size_t kBatchItems = 128;
constexpr std::uint64_t kBatchBytes = 64 << 20;

model::RemoteQuery instances_of(const RemoteId& id) {
  model::RemoteQuery query;
  query.level = model::Level::Instance;
  query.keys = {{tags::kStudyInstanceUid.value(), id.study_uid},
                {tags::kSeriesInstanceUid.value(), id.series_uid},
                {tags::kSopInstanceUid.value(), id.instance_uid},
                {0x00083002, ""}};
  return query;
}

}  // namespace

// Items on their way into the index, handed in as many at once.
class Taker::Batch {
 public:
  Batch(model::Ingest& ingest, const Source& source, const RemoteId& id)
      : ingest_(ingest), source_(source), id_(id) {}
  TakeReport report;

  Result<void> add(std::shared_ptr<const ByteSource> bytes, const model::RemoteContent& remote) {
    model::IngestItem item;
    item.label = remote.content.name;
    bytes_ += bytes->size();
    item.source = std::move(bytes);
    item.required_study_uid = id_.study_uid;
    item.remote = std::make_shared<model::RemoteContent>(remote);
    items_.push_back(std::move(item));
    if (items_.size() < kBatchItems && bytes_ < kBatchBytes) return {};
    return flush();
  }

  Result<void> flush() {
    if (items_.empty()) return {};
    const auto outcomes = TRY(ingest_.ingest(items_));
    for (std::size_t i = 0; i < outcomes.size(); ++i) count(outcomes[i], items_[i]);
    items_.clear();
    bytes_ = 0;
    return {};
  }

  // Objects whose metadata could not be used: they themselves may be better.
  std::vector<RemoteId> take_retries() { return std::exchange(retries_, {}); }
  void fail_one(const Error& error) {
    ++report.failed;
    report.problem = error.text();
  }

  void refuse(const std::string& why) {
    ++report.refused;
    report.problem = source_.name() + ": " + why;
  }

 private:
  void count(const ItemOutcome& outcome, const model::IngestItem& item) {
    switch (outcome.kind) {
      case ItemOutcome::Kind::Stored:
        ++report.fresh;
        return;
      case ItemOutcome::Kind::Identical:
      case ItemOutcome::Kind::Skipped:
        ++report.known;
        return;
      case ItemOutcome::Kind::Conflict:
        ++report.conflicts;
        break;
      case ItemOutcome::Kind::Refused:
        if (item.remote->json_only) {
          retries_.push_back(parse_remote_ref(item.remote->content)->id);
          return;
        }
        ++report.refused;
        break;
    }
    report.problem = outcome.label + ": " + (outcome.error ? outcome.error->text() : "");
  }

  model::Ingest& ingest_;
  const Source& source_;
  const RemoteId& id_;
  std::vector<model::IngestItem> items_;
  std::vector<RemoteId> retries_;
  std::uint64_t bytes_ = 0;
};

Result<TakeReport> Taker::take(const Source& source, const RemoteId& id) {
  Batch batch(ingest_, source, id);
  if (source.options.take == SourceOptions::Take::Metadata) {
    const auto taken = take_metadata(source, id, batch);
    if (taken.ok()) {
      for (const RemoteId& one : batch.take_retries()) {
        const auto again = take_objects(source, one, batch);
        if (!again.ok()) batch.fail_one(again.error());
      }
      return std::move(batch.report);
    }
    if (taken.error().code != ErrorCode::NotSupported) return taken.error();
  }
  TRY(take_objects(source, id, batch));
  return std::move(batch.report);
}

// The transfer syntax is no attribute of a data set: only a search can tell it, with (0008,3002). Sources
// that do not know that attribute are asked once.
std::map<std::string, std::string> Taker::syntaxes(const Source& source, const RemoteId& id) {
  {
    const std::lock_guard lock(mutex_);
    const auto known = tells_syntaxes_.find(source.name());
    if (known != tells_syntaxes_.end() && !known->second) return {};
  }
  std::map<std::string, std::string> found;
  std::uint64_t answers = 0;
  const auto asked = source.remote->find(instances_of(id), [&](const std::string& json) {
    const auto answer = read_answer(json);
    if (!answer.ok()) return true;
    ++answers;
    const auto all = texts_of(*answer, key::kTransferSyntaxes);
    if (!all.empty()) found[text_of(*answer, key::kInstanceUid)] = all.front();
    return true;
  });
  if (!asked.ok())
    log::warning("source_syntaxes_unknown",
                 {{"source", source.name()}, {"study", id.study_uid}, {"reason", asked.error().message}});
  if (asked.ok() && answers > 0) {
    const std::lock_guard lock(mutex_);
    tells_syntaxes_.emplace(source.name(), !found.empty());
  }
  return found;
}

Result<void> Taker::take_metadata(const Source& source, const RemoteId& id, Batch& batch) {
  std::optional<Error> ours;
  std::optional<std::map<std::string, std::string>> syntax_of;
  const auto take_one = [&](std::string json) -> Result<void> {
    const Value object = TRY(read_answer(json));
    const RemoteId one = id_of(object);
    const auto ref = remote_ref(source.name(), one);
    if (!ref.ok()) {
      batch.refuse(ref.error().text());
      return {};
    }
    if (!syntax_of) syntax_of = syntaxes(source, id);
    model::RemoteContent remote{*ref, source.options.identity, true, (*syntax_of)[one.instance_uid],
                                source.ae_title()};
    return batch.add(std::make_shared<OwnedText>(std::move(json)), remote);
  };
  const auto report = source.remote->metadata(id, [&](std::string json) {
    auto taken = take_one(std::move(json));
    if (!taken.ok()) ours = std::move(taken).error();
    return !ours;
  });
  if (ours) return std::move(*ours);
  if (!report.ok()) return report.error();
  batch.report.failed += report->failed;
  if (!report->problems.empty()) batch.report.problem = report->problems.back();
  return batch.flush();
}

Result<void> Taker::take_objects(const Source& source, const RemoteId& id, Batch& batch) {
  const auto take_one = [&](std::shared_ptr<const ByteSource> object) -> Result<void> {
    const auto file = mappers::dicom::read_file(*object);
    if (!file.ok()) {
      batch.refuse(file.error().text());
      return {};
    }
    const auto text = [&](mappers::dicom::Tag tag) { return file->data.text(tag); };
    const auto ref = remote_ref(source.name(), {text(tags::kStudyInstanceUid), text(tags::kSeriesInstanceUid),
                                                text(tags::kSopInstanceUid)});
    if (!ref.ok()) {
      batch.refuse(ref.error().text());
      return {};
    }
    blobs_.keep_if_room(*ref, *object);
    return batch.add(std::move(object), {*ref, source.options.identity, false, {}, source.ae_title()});
  };
  const auto report = TRY(source.remote->fetch(id, take_one));
  batch.report.failed += report.failed;
  if (!report.problems.empty()) batch.report.problem = report.problems.back();
  return batch.flush();
}

}  // namespace gateway::sources

#include "gateway/fhir/reports.h"

#include <algorithm>
#include <chrono>

#include "gateway/base/json_text.h"
#include "gateway/base/log.h"
#include "gateway/base/text.h"
#include "gateway/codec/json.h"
#include "gateway/fhir/described_records.h"
#include "gateway/fhir/history.h"
#include "gateway/fhir/write_set.h"
#include "mappers/dicom/json_encode.h"
#include "mappers/dicom/reader.h"
#include "mappers/dicom/report.h"

namespace gateway::fhir {
namespace {

namespace dicom = mappers::dicom;
using model::BlobRef;
using model::StructuredReport;

constexpr const char* kType = "Parameters";
constexpr const char* kCursor = "reports";
constexpr const char* kMapping = "1";  // a new one looks at all objects again
constexpr std::uint32_t kPage = 500;
constexpr std::int64_t kOverlapUs = 10'000'000;  // commits may come later than their time says
constexpr std::int64_t kKeepUs = 30'000'000;
constexpr std::size_t kMostKnown = 100'000;
constexpr int kAttempts = 3;
constexpr int kMostFailures = 5;  // of reading one object, before the others go on without it
constexpr std::int64_t kFirstWaitUs = 10'000'000, kLongestWaitUs = 3'600'000'000;

Result<StructuredReport> read_stored(const model::BlobView& view) {
  const FileSource file(view.file, view.offset + view.length);
  const SliceSource source(file, view.offset, view.length);
  const dicom::File read = TRY(dicom::read_file(source));
  return dicom::read_report(read.data);
}

// What is in another system is known here by its metadata, whose slots are of no use.
Result<StructuredReport> read_metadata(std::string text, const std::string& transfer_syntax) {
  std::erase(text, model::slot::kServiceRoot);
  const auto objects = TRY(dicom::parse_dicom_json(text));
  if (objects.size() != 1) return fail(ErrorCode::InvalidBody, "metadata of one object were to be expected");
  const dicom::MetadataFile read = TRY(dicom::file_of_metadata(objects.front(), transfer_syntax));
  return dicom::read_report(read.file.data);
}

Result<StructuredReport> read_object(const model::InstanceLocation& where, const model::BlobStore& blobs) {
  if (where.content.kind == BlobRef::Kind::Remote)
    return read_metadata(TRY(blobs.read(where.metadata)), where.transfer_syntax_uid);
  return read_stored(TRY(blobs.open(where.content)));
}

std::string place_of(const BlobRef& ref) {
  return std::to_string(static_cast<int>(ref.kind)) + " " + ref.name + " " + std::to_string(ref.offset) +
         " " + std::to_string(ref.length) + " " + std::to_string(ref.modified_us);
}

std::string_view text_in(const Value& parameters, std::string_view name) {
  const Value* list = parameters.find("parameter");
  if (list && list->as_list())
    for (const Value& each : *list->as_list())
      if (each.text("name") == name) return each.text("valueString");
  return {};
}

model::Query changed_since(std::int64_t time_us) {
  model::Query query;
  query.by_id = true;
  query.limit = kPage;
  query.matches.push_back({"study.updated", model::Match::Kind::Range, {}, std::to_string(time_us), {}});
  query.matches.push_back(
      {"study.modalities", model::Match::Kind::AnyOf, {"SR", "KO", "SEG", "RTSTRUCT"}, {}, {}});
  return query;
}

model::Query study_with(const std::string& uid) {
  model::Query query;
  query.limit = 1;
  query.matches.push_back({"study.uid", model::Match::Kind::AnyOf, {uid}, {}, {}});
  return query;
}

// The bytes may be there again: a file in place that is moved, a disk that is away.
bool is_away(const Error& error) {
  return error.code == ErrorCode::Gone || error.code == ErrorCode::NotFound;
}

std::int64_t sooner(std::int64_t a, std::int64_t b) { return a == 0 || b == 0 ? a + b : std::min(a, b); }

void warn(const model::InstanceLocation& where, const Error& error) {
  log::warning("an object is not read as a report",
               {{"instance", where.instance_uid}, {"reason", error.text()}, {"detail", error.detail}});
}

}  // namespace

void Reports::start() {
  const std::lock_guard lock(wait_);
  stopping_ = false;
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
}

void Reports::stop() {
  {
    const std::lock_guard lock(wait_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
  const std::lock_guard lock(step_);
  if (const auto kept = keep_cursor(); !kept)
    log::warning("reports will be looked at again", {{"reason", kept.error().text()}});
}

void Reports::wake() {
  {
    const std::lock_guard lock(wait_);
    woken_ = true;
  }
  changed_.notify_all();
}

bool Reports::is_stopping() {
  const std::lock_guard lock(wait_);
  return stopping_;
}

void Reports::run() {
  while (true) {
    if (const auto described = describe_what_is_stored(face_); !described)
      log::warning("studies wait for their records", {{"reason", described.error().text()}});
    if (const auto done = step(); !done)
      log::warning("reports wait", {{"reason", done.error().text()}, {"detail", done.error().detail}});
    std::unique_lock lock(wait_);
    changed_.wait_for(lock, std::chrono::seconds(1), [&] { return stopping_ || woken_; });
    if (stopping_) return;
    woken_ = false;
  }
}

Result<void> Reports::step() {
  const std::lock_guard lock(step_);
  TRY_VOID(look_again());
  const std::int64_t version = TRY(face_.index().version());
  if (version == index_version_) return {};
  TRY_VOID(load_cursor());
  model::Query query = changed_since(std::max<std::int64_t>(0, cursor_.studies_us - kOverlapUs));
  std::int64_t newest = cursor_.studies_us;
  std::optional<Error> held;
  while (!is_stopping()) {
    const auto rows = TRY(face_.index().studies(query, model::Depth::Study));
    for (const model::StudyRow& row : rows) {
      newest = std::max(newest, row.updated_us);
      if (auto looked = look_at(row); !looked.ok()) held = std::move(looked).error();
    }
    if (is_stopping()) return {};  // some were not looked at
    query.offset += rows.size();
    if (rows.size() == kPage) continue;
    if (held) return std::move(*held);  // the next look begins there again
    cursor_.studies_us = newest;
    index_version_ = version;
    return face_.now_us() - cursor_.kept_at_us < kKeepUs ? Result<void>() : keep_cursor();
  }
  return {};
}

// Objects that cannot be read are told once; what may go better the next time waits, and hinders no other.
Result<void> Reports::look_at(const model::StudyRow& study) {
  if (const auto known = studies_.find(study.id); known != studies_.end() && known->second == study.version)
    return {};
  std::vector<model::InstanceLocation> objects;
  TRY_VOID(face_.index().locate(study.study.uid, {}, {}, [&](const model::InstanceLocation& where) {
    if (dicom::is_report_class(where.sop_class_uid)) objects.push_back(where);
    return true;
  }));
  std::int64_t again_us = 0;
  for (const model::InstanceLocation& where : objects) {
    if (is_stopping()) return {};
    again_us = sooner(again_us, look_at(study, where));
  }
  if (studies_.size() >= kMostKnown) studies_.clear();
  if (waiting_.size() >= kMostKnown) return fail(ErrorCode::StoreBusy, "too many reports cannot be read");
  waiting_.erase(study.study.uid);
  if (again_us > 0)
    waiting_[study.study.uid] = again_us;
  else
    studies_[study.id] = study.version;
  return {};
}

std::int64_t Reports::look_at(const model::StudyRow& study, const model::InstanceLocation& where) {
  std::string place = place_of(where.content) + " " + std::to_string(study.version);
  const auto known = done_.find(where.instance_uid);
  if (known != done_.end() && known->second == place) return 0;
  const auto failed = failures_.find(where.instance_uid);
  if (failed != failures_.end() && failed->second.again_us > face_.now_us()) return failed->second.again_us;
  const auto report = read_object(where, blobs_);
  if (!report.ok() && (is_away(report.error()) || report.error().face().retry)) {
    if (const std::int64_t again_us = postpone(where, report.error(), false); again_us > 0) return again_us;
  } else {
    const auto done = project(study, where, report);
    if (!done.ok() && done.error().face().retry) return postpone(where, done.error(), true);
    if (!done.ok()) warn(where, done.error());
  }
  failures_.erase(where.instance_uid);
  if (done_.size() >= kMostKnown) done_.clear();
  done_[where.instance_uid] = std::move(place);
  return 0;
}

// Bytes that are away are waited for, and the store is; other objects are tried only so often.
std::int64_t Reports::postpone(const model::InstanceLocation& where, const Error& error, bool is_written) {
  Failure& failure = failures_[where.instance_uid];
  if (failure.count == 0 || failure.count + 1 == kMostFailures) warn(where, error);
  ++failure.count;
  failure.is_written = is_written;
  if (failure.count >= kMostFailures && !is_away(error) && !is_written) return 0;
  const std::int64_t wait = kFirstWaitUs << std::min(failure.count - 1, 10);
  failure.again_us = face_.now_us() + std::min(wait, kLongestWaitUs);
  return failure.again_us;
}

Result<void> Reports::look_again() {
  std::vector<std::string> due;
  for (const auto& [uid, again_us] : waiting_)
    if (again_us <= face_.now_us()) due.push_back(uid);
  for (const std::string& uid : due) {
    const auto rows = TRY(face_.index().studies(study_with(uid), model::Depth::Study));
    waiting_[uid] = face_.now_us() + kFirstWaitUs;  // should the index fail
    if (rows.empty()) waiting_.erase(uid);
    for (const model::StudyRow& row : rows) TRY_VOID(look_at(row));
  }
  if (waiting_.empty()) failures_.clear();  // those of studies that went, too
  return {};
}

// After a restart nobody would come back to what is before the kept place.
bool Reports::holds_cursor() const {
  return std::any_of(failures_.begin(), failures_.end(), [](const auto& each) {
    return each.second.is_written || each.second.count < kMostFailures;
  });
}

Result<void> Reports::project(const model::StudyRow& study, const model::InstanceLocation& where,
                              const Result<StructuredReport>& report) {
  for (int attempt = 0;; ++attempt) {
    const auto writes =
        TRY(report.ok() ? report_writes(face_, *report, study) : report_removal(face_, where.instance_uid));
    const auto done = writes.empty() ? Result<std::int64_t>(0) : face_.resources()->store()->commit(writes);
    if (done.ok()) break;
    if (done.error().code != ErrorCode::Conflict) return done.error();
    if (attempt + 1 == kAttempts) return fail(ErrorCode::StoreBusy, done.error().message);
  }
  if (!report.ok()) return report.error();
  return {};
}

Result<void> Reports::load_cursor() {
  if (cursor_.version >= 0) return {};
  const auto stored = TRY(face_.resources()->store()->read(kType, kCursor));
  if (stored && !stored->deleted) {
    const Value value = TRY(codec::parse_json(stored->json));
    if (text_in(value, "mapping") == kMapping)
      cursor_.studies_us = parse_number<std::int64_t>(text_in(value, "studies")).value_or(0);
    cursor_.kept_us = cursor_.studies_us;
  }
  cursor_.version = stored ? stored->version : 0;
  return {};
}

// Kept like the place of subscriptions: it is nothing that clients decide by. The store keeps all versions,
// so few are written; what was looked at after the last of them is looked at again, and is the same.
Result<void> Reports::keep_cursor() {
  if (cursor_.version < 0 || cursor_.studies_us == cursor_.kept_us || holds_cursor()) return {};
  const std::int64_t now = face_.now_us() / 1000 * 1000;
  Value list = Value::list();
  list.push(Value::map().set("name", "mapping").set("valueString", kMapping));
  list.push(Value::map().set("name", "studies").set("valueString", std::to_string(cursor_.studies_us)));
  Value value = Value::map().set("resourceType", kType).set("parameter", std::move(list));
  value = stamped(value, kCursor, cursor_.version + 1, now);
  const std::vector<model::ResourceWrite> writes = {
      TRY(face_.resources()->make_write(kType, kCursor, cursor_.version, now, "PUT", to_json(value), value,
                                        Place(), model::kSubscriptionsOrigin))};
  TRY(face_.resources()->store()->commit(writes));
  ++cursor_.version;
  cursor_.kept_us = cursor_.studies_us;
  cursor_.kept_at_us = now;
  return {};
}

}  // namespace gateway::fhir

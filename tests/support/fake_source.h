// FakeSource: a RemoteSource over objects in memory that can be down, slow or dishonest, and counts what it
// moved. Set it up with one thread; then thread-safe.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "gateway/base/json_text.h"
#include "gateway/codec/json.h"
#include "gateway/model/source_port.h"
#include "mappers/dicom/json.h"
#include "mappers/dicom/matching.h"
#include "mappers/dicom/reader.h"

namespace gateway::testing {

class HeldBytes final : public ByteSource {
 public:
  explicit HeldBytes(std::string bytes) : bytes_(std::move(bytes)) {}
  std::uint64_t size() const override { return bytes_.size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    return MemorySource(bytes_).read_at(offset, into);
  }
  ByteSpan contiguous() const override { return as_bytes(bytes_); }

 private:
  std::string bytes_;
};

class FakeSource final : public model::RemoteSource {
 public:
  enum class Mood : std::uint8_t { Well, Down, Late, Garbage, AnotherObject, Nothing };

  explicit FakeSource(std::string name, std::string kind = "dicomweb")
      : name_(std::move(name)), kind_(std::move(kind)) {}

  std::string service_root;  // its address; set before others call

  // What a test may turn while others call.
  std::atomic<Mood> mood = Mood::Well;
  std::atomic<bool> gives_metadata = true, gives_counts = true, gives_syntaxes = true;
  std::atomic<std::uint64_t> finds = 0, fetches = 0, metadatas = 0, answers = 0, moved_objects = 0,
                             moved_metadata = 0, checks = 0, stores = 0, largest_limit = 0;
  std::atomic<std::int64_t> fail_after_metadata = -1;  // then it is Down

  void add(std::string bytes) {
    Object object;
    object.bytes = std::make_shared<HeldBytes>(std::move(bytes));
    const auto file = mappers::dicom::read_file(*object.bytes);
    std::string json;
    if (!file.ok() || !append_dicom_json(json, *file).ok()) return;
    std::replace(json.begin(), json.end(), '\x01', 'X');  // the service root of this source
    object.syntax = file->transfer_syntax;
    object.json = json;
    object.data = *codec::parse_json(json);
    object.id = {file->data.text(mappers::dicom::tags::kStudyInstanceUid),
                 file->data.text(mappers::dicom::tags::kSeriesInstanceUid),
                 file->data.text(mappers::dicom::tags::kSopInstanceUid)};
    const std::lock_guard lock(mutex_);
    objects_.push_back(std::move(object));
  }
  void remove(const std::string& sop_instance_uid) {
    const std::lock_guard lock(mutex_);
    std::erase_if(objects_, [&](const Object& object) { return object.id.instance_uid == sop_instance_uid; });
  }
  // fetch() waits until let_go().
  void hold() {
    const std::lock_guard lock(mutex_);
    held_ = true;
  }
  void let_go() {
    const std::lock_guard lock(mutex_);
    held_ = false;
    moved_.notify_all();
  }

  void stop() override {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    moved_.notify_all();
  }

  const std::string& name() const override { return name_; }
  std::string kind() const override { return kind_; }
  std::string address() const override { return service_root; }
  Result<void> check() override {
    ++checks;
    return trouble();
  }

  Result<model::RemoteQueryReport> find(const model::RemoteQuery& query,
                                        const std::function<bool(std::string json)>& use) override {
    ++finds;
    if (query.limit > largest_limit) largest_limit = query.limit;
    if (auto bad = trouble(); !bad.ok()) return bad.error();
    model::RemoteQueryReport report;
    std::uint64_t given = 0;
    for (const std::string& answer : found(query)) {
      if (query.limit && given == query.limit) break;
      ++given;
      ++answers;
      if (!use(mood == Mood::Garbage ? answer.substr(0, answer.size() / 2) : answer)) break;
    }
    report.cut = query.limit && given == query.limit;
    return report;
  }

  Result<model::RemoteFetchReport> fetch(const model::RemoteId& id, const TakeObject& take) override {
    ++fetches;
    {
      std::unique_lock lock(mutex_);
      moved_.wait(lock, [&] { return !held_ || stopped_; });
      if (stopped_) return fail(ErrorCode::BadGateway, name_ + " was not waited for");
    }
    if (auto bad = trouble(); !bad.ok()) return bad.error();
    model::RemoteFetchReport report;
    for (const Object& object : below(id)) {
      ++moved_objects;
      ++report.received;
      if (mood == Mood::Garbage)
        TRY(take(std::make_shared<HeldBytes>("no DICOM at all")));
      else if (mood == Mood::AnotherObject)
        TRY(take(other_than(id)));
      else if (mood != Mood::Nothing)
        TRY(take(object.bytes));
    }
    if (report.received == 0) return fail(ErrorCode::NotFound, name_ + " does not have this");
    return report;
  }

  Result<model::RemoteFetchReport> metadata(const model::RemoteId& id,
                                            const std::function<bool(std::string json)>& use) override {
    ++metadatas;
    if (!gives_metadata) return fail(ErrorCode::NotSupported, name_ + " gives no metadata");
    if (fail_after_metadata >= 0 && metadatas > static_cast<std::uint64_t>(fail_after_metadata))
      mood = Mood::Down;
    if (auto bad = trouble(); !bad.ok()) return bad.error();
    model::RemoteFetchReport report;
    for (const Object& object : below(id)) {
      ++moved_metadata;
      ++report.received;
      if (!use(mood == Mood::Garbage ? std::string("{\"x\"") : object.json)) break;
    }
    if (report.received == 0) return fail(ErrorCode::NotFound, name_ + " does not have this");
    return report;
  }

  Result<std::vector<model::RemoteStoreOutcome>> store(
      std::span<const std::shared_ptr<const ByteSource>> objects) override {
    ++stores;
    if (auto bad = trouble(); !bad.ok()) return bad.error();
    std::vector<model::RemoteStoreOutcome> outcomes;
    for (const auto& object : objects) {
      std::string bytes(object->size(), '\0');
      TRY(object->read_at(0, std::as_writable_bytes(std::span(bytes))));
      const bool refused = bytes.find("REFUSED") != std::string::npos;
      if (!refused) add(std::move(bytes));
      outcomes.push_back(refused ? model::RemoteStoreOutcome{0xA700, "out of resources"}
                                 : model::RemoteStoreOutcome{});
    }
    return outcomes;
  }

 private:
  struct Object {
    std::shared_ptr<const ByteSource> bytes;
    std::string json, syntax;
    Value data;
    model::RemoteId id;
  };

  Result<void> trouble() const {
    if (mood == Mood::Down) return fail(ErrorCode::BadGateway, name_ + " cannot be reached");
    if (mood == Mood::Late) return fail(ErrorCode::GatewayTimeout, name_ + " did not answer in time");
    return {};
  }

  std::vector<Object> below(const model::RemoteId& id) const {
    const std::lock_guard lock(mutex_);
    std::vector<Object> all;
    for (const Object& object : objects_) {
      const bool study = id.study_uid.empty() || object.id.study_uid == id.study_uid;
      const bool series = id.series_uid.empty() || object.id.series_uid == id.series_uid;
      const bool instance = id.instance_uid.empty() || object.id.instance_uid == id.instance_uid;
      if (study && series && instance) all.push_back(object);
    }
    return all;
  }

  std::shared_ptr<const ByteSource> other_than(const model::RemoteId& id) const {
    const std::lock_guard lock(mutex_);
    for (const Object& object : objects_)
      if (object.id.instance_uid != id.instance_uid) return object.bytes;
    return std::make_shared<HeldBytes>("");
  }

  static Value texts(const char* vr, const std::set<std::string>& values) {
    Value list = Value::list();
    for (const std::string& value : values) list.push(value);
    return Value::map().set("vr", vr).set("Value", std::move(list));
  }
  static Value count(std::size_t number) {
    return Value::map().set("vr", "IS").set("Value", Value::list().push(number));
  }

  // One object stands for its study or series; what is said of all of them is computed.
  Value answer(const model::RemoteQuery& query, const Object& object) const {
    using model::Level;
    Value data = object.data;
    const bool of_study = query.level == Level::Study;
    std::set<std::string> series, modalities;
    const auto all = below({object.id.study_uid, of_study ? "" : object.id.series_uid, {}});
    for (const Object& one : all) {
      series.insert(one.id.series_uid);
      if (const Value* modality = one.data.find("00080060"))
        if (const Value* values = modality->find("Value"))
          for (const Value& value : *values->as_list()) modalities.insert(*value.as_string());
    }
    if (of_study && gives_counts)
      data.set("00080061", texts("CS", modalities))
          .set("00201206", count(series.size()))
          .set("00201208", count(all.size()));
    if (query.level == Level::Series) data.set("00201209", count(all.size()));
    if (query.level == Level::Instance && gives_syntaxes) data.set("00083002", texts("UI", {object.syntax}));
    return data;
  }

  std::vector<std::string> found(const model::RemoteQuery& query) const {
    std::vector<std::string> answers;
    std::set<std::string> seen;
    for (const Object& object : below({})) {
      const std::string uid = query.level == model::Level::Study    ? object.id.study_uid
                              : query.level == model::Level::Series ? object.id.series_uid
                                                                    : object.id.instance_uid;
      if (!seen.insert(uid).second) continue;
      const Value whole = answer(query, object);
      Value asked = Value::map();
      std::map<std::string, Value> members;
      bool match = true;
      for (const model::RemoteKey& key : query.keys) {
        const auto tag = mappers::dicom::make_tag(key.tag);
        if (!key.value.empty()) {
          const auto parsed = mappers::dicom::parse_key({tag}, key.value);
          match = match && parsed.ok() && mappers::dicom::matches(whole, *parsed);
        }
        if (const Value* member = whole.find(mappers::dicom::hex(tag)))
          members[mappers::dicom::hex(tag)] = *member;
      }
      if (!match) continue;
      for (auto& [tag, member] : members) asked.set(tag, member);
      answers.push_back(to_json(asked));
    }
    return answers;
  }

  const std::string name_, kind_;
  mutable std::mutex mutex_;
  std::condition_variable moved_;
  bool held_ = false, stopped_ = false;
  std::vector<Object> objects_;
};

}  // namespace gateway::testing

#include "gateway/fhir/described_records.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <set>

#include "gateway/base/log.h"
#include "gateway/base/text.h"
#include "gateway/codec/json.h"
#include "gateway/fhir/stored_references.h"
#include "mappers/fhir/read_imaging_study.h"
#include "mappers/fhir/read_parts.h"

namespace gateway::fhir {
namespace {

using model::RecordChange;
using model::ResourceWrite;

constexpr std::string_view kType = "ImagingStudy";
constexpr std::uint32_t kMaxDependents = 1000;  // studies whose records follow a change of what they refer to
constexpr std::uint32_t kMaxRivals = 20;        // other descriptions of one study
constexpr std::uint32_t kBatch = 100;
constexpr std::size_t kLoggedNotes = 5;
constexpr std::uint64_t kMostInstances =
    20'000;  // that are described again in one commit, beside what is sent
constexpr std::size_t kMaxUid = 64;
constexpr int kAttempts = 100;  // while others write

// Types whose content becomes part of the records of a study.
constexpr std::array<std::string_view, 7> kParts = {
    "Device", "Endpoint", "Organization", "Patient", "Practitioner", "PractitionerRole", "ServiceRequest"};

std::string name_of(std::string_view type, std::string_view id) {
  return std::string(type) + "/" + std::string(id);
}

model::Match is(std::string field, std::string value) {
  return {std::move(field), model::Match::Kind::AnyOf, {std::move(value)}, {}, {}};
}

// What a count says; 0 for none.
std::uint64_t count_of(const Value& object, std::string_view member) {
  const Value* count = object.find(member);
  const std::int64_t* said = count ? count->as_int() : nullptr;
  return said && *said > 0 ? static_cast<std::uint64_t>(*said) : 0;
}

// Series and instances that are counted without being listed are counted here as well.
void take_counts(const Value& study, mappers::fhir::ReadStudy& read) {
  model::StudyRow& row = read.row;
  const Value* list = study.find("series");
  std::uint64_t instances = 0;
  for (std::size_t i = 0; i < row.series.size(); ++i) {
    std::uint64_t& count = row.series[i].instance_count;
    count = std::max(count, count_of((*list->as_list())[i], "numberOfInstances"));
    instances += count;
  }
  row.series_count = std::max<std::uint64_t>(row.series.size(), count_of(study, "numberOfSeries"));
  row.instance_count = std::max(instances, count_of(study, "numberOfInstances"));
  const bool more_series = count_of(study, "numberOfSeries") == row.series_count;
  const bool more_instances = count_of(study, "numberOfInstances") == row.instance_count;
  std::erase_if(read.losses, [&](const std::string& loss) {
    return (more_series && loss.starts_with("numberOfSeries:")) ||
           (more_instances && loss.starts_with("numberOfInstances:"));
  });
}

// PS3.5 section 9.1
bool is_uid(std::string_view text) {
  return !text.empty() && text.size() <= kMaxUid &&
         text.find_first_not_of("0123456789.") == std::string_view::npos;
}

// Of study, series and instances the first UID that is none; empty: all are.
std::string no_uid(const model::StudyRow& row) {
  if (!is_uid(row.study.uid)) return row.study.uid.substr(0, kMaxUid);
  for (const model::SeriesRow& series : row.series) {
    if (!is_uid(series.series.uid)) return series.series.uid.substr(0, kMaxUid);
    for (const model::Instance& instance : series.instances)
      if (!is_uid(instance.uid)) return instance.uid.substr(0, kMaxUid);
  }
  return {};
}

std::uint64_t listed_in(const Value& study) {
  std::uint64_t count = 0;
  for (const Value& series : mappers::fhir::items_of(study, "series"))
    count += mappers::fhir::items_of(series, "instance").size();
  return count;
}

class Recorder {
 public:
  Recorder(const FhirFace& face, const Place& place, std::span<const ResourceWrite> writes)
      : face_(face), store_(*face.resources()->store()), references_(face, place, writes), writes_(writes) {}

  Result<DescribedRecords> run() {
    for (const ResourceWrite& write : writes_) TRY_VOID(add(write));
    for (const std::string& id : sent_) TRY_VOID(settle(id));
    for (const std::string& id : studies_)
      if (!sent_.contains(id)) TRY_VOID(settle_or_postpone(id));
    return std::move(records_);
  }
  Result<DescribedRecords> run(const std::vector<std::string>& resources) {
    for (const std::string& resource : resources) studies_.insert(resource.substr(kType.size() + 1));
    return run();
  }

 private:
  // Of what the gateway derives by itself no records are made.
  Result<void> add(const ResourceWrite& write) {
    if (!write.origin.empty()) return {};
    if (write.type == kType) {
      studies_.insert(write.id);
      sent_.insert(write.id);
    }
    const bool is_part = std::find(kParts.begin(), kParts.end(), write.type) != kParts.end();
    if (!is_part || write.method == "POST") return {};  // nobody can refer to an id that was just made
    return TRY(has_studies()) ? add_dependents(write) : Result<void>();
  }

  Result<bool> has_studies() {
    if (!has_studies_) {
      model::ResourceQuery query;
      query.types = {std::string(kType)};
      query.limit = 1;
      has_studies_ = !TRY(store_.find(query)).empty();
    }
    return *has_studies_;
  }

  Result<void> add_dependents(const ResourceWrite& write) {
    static const std::vector<std::string> kParameters = {"patient",   "subject",  "endpoint",   "basedon",
                                                         "performer", "referrer", "interpreter"};
    model::ResourceQuery query;
    query.types = {std::string(kType)};
    query.limit = kMaxDependents + 1;
    model::ResourceCondition refers;
    for (const std::string& parameter : kParameters) {
      model::ValueTest test;
      test.parameter = parameter;
      test.system = write.type;
      test.how = model::ValueTest::Text::Equals;
      test.texts = {write.id};
      refers.any.push_back(std::move(test));
    }
    query.conditions = {std::move(refers)};
    const auto hits = TRY(store_.find(query));
    for (std::size_t i = 0; i < std::min<std::size_t>(hits.size(), kMaxDependents); ++i)
      studies_.insert(hits[i].id);
    if (hits.size() > kMaxDependents)
      note(name_of(write.type, write.id), "more than " + std::to_string(kMaxDependents) +
                                              " studies refer to it: the records of the others stay as they "
                                              "are until these studies are sent again");
    return {};
  }

  // What others refer to may be part of many large studies: after so many instances the rest waits for
  // describe_what_is_stored(). One at least is done.
  Result<void> settle_or_postpone(const std::string& id) {
    const std::string resource = name_of(kType, id);
    const Value* study = TRY(references_.find(resource));
    const std::uint64_t listed = study ? listed_in(*study) : 0;
    if (again_ > 0 && again_ + listed > kMostInstances) {
      records_.changes.push_back({resource, nullptr, true});
      return {};
    }
    again_ += std::max<std::uint64_t>(listed, 1);
    return settle(id);
  }

  // What the resource describes now; and whoever else describes the study that it leaves.
  Result<void> settle(const std::string& id) {
    const std::string resource = name_of(kType, id);
    const auto before = TRY(store_.described_by(resource));
    RecordChange change{resource, TRY(describe(id)), false};
    const bool leaves = before && (!change.study || change.study->head.object.study.uid != *before);
    records_.changes.push_back(std::move(change));
    if (leaves) TRY_VOID(promote(*before, id));
    log_notes(resource);
    return {};
  }

  Result<void> promote(const std::string& study_uid, const std::string& left_by) {
    free_.insert(study_uid);
    for (const std::string& id : TRY(rivals(study_uid))) {
      if (id == left_by || studies_.contains(id)) continue;
      RecordChange change{name_of(kType, id), TRY(describe(id)), false};
      if (!change.study) continue;
      records_.changes.push_back(std::move(change));
      return {};
    }
    return {};
  }

  // Resources of the store with this study as identifier.
  Result<std::vector<std::string>> rivals(const std::string& study_uid) const {
    model::ResourceQuery query;
    query.types = {std::string(kType)};
    query.limit = kMaxRivals;
    model::ValueTest test;
    test.parameter = "identifier";
    test.system = "urn:dicom:uid";
    test.how = model::ValueTest::Text::Equals;
    test.texts = {"urn:oid:" + study_uid, study_uid};
    query.conditions = {{{std::move(test)}, false}};
    std::vector<std::string> ids;
    for (const auto& hit : TRY(store_.find(query))) ids.push_back(hit.id);
    return ids;
  }

  // Null: no records, and a note why, unless the resource is gone.
  Result<std::shared_ptr<const model::DescribedStudy>> describe(const std::string& id) {
    const std::string resource = name_of(kType, id);
    const std::shared_ptr<const model::DescribedStudy> nothing;
    const Value* study = TRY(references_.find(resource));
    if (!study) return nothing;
    if (const auto status = study->text("status"); status == "entered-in-error" || status == "cancelled") {
      note(resource, "no image records: its status is " + std::string(status));
      return nothing;
    }
    auto read = mappers::fhir::read_imaging_study(*study, face_.render(), [this](std::string_view reference) {
      return references_.resolve(reference);
    });
    if (!read) {
      note(resource, "no image records: " + read.error().message);
      return nothing;
    }
    if (const std::string wrong = no_uid(read->row); !wrong.empty()) {
      note(resource, "no image records: not a UID of digits and dots: " + wrong);
      return nothing;
    }
    take_counts(*study, *read);
    const std::string uid = read->row.study.uid;
    if (const auto holder = TRY(holder_of(uid, resource))) {
      note(resource, "no image records: " + *holder);
      return nothing;
    }
    taken_[uid] = resource;
    note_all(resource, *read);
    model::Description description{resource, std::move(read->row), std::move(read->retrieve_address),
                                   std::move(read->series_addresses)};
    auto described = face_.parts().describer->describe(description);
    if (described || described.error().code != ErrorCode::InvalidParameter) return described;
    taken_.erase(uid);
    note(resource, "no image records: " + described.error().text());
    return nothing;
  }

  // Who has the records of this study already; nothing when it is to have.
  Result<std::optional<std::string>> holder_of(const std::string& uid, const std::string& resource) const {
    model::Query query;
    query.matches = {is("study.uid", uid)};
    if (TRY(face_.index().count(query)) > 0)
      return std::optional<std::string>("the study is here as DICOM objects, which say what it is");
    const auto taken = taken_.find(uid);
    if (taken != taken_.end())
      return taken->second == resource ? std::optional<std::string>() : described_by(taken->second);
    const auto other = TRY(store_.describer_of(uid));
    if (!other || *other == resource || free_.contains(uid)) return std::optional<std::string>();
    if (TRY(leaves_study(*other, uid))) return std::optional<std::string>();
    return described_by(*other);
  }

  static std::optional<std::string> described_by(const std::string& resource) {
    return "the study is described by " + resource + " already";
  }

  // Whether a resource that is written here, too, will not describe the study any more.
  Result<bool> leaves_study(const std::string& resource, const std::string& uid) const {
    if (!sent_.contains(resource.substr(kType.size() + 1))) return false;
    const Value* study = TRY(references_.find(resource));
    if (!study) return true;
    const auto read = mappers::fhir::read_imaging_study(*study, face_.render());
    return !read || read->row.study.uid != uid;
  }

  void note_all(const std::string& resource, const mappers::fhir::ReadStudy& read) {
    for (const std::string& loss : read.losses) note(resource, "not in the image records: " + loss);
    if (read.retrieve_address.empty())
      note(resource, "the images cannot be retrieved: no Endpoint says where they are");
  }
  void note(const std::string& resource, std::string what) {
    records_.notes[resource].push_back(std::move(what));
  }

  void log_notes(const std::string& resource) const {
    const auto found = records_.notes.find(resource);
    if (found == records_.notes.end()) return;
    std::string first;
    for (std::size_t i = 0; i < std::min(found->second.size(), kLoggedNotes); ++i)
      first += (first.empty() ? "" : "; ") + found->second[i].substr(0, found->second[i].find('"'));
    log::warning("resource_without_full_records",
                 {{"resource", resource}, {"notes", found->second.size()}, {"first", first}});
  }

  const FhirFace& face_;
  model::ResourceStore& store_;
  StoredReferences references_;
  std::span<const ResourceWrite> writes_;
  std::optional<bool> has_studies_;           // any at all
  std::set<std::string> studies_;             // ids that are to be settled
  std::set<std::string> sent_;                // those of them that are written
  std::uint64_t again_ = 0;                   // instances that are described again
  std::set<std::string> free_;                // UIDs whose describer goes
  std::map<std::string, std::string> taken_;  // UID, by which resource from now on
  DescribedRecords records_;
};

}  // namespace

Result<DescribedRecords> described_records(const FhirFace& face, const Place& place,
                                           std::span<const ResourceWrite> writes) {
  if (!face.parts().describer) return DescribedRecords();
  return Recorder(face, place, writes).run();
}

Result<void> describe_what_is_stored(const FhirFace& face) {
  if (!face.parts().describer || !face.resources() || !face.resources()->store()) return {};
  model::ResourceStore& store = *face.resources()->store();
  for (int conflicts = 0; conflicts < kAttempts;) {
    const auto resources = TRY(store.undescribed(kBatch));
    if (resources.empty()) return {};
    const std::int64_t state = TRY(store.state());
    const DescribedRecords records = TRY(Recorder(face, {}, {}).run(resources));
    const auto done = store.commit({}, state, records.changes);
    if (done) continue;
    if (done.error().code != ErrorCode::Conflict) return done.error();
    ++conflicts;
  }
  return fail(ErrorCode::StoreBusy, "others write all the time");
}

}  // namespace gateway::fhir

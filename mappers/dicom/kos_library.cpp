#include "mappers/dicom/kos_library.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include "gateway/base/text.h"
#include "mappers/dicom/kos_codes.h"

namespace mappers::dicom::kos {
namespace {

using gateway::model::add_note;
using gateway::model::Manifest;
using gateway::model::ManifestInstance;
using gateway::model::ManifestNote;
using gateway::model::ManifestNotes;
using gateway::model::ManifestSeries;
using Kind = ManifestNote::Kind;

bool is_entry(const ContentItem& item) {
  return (item.type == ValueType::Image || item.type == ValueType::Composite ||
          item.type == ValueType::Waveform) &&
         !item.references.empty();
}

std::optional<std::int64_t> whole(const ContentItem& item) {
  const auto number = item.number();
  if (!number || *number < -2147483648.0 || *number > 2147483647.0) return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

// A count as it should be, a NUM, or as it is met in trial documents: (20, UCUM, "instances") as a text.
std::optional<std::int64_t> count_of(const ContentItem& item, ManifestNotes& notes) {
  if (item.type == ValueType::Num) return whole(item);
  add_note(notes, Kind::Variant, "a count written as " + std::string(name_of(item.type)), item.name.meaning);
  const auto from = item.text.find_first_of("0123456789");
  if (from == std::string::npos) return std::nullopt;
  const auto to = item.text.find_first_not_of("0123456789", from);
  return gateway::parse_number<std::int64_t>(std::string_view(item.text).substr(from, to - from));
}

void note_trial(const ContentItem& item, ManifestNotes& notes) {
  if (item.name.scheme == "99IHE")
    add_note(notes, Kind::Variant, "a code of the trial phase of IHE MADO", item.name.value);
}

// Facts of one instance: TID 1602, and of Key Object documents their title and description.
bool read_fact(const ContentItem& item, ManifestInstance& instance) {
  if (kInstanceNumber.names(item))
    instance.number = whole(item);
  else if (kFrames.names(item))
    instance.frames = whole(item);
  else if (kDocumentTitle.names(item))
    instance.title = item.code;
  else if (kDescription.names(item))
    instance.description = item.text;
  else
    return false;
  return true;
}

class GroupReader {
 public:
  explicit GroupReader(ManifestNotes& notes) : notes_(notes) {}

  ManifestSeries read(const ContentItem& group) {
    for (const ContentItem& item : group.children) {
      note_trial(item, notes_);
      if (is_entry(item))
        read_entry(item);
      else if (read_fact(item, pending_))  // trial documents: beside the entry, in front of it
        add_note(notes_, Kind::Variant, "facts of an instance beside its entry", item.name.meaning);
      else
        read_descriptor(item);
    }
    if (declared_ && static_cast<std::size_t>(*declared_) != series_.instances.size())
      add_note(notes_, Kind::Variant,
               "a series that says it has " + std::to_string(*declared_) + " instances and lists " +
                   std::to_string(series_.instances.size()),
               series_.uid);
    return std::move(series_);
  }

 private:
  void read_entry(const ContentItem& item) {
    ManifestInstance instance = std::exchange(pending_, {});
    instance.uid = item.references[0].sop_instance_uid;
    instance.sop_class_uid = item.references[0].sop_class_uid;
    for (const ContentItem& fact : item.children) read_fact(fact, instance);
    series_.instances.push_back(std::move(instance));
  }

  void read_descriptor(const ContentItem& item) {
    if (kModality.names(item))
      series_.modality = item.code;
    else if (kSeriesUid.names(item))
      series_.uid = item.text;
    else if (kSeriesNumber.names(item))
      series_.number = whole(item);
    else if (kSeriesDescription.names(item))
      series_.description = item.text;
    else if (kSeriesDate.names(item))
      series_.date = item.text;
    else if (kSeriesTime.names(item))
      series_.time = item.text;
    else if (kSeriesInstances.names(item))
      declared_ = count_of(item, notes_);
    else
      read_region(item);
  }

  void read_region(const ContentItem& item) {
    if (kLaterality.names(item))
      series_.laterality = item.code;
    else if (!kTargetRegion.names(item))
      add_note(notes_, Kind::Lost, "a content item of a group that no manifest has", item.name.meaning);
    else if (series_.body_site.value.empty())
      series_.body_site = item.code;
    else
      add_note(notes_, Kind::Lost, "a further target region of a series", item.code.meaning);
  }

  ManifestNotes& notes_;
  ManifestSeries series_;
  ManifestInstance pending_;
  std::optional<std::int64_t> declared_;
};

// The series of the evidence by their UIDs and by those of their instances; each is taken once.
class Evidence {
 public:
  explicit Evidence(std::vector<ManifestSeries> series) : series_(std::move(series)), taken_(series_.size()) {
    for (std::size_t at = series_.size(); at-- > 0;) {  // so that the first of a UID is at the back
      by_series_[series_[at].uid].push_back(at);
      for (const ManifestInstance& one : series_[at].instances) {
        auto& holders = by_instance_[one.uid];
        if (holders.empty() || holders.back() != at) holders.push_back(at);
      }
    }
  }

  // What a group is about; without a UID it is known by its first instance. nullptr: there is none.
  ManifestSeries* take(const ManifestSeries& group) {
    if (!group.uid.empty()) return take(by_series_, group.uid);
    return group.instances.empty() ? nullptr : take(by_instance_, group.instances[0].uid);
  }

  // What nobody took, in order.
  std::vector<ManifestSeries> rest() && {
    std::vector<ManifestSeries> left;
    for (std::size_t at = 0; at < series_.size(); ++at)
      if (!taken_[at]) left.push_back(std::move(series_[at]));
    return left;
  }

 private:
  using Places = std::unordered_map<std::string, std::vector<std::size_t>>;

  ManifestSeries* take(Places& places, const std::string& uid) {
    const auto found = places.find(uid);
    if (found == places.end()) return nullptr;
    auto& candidates = found->second;
    while (!candidates.empty() && taken_[candidates.back()]) candidates.pop_back();
    if (candidates.empty()) return nullptr;
    taken_[candidates.back()] = true;
    return &series_[candidates.back()];
  }

  std::vector<ManifestSeries> series_;
  std::vector<bool> taken_;
  Places by_series_, by_instance_;
};

class LibraryReader {
 public:
  LibraryReader(Manifest& manifest, ManifestNotes& notes) : manifest_(manifest), notes_(notes) {}

  void read(const ContentItem& library) {
    Evidence evidence(std::exchange(manifest_.series, {}));
    for (const ContentItem& item : library.children) {
      note_trial(item, notes_);
      if (kGroup.names(item))
        add_group(GroupReader(notes_).read(item), evidence);
      else
        read_descriptor(item);
    }
    for (ManifestSeries& left : std::move(evidence).rest()) {
      add_note(notes_, Kind::Variant, "a series of the evidence that the Image Library does not have",
               left.uid);
      manifest_.series.push_back(std::move(left));
    }
    if (declared_ && static_cast<std::size_t>(*declared_) != manifest_.series.size())
      add_note(notes_, Kind::Variant,
               "a study that says it has " + std::to_string(*declared_) + " series and lists " +
                   std::to_string(manifest_.series.size()),
               manifest_.study_uid);
  }

 private:
  void read_descriptor(const ContentItem& item) {
    if (kModality.names(item))
      manifest_.modalities.push_back(item.code);
    else if (kTargetRegion.names(item))
      manifest_.regions.push_back(item.code);
    else if (kProcedure.names(item))
      manifest_.procedures.push_back(item.code);
    else if (kStudySeries.names(item))
      declared_ = count_of(item, notes_);
    else
      add_note(notes_, Kind::Lost, "a content item of the library that no manifest has", item.name.meaning);
  }

  // The evidence says where a series is to be had.
  void add_group(ManifestSeries group, Evidence& evidence) {
    ManifestSeries* found = evidence.take(group);
    if (!found) {
      add_note(notes_, Kind::Variant, "a series of the Image Library that the evidence does not have",
               group.uid);
    } else {
      group.uid = found->uid;
      group.retrieve_url = found->retrieve_url;
      group.location_uid = found->location_uid;
      add_missing(group, found->instances);
    }
    if (!group.uid.empty()) manifest_.series.push_back(std::move(group));
  }

  void add_missing(ManifestSeries& group, std::vector<ManifestInstance>& evidence) {
    std::map<std::string_view, bool> listed;
    for (const ManifestInstance& one : group.instances) listed[one.uid] = true;
    std::vector<ManifestInstance> missing;
    for (ManifestInstance& one : evidence)
      if (!listed.contains(one.uid)) missing.push_back(std::move(one));
    if (!missing.empty())
      add_note(notes_, Kind::Variant, "instances of the evidence that the Image Library does not have",
               group.uid);
    std::move(missing.begin(), missing.end(), std::back_inserter(group.instances));
  }

  Manifest& manifest_;
  ManifestNotes& notes_;
  std::optional<std::int64_t> declared_;
};

}  // namespace

void add_library(const ContentItem& root, Manifest& manifest, ManifestNotes& notes) {
  const ContentItem* library = nullptr;
  for (const ContentItem& item : root.children) {
    if (!library && kImageLibrary.names(item)) library = &item;
    if (kProcedure.names(item)) manifest.procedures.push_back(item.code);
  }
  if (library) return LibraryReader(manifest, notes).read(*library);
  add_note(notes, Kind::Missing, "an Image Library: modalities, descriptions and numbers are not known",
           "0040A730");
}

}  // namespace mappers::dicom::kos

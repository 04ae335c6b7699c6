#include "gateway/sources/live_row.h"

#include <algorithm>
#include <span>

#include "gateway/base/json_text.h"
#include "gateway/codec/uri.h"
#include "gateway/sources/answers.h"
#include "gateway/sources/remote_ref.h"

namespace gateway::sources {
namespace {

using model::Level;
namespace slot = model::slot;

struct Attribute {
  std::string_view tag, vr;
};
constexpr Attribute kStudy[] = {
    {"00080020", "DA"}, {"00080030", "TM"}, {"00080050", "SH"}, {"00080056", "CS"}, {"00080061", "CS"},
    {"00080090", "PN"}, {"00081190", "UR"}, {"00100010", "PN"}, {"00100020", "LO"}, {"00100030", "DA"},
    {"00100040", "CS"}, {"0020000D", "UI"}, {"00200010", "SH"}, {"00201206", "IS"}, {"00201208", "IS"}};
constexpr Attribute kSeries[] = {{"00080056", "CS"}, {"00080060", "CS"}, {"00081190", "UR"},
                                 {"0020000D", "UI"}, {"0020000E", "UI"}, {"00200011", "IS"},
                                 {"00201209", "IS"}};
constexpr Attribute kInstance[] = {{"00080016", "UI"}, {"00080018", "UI"}, {"00080056", "CS"},
                                   {"00081190", "UR"}, {"0020000D", "UI"}, {"0020000E", "UI"},
                                   {"00200013", "IS"}};

std::span<const Attribute> attributes_of(Level level) {
  if (level == Level::Study) return kStudy;
  if (level == Level::Series) return kSeries;
  return kInstance;
}

// What the row says itself, whatever the source said.
class Writer {
 public:
  Writer(const model::SearchRow& row, std::string_view ae_title) : row_(row), ae_title_(ae_title) {}

  std::string write(Level level, const Value& answer) {
    for (const auto& [tag, member] : *answer.as_map()) write_member(level, tag, member);
    return out_ + "}";
  }

 private:
  void write_member(Level level, const std::string& tag, const Value& member) {
    out_ += out_.empty() ? "{" : ",";
    append_json_string(out_, tag);
    out_ += ':';
    if (tag == "00080054") return text("AE", std::string(ae_title_));
    if (tag == "00080005") return text("CS", "ISO_IR 192");
    if (tag == "00080056") return text("CS", "ONLINE");
    if (tag == "00081190") return url();
    if (tag == key::kModalities && level == Level::Study) return filled("CS", slot::kModalities);
    if (tag == key::kStudySeries) return filled("IS", slot::kNumberOfSeries);
    if (tag == key::kStudyInstances || tag == key::kSeriesInstances)
      return filled("IS", slot::kNumberOfInstances);
    append_json(out_, member);
  }

  void text(std::string_view vr, const std::string& value) {
    out_ += "{\"vr\":\"" + std::string(vr) + "\",\"Value\":[";
    append_json_string(out_, value);
    out_ += "]}";
  }
  void filled(std::string_view vr, char value) {
    out_ += "{\"vr\":\"" + std::string(vr) + "\",\"Value\":[";
    out_ += value;
    out_ += "]}";
  }
  void url() {
    out_ += "{\"vr\":\"UR\",\"Value\":[\"";
    out_ += slot::kServiceRoot;
    out_ += "/studies/" + codec::percent_encode(row_.study_uid);
    if (!row_.series_uid.empty()) out_ += "/series/" + codec::percent_encode(row_.series_uid);
    if (!row_.instance_uid.empty()) out_ += "/instances/" + codec::percent_encode(row_.instance_uid);
    out_ += "\"]}";
  }

  const model::SearchRow& row_;
  const std::string_view ae_title_;
  std::string out_;
};

void ensure(Value& answer, std::string_view tag, std::string_view vr) {
  Value::Map& members = *answer.as_map();
  const auto place = std::lower_bound(members.begin(), members.end(), tag,
                                      [](const auto& m, std::string_view t) { return m.first < t; });
  if (place != members.end() && place->first == tag) return;
  members.emplace(place, std::string(tag), Value::map().set("vr", vr));
}

// Counts of other levels would become slots that this level does not fill.
void drop_other_counts(Level level, Value& answer) {
  std::erase_if(*answer.as_map(), [&](const auto& member) {
    const bool of_study = member.first == key::kStudySeries || member.first == key::kStudyInstances;
    const bool of_series = member.first == key::kSeriesInstances;
    return (of_study && level != Level::Study) || (of_series && level != Level::Series) ||
           member.first == "00080052";  // Query/Retrieve Level
  });
}

}  // namespace

Result<model::SearchRow> make_row(Level level, Value answer, std::string_view ae_title) {
  if (!answer.as_map()) return fail(ErrorCode::BadGateway, "an answer is no DICOM JSON object");
  model::SearchRow row;
  row.study_uid = text_of(answer, key::kStudyUid);
  if (level >= Level::Series) row.series_uid = text_of(answer, key::kSeriesUid);
  if (level >= Level::Instance) row.instance_uid = text_of(answer, key::kInstanceUid);
  // The same rule as for objects: UIDs become parts of URLs.
  const model::RemoteId id{row.study_uid, level >= Level::Series ? row.series_uid : "1",
                           level >= Level::Instance ? row.instance_uid : "1"};
  if (!remote_ref("x", id).ok()) return fail(ErrorCode::BadGateway, "an answer has no usable UIDs");
  row.modalities = texts_of(answer, key::kModalities);
  std::sort(row.modalities.begin(), row.modalities.end());
  row.modalities.erase(std::unique(row.modalities.begin(), row.modalities.end()), row.modalities.end());
  row.series_count = count_of(answer, key::kStudySeries).value_or(0);
  row.instance_count =
      count_of(answer, level == Level::Study ? key::kStudyInstances : key::kSeriesInstances).value_or(0);
  drop_other_counts(level, answer);
  for (const auto& [tag, vr] : attributes_of(level)) ensure(answer, tag, vr);
  ensure(answer, "00080054", "AE");
  row.json = Writer(row, ae_title).write(level, answer);
  return row;
}

const std::string& uid_of(const model::SearchRow& row, Level level) {
  return level == Level::Study ? row.study_uid : level == Level::Series ? row.series_uid : row.instance_uid;
}

void merge_counts(model::SearchRow& row, const model::SearchRow& other) {
  row.series_count = std::max(row.series_count, other.series_count);
  row.instance_count = std::max(row.instance_count, other.instance_count);
  for (const std::string& modality : other.modalities) {
    const auto place = std::lower_bound(row.modalities.begin(), row.modalities.end(), modality);
    if (place == row.modalities.end() || *place != modality) row.modalities.insert(place, modality);
  }
}

}  // namespace gateway::sources

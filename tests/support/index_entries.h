// Synthetic index entries: subject -> study -> series -> instance by number, as an ingest would hand them
// over.
#pragma once

#include <string>

#include "gateway/model/ports.h"

namespace gateway::testing {

struct EntryNumbers {
  int subject = 1;
  int study = 1;     // over all subjects
  int series = 1;    // in the study
  int instance = 1;  // in the series
};

inline std::string study_uid(int study) { return "2.25.1000" + std::to_string(study); }
inline std::string series_uid(int study, int series) {
  return study_uid(study) + "." + std::to_string(series);
}
inline std::string instance_uid(int study, int series, int instance) {
  return series_uid(study, series) + "." + std::to_string(instance);
}

inline std::string numbered_date(int n) {  // DA between 2015 and 2024
  const auto two = [](int v) { return (v < 10 ? "0" : "") + std::to_string(v); };
  return std::to_string(2015 + n / 336 % 10) + two(1 + n / 28 % 12) + two(1 + n % 28);
}

inline model::ImagingObject make_object(const EntryNumbers& n) {
  static constexpr const char* kModalities[] = {"CT", "MR", "MG", "PT"};
  model::ImagingObject object;
  object.subject.patient_id = "P" + std::to_string(n.subject);
  object.subject.issuer = "HOSPITAL";
  object.subject.name.alphabetic = "Name" + std::to_string(n.subject) + "^Given";
  object.subject.birth_date = "1960" + numbered_date(n.subject).substr(4);
  object.subject.sex = n.subject % 2 ? "F" : "M";
  object.study.uid = study_uid(n.study);
  object.study.date = numbered_date(n.study);
  object.study.time = "101530.5";
  object.study.accession_number = "A" + std::to_string(n.study);
  object.study.description = "Thorax";
  object.study.referring_physician.alphabetic = "Doctor^Doris";
  object.series.uid = series_uid(n.study, n.series);
  object.series.modality = kModalities[n.study % 4];
  object.series.number = n.series;
  object.series.body_part = n.study % 3 ? "CHEST" : "BREAST";
  object.series.manufacturer = "Maker " + std::to_string(n.study % 5);
  object.instance.uid = instance_uid(n.study, n.series, n.instance);
  object.instance.sop_class_uid = "1.2.840.10008.5.1.4.1.1.2";
  object.instance.transfer_syntax_uid = "1.2.840.10008.1.2.1";
  object.instance.number = n.instance;
  object.instance.rows = object.instance.columns = 512;
  return object;
}

// The JSON has about the size of real QIDO results.
inline model::IndexEntry make_entry(const EntryNumbers& n) {
  model::IndexEntry entry;
  entry.object = make_object(n);
  entry.json.study =
      "{\"study\":\"" + entry.object.study.uid + "\",\"padding\":\"" + std::string(1400, 's') + "\"}";
  entry.json.series =
      "{\"series\":\"" + entry.object.series.uid + "\",\"padding\":\"" + std::string(900, 'e') + "\"}";
  entry.json.instance =
      "{\"instance\":\"" + entry.object.instance.uid + "\",\"padding\":\"" + std::string(700, 'i') + "\"}";
  entry.inventory.hash = static_cast<std::uint64_t>(n.study % 7);
  for (std::uint32_t i = 0; i < 60; ++i)
    entry.inventory.attributes.emplace_back(0x00080000u + i * 2 + static_cast<std::uint32_t>(n.study % 7),
                                            "LO");
  entry.content = {model::BlobRef::Kind::Segment, "019aaccd5f7b7000a1b2c3d4e5f60718",
                   4096u * static_cast<unsigned>(n.instance), 2500, 0};
  entry.metadata = {model::BlobRef::Kind::Segment, "019aaccd5f7b7000a1b2c3d4e5f60718",
                    4096u * static_cast<unsigned>(n.instance) + 2500, 1500, 0};
  Sha256 hash;
  hash.update(as_bytes(entry.object.instance.uid));
  entry.digest = hash.finish();
  return entry;
}

}  // namespace gateway::testing

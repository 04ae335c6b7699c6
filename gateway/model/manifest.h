// The manifest of one imaging study: which series and instances there are and where to fetch them, without
// the images (IHE RAD MADO).
//
// The records between the two encodings of a manifest: Key Object Selection document (mappers/dicom/kos.h)
// and FHIR document Bundle (mappers/fhir/manifest.h). Text is UTF-8, dates and times are DICOM's, codes have
// coding scheme designators; an empty member means "not known". Plain structs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/model/records.h"

namespace gateway::model {

// A number of somebody's: issuer is an OID, a URI or a local name; beside the first two the local name may
// stand in issuer_name.
struct IssuedNumber {
  std::string value;
  std::string issuer;
  std::string issuer_name;
  bool empty() const { return value.empty(); }
  bool operator==(const IssuedNumber&) const = default;
};

// A requested procedure (PS3.3 table C.17-3c, Referenced Request Macro).
struct ManifestOrder {
  IssuedNumber accession;
  IssuedNumber placer;
  IssuedNumber filler;
  bool operator==(const ManifestOrder&) const = default;
};

struct ManifestInstance {
  std::string uid;
  std::string sop_class_uid;
  std::optional<std::int64_t> number;
  std::optional<std::int64_t> frames;  // of multi-frame objects
  Code title;                          // of Key Object documents: CID 7010
  std::string description;             // of Key Object documents: (113012, DCM)
  bool operator==(const ManifestInstance&) const = default;
};

struct ManifestSeries {
  std::string uid;
  Code modality;
  std::optional<std::int64_t> number;
  std::string description;
  std::string date, time;  // in the zone of the manifest
  Code body_site;
  Code laterality;
  std::string retrieve_url;  // base of WADO-RS, up to and without "/studies"
  std::string location_uid;  // Retrieve Location UID (0040,E011)
  std::vector<ManifestInstance> instances;
  bool operator==(const ManifestSeries&) const = default;
};

// Who made the manifest.
struct ManifestCreator {
  std::string manufacturer, model_name, software_version;
  std::string organization;  // name
  IssuedNumber organization_id;
  bool operator==(const ManifestCreator&) const = default;
};

struct Manifest {
  std::string uid;              // SOP Instance UID of the KOS, identifier of the Bundle
  std::int64_t created_us = 0;  // whole milliseconds; 0: not known
  Subject subject;
  std::string study_uid;
  std::string date, time;
  std::string timezone_offset;  // "+0100", of all dates and times here; empty: not known
  std::string description;
  std::vector<Code> modalities;
  std::vector<Code> regions;  // anatomical regions of the study
  std::vector<Code> procedures;
  std::vector<ManifestOrder> orders;
  std::string viewer_url;  // where the study is displayed
  ManifestCreator creator;
  std::vector<ManifestSeries> series;

  std::uint64_t instance_count() const {
    std::uint64_t count = 0;
    for (const auto& one : series) count += one.instances.size();
    return count;
  }
  bool operator==(const Manifest&) const = default;
};

// What a reader or writer of manifests has to say about one. `where` is a tag path, content item or element.
struct ManifestNote {
  enum class Kind : std::uint8_t {
    Missing,  // the profile asks for it, the source does not say it
    Lost,     // the source says it, the target cannot
    Variant,  // read, though not as the profile writes it
  };
  Kind kind = Kind::Missing;
  std::string what;
  std::string where;
  bool operator==(const ManifestNote&) const = default;
};
using ManifestNotes = std::vector<ManifestNote>;
// Adds a note, unless it is there already or there are too many.
void add_note(ManifestNotes& notes, ManifestNote::Kind kind, std::string what, std::string where);

// A UID made of a text, the same for the same text: 2.25. and a UUID of version 8 over its SHA-256 (PS3.5
// section B.2).
std::string derived_uid(std::string_view text);

// Where and what to ask of a DICOMweb server to get the series of a manifest (PS3.18 section 10.4).
struct RetrieveTarget {
  std::string url;           // {base}/studies/{study}/series/{series}
  std::string location_uid;  // of the source; empty: not known
  std::string series_uid;
  std::uint64_t instances = 0;
};
// One for each series with a known source, in the order of the manifest.
std::vector<RetrieveTarget> retrieve_targets(const Manifest& manifest);
// "{base}/studies/{study}/series/{series}", and its base: what comes before "/studies/", without '/' at its
// end.
std::string series_url(std::string_view base, std::string_view study_uid, std::string_view series_uid);
std::string retrieve_base(std::string_view url);

}  // namespace gateway::model

// The canonical imaging records: what every face of the gateway is rendered from.
//
// Plain structs; text is UTF-8, dates and times stay in DICOM form (PS3.5 6.2: DA "20240131", TM
// "093000.125") because that is what the sources say; an empty string means "not known". Field names are the
// words of design.md section 4. Each struct has one descriptor table in fields.h. No shared state: as
// thread-safe as any value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gateway::model {

// The three component groups of a person name (PS3.5 6.2.1), each "family^given^middle^prefix^suffix".
struct PersonName {
  std::string alphabetic;
  std::string ideographic;
  std::string phonetic;
  bool empty() const { return alphabetic.empty() && ideographic.empty() && phonetic.empty(); }
  bool operator==(const PersonName&) const = default;
};

// A coded concept (PS3.3 section 8): scheme is the DICOM coding scheme designator, e.g. "SCT", "DCM".
struct Code {
  std::string value;
  std::string scheme;
  std::string meaning;
  bool operator==(const Code&) const = default;
};

// The person (or object) that was imaged, as the source identifies it.
struct Subject {
  std::string patient_id;  // (0010,0020)
  std::string issuer;      // (0010,0021)
  PersonName name;         // (0010,0010)
  std::string birth_date;  // (0010,0030)
  std::string sex;         // (0010,0040): M, F, O or empty
  bool operator==(const Subject&) const = default;
};

struct Study {
  std::string uid;                 // (0020,000D)
  std::string date;                // (0008,0020)
  std::string time;                // (0008,0030)
  std::string timezone_offset;     // (0008,0201) "+0100"
  std::string accession_number;    // (0008,0050)
  std::string accession_issuer;    // (0008,0051) as one text: universal entity id, else local namespace
  std::string study_id;            // (0020,0010)
  std::string description;         // (0008,1030)
  PersonName referring_physician;  // (0008,0090)
  std::vector<Code> procedures;    // (0008,1032)
  std::string patient_age;         // (0010,1010) "063Y"
  std::string trial_protocol_id;   // (0012,0020)
  bool operator==(const Study&) const = default;
};

struct Series {
  std::string uid;                     // (0020,000E)
  std::string modality;                // (0008,0060)
  std::optional<std::int64_t> number;  // (0020,0011)
  std::string description;             // (0008,103E)
  std::string date;                    // (0008,0021)
  std::string time;                    // (0008,0031)
  std::string body_part;               // (0018,0015)
  std::vector<Code> anatomic_regions;  // (0008,2218)
  std::string laterality;              // (0020,0060)
  std::string manufacturer;            // (0008,0070)
  std::string model_name;              // (0008,1090)
  std::string station_name;            // (0008,1010)
  std::string institution;             // (0008,0080)
  std::string device_serial;           // (0018,1000)
  std::string protocol_name;           // (0018,1030)
  PersonName performing_physician;     // (0008,1050), first value
  bool operator==(const Series&) const = default;
};

struct Instance {
  std::string uid;                      // (0008,0018)
  std::string sop_class_uid;            // (0008,0016)
  std::string transfer_syntax_uid;      // (0002,0010), or what the reader found without it
  std::optional<std::int64_t> number;   // (0020,0013)
  std::optional<std::int64_t> frames;   // (0028,0008)
  std::optional<std::int64_t> rows;     // (0028,0010)
  std::optional<std::int64_t> columns;  // (0028,0011)
  std::string content_date;             // (0008,0023)
  std::string content_time;             // (0008,0033)
  std::vector<Code> concept_name;       // (0040,A043) document title of SR and KO objects
  bool operator==(const Instance&) const = default;
};

// One SOP instance with everything it says about its parents: the target of the DICOM mapping table.
struct ImagingObject {
  Subject subject;
  Study study;
  Series series;
  Instance instance;
  bool operator==(const ImagingObject&) const = default;
};

}  // namespace gateway::model

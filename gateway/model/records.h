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

// An identifier with who gave it. The issuer is one text: the universal entity as a URI or OID, else the
// local name (PS3.3 10.14, 10.15).
struct Identifier {
  std::string value;
  std::string issuer;
  std::string type;  // (0010,0022) of patient ids: TEXT, RFID, BARCODE
  bool operator==(const Identifier&) const = default;
};

// An order that led to the images: an item of Request Attributes (0040,0275) or of Referenced Request
// (0040,A370), PS3.3 10.6 and C.17.2.
struct Request {
  Identifier accession;       // (0008,0050), (0008,0051)
  Identifier placer;          // (0040,2016), (0040,0026)
  Identifier filler;          // (0040,2017), (0040,0027)
  std::string procedure_id;   // (0040,1001)
  std::string description;    // (0032,1060)
  std::vector<Code> codes;    // (0032,1064)
  std::string reason;         // (0040,1002)
  std::vector<Code> reasons;  // (0040,100A)
  bool operator==(const Request&) const = default;
};

// An item of Specimen Description Sequence (0040,0560), PS3.3 C.7.6.22.
struct Specimen {
  Identifier identifier;    // (0040,0551), (0040,0562)
  std::string uid;          // (0040,0554)
  std::string description;  // (0040,0600), else (0040,0602)
  std::vector<Code> types;  // (0040,059A)
  bool operator==(const Specimen&) const = default;
};

// The person (or object) that was imaged, as the source identifies it.
struct Subject {
  std::string patient_id;  // (0010,0020)
  std::string issuer;      // (0010,0021)
  PersonName name;         // (0010,0010)
  std::string birth_date;  // (0010,0030)
  std::string sex;         // (0010,0040): M, F, O or empty
  // Few objects have these, or few ask for them: they share one column of the index, as in all records.
  std::string issuer_entity = {};          // (0010,0024): the issuer as Identifier::issuer
  std::vector<Identifier> other_ids = {};  // (0010,1002)
  std::string address = {};                // (0010,1040)
  std::string telephones = {};             // (0010,2154), '\\' between
  std::string identity_removed = {};       // (0012,0062): YES, NO
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
  std::vector<Code> referring_physician_ids = {};  // (0008,0096) > (0040,1101)
  std::vector<PersonName> interpreters = {};       // (0008,1060)
  std::vector<Code> interpreter_ids = {};          // (0008,1062) > (0040,1101)
  std::string admission_id = {};                   // (0038,0010)
  std::string admission_issuer = {};               // (0038,0014) as Identifier::issuer
  std::string reason = {};                         // (0040,1002)
  std::vector<Code> reasons = {};                  // (0040,100A)
  std::string performed_location = {};             // (0040,0243)
  bool operator==(const Study&) const = default;
};

struct Series {
  std::string uid;                                     // (0020,000E)
  std::string modality;                                // (0008,0060)
  std::optional<std::int64_t> number;                  // (0020,0011)
  std::string description;                             // (0008,103E)
  std::string date;                                    // (0008,0021)
  std::string time;                                    // (0008,0031)
  std::string body_part;                               // (0018,0015)
  std::vector<Code> anatomic_regions;                  // (0008,2218)
  std::string laterality;                              // (0020,0060)
  std::string manufacturer;                            // (0008,0070)
  std::string model_name;                              // (0008,1090)
  std::string station_name;                            // (0008,1010)
  std::string institution;                             // (0008,0080)
  std::string device_serial;                           // (0018,1000)
  std::string protocol_name;                           // (0018,1030)
  PersonName performing_physician;                     // (0008,1050), first value
  std::vector<PersonName> performing_physicians = {};  // (0008,1050), all values
  std::vector<Code> performing_physician_ids = {};     // (0008,1052) > (0040,1101)
  std::vector<PersonName> operators = {};              // (0008,1070)
  std::vector<Code> operator_ids = {};                 // (0008,1072) > (0040,1101)
  std::string department = {};                         // (0008,1040)
  std::string institution_address = {};                // (0008,0081)
  std::vector<Code> institution_codes = {};            // (0008,0082)
  std::string device_uid = {};                         // (0018,1002)
  std::string device_id = {};                          // (0018,1003)
  std::string gantry_id = {};                          // (0018,1008)
  std::string software_versions = {};                  // (0018,1020), '\\' between
  std::string udi = {};                                // (0018,100A) > (0018,1009), first value
  std::vector<Code> region_modifiers = {};             // (0008,2218) > (0008,2220)
  std::vector<Request> requests = {};                  // (0040,0275)
  std::vector<Request> referenced_requests = {};       // (0040,A370)
  std::vector<Code> coding_schemes = {};               // (0008,0110): UID or URI, designator and name
  std::string performed_step = {};                     // (0008,1111) > (0008,1155)
  // How the first object was acquired; numbers as they are written.
  std::string kvp = {};              // (0018,0060) kV
  std::string tube_current = {};     // (0018,1151) mA
  std::string exposure_time = {};    // (0018,1150) ms
  std::string exposure = {};         // (0018,1152) mAs
  std::string slice_thickness = {};  // (0018,0050) mm
  std::string slice_spacing = {};    // (0018,0088) mm
  std::string pixel_spacing = {};    // (0028,0030) mm, '\\' between
  std::string field_strength = {};   // (0018,0087) T
  std::string repetition_time = {};  // (0018,0080) ms
  std::string echo_time = {};        // (0018,0081) ms
  std::string contrast_agent = {};   // (0018,0010)
  bool operator==(const Series&) const = default;
};

struct Instance {
  std::string uid;                       // (0008,0018)
  std::string sop_class_uid;             // (0008,0016)
  std::string transfer_syntax_uid;       // (0002,0010), or what the reader found without it
  std::optional<std::int64_t> number;    // (0020,0013)
  std::optional<std::int64_t> frames;    // (0028,0008)
  std::optional<std::int64_t> rows;      // (0028,0010)
  std::optional<std::int64_t> columns;   // (0028,0011)
  std::string content_date;              // (0008,0023)
  std::string content_time;              // (0008,0033)
  std::vector<Code> concept_name;        // (0040,A043) document title of SR and KO objects
  std::string image_type = {};           // (0008,0008), '\\' between
  std::string document_title = {};       // (0042,0010)
  std::string content_label = {};        // (0070,0080)
  std::string content_description = {};  // (0070,0081)
  std::string key_object_text = {};      // (0040,A730) > (0040,A160) of key object selections
  std::string comments = {};             // (0020,4000)
  std::string laterality = {};           // (0020,0062)
  std::vector<Specimen> specimens = {};  // (0040,0560)
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

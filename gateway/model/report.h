// A structured report: what a document says of images, as records independent of DICOM and FHIR.
//
// Made from measurement reports, dose reports and other SR documents, and from what else points at images:
// key object selections, segmentations, structure sets (mappers/dicom/report.h); rendered as FHIR resources
// (mappers/fhir/report.h). Text is UTF-8, dates and times are DICOM's, codes have coding scheme designators;
// an empty member means "not known". What a reader could not place is in `findings`. Plain structs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gateway/model/records.h"

namespace gateway::model {

// Where on the body: a finding site with its side and further modifiers.
struct ReportSite {
  Code site, laterality;
  std::vector<Code> modifiers;
  bool operator==(const ReportSite&) const = default;
};

// What computed a value (PS3.16 TID 4019).
struct ReportAlgorithm {
  std::string name, version;
  std::vector<std::string> parameters;
  Code family;
  bool empty() const { return name.empty() && version.empty(); }
  bool operator==(const ReportAlgorithm&) const = default;
};

// What a statement is about: images or parts of them, or a series as a whole.
struct ReportReference {
  Code role;                          // (111030, DCM) Image Region, (121191, DCM) Referenced Segment, ...
  std::string study_uid, series_uid;  // of the object, as the evidence of the document says
  std::string sop_class_uid, sop_instance_uid;
  std::vector<std::int64_t> frames, segments;
  std::string graphic_type;    // POLYLINE, CIRCLE, ...; empty: no region
  std::vector<double> points;  // pairs; with `solid` triples
  bool solid = false;          // SCOORD3D
  std::string frame_of_reference_uid;
  bool operator==(const ReportReference&) const = default;
};

// A value of one of the types of content items.
struct ReportValue {
  enum class Kind : std::uint8_t { None, Number, Coded, Text, Date, Time, DateTime, Person, Uid };
  Kind kind = Kind::None;
  std::string text;  // Number: as it is written
  std::optional<double> number;
  Code unit;
  std::optional<Code> qualifier;  // why there is no number, or what is special about it
  Code code;
  PersonName person;
  bool operator==(const ReportValue&) const = default;
};

// One statement: a measurement, an evaluation, a parameter.
struct ReportItem {
  Code name;
  ReportValue value;
  std::string where;     // path of the content item: "1.4.2"
  std::string uid;       // Observation UID (0040,A171)
  std::string observed;  // Observation DateTime (0040,A032)
  std::string tracking_id, tracking_uid;
  Code method;
  std::vector<ReportSite> sites;
  ReportAlgorithm algorithm;
  std::vector<Code> interpretations;  // normality, significance
  std::vector<ReportReference> references;
  std::vector<ReportItem> properties;  // all else that is said of it
  bool operator==(const ReportItem&) const = default;
};

// Statements that belong together.
struct ReportGroup {
  enum class Kind : std::uint8_t {
    Measurements,  // a measurement group; also a segment, a region of a structure set
    Section,       // any other container
    AccumulatedDose,
    IrradiationEvent,
  };
  Kind kind = Kind::Measurements;
  Code name;  // concept of the container
  std::string where;
  std::string uid;       // Observation UID; of an event Irradiation Event UID
  std::string observed;  // of an event when it started
  std::string tracking_id, tracking_uid;
  std::string label;  // of a segment or region, for people
  Code category, finding;
  Code method;
  std::vector<ReportSite> sites;
  ReportAlgorithm algorithm;
  std::vector<ReportReference> references;
  std::vector<ReportItem> items;
  std::vector<ReportItem> properties;  // context: what is said of the group, not of the images
  std::vector<ReportGroup> groups;
  bool operator==(const ReportGroup&) const = default;
};

struct ReportPerson {
  PersonName name;
  Code id;
  std::string organization;
  std::vector<Code> roles;
  std::string verified;  // when he or she verified the document (DT); empty: made the observations
  bool operator==(const ReportPerson&) const = default;
};
struct ReportDevice {
  std::string uid, name, manufacturer, model, serial, location, software;
  bool empty() const { return *this == ReportDevice(); }
  bool operator==(const ReportDevice&) const = default;
};

struct ReportFinding {
  std::string what, where;
  bool operator==(const ReportFinding&) const = default;
};

struct StructuredReport {
  enum class Kind : std::uint8_t { Measurements, Dose, Document, KeyImages, Segmentation, Structures };
  enum class Status : std::uint8_t { Unknown, Partial, Preliminary, Final };
  Kind kind = Kind::Document;
  Status status = Status::Unknown;
  bool verified = false;
  std::string sop_class_uid, sop_instance_uid, series_uid, study_uid;
  Code title;
  std::string label, description;  // of what is no document: content label, series description
  std::string date, time;          // of the content
  std::string timezone_offset;
  std::string language;  // as RFC 5646 says
  Identifier accession;
  std::vector<Code> procedures;
  std::vector<ReportPerson> persons;
  ReportDevice equipment;             // what made the object
  std::vector<ReportDevice> devices;  // that observed
  ReportAlgorithm algorithm;          // of all of it
  std::vector<std::string> studies;   // that the evidence names, without doubles
  std::vector<Code> coding_schemes;   // as Series::coding_schemes
  std::vector<ReportItem> items;      // outside of groups
  std::vector<ReportGroup> groups;
  std::vector<ReportReference> references;  // of the whole: key images, source images
  std::string text;                         // a description of key images
  std::vector<ReportFinding> findings;
  bool operator==(const StructuredReport&) const = default;
};

}  // namespace gateway::model

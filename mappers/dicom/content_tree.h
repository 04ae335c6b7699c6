// The content tree of an SR or Key Object document (PS3.3 section C.17.3): read from a data set, written to a
// draft.
//
// Every value type of PS3.3 table C.17.3-7 that a document of today holds is here; what a tree says and this
// cannot hold is noted as a Finding. Text is UTF-8. Depth and number of items are bounded (ContentLimits), a
// tree is a plain value that owns all it holds. Errors: DicomMissingAttribute when there is no content tree,
// DicomLimit. Pure functions; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/model/records.h"
#include "mappers/dicom/dataset.h"
#include "mappers/dicom/reader.h"
#include "mappers/dicom/writer.h"

namespace mappers::dicom {

using gateway::model::Code;

// Value Type (0040,A040). Reference: an item that only points at another one. Other: none of these; its
// children are read.
enum class ValueType : std::uint8_t {
  Container,
  Text,
  Num,
  Code,
  Date,
  Time,
  DateTime,
  UidRef,
  PName,  // clang-format off
  Image, Composite, Waveform, Scoord, Scoord3D, Tcoord, Reference, Other,  // clang-format on
};
std::string_view name_of(ValueType type);  // "UIDREF"; empty for Reference and Other

// Relationship Type (0040,A010) to the parent; None is the root.
enum class Relationship : std::uint8_t {
  None,
  Contains,
  HasObsContext,
  HasAcqContext,
  HasConceptMod,  // clang-format off
  HasProperties, InferredFrom, SelectedFrom, Other,  // clang-format on
};
std::string_view name_of(Relationship relationship);  // "HAS ACQ CONTEXT"; empty for None and Other

// Composite SOP Reference with what IMAGE and WAVEFORM add (PS3.3 sections C.18.3 to C.18.5).
struct SopReference {
  std::string sop_class_uid, sop_instance_uid;
  std::vector<std::int64_t> frames;    // (0008,1160)
  std::vector<std::int64_t> segments;  // (0062,000B)
  std::vector<std::int64_t> channels;  // (0040,A0B0), pairs of group and channel
  std::vector<SopReference> inner;     // (0008,1199): presentation state, real world value map
  bool operator==(const SopReference&) const = default;
};

// Measured Value (0040,A300). Without a value the qualifier (0040,A301) says why.
struct MeasuredValue {
  std::string text;             // (0040,A30A) as it is written
  std::optional<double> value;  // (0040,A161) when there, else the number that `text` is
  Code unit;                    // (0040,08EA)
  std::optional<Code> qualifier;
  bool operator==(const MeasuredValue&) const = default;
};

// Spatial and temporal coordinates (PS3.3 sections C.18.6, C.18.7 and C.18.9).
struct Coordinates {
  std::string type;                            // (0070,0023) POLYLINE..., (0040,A130) SEGMENT...
  std::vector<double> data;                    // (0070,0022): pairs, of SCOORD3D triples
  std::string frame_of_reference;              // (3006,0024), SCOORD3D
  std::string fiducial_uid;                    // (0070,031A)
  std::vector<std::int64_t> sample_positions;  // (0040,A132)
  std::vector<std::string> time_offsets;       // (0040,A138)
  std::vector<std::string> date_times;         // (0040,A13A)
  bool operator==(const Coordinates&) const = default;
};

struct ContentItem {
  ValueType type = ValueType::Container;
  Relationship relationship = Relationship::None;
  Code name;                             // (0040,A043); empty: none
  std::string text;                      // TEXT, DATE, TIME, DATETIME, UIDREF
  Code code;                             // CODE
  gateway::model::PersonName person;     // PNAME
  std::vector<MeasuredValue> measured;   // NUM: one, or none when the item says no value at all
  std::vector<SopReference> references;  // IMAGE, COMPOSITE, WAVEFORM
  Coordinates coordinates;               // SCOORD, SCOORD3D, TCOORD
  std::vector<std::uint32_t> target;     // Reference: (0040,DB73), as target_of() takes it
  bool continuous = false;               // CONTAINER: (0040,A050) CONTINUOUS
  std::string template_id;               // (0040,A504)>(0040,DB00) of mapping resource DCMR
  std::string observed;                  // (0040,A032)
  std::string observation_uid;           // (0040,A171)
  std::vector<ContentItem> children;

  bool is(std::string_view code_value, std::string_view scheme = "DCM") const {
    return name.value == code_value && name.scheme == scheme;
  }
  // The first child with this name; nullptr when there is none.
  const ContentItem* child(std::string_view code_value, std::string_view scheme = "DCM") const;
  // The number of NUM, or of a TEXT that is one.
  std::optional<double> number() const;
  bool operator==(const ContentItem&) const = default;
};

struct ContentLimits {
  unsigned max_depth = 32;
  std::uint32_t max_items = 500'000;
  std::size_t max_findings = 64;
};

// The tree of a document: its root is the data set itself. Findings are added to.
gateway::Result<ContentItem> read_content_tree(const DataSet& data, std::vector<Finding>& findings,
                                               const ContentLimits& limits = {});
// The item that a by-reference relationship means (PS3.3 section C.17.3.2.5): nullptr when it points nowhere.
const ContentItem* target_of(const ContentItem& root, const std::vector<std::uint32_t>& target);

// Sets the attributes of the content tree in the data set of a document, whose text is UTF-8.
void write_content_tree(Draft& document, const ContentItem& root);

// Items to build a tree from.
ContentItem make_container(Relationship relationship, Code name, std::string template_id = {});
ContentItem make_text(Relationship relationship, ValueType type, Code name, std::string text);
ContentItem make_code(Relationship relationship, Code name, Code value);
ContentItem make_number(Relationship relationship, Code name, std::int64_t value, Code unit);
ContentItem make_reference(Relationship relationship, ValueType type, SopReference reference);

// A code sequence (PS3.3 section 8.8): the first item, with long and URN code values; empty when there is
// none.
Code read_code(const DataSet& data, Tag sequence);
Draft write_code(const Code& code);

}  // namespace mappers::dicom

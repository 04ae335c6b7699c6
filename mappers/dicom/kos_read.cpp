// Key Object Selection document to manifest.
#include <algorithm>
#include <utility>

#include "gateway/base/text.h"
#include "mappers/dicom/content_tree.h"
#include "mappers/dicom/date_time.h"
#include "mappers/dicom/kos.h"
#include "mappers/dicom/kos_codes.h"
#include "mappers/dicom/kos_library.h"
#include "mappers/dicom/kos_schemes.h"
#include "mappers/dicom/reader.h"

namespace mappers::dicom {
namespace {

using gateway::ErrorCode;
using gateway::Result;
using gateway::model::add_note;
using gateway::model::IssuedNumber;
using gateway::model::Manifest;
using gateway::model::ManifestInstance;
using gateway::model::ManifestNotes;
using gateway::model::ManifestOrder;
using gateway::model::ManifestSeries;
using Kind = gateway::model::ManifestNote::Kind;

constexpr std::uint32_t kMaxElements = 1'000'000;  // of one document: some 25,000 instances
constexpr std::uint32_t kMaxInstances = 200'000;
constexpr std::string_view kTrialCreator = "IHE_MADO_PRIVATE";

const std::vector<DataSet>& items_of(const DataSet& data, std::uint32_t tag) {
  static const std::vector<DataSet> kNone;
  const Element* element = data.find(make_tag(tag));
  return element ? element->items : kNone;
}

std::string text(const DataSet& data, std::uint32_t tag) { return data.text(make_tag(tag)); }

// PS3.3 table 10-17: the universal entity, and the local name
void read_designator(const DataSet& data, std::uint32_t sequence, IssuedNumber& number) {
  const auto& items = items_of(data, sequence);
  if (items.empty()) return;
  const std::string universal = text(items[0], 0x00400032), local = text(items[0], 0x00400031);
  number.issuer = universal.empty() ? local : universal;
  if (!universal.empty()) number.issuer_name = local;
}

IssuedNumber read_issued(const DataSet& data, std::uint32_t value, std::uint32_t issuer) {
  IssuedNumber number;
  number.value = text(data, value);
  if (!number.empty()) read_designator(data, issuer, number);
  return number;
}

// XON of HL7 v2.5 in Institution Name (IHE RAD MADO 6.X.2.7)
void read_institution(const std::string& xon, gateway::model::ManifestCreator& creator) {
  const auto parts = gateway::split(xon, '^');
  creator.organization = std::string(parts.empty() ? std::string_view() : parts[0]);
  if (parts.size() < 10) return;
  creator.organization_id.value = std::string(parts[9]);
  const auto authority = gateway::split(parts[5], '&');
  if (creator.organization_id.empty()) return;
  if (authority.size() > 1)
    creator.organization_id.issuer = std::string(authority[1]);
  else if (!authority.empty())
    creator.organization_id.issuer = std::string(authority[0]);
}

class KosReader {
 public:
  KosReader(const DataSet& data, ManifestNotes& notes) : data_(data), notes_(notes) {}

  Result<Manifest> read() {
    read_header();
    read_patient();
    read_orders();
    TRY_VOID(read_evidence());
    TRY_VOID(read_content());
    kos::resolve_schemes(data_, manifest_);
    note_missing();
    return std::move(manifest_);
  }

 private:
  void read_header() {
    manifest_.uid = text(data_, 0x00080018);
    manifest_.study_uid = text(data_, 0x0020000D);
    manifest_.date = text(data_, 0x00080020);
    manifest_.time = text(data_, 0x00080030);
    manifest_.timezone_offset = text(data_, 0x00080201);
    manifest_.description = text(data_, 0x00081030);
    manifest_.creator.manufacturer = text(data_, 0x00080070);
    manifest_.creator.model_name = text(data_, 0x00081090);
    manifest_.creator.software_version = text(data_, 0x00181020);
    read_institution(text(data_, 0x00080080), manifest_.creator);
    read_institution_code();
    const auto offset = parse_offset_us(manifest_.timezone_offset);
    if (!offset && !manifest_.timezone_offset.empty()) {
      add_note(notes_, Kind::Lost, "a Timezone Offset From UTC that is none", "00080201");
      manifest_.timezone_offset.clear();
    }
    const auto made = parse_instant(text(data_, 0x00080023) + text(data_, 0x00080033));
    if (made && made->first_us > 0)
      manifest_.created_us = (made->first_us - offset.value_or(0)) / 1000 * 1000;
  }

  // Where the identifier stands when it is too long for the name (kos_write.cpp).
  void read_institution_code() {
    const Code code = read_code(data_, make_tag(0x00080082));
    auto& id = manifest_.creator.organization_id;
    if (!id.empty() || code.value.empty()) return;
    const std::string uri = kos::uri_of(data_, code.scheme);
    constexpr std::string_view kOid = "urn:oid:";
    id = {code.value, uri.starts_with(kOid) ? uri.substr(kOid.size()) : uri, {}};
  }

  void read_patient() {
    auto& subject = manifest_.subject;
    subject.patient_id = text(data_, 0x00100020);
    subject.issuer = text(data_, 0x00100021);
    IssuedNumber entity;
    read_designator(data_, 0x00100024, entity);
    subject.issuer_entity = entity.issuer;
    if (auto name = data_.person_name(make_tag(0x00100010)))
      subject.name = {std::move(name->alphabetic), std::move(name->ideographic), std::move(name->phonetic)};
    subject.birth_date = text(data_, 0x00100030);
    subject.sex = text(data_, 0x00100040);
    for (const DataSet& item : items_of(data_, 0x00101002)) {
      IssuedNumber other = read_issued(item, 0x00100020, 0x00100024);
      if (other.issuer.empty()) other.issuer = text(item, 0x00100021);
      const bool same = other.value == subject.patient_id &&
                        (other.issuer == subject.issuer_entity || other.issuer == subject.issuer);
      if (!other.empty() && !same)
        subject.other_ids.push_back({other.value, other.issuer, text(item, 0x00100022)});
    }
  }

  // Referenced Request Sequence, else the accession number of the study.
  void read_orders() {
    for (const DataSet& item : items_of(data_, 0x0040A370)) {
      ManifestOrder order;
      order.accession = read_issued(item, 0x00080050, 0x00080051);
      order.placer = read_issued(item, 0x00402016, 0x00400026);
      order.filler = read_issued(item, 0x00402017, 0x00400027);
      if (order != ManifestOrder{}) manifest_.orders.push_back(std::move(order));
    }
    const IssuedNumber accession = read_issued(data_, 0x00080050, 0x00080051);
    if (accession.empty()) return;
    const bool known =
        std::any_of(manifest_.orders.begin(), manifest_.orders.end(),
                    [&](const ManifestOrder& order) { return order.accession.value == accession.value; });
    if (!known) manifest_.orders.insert(manifest_.orders.begin(), {accession, {}, {}});
  }

  Result<void> read_evidence() {
    const auto& studies = items_of(data_, 0x0040A375);
    if (studies.empty())
      return gateway::fail(ErrorCode::DicomMissingAttribute, "the document refers to no evidence",
                           "0040A375");
    if (manifest_.study_uid.empty()) manifest_.study_uid = text(studies[0], 0x0020000D);
    if (manifest_.study_uid.empty())
      return gateway::fail(ErrorCode::DicomMissingAttribute, "the document names no study", "0020000D");
    for (const DataSet& study : studies) {
      if (const std::string uid = text(study, 0x0020000D); uid != manifest_.study_uid && studies.size() > 1) {
        add_note(notes_, Kind::Lost, "references to another study", uid);
        continue;
      }
      read_viewer(study);
      for (const DataSet& series : items_of(study, 0x00081115)) TRY_VOID(read_series(series));
    }
    if (!items_of(data_, 0x0040A525).empty())
      add_note(notes_, Kind::Lost, "references to identical documents", "0040A525");
    return {};
  }

  // Display URI, or the private attribute that stood for it in the trial phase
  void read_viewer(const DataSet& study) {
    std::string url = text(study, 0x0040E012);
    for (std::uint16_t block = 0x10; url.empty() && block <= 0xFF; ++block) {
      if (text(study, 0x000D0000u | block) != kTrialCreator) continue;
      url = text(study, 0x000D0001u | static_cast<std::uint32_t>(block) << 8);
      if (url.empty()) continue;
      add_note(notes_, Kind::Variant, "Display URI as a private attribute", "000D" + std::string("xx01"));
    }
    if (manifest_.viewer_url.empty()) manifest_.viewer_url = url;
  }

  Result<void> read_series(const DataSet& item) {
    ManifestSeries series;
    series.uid = text(item, 0x0020000E);
    read_source(item, series);
    for (const DataSet& reference : items_of(item, 0x00081199)) {
      if (++instances_ > kMaxInstances)
        return gateway::fail(ErrorCode::DicomLimit, "the document refers to too many instances", "00081199");
      ManifestInstance instance;
      instance.uid = text(reference, 0x00081155);
      instance.sop_class_uid = text(reference, 0x00081150);
      if (!instance.uid.empty()) series.instances.push_back(std::move(instance));
    }
    if (series.uid.empty())
      add_note(notes_, Kind::Missing, "the UID of a series of the evidence", "0020000E");
    else
      manifest_.series.push_back(std::move(series));
    return {};
  }

  // Retrieve URL is the one of the series; met are also the bare base of the service and one of the study.
  void read_source(const DataSet& item, ManifestSeries& series) {
    const std::string url = text(item, 0x00081190);
    series.retrieve_url = gateway::model::retrieve_base(url);
    series.location_uid = text(item, 0x0040E011);
    if (!url.empty() && url.find("/series/") == std::string::npos)
      add_note(notes_, Kind::Variant, "a Retrieve URL that is not the one of the series", "00081190");
    if (url.empty() && !text(item, 0x00080054).empty())
      add_note(notes_, Kind::Lost, "a Retrieve AE Title: there is no way to it by DICOMweb", "00080054");
  }

  Result<void> read_content() {
    std::vector<Finding> findings;
    auto root = read_content_tree(data_, findings);
    if (!root && root.error().code == ErrorCode::DicomLimit) return std::move(root).error();
    if (!root) {
      add_note(notes_, Kind::Missing, root.error().message, root.error().where);
      return {};
    }
    for (const Finding& finding : findings) add_note(notes_, Kind::Variant, finding.what, finding.where);
    if (!kos::kManifest.names(*root))
      add_note(notes_, Kind::Variant, "a document title that is not the one of a manifest",
               root->name.meaning);
    else if (root->name.scheme == "99IHE")
      add_note(notes_, Kind::Variant, "a code of the trial phase of IHE MADO", root->name.value);
    kos::add_library(*root, manifest_, notes_);
    return {};
  }

  // What IHE MADO asks for (R+) and the document does not say.
  void note_missing() {
    const auto missing = [&](bool absent, const char* what, const char* where) {
      if (absent) add_note(notes_, Kind::Missing, what, where);
    };
    missing(manifest_.uid.empty(), "the SOP Instance UID", "00080018");
    missing(manifest_.date.empty(), "the Study Date", "00080020");
    missing(manifest_.timezone_offset.empty(), "the Timezone Offset From UTC", "00080201");
    missing(manifest_.orders.empty(), "an accession number", "00080050");
    missing(manifest_.subject.patient_id.empty(), "the Patient ID", "00100020");
    missing(manifest_.subject.issuer_entity.empty(), "the issuer of the Patient ID", "00100024");
    missing(manifest_.creator.manufacturer.empty(), "the Manufacturer", "00080070");
    missing(manifest_.creator.organization.empty(), "the Institution Name", "00080080");
    for (const ManifestSeries& series : manifest_.series) {
      missing(series.retrieve_url.empty(), "the Retrieve URL of a series", "0040A375, 00081190");
      missing(series.location_uid.empty(), "the Retrieve Location UID of a series", "0040A375, 0040E011");
    }
  }

  const DataSet& data_;
  ManifestNotes& notes_;
  Manifest manifest_;
  std::uint32_t instances_ = 0;
};

}  // namespace

Result<Manifest> read_kos(const DataSet& data, ManifestNotes& notes) {
  if (const std::string sop_class = text(data, 0x00080016); sop_class != kKeyObjectSelection)
    return gateway::fail(ErrorCode::DicomNotAnInstance, "the object is no Key Object Selection document",
                         "00080016");
  return KosReader(data, notes).read();
}

Result<Manifest> read_kos(const gateway::ByteSource& source, ManifestNotes& notes) {
  ReadLimits limits;
  limits.max_elements = kMaxElements;
  const File file = TRY(read_file(source, limits));
  return read_kos(file.data, notes);
}

}  // namespace mappers::dicom

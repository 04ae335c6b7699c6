// Manifest to Key Object Selection document.
#include <array>
#include <chrono>
#include <cstdio>
#include <utility>

#include "gateway/base/text.h"
#include "mappers/dicom/date_time.h"
#include "mappers/dicom/kos.h"
#include "mappers/dicom/kos_codes.h"
#include "mappers/dicom/kos_schemes.h"
#include "mappers/dicom/writer.h"

namespace mappers::dicom {
namespace {

using gateway::ErrorCode;
using gateway::Result;
using gateway::model::add_note;
using gateway::model::IssuedNumber;
using gateway::model::Manifest;
using gateway::model::ManifestInstance;
using gateway::model::ManifestNote;
using gateway::model::ManifestNotes;
using gateway::model::ManifestOrder;
using gateway::model::ManifestSeries;

constexpr std::size_t kLongString = 64, kShortString = 16;  // characters of LO and SH

std::size_t characters_of(std::string_view utf8) {
  std::size_t count = 0;
  for (const char c : utf8) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

// An OID or a URI, which name somebody everywhere; else a name that only one house knows.
bool is_oid(std::string_view text) {
  return text.find('.') != std::string_view::npos &&
         text.find_first_not_of("0123456789.") == std::string_view::npos;
}
bool is_universal(std::string_view text) { return is_oid(text) || text.find(':') != std::string_view::npos; }

class KosWriter {
 public:
  KosWriter(Manifest manifest, ManifestNotes& notes) : manifest_(std::move(manifest)), notes_(notes) {}

  Draft document() {
    Draft draft;
    schemes_ = kos::name_schemes(manifest_);
    sop_common(draft);
    patient(draft);
    study(draft);
    series_and_equipment(draft);
    key_object_document(draft);
    write_content_tree(draft, content());
    if (!schemes_.empty()) draft.set_items("CodingSchemeIdentificationSequence", std::move(schemes_));
    return draft;
  }

 private:
  // A backslash would split the value (PS3.5 section 6.2), control characters are not allowed.
  std::string plain(std::string_view text, std::string_view keyword) {
    std::string out;
    for (const char c : text) {
      if (c == '\\')
        add_note(notes_, ManifestNote::Kind::Lost, "a backslash, which DICOM text cannot hold",
                 std::string(keyword));
      if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) out += c == '\\' ? '/' : c;
    }
    return out;
  }

  // Descriptions are cut to what the VR holds.
  void set_text(Draft& draft, std::string_view keyword, std::string_view text,
                std::size_t limit = kLongString) {
    std::string value = plain(text, keyword);
    if (characters_of(value) > limit) {
      std::size_t at = 0;
      for (std::size_t n = 0; at < value.size(); ++at)
        if ((static_cast<unsigned char>(value[at]) & 0xC0) != 0x80 && n++ == limit) break;
      value.resize(at);
      add_note(notes_, ManifestNote::Kind::Lost,
               "the end of a text of more than " + std::to_string(limit) + " characters",
               std::string(keyword));
    }
    draft.set(keyword, value);
  }

  // Identifiers are never cut: another number would be wrong, a long one is only long.
  void set_number(Draft& draft, std::string_view keyword, std::string_view text, std::size_t limit) {
    const std::string value = plain(text, keyword);
    if (characters_of(value) > limit)
      add_note(notes_, ManifestNote::Kind::Variant,
               "an identifier of more than " + std::to_string(limit) + " characters", std::string(keyword));
    draft.set(keyword, value);
  }

  // A date that is not a whole one has no place in DICOM.
  void set_date(Draft& draft, std::string_view keyword, const std::string& date) {
    const bool whole = date.size() == 8 && date.find_first_not_of("0123456789") == std::string::npos;
    if (!date.empty() && !whole)
      add_note(notes_, ManifestNote::Kind::Lost, "a date that is not a whole one", std::string(keyword));
    draft.set(keyword, whole ? date : "");
  }

  void sop_common(Draft& draft) {
    draft.set("SpecificCharacterSet", "ISO_IR 192");
    draft.set("SOPClassUID", kKeyObjectSelection);
    draft.set("SOPInstanceUID", manifest_.uid);
    if (!manifest_.timezone_offset.empty()) draft.set("TimezoneOffsetFromUTC", manifest_.timezone_offset);
    const auto [date, time] = content_moment();
    draft.set("InstanceCreationDate", date).set("InstanceCreationTime", time);
    draft.set("ContentDate", date).set("ContentTime", time);
  }

  // When the manifest was made, in its own time zone (PS3.3 section C.12.1.1).
  std::pair<std::string, std::string> content_moment() const {
    namespace chrono = std::chrono;
    if (manifest_.created_us == 0 && !manifest_.date.empty()) return {manifest_.date, "000000"};
    const auto offset = parse_offset_us(manifest_.timezone_offset).value_or(0);
    const chrono::sys_time<chrono::microseconds> at{chrono::microseconds(manifest_.created_us + offset)};
    const auto day = chrono::floor<chrono::days>(at);
    const chrono::year_month_day ymd(day);
    const chrono::hh_mm_ss clock(chrono::duration_cast<chrono::milliseconds>(at - day));
    std::array<char, 48> date{}, time{};
    std::snprintf(date.data(), date.size(), "%04d%02u%02u", static_cast<int>(ymd.year()),
                  static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()));
    std::snprintf(time.data(), time.size(), "%02d%02d%02d.%03d", static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()),
                  static_cast<int>(clock.subseconds().count()));
    return {date.data(), time.data()};
  }

  // PS3.3 table 10-17, HL7v2 Hierarchic Designator Macro
  std::vector<Draft> designator(std::string_view issuer, std::string_view local) {
    Draft item;
    if (is_oid(issuer))
      item.set("UniversalEntityID", issuer).set("UniversalEntityIDType", "ISO");
    else if (is_universal(issuer))
      item.set("UniversalEntityID", issuer).set("UniversalEntityIDType", "URI");
    else if (local.empty())
      local = issuer;
    if (!local.empty()) item.set("LocalNamespaceEntityID", plain(local, "LocalNamespaceEntityID"));
    if (issuer.empty() && local.empty()) return {};
    return {item};
  }

  // PS3.3 section C.7.1.1
  void patient(Draft& draft) {
    const auto& subject = manifest_.subject;
    std::string name = plain(subject.name.alphabetic, "PatientName");
    if (!subject.name.ideographic.empty() || !subject.name.phonetic.empty())
      name += "=" + plain(subject.name.ideographic, "PatientName");
    if (!subject.name.phonetic.empty()) name += "=" + plain(subject.name.phonetic, "PatientName");
    draft.set("PatientName", name);
    patient_id(draft, subject.patient_id, subject.issuer, subject.issuer_entity);
    set_date(draft, "PatientBirthDate", subject.birth_date);
    draft.set("PatientSex", subject.sex);
    std::vector<Draft> others;
    for (const auto& other : subject.other_ids) {
      Draft item;
      const bool universal = is_universal(other.issuer);
      patient_id(item, other.value, universal ? "" : other.issuer, universal ? other.issuer : "");
      item.set("TypeOfPatientID", other.type.empty() ? "TEXT" : other.type);
      others.push_back(std::move(item));
    }
    if (!others.empty()) draft.set_items("OtherPatientIDsSequence", std::move(others));
  }

  void patient_id(Draft& draft, std::string_view value, std::string_view issuer, std::string_view entity) {
    set_number(draft, "PatientID", value, kLongString);
    if (!issuer.empty()) set_number(draft, "IssuerOfPatientID", issuer, kLongString);
    if (!entity.empty()) draft.set_items("IssuerOfPatientIDQualifiersSequence", designator(entity, {}));
  }

  // PS3.3 section C.7.2.1; with several accession numbers none stands here (IHE RAD MADO 6.X.2.6.1).
  void study(Draft& draft) {
    draft.set("StudyInstanceUID", manifest_.study_uid).set("StudyID");
    set_date(draft, "StudyDate", manifest_.date);
    draft.set("StudyTime", manifest_.time);
    draft.set("ReferringPhysicianName");
    set_text(draft, "StudyDescription", manifest_.description);
    const bool one = manifest_.orders.size() == 1;
    issued(draft, "AccessionNumber", "IssuerOfAccessionNumberSequence",
           one ? manifest_.orders[0].accession : IssuedNumber{}, kShortString);
  }

  void issued(Draft& draft, std::string_view number, std::string_view sequence, const IssuedNumber& from,
              std::size_t limit) {
    set_number(draft, number, from.value, limit);
    if (from.empty()) return;
    auto issuer = designator(from.issuer, from.issuer_name);
    if (!issuer.empty()) draft.set_items(sequence, std::move(issuer));
  }

  // PS3.3 sections C.17.6.1 and C.7.5.1
  void series_and_equipment(Draft& draft) {
    draft.set("Modality", "KO").set("SeriesNumber", "1").set("InstanceNumber", "1");
    draft.set("SeriesInstanceUID", gateway::model::derived_uid("series of " + manifest_.uid));
    draft.set("SeriesDescription", "Imaging study manifest");
    draft.set_items("ReferencedPerformedProcedureStepSequence", {});
    const auto& creator = manifest_.creator;
    set_text(draft, "Manufacturer", creator.manufacturer);
    if (!creator.model_name.empty()) set_text(draft, "ManufacturerModelName", creator.model_name);
    if (!creator.software_version.empty()) set_text(draft, "SoftwareVersions", creator.software_version);
    institution(draft);
  }

  // XON of HL7 v2.5 (IHE RAD MADO 6.X.2.7): name^^^^^&authority&ISO^^^^id. When it does not fit, the
  // identifier goes into Institution Code Sequence.
  void institution(Draft& draft) {
    const auto& creator = manifest_.creator;
    const IssuedNumber& id = creator.organization_id;
    std::string xon = creator.organization;
    if (!id.empty()) xon += "^^^^^" + authority(id.issuer) + "^^^^" + id.value;
    if (xon.empty()) return;
    if (id.empty() || characters_of(xon) <= kLongString) return set_text(draft, "InstitutionName", xon);
    set_text(draft, "InstitutionName", creator.organization);
    const std::string uri = is_oid(id.issuer) ? "urn:oid:" + id.issuer : id.issuer;
    schemes_.push_back(kos::scheme_item(uri));
    draft.set_items("InstitutionCodeSequence",
                    {write_code({id.value, kos::designator_of(uri), creator.organization})});
  }

  static std::string authority(const std::string& issuer) {
    if (issuer.empty()) return {};
    return "&" + issuer + (is_oid(issuer) ? "&ISO" : "&URI");
  }

  // PS3.3 section C.17.6.2
  void key_object_document(Draft& draft) {
    std::vector<Draft> requests;
    for (const ManifestOrder& order : manifest_.orders) requests.push_back(request(order));
    if (!requests.empty()) draft.set_items("ReferencedRequestSequence", std::move(requests));
    std::vector<Draft> series;
    for (const ManifestSeries& one : manifest_.series) series.push_back(evidence(one));
    Draft item;
    item.set("StudyInstanceUID", manifest_.study_uid);
    item.set_items("ReferencedSeriesSequence", std::move(series));
    if (!manifest_.viewer_url.empty()) item.set("DisplayURI", manifest_.viewer_url);
    draft.set_items("CurrentRequestedProcedureEvidenceSequence", {item});
  }

  // PS3.3 table C.17-3c
  Draft request(const ManifestOrder& order) {
    Draft item;
    item.set("StudyInstanceUID", manifest_.study_uid);
    item.set_items("ReferencedStudySequence", {}).set_items("RequestedProcedureCodeSequence", {});
    item.set("RequestedProcedureID").set("RequestedProcedureDescription");
    issued(item, "AccessionNumber", "IssuerOfAccessionNumberSequence", order.accession, kShortString);
    issued(item, "PlacerOrderNumberImagingServiceRequest", "OrderPlacerIdentifierSequence", order.placer,
           kLongString);
    issued(item, "FillerOrderNumberImagingServiceRequest", "OrderFillerIdentifierSequence", order.filler,
           kLongString);
    return item;
  }

  // PS3.3 table C.17-3, Hierarchical SOP Instance Reference Macro
  Draft evidence(const ManifestSeries& series) {
    Draft item;
    item.set("SeriesInstanceUID", series.uid);
    if (!series.retrieve_url.empty())
      item.set("RetrieveURL",
               gateway::model::series_url(series.retrieve_url, manifest_.study_uid, series.uid));
    if (!series.location_uid.empty()) item.set("RetrieveLocationUID", location(series.location_uid));
    std::vector<Draft> instances;
    for (const ManifestInstance& instance : series.instances) {
      Draft reference;
      reference.set("ReferencedSOPClassUID", instance.sop_class_uid);
      reference.set("ReferencedSOPInstanceUID", instance.uid);
      instances.push_back(std::move(reference));
    }
    item.set_items("ReferencedSOPSequence", std::move(instances));
    return item;
  }

  // A source that names its location by something else is still that source.
  const std::string& location(const std::string& uid) {
    if (!is_oid(uid))
      add_note(notes_, ManifestNote::Kind::Variant, "a Retrieve Location UID that is no UID: " + uid,
               "0040E011");
    return uid;
  }

  static constexpr Relationship kContext = Relationship::HasAcqContext;

  static void add_text(ContentItem& to, ValueType type, const kos::Concept& name, const std::string& text) {
    if (!text.empty()) to.children.push_back(make_text(kContext, type, name.code(), text));
  }
  static void add_code(ContentItem& to, const kos::Concept& name, const Code& code) {
    if (!code.value.empty()) to.children.push_back(make_code(kContext, name.code(), code));
  }
  static void add_count(ContentItem& to, const kos::Concept& name, std::uint64_t count,
                        const std::string& unit) {
    to.children.push_back(make_number(kContext, name.code(), static_cast<std::int64_t>(count),
                                      {"{" + unit + "}", "UCUM", unit}));
  }

  // TID 2010 with TID 1600, and the plain references that TID 2010 asks for
  ContentItem content() {
    ContentItem root = make_container(Relationship::None, kos::kManifest.code(), "2010");
    for (const Code& procedure : manifest_.procedures)
      root.children.push_back(make_code(Relationship::HasConceptMod, kos::kProcedure.code(), procedure));
    ContentItem library = make_container(Relationship::Contains, kos::kImageLibrary.code(), "1600");
    for (const Code& modality : manifest_.modalities) add_code(library, kos::kModality, modality);
    for (const Code& region : manifest_.regions) add_code(library, kos::kTargetRegion, region);
    add_count(library, kos::kStudySeries, manifest_.series.size(), "series");
    for (const ManifestSeries& series : manifest_.series) library.children.push_back(group(series));
    root.children.push_back(std::move(library));
    for (const ManifestSeries& series : manifest_.series)
      for (const ManifestInstance& instance : series.instances) root.children.push_back(reference(instance));
    return root;
  }

  // TID 1600 rows of an Image Library Group, with TID 1602
  static ContentItem group(const ManifestSeries& series) {
    ContentItem item = make_container(Relationship::Contains, kos::kGroup.code());
    add_code(item, kos::kModality, series.modality);
    add_text(item, ValueType::Date, kos::kSeriesDate, series.date);
    add_text(item, ValueType::Time, kos::kSeriesTime, series.time);
    add_text(item, ValueType::Text, kos::kSeriesDescription, series.description);
    if (series.number) add_text(item, ValueType::Text, kos::kSeriesNumber, std::to_string(*series.number));
    add_text(item, ValueType::UidRef, kos::kSeriesUid, series.uid);
    add_code(item, kos::kTargetRegion, series.body_site);
    add_code(item, kos::kLaterality, series.laterality);
    add_count(item, kos::kSeriesInstances, series.instances.size(), "instances");
    for (const ManifestInstance& instance : series.instances) item.children.push_back(entry(instance));
    return item;
  }

  // TID 1601 with TID 1602
  static ContentItem entry(const ManifestInstance& instance) {
    ContentItem item = reference(instance);
    if (instance.number)
      add_text(item, ValueType::Text, kos::kInstanceNumber, std::to_string(*instance.number));
    if (instance.frames)
      add_count(item, kos::kFrames, static_cast<std::uint64_t>(*instance.frames), "frames");
    add_code(item, kos::kDocumentTitle, instance.title);
    add_text(item, ValueType::Text, kos::kDescription, instance.description);
    return item;
  }

  static ContentItem reference(const ManifestInstance& instance) {
    SopReference to;
    to.sop_class_uid = instance.sop_class_uid;
    to.sop_instance_uid = instance.uid;
    return make_reference(Relationship::Contains, value_type_of(instance.sop_class_uid), std::move(to));
  }

  // PS3.3 sections C.18.3 to C.18.5, by the families of SOP classes of PS3.4 annex B.5
  static ValueType value_type_of(std::string_view sop_class) {
    constexpr std::string_view kStorage = "1.2.840.10008.5.1.4.1.1.";
    if (!sop_class.starts_with(kStorage)) return ValueType::Composite;
    const std::string_view family = sop_class.substr(kStorage.size());
    if (family.starts_with("9.")) return ValueType::Waveform;
    if (family == "481.1" || family == "66.4" || family == "30") return ValueType::Image;
    for (const std::string_view other :
         {"11.", "34.", "38.", "39.", "40.",  "43.", "45.",  "66",   "67",   "68.", "78.",
          "79.", "80.", "88.", "90.", "104.", "131", "200.", "201.", "481.", "501."})
      if (family.starts_with(other)) return ValueType::Composite;
    return ValueType::Image;
  }

  Manifest manifest_;
  ManifestNotes& notes_;
  std::vector<Draft> schemes_;  // Coding Scheme Identification Sequence
};

}  // namespace

Result<std::string> write_kos(const Manifest& manifest, ManifestNotes& notes) {
  if (manifest.uid.empty() || manifest.study_uid.empty() || manifest.instance_count() == 0)
    return gateway::fail(ErrorCode::DicomMissingAttribute,
                         "a manifest document needs a UID, a study and at least one instance",
                         "00080018, 0020000D, 0040A375");
  const Draft document = KosWriter(manifest, notes).document();
  if (!document.fault().empty())
    return gateway::fail(ErrorCode::Unprocessable, "the manifest has a value that DICOM cannot hold",
                         document.fault());
  return encode_part10(document);
}

}  // namespace mappers::dicom

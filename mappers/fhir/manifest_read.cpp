// Document Bundle to manifest.
#include <algorithm>

#include "mappers/fhir/dates.h"
#include "mappers/fhir/manifest.h"
#include "mappers/fhir/manifest_parts.h"
#include "mappers/fhir/manifest_values.h"
#include "mappers/fhir/systems.h"

namespace mappers::fhir {
namespace {

using namespace mado;
using gateway::ErrorCode;
using gateway::Result;
using gateway::model::add_note;
using gateway::model::ManifestInstance;
using gateway::model::ManifestOrder;
using gateway::model::ManifestSeries;

// MadoImagingStudy
class StudyReader {
 public:
  StudyReader(const Value& study, const BundleIndex& bundle, const RenderOptions& options,
              ManifestNotes& notes, Manifest& manifest)
      : study_(study), bundle_(bundle), options_(options), notes_(notes), manifest_(manifest) {}

  void read() {
    for (const Value& identifier : list_of(&study_, "identifier"))
      if (identifier.text("system") == kDicomUid && manifest_.study_uid.empty())
        manifest_.study_uid = uid_of(identifier.text("value"));
    const Moment started = moment_of(study_.text("started"));
    manifest_.date = started.date;
    manifest_.time = started.time;
    manifest_.timezone_offset = started.offset;
    manifest_.description = study_.text("description");
    for (const Value& modality : list_of(&study_, "modality"))
      manifest_.modalities.push_back(code_of(&modality, options_));
    read_regions();
    read_procedures();
    for (const Value& endpoint : list_of(&study_, "endpoint")) read_viewer(endpoint);
    for (const Value& series : list_of(&study_, "series")) read_series(series);
    check_count(study_, "numberOfSeries", manifest_.series.size(), manifest_.study_uid);
  }

 private:
  void read_regions() {
    for (const Value& extension : list_of(&study_, "extension")) {
      if (!is_extension(extension, "MadoAnatomicalRegionExtension", "AnatomicalRegionExtension")) continue;
      const Code region = code_of(extension.find("valueCodeableConcept"), options_);
      if (!region.value.empty()) manifest_.regions.push_back(region);
    }
  }

  // A text that only repeats the description stands for "not known".
  void read_procedures() {
    for (const Value& procedure : list_of(&study_, "procedureCode")) {
      const Code code = code_of(&procedure, options_);
      if (list_of(&procedure, "coding").size() > 1)
        add_note(notes_, Kind::Lost, "further codings of a procedure", "ImagingStudy.procedureCode");
      if (code != Code{} && !(is_text_only(code) && code.meaning == manifest_.description))
        manifest_.procedures.push_back(code);
    }
  }

  void read_viewer(const Value& reference) {
    const Value* endpoint = bundle_.resolve(&reference, &study_);
    const auto& types = list_of(endpoint, "payloadMimeType");
    const bool viewer = std::any_of(types.begin(), types.end(), [](const Value& type) {
      return type.as_string() && *type.as_string() == "text/html";
    });
    if (viewer && manifest_.viewer_url.empty()) manifest_.viewer_url = endpoint->text("address");
  }

  void read_series(const Value& from) {
    ManifestSeries series;
    series.uid = uid_of(from.text("uid"));
    if (series.uid.empty()) add_note(notes_, Kind::Missing, "a series UID", "ImagingStudy.series.uid");
    series.number = number_of(from, "number");
    series.modality = code_of(from.find("modality"), options_);
    series.description = from.text("description");
    series.body_site = code_of(body_site(from), options_);
    series.laterality = code_of(from.find("laterality"), options_);
    read_start(from, series);
    read_source(from, series);
    for (const Value& instance : list_of(&from, "instance")) read_instance(instance, series);
    check_count(from, "numberOfInstances", series.instances.size(), series.uid);
    if (!series.uid.empty()) manifest_.series.push_back(std::move(series));
  }

  // R5 has a CodeableReference.
  static const Value* body_site(const Value& series) {
    const Value* site = series.find("bodySite");
    const Value* inner = member(site, "concept");
    return inner ? inner : site;
  }

  // Times of the series are put into the zone of the study, which is the only one that a KOS has.
  void read_start(const Value& from, ManifestSeries& series) {
    const Moment started = moment_of(from.text("started"), manifest_.timezone_offset);
    series.date = started.date;
    series.time = started.time;
    if (manifest_.timezone_offset.empty()) manifest_.timezone_offset = started.offset;
  }

  void read_source(const Value& from, ManifestSeries& series) {
    for (const Value& reference : list_of(&from, "endpoint")) {
      const Value* endpoint = bundle_.resolve(&reference, &study_);
      if (text_of(member(endpoint, "connectionType"), "code") != "dicom-wado-rs") continue;
      if (!series.retrieve_url.empty()) {
        add_note(notes_, Kind::Lost, "a further endpoint of a series", "ImagingStudy.series.endpoint");
        continue;
      }
      const std::string address = text_of(endpoint, "address");
      if (address != kUnknownAddress) series.retrieve_url = gateway::model::retrieve_base(address);
      for (const Value& extension : list_of(endpoint, "extension"))
        if (is_extension(extension, "MadoRetrieveLocationUIDExtension", "RetrieveLocationUID"))
          series.location_uid = extension.text("valueString");
    }
    if (series.retrieve_url.empty())
      add_note(notes_, Kind::Missing, "the address of the images", "ImagingStudy.series.endpoint");
  }

  void read_instance(const Value& from, ManifestSeries& series) {
    ManifestInstance instance;
    instance.uid = uid_of(from.text("uid"));
    instance.sop_class_uid = uid_of(code_of(from.find("sopClass"), options_).value);
    instance.number = number_of(from, "number");
    instance.description = from.text("title");
    for (const Value& extension : list_of(&from, "extension")) {
      if (is_extension(extension, "MadoNumberOfFrames", "number-of-frames"))
        instance.frames =
            number_of(extension, extension.find("valueInteger") ? "valueInteger" : "valueUnsignedInt");
      if (is_extension(extension, "MadoKeyObjectDocumentTitle", "ko-document-title"))
        instance.title = code_of(extension.find("valueCodeableConcept"), options_);
    }
    if (instance.uid.empty() || instance.sop_class_uid.empty())
      add_note(notes_, Kind::Missing, "a UID of an instance", "ImagingStudy.series.instance");
    if (!instance.uid.empty()) series.instances.push_back(std::move(instance));
  }

  static std::optional<std::int64_t> number_of(const Value& node, std::string_view key) {
    const Value* value = node.find(key);
    return value && value->as_int() ? std::optional(*value->as_int()) : std::nullopt;
  }

  void check_count(const Value& node, std::string_view key, std::size_t listed, const std::string& uid) {
    const auto said = number_of(node, key);
    if (said && *said != static_cast<std::int64_t>(listed))
      add_note(notes_, Kind::Variant,
               std::string(key) + " is " + std::to_string(*said) + ", listed are " + std::to_string(listed),
               uid);
  }

  const Value& study_;
  const BundleIndex& bundle_;
  const RenderOptions& options_;
  ManifestNotes& notes_;
  Manifest& manifest_;
};

class DocumentReader {
 public:
  DocumentReader(const Value& bundle, const Value& study, const BundleIndex& index,
                 const RenderOptions& options, ManifestNotes& notes)
      : bundle_(bundle), study_(study), index_(index), options_(options), notes_(notes) {}

  Result<Manifest> read() {
    StudyReader(study_, index_, options_, notes_, manifest_).read();
    if (manifest_.study_uid.empty() || manifest_.series.empty())
      return gateway::fail(ErrorCode::InvalidBody, "the manifest names no study or no series",
                           "ImagingStudy.identifier");
    read_identifier();
    if (const auto made = span_of(bundle_.text("timestamp")))
      manifest_.created_us = made->first_us / 1000 * 1000;
    else
      add_note(notes_, Kind::Missing, "when the manifest was made", "Bundle.timestamp");
    if (const Value* patient = index_.resolve(study_.find("subject"), &study_)) read_patient(*patient);
    read_creator();
    read_orders();
    return std::move(manifest_);
  }

 private:
  // The SOP Instance UID of the KOS; for any other identifier a UID is made of it.
  void read_identifier() {
    const Value* identifier = bundle_.find("identifier");
    const std::string value = text_of(identifier, "value");
    manifest_.uid = uid_of(value);
    if (!manifest_.uid.empty()) return;
    manifest_.uid = gateway::model::derived_uid("document " + text_of(identifier, "system") + "|" + value +
                                                "\n" + manifest_.study_uid);
    add_note(notes_, value.empty() ? Kind::Missing : Kind::Variant,
             "the identifier of the document is no UID: " + (value.empty() ? "there is none" : value),
             "Bundle.identifier");
  }

  void read_patient(const Value& patient) {
    auto& subject = manifest_.subject;
    for (const Value& identifier : list_of(&patient, "identifier")) {
      const IssuedNumber number = issued_of(identifier, options_);
      if (number.empty()) continue;
      if (!subject.patient_id.empty()) {
        subject.other_ids.push_back({number.value, number.issuer, {}});
        continue;
      }
      subject.patient_id = number.value;
      const bool universal = number.issuer.find(':') != std::string::npos || is_oid(number.issuer);
      (universal ? subject.issuer_entity : subject.issuer) = number.issuer;
      if (universal) subject.issuer = number.issuer_name;
    }
    const std::string_view gender = patient.text("gender");
    subject.sex = gender == "male" ? "M" : gender == "female" ? "F" : gender == "other" ? "O" : "";
    subject.birth_date = moment_of(patient.text("birthDate")).date;
    for (const Value& name : list_of(&patient, "name")) read_name(name);
  }

  // HumanName to one component group of PN; iso21090-EN-representation says which (ABC, IDE, SYL).
  void read_name(const Value& name) {
    auto& to = manifest_.subject.name;
    std::string* group = &to.alphabetic;
    for (const Value& extension : list_of(&name, "extension")) {
      if (!is_extension(extension, "iso21090-EN-representation", "")) continue;
      if (extension.text("valueCode") == "IDE") group = &to.ideographic;
      if (extension.text("valueCode") == "SYL") group = &to.phonetic;
    }
    if (!group->empty()) return add_note(notes_, Kind::Lost, "a further name of the patient", "Patient.name");
    const auto& given = list_of(&name, "given");
    const std::string parts[] = {text_of(&name, "family"), first_of(given), rest_of(given),
                                 rest_of(list_of(&name, "prefix"), 0), rest_of(list_of(&name, "suffix"), 0)};
    std::string text;
    for (std::size_t i = 0; i < std::size(parts); ++i) text += (i ? "^" : "") + parts[i];
    while (text.ends_with('^')) text.pop_back();
    *group = text.empty() ? text_of(&name, "text") : text;
  }

  static std::string first_of(const Value::List& list) {
    return list.empty() || !list[0].as_string() ? std::string() : *list[0].as_string();
  }
  static std::string rest_of(const Value::List& list, std::size_t from = 1) {
    std::string text;
    for (std::size_t i = from; i < list.size(); ++i)
      if (const auto* part = list[i].as_string()) text += (text.empty() ? "" : " ") + *part;
    return text;
  }

  // Creator Device and Organization: those that the Composition names, else what there is.
  void read_creator() {
    auto& creator = manifest_.creator;
    const Value* device = author("Device");
    creator.manufacturer = text_of(device, "manufacturer");
    if (const auto& names = list_of(device, "deviceName"); !names.empty())
      creator.model_name = names[0].text("name");
    if (const auto& versions = list_of(device, "version"); !versions.empty())
      creator.software_version = versions[0].text("value");
    const Value* organization = author("Organization");
    creator.organization = text_of(organization, "name");
    if (const auto& ids = list_of(organization, "identifier"); !ids.empty())
      creator.organization_id = issued_of(ids[0], options_);
    if (creator.manufacturer.empty())
      add_note(notes_, Kind::Missing, "the manufacturer of the creator", "Device.manufacturer");
  }

  const Value* author(std::string_view type) const {
    for (const Value* composition : index_.of_type("Composition"))
      for (const Value& reference : list_of(composition, "author"))
        if (const Value* found = index_.resolve(&reference, composition);
            found && found->text("resourceType") == type)
          return found;
    const auto& all = index_.of_type(type);
    return all.empty() ? nullptr : all.front();
  }

  // The order of the study first, then the other requested procedures.
  void read_orders() {
    for (const Value& reference : list_of(&study_, "basedOn")) {
      if (const Value* request = index_.resolve(&reference, &study_))
        add_order(order_of(*request));
      else if (const Value* identifier = reference.find("identifier"))
        add_order({issued_of(*identifier, options_), {}, {}});
    }
    for (const Value* request : index_.of_type("ServiceRequest")) add_order(order_of(*request));
  }

  ManifestOrder order_of(const Value& request) {
    ManifestOrder order;
    for (const Value& identifier : list_of(&request, "identifier")) {
      const IssuedNumber number = issued_of(identifier, options_);
      if (number.empty()) continue;
      if (has_type(identifier, kIdentifierType, "PLAC"))
        order.placer = number;
      else if (has_type(identifier, kIdentifierType, "FILL"))
        order.filler = number;
      else if (order.accession.empty())
        order.accession = number;
      else
        add_note(notes_, Kind::Lost, "a further identifier of an order", "ServiceRequest.identifier");
    }
    return order;
  }

  void add_order(ManifestOrder order) {
    auto& orders = manifest_.orders;
    if (order != ManifestOrder{} && std::find(orders.begin(), orders.end(), order) == orders.end())
      orders.push_back(std::move(order));
  }

  const Value& bundle_;
  const Value& study_;
  const BundleIndex& index_;
  const RenderOptions& options_;
  ManifestNotes& notes_;
  Manifest manifest_;
};

}  // namespace

Result<Manifest> read_manifest_bundle(const Value& bundle, const RenderOptions& options,
                                      ManifestNotes& notes) {
  if (bundle.text("resourceType") != "Bundle")
    return gateway::fail(ErrorCode::InvalidBody, "a manifest is a Bundle", "resourceType");
  const BundleIndex index(bundle);
  const auto& studies = index.of_type("ImagingStudy");
  if (studies.size() != 1)
    return gateway::fail(ErrorCode::InvalidBody,
                         "a manifest has one ImagingStudy, this Bundle has " + std::to_string(studies.size()),
                         "Bundle.entry");
  if (bundle.text("type") != "document")
    add_note(notes, Kind::Variant, "a Bundle that is no document", "Bundle.type");
  return DocumentReader(bundle, *studies.front(), index, options, notes).read();
}

}  // namespace mappers::fhir

// FHIR R4 ImagingStudy; the DICOM attributes are those of the official mapping of the resource.
#include <algorithm>

#include "gateway/base/text.h"
#include "mappers/fhir/body_site.h"
#include "mappers/fhir/dates.h"
#include "mappers/fhir/names.h"
#include "mappers/fhir/packs.h"
#include "mappers/fhir/resource_parts.h"
#include "mappers/fhir/series_writer.h"
#include "mappers/fhir/service_request.h"
#include "mappers/fhir/systems.h"

namespace mappers::fhir {
namespace {

using gateway::model::Code;
using gateway::model::Instance;
using gateway::model::PersonName;
using gateway::model::Request;
using gateway::model::SeriesRow;
using gateway::model::Study;
using gateway::model::StudyRow;

std::string reference(std::string_view type, std::string_view id, const References& references) {
  return references.by_urn ? urn_of(type, id) : std::string(type) + "/" + std::string(id);
}

// Titles of key object selections that reject what they refer to (IHE RAD IOCM): quality, patient safety,
// wrong worklist entry, retention period.
bool is_rejection_note(const Instance& instance) {
  constexpr std::string_view kReasons[] = {"113001", "113037", "113038", "113039"};
  if (instance.sop_class_uid != "1.2.840.10008.5.1.4.1.1.88.59" || instance.concept_name.empty())
    return false;
  const Code& title = instance.concept_name.front();
  return title.scheme == "DCM" && std::ranges::find(kReasons, title.value) != std::end(kReasons);
}

class StudyWriter {
 public:
  StudyWriter(const StudyRow& row, const RenderOptions& options, const References& references)
      : row_(row),
        study_(row.study),
        options_(options),
        references_(references),
        contained_(references.apart) {
    subject_ =
        references.subject.empty() ? reference("Patient", row.subject.key, references) : references.subject;
    if (references.endpoint && references.endpoints.empty() && references.series_endpoints.empty())
      own_endpoint_ = {reference("Endpoint", kEndpointId, references)};
    for (const SeriesRow& series : row.series)
      for (const Code& scheme : series.series.coding_schemes) schemes_.push_back(scheme);
  }

  void write(std::string& out) {
    gather();
    JsonObject study(out);
    study.plain("resourceType", "ImagingStudy");
    study.plain("id", imaging_study_id(study_.uid));
    add_meta(study, std::to_string(row_.version), row_.updated_us, claimed_profile());
    contained_.write(study);
    add_regions(study);
    add_identifiers(study);
    study.plain("status", status_of(row_));
    add_modalities(study);
    add_context(study);
    study.number("numberOfSeries", row_.series_count);
    study.number("numberOfInstances", row_.instance_count);
    add_procedures(study);
    study.text("description", study_.description);
    add_series(study);
  }

 private:
  // Contained resources come first; who refers to them comes later.
  void gather() {
    for (const SeriesRow& series : row_.series)
      performers_.push_back(performers_of(series.series, options_, contained_));
    if (options_.mask_identity) return;
    const auto orders = orders_of(row_);
    if (orders.empty()) return;
    order_ = orders.front();
    order_reference_ = references_.order;
    if (order_reference_.empty() && is_more_than_accession(order_)) order_reference_ = add_order(order_);
    // The manifest has the others beside the study, and its profile wants one reference at most.
    if (options_.pack == Pack::Mado || !references_.order.empty()) return;
    for (std::size_t i = 1; i < orders.size(); ++i)
      more_orders_.emplace_back(orders[i],
                                is_more_than_accession(orders[i]) ? add_order(orders[i]) : std::string());
  }

  std::string add_order(const Request& order) {
    std::string resource;
    append_service_request(resource, {}, order, subject_, options_);
    return contained_.add("order", std::move(resource));
  }

  // The manifest profile wants retrieve endpoints and instances in every series; the European one has room
  // for one order.
  std::string_view claimed_profile() const {
    if (!is_oid(study_.uid) || !more_orders_.empty()) return {};
    if (options_.pack == Pack::Mado) {
      if (references_.series_endpoints.size() != row_.series.size() || row_.series.empty()) return {};
      for (std::size_t i = 0; i < row_.series.size(); ++i)
        if (references_.series_endpoints[i].empty() || row_.series[i].instances.empty()) return {};
    }
    return urls_of(options_.pack).imaging_study;
  }

  // extension anatomical-region: derived from the sites of the series
  void add_regions(JsonObject& study) {
    const auto regions = regions_of(row_, options_);
    if (regions.empty()) return;
    JsonArray extensions(study.member("extension"));
    for (const Coding& region : regions) {
      JsonObject extension(extensions.item());
      extension.plain("url", urls_of(options_.pack).anatomical_region);
      append_coded(extension.member("valueCodeableConcept"), region.system, region.code, region.display);
    }
  }

  // identifier: Study Instance UID (0020,000D) with DCM 110180, and Study ID (0020,0010), which has no
  // system.
  void add_identifiers(JsonObject& study) {
    JsonArray identifiers(study.member("identifier"));
    {
      JsonObject identifier(identifiers.item());
      append_coded(identifier.member("type"), kDcm, "110180", "Study Instance UID");
      identifier.plain("system", kDicomUid);
      identifier.text("value", "urn:oid:" + study_.uid);
    }
    if (fhir_text(study_.study_id).empty() || options_.mask_identity) return;
    JsonObject identifier(identifiers.item());
    identifier.member("type") += R"({"text":"Study ID"})";
    identifier.text("value", study_.study_id);
  }

  // modality: the modalities of the series, each once (0008,0061)
  void add_modalities(JsonObject& study) {
    const auto known = [](const std::string& modality) { return !fhir_code(modality).empty(); };
    if (std::ranges::none_of(row_.modalities, known)) return;
    JsonArray modalities(study.member("modality"));
    for (const auto& modality : row_.modalities)
      if (known(modality)) append_modality(modalities.item(), modality, options_);
  }

  // subject, encounter, started, basedOn, referrer, interpreter, endpoint
  void add_context(JsonObject& study) {
    {
      JsonObject subject(study.member("subject"));
      subject.text("reference", subject_);
    }
    if (!options_.mask_identity) add_encounter(study);
    if (const auto started = started_of(study_, options_); !started.empty()) study.plain("started", started);
    add_based_on(study);
    if (!options_.mask_identity) add_people(study);
    add_endpoints(study, references_.endpoints.empty() ? own_endpoint_ : references_.endpoints);
  }

  // encounter: Admission ID (0038,0010) with its issuer (0038,0014)
  void add_encounter(JsonObject& study) {
    if (fhir_text(study_.admission_id).empty()) return;
    JsonObject encounter(study.member("encounter"));
    encounter.plain("type", "Encounter");
    append_number(encounter.member("identifier"), NumberKind::Visit,
                  {study_.admission_id, study_.admission_issuer, {}}, options_);
  }

  // basedOn: the orders, by their Accession Numbers (0008,0050) with issuer (0008,0051)
  void add_based_on(JsonObject& study) {
    std::string orders;
    add_order_reference(orders, order_, order_reference_);
    for (const auto& [order, reference] : more_orders_) add_order_reference(orders, order, reference);
    if (!orders.empty()) study.member("basedOn") += "[" + orders + "]";
  }

  void add_order_reference(std::string& orders, const Request& order, const std::string& reference) {
    const bool numbered = !fhir_text(order.accession.value).empty();
    if (!numbered && reference.empty()) return;
    if (!orders.empty()) orders += ',';
    JsonObject item(orders);
    if (!reference.empty()) item.text("reference", reference);
    item.plain("type", "ServiceRequest");
    if (numbered) append_number(item.member("identifier"), NumberKind::Accession, order.accession, options_);
  }

  // referrer: (0008,0090) with (0008,0096); interpreter: (0008,1060) with (0008,1062)
  void add_people(JsonObject& study) {
    const auto id_at = [](const std::vector<Code>& ids, std::size_t i) {
      return i < ids.size() ? &ids[i] : nullptr;
    };
    std::string person;
    if (append_person(person, study_.referring_physician, id_at(study_.referring_physician_ids, 0), options_))
      study.member("referrer") += person;
    std::string interpreters;
    const std::size_t count = std::max(study_.interpreters.size(), study_.interpreter_ids.size());
    for (std::size_t i = 0; i < count; ++i) {
      person.clear();
      const PersonName& name = i < study_.interpreters.size() ? study_.interpreters[i] : PersonName{};
      if (!append_person(person, name, id_at(study_.interpreter_ids, i), options_)) continue;
      if (!interpreters.empty()) interpreters += ',';
      interpreters += person;
    }
    if (!interpreters.empty()) study.member("interpreter") += "[" + interpreters + "]";
  }

  // procedureReference: the performed procedure step (0008,1111), of which R4 takes one; procedureCode: every
  // item of (0008,1032); location: (0040,0243), else (0008,1040); reasonCode: (0040,100A) and (0040,1002)
  void add_procedures(JsonObject& study) {
    const auto step = std::ranges::find_if(
        row_.series, [](const SeriesRow& series) { return is_oid(series.series.performed_step); });
    if (step != row_.series.end()) {
      JsonObject procedure(study.member("procedureReference"));
      procedure.plain("type", "Procedure");
      JsonObject identifier(procedure.member("identifier"));
      identifier.plain("system", kDicomUid);
      identifier.plain("value", "urn:oid:" + step->series.performed_step);
    }
    add_concepts(study, "procedureCode", study_.procedures, options_, schemes_);
    if (const std::string location = location_of(); !location.empty())
      append_display_reference(study.member("location"), "Location", location);
    add_concepts(study, "reasonCode", reasons(), options_, schemes_);
  }

  std::string location_of() const {
    std::string location = fhir_text(study_.performed_location);
    for (const SeriesRow& series : row_.series)
      if (location.empty()) location = fhir_text(series.series.department);
    return location;
  }

  // Each reason once, the words of a code not again as text.
  std::vector<Code> reasons() const {
    std::vector<Code> reasons = study_.reasons;
    for (const Code& code : order_.reasons)
      if (std::ranges::find(reasons, code) == reasons.end()) reasons.push_back(code);
    for (const std::string* text : {&study_.reason, &order_.reason}) {
      const auto says_it = [&](const Code& code) { return code.meaning == *text; };
      if (!text->empty() && std::ranges::none_of(reasons, says_it)) reasons.push_back({{}, {}, *text});
    }
    return reasons;
  }

  void add_series(JsonObject& study) {
    if (row_.series.empty()) return;
    JsonArray list(study.member("series"));
    for (std::size_t i = 0; i < row_.series.size(); ++i) {
      const auto& given = references_.series_endpoints;
      const std::span<const std::string> endpoints =
          i < given.size() ? std::span<const std::string>(given[i]) : own_endpoint_;
      append_series(list.item(), {row_.series[i], study_.timezone_offset, performers_[i], endpoints},
                    options_);
    }
  }

  const StudyRow& row_;
  const Study& study_;
  const RenderOptions& options_;
  const References& references_;
  std::string subject_, order_reference_;
  std::vector<std::string> own_endpoint_;
  std::vector<Code> schemes_;
  std::vector<std::string> performers_;  // of each series
  Request order_;
  std::vector<std::pair<Request, std::string>> more_orders_;  // with what refers to them
  Contained contained_;
};

}  // namespace

// Notes beside images reject some of them, which the index does not follow.
std::string_view status_of(const StudyRow& row) {
  if (row.instance_count == 0) return "registered";
  std::uint64_t notes = 0;
  for (const SeriesRow& series : row.series)
    notes += static_cast<std::uint64_t>(std::ranges::count_if(series.instances, is_rejection_note));
  return notes == row.instance_count ? "cancelled" : "available";
}

std::string local_offset(std::string_view da, std::string_view tm, const RenderOptions& options) {
  return options.zone ? options.zone->offset_at(da, tm) : options.zone_offset;
}

std::string started_of(const Study& study, const RenderOptions& options) {
  return fhir_date_time(study.date, study.time, study.timezone_offset,
                        local_offset(study.date, study.time, options));
}

void append_imaging_study(std::string& out, const StudyRow& row, const RenderOptions& options,
                          const References& references) {
  StudyWriter(row, options, references).write(out);
}

}  // namespace mappers::fhir

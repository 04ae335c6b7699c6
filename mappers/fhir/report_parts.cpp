#include "mappers/fhir/report_parts.h"

#include <algorithm>

#include "gateway/base/ids.h"
#include "mappers/fhir/dates.h"
#include "mappers/fhir/resource_parts.h"
#include "mappers/fhir/systems.h"

namespace mappers::fhir::report {
namespace {

using Status = StructuredReport::Status;

constexpr std::size_t kMaxResources = 20'000;        // of one report
constexpr std::size_t kMaxBytes = 64 * 1024 * 1024;  // of these, as they are put
constexpr std::size_t kMaxId = 64;

}  // namespace

Parts::Parts(const StructuredReport& of, const gateway::model::StudyRow& study, const RenderOptions& with,
             RenderedReport& out)
    : report(of), options(with), study_(study), out_(out), base_(report_id(of.sop_instance_uid)) {}

std::string Parts::id(std::string_view suffix) const {
  if (suffix.empty()) return base_;
  const std::string whole = base_ + "-" + std::string(suffix);
  return whole.size() <= kMaxId ? whole : base_ + "-" + gateway::sha256_hex(suffix).substr(0, 24);
}

std::string Parts::put(std::string_view type, std::string id, std::string json) {
  if (is_full()) {
    if (made_.emplace("full", "").second) note("there are more statements than can be held", "1");
    return {};
  }
  std::string reference = std::string(type) + "/" + id;
  bytes_ += json.size();
  out_.resources.push_back({std::string(type), std::move(id), std::move(json)});
  return reference;
}

bool Parts::is_full() const { return out_.resources.size() >= kMaxResources || bytes_ >= kMaxBytes; }

void Parts::add_subject(JsonObject& resource, std::string_view member) const {
  append_reference(resource.member(member), "Patient/" + study_.subject.key);
}

void Parts::add_order(JsonObject& resource) const {
  gateway::model::Identifier accession{study_.study.accession_number, study_.study.accession_issuer, {}};
  if (accession.value.empty()) accession = report.accession;
  if (fhir_text(accession.value).empty() || options.mask_identity) return;
  JsonArray orders(resource.member("basedOn"));
  JsonObject order(orders.item());
  order.plain("type", "ServiceRequest");
  append_number(order.member("identifier"), NumberKind::Accession, accession, options);
}

void Parts::append_study(std::string& out, const std::string& uid) const {
  if (uid.empty() || uid == study_.study.uid)
    return append_reference(out, "ImagingStudy/" + imaging_study_id(study_.study.uid));
  JsonObject reference(out);
  reference.plain("type", "ImagingStudy");
  JsonObject identifier(reference.member("identifier"));
  append_coded(identifier.member("type"), kDcm, "110180", "Study Instance UID");
  identifier.plain("system", kDicomUid);
  identifier.text("value", "urn:oid:" + uid);
}

void Parts::add_study(JsonObject& resource, std::string_view member) const {
  JsonArray studies(resource.member(member));
  append_study(studies.item());
}

// An instant needs a time and an offset; a dateTime does without (FHIR R4 datatypes).
void Parts::add_moments(JsonObject& resource, std::string_view observed) const {
  std::string effective = moment_of(observed);
  const std::string content =
      fhir_date_time(report.date, report.time,
                     report.timezone_offset.empty() ? study_.study.timezone_offset : report.timezone_offset,
                     local_offset(report.date, report.time, options));
  if (effective.empty()) effective = content;
  if (!effective.empty()) resource.plain("effectiveDateTime", effective);
  if (content.find('T') != std::string::npos) resource.plain("issued", content);
}

std::string Parts::observation_status() const {
  switch (report.status) {
    case Status::Final:
      return "final";
    case Status::Partial:
    case Status::Preliminary:
      return "preliminary";
    case Status::Unknown:
      break;
  }
  return "unknown";
}

// PS3.5 table 6.2-1, DT: YYYYMMDDHHMMSS.FFFFFF&ZZXX
std::string Parts::moment_of(std::string_view dt) const {
  const auto sign = dt.find_first_of("+-", 8);
  const std::string_view clock = dt.substr(0, sign);
  const std::string_view date = clock.substr(0, 8);
  const std::string_view time = clock.size() > 8 ? clock.substr(8) : std::string_view();
  std::string offset(sign == std::string_view::npos ? std::string_view() : dt.substr(sign));
  if (offset.empty())
    offset = report.timezone_offset.empty() ? study_.study.timezone_offset : report.timezone_offset;
  return fhir_date_time(date, time, offset, local_offset(date, time, options));
}

bool Parts::append_concept_of(std::string& out, const Code& code) const {
  return append_concept(out, code, options, report.coding_schemes);
}

void Parts::add_concept(JsonObject& object, std::string_view member, const Code& code) const {
  std::string text;
  if (append_concept_of(text, code)) object.member(member) += text;
}

void append_uid(std::string& out, std::string_view tag, std::string_view name, std::string_view dcm,
                std::string_view uid) {
  JsonObject identifier(out);
  {
    JsonObject type(identifier.member("type"));
    JsonArray codings(type.member("coding"));
    append_coding(codings.item(), kElements, tag, name);
    if (!dcm.empty()) append_coding(codings.item(), kDcm, dcm);
  }
  identifier.plain("system", kDicomUid);
  identifier.text("value", (is_oid(uid) ? "urn:oid:" : "") + std::string(uid));
}

void append_reference(std::string& out, std::string_view reference) {
  JsonObject object(out);
  object.text("reference", reference);
}

void add_references(JsonObject& object, std::string_view member, const std::vector<std::string>& references) {
  if (std::all_of(references.begin(), references.end(), [](const auto& each) { return each.empty(); }))
    return;
  JsonArray list(object.member(member));
  for (const std::string& reference : references)
    if (!reference.empty()) append_reference(list.item(), reference);
}

}  // namespace mappers::fhir::report

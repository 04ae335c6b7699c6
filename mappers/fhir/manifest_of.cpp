// The manifest of a study of the image index, and the ids of what is made of it.
#include <algorithm>
#include <array>

#include "gateway/base/ids.h"
#include "mappers/fhir/body_site.h"
#include "mappers/fhir/dates.h"
#include "mappers/fhir/manifest.h"
#include "mappers/fhir/manifest_parts.h"
#include "mappers/fhir/service_request.h"
#include "mappers/fhir/systems.h"

namespace mappers::fhir {
namespace {

using gateway::model::Code;
using gateway::model::Manifest;
using gateway::model::ManifestInstance;
using gateway::model::ManifestOrder;
using gateway::model::ManifestSeries;
using gateway::model::Request;
using gateway::model::SeriesRow;
using gateway::model::StudyRow;
using mado::scheme_of;

// Changes when the same study gives another document than before.
constexpr std::string_view kForm = "1";
constexpr std::size_t kMaxId = 64;
constexpr std::string_view kUidDigits = "0123456789.";
constexpr std::string_view kPackedDigits = "0123456789abcdefghijklmnopqrstuvwxyz";

std::string_view prefix_of(ManifestPart part) {
  constexpr std::array<std::string_view, 3> kPrefixes = {"mado-", "mado-fhir-", "mado-kos-"};
  return kPrefixes[static_cast<std::size_t>(part)];
}

// A number in one base, most significant digit first, as one in another. Zeros in front are no digits.
std::string rebased(std::string_view digits, std::string_view from, std::string_view to) {
  std::string out;  // least significant first
  for (const char c : digits) {
    std::size_t carry = from.find(c);
    for (char& digit : out) {
      carry += to.find(digit) * from.size();
      digit = to[carry % to.size()];
      carry /= to.size();
    }
    for (; carry != 0; carry /= to.size()) out += to[carry % to.size()];
  }
  std::reverse(out.begin(), out.end());
  return out;
}

std::string with_form(const ManifestOrigin& origin) {
  std::string text(kForm);
  const auto& creator = origin.creator;
  for (const auto* part : {&origin.retrieve_url, &origin.location_uid, &origin.viewer_url,
                           &creator.manufacturer, &creator.model_name, &creator.software_version,
                           &creator.organization, &creator.organization_id.value})
    text += "\n" + *part;
  return text;
}

std::string location_of(const ManifestOrigin& origin) {
  if (!origin.location_uid.empty() || origin.retrieve_url.empty()) return origin.location_uid;
  return gateway::model::derived_uid("retrieve location " + origin.retrieve_url);
}

std::string viewer_of(const ManifestOrigin& origin, const std::string& study_uid) {
  std::string url = origin.viewer_url;
  constexpr std::string_view kSlot = "{study}";
  if (const auto at = url.find(kSlot); at != std::string::npos) url.replace(at, kSlot.size(), study_uid);
  return url;
}

gateway::model::IssuedNumber issued(const gateway::model::Identifier& from) {
  return {from.value, from.issuer, {}};
}

class ManifestMaker {
 public:
  ManifestMaker(const StudyRow& row, const ManifestOrigin& origin, const RenderOptions& options)
      : row_(row), origin_(origin), options_(options) {}

  Manifest make() {
    made_.uid = manifest_uid(row_, origin_);
    made_.created_us = row_.updated_us / 1000 * 1000;
    made_.subject = subject_of(row_.subject.subject);
    made_.study_uid = row_.study.uid;
    made_.date = row_.study.date;
    made_.time = row_.study.time;
    made_.timezone_offset = zone();
    made_.description = row_.study.description;
    made_.viewer_url = viewer_of(origin_, row_.study.uid);
    made_.creator = origin_.creator;
    for (const std::string& modality : row_.modalities)
      if (!modality.empty()) made_.modalities.push_back(modality_code(modality));
    for (const SeriesRow& series : row_.series) add_series(series);
    for (const Coding& region : regions_of(row_, options_)) made_.regions.push_back(code_of(region));
    const std::vector<Request> orders = orders_of(row_);
    add_procedures(orders);
    add_orders(orders);
    if (options_.mask_identity) mask();
    return std::move(made_);
  }

 private:
  // What a manifest says of a patient: table 4.3-1 of IHE MADO.
  static gateway::model::Subject subject_of(const gateway::model::Subject& from) {
    gateway::model::Subject subject = from;
    subject.address.clear();
    subject.telephones.clear();
    subject.identity_removed.clear();
    return subject;
  }

  std::string zone() const {
    std::string offset = fhir_offset(row_.study.timezone_offset);
    if (offset.empty()) offset = local_offset(row_.study.date, row_.study.time, options_);
    std::erase(offset, ':');
    return offset;
  }

  // Designators, where DICOM has one for the system.
  Code code_of(const Coding& coding) const {
    return {coding.code, scheme_of(coding.system, options_),
            coding.display.empty() ? coding.code : coding.display};
  }

  Code modality_code(const std::string& modality) const {
    const Concept* known = options_.terminology->modalities.find(modality);
    return {modality, "DCM", known ? known->display : modality};
  }

  void add_series(const SeriesRow& row) {
    ManifestSeries series;
    series.uid = row.series.uid;
    if (!row.series.modality.empty()) series.modality = modality_code(row.series.modality);
    series.number = row.series.number;
    series.description = row.series.description;
    series.date = row.series.date;
    series.time = row.series.time;
    if (const auto site = body_site_of(row.series, options_)) series.body_site = code_of(*site);
    if (const auto side = laterality_of(row, options_)) series.laterality = code_of(*side);
    series.retrieve_url = origin_.retrieve_url;
    series.location_uid = location_of(origin_);
    for (const auto& instance : row.instances) series.instances.push_back(instance_of(instance));
    made_.series.push_back(std::move(series));
  }

  // Document title and description are facts of Key Object documents only (TID 16XX of CP-2595).
  static ManifestInstance instance_of(const gateway::model::Instance& from) {
    ManifestInstance instance;
    instance.uid = from.uid;
    instance.sop_class_uid = from.sop_class_uid;
    instance.number = from.number;
    instance.frames = from.frames;
    if (from.sop_class_uid == "1.2.840.10008.5.1.4.1.1.88.59" && !from.concept_name.empty()) {
      instance.title = from.concept_name.front();
      instance.description = from.key_object_text;
    }
    return instance;
  }

  // Procedure Code Sequence (0008,1032), else the codes that were requested
  void add_procedures(const std::vector<Request>& orders) {
    made_.procedures = row_.study.procedures;
    if (!made_.procedures.empty()) return;
    for (const Request& order : orders)
      for (const Code& code : order.codes)
        if (std::find(made_.procedures.begin(), made_.procedures.end(), code) == made_.procedures.end())
          made_.procedures.push_back(code);
  }

  void add_orders(const std::vector<Request>& orders) {
    for (const Request& order : orders)
      if (ManifestOrder made{issued(order.accession), issued(order.placer), issued(order.filler)};
          made != ManifestOrder{})
        made_.orders.push_back(std::move(made));
  }

  // For pseudonymised output: RenderOptions::mask_identity.
  void mask() {
    made_.orders.clear();
    made_.subject.name = {};
    made_.subject.other_ids.clear();
    made_.subject.birth_date.resize(std::min<std::size_t>(4, made_.subject.birth_date.size()));
  }

  const StudyRow& row_;
  const ManifestOrigin& origin_;
  const RenderOptions& options_;
  Manifest made_;
};

}  // namespace

std::string manifest_uid(const StudyRow& row, const ManifestOrigin& origin) {
  return gateway::model::derived_uid("manifest " + row.study.uid + "\n" + std::to_string(row.version) + "\n" +
                                     std::to_string(row.updated_us) + "\n" + with_form(origin));
}

Manifest manifest_of(const StudyRow& row, const ManifestOrigin& origin, const RenderOptions& options) {
  return ManifestMaker(row, origin, options).make();
}

std::string manifest_id(ManifestPart part, std::string_view study_uid) {
  const std::string prefix(prefix_of(part));
  std::string id = prefix + imaging_study_id(study_uid);
  if (id.size() <= kMaxId) return id;
  return prefix + "z" + rebased(study_uid, kUidDigits, kPackedDigits);
}

std::string study_id_of(ManifestPart part, std::string_view id) {
  const std::string_view prefix = prefix_of(part);
  if (!id.starts_with(prefix) || id.size() > kMaxId) return {};
  const std::string_view rest = id.substr(prefix.size());
  std::string study(rest);
  if (rest.starts_with('z')) {
    if (rest.substr(1).find_first_not_of(kPackedDigits) != std::string_view::npos) return {};
    study = rebased(rest.substr(1), kPackedDigits, kUidDigits);
    if (study.starts_with('.')) study.insert(0, 1, '0');  // the one zero in front that a UID can have
  }
  return manifest_id(part, study) == id ? study : std::string();  // one id for one study
}

}  // namespace mappers::fhir

#include "mappers/fhir/report.h"

#include <algorithm>
#include <array>

#include "gateway/base/ids.h"
#include "mappers/fhir/dates.h"
#include "mappers/fhir/imaging_selection.h"
#include "mappers/fhir/observation.h"
#include "mappers/fhir/report_actors.h"
#include "mappers/fhir/report_parts.h"
#include "mappers/fhir/resource_parts.h"
#include "mappers/fhir/systems.h"

namespace mappers::fhir {
namespace {

using namespace report;
using Kind = StructuredReport::Kind;
using Status = StructuredReport::Status;

constexpr std::string_view kPrefix = "sop-";
constexpr std::size_t kDigits = 32;
constexpr std::string_view kSections = "http://terminology.hl7.org/CodeSystem/v2-0074";
constexpr std::string_view kPriority =
    "http://hl7.eu/fhir/health-data-api/CodeSystem/eehrxf-document-priority-category-cs";

// "en", "de-AT"; SR also has names of three letters, of which the common ones are known
std::string language_of(const std::string& text) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kThree = {
      {{"eng", "en"}, {"deu", "de"}, {"ger", "de"}, {"fra", "fr"}, {"spa", "es"}, {"ita", "it"}}};
  std::string tag = text;
  for (const auto& [three, two] : kThree)
    if (tag.substr(0, 3) == three && (tag.size() == 3 || tag[3] == '-')) tag.replace(0, 3, two);
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  const bool plain = tag.size() >= 2 && lower(tag[0]) && lower(tag[1]);
  if (plain && tag.size() == 2) return tag;
  return plain && tag.size() == 5 && tag[2] == '-' && upper(tag[3]) && upper(tag[4]) ? tag : std::string();
}

// Impression and conclusion (PS3.16 CID 7001; LOINC)
bool is_conclusion(const Code& name) {
  static constexpr std::array<std::string_view, 5> kNames = {"121072", "121073", "121076", "121077",
                                                             "19005-8"};
  return std::find(kNames.begin(), kNames.end(), name.value) != kNames.end() &&
         (name.scheme == "DCM" || name.scheme == "LN");
}

void gather_conclusions(const std::vector<ReportItem>& items, bool within, std::string& text) {
  for (const ReportItem& item : items)
    if (item.value.kind == gateway::model::ReportValue::Kind::Text && (within || is_conclusion(item.name)))
      text += (text.empty() ? "" : "\n") + item.value.text;
}

class ReportWriter {
 public:
  ReportWriter(const StructuredReport& report, const gateway::model::StudyRow& study,
               const RenderOptions& options, RenderedReport& out)
      : report_(report), out_(out), parts_(report, study, options, out), observations_(parts_) {}

  void write() {
    switch (report_.kind) {
      case Kind::Measurements:
      case Kind::Document:
      case Kind::Dose:
        return write_document();
      case Kind::KeyImages:
        return write_key_images();
      case Kind::Segmentation:
      case Kind::Structures:
        return write_segments();
    }
  }

 private:
  void write_document() {
    people_ = people_of(parts_);
    const Heritage heritage = heritage_of_all();
    std::vector<std::string> results;
    if (report_.kind == Kind::Dose) {
      results.push_back(observations_.put_dose(heritage));
    } else {
      for (const auto& group : report_.groups) results.push_back(observations_.put_group(group, heritage));
      for (const auto& item : report_.items) results.push_back(observations_.put_item(item, heritage));
    }
    std::string json;
    append_diagnostic_report(json, results);
    out_.resources.insert(out_.resources.begin(), {"DiagnosticReport", parts_.id(), std::move(json)});
  }

  // The algorithm or the device that observed, else what made the document
  Heritage heritage_of_all() {
    Heritage heritage;
    heritage.performers = people_.observers;
    const std::string equipment = equipment_device(parts_);
    heritage.device = algorithm_device(parts_, report_.algorithm);
    for (const ReportDevice& device : report_.devices)
      if (const std::string reference = observer_device(parts_, device); heritage.device.empty())
        heritage.device = reference;
    if (heritage.device.empty()) heritage.device = equipment;
    heritage.focus = put_selections(parts_, report_.references);
    if (heritage.focus.size() > kMostInherited) {
      parts_.note("that every statement is about all images of the document", "1");
      heritage.focus.clear();
    }
    if (heritage.performers.size() > kMostInherited) {
      parts_.note("further observers of every statement", "1");
      heritage.performers.resize(kMostInherited);
    }
    return heritage;
  }

  void append_diagnostic_report(std::string& out, const std::vector<std::string>& results) {
    JsonObject object(out);
    object.plain("resourceType", "DiagnosticReport");
    object.plain("id", parts_.id());
    if (const std::string language = language_of(report_.language); !language.empty())
      object.plain("language", language);
    {
      JsonArray identifiers(object.member("identifier"));
      append_uid(identifiers.item(), "00080018", "SOP Instance UID", {}, report_.sop_instance_uid);
    }
    parts_.add_order(object);
    object.plain("status", status());
    add_categories(object);
    add_title(object);
    parts_.add_subject(object);
    parts_.add_moments(object, {});
    add_references(object, "resultsInterpreter", people_.all);
    add_references(object, "result", results);
    add_studies(object);
    add_conclusion(object);
  }

  std::string_view status() const {
    if (report_.status == Status::Final) return "final";
    if (report_.status == Status::Preliminary) return "preliminary";
    return report_.status == Status::Partial ? "partial" : "unknown";
  }

  void add_categories(JsonObject& object) {
    JsonArray categories(object.member("category"));
    append_coded(categories.item(), kSections, "IMG", "Diagnostic Imaging");
    append_coded(categories.item(), kPriority, "Medical-Imaging", "Medical-Imaging");
    if (report_.kind != Kind::Dose)
      append_coded(categories.item(), "http://loinc.org", "85430-7", "Diagnostic imaging report");
  }

  void add_title(JsonObject& object) {
    std::string title;
    if (parts_.append_concept_of(title, report_.title))
      object.member("code") += title;
    else
      append_absent(object.member("code"));
  }

  // imagingStudy: its own, and those that the evidence names
  void add_studies(JsonObject& object) {
    JsonArray studies(object.member("imagingStudy"));
    parts_.append_study(studies.item());
    for (const std::string& uid : report_.studies)
      if (uid != report_.study_uid) parts_.append_study(studies.item(), uid);
  }

  void add_conclusion(JsonObject& object) {
    std::string text;
    gather_conclusions(report_.items, false, text);
    for (const auto& group : report_.groups) gather_conclusions(group.items, is_conclusion(group.name), text);
    object.text("conclusion", text);
  }

  // A selection for each series that key images are of
  void write_key_images() {
    if (report_.references.empty()) return;
    SelectionWords words;
    words.code = report_.title;
    words.title = report_.title.meaning;
    words.description = report_.text;
    words.whole = true;
    put_selections(parts_, report_.references, words);
    for (const ReportItem& item : report_.items)
      if (!item.name.value.empty())
        parts_.note("of key images: " + item.name.meaning, "content item " + item.where);
  }

  // What was segmented, and an Observation for each segment or region
  void write_segments() {
    const Heritage heritage{{}, {}, {}, {}, {}, equipment_device(parts_), {}};
    SelectionWords words;
    words.title = report_.label.empty() ? report_.description : report_.label;
    words.whole = true;
    put_selections(parts_, report_.references, words);
    for (const auto& group : report_.groups) observations_.put_group(group, heritage);
  }

  const StructuredReport& report_;
  RenderedReport& out_;
  Parts parts_;
  ObservationWriter observations_;
  People people_;
};

}  // namespace

std::string report_id(std::string_view sop_instance_uid) {
  return std::string(kPrefix) + gateway::sha256_hex(sop_instance_uid).substr(0, kDigits);
}

bool is_report_id(std::string_view id) {
  const std::size_t size = kPrefix.size() + kDigits;
  return id.starts_with(kPrefix) && id.size() >= size && (id.size() == size || id[size] == '-') &&
         id.substr(kPrefix.size(), kDigits).find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

RenderedReport render_report(const StructuredReport& report, const gateway::model::StudyRow& study,
                             const RenderOptions& options) {
  RenderedReport out;
  out.findings = report.findings;
  ReportWriter(report, study, options, out).write();
  return out;
}

}  // namespace mappers::fhir

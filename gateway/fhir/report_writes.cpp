// What is written for one object that is a report, and its Provenance (reports.h).
#include <algorithm>
#include <set>

#include "gateway/base/json_text.h"
#include "gateway/base/log.h"
#include "gateway/codec/json.h"
#include "gateway/fhir/reports.h"
#include "gateway/fhir/write_set.h"
#include "mappers/fhir/report.h"

namespace gateway::fhir {
namespace {

using model::ResourceWrite;
using model::StoredResource;

constexpr const char* kProvenance = "Provenance";
constexpr std::string_view kDcm = "http://dicom.nema.org/resources/ontology/DCM";
constexpr std::string_view kElements =
    "http://hl7.eu/fhir/imaging/CodeSystem/codesystem-missing-dicom-terminology";

Value coded(std::string_view system, std::string_view code, std::string_view display) {
  Value coding = Value::map().set("system", system).set("code", code).set("display", display);
  return Value::map().set("coding", Value::list().push(std::move(coding)));
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '<' || c == '>' || c == '&' || c == '"')
      out += "&#" + std::to_string(static_cast<int>(c)) + ";";
    else
      out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out;
}

// For people: what of the object is in none of the resources.
Value narrative(const std::vector<model::ReportFinding>& findings) {
  std::string div = R"(<div xmlns="http://www.w3.org/1999/xhtml"><p>Not taken over:</p><ul>)";
  for (const auto& finding : findings)
    div += "<li>" + escaped(finding.what) + " (" + escaped(finding.where) + ")</li>";
  return Value::map().set("status", "generated").set("div", div + "</ul></div>");
}

Value gateway_device(const FhirFace& face) {
  const Value name = Value::map().set("name", "ehds-gateway").set("type", "model-name");
  const Value version = Value::map()
                            .set("type", Value::map().set("text", "software"))
                            .set("value", face.config().software_version);
  Value device = Value::map().set("resourceType", "Device").set("id", "gateway");
  device.set("deviceName", Value::list().push(name));
  if (!face.config().software_version.empty()) device.set("version", Value::list().push(version));
  return device;
}

Value source_entity(const model::StructuredReport& report) {
  Value identifier = Value::map().set("type", coded(kElements, "00080018", "SOP Instance UID"));
  identifier.set("system", "urn:dicom:uid").set("value", "urn:oid:" + report.sop_instance_uid);
  return Value::map().set("role", "source").set("what", Value::map().set("identifier", identifier));
}

Value provenance_of(const FhirFace& face, const model::StructuredReport& report,
                    const mappers::fhir::RenderedReport& rendered, const std::string& recorded) {
  Value value = Value::map().set("resourceType", kProvenance);
  if (!rendered.findings.empty()) value.set("text", narrative(rendered.findings));
  value.set("contained", Value::list().push(gateway_device(face)));
  Value targets = Value::list();
  for (const auto& resource : rendered.resources)
    targets.push(Value::map().set("reference", resource.type + "/" + resource.id));
  value.set("target", std::move(targets)).set("recorded", recorded);
  value.set("activity", coded("http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle", "transform",
                              "Transform/Translate Record Lifecycle Event"));
  Value agent = Value::map().set("type", coded("http://terminology.hl7.org/CodeSystem/"
                                               "provenance-participant-type",
                                               "assembler", "Assembler"));
  agent.set("who", Value::map().set("reference", "#gateway"));
  value.set("agent", Value::list().push(std::move(agent)));
  return value.set("entity", Value::list().push(source_entity(report)));
}

// "Type/id" of what was made of an object before.
std::set<std::string> targets_of(const Value& provenance) {
  std::set<std::string> targets;
  if (const Value* list = provenance.find("target"); list && list->as_list())
    for (const Value& each : *list->as_list()) targets.emplace(each.text("reference"));
  return targets;
}

// The writes for one object. What is there already, the same, is left alone.
class Projection {
 public:
  Projection(const FhirFace& face, std::string_view sop_instance_uid)
      : face_(face),
        store_(*face.resources()->store()),
        id_(mappers::fhir::report_id(sop_instance_uid)),
        origin_("sop:" + std::string(sop_instance_uid)),
        now_us_(face.now_us() / 1000 * 1000) {}

  Result<void> load() {
    provenance_ = TRY(stored(kProvenance, id_));
    if (provenance_ && !provenance_->deleted) known_ = TRY(codec::parse_json(provenance_->json));
    return {};
  }

  Result<void> put(const std::string& type, const std::string& id, const Value& resource) {
    const auto there = TRY(stored(type, id));
    const std::int64_t version = there ? there->version : 0;
    if (there && !there->deleted && to_json(stamped(resource, id, version, there->updated_us)) == there->json)
      return {};
    const Value fresh = stamped(resource, id, version + 1, now_us_);
    writes_.push_back(TRY(face_.resources()->make_write(type, id, version, now_us_, "PUT", to_json(fresh),
                                                        fresh, Place(), origin_)));
    return {};
  }

  // What was made before and is not among `kept`.
  Result<void> remove_others(const std::set<std::string>& kept) {
    for (const std::string& target : targets_of(known_)) {
      const auto slash = target.find('/');
      if (kept.contains(target) || slash == std::string::npos) continue;
      TRY_VOID(remove(target.substr(0, slash), target.substr(slash + 1)));
    }
    return {};
  }

  Result<void> remove_provenance() {
    if (known_.is_null()) return {};
    return remove(kProvenance, id_);
  }

  // Who made it and when is no difference.
  Result<void> put_provenance(const model::StructuredReport& report,
                              const mappers::fhir::RenderedReport& rendered) {
    Value fresh = provenance_of(face_, report, rendered, iso8601(now_us_, true));
    const auto part = [](const Value& value, std::string_view name) {
      const Value* found = value.find(name);
      return found ? *found : Value();
    };
    if (writes_.empty() && part(fresh, "target") == part(known_, "target") &&
        part(fresh, "text") == part(known_, "text"))
      return {};
    return put(kProvenance, id_, fresh);
  }

  std::vector<ResourceWrite> take() { return std::move(writes_); }

 private:
  Result<std::optional<StoredResource>> stored(const std::string& type, const std::string& id) const {
    auto there = TRY(store_.read(type, id));
    if (there && !there->deleted && there->origin != origin_)
      return fail(ErrorCode::Unprocessable, "a resource of somebody else has this id", type + "/" + id);
    return there;
  }

  Result<void> remove(const std::string& type, const std::string& id) {
    const auto there = TRY(stored(type, id));
    if (!there || there->deleted) return {};
    writes_.push_back(TRY(face_.resources()->make_write(type, id, there->version, now_us_, "DELETE", {},
                                                        Value(), Place(), origin_)));
    return {};
  }

  const FhirFace& face_;
  model::ResourceStore& store_;
  const std::string id_, origin_;
  const std::int64_t now_us_;
  std::optional<StoredResource> provenance_;
  Value known_;
  std::vector<ResourceWrite> writes_;
};

}  // namespace

Result<std::vector<ResourceWrite>> report_writes(const FhirFace& face, const model::StructuredReport& report,
                                                 const model::StudyRow& study) {
  const auto rendered = mappers::fhir::render_report(report, study, face.render());
  if (rendered.resources.empty()) return report_removal(face, report.sop_instance_uid);
  Projection projection(face, report.sop_instance_uid);
  TRY_VOID(projection.load());
  std::set<std::string> kept;
  for (const auto& resource : rendered.resources) {
    kept.insert(resource.type + "/" + resource.id);
    const Value value = TRY(codec::parse_json(resource.json));
    TRY_VOID(projection.put(resource.type, resource.id, value));
  }
  TRY_VOID(projection.remove_others(kept));
  TRY_VOID(projection.put_provenance(report, rendered));
  if (!rendered.findings.empty())
    log::info("a report is not taken over whole", {{"instance", report.sop_instance_uid},
                                                   {"findings", rendered.findings.size()},
                                                   {"first", rendered.findings.front().what}});
  return projection.take();
}

Result<std::vector<ResourceWrite>> report_removal(const FhirFace& face, std::string_view sop_instance_uid) {
  Projection projection(face, sop_instance_uid);
  TRY_VOID(projection.load());
  TRY_VOID(projection.remove_others({}));
  TRY_VOID(projection.remove_provenance());
  return projection.take();
}

}  // namespace gateway::fhir

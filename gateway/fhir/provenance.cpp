#include "gateway/fhir/provenance.h"

#include "gateway/base/clock.h"
#include "mappers/fhir/json_writer.h"
#include "mappers/fhir/render.h"

namespace gateway::fhir {
namespace {

using mappers::fhir::JsonArray;
using mappers::fhir::JsonObject;

void append_coded(std::string& out, std::string_view system, std::string_view code,
                  std::string_view display) {
  JsonObject concept_object(out);
  JsonArray codings(concept_object.member("coding"));
  JsonObject coding(codings.item());
  coding.plain("system", system);
  coding.plain("code", code);
  coding.plain("display", display);
}

// The gateway as the device that it is, with the versions of program and mapping.
void append_device(std::string& out, const ProvenanceMaker& maker) {
  JsonObject device(out);
  device.plain("resourceType", "Device");
  device.plain("id", "gateway");
  {
    JsonArray names(device.member("deviceName"));
    JsonObject name(names.item());
    name.plain("name", "ehds-gateway");
    name.plain("type", "model-name");
  }
  JsonArray versions(device.member("version"));
  const auto version = [&](std::string_view type, std::string_view value) {
    JsonObject object(versions.item());
    {
      JsonObject kind(object.member("type"));
      kind.plain("text", type);
    }
    object.text("value", value);
  };
  version("software", maker.software_version);
  version("mapping", maker.mapping);
}

void append_source(std::string& out, const model::StudyRow& row) {
  JsonObject entity(out);
  entity.plain("role", "source");
  JsonObject what(entity.member("what"));
  {
    JsonObject identifier(what.member("identifier"));
    append_coded(identifier.member("type"), "http://dicom.nema.org/resources/ontology/DCM", "110180",
                 "Study Instance UID");
    identifier.plain("system", "urn:dicom:uid");
    identifier.text("value", "urn:oid:" + row.study.uid);
  }
  what.text("display", "DICOM study of " + std::to_string(row.instance_count) + " instances");
}

}  // namespace

void append_provenance(std::string& out, const model::StudyRow& row, const ProvenanceMaker& maker) {
  const std::string id = mappers::fhir::imaging_study_id(row.study.uid);
  const std::string moment = iso8601(row.updated_us, true);
  JsonObject provenance(out);
  provenance.plain("resourceType", "Provenance");
  provenance.plain("id", id);
  {
    JsonObject meta(provenance.member("meta"));
    meta.plain("versionId", std::to_string(row.version));
    meta.plain("lastUpdated", moment);
  }
  {
    JsonArray contained(provenance.member("contained"));
    append_device(contained.item(), maker);
  }
  {
    JsonArray targets(provenance.member("target"));
    for (const std::string& target : {"ImagingStudy/" + id, "Patient/" + row.subject.key}) {
      JsonObject reference(targets.item());
      reference.text("reference", target);
    }
  }
  provenance.plain("recorded", moment);
  append_coded(provenance.member("activity"), "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle",
               "transform", "Transform/Translate Record Lifecycle Event");
  {
    JsonArray agents(provenance.member("agent"));
    JsonObject agent(agents.item());
    append_coded(agent.member("type"), "http://terminology.hl7.org/CodeSystem/provenance-participant-type",
                 "assembler", "Assembler");
    JsonObject who(agent.member("who"));
    who.plain("reference", "#gateway");
  }
  JsonArray entities(provenance.member("entity"));
  append_source(entities.item(), row);
}

}  // namespace gateway::fhir

#include <algorithm>
#include <array>

#include "mappers/fhir/r5_shape_parts.h"

namespace mappers::fhir {
namespace {

using gateway::Value;

constexpr const char* kRelationships = "http://hl7.org/fhir/document-relationship-type";
constexpr const char* kAttestation = "http://hl7.org/fhir/composition-attestation-mode";
constexpr const char* kEnvironments = "http://hl7.org/fhir/endpoint-environment";

Value coded(const char* system, Value code) {
  return concept_of(Value::map().set("system", system).set("code", std::move(code)));
}

// A list or a single one of Coding to CodeableConcept.
void codings_to_concepts(Shaping& shaping, std::string_view name) {
  Value value = shaping.take(name);
  if (Value::List* list = value.as_list()) {
    for (Value& item : *list) item = concept_of(std::move(item));
    shaping.put(name, std::move(value));
  } else {
    shaping.put(name, concept_of(std::move(value)));
  }
}

void concepts_to_codings(Shaping& shaping, std::string_view name) {
  Value value = shaping.take(name);
  Value::List* list = value.as_list();
  if (!list) return shaping.put(name, coding_of(shaping, std::string(name), std::move(value)));
  Value::List codings;
  for (std::size_t i = 0; i < list->size(); ++i) {
    Value coding =
        coding_of(shaping, std::string(name) + "[" + std::to_string(i) + "]", std::move((*list)[i]));
    if (!coding.is_null()) codings.push_back(std::move(coding));
  }
  shaping.put_list(name, std::move(codings));
}

// "reasonCode" and "reasonReference" as one list of CodeableReference, concepts first; and back.
void join(Shaping& shaping, std::string_view concepts, std::string_view references, std::string_view joined) {
  Value::List all = shaping.take_list(joined);
  for (Value& item : shaping.take_list(concepts)) all.push_back(by_concept(std::move(item)));
  for (Value& item : shaping.take_list(references)) all.push_back(by_reference(std::move(item)));
  shaping.put_list(joined, std::move(all));
}

void part(Shaping& shaping, std::string_view joined, std::string_view concepts, std::string_view references) {
  Value::List codes, refs;
  const Value::List given = shaping.take_list(joined);
  for (std::size_t i = 0; i < given.size(); ++i) {
    const Value *code = given[i].find("concept"), *reference = given[i].find("reference");
    const std::string at = std::string(joined) + "[" + std::to_string(i) + "]";
    if (code) codes.push_back(*code);
    if (reference && !references.empty()) refs.push_back(*reference);
    if (reference && references.empty()) shaping.lose(at + ".reference", "R4 has only a code here");
    if (code && reference && !references.empty())
      shaping.lose(at, "R4 does not say that this code and this reference belong together");
  }
  shaping.put_list(concepts, std::move(codes));
  shaping.put_list(references, std::move(refs));
}

// FHIR R5 ImagingStudy, against R4
void study_to_r5(Shaping& study) {
  codings_to_concepts(study, "modality");
  join(study, "procedureCode", "", "procedure");
  study.put_list("partOf", study.take_list("procedureReference"));
  join(study, "reasonCode", "reasonReference", "reason");
  study.keep_member(kR4, "ImagingStudy.interpreter", "Reference");
  study.each("series", [](Shaping& series) {
    codings_to_concepts(series, "modality");
    codings_to_concepts(series, "laterality");
    if (Value site = series.take("bodySite"); !site.is_null())
      series.put("bodySite", by_concept(concept_of(std::move(site))));
  });
}

void series_from_r5(Shaping& series) {
  concepts_to_codings(series, "modality");
  concepts_to_codings(series, "laterality");
  Value site = series.take("bodySite");
  if (site.is_null()) return;
  if (const Value* reference = site.find("reference")) {
    series.lose("bodySite.reference", "R4 has only a code here; kept as an extension of 5.0");
    series.keep(kR5, "ImagingStudy.series.bodySite", "", by_reference(*reference));
  }
  if (const Value* code = site.find("concept"))
    series.put("bodySite", coding_of(series, "bodySite.concept", *code));
}

void study_from_r5(Shaping& study) {
  concepts_to_codings(study, "modality");
  part(study, "procedure", "procedureCode", "");
  part(study, "reason", "reasonCode", "reasonReference");
  study.restore_member(kR4, "ImagingStudy.interpreter", true);
  Value::List procedures = study.take_list("partOf");
  for (std::size_t i = 1; i < procedures.size(); ++i) {
    study.lose("partOf[" + std::to_string(i) + "]",
               "R4 refers to one procedure; kept as an extension of 5.0");
    study.keep(kR5, "ImagingStudy.partOf", "Reference", std::move(procedures[i]));
  }
  if (!procedures.empty()) study.put("procedureReference", std::move(procedures[0]));
  study.each("series", series_from_r5);
}

// FHIR R5 Endpoint, against R4
void endpoint_to_r5(Shaping& endpoint) {
  Value::List types;
  if (Value type = endpoint.take("connectionType"); !type.is_null())
    types.push_back(concept_of(std::move(type)));
  endpoint.put_list("connectionType", std::move(types));
  Value payload;
  for (const auto& [from, to] : {std::pair("payloadType", "type"), std::pair("payloadMimeType", "mimeType")})
    if (Value value = endpoint.take(from); !value.is_null()) payload.set(to, std::move(value));
  if (Value beside = endpoint.take("_payloadMimeType"); !beside.is_null())
    payload.set("_mimeType", std::move(beside));
  if (!payload.is_null()) endpoint.put_list("payload", {std::move(payload)});
  endpoint.restore_member(kR5, "Endpoint.description", false);
  endpoint.restore_member(kR5, "Endpoint.environmentType", true);
  const Value status = endpoint.take("status");
  if (status != Value("test")) return endpoint.put("status", status);
  endpoint.lose("status", "R5 has no status test: it is active, in the environment test");
  endpoint.put("status", "active");
  endpoint.put_list("environmentType", {coded(kEnvironments, "test")});
}

void payload_from_r5(Shaping& endpoint) {
  const Value::List payloads = endpoint.take_list("payload");
  Value::List types, mimes;
  for (const Value& payload : payloads) {
    for (const auto& [name, into] : {std::pair("type", &types), std::pair("mimeType", &mimes)})
      if (const Value* value = payload.find(name); value && value->as_list())
        into->insert(into->end(), value->as_list()->begin(), value->as_list()->end());
  }
  if (payloads.size() > 1 && !mimes.empty())
    endpoint.lose("payload", "R4 does not say which media types belong to which payload");
  if (types.empty())  // R4 demands one
    types.push_back(Value::map().set(
        "extension",
        Value::list().push(Value::map()
                               .set("url", "http://hl7.org/fhir/StructureDefinition/data-absent-reason")
                               .set("valueCode", "unknown"))));
  endpoint.put_list("payloadType", std::move(types));
  endpoint.put_list("payloadMimeType", std::move(mimes));
}

void endpoint_from_r5(Shaping& endpoint) {
  const Value::List types = endpoint.take_list("connectionType");
  for (std::size_t i = 1; i < types.size(); ++i)
    endpoint.lose("connectionType[" + std::to_string(i) + "]", "R4 has one connection type");
  if (!types.empty()) endpoint.put("connectionType", coding_of(endpoint, "connectionType[0]", types[0]));
  payload_from_r5(endpoint);
  endpoint.keep_member(kR5, "Endpoint.description", "String");
  endpoint.keep_member(kR5, "Endpoint.environmentType", "CodeableConcept");
}

// The profile extension of a content comes with its value's own type: {"url": "value[x]", "valueUri": ...}.
Value profile_of_extension(const Value& extension) {
  constexpr std::string_view kUrl =
      "http://hl7.org/fhir/5.0/StructureDefinition/extension-DocumentReference.content.profile";
  const Value* parts = extension.text("url") == kUrl ? extension.find("extension") : nullptr;
  if (!parts || !parts->as_list() || parts->as_list()->empty()) return {};
  Value profile;
  if (const Value::Map* inner = parts->as_list()->front().as_map())
    for (const auto& [key, value] : *inner)
      if (key.starts_with("value")) profile.set(key, value);
  return profile;
}

void content_to_r5(Shaping& content) {
  Value::List profiles, left;
  if (Value format = content.take("format"); !format.is_null())
    profiles.push_back(Value::map().set("valueCoding", std::move(format)));
  for (Value& extension : content.take_list("extension")) {
    Value profile = profile_of_extension(extension);
    (profile.is_null() ? left : profiles).push_back(profile.is_null() ? std::move(extension) : profile);
  }
  content.put_list("extension", std::move(left));
  content.put_list("profile", std::move(profiles));
}

void content_from_r5(Shaping& content) {
  Value::List extensions = content.take_list("extension");
  bool has_format = false;
  for (Value& profile : content.take_list("profile")) {
    const Value* coding = profile.find("valueCoding");
    if (coding && !has_format) {
      has_format = true;
      content.put("format", *coding);
      continue;
    }
    content.lose("profile", "R4 has one format, a coding; kept as an extension of 5.0");
    profile.set("url", "value[x]");
    extensions.push_back(
        Value::map()
            .set("url",
                 "http://hl7.org/fhir/5.0/StructureDefinition/extension-DocumentReference.content.profile")
            .set("extension", Value::list().push(std::move(profile))));
  }
  content.put_list("extension", std::move(extensions));
}

// The members of R4's DocumentReference.context are the document's own in R5.
void context_to_r5(Shaping& document) {
  Value given = document.take("context");
  Value::Map* map = given.as_map();
  if (!map) return;
  Shaping context(*map, document.path() + ".context", document.losses());
  document.put_list("context", context.take_list("encounter"));
  Value::List events;
  for (Value& event : context.take_list("event")) events.push_back(by_concept(std::move(event)));
  document.put_list("event", std::move(events));
  for (const char* name : {"period", "facilityType", "practiceSetting"})
    document.put(name, context.take(name));
  for (const char* name : {"related", "sourcePatientInfo"})
    for (Value& item : context.take_list(name)) {
      context.lose(name, "the other release has no place for it; kept as an extension of 4.0");
      document.keep(kR4, std::string("DocumentReference.context.") + name, "Reference", std::move(item));
    }
  if (!map->empty()) context.lose("extension", "the other release has no context that could have it");
}

void context_from_r5(Shaping& document) {
  Value::Map map;
  Shaping context(map, document.path() + ".context", document.losses());
  context.put_list("encounter", document.take_list("context"));
  part(document, "event", "eventCode", "");
  context.put_list("event", document.take_list("eventCode"));
  for (const char* name : {"period", "facilityType", "practiceSetting"})
    context.put(name, document.take(name));
  context.put_list("related", document.take_extensions(kR4, "DocumentReference.context.related"));
  if (auto info = document.take_extensions(kR4, "DocumentReference.context.sourcePatientInfo"); !info.empty())
    context.put("sourcePatientInfo", std::move(info[0]));
  if (!map.empty()) document.put("context", Value(std::move(map)));
}

// FHIR R5 DocumentReference, against R4
void document_to_r5(Shaping& document) {
  if (Value master = document.take("masterIdentifier"); !master.is_null()) {
    Value::List identifiers = document.take_list("identifier");
    if (std::find(identifiers.begin(), identifiers.end(), master) == identifiers.end())
      identifiers.insert(identifiers.begin(), master);
    document.put_list("identifier", std::move(identifiers));
    document.lose("masterIdentifier",
                  "R5 does not mark it among the identifiers; kept as an extension of 4.0");
    document.keep(kR4, "DocumentReference.masterIdentifier", "Identifier", std::move(master));
  }
  if (Value party = document.take("authenticator"); !party.is_null())
    document.put_list(
        "attester",
        {Value::map().set("mode", coded(kAttestation, "official")).set("party", std::move(party))});
  document.each("relatesTo", [](Shaping& relation) {
    if (Value code = relation.take("code"); !code.is_null())
      relation.put("code", coded(kRelationships, std::move(code)));
  });
  document.each("content", content_to_r5);
  context_to_r5(document);
  document.restore_member(kR5, "DocumentReference.version", false);
  document.restore_member(kR5, "DocumentReference.basedOn", true);
  document.restore_member(kR5, "DocumentReference.modality", true);
  document.restore_member(kR5, "DocumentReference.bodySite", true);
}

void attesters_from_r5(Shaping& document) {
  const Value::List attesters = document.take_list("attester");
  bool taken = false;
  for (std::size_t i = 0; i < attesters.size(); ++i) {
    const std::string at = "attester[" + std::to_string(i) + "]";
    const Value* party = attesters[i].find("party");
    if (party && !taken) document.put("authenticator", *party);
    if (!party || taken) document.lose(at, "R4 has one authenticator");
    if (attesters[i].find("time")) document.lose(at + ".time", "R4 has no time of authentication");
    taken = taken || party;
  }
}

void document_from_r5(Shaping& document) {
  if (auto master = document.take_extensions(kR4, "DocumentReference.masterIdentifier"); !master.empty())
    document.put("masterIdentifier", std::move(master[0]));
  attesters_from_r5(document);
  document.each("relatesTo", [](Shaping& relation) {
    const Value coding = coding_of(relation, "code", relation.take("code"));
    if (const Value* code = coding.find("code")) relation.put("code", *code);
  });
  document.each("content", content_from_r5);
  context_from_r5(document);
  document.keep_member(kR5, "DocumentReference.version", "String");
  document.keep_member(kR5, "DocumentReference.basedOn", "Reference");
  document.keep_member(kR5, "DocumentReference.modality", "CodeableConcept");
  document.keep_member(kR5, "DocumentReference.bodySite", "");
}

// FHIR R5 DiagnosticReport, against R4
void report_to_r5(Shaping& report) {
  report.rename("imagingStudy", "study");
  report.keep_member(kR4, "DiagnosticReport.media", "");
  report.restore_member(kR5, "DiagnosticReport.composition", false);
  report.restore_member(kR5, "DiagnosticReport.note", true);
}

void report_from_r5(Shaping& report) {
  report.rename("study", "imagingStudy");
  report.keep_member(kR5, "DiagnosticReport.composition", "Reference");
  report.keep_member(kR5, "DiagnosticReport.note", "Annotation");
  for (const char* name : {"media", "supportingInfo"})
    if (!report.take(name).is_null()) report.lose(name, "R4 has no place for it");
  report.restore_member(kR4, "DiagnosticReport.media", true);
}

// FHIR R5 Observation, against R4: R5 has all that R4 has.
void observation_from_r5(Shaping& observation) {
  observation.keep_member(kR5, "Observation.bodyStructure", "Reference");
  for (const char* name :
       {"instantiatesCanonical", "instantiatesReference", "triggeredBy", "valueAttachment", "valueReference"})
    if (!observation.take(name).is_null()) observation.lose(name, "R4 has no place for it");
  observation.each("referenceRange", [](Shaping& range) {
    range.keep_member(kR5, "Observation.referenceRange.normalValue", "CodeableConcept");
  });
}

void observation_to_r5(Shaping& observation) {
  observation.restore_member(kR5, "Observation.bodyStructure", false);
  observation.each("referenceRange", [](Shaping& range) {
    range.restore_member(kR5, "Observation.referenceRange.normalValue", false);
  });
}

struct Row {
  std::string_view type;
  void (*to_r5)(Shaping&);
  void (*from_r5)(Shaping&);
};
constexpr std::array kRows = {
    Row{"ImagingStudy", study_to_r5, study_from_r5},
    Row{"Endpoint", endpoint_to_r5, endpoint_from_r5},
    Row{"DocumentReference", document_to_r5, document_from_r5},
    Row{"DiagnosticReport", report_to_r5, report_from_r5},
    Row{"Observation", observation_to_r5, observation_from_r5},
};

}  // namespace

void shape_to_r5(Shaping& shaping, std::string_view type) {
  for (const Row& row : kRows)
    if (row.type == type) row.to_r5(shaping);
}

void shape_from_r5(Shaping& shaping, std::string_view type) {
  for (const Row& row : kRows)
    if (row.type == type) row.from_r5(shaping);
}

}  // namespace mappers::fhir

// The R5 shape of resources: what moves where, what is lost, and that R4 comes back.
#include "mappers/fhir/r5_shape.h"

#include <gtest/gtest.h>

#include "gateway/base/json_text.h"
#include "tests/support/fhir_corpus.h"

namespace {

using namespace gateway;
using mappers::fhir::from_r5;
using mappers::fhir::Shaped;
using mappers::fhir::to_r5;

Value json(std::string_view text) {
  auto value = codec::parse_json(text);
  EXPECT_TRUE(value.ok()) << text;
  return value.ok() ? *value : Value();
}

std::string losses(const Shaped& shaped) {
  std::string all;
  for (const auto& loss : shaped.losses) all += (all.empty() ? "" : " ") + loss.path;
  return all;
}

struct Case {
  const char* name;
  const char* r4;
  const char* r5;
  const char* lost;       // on the way to R5
  const char* lost_back;  // on the way back
  bool returns = true;    // the R4 resource comes back as it was
};
void PrintTo(const Case& row, std::ostream* out) { *out << row.name; }
class Shapes : public ::testing::TestWithParam<Case> {};

TEST_P(Shapes, AreThoseOfR5AndComeBack) {
  const Value r4 = json(GetParam().r4);
  const auto there = to_r5(r4);
  ASSERT_TRUE(there.ok()) << there.error().text();
  EXPECT_EQ(to_json(tests::sorted(there->resource)), to_json(tests::sorted(json(GetParam().r5))));
  EXPECT_EQ(losses(*there), GetParam().lost);
  const auto back = from_r5(there->resource);
  ASSERT_TRUE(back.ok()) << back.error().text();
  if (GetParam().returns) {
    EXPECT_EQ(to_json(tests::sorted(back->resource)), to_json(tests::sorted(r4)));
  }
  EXPECT_EQ(losses(*back), GetParam().lost_back);
}

INSTANTIATE_TEST_SUITE_P(
    R5Shape, Shapes,
    ::testing::Values(
        Case{
            "ImagingStudy",
            R"({"resourceType":"ImagingStudy","modality":[{"code":"CT"},{"code":"KO"}],
                "procedureReference":{"reference":"Procedure/1"},"procedureCode":[{"text":"p"}],
                "reasonCode":[{"text":"r"}],"reasonReference":[{"reference":"Condition/1"}],
                "interpreter":[{"display":"i"}],
                "series":[{"uid":"1","modality":{"code":"CT"},"bodySite":{"code":"b"},"laterality":{"code":"l"}}]})",
            R"({"resourceType":"ImagingStudy","modality":[{"coding":[{"code":"CT"}]},{"coding":[{"code":"KO"}]}],
                "partOf":[{"reference":"Procedure/1"}],"procedure":[{"concept":{"text":"p"}}],
                "reason":[{"concept":{"text":"r"}},{"reference":{"reference":"Condition/1"}}],
                "extension":[{"url":"http://hl7.org/fhir/4.0/StructureDefinition/extension-ImagingStudy.interpreter","valueReference":{"display":"i"}}],
                "series":[{"uid":"1","modality":{"coding":[{"code":"CT"}]},"bodySite":{"concept":{"coding":[{"code":"b"}]}},"laterality":{"coding":[{"code":"l"}]}}]})",
            "ImagingStudy.interpreter", ""},
        Case{
            "Endpoint",
            R"({"resourceType":"Endpoint","status":"active","connectionType":{"code":"dicom-wado-rs"},
                "payloadType":[{"text":"DICOM"}],"payloadMimeType":["application/dicom"],"address":"https://x"})",
            R"({"resourceType":"Endpoint","status":"active","connectionType":[{"coding":[{"code":"dicom-wado-rs"}]}],
                "payload":[{"type":[{"text":"DICOM"}],"mimeType":["application/dicom"]}],"address":"https://x"})",
            "", ""},
        Case{
            "EndpointOfATest",
            R"({"resourceType":"Endpoint","status":"test","connectionType":{"code":"c"},"payloadType":[{"text":"t"}],"address":"a"})",
            R"({"resourceType":"Endpoint","status":"active","environmentType":[{"coding":[{"system":"http://hl7.org/fhir/endpoint-environment","code":"test"}]}],
                "connectionType":[{"coding":[{"code":"c"}]}],"payload":[{"type":[{"text":"t"}]}],"address":"a"})",
            "Endpoint.status", "Endpoint.environmentType", false},
        Case{
            "DocumentReference",
            R"({"resourceType":"DocumentReference","masterIdentifier":{"value":"m"},"identifier":[{"value":"m"}],
                "extension":[{"url":"http://hl7.org/fhir/5.0/StructureDefinition/extension-DocumentReference.modality","valueCodeableConcept":{"text":"CT"}},
                  {"url":"http://hl7.org/fhir/5.0/StructureDefinition/extension-DocumentReference.bodySite","extension":[{"url":"concept","valueCodeableConcept":{"text":"head"}}]}],
                "status":"current","authenticator":{"display":"a"},"relatesTo":[{"code":"transforms","target":{"reference":"DocumentReference/2"}}],
                "content":[{"attachment":{"contentType":"application/dicom","size":12},"format":{"code":"f"}}],
                "context":{"encounter":[{"reference":"Encounter/1"}],"event":[{"text":"e"}],"period":{"start":"2020"},
                  "facilityType":{"text":"ft"},"practiceSetting":{"text":"ps"},"related":[{"identifier":{"value":"1.2"}}]}})",
            R"({"resourceType":"DocumentReference","identifier":[{"value":"m"}],"modality":[{"text":"CT"}],
                "bodySite":[{"concept":{"text":"head"}}],"status":"current",
                "attester":[{"mode":{"coding":[{"system":"http://hl7.org/fhir/composition-attestation-mode","code":"official"}]},"party":{"display":"a"}}],
                "relatesTo":[{"code":{"coding":[{"system":"http://hl7.org/fhir/document-relationship-type","code":"transforms"}]},"target":{"reference":"DocumentReference/2"}}],
                "content":[{"attachment":{"contentType":"application/dicom","size":"12"},"profile":[{"valueCoding":{"code":"f"}}]}],
                "context":[{"reference":"Encounter/1"}],"event":[{"concept":{"text":"e"}}],"period":{"start":"2020"},
                "facilityType":{"text":"ft"},"practiceSetting":{"text":"ps"},
                "extension":[{"url":"http://hl7.org/fhir/4.0/StructureDefinition/extension-DocumentReference.masterIdentifier","valueIdentifier":{"value":"m"}},
                  {"url":"http://hl7.org/fhir/4.0/StructureDefinition/extension-DocumentReference.context.related","valueReference":{"identifier":{"value":"1.2"}}}]})",
            "DocumentReference.masterIdentifier DocumentReference.context.related",
            "DocumentReference.modality DocumentReference.bodySite"},
        Case{
            "DiagnosticReport",
            R"({"resourceType":"DiagnosticReport","status":"final","imagingStudy":[{"reference":"ImagingStudy/1"}],
                "extension":[{"url":"http://hl7.org/fhir/5.0/StructureDefinition/extension-DiagnosticReport.composition","valueReference":{"reference":"Composition/1"}}],
                "media":[{"comment":"c","link":{"reference":"Media/1"}}],"presentedForm":[{"size":3}]})",
            R"({"resourceType":"DiagnosticReport","status":"final","study":[{"reference":"ImagingStudy/1"}],
                "composition":{"reference":"Composition/1"},
                "extension":[{"url":"http://hl7.org/fhir/4.0/StructureDefinition/extension-DiagnosticReport.media",
                  "extension":[{"url":"comment","valueString":"c"},{"url":"link","valueReference":{"reference":"Media/1"}}]}],
                "presentedForm":[{"size":"3"}]})",
            "DiagnosticReport.media", "DiagnosticReport.composition"},
        Case{"PatientIsTheSame", R"({"resourceType":"Patient","photo":[{"size":7}],"name":[{"text":"a"}]})",
             R"({"resourceType":"Patient","photo":[{"size":"7"}],"name":[{"text":"a"}]})", "", ""},
        Case{"ProfilesOfR4AreNotClaimed",
             R"({"resourceType":"Observation","meta":{"profile":["p"],"versionId":"1"},"status":"final"})",
             R"({"resourceType":"Observation","meta":{"versionId":"1"},"status":"final"})",
             "Observation.meta.profile", "", false},
        Case{
            "BundleAndContained",
            R"({"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"u","resource":{"resourceType":"ImagingStudy",
                "contained":[{"resourceType":"Endpoint","id":"e","connectionType":{"code":"c"},"payloadType":[{"text":"t"}]}],
                "interpreter":[{"display":"i"}]}}]})",
            R"({"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"u","resource":{"resourceType":"ImagingStudy",
                "contained":[{"resourceType":"Endpoint","id":"e","connectionType":[{"coding":[{"code":"c"}]}],"payload":[{"type":[{"text":"t"}]}]}],
                "extension":[{"url":"http://hl7.org/fhir/4.0/StructureDefinition/extension-ImagingStudy.interpreter","valueReference":{"display":"i"}}]}}]})",
            "Bundle.entry[0].resource.interpreter", ""},
        Case{"OtherTypesStay", R"({"resourceType":"Basic","code":{"text":"x"}})",
             R"({"resourceType":"Basic","code":{"text":"x"}})", "", ""}),
    [](const auto& row) { return row.param.name; });

struct Back {
  const char* name;
  const char* r5;
  const char* r4;
  const char* lost;
};
void PrintTo(const Back& row, std::ostream* out) { *out << row.name; }
class R5Sources : public ::testing::TestWithParam<Back> {};

TEST_P(R5Sources, BecomeR4WithTheirLosses) {
  const auto back = from_r5(json(GetParam().r5));
  ASSERT_TRUE(back.ok()) << back.error().text();
  EXPECT_EQ(to_json(tests::sorted(back->resource)), to_json(tests::sorted(json(GetParam().r4))));
  EXPECT_EQ(losses(*back), GetParam().lost);
}

INSTANTIATE_TEST_SUITE_P(
    R5Shape, R5Sources,
    ::testing::Values(
        Back{
            "CodesBeyondOne",
            R"({"resourceType":"ImagingStudy","modality":[{"coding":[{"code":"CT"},{"code":"x"}],"text":"t"},{"text":"only"}]})",
            R"({"resourceType":"ImagingStudy","modality":[{"code":"CT"}]})",
            "ImagingStudy.modality[0].coding ImagingStudy.modality[0].text ImagingStudy.modality[1]"},
        Back{
            "ProceduresBeyondOne",
            R"({"resourceType":"ImagingStudy","partOf":[{"reference":"Procedure/1"},{"reference":"Procedure/2"}],
                "procedure":[{"reference":{"reference":"PlanDefinition/1"}}]})",
            R"({"resourceType":"ImagingStudy","procedureReference":{"reference":"Procedure/1"},
                "extension":[{"url":"http://hl7.org/fhir/5.0/StructureDefinition/extension-ImagingStudy.partOf","valueReference":{"reference":"Procedure/2"}}]})",
            "ImagingStudy.procedure[0].reference ImagingStudy.partOf[1]"},
        Back{
            "BodyStructure",
            R"({"resourceType":"ImagingStudy","series":[{"uid":"1","bodySite":{"reference":{"reference":"BodyStructure/1"}}}]})",
            R"({"resourceType":"ImagingStudy","series":[{"uid":"1","extension":[{"url":"http://hl7.org/fhir/5.0/StructureDefinition/extension-ImagingStudy.series.bodySite",
                "extension":[{"url":"reference","valueReference":{"reference":"BodyStructure/1"}}]}]}]})",
            "ImagingStudy.series[0].bodySite.reference"},
        Back{
            "EndpointWithoutPayload",
            R"({"resourceType":"Endpoint","connectionType":[{"coding":[{"code":"a"}]},{"coding":[{"code":"b"}]}],"description":"d"})",
            R"({"resourceType":"Endpoint","connectionType":{"code":"a"},
                "payloadType":[{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"unknown"}]}],
                "extension":[{"url":"http://hl7.org/fhir/5.0/StructureDefinition/extension-Endpoint.description","valueString":"d"}]})",
            "Endpoint.connectionType[1] Endpoint.description"},
        Back{
            "LargeAttachment",
            R"({"resourceType":"DocumentReference","content":[{"attachment":{"size":"3000000000","pages":4}}]})",
            R"({"resourceType":"DocumentReference","content":[{"attachment":{
                "extension":[{"url":"http://hl7.org/fhir/5.0/StructureDefinition/extension-Attachment.pages","valuePositiveInt":4}]}}]})",
            "DocumentReference.content[0].attachment.size DocumentReference.content[0].attachment.pages"},
        Back{
            "SecondProfile",
            R"({"resourceType":"DocumentReference","content":[{"profile":[{"valueCoding":{"code":"f"}},{"valueCanonical":"urn:p"}]}]})",
            R"({"resourceType":"DocumentReference","content":[{"format":{"code":"f"},
                "extension":[{"url":"http://hl7.org/fhir/5.0/StructureDefinition/extension-DocumentReference.content.profile",
                  "extension":[{"url":"value[x]","valueCanonical":"urn:p"}]}]}]})",
            "DocumentReference.content[0].profile"},
        Back{
            "ObservationValue",
            R"({"resourceType":"Observation","status":"final","valueReference":{"reference":"x/1"},"bodyStructure":{"reference":"BodyStructure/1"}})",
            R"({"resourceType":"Observation","status":"final",
                "extension":[{"url":"http://hl7.org/fhir/5.0/StructureDefinition/extension-Observation.bodyStructure","valueReference":{"reference":"BodyStructure/1"}}]})",
            "Observation.bodyStructure Observation.valueReference"}),
    [](const auto& row) { return row.param.name; });

TEST(R5Shape, TheCorpusComesBack) {
  std::size_t count = 0;
  for (const auto& resource :
       tests::corpus_resources({"examples/r4-core", "examples/hl7-eu-imaging-r4", "examples/mcode"})) {
    Value r4 = resource.value;
    const auto there = to_r5(r4);
    ASSERT_TRUE(there.ok()) << resource.name;
    const auto back = from_r5(there->resource);
    ASSERT_TRUE(back.ok()) << resource.name;
    bool profile_lost = false, other = false;
    for (const auto& loss : there->losses) {
      profile_lost = profile_lost || loss.path.ends_with("meta.profile");
      other = other || loss.path.ends_with("masterIdentifier");  // which also goes among the identifiers
    }
    if (profile_lost || other) continue;
    EXPECT_EQ(to_json(tests::sorted(back->resource)), to_json(tests::sorted(r4))) << resource.name;
    ++count;
  }
  if (count == 0) GTEST_SKIP() << "no corpus at " << tests::kFhirCorpus;
  std::cout << count << " resources came back as they were\n";
}

TEST(R5Shape, WhatIsNoResourceIsRefused) {
  for (const char* text : {"[]", "{}", R"({"resourceType":"Patient","contained":[{"id":"x"}]})"})
    EXPECT_FALSE(to_r5(json(text)).ok()) << text;
  std::string deep = R"({"resourceType":"Basic")", close = "}";
  for (int i = 0; i < 20; ++i) {
    deep += R"(,"contained":[{"resourceType":"Basic")";
    close = "}]" + close;
  }
  EXPECT_FALSE(to_r5(json(deep + close)).ok());
}

}  // namespace

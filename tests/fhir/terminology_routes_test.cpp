// The terminology operations and the definitions over HTTP, by GET and by POST.
#include "gateway/fhir/terminology_routes.h"

#include "tests/fhir/face_fixture.h"

namespace {

using namespace gateway;
using gateway::fhir::FaceTest;

class TerminologyRoutes : public FaceTest {
 protected:
  TerminologyRoutes() {
    static const auto terminology =
        definitions::Terminology::load(SOURCE_DIR "/profiles", tests::r4_definitions());
    EXPECT_TRUE(terminology.ok()) << terminology.error().text();
    add_terminology_routes(router_, *face_, **terminology);
  }

  Answer post_body(const std::string& target, const std::string& type, std::string body) {
    auto made = request(http::Method::Post, "/fhir/" + target);
    made.headers.add("Content-Type", type);
    made.body = std::make_shared<MemorySource>(std::move(body));
    return send(std::move(made));
  }

  static std::string_view issue(const Answer& answer) {
    const Value* issues = answer.json.find("issue");
    return issues ? issues->as_list()->front().text("code") : "";
  }
};

TEST_F(TerminologyRoutes, ASetIsExpandedByUrlByIdAndByPost) {
  const auto by_url = get("ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/administrative-gender&count=2");
  ASSERT_EQ(by_url.status, 200) << by_url.body;
  EXPECT_EQ(by_url.json.find("expansion")->find("contains")->as_list()->size(), 2u);
  EXPECT_EQ(*by_url.json.find("expansion")->find("total")->as_int(), 4);
  const auto by_id = get("ValueSet/administrative-gender/$expand?filter=fem");
  ASSERT_EQ(by_id.status, 200) << by_id.body;
  EXPECT_EQ(by_id.json.find("expansion")->find("contains")->as_list()->size(), 1u);
  const auto posted = post_body(
      "ValueSet/$expand", "application/fhir+json",
      R"({"resourceType":"Parameters","parameter":[{"name":"url","valueUri":"http://hl7.org/fhir/ValueSet/administrative-gender"},{"name":"count","valueInteger":2}]})");
  EXPECT_EQ(posted.body, by_url.body);
  const auto xml =
      post_body("ValueSet/$expand", "application/fhir+xml",
                "<Parameters xmlns='http://hl7.org/fhir'><parameter><name value='url'/><valueUri "
                "value='http://hl7.org/fhir/ValueSet/administrative-gender'/></parameter><parameter><name "
                "value='count'/>"
                "<valueInteger value='2'/></parameter></Parameters>");
  EXPECT_EQ(xml.body, by_url.body);
}

TEST_F(TerminologyRoutes, ACodeIsValidatedLookedUpAndTranslated) {
  const auto valid =
      get("ValueSet/$validate-code?url=http://hl7.org/fhir/ValueSet/administrative-gender"
          "&system=http://hl7.org/fhir/administrative-gender&code=male");
  EXPECT_NE(valid.body.find(R"({"name":"result","valueBoolean":true})"), std::string::npos) << valid.body;
  const auto lookup =
      get("CodeSystem/$lookup?system=http://dicom.nema.org/resources/ontology/DCM&code=113000");
  EXPECT_NE(lookup.body.find("Of Interest"), std::string::npos) << lookup.body;
  const auto translated =
      get("ConceptMap/$translate?url=urn:x-local:concept-map:body-part-snomed&code=ABDOMEN");
  EXPECT_NE(translated.body.find("818981001"), std::string::npos) << translated.body;
  const auto concept_posted = post_body(
      "ConceptMap/anatomical-region/$translate", "application/fhir+json",
      R"({"resourceType":"Parameters","parameter":[{"name":"codeableConcept","valueCodeableConcept":{"coding":[{"system":"http://snomed.info/sct","code":"69536005"}]}}]})");
  EXPECT_NE(concept_posted.body.find("774007"), std::string::npos) << concept_posted.body;
}

struct Refusal {
  const char* target;
  int status;
  const char* code;
};

TEST_F(TerminologyRoutes, RefusalsAreOutcomes) {
  const Refusal refusals[] = {
      {"ValueSet/$expand", 400, "invalid"},
      {"ValueSet/$expand?url=urn:none", 404, "not-found"},
      {"ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/administrative-gender&count=x", 400, "invalid"},
      {"ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/administrative-gender&date=2020", 400, "invalid"},
      {"ValueSet/none/$expand", 404, "not-found"},
      {"ValueSet/$expand?url=http://hl7.eu/fhir/imaging/ValueSet/im-procedure-type", 422, "processing"},
      {"CodeSystem/$lookup?code=1", 400, "invalid"},
      {"CodeSystem/$lookup?system=urn:none&code=1", 404, "not-found"},
      {"ConceptMap/$translate?code=1&system=urn:x&reverse=maybe", 400, "invalid"},
  };
  for (const Refusal& refusal : refusals) {
    const auto answer = get(refusal.target);
    EXPECT_EQ(answer.status, refusal.status) << refusal.target << answer.body;
    EXPECT_EQ(issue(answer), refusal.code) << refusal.target;
  }
  EXPECT_EQ(post_body("ValueSet/$expand", "application/fhir+json", R"({"resourceType":"Patient"})").status,
            400);
  EXPECT_EQ(post_body("ValueSet/$expand", "text/plain", "x").status, 415);
}

TEST_F(TerminologyRoutes, DefinitionsAreReadAndFound) {
  const auto found = get("StructureDefinition?url=http://hl7.org/fhir/StructureDefinition/ImagingStudy");
  ASSERT_EQ(found.status, 200) << found.body;
  EXPECT_EQ(*found.json.find("total")->as_int(), 1);
  const Value& entry = found.json.find("entry")->as_list()->front();
  EXPECT_EQ(entry.text("fullUrl"), "http://gw.example:8080/fhir/StructureDefinition/ImagingStudy");
  const auto read = get("StructureDefinition/ImagingStudy");
  ASSERT_EQ(read.status, 200) << read.body;
  EXPECT_EQ(read.json, *entry.find("resource"));
  EXPECT_EQ(get("StructureDefinition?url=urn:none").json.find("entry"), nullptr);
  EXPECT_EQ(get("StructureDefinition/none").status, 404);
  EXPECT_EQ(get("CodeSystem?_id=administrative-gender").json.find("entry")->as_list()->size(), 1u);
}

TEST_F(TerminologyRoutes, XmlIsGivenWhereItIsWanted) {
  const auto xml = get("ValueSet/administrative-gender?_format=xml");
  ASSERT_EQ(xml.status, 200) << xml.body;
  EXPECT_TRUE(xml.body.starts_with("<ValueSet xmlns=\"http://hl7.org/fhir\">")) << xml.body.substr(0, 200);
}

TEST(TerminologyOperations, AreListedForTheCapabilityStatement) {
  EXPECT_EQ(fhir::terminology_operations().size(), 5u);
}

}  // namespace

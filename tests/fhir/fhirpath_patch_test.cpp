// FHIRPath Patch: what each operation does to a resource, and which are refused.
#include "gateway/fhir/fhirpath_patch.h"

#include <gtest/gtest.h>

#include "gateway/base/json_text.h"
#include "gateway/codec/json.h"
#include "gateway/fhir/patch.h"
#include "tests/support/fhir_corpus.h"
#include "tests/support/r4_definitions.h"

namespace {

using namespace gateway;
using gateway::fhir::patched;
using tests::r4_definitions;

constexpr std::string_view kJson = "application/fhir+json";

Value json(std::string_view text) {
  auto value = codec::parse_json(text);
  EXPECT_TRUE(value.ok()) << text;
  return value.ok() ? *value : Value();
}

// Operations in short: each object is the value of parts by name, "value" with its whole part.
std::string parameters(std::string_view operations) {
  Value all = Value::list();
  const Value given = json(operations);
  for (const Value& operation : *given.as_list()) {
    Value parts = Value::list();
    for (const auto& [name, value] : *operation.as_map()) {
      Value part = Value::map().set("name", name);
      if (name == "value")
        for (const auto& [key, inner] : *value.as_map()) part.set(key, inner);
      else if (value.as_int())
        part.set("valueInteger", value);
      else
        part.set(name == "type" ? "valueCode" : "valueString", value);
      parts.push(std::move(part));
    }
    all.push(Value::map().set("name", "operation").set("part", std::move(parts)));
  }
  Value whole = Value::map().set("resourceType", "Parameters");
  if (!all.as_list()->empty()) whole.set("parameter", std::move(all));
  return to_json(whole);
}

struct Case {
  const char* name;
  const char* resource;
  const char* operations;
  const char* expected;  // the resource, or the error's name and place
};
void PrintTo(const Case& row, std::ostream* out) { *out << row.name; }
class FhirPathPatches : public ::testing::TestWithParam<Case> {};

TEST_P(FhirPathPatches, GiveTheResourceOrTheOperationThatFails) {
  const auto result =
      patched(json(GetParam().resource), kJson, parameters(GetParam().operations), r4_definitions());
  const std::string shown = result.ok()
                                ? to_json(tests::sorted(*result))
                                : std::string(result.error().face().name) + " at " + result.error().where;
  const std::string_view expected = GetParam().expected;
  EXPECT_EQ(shown, expected.starts_with("{") ? to_json(tests::sorted(json(expected))) : expected)
      << (result.ok() ? "" : result.error().text());
}

INSTANTIATE_TEST_SUITE_P(
    FhirPathPatch, FhirPathPatches,
    ::testing::Values(
        Case{"NoOperation", R"({"resourceType":"Patient","birthDate":"1920-01-01"})", "[]",
             R"({"resourceType":"Patient","birthDate":"1920-01-01"})"},
        Case{"AddPrimitive", R"({"resourceType":"Patient"})",
             R"([{"type":"add","path":"Patient","name":"birthDate","value":{"valueDate":"1930-01-01"}}])",
             R"({"resourceType":"Patient","birthDate":"1930-01-01"})"},
        Case{"AddToAList", R"({"resourceType":"Patient","name":[{"given":["a"]}]})",
             R"([{"type":"add","path":"Patient.name[0]","name":"given","value":{"valueString":"b"}}])",
             R"({"resourceType":"Patient","name":[{"given":["a","b"]}]})"},
        Case{
            "AddComplex", R"({"resourceType":"Patient"})",
            R"([{"type":"add","path":"Patient","name":"maritalStatus","value":{"valueCodeableConcept":{"text":"M"}}}])",
            R"({"resourceType":"Patient","maritalStatus":{"text":"M"}})"},
        Case{
            "AddByParts", R"({"resourceType":"Patient"})",
            R"([{"type":"add","path":"Patient","name":"contact","value":{"part":[
                 {"name":"name","valueHumanName":{"text":"a name"}},
                 {"name":"telecom","valueContactPoint":{"value":"1"}},
                 {"name":"telecom","valueContactPoint":{"value":"2"}}]}}])",
            R"({"resourceType":"Patient","contact":[{"name":{"text":"a name"},"telecom":[{"value":"1"},{"value":"2"}]}]})"},
        Case{
            "AddByPartsOfParts", R"({"resourceType":"ValueSet","status":"draft"})",
            R"([{"type":"add","path":"ValueSet","name":"compose","value":{"part":[{"name":"include","part":[
                 {"name":"system","valueUri":"urn:x"},{"name":"concept","part":[{"name":"code","valueCode":"c"}]}]}]}}])",
            R"({"resourceType":"ValueSet","status":"draft","compose":{"include":[{"system":"urn:x","concept":[{"code":"c"}]}]}})"},
        Case{"AddChoice", R"({"resourceType":"Patient"})",
             R"([{"type":"add","path":"Patient","name":"deceased","value":{"valueBoolean":true}}])",
             R"({"resourceType":"Patient","deceasedBoolean":true})"},
        Case{"AddChoiceOfAnotherType", R"({"resourceType":"Patient","deceasedBoolean":true})",
             R"([{"type":"add","path":"Patient","name":"deceased","value":{"valueDateTime":"2020"}}])",
             "Unprocessable at operation 0, Patient"},
        Case{
            "AddExtensionToPrimitive", R"({"resourceType":"Patient","birthDate":"1920"})",
            R"([{"type":"add","path":"Patient.birthDate","name":"extension","value":{"valueExtension":{"url":"u"}}}])",
            R"({"resourceType":"Patient","birthDate":"1920","_birthDate":{"extension":[{"url":"u"}]}})"},
        Case{
            "AddExtensionByParts", R"({"resourceType":"Patient","birthDate":"1920"})",
            R"([{"type":"add","path":"Patient.birthDate","name":"extension","value":{"part":[
                 {"name":"url","valueUri":"u"},{"name":"value","valueCode":"c"}]}}])",
            R"({"resourceType":"Patient","birthDate":"1920","_birthDate":{"extension":[{"url":"u","valueCode":"c"}]}})"},
        Case{
            "AddExtensionToAnItem", R"({"resourceType":"Patient","name":[{"given":["a","b"]}]})",
            R"([{"type":"add","path":"Patient.name[0].given[1]","name":"extension","value":{"part":[
                 {"name":"url","valueUri":"u"},{"name":"value","valueCode":"c"}]}}])",
            R"({"resourceType":"Patient","name":[{"given":["a","b"],"_given":[null,{"extension":[{"url":"u","valueCode":"c"}]}]}]})"},
        Case{"AddTwice", R"({"resourceType":"Patient","birthDate":"1920"})",
             R"([{"type":"add","path":"Patient","name":"birthDate","value":{"valueDate":"1930"}}])",
             "Unprocessable at operation 0, Patient"},
        Case{"AddUnknown", R"({"resourceType":"Patient"})",
             R"([{"type":"add","path":"Patient","name":"nme","value":{"valueString":"x"}}])",
             "Unprocessable at operation 0, Patient"},
        Case{
            "AddOfAnotherKind", R"({"resourceType":"Patient"})",
            R"([{"type":"add","path":"Patient","name":"birthDate","value":{"valueHumanName":{"text":"x"}}}])",
            "Unprocessable at operation 0, Patient"},
        Case{"DeletePrimitive", R"({"resourceType":"Patient","birthDate":"1920","_birthDate":{"id":"x"}})",
             R"([{"type":"delete","path":"Patient.birthDate"}])", R"({"resourceType":"Patient"})"},
        Case{"DeleteNothing", R"({"resourceType":"Patient"})",
             R"([{"type":"delete","path":"Patient.birthDate"}])", R"({"resourceType":"Patient"})"},
        Case{"DeleteItem",
             R"({"resourceType":"Patient","name":[{"given":["a","b","c"],"_given":[null,null,{"id":"x"}]}]})",
             R"([{"type":"delete","path":"Patient.name.given[1]"}])",
             R"({"resourceType":"Patient","name":[{"given":["a","c"],"_given":[null,{"id":"x"}]}]})"},
        Case{"DeleteTheLastInside", R"({"resourceType":"Patient","contact":[{"name":{"text":"a"}}]})",
             R"([{"type":"delete","path":"Patient.contact[0].name"}])", R"({"resourceType":"Patient"})"},
        Case{"DeleteMany", R"({"resourceType":"Patient","name":[{"text":"a"},{"text":"b"}]})",
             R"([{"type":"delete","path":"Patient.name"}])", "Unprocessable at operation 0, Patient.name"},
        Case{
            "DeleteByCondition",
            R"({"resourceType":"Patient","identifier":[{"system":"a","value":"1"},{"system":"b","value":"2"}]})",
            R"json([{"type":"delete","path":"Patient.identifier.where(system = 'a')"}])json",
            R"({"resourceType":"Patient","identifier":[{"system":"b","value":"2"}]})"},
        Case{"DeleteResource", R"({"resourceType":"Patient"})", R"([{"type":"delete","path":"Patient"}])",
             "Unprocessable at operation 0, Patient"},
        Case{"ReplacePrimitive", R"({"resourceType":"Patient","birthDate":"1920-01-01"})",
             R"([{"type":"replace","path":"Patient.birthDate","value":{"valueDate":"1930-01-01"}}])",
             R"({"resourceType":"Patient","birthDate":"1930-01-01"})"},
        Case{"ReplaceNested",
             R"({"resourceType":"Patient","contact":[{"name":{"text":"a name"},"gender":"male"}]})",
             R"([{"type":"replace","path":"Patient.contact[0].name.text","value":{"valueString":"the name"}},
                {"type":"replace","path":"Patient.contact[0].gender","value":{"valueCode":"female"}}])",
             R"({"resourceType":"Patient","contact":[{"name":{"text":"the name"},"gender":"female"}]})"},
        Case{"ReplaceChangesTheTypeOfAChoice", R"({"resourceType":"Patient","deceasedBoolean":true})",
             R"([{"type":"replace","path":"Patient.deceased","value":{"valueDateTime":"2020"}}])",
             R"({"resourceType":"Patient","deceasedDateTime":"2020"})"},
        Case{"ReplaceNothing", R"({"resourceType":"Patient"})",
             R"([{"type":"replace","path":"Patient.birthDate","value":{"valueDate":"1930"}}])",
             "Unprocessable at operation 0, Patient.birthDate"},
        Case{
            "Insert", R"({"resourceType":"Patient","identifier":[{"value":"1"},{"value":"3"}]})",
            R"([{"type":"insert","path":"Patient.identifier","index":1,"value":{"valueIdentifier":{"value":"2"}}}])",
            R"({"resourceType":"Patient","identifier":[{"value":"1"},{"value":"2"},{"value":"3"}]})"},
        Case{
            "InsertAtTheEnd", R"({"resourceType":"Patient","identifier":[{"value":"1"}]})",
            R"([{"type":"insert","path":"Patient.identifier","index":1,"value":{"valueIdentifier":{"value":"2"}}}])",
            R"({"resourceType":"Patient","identifier":[{"value":"1"},{"value":"2"}]})"},
        Case{
            "InsertIntoNothing", R"({"resourceType":"Patient"})",
            R"([{"type":"insert","path":"Patient.identifier","index":0,"value":{"valueIdentifier":{"value":"2"}}}])",
            R"({"resourceType":"Patient","identifier":[{"value":"2"}]})"},
        Case{
            "InsertBeyond", R"({"resourceType":"Patient","identifier":[{"value":"1"}]})",
            R"([{"type":"insert","path":"Patient.identifier","index":2,"value":{"valueIdentifier":{"value":"2"}}}])",
            "Unprocessable at operation 0, Patient.identifier"},
        Case{"MoveForward",
             R"({"resourceType":"Patient","identifier":[{"value":"1"},{"value":"2"},{"value":"3"}]})",
             R"([{"type":"move","path":"Patient.identifier","source":0,"destination":2}])",
             R"({"resourceType":"Patient","identifier":[{"value":"2"},{"value":"3"},{"value":"1"}]})"},
        Case{"MoveBack",
             R"({"resourceType":"Patient","identifier":[{"value":"1"},{"value":"2"},{"value":"3"}]})",
             R"([{"type":"move","path":"Patient.identifier","source":2,"destination":0}])",
             R"({"resourceType":"Patient","identifier":[{"value":"3"},{"value":"1"},{"value":"2"}]})"},
        Case{"MoveBeyond", R"({"resourceType":"Patient","identifier":[{"value":"1"}]})",
             R"([{"type":"move","path":"Patient.identifier","source":0,"destination":1}])",
             "Unprocessable at operation 0, Patient.identifier"},
        Case{
            "DeleteExtensionOfAPrimitive",
            R"({"resourceType":"Patient","birthDate":"1920","_birthDate":{"extension":[{"url":"u","valueCode":"c"}]}})",
            R"([{"type":"delete","path":"Patient.birthDate.extension[0]"}])",
            R"({"resourceType":"Patient","birthDate":"1920"})"},
        Case{
            "DeleteOneOfTheExtensionsOfAPrimitive",
            R"({"resourceType":"Patient","birthDate":"1920","_birthDate":{"extension":[{"url":"u","valueCode":"c"},{"url":"v","valueCode":"d"}]}})",
            R"([{"type":"delete","path":"Patient.birthDate.extension[0]"}])",
            R"({"resourceType":"Patient","birthDate":"1920","_birthDate":{"extension":[{"url":"v","valueCode":"d"}]}})"},
        Case{
            "DeleteAllThatAPrimitiveIs",
            R"({"resourceType":"Patient","active":true,"_birthDate":{"extension":[{"url":"u","valueCode":"c"}]}})",
            R"([{"type":"delete","path":"Patient.birthDate.extension[0]"}])",
            R"({"resourceType":"Patient","active":true})"},
        Case{
            "DeleteExtensionOfAnItem",
            R"({"resourceType":"Patient","name":[{"given":["a","b"],"_given":[null,{"extension":[{"url":"u","valueCode":"c"}]}]}]})",
            R"([{"type":"delete","path":"Patient.name[0].given[1].extension"}])",
            R"({"resourceType":"Patient","name":[{"given":["a","b"]}]})"},
        Case{
            "DeleteAnItemThatIsAllExtension",
            R"({"resourceType":"Patient","name":[{"given":["a",null,"c"],"_given":[null,{"extension":[{"url":"u","valueCode":"c"}]},{"id":"x"}]}]})",
            R"([{"type":"delete","path":"Patient.name[0].given[1].extension[0]"}])",
            R"({"resourceType":"Patient","name":[{"given":["a","c"],"_given":[null,{"id":"x"}]}]})"},
        Case{
            "ReplaceInAnExtensionOfAPrimitive",
            R"({"resourceType":"Patient","birthDate":"1920","_birthDate":{"extension":[{"url":"u","valueCode":"c"}]}})",
            R"([{"type":"replace","path":"Patient.birthDate.extension[0].value","value":{"valueString":"s"}}])",
            R"({"resourceType":"Patient","birthDate":"1920","_birthDate":{"extension":[{"url":"u","valueString":"s"}]}})"},
        Case{
            "ReplaceAnExtensionOfAPrimitive",
            R"({"resourceType":"Patient","birthDate":"1920","_birthDate":{"extension":[{"url":"u","valueCode":"c"}]}})",
            R"([{"type":"replace","path":"Patient.birthDate.extension","value":{"valueExtension":{"url":"v","valueCode":"d"}}}])",
            R"({"resourceType":"Patient","birthDate":"1920","_birthDate":{"extension":[{"url":"v","valueCode":"d"}]}})"},
        Case{
            "InsertAnExtensionOfAPrimitive",
            R"({"resourceType":"Patient","birthDate":"1920","_birthDate":{"extension":[{"url":"u","valueCode":"c"}]}})",
            R"([{"type":"insert","path":"Patient.birthDate.extension","index":0,"value":{"valueExtension":{"url":"v","valueCode":"d"}}}])",
            R"({"resourceType":"Patient","birthDate":"1920","_birthDate":{"extension":[{"url":"v","valueCode":"d"},{"url":"u","valueCode":"c"}]}})"},
        Case{
            "InsertTheFirstExtensionOfAnItem", R"({"resourceType":"Patient","name":[{"given":["a","b"]}]})",
            R"([{"type":"insert","path":"Patient.name[0].given[1].extension","index":0,"value":{"valueExtension":{"url":"u","valueCode":"c"}}}])",
            R"({"resourceType":"Patient","name":[{"given":["a","b"],"_given":[null,{"extension":[{"url":"u","valueCode":"c"}]}]}]})"},
        Case{
            "MoveExtensionsOfAPrimitive",
            R"({"resourceType":"Patient","birthDate":"1920","_birthDate":{"extension":[{"url":"u","valueCode":"c"},{"url":"v","valueCode":"d"}]}})",
            R"([{"type":"move","path":"Patient.birthDate.extension","source":0,"destination":1}])",
            R"({"resourceType":"Patient","birthDate":"1920","_birthDate":{"extension":[{"url":"v","valueCode":"d"},{"url":"u","valueCode":"c"}]}})"},
        Case{
            "AddIntoAnExtensionOfAPrimitive",
            R"({"resourceType":"Patient","birthDate":"1920","_birthDate":{"extension":[{"url":"u","valueCode":"c"}]}})",
            R"([{"type":"add","path":"Patient.birthDate.extension[0]","name":"id","value":{"valueString":"i"}}])",
            R"({"resourceType":"Patient","birthDate":"1920","_birthDate":{"extension":[{"id":"i","url":"u","valueCode":"c"}]}})"},
        Case{
            "AddBelowTwoPrimitives",
            R"({"resourceType":"Patient","birthDate":"1920","_birthDate":{"extension":[{"url":"u","valueCode":"c"}]}})",
            R"([{"type":"add","path":"Patient.birthDate.extension[0].value","name":"extension","value":{"valueExtension":{"url":"v","valueCode":"d"}}}])",
            R"({"resourceType":"Patient","birthDate":"1920","_birthDate":{"extension":[{"url":"u","valueCode":"c","_valueCode":{"extension":[{"url":"v","valueCode":"d"}]}}]}})"},
        Case{
            "DeleteBelowTwoPrimitives",
            R"({"resourceType":"Patient","birthDate":"1920","_birthDate":{"extension":[{"url":"u","valueCode":"c","_valueCode":{"extension":[{"url":"v","valueCode":"d"}]}}]}})",
            R"([{"type":"delete","path":"Patient.birthDate.extension[0].value.extension[0]"}])",
            R"({"resourceType":"Patient","birthDate":"1920","_birthDate":{"extension":[{"url":"u","valueCode":"c"}]}})"},
        Case{"LaterOperationsSeeEarlierOnes", R"({"resourceType":"Patient"})",
             R"([{"type":"add","path":"Patient","name":"name","value":{"valueHumanName":{"text":"a"}}},
                {"type":"add","path":"Patient.name[0]","name":"family","value":{"valueString":"b"}}])",
             R"({"resourceType":"Patient","name":[{"family":"b","text":"a"}]})"},
        Case{"BadPath", R"({"resourceType":"Patient"})", R"([{"type":"delete","path":"Patient.("}])",
             "InvalidBody at operation 0, Patient.("},
        Case{"AValueIsNoElement", R"({"resourceType":"Patient","name":[{"text":"a"}]})",
             R"json([{"type":"delete","path":"Patient.name.count()"}])json",
             "Unprocessable at operation 0, Patient.name.count()"},
        Case{"UnknownType", R"({"resourceType":"Patient"})", R"([{"type":"spam","path":"Patient"}])",
             "InvalidBody at operation 0, Patient"},
        Case{"NoPath", R"({"resourceType":"Patient"})", R"([{"type":"add"}])",
             "InvalidBody at operation 0, Parameters.parameter"},
        Case{"IdCannotChange", R"({"resourceType":"Patient","id":"x"})",
             R"([{"type":"replace","path":"Patient.id","value":{"valueId":"y"}}])", "Unprocessable at id"}),
    [](const auto& row) { return row.param.name; });

TEST(Patch, TheMediaTypeSaysWhichPatchItIs) {
  const Value patient = json(R"({"resourceType":"Patient","id":"p","active":true})");
  const auto by_json = patched(patient, "application/json-patch+json",
                               R"([{"op":"replace","path":"/active","value":false}])", r4_definitions());
  ASSERT_TRUE(by_json.ok()) << by_json.error().text();
  const auto by_xml = patched(
      patient, "application/fhir+xml; charset=utf-8",
      "<Parameters xmlns='http://hl7.org/fhir'><parameter><name value='operation'/><part><name value='type'/>"
      "<valueCode value='replace'/></part><part><name value='path'/><valueString "
      "value='Patient.active'/></part>"
      "<part><name value='value'/><valueBoolean value='false'/></part></parameter></Parameters>",
      r4_definitions());
  ASSERT_TRUE(by_xml.ok()) << by_xml.error().text();
  EXPECT_EQ(*by_json, *by_xml);
  EXPECT_EQ(patched(patient, "text/plain", "", r4_definitions()).error().code,
            ErrorCode::UnsupportedMediaType);
}

TEST(Patch, WhatARemovalLeavesEmptyGoesToo) {
  const auto result =
      patched(json(R"({"resourceType":"Patient","name":[{"text":"a"}],"active":true})"),
              "application/json-patch+json", R"([{"op":"remove","path":"/name/0/text"}])", r4_definitions());
  ASSERT_TRUE(result.ok()) << result.error().text();
  EXPECT_EQ(to_json(*result), R"({"resourceType":"Patient","active":true})");
}

}  // namespace

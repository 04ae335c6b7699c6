// XML and JSON forms hold the same resource; XML of ours is valid by the official schema; what is no FHIR is
// refused where it stands.
#include "gateway/definitions/xml_form.h"

#include <gtest/gtest.h>

#include <fstream>

#include "gateway/base/json_text.h"
#include "gateway/definitions/json_form.h"
#include "tests/support/fhir_corpus.h"
#include "tests/support/process.h"
#include "tests/support/r4_definitions.h"

namespace {

using namespace gateway;
using namespace gateway::definitions;
using tests::r4_definitions;

const std::vector<std::string> kResources = {"examples", "profiles", "terminology", "r4-core", "validator"};

Value json(std::string_view text) {
  auto value = codec::parse_json(text);
  EXPECT_TRUE(value.ok()) << text;
  return value.ok() ? *value : Value();
}

std::string xml_of(std::string_view text) {
  const auto xml = to_xml(json(text), r4_definitions());
  EXPECT_TRUE(xml.ok()) << xml.error().text();
  return xml.ok() ? *xml : "";
}

// Test cases that are broken on purpose, resources of R5, output of other tools, texts that are empty.
bool may_be_no_r4(const std::string& name) {
  for (const char* folder :
       {"validator/", "examples/r5-snapshot2/", "examples/dicom-sr/", "examples/google-"})
    if (name.starts_with(folder)) return true;
  return name == "profiles/ihe-mado/StructureDefinition-MadoDicomKosDocumentReference.json" ||
         name == "profiles/ihe-mado/StructureDefinition-MadoFhirDocumentReference.json";
}

TEST(XmlForm, EveryResourceOfTheCorpusComesBackFromXml) {
  std::size_t checked = 0, left_out = 0;
  for (const auto& resource : tests::corpus_resources(kResources)) {
    const auto xml = to_xml(resource.value, r4_definitions());
    if (!xml.ok()) {
      ++left_out;
      EXPECT_TRUE(may_be_no_r4(resource.name)) << resource.name << ": " << xml.error().text();
      continue;
    }
    const auto back = from_xml(*xml, r4_definitions());
    ASSERT_TRUE(back.ok()) << resource.name << ": " << back.error().text();
    EXPECT_EQ(to_json(tests::sorted(*back)), to_json(tests::sorted(resource.value))) << resource.name;
    const auto pretty = to_xml(resource.value, r4_definitions(), true);
    ASSERT_TRUE(pretty.ok());
    const auto again = from_xml(*pretty, r4_definitions());
    ASSERT_TRUE(again.ok()) << resource.name << ": " << again.error().text();
    EXPECT_EQ(*again, *back) << resource.name;
    ++checked;
  }
  if (checked == 0) GTEST_SKIP() << "no corpus at " << tests::kFhirCorpus;
  std::cout << checked << " resources, " << left_out << " that are no R4\n";
  EXPECT_GT(checked, 150u);
}

TEST(XmlForm, XmlOfTheCorpusIsValidByTheOfficialSchema) {
  const std::string schema = tests::kFhirCorpus + "/xsd-r4/fhir-single.xsd";
  if (!std::filesystem::exists(schema)) GTEST_SKIP() << "no schema at " << schema;
  if (tests::run("xmllint --version").exit_code != 0) GTEST_SKIP() << "no xmllint here";
  const gateway::testing::TempFolder folder;
  std::string files;
  std::size_t count = 0;
  for (const auto& resource : tests::corpus_resources({"examples", "profiles", "r4-core", "terminology"})) {
    // The official manifest of MADO has an extension whose url is no URI.
    if (may_be_no_r4(resource.name) || resource.name.ends_with("-docref.json")) continue;
    auto xml = to_xml(resource.value, r4_definitions());
    ASSERT_TRUE(xml.ok()) << resource.name << ": " << xml.error().text();
    constexpr std::string_view kNewer = "<fhirVersion value=\"4.0.1\"/>";  // the schema is that of 4.0.0
    if (const auto at = xml->find(kNewer); at != std::string::npos)
      xml->replace(at, kNewer.size(), "<fhirVersion value=\"4.0.0\"/>");
    std::string flat = resource.name + "-" + std::to_string(count++) + ".xml";
    std::replace(flat.begin(), flat.end(), '/', '_');
    std::ofstream(folder / flat) << *xml;
    files += " " + tests::quoted(folder / flat);
  }
  const auto judged = tests::run("xmllint --nonet --noout --huge --schema " + tests::quoted(schema) + files);
  EXPECT_EQ(judged.exit_code, 0);
  for (const std::string_view line : split(judged.err, '\n'))
    if (!line.empty() && !line.ends_with(" validates")) ADD_FAILURE() << line;
  std::cout << count << " files\n";
}

struct Pair {
  const char* name;
  const char* json;
  const char* xml;
};
void PrintTo(const Pair& pair, std::ostream* out) { *out << pair.name; }
class XmlPairs : public ::testing::TestWithParam<Pair> {};

TEST_P(XmlPairs, AreTheSameResource) {
  EXPECT_EQ(xml_of(GetParam().json), GetParam().xml);
  const auto back = from_xml(GetParam().xml, r4_definitions());
  ASSERT_TRUE(back.ok()) << back.error().text();
  EXPECT_EQ(to_json(tests::sorted(*back)), to_json(tests::sorted(json(GetParam().json))));
}

INSTANTIATE_TEST_SUITE_P(
    XmlForm, XmlPairs,
    ::testing::Values(
        Pair{
            "Order", R"({"resourceType":"Patient","birthDate":"1970","id":"p","active":true})",
            R"(<Patient xmlns="http://hl7.org/fhir"><id value="p"/><active value="true"/><birthDate value="1970"/></Patient>)"},
        Pair{
            "ExtensionOnAPrimitive",
            R"({"resourceType":"Patient","_birthDate":{"id":"b","extension":[{"url":"u","valueDateTime":"1970-01-01T10:00:00Z"}]},"birthDate":"1970-01-01"})",
            R"(<Patient xmlns="http://hl7.org/fhir"><birthDate value="1970-01-01" id="b"><extension url="u"><valueDateTime value="1970-01-01T10:00:00Z"/></extension></birthDate></Patient>)"},
        Pair{
            "NullPadding",
            R"({"resourceType":"Patient","name":[{"given":["A",null,"C"],"_given":[null,{"extension":[{"url":"u","valueCode":"x"}]},null]}]})",
            R"(<Patient xmlns="http://hl7.org/fhir"><name><given value="A"/><given><extension url="u"><valueCode value="x"/></extension></given><given value="C"/></name></Patient>)"},
        Pair{
            "Contained",
            R"({"resourceType":"Observation","contained":[{"resourceType":"Device","id":"d"}],"status":"final","code":{"text":"t"},"valueQuantity":{"value":1.50,"unit":"mg"}})",
            R"(<Observation xmlns="http://hl7.org/fhir"><contained><Device><id value="d"/></Device></contained><status value="final"/><code><text value="t"/></code><valueQuantity><value value="1.50"/><unit value="mg"/></valueQuantity></Observation>)"},
        Pair{
            "BundleEntry",
            R"({"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient","id":"x"}}]})",
            R"(<Bundle xmlns="http://hl7.org/fhir"><type value="collection"/><entry><fullUrl value="urn:uuid:1"/><resource><Patient><id value="x"/></Patient></resource></entry></Bundle>)"},
        Pair{
            "ContentReference",
            R"({"resourceType":"Bundle","type":"searchset","entry":[{"link":[{"relation":"alternate","url":"http://x"}]}]})",
            R"(<Bundle xmlns="http://hl7.org/fhir"><type value="searchset"/><entry><link><relation value="alternate"/><url value="http://x"/></link></entry></Bundle>)"},
        Pair{
            "Narrative",
            R"({"resourceType":"Basic","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">a &amp; b<br/><!-- kept --><p></p></div>"},"code":{"text":"c"}})",
            R"(<Basic xmlns="http://hl7.org/fhir"><text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml">a &amp; b<br/><!-- kept --><p></p></div></text><code><text value="c"/></code></Basic>)"},
        Pair{"CharactersOfAttributes", R"({"resourceType":"Basic","code":{"text":"a<b>&\"c\"\n\t'd' é"}})",
             "<Basic xmlns=\"http://hl7.org/fhir\"><code><text "
             "value=\"a&lt;b&gt;&amp;&quot;c&quot;&#10;&#9;'d' é\"/></code></Basic>"},
        Pair{"ElementIds", R"({"resourceType":"Patient","name":[{"id":"n","family":"F"}]})",
             R"(<Patient xmlns="http://hl7.org/fhir"><name id="n"><family value="F"/></name></Patient>)"},
        Pair{
            "LargeNumbers",
            R"({"resourceType":"Observation","status":"final","code":{"text":"t"},"valueQuantity":{"value":-0.000100e5}})",
            R"(<Observation xmlns="http://hl7.org/fhir"><status value="final"/><code><text value="t"/></code><valueQuantity><value value="-0.000100e5"/></valueQuantity></Observation>)"},
        Pair{
            "ParametersResource",
            R"({"resourceType":"Parameters","parameter":[{"name":"r","resource":{"resourceType":"Patient","id":"x"}},{"name":"p","part":[{"name":"q","valueInteger":3}]}]})",
            R"(<Parameters xmlns="http://hl7.org/fhir"><parameter><name value="r"/><resource><Patient><id value="x"/></Patient></resource></parameter><parameter><name value="p"/><part><name value="q"/><valueInteger value="3"/></part></parameter></Parameters>)"}),
    [](const auto& row) { return row.param.name; });

TEST(XmlForm, NarrativeWithItsNamespaceFurtherOutIsWrittenAnew) {
  const auto value = from_xml(
      "<Basic xmlns='http://hl7.org/fhir' xmlns:h='http://www.w3.org/1999/xhtml'><text><status "
      "value='generated'/>"
      "<h:div><h:b a='1'>x &lt; y</h:b></h:div></text></Basic>",
      r4_definitions());
  ASSERT_TRUE(value.ok()) << value.error().text();
  EXPECT_EQ(value->find("text")->text("div"),
            "<div xmlns=\"http://www.w3.org/1999/xhtml\"><b a=\"1\">x &lt; y</b></div>");
}

TEST(XmlForm, NarrativeIsFoundBesideCommentsAndSections) {
  const auto value = from_xml(
      "<?xml version='1.0'?><!-- <div> --><Basic xmlns='http://hl7.org/fhir'><!-- <a> --><text><status "
      "value='a>b'/>"
      "<div xmlns='http://www.w3.org/1999/xhtml' title='>'><![CDATA[<x>]]><i/>t</div></text><code><text "
      "value='1'/>"
      "</code></Basic>",
      r4_definitions());
  ASSERT_TRUE(value.ok()) << value.error().text();
  EXPECT_EQ(value->find("text")->text("div"),
            "<div xmlns='http://www.w3.org/1999/xhtml' title='>'><![CDATA[<x>]]><i/>t</div>");
}

TEST(XmlForm, ADivWithoutNamespaceGetsItsOwn) {
  EXPECT_EQ(
      xml_of(R"({"resourceType":"Basic","text":{"status":"empty","div":"<div title=\"xmlns=\">x</div>"}})"),
      "<Basic xmlns=\"http://hl7.org/fhir\"><text><status value=\"empty\"/><div "
      "xmlns=\"http://www.w3.org/1999/xhtml\" title=\"xmlns=\">x</div></text></Basic>");
}

struct Bad {
  const char* name;
  const char* xml;
  const char* message;  // part of it
  const char* where;
};
void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.name; }
class BadXml : public ::testing::TestWithParam<Bad> {};

TEST_P(BadXml, IsRefusedWithItsLine) {
  const auto value = from_xml(GetParam().xml, r4_definitions());
  ASSERT_FALSE(value.ok());
  EXPECT_EQ(value.error().face().http_status / 100, 4) << value.error().text();
  EXPECT_NE(value.error().message.find(GetParam().message), std::string::npos) << value.error().text();
  EXPECT_EQ(value.error().where, GetParam().where) << value.error().text();
}

INSTANTIATE_TEST_SUITE_P(
    XmlForm, BadXml,
    ::testing::Values(
        Bad{"UnknownElement", "<Patient xmlns='http://hl7.org/fhir'>\n<nme/></Patient>", "no element nme",
            "line 2"},
        Bad{"UnknownResource", "<Patent xmlns='http://hl7.org/fhir'/>", "no resource Patent", "line 1"},
        Bad{"AbstractResource", "<DomainResource xmlns='http://hl7.org/fhir'/>", "no resource", "line 1"},
        Bad{"NoNamespace", "<Patient/>", "namespace", "line 1"},
        Bad{"OtherNamespaceInside",
            "<Patient xmlns='http://hl7.org/fhir'><id xmlns='urn:x' value='1'/></Patient>", "namespace",
            "line 1"},
        Bad{"Order",
            "<Patient xmlns='http://hl7.org/fhir'>\n<birthDate value='1970'/>\n<active "
            "value='true'/></Patient>",
            "order", "line 3"},
        Bad{"Twice",
            "<Patient xmlns='http://hl7.org/fhir'><active value='true'/><active value='true'/></Patient>",
            "once", "line 1"},
        Bad{"TwoChoices",
            "<Patient xmlns='http://hl7.org/fhir'><deceasedBoolean value='true'/><deceasedDateTime "
            "value='1970'/></Patient>",
            "once", "line 1"},
        Bad{"Text", "<Patient xmlns='http://hl7.org/fhir'>hello</Patient>", "text", "line 1"},
        Bad{"EmptyElement", "<Patient xmlns='http://hl7.org/fhir'><name/></Patient>", "empty", "line 1"},
        Bad{"EmptyValue", "<Patient xmlns='http://hl7.org/fhir'><id value=''/></Patient>", "empty", "line 1"},
        Bad{"UnknownAttribute", "<Patient xmlns='http://hl7.org/fhir'><id vale='1'/></Patient>",
            "no attribute vale", "line 1"},
        Bad{"AttributeOfAResource", "<Patient xmlns='http://hl7.org/fhir' id='1'/>", "no attribute id",
            "line 1"},
        Bad{"Boolean", "<Patient xmlns='http://hl7.org/fhir'><active value='yes'/></Patient>",
            "true or false", "line 1"},
        Bad{"Number", "<Patient xmlns='http://hl7.org/fhir'><multipleBirthInteger value='0x10'/></Patient>",
            "no integer", "line 1"},
        Bad{"NaN",
            "<Observation xmlns='http://hl7.org/fhir'><valueQuantity><value "
            "value='NaN'/></valueQuantity></Observation>",
            "no decimal", "line 1"},
        Bad{"TwoResources",
            "<Bundle "
            "xmlns='http://hl7.org/fhir'><entry><resource><Basic/><Basic/></resource></entry></Bundle>",
            "one resource", "line 1"},
        Bad{"Doctype",
            "<!DOCTYPE Patient [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><Patient "
            "xmlns='http://hl7.org/fhir'/>",
            "DOCTYPE", "byte 0"},
        Bad{"UnknownEntity",
            "<Basic xmlns='http://hl7.org/fhir'><text><status value='empty'/><div "
            "xmlns='http://www.w3.org/1999/xhtml'>&lol9;</div></text></Basic>",
            "not well-formed", "line 1"},
        Bad{"Script",
            "<Basic xmlns='http://hl7.org/fhir'><text><status value='empty'/><div "
            "xmlns='http://www.w3.org/1999/xhtml'><script>x</script></div></text></Basic>",
            "<script>", "line 1"},
        Bad{"SecondRoot", "<Patient xmlns='http://hl7.org/fhir'/><Patient/>", "", "line 1"},
        Bad{"Nothing", "", "", "line 1"}),
    [](const auto& row) { return row.param.name; });

TEST(XmlForm, WhatXmlCannotSayIsRefusedWithItsPath) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"resourceType":"Patient","nme":"x"})", "Patient"},
      {R"({"resourceType":"Patient","name":{"family":"x"}})", "Patient.name"},
      {R"({"resourceType":"Patient","birthDate":["1970"]})", "Patient.birthDate"},
      {R"({"resourceType":"Patient","active":"true"})", "Patient.active"},
      {R"({"resourceType":"Patient","name":[{"family":""}]})", "Patient.name[0].family"},
      {R"({"resourceType":"Patient","name":[{"family":"\u0001"}]})", "Patient.name[0].family"},
      {R"({"resourceType":"Patient","text":{"div":"<!DOCTYPE x><div/>"}})", "Patient.text.div"},
      {R"({"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patent"}}]})",
       "Bundle.entry[0].resource"},
  };
  for (const auto& [text, path] : cases) {
    const auto xml = to_xml(json(text), r4_definitions());
    ASSERT_FALSE(xml.ok()) << text;
    EXPECT_EQ(xml.error().where, path) << xml.error().text();
  }
}

TEST(XmlForm, DeepNestingIsRefused) {
  std::string text = "<Patient xmlns='http://hl7.org/fhir'>";
  for (int i = 0; i < 100; ++i) text += "<extension url='u'>";
  for (int i = 0; i < 100; ++i) text += "</extension>";
  const auto value = from_xml(text + "</Patient>", r4_definitions());
  ASSERT_FALSE(value.ok());
  EXPECT_NE(value.error().message.find("deeply"), std::string::npos);
}

TEST(XmlForm, LongBase64IsTaken) {
  const std::string data(3'000'000, 'A');
  const auto value = from_xml(
      "<Binary xmlns='http://hl7.org/fhir'><contentType value='x/y'/><data value='" + data + "'/></Binary>",
      r4_definitions());
  ASSERT_TRUE(value.ok()) << value.error().text();
  EXPECT_EQ(value->text("data"), data);
}

}  // namespace

#include "mappers/dicom/native_xml.h"

#include <gtest/gtest.h>

#include "gateway/base/text.h"

using namespace mappers::dicom;

namespace {

// What stands between the tags of the root.
std::string inside(std::string_view json) {
  std::string xml;
  const auto made = append_native_xml(xml, json);
  if (!made) return made.error().text();
  const std::size_t from = xml.find("preserve\">") + 10;
  return xml.substr(from, xml.rfind("</NativeDicomModel>") - from);
}

std::string json_of_model(std::string_view inner) {
  const auto json = read_native_xml("<NativeDicomModel xmlns=\"" + std::string(kNativeXmlSpace) + "\">" +
                                    std::string(inner) + "</NativeDicomModel>");
  return json ? *json : json.error().text();
}

struct Pair {
  const char* name;
  std::string json;  // the members
  std::string xml;
};

class BothWays : public ::testing::TestWithParam<Pair> {};

TEST_P(BothWays, SayTheSame) {
  const std::string json = "{" + GetParam().json + "}";
  EXPECT_EQ(inside(json), GetParam().xml);
  EXPECT_EQ(json_of_model(GetParam().xml), json);
}

INSTANTIATE_TEST_SUITE_P(
    All, BothWays,
    ::testing::Values(
        Pair{"Empty", R"("00100020":{"vr":"LO"})",
             R"(<DicomAttribute tag="00100020" vr="LO" keyword="PatientID"/>)"},
        Pair{"Texts", R"("00080008":{"vr":"CS","Value":["A",null,"B<&>"]})",
             R"(<DicomAttribute tag="00080008" vr="CS" keyword="ImageType"><Value number="1">A</Value>)"
             R"(<Value number="2"></Value><Value number="3">B&lt;&amp;&gt;</Value></DicomAttribute>)"},
        Pair{
            "Numbers", R"("00180050":{"vr":"DS","Value":[1.50,"5.e-002",-3]})",
            R"(<DicomAttribute tag="00180050" vr="DS" keyword="SliceThickness"><Value number="1">1.50</Value>)"
            R"(<Value number="2">5.e-002</Value><Value number="3">-3</Value></DicomAttribute>)"},
        Pair{
            "Reals", R"("00189073":{"vr":"FD","Value":[1e-07,"NaN",1e+300]})",
            R"(<DicomAttribute tag="00189073" vr="FD" keyword="AcquisitionDuration"><Value number="1">1e-07</Value>)"
            R"(<Value number="2">NaN</Value><Value number="3">1e+300</Value></DicomAttribute>)"},
        Pair{"LongNumbers", R"("00720083":{"vr":"UV","Value":["18446744073709551615",5]})",
             R"(<DicomAttribute tag="00720083" vr="UV" keyword="SelectorUVValue">)"
             R"(<Value number="1">18446744073709551615</Value><Value number="2">5</Value></DicomAttribute>)"},
        Pair{
            "Name", R"("00100010":{"vr":"PN","Value":[{"Alphabetic":"A^B^^","Phonetic":"P^Q^R^S^T^U"}]})",
            R"(<DicomAttribute tag="00100010" vr="PN" keyword="PatientName"><PersonName number="1"><Alphabetic>)"
            R"(<FamilyName>A</FamilyName><GivenName>B</GivenName><NamePrefix></NamePrefix></Alphabetic><Phonetic>)"
            R"(<FamilyName>P</FamilyName><GivenName>Q</GivenName><MiddleName>R</MiddleName><NamePrefix>S</NamePrefix>)"
            R"(<NameSuffix>T^U</NameSuffix></Phonetic></PersonName></DicomAttribute>)"},
        Pair{
            "Bulk", R"("7FE00010":{"vr":"OW","BulkDataURI":"http://h/a?b&c"})",
            R"(<DicomAttribute tag="7FE00010" vr="OW" keyword="PixelData"><BulkData uri="http://h/a?b&amp;c"/>)"
            R"(</DicomAttribute>)"},
        Pair{
            "Binary", R"("00420011":{"vr":"OB","InlineBinary":"YWI="})",
            R"(<DicomAttribute tag="00420011" vr="OB" keyword="EncapsulatedDocument"><InlineBinary>YWI=</InlineBinary>)"
            R"(</DicomAttribute>)"},
        Pair{
            "Items", R"("00081140":{"vr":"SQ","Value":[{},{"00081155":{"vr":"UI","Value":["1.2"]}}]})",
            R"(<DicomAttribute tag="00081140" vr="SQ" keyword="ReferencedImageSequence"><Item number="1"></Item>)"
            R"(<Item number="2"><DicomAttribute tag="00081155" vr="UI" keyword="ReferencedSOPInstanceUID">)"
            R"(<Value number="1">1.2</Value></DicomAttribute></Item></DicomAttribute>)"},
        Pair{
            "Private",
            R"("00290010":{"vr":"LO","Value":["ACME"]},"00291001":{"vr":"UN","InlineBinary":"AA=="})",
            R"(<DicomAttribute tag="00290010" vr="LO"><Value number="1">ACME</Value></DicomAttribute>)"
            R"(<DicomAttribute tag="00291001" vr="UN" privateCreator="ACME"><InlineBinary>AA==</InlineBinary></DicomAttribute>)"}),
    [](const auto& param) { return param.param.name; });

struct Refusal {
  const char* name;
  const char* inner;
};

class RefusedModel : public ::testing::TestWithParam<Refusal> {};

TEST_P(RefusedModel, WithALine) {
  const std::string said = json_of_model(GetParam().inner);
  EXPECT_TRUE(said[0] != '{' && said.find("line 1") != std::string::npos) << said;
}

INSTANTIATE_TEST_SUITE_P(
    All, RefusedModel,
    ::testing::Values(
        Refusal{"UnknownElement", "<Other/>"}, Refusal{"NoTag", "<DicomAttribute vr='LO'/>"},
        Refusal{"NoVr", "<DicomAttribute tag='00100020'/>"}, Refusal{"Text", "text"},
        Refusal{"Twice", "<DicomAttribute tag='00100020' vr='LO'/><DicomAttribute tag='00100020' vr='LO'/>"},
        Refusal{"Mixed",
                "<DicomAttribute tag='00100020' vr='OB'><Value>a</Value><InlineBinary/></DicomAttribute>"},
        Refusal{"NumberZero",
                "<DicomAttribute tag='00100020' vr='LO'><Value number='0'>a</Value></DicomAttribute>"},
        Refusal{
            "HugeNumber",
            "<DicomAttribute tag='00100020' vr='LO'><Value number='4000000000'>a</Value></DicomAttribute>"},
        Refusal{
            "NumberTwice",
            "<DicomAttribute tag='00100020' vr='LO'><Value number='1'>a</Value><Value number='1'>b</Value>"
            "</DicomAttribute>"},
        Refusal{"ItemOfText", "<DicomAttribute tag='00100020' vr='LO'><Item/></DicomAttribute>"},
        Refusal{"ElementInValue",
                "<DicomAttribute tag='00100020' vr='LO'><Value><b/></Value></DicomAttribute>"}),
    [](const auto& param) { return param.param.name; });

}  // namespace

TEST(NativeXml, OpensWithNamespaceAndPreservedSpace) {
  std::string xml;
  ASSERT_TRUE(append_native_xml(xml, std::string_view("{}")));
  EXPECT_EQ(
      xml,
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<NativeDicomModel "
      "xmlns=\"http://dicom.nema.org/PS3.19/models/NativeDICOM\" xml:space=\"preserve\"></NativeDicomModel>");
}

TEST(NativeXml, WhatXmlCannotHoldIsReplaced) {
  EXPECT_NE(inside(R"({"00100020":{"vr":"LO","Value":["a\u0001b\r"]}})")
                .find("a\xEF\xBF\xBD"
                      "b&#13;<"),
            std::string::npos);
}

TEST(NativeXml, ReadsWhatOthersWrite) {
  EXPECT_EQ(json_of_model(
                "\n  <DicomAttribute keyword=\"x\" vr=\"LO\" tag=\"00100020\">\n<Value number=\"2\">b</Value>"
                "</DicomAttribute><DicomAttribute tag=\"00080000\" vr=\"UL\"/>"
                "<DicomAttribute tag=\"00080060\" vr=\"CS\"><Value>CT</Value></DicomAttribute>"),
            R"({"00080060":{"vr":"CS","Value":["CT"]},"00100020":{"vr":"LO","Value":[null,"b"]}})");
}

TEST(NativeXml, ItemsThatAreLeftOutAreEmptyOnes) {
  EXPECT_EQ(json_of_model("<DicomAttribute tag=\"00081140\" vr=\"SQ\"><Item number=\"2\"/></DicomAttribute>"),
            R"({"00081140":{"vr":"SQ","Value":[{},{}]}})");
}

TEST(NativeXml, NumbersLeftOutCostLittle) {
  std::string inner;
  for (int i = 0; i < 3; ++i)
    inner += "<DicomAttribute tag=\"0010002" + std::to_string(i) +
             "\" vr=\"LO\"><Value number=\"60000\">a</Value></DicomAttribute>";
  EXPECT_NE(json_of_model(inner).find("a number is not valid"), std::string::npos);
}

TEST(NativeXml, AnotherDocumentIsRefused) {
  EXPECT_FALSE(read_native_xml("<NativeDicomModel/>"));
  EXPECT_FALSE(read_native_xml("<a xmlns=\"http://dicom.nema.org/PS3.19/models/NativeDICOM\"/>"));
  EXPECT_FALSE(append_native_xml(*std::make_unique<std::string>(), std::string_view("[]")));
}

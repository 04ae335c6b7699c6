#include "mappers/dicom/json_encode.h"

#include <gtest/gtest.h>

#include "dicom_bytes.h"
#include "mappers/dicom/joined_source.h"

using namespace mappers::dicom;
using namespace dicom_test;
using gateway::ErrorCode;
using gateway::MemorySource;
using gateway::Result;
using gateway::Value;

namespace {

Result<std::string> encoded(std::string_view json, Encoding encoding = Encoding::ExplicitLittle) {
  const auto objects = TRY(parse_dicom_json(json));
  return encode_data_set(objects.at(0), encoding);
}

std::string bytes(std::string_view json) {
  const auto out = encoded(json);
  return out ? *out : out.error().text();
}

// One attribute with these values.
std::string values(std::uint32_t tag, std::string_view vr, std::string_view list) {
  return "{\"" + hex(make_tag(tag)) + "\":{\"vr\":\"" + std::string(vr) + "\",\"Value\":[" +
         std::string(list) + "]}}";
}

std::string all_of(const gateway::ByteSource& source) {
  std::string text(source.size(), '\0');
  const auto got = source.read_at(0, std::as_writable_bytes(std::span(text)));
  EXPECT_TRUE(got.ok() && *got == text.size());
  return text;
}

constexpr std::string_view kIds =
    R"("00080016":{"vr":"UI","Value":["1.2"]},"00080018":{"vr":"UI","Value":["1.3"]})";

struct Refusal {
  const char* json;
  const char* where;
};

class WrongJson : public ::testing::TestWithParam<Refusal> {};

TEST_P(WrongJson, NamesTheTagPath) {
  const auto out = encoded(GetParam().json);
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().code, ErrorCode::InvalidBody);
  EXPECT_EQ(out.error().where, GetParam().where) << out.error().text();
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongJson,
    ::testing::Values(Refusal{R"({"0010001":{"vr":"LO"}})", "0010001"},
                      Refusal{R"({"PatientName":{"vr":"PN"}})", "PatientName"},
                      Refusal{R"({"00100010":"x"})", "00100010"},
                      Refusal{R"({"00100010":{"vr":"XX"}})", "00100010"},
                      Refusal{R"({"00100020":{"vr":"LO","Value":"x"}})", "00100020"},
                      Refusal{R"({"00100020":{"vr":"LO","Value":[1]}})", "00100020"},
                      Refusal{R"({"00100020":{"vr":"LO","Value":[true]}})", "00100020"},
                      Refusal{R"({"00100020":{"vr":"LO","Value":["a\\b"]}})", "00100020"},
                      Refusal{R"({"00104000":{"vr":"LT","Value":["a","b"]}})", "00104000"},
                      Refusal{R"({"00100010":{"vr":"PN","Value":[{"Alphabetic":"a=b"}]}})", "00100010"},
                      Refusal{R"({"00100010":{"vr":"PN","Value":[{"Other":"a"}]}})", "00100010"},
                      Refusal{R"({"00280010":{"vr":"US","Value":[65536]}})", "00280010"},
                      Refusal{R"({"00280010":{"vr":"US","Value":[-1]}})", "00280010"},
                      Refusal{R"({"00280010":{"vr":"US","Value":[1.5]}})", "00280010"},
                      Refusal{R"({"00280010":{"vr":"US","Value":["x"]}})", "00280010"},
                      Refusal{R"({"00280010":{"vr":"US","Value":[null]}})", "00280010"},
                      Refusal{R"({"00189073":{"vr":"FD","Value":["1,5"]}})", "00189073"},
                      Refusal{R"({"00082135":{"vr":"FL","Value":[1e300]}})", "00082135"},
                      Refusal{R"({"00209165":{"vr":"AT","Value":["0010"]}})", "00209165"},
                      Refusal{R"({"00420011":{"vr":"OB","Value":[1]}})", "00420011"},
                      Refusal{R"({"00420011":{"vr":"OB","InlineBinary":"a"}})", "00420011"},
                      Refusal{R"({"00420011":{"vr":"OB","InlineBinary":"a?=="}})", "00420011"},
                      Refusal{R"({"00420011":{"vr":"OB","InlineBinary":"YQ==","BulkDataURI":"x"}})",
                              "00420011"},
                      Refusal{R"({"00100010":{"vr":"PN","InlineBinary":"YQ=="}})", "00100010"},
                      Refusal{R"({"00081140":{"vr":"SQ","BulkDataURI":"x"}})", "00081140"},
                      Refusal{R"({"00081140":{"vr":"SQ","Value":[{"00081155":{"vr":"UI","Value":[5]}}]}})",
                              "00081140/0/00081155"},
                      Refusal{R"({"00081140":{"vr":"SQ","Value":[{},{"x":{}}]}})", "00081140/1/x"},
                      Refusal{R"({"00081140":{"vr":"SQ","Value":["x"]}})", "00081140/0/"},
                      Refusal{R"({"fffee000":{"vr":"LO"}})", "fffee000"}));

}  // namespace

TEST(JsonEncode, WritesElementsInOrderWithPadding) {
  EXPECT_EQ(bytes(R"({"00100020":{"vr":"LO","Value":["P1x"]},"00080018":{"vr":"UI","Value":["1.2"]}})"),
            element(0x00080018, "UI", std::string("1.2\0", 4)) + element(0x00100020, "LO", "P1x "));
}

TEST(JsonEncode, LeavesOutGroupLengthsAndMetaInformation) {
  EXPECT_EQ(bytes(R"({"00080000":{"vr":"UL","Value":[5]},"00020010":{"vr":"UI","Value":["1.2"]}})"), "");
}

TEST(JsonEncode, EmptyAndNullValuesKeepTheirPlace) {
  EXPECT_EQ(bytes(R"({"00100020":{"vr":"LO"}})"), element(0x00100020, "LO", ""));
  EXPECT_EQ(bytes(values(0x00080008, "CS", R"("A",null,"B")")), element(0x00080008, "CS", "A\\\\B"));
  EXPECT_EQ(bytes(values(0x00080008, "CS", "")), element(0x00080008, "CS", ""));
}

TEST(JsonEncode, NumbersMayBeTextAndKeepTheirDigits) {
  EXPECT_EQ(bytes(values(0x00180050, "DS", R"(1.50,"2.5e-3",7)")),
            element(0x00180050, "DS", "1.50\\2.5e-3\\7 "));
  EXPECT_EQ(bytes(values(0x00280010, "US", R"("512",512,512.0)")),
            element(0x00280010, "US", number(512, 2) + number(512, 2) + number(512, 2)));
  EXPECT_EQ(bytes(values(0x00720083, "UV", R"("18446744073709551615")")),
            explicit_header(0x00720083, "UV", 8) + number(~0ull, 8));
  EXPECT_EQ(bytes(values(0x00720082, "SV", "-9223372036854775808")),
            explicit_header(0x00720082, "SV", 8) + number(1ull << 63, 8));
}

TEST(JsonEncode, PersonNamesJoinTheirGroups) {
  EXPECT_EQ(
      bytes(values(0x00100010, "PN", R"({"Phonetic":"P","Alphabetic":"A^B"},{"Ideographic":"I"},null)")),
      element(0x00100010, "PN", "A^B==P\\=I\\"));
}

TEST(JsonEncode, TextBeyondAsciiIsDeclaredUtf8) {
  const std::string charset = element(0x00080005, "CS", "ISO_IR 192");
  EXPECT_EQ(bytes(values(0x00100020, "LO", "\"ö\"")), charset + element(0x00100020, "LO", "ö"));
  EXPECT_EQ(bytes(R"({"00080005":{"vr":"CS","Value":["ISO_IR 100"]}})"), charset);
  EXPECT_EQ(bytes(R"({"00080005":{"vr":"CS"}})"), element(0x00080005, "CS", ""));
  EXPECT_EQ(
      bytes(R"({"00081140":{"vr":"SQ","Value":[{"00100020":{"vr":"LO","Value":["ö"]}}]}})").substr(0, 18),
      charset);
}

TEST(JsonEncode, ImplicitEncodingHasNoVrs) {
  EXPECT_EQ(*encoded(values(0x00100020, "LO", "\"P1\""), Encoding::ImplicitLittle),
            implicit(0x00100020, "P1"));
}

TEST(JsonEncode, AMissingVrComesFromTheDictionary) {
  EXPECT_EQ(bytes(R"({"00100020":{"Value":["P1"]}})"), element(0x00100020, "LO", "P1"));
}

TEST(JsonEncode, AValueTooLongForItsVrGoesOutAsUn) {
  const std::string out = bytes(values(0x00104000, "LT", "\"" + std::string(70'000, 'x') + "\""));
  EXPECT_EQ(out.substr(4, 2), "UN");
  EXPECT_EQ(out.size(), 70'012u);
}

TEST(JsonEncode, NestingIsBounded) {
  std::string json = "{}";
  for (int i = 0; i < 33; ++i) json = R"({"00081140":{"vr":"SQ","Value":[)" + json + "]}}";
  EXPECT_FALSE(encoded(json));
}

TEST(JsonEncode, BulkDataAreAskedForByUriAndPath) {
  const auto json = parse_dicom_json(
      "{" + std::string(kIds) +
      R"(,"00880200":{"vr":"SQ","Value":[{"7FE00010":{"vr":"OB","BulkDataURI":"u1"}}]},"7FE00010":{"vr":"OW","BulkDataURI":"u2"}})");
  ASSERT_TRUE(json);
  std::vector<std::string> asked;
  const auto object =
      encode_object(json->at(0), "1.2.840.10008.1.2.1",
                    [&](std::string_view uri, std::string_view path) -> Result<std::optional<BulkValue>> {
                      asked.push_back(std::string(uri) + " " + std::string(path));
                      static const MemorySource source(std::string_view("abc"));
                      return std::optional(BulkValue{
                          {std::shared_ptr<const gateway::ByteSource>(&source, [](auto*) {})}, false});
                    });
  ASSERT_TRUE(object);
  EXPECT_EQ(asked, (std::vector<std::string>{"u1 00880200/0/7FE00010", "u2 7FE00010"}));
  EXPECT_FALSE(object->encapsulated);
  const std::string file = all_of(*object->bytes);
  EXPECT_TRUE(file.ends_with(element(0x7FE00010, "OW", std::string("abc\0", 4))));
  const auto read_back = read(file);
  ASSERT_TRUE(read_back);
  EXPECT_EQ(read_back->meta.text(tags::kTransferSyntaxUid), "1.2.840.10008.1.2.1");
  EXPECT_EQ(read_back->data.text(tags::kSopInstanceUid), "1.3");
}

TEST(JsonEncode, CompressedFramesBecomeFragments) {
  const auto json =
      parse_dicom_json("{" + std::string(kIds) + R"(,"7FE00010":{"vr":"OB","BulkDataURI":"u"}})");
  ASSERT_TRUE(json);
  const auto object = encode_object(
      json->at(0), "1.2.840.10008.1.2.4.50", [&](auto, auto) -> Result<std::optional<BulkValue>> {
        static const MemorySource one(std::string_view("abc")), two(std::string_view("de"));
        const auto keep = [](const MemorySource& s) {
          return std::shared_ptr<const gateway::ByteSource>(&s, [](auto*) {});
        };
        return std::optional(BulkValue{{keep(one), keep(two)}, true});
      });
  ASSERT_TRUE(object);
  EXPECT_TRUE(object->encapsulated);
  EXPECT_TRUE(all_of(*object->bytes)
                  .ends_with(explicit_header(0x7FE00010, "OB", kUndefined) + item("") +
                             item(std::string("abc\0", 4)) + item("de") + sequence_end()));
}

TEST(JsonEncode, AnObjectNeedsItsSopInstance) {
  const auto json = parse_dicom_json(R"({"00080016":{"vr":"UI","Value":["1.2"]}})");
  const auto object = encode_object(json->at(0), "1.2.840.10008.1.2.1", {});
  ASSERT_FALSE(object);
  EXPECT_EQ(object.error().code, ErrorCode::DicomMissingAttribute);
  EXPECT_EQ(object.error().where, "00080018");
}

TEST(JsonEncode, MetadataOfAnotherServerReadLikeAFile) {
  const auto json = parse_dicom_json(
      "[{" + std::string(kIds) +
      R"(,"00100010":{"vr":"PN","Value":[{"Alphabetic":"Jörg"}]},"7FE00010":{"vr":"OW","BulkDataURI":"u"}}])");
  ASSERT_TRUE(json);
  const auto file = file_of_metadata(json->at(0), "1.2.840.10008.1.2.4.90");
  ASSERT_TRUE(file) << file.error().text();
  EXPECT_EQ(file->file.transfer_syntax, "1.2.840.10008.1.2.4.90");
  EXPECT_EQ(file->file.data.text(tags::kPatientName), "Jörg");
}

TEST(JoinedSource, ReadsAcrossItsParts) {
  JoinedSource source;
  source.add("abc");
  source.add("");
  source.add(std::string("defg"));
  source.add("h");
  EXPECT_EQ(source.size(), 8u);
  std::string text(5, '.');
  ASSERT_EQ(*source.read_at(2, std::as_writable_bytes(std::span(text))), 5u);
  EXPECT_EQ(text, "cdefg");
  ASSERT_EQ(*source.read_at(6, std::as_writable_bytes(std::span(text))), 2u);
  EXPECT_EQ(text.substr(0, 2), "gh");
  EXPECT_EQ(*source.read_at(8, std::as_writable_bytes(std::span(text))), 0u);
}

#include "mappers/dicom/writer.h"

#include <gtest/gtest.h>

#include "mappers/dicom/reader.h"

namespace mappers::dicom {
namespace {

Draft small() {
  Draft draft;
  draft.set("SOPClassUID", "1.2.840.10008.5.1.4.1.1.7").set("SOPInstanceUID", "2.25.1");
  return draft;
}

std::string encoded(const Draft& draft, Encoding encoding = Encoding::ExplicitLittle) {
  std::string out;
  draft.encode(out, encoding);
  return out;
}

TEST(Draft, WritesElementsInAscendingOrderWhateverTheOrderOfSetting) {
  Draft draft;
  draft.set("PatientID", "7").set("Modality", "CT");
  EXPECT_EQ(encoded(draft), std::string("\x08\0\x60\0CS\x02\0CT\x10\0\x20\0LO\x02\0"
                                        "7 ",
                                        20));
}

TEST(Draft, PadsUidsWithNulAndTextWithASpace) {
  EXPECT_EQ(encoded(Draft().set("StudyInstanceUID", "1.2")), std::string("\x20\0\x0D\0UI\x04\0"
                                                                         "1.2\0",
                                                                         12));
  EXPECT_EQ(encoded(Draft().set("StudyID", "abc")), std::string("\x20\0\x10\0SH\x04\0"
                                                                "abc ",
                                                                12));
}

TEST(Draft, WritesNumbersAsTheVrAsks) {
  EXPECT_EQ(encoded(Draft().set("Rows", {513})), std::string("\x28\0\x10\0US\x02\0\x01\x02", 10));
  EXPECT_EQ(Draft().set("PixelSpacing", {0.5, 2}).text("PixelSpacing"), "0.5\\2");
  EXPECT_EQ(Draft().set("InstanceNumber", {12}).text("InstanceNumber"), "12");
  EXPECT_EQ(encoded(Draft().set("FrameIncrementPointer", {0x00181063})),
            std::string("\x28\0\x09\0AT\x04\0\x18\0\x63\x10", 12));
}

TEST(Draft, LeavesTheVrOutInImplicitEncoding) {
  EXPECT_EQ(encoded(Draft().set("Modality", "MR"), Encoding::ImplicitLittle),
            std::string("\x08\0\x60\0\x02\0\0\0MR", 10));
}

TEST(Draft, ReplacesAnEarlierValue) {
  EXPECT_EQ(Draft().set("Modality", "MR").set("Modality", "CT").text("Modality"), "CT");
}

TEST(Draft, CountsTheLengthsOfItems) {
  Draft item;
  item.set("CodeValue", "1");
  EXPECT_EQ(encoded(Draft().set_items("ProcedureCodeSequence", {item})),
            std::string("\x08\0\x32\x10SQ\0\0\x12\0\0\0\xFE\xFF\0\xE0\x0A\0\0\0\x08\0\0\x01SH\x02\0"
                        "1 ",
                        30));
}

TEST(DecimalText, FitsSixteenCharactersAndHasNoNegativeZero) {
  EXPECT_EQ(decimal_text(-0.0), "0");
  EXPECT_EQ(decimal_text(2.375), "2.375");
  for (const double value : {-1.0 / 3, 1e300 / 3, -1e-300 / 3, 123456789.123})
    EXPECT_LE(decimal_text(value).size(), 16u);
}

TEST(EncodePart10, RefusesADataSetWithoutIdentity) {
  const auto result = encode_part10(Draft().set("Modality", "CT"));
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, gateway::ErrorCode::DicomMissingAttribute);
}

TEST(EncodePart10, NamesAnUnknownKeywordEvenInsideAnItem) {
  Draft item;
  item.set("NoSuchAttribute", "1");
  const auto result = encode_part10(small().set_items("ProcedureCodeSequence", {item}));
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().where, "unknown keyword NoSuchAttribute in ProcedureCodeSequence");
}

TEST(EncodePart10, RefusesAValueTooLongForItsLengthField) {
  const auto result = encode_part10(small().set("StudyDescription", std::string(70'000, 'x')));
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().where, "value too long for StudyDescription");
}

TEST(EncodePart10, IsReadBackByTheReaderInBothEncodings) {
  Draft item;
  item.set("CodeValue", "24623002").set("CodeMeaning", "Screening mammography");
  Draft draft = small();
  draft.set("SpecificCharacterSet", "ISO_IR 192")
      .set("PatientName", "Wójcik^Żaneta")
      .set("PixelSpacing", {0.25, 0.25})
      .set("DiffusionBValue", {1000})
      .set_items("ProcedureCodeSequence", {item, item})
      .set_bytes("PixelData", "OW", std::string("\1\2\3\4", 4));
  for (const Encoding encoding : {Encoding::ExplicitLittle, Encoding::ImplicitLittle}) {
    const auto bytes = encode_part10(draft, encoding);
    ASSERT_TRUE(bytes.ok());
    const auto file = read_file(gateway::MemorySource(*bytes));
    ASSERT_TRUE(file.ok()) << file.error().text();
    EXPECT_TRUE(file->findings.empty());
    EXPECT_EQ(file->transfer_syntax, transfer_syntax_of(encoding));
    EXPECT_EQ(file->data.text(make_tag(0x00100010)), "Wójcik^Żaneta");
    EXPECT_EQ(file->data.number(make_tag(0x00280030)), 0.25);
    EXPECT_EQ(file->data.number(make_tag(0x00189087)), 1000);
    EXPECT_EQ(file->meta.text(make_tag(0x00020003)), "2.25.1");
    const Element* code = file->data.at({0x00081032, 1, 0x00080100});
    ASSERT_NE(code, nullptr);
    EXPECT_EQ(code->raw(), "24623002");
    ASSERT_TRUE(file->pixel_data.has_value());
    EXPECT_EQ(file->pixel_data->length, 4u);
  }
}

}  // namespace
}  // namespace mappers::dicom

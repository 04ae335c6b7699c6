#include "gateway/ingest/dicom_source.h"

#include <gtest/gtest.h>

#include "mappers/dicom/writer.h"

namespace gateway::ingest {
namespace {

TEST(DicomSource, ShowsValuesItemsAndFileMeta) {
  mappers::dicom::Draft code, draft;
  code.set("CodeValue", "77477000").set("CodingSchemeDesignator", "SCT");
  draft.set("SOPClassUID", "1.2.840.10008.5.1.4.1.1.2")
      .set("SOPInstanceUID", "1.2.3")
      .set("SpecificCharacterSet", "ISO_IR 192")
      .set("PatientName", "Yamada^Tarou=山田^太郎")
      .set("ImageType", "ORIGINAL\\PRIMARY")
      .set("SeriesNumber", {7})
      .set("StudyID", "")
      .set_items("ProcedureCodeSequence", {code});
  const std::string bytes = encode_part10(draft).value();
  const MemorySource memory(bytes);
  const auto file = mappers::dicom::read_file(memory);
  ASSERT_TRUE(file.ok()) << file.error().text();
  const DicomSource source(*file);
  const auto root = source.root();
  EXPECT_EQ(source.text(root, 0x00020010), "1.2.840.10008.1.2.1");
  EXPECT_EQ(source.text(root, 0x00020003), "1.2.3");
  EXPECT_EQ(source.person_name(root, 0x00100010).ideographic, "山田^太郎");
  EXPECT_EQ(source.texts(root, 0x00080008), (std::vector<std::string>{"ORIGINAL", "PRIMARY"}));
  EXPECT_EQ(source.integer(root, 0x00200011), 7);
  EXPECT_FALSE(source.has(root, 0x00200010));
  EXPECT_FALSE(source.has(root, 0x00200013));
  EXPECT_TRUE(source.has(root, 0x00081032));
  ASSERT_EQ(source.item_count(root, 0x00081032), 1u);
  EXPECT_EQ(source.text(source.item(root, 0x00081032, 0), 0x00080100), "77477000");
  EXPECT_EQ(source.item_count(root, 0x00100010), 0u);
}

}  // namespace
}  // namespace gateway::ingest

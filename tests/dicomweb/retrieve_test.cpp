// WADO-RS studies, series, instances and archives (PS3.18 section 10.4).
#include <filesystem>
#include <fstream>

#include "mappers/dicom/dicomdir.h"
#include "mappers/dicom/reader.h"
#include "tests/dicomweb/retrieve_fixture.h"

namespace gateway::dicomweb {
namespace {

const std::string kDicomParts = "multipart/related; type=\"application/dicom\"";

mappers::dicom::Draft report_draft(const std::string& uid) {
  mappers::dicom::Draft draft;
  draft.set("SOPClassUID", "1.2.840.10008.5.1.4.1.1.88.11").set("SOPInstanceUID", uid);
  draft.set("StudyInstanceUID", "1.1").set("SeriesInstanceUID", "1.1.2").set("Modality", "SR");
  return draft.set("PatientID", "P1").set("PatientName", "DOE^JANE");
}

TEST_F(RetrieveTest, StudiesAndSeriesComeInPartsWithTheirPlaces) {
  keep(image_draft("1.1.1.1"));
  const std::string first = last_kept();
  keep(report_draft("1.1.2.1"));
  const auto study = get(kStudy, kDicomParts);
  ASSERT_TRUE(study.ok()) << study.error().text();
  const auto parts = parts_of(*study);
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[0].content, first);
  EXPECT_EQ(parts[0].type, "application/dicom; transfer-syntax=1.2.840.10008.1.2.1");
  EXPECT_EQ(parts[0].location, "http://h/dicomweb" + instance_path("1.1.1.1"));
  EXPECT_EQ(parts_of(*get(kSeries, kDicomParts)).size(), 1u);
  EXPECT_EQ(verdict("/studies/9.9"), "NotFound");
  EXPECT_EQ(verdict(kStudy, "application/dicom"), "NotAcceptable");
  EXPECT_EQ(verdict(kStudy, "text/html"), "NotAcceptable");
  EXPECT_EQ(verdict(kSeries, "application/dicom"), "200");
}

TEST_F(RetrieveTest, ImplicitObjectsLeaveExplicitWithALengthThatHolds) {
  keep(image_draft("1.1.1.1", 5), mappers::dicom::Encoding::ImplicitLittle);
  const auto study = get(kStudy, kDicomParts + "; transfer-syntax=*");
  ASSERT_TRUE(study.ok()) << study.error().text();
  const auto parts = parts_of(*study);
  ASSERT_EQ(parts.size(), 1u);
  EXPECT_EQ(parts[0].type, "application/dicom; transfer-syntax=1.2.840.10008.1.2.1");
  const auto file = mappers::dicom::read_file(MemorySource(std::string_view(parts[0].content)));
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->transfer_syntax, "1.2.840.10008.1.2.1");
  EXPECT_FALSE(file->implicit_vr);
}

TEST_F(RetrieveTest, TranscodedObjectsDescribeTheirPixels) {
  keep(image_draft("1.1.1.1", 3));
  const std::string native = last_kept();
  for (const std::string syntax : {"1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.5",
                                   "1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.201"}) {
    const auto answer = get(instance_path("1.1.1.1"), "application/dicom; transfer-syntax=" + syntax);
    ASSERT_TRUE(answer.ok()) << syntax << ": " << answer.error().text();
    const std::string bytes = bytes_of(answer->body);
    EXPECT_EQ(bytes.size(), answer->body_size());
    const MemorySource source{std::string_view(bytes)};
    const auto file = mappers::dicom::read_file(source);
    ASSERT_TRUE(file.ok()) << syntax;
    EXPECT_EQ(file->transfer_syntax, syntax);
    EXPECT_EQ(file->data.text(mappers::dicom::tags::kSopInstanceUid), "1.1.1.1");
    EXPECT_EQ(file->pixel_data->fragments, 3u);
    EXPECT_FALSE(file->data.has(mappers::dicom::make_tag(0x00282110)));

    kept_.push_back(std::make_unique<std::string>(bytes));  // and back again, under another UID
    std::string& copy = *kept_.back();
    const std::string uid = "1.1.1." + std::to_string(kept_.size());
    for (std::size_t at = copy.find("1.1.1.1"); at != std::string::npos; at = copy.find("1.1.1.1", at))
      copy.replace(at, 7, uid);
    ASSERT_EQ(keep(std::make_shared<MemorySource>(std::string_view(copy))), model::ItemOutcome::Kind::Stored);
    const auto back = get(instance_path(uid) + "/frames/3", "application/octet-stream");
    ASSERT_TRUE(back.ok()) << syntax << ": " << back.error().text();
    EXPECT_EQ(bytes_of(back->body), native.substr(native.size() - 16)) << syntax;
    // PS3.18 section 8.7.3.3: without transfer-syntax lossless data are decoded.
    const auto plain = get(instance_path(uid), "application/dicom");
    ASSERT_TRUE(plain.ok());
    EXPECT_EQ(plain->headers.get("Content-Type"), "application/dicom; transfer-syntax=1.2.840.10008.1.2.1");
    EXPECT_EQ(bytes_of(plain->body).substr(plain->body_size() - 48), native.substr(native.size() - 48));
    const auto stored = get(instance_path(uid), "application/dicom; transfer-syntax=*");
    EXPECT_EQ(bytes_of(stored->body), copy);
  }
}

TEST_F(RetrieveTest, LossIsStated) {
  keep(image_draft("1.1.1.1"));
  const auto answer =
      get(instance_path("1.1.1.1"), "application/dicom; transfer-syntax=1.2.840.10008.1.2.4.50");
  ASSERT_TRUE(answer.ok()) << answer.error().text();
  const std::string bytes = bytes_of(answer->body);
  const auto file = mappers::dicom::read_file(MemorySource(std::string_view(bytes)));
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->data.text(mappers::dicom::make_tag(0x00282110)), "01");
  EXPECT_EQ(file->data.text(mappers::dicom::make_tag(0x00282114)), "ISO_10918_1");
  EXPECT_TRUE(file->data.number(mappers::dicom::make_tag(0x00282112)).has_value());
}

TEST_F(RetrieveTest, ObjectsWithoutPixelsComeAsTheyAreAmongOthers) {
  keep(image_draft("1.1.1.1"));
  keep(report_draft("1.1.2.1"));
  const auto study = get(kStudy, kDicomParts + "; transfer-syntax=1.2.840.10008.1.2.4.80");
  ASSERT_TRUE(study.ok()) << study.error().text();
  const auto parts = parts_of(*study);
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[0].type, "application/dicom; transfer-syntax=1.2.840.10008.1.2.4.80");
  EXPECT_EQ(parts[1].type, "application/dicom; transfer-syntax=1.2.840.10008.1.2.1");
  EXPECT_EQ(study->status, 200);
}

class RetrieveInPlaceTest : public RetrieveTest {
 protected:
  std::string put(const std::string& uid) {
    const std::string path = folder_.path() + "/" + uid;
    const auto bytes = mappers::dicom::encode_part10(image_draft(uid));
    std::ofstream(path, std::ios::binary) << *bytes;
    auto source = FileSource::open(path);
    EXPECT_EQ(keep(std::make_shared<FileSource>(std::move(*source)), path), model::ItemOutcome::Kind::Stored);
    return path;
  }
};

// PS3.18 section 10.4.3.1.
TEST_F(RetrieveInPlaceTest, WhatIsGoneIsSaid) {
  const std::string first = put("1.1.1.1");
  const std::string second = put("1.1.1.2");
  std::filesystem::remove(first);
  const auto study = get(kStudy, kDicomParts);
  ASSERT_TRUE(study.ok());
  EXPECT_EQ(study->status, 206);
  EXPECT_EQ(parts_of(*study).size(), 1u);
  EXPECT_NE(study->headers.get("Warning").find("299 http://h/dicomweb: 1 of 2 instances"), std::string::npos);
  EXPECT_EQ(verdict(instance_path("1.1.1.1")), "Gone");
  const auto bulk = get(kStudy + "/bulkdata", "*/*");
  ASSERT_TRUE(bulk.ok()) << bulk.error().text();
  EXPECT_EQ(bulk->status, 206);
  EXPECT_EQ(parts_of(*bulk).size(), 1u);
  EXPECT_NE(bulk->headers.get("Warning").find("1 of 2 instances"), std::string::npos);
  std::filesystem::remove(second);
  EXPECT_EQ(verdict(kStudy, kDicomParts), "Gone");
  EXPECT_EQ(verdict(kStudy + "/bulkdata", "*/*"), "Gone");
}

TEST_F(RetrieveTest, ArchivesHoldADirectoryAndTheObjects) {
  keep(image_draft("1.1.1.1"));
  const std::string object = last_kept();
  keep(report_draft("1.1.2.1"));
  const auto answer = get(kStudy, "application/zip");
  ASSERT_TRUE(answer.ok()) << answer.error().text();
  EXPECT_EQ(answer->headers.get("Content-Type"), "application/zip");
  const std::string zip = bytes_of(answer->body);
  EXPECT_EQ(zip.size(), answer->body_size());
  EXPECT_NE(zip.find("DICOM/S0000001/I0000001" + object), std::string::npos);
  EXPECT_NE(zip.find("DICOM/S0000002/I0000002"), std::string::npos);
  EXPECT_EQ(zip.substr(30, 8), "DICOMDIR");
  EXPECT_EQ(zip.substr(zip.size() - 22, 4), "PK\x05\x06");
}

TEST_F(RetrieveTest, RangesOfASinglePart) {
  keep(image_draft("1.1.1.1"));
  const std::string object = last_kept();
  const std::string path = instance_path("1.1.1.1");
  const auto part = get(path, "application/dicom", {{"Range", "bytes=128-131"}});
  ASSERT_TRUE(part.ok());
  EXPECT_EQ(part->status, 206);
  EXPECT_EQ(bytes_of(part->body), "DICM");
  EXPECT_EQ(part->headers.get("Content-Range"), "bytes 128-131/" + std::to_string(object.size()));
  const auto tail = get(path, "application/dicom", {{"Range", "bytes=-4"}});
  EXPECT_EQ(bytes_of(tail->body), object.substr(object.size() - 4));
  EXPECT_EQ(get(path, "application/dicom", {{"Range", "bytes=99999999-"}})->status, 416);
  EXPECT_EQ(get(path, "application/dicom", {{"Range", "lines=1-2"}})->status, 200);
  EXPECT_EQ(get(path, "application/dicom", {{"Range", "bytes=5-2"}})->status, 200);
}

}  // namespace
}  // namespace gateway::dicomweb

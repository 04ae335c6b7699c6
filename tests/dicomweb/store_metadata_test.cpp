// STOW-RS of metadata and bulk data (PS3.18 section 10.5.1).
#include "mappers/dicom/native_xml.h"
#include "mappers/dicom/reader.h"
#include "store_fixture.h"

namespace gateway::dicomweb {
namespace {

constexpr const char* kJson = "multipart/related; type=\"application/dicom+json\"; boundary=b";
constexpr const char* kXml = "multipart/related; type=\"application/dicom+xml\"; boundary=b";
const std::string kJsonPart = "Content-Type: application/dicom+json\r\n";
const std::string kXmlPart = "Content-Type: application/dicom+xml\r\n";

std::string bulk_headers(const std::string& type, const std::string& location) {
  return "Content-Type: " + type + "\r\nContent-Location: " + location + "\r\n";
}

std::string ui(const char* tag, const std::string& uid) {
  return "\"" + std::string(tag) + R"(":{"vr":"UI","Value":[")" + uid + "\"]},";
}

// The metadata of one image of CT; `more` are further members.
std::string metadata(const std::string& uid, const std::string& more = {}) {
  return "{" + ui("00080016", "1.2.840.10008.5.1.4.1.1.2") + ui("00080018", uid) + ui("0020000D", "1.1") +
         ui("0020000E", "1.1.1") +
         R"("00080060":{"vr":"CS","Value":["CT"]},"00100020":{"vr":"LO","Value":["P1"]})" + more + "}";
}

std::string pixels(const std::string& uri) {
  return R"(,"7FE00010":{"vr":"OW","BulkDataURI":")" + uri + "\"}";
}

class StoreMetadataTest : public StoreTest {
 protected:
  mappers::dicom::File read(const std::string& uid) {
    kept_.push_back(stored(uid));
    auto file = mappers::dicom::read_file(MemorySource(std::string_view(kept_.back())));
    EXPECT_TRUE(file.ok()) << kept_.back().substr(0, 100);
    return file ? std::move(*file) : mappers::dicom::File();
  }
  std::string pixel_bytes(const std::string& uid) {
    const auto file = read(uid);
    return file.pixel_data ? kept_.back().substr(file.pixel_data->offset, file.pixel_data->length) : "";
  }
};

TEST_F(StoreMetadataTest, JsonAndOctetsBecomeOneExplicitObject) {
  EXPECT_EQ(post(kJson, multipart({{kJsonPart, "[" + metadata("1.1.2", pixels("bulk/1")) + "]"},
                                   {bulk_headers("application/octet-stream", "bulk/1"), "PIXELS"}})),
            200)
      << text_;
  EXPECT_EQ(count("00081199"), 1u);
  EXPECT_EQ(read("1.1.2").transfer_syntax, "1.2.840.10008.1.2.1");
  EXPECT_EQ(pixel_bytes("1.1.2"), "PIXELS");
}

TEST_F(StoreMetadataTest, XmlAndOctetsBecomeOneExplicitObject) {
  std::string xml;
  ASSERT_TRUE(mappers::dicom::append_native_xml(xml, metadata("1.1.2", pixels("http://other/bulk"))));
  EXPECT_EQ(
      post(kXml, multipart({{kXmlPart, xml},
                            {bulk_headers("application/octet-stream", "http://other/bulk"), "PIXELS"}})),
      200)
      << text_;
  EXPECT_EQ(pixel_bytes("1.1.2"), "PIXELS");
}

TEST_F(StoreMetadataTest, SeveralInstancesFindTheirOwnBulkData) {
  EXPECT_EQ(post(kJson, multipart({{kJsonPart, "[" + metadata("1.1.2", pixels("b2")) + "," +
                                                   metadata("1.1.3", pixels("b3")) + "]"},
                                   {kJsonPart, metadata("1.1.4")},
                                   {bulk_headers("application/octet-stream", "b3"), "THREE!"},
                                   {bulk_headers("application/octet-stream", "b2"), "SECOND"}})),
            200)
      << text_;
  EXPECT_EQ(count("00081199"), 3u);
  EXPECT_EQ(pixel_bytes("1.1.2"), "SECOND");
  EXPECT_EQ(pixel_bytes("1.1.3"), "THREE!");
}

struct Compressed {
  const char* name;
  const char* type;
  std::string stream;
  const char* syntax;
};

class CompressedBulk : public StoreMetadataTest, public ::testing::WithParamInterface<Compressed> {};

TEST_P(CompressedBulk, IsEncapsulatedUnderItsSyntax) {
  const auto& [name, type, stream, syntax] = GetParam();
  EXPECT_EQ(post(kJson,
                 multipart({{kJsonPart, metadata("1.1.2", pixels("b"))}, {bulk_headers(type, "b"), stream}})),
            200)
      << text_;
  const auto file = read("1.1.2");
  EXPECT_EQ(file.transfer_syntax, syntax);
  ASSERT_TRUE(file.pixel_data.has_value());
  EXPECT_TRUE(file.pixel_data->encapsulated);
  EXPECT_NE(kept_.back().find(stream), std::string::npos);
}

// The beginnings of code streams: start, one frame or coding style segment, a scan.
std::string jpeg(const std::string& frame, const std::string& scan) {
  return "\xFF\xD8" + frame + scan + "\xFF\xD9";
}
const std::string kBaseline("\xFF\xC0\0\x0B\x08\0\1\0\1\1\1\x11\0", 13);
const std::string kLossless("\xFF\xC3\0\x0B\x08\0\1\0\1\1\1\x11\0", 13);
const std::string kScan1("\xFF\xDA\0\x08\1\1\0\1\0\0", 10), kScan4("\xFF\xDA\0\x08\1\1\0\4\0\0", 10);
const std::string kJlsFrame("\xFF\xF7\0\x0B\x08\0\1\0\1\1\1\x11\0", 13);
const std::string kNear0("\xFF\xDA\0\x08\1\1\0\0\0\0", 10), kNear2("\xFF\xDA\0\x08\1\1\0\2\0\0", 10);
std::string j2k(char wavelet) {
  return std::string("\xFF\x4F\xFF\x51\0\x04\0\0\xFF\x52\0\x0C\0\0\0\1\0\5\4\4\0", 21) + wavelet + "\xFF\x90";
}

INSTANTIATE_TEST_SUITE_P(
    All, CompressedBulk,
    ::testing::Values(
        Compressed{"Baseline", "image/jpeg", jpeg(kBaseline, kScan1), "1.2.840.10008.1.2.4.50"},
        Compressed{"Lossless", "image/jpeg", jpeg(kLossless, kScan1), "1.2.840.10008.1.2.4.70"},
        Compressed{"OtherPredictor", "image/jpeg", jpeg(kLossless, kScan4), "1.2.840.10008.1.2.4.57"},
        Compressed{"Said", "image/jpeg; transfer-syntax=1.2.840.10008.1.2.4.51", jpeg(kBaseline, kScan1),
                   "1.2.840.10008.1.2.4.51"},
        Compressed{"JpegLs", "image/jls", jpeg(kJlsFrame, kNear0), "1.2.840.10008.1.2.4.80"},
        Compressed{"JpegLsNear", "image/jls", jpeg(kJlsFrame, kNear2), "1.2.840.10008.1.2.4.81"},
        Compressed{"J2k", "image/jp2", j2k('\1'), "1.2.840.10008.1.2.4.90"},
        Compressed{"J2kLossy", "image/jp2", j2k('\0'), "1.2.840.10008.1.2.4.91"},
        Compressed{"Htj2k", "image/jphc", j2k('\1'), "1.2.840.10008.1.2.4.201"},
        Compressed{"Rle", "image/dicom-rle", std::string(64, '\0'), "1.2.840.10008.1.2.5"},
        Compressed{"Video", "video/mp4", "ftypmp42", "1.2.840.10008.1.2.4.102"},
        Compressed{"Octets", "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.4.203", j2k('\0'),
                   "1.2.840.10008.1.2.4.203"}),
    [](const auto& param) { return param.param.name; });

TEST_F(StoreMetadataTest, FramesOfOneLocationAreFragmentsInOrder) {
  EXPECT_EQ(post(kJson, multipart({{kJsonPart, metadata("1.1.2", pixels("b"))},
                                   {bulk_headers("image/jls", "b"), jpeg(kJlsFrame, kNear0) + "one"},
                                   {bulk_headers("image/jls", "b"), jpeg(kJlsFrame, kNear0) + "two"}})),
            200)
      << text_;
  EXPECT_EQ(read("1.1.2").pixel_data->fragments, 2u);
  EXPECT_LT(kept_.back().find("one"), kept_.back().find("two"));
}

TEST_F(StoreMetadataTest, MissingAndUnusedBulkDataAreNamed) {
  EXPECT_EQ(post(kJson, multipart({{kJsonPart, "[" + metadata("1.1.2", pixels("here")) + "," +
                                                   metadata("1.1.3", pixels("gone")) + "]"},
                                   {bulk_headers("application/octet-stream", "here"), "PIXELS"},
                                   {bulk_headers("application/octet-stream", "idle"), "PIXELS"},
                                   {"Content-Type: application/octet-stream\r\n", "PIXELS"}})),
            202);
  EXPECT_EQ(count("00081199"), 1u);
  EXPECT_EQ(count("00081198"), 3u);
  for (const char* name : {"gone are missing (7FE00010)", "bulk data idle", "no Content-Location"})
    EXPECT_NE(warnings_.find(name), std::string::npos) << warnings_;
  EXPECT_NE(text_.find(R"("00081155":{"vr":"UI","Value":["1.1.3"]})"), std::string::npos);
}

TEST_F(StoreMetadataTest, WrongMetadataNameTheirTagPath) {
  EXPECT_EQ(
      post(kJson, multipart({{kJsonPart, metadata("1.1.2", R"(,"00280010":{"vr":"US","Value":["x"]})")}})),
      409);
  EXPECT_NE(warnings_.find("(00280010)"), std::string::npos) << warnings_;
  EXPECT_EQ(post(kJson, multipart({{kJsonPart, "{\"broken"}, {kJsonPart, metadata("1.1.3")}})), 202);
  EXPECT_EQ(post(kXml, multipart({{kXmlPart, "<!DOCTYPE a><a/>"}})), 409) << text_;
  EXPECT_EQ(post(kJson, multipart({{"Content-Type: application/octet-stream\r\n", "x"}})), 400);
}

TEST_F(StoreMetadataTest, BulkOfAnotherEncodingIsRefused) {
  EXPECT_EQ(
      post(kJson,
           multipart({{kJsonPart, metadata("1.1.2", pixels("b"))},
                      {bulk_headers("application/octet-stream; transfer-syntax=1.2.840.10008.1.2.2", "b"),
                       "PIXELS"}})),
      409);
  EXPECT_EQ(post(kJson, multipart({{kJsonPart, metadata("1.1.2", pixels("b"))},
                                   {bulk_headers("text/html", "b"), "x"}})),
            409);
}

TEST_F(StoreMetadataTest, AStudyInThePathHolds) {
  EXPECT_EQ(post(kJson, multipart({{kJsonPart, metadata("1.1.2")}}), "/studies/9.9"), 409);
  EXPECT_EQ(post("application/dicom+json", metadata("1.1.2"), "/studies/1.1"), 200);
}

}  // namespace
}  // namespace gateway::dicomweb

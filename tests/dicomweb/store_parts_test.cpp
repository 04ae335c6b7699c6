// STOW-RS of DICOM parts: every part of a request is accounted for (PS3.18 section 10.5).
#include "gateway/base/text.h"
#include "mappers/dicom/native_xml.h"
#include "store_fixture.h"

namespace gateway::dicomweb {
namespace {

constexpr const char* kRelated = "multipart/related; type=\"application/dicom\"; boundary=b";
const std::string kPart = "Content-Type: application/dicom\r\n";

TEST_F(StoreTest, PartsMaySayTheirTransferSyntax) {
  EXPECT_EQ(
      post(kRelated, multipart({{"Content-Type: application/dicom;transfer-syntax=1.2.840.10008.1.2.1\r\n",
                                 store_object("1.1.2")}})),
      200);
  EXPECT_EQ(count("00081199"), 1u);
  EXPECT_EQ(stored("1.1.2"), store_object("1.1.2"));
}

TEST_F(StoreTest, ParametersMayComeWithoutQuotes) {
  EXPECT_EQ(post("multipart/related;type=application/dicom;boundary=b",
                 multipart({{kPart, store_object("1.1.2")}})),
            200);
}

TEST_F(StoreTest, AnUnknownTransferSyntaxIsKeptByteForByte) {
  std::string object = store_object("1.1.2");
  const std::string explicit_little = "1.2.840.10008.1.2.1";
  const std::string unknown = "1.2.999.77.777.77.77";  // one longer: the padding goes
  const std::size_t at = object.find(explicit_little);
  object.replace(at, unknown.size(), unknown);
  EXPECT_EQ(post("application/dicom", object), 200) << text_;
  EXPECT_EQ(stored("1.1.2"), object);
}

TEST_F(StoreTest, FailuresSayInWordsWhatIsWrong) {
  EXPECT_EQ(post(kRelated, multipart({{kPart, store_object("1.1.2")}, {kPart, "this is text"}})), 202);
  EXPECT_EQ(count("00081199"), 1u);
  ASSERT_EQ(count("00081198"), 1u);
  EXPECT_NE(text_.find(R"("00081197":{"vr":"US","Value":[49152]})"), std::string::npos) << text_;
  EXPECT_NE(text_.find(R"("00741048":{"vr":"SQ","Value":[{"0040A160":{"vr":"UT")"), std::string::npos)
      << text_;
  EXPECT_NE(warnings_.find("299 http://h/dicomweb: part 2: "), std::string::npos) << warnings_;
}

TEST_F(StoreTest, AMissingUidNamesItsAttribute) {
  auto draft = store_draft("1.1.2");
  draft.set("SeriesInstanceUID", "");
  EXPECT_EQ(post("application/dicom", encode_part10(draft).value()), 409);
  EXPECT_NE(text_.find(R"("00741052":{"vr":"AT","Value":["0020000E"]})"), std::string::npos) << text_;
  EXPECT_NE(text_.find(R"("00081155":{"vr":"UI","Value":["1.1.2"]})"), std::string::npos) << text_;
}

TEST_F(StoreTest, IrregularitiesAreWarningReasonsAndNoFailures) {
  EXPECT_EQ(post("application/dicom", store_object("1.1.02")), 200);
  EXPECT_NE(text_.find(R"("00081196":{"vr":"US","Value":[45063]})"), std::string::npos) << text_;
  EXPECT_EQ(post("application/dicom", store_object("1.1.2")), 200);
  EXPECT_EQ(text_.find("00081196"), std::string::npos) << text_;
}

TEST_F(StoreTest, AnswersInXmlWhereThatIsAsked) {
  const int status = send(http::Method::Post, "/studies", store_object("1.1.2"),
                          {{"Content-Type", "application/dicom"}, {"Accept", "application/dicom+xml"}});
  EXPECT_EQ(status, 200);
  EXPECT_EQ(type_, "application/dicom+xml");
  const auto json = mappers::dicom::read_native_xml(text_);
  ASSERT_TRUE(json) << json.error().text();
  EXPECT_NE(json->find("00081199"), std::string::npos);
  EXPECT_EQ(send(http::Method::Post, "/studies", store_object("1.1.3"),
                 {{"Content-Type", "application/dicom"}, {"Accept", "text/html"}}),
            406);
}

TEST_F(StoreTest, WhatIsNoStoreRequestIsRefusedAsAWhole) {
  EXPECT_EQ(post("text/plain", "x"), 415);
  EXPECT_EQ(post("multipart/related; type=\"text/html\"; boundary=b", multipart({{kPart, "x"}})), 415);
  EXPECT_EQ(post("multipart/related; type=\"application/dicom\"", multipart({{kPart, "x"}})), 400);
  EXPECT_EQ(post(kRelated, ""), 400);
  EXPECT_EQ(post(kRelated, "just text"), 400);
  EXPECT_EQ(post(kRelated, "--b--\r\n"), 400);
  std::string open = multipart({{kPart, store_object("1.1.2")}});
  open.resize(open.size() - 4);
  EXPECT_EQ(post(kRelated, open), 400);
  EXPECT_EQ(stored("1.1.2"), "not stored");
}

// A body in a file without a name is not copied, and what is refused of it costs nothing.
TEST_F(StoreTest, ASpooledBodyBecomesPartOfTheStore) {
  auto draft = store_draft("1.1.2");
  draft.set_bytes("PixelData", "OW", std::string(9 << 20, 'p'));
  const std::string big = encode_part10(draft).value();
  EXPECT_EQ(send_spooled("/studies",
                         multipart({{kPart, big}, {kPart, "no object"}, {kPart, store_object("1.1.3")}}),
                         {{"Content-Type", kRelated}}),
            202);
  EXPECT_EQ(count("00081199"), 2u);
  EXPECT_EQ(count("00081198"), 1u);
  EXPECT_TRUE(stored("1.1.2") == big);
  EXPECT_EQ(stored("1.1.3"), store_object("1.1.3"));
  const auto first = store_->index().find_instance("1.1.2"), last = store_->index().find_instance("1.1.3");
  EXPECT_EQ((*first)->content.name, (*last)->content.name);
  EXPECT_EQ(send_spooled("/studies", multipart({{kPart, big}}), {{"Content-Type", kRelated}}), 200)
      << "the same again is the same";
}

}  // namespace
}  // namespace gateway::dicomweb

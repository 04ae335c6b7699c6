// A peer that takes native pixels only, and an object that is kept compressed.
#include "gateway/dimse/uncompressed.h"

#include "mappers/dicom/joined_source.h"
#include "mappers/dicom/reader.h"
#include "mappers/dicom/recode.h"
#include "mappers/dicom/transfer_syntax.h"
#include "tests/dimse/dimse_fixture.h"

namespace gateway::dimse {
namespace {

namespace dicom = mappers::dicom;
namespace ts = mappers::dicom::transfer_syntax;

constexpr const char* kRle = "1.2.840.10008.1.2.5";
constexpr const char* kClass = "1.2.840.10008.5.1.4.1.1.2";

std::string pixel_bytes() {
  std::string bytes(3 * 16 * 20 * 2, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 7 % 15);
  return bytes;
}

dicom::Draft three_frames() {
  auto draft = ingest::sample_draft(1);
  draft.set_number("Rows", 16).set_number("Columns", 20).set_number("BitsAllocated", 16);
  draft.set_number("BitsStored", 12).set_number("HighBit", 11).set_number("PixelRepresentation", 0);
  draft.set_number("SamplesPerPixel", 1).set("PhotometricInterpretation", "MONOCHROME2");
  draft.set_number("NumberOfFrames", 3);
  draft.set_bytes("PixelData", "OW", pixel_bytes());
  return draft;
}

class UncompressedTest : public DimseTest {
 protected:
  struct Received {
    std::vector<std::string> objects;  // data sets, explicit VR
    std::uint16_t status = 0xFFFF;
  };

  std::string compressed() {
    const std::string native = ingest::encoded(three_frames());
    const MemorySource source{std::string_view(native)};
    dicom::File file = dicom::read_file(source).value();
    std::string pixels;
    dicom::Recoding recoding;
    recoding.transfer_syntax = kRle;
    recoding.codec = [&](const model::ImageFormat& format, ByteSpan stored) {
      return pixels_.transcode(ts::kExplicitLittle, format, stored, kRle, {});
    };
    recoding.sink = [&](std::string_view bytes) { return pixels += bytes, Result<void>(); };
    const auto made = dicom::recode_frames(file, source, recoding).value();
    const auto envelope = dicom::envelope_of(file, source, made).value();
    std::string object;
    const auto add = [&](const std::vector<dicom::Piece>& pieces) {
      for (const dicom::Piece& piece : pieces)
        if (const auto* text = std::get_if<std::string>(&piece))
          object += *text;
        else
          object += native.substr(std::get<dicom::SourceRange>(piece).offset,
                                  std::get<dicom::SourceRange>(piece).length);
    };
    add(envelope.before);
    object += pixels;
    add(envelope.after);
    return object;
  }

  // By C-GET, with `syntax` for the objects.
  Received get(const std::string& syntax) {
    const std::vector<ProposedContext> contexts = {
        {0, std::string(sop_class::kStudyRootGet), {std::string(ts::kExplicitLittle)}, false},
        {0, kClass, {syntax}, true}};
    Received received;
    auto association = Association::request(us(), "ASKER", contexts, short_limits(), nullptr);
    EXPECT_TRUE(association.ok());
    if (!association) return received;
    std::string identifier;
    dicom::Draft()
        .set("QueryRetrieveLevel", "STUDY")
        .set("StudyInstanceUID", "1.2.3")
        .encode(identifier, dicom::Encoding::ExplicitLittle);
    const auto request = CommandSet::request(Operation::Get, 1, sop_class::kStudyRootGet, true);
    EXPECT_TRUE((*association)->send(1, request, identifier).ok());
    for (;;) {
      const auto incoming = (*association)->receive_answer();
      if (!incoming) return received;
      if (incoming->command.is(Operation::Store)) {
        std::string data;
        EXPECT_TRUE((*association)
                        ->receive_data(incoming->context,
                                       [&](ByteSpan piece) { return data += as_text(piece), Result<void>(); })
                        .ok());
        received.objects.push_back(std::move(data));
        EXPECT_TRUE((*association)->send(incoming->context, CommandSet::response(incoming->command, 0)).ok());
      } else if (!is_pending(incoming->command.status())) {
        received.status = incoming->command.status();
        (*association)->release();
        return received;
      }
    }
  }
};

bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST_F(UncompressedTest, AnObjectIsDecodedForWhoTakesNativePixelsOnly) {
  const std::string object = compressed();
  ingest({ingest::item_of(object)});
  ASSERT_EQ(located().at(0).transfer_syntax_uid, kRle);
  start();
  for (const std::string_view syntax : {ts::kExplicitLittle, ts::kImplicitLittle}) {
    const Received native = get(std::string(syntax));
    EXPECT_EQ(native.status, status::kSuccess);
    ASSERT_EQ(native.objects.size(), 1u);
    EXPECT_TRUE(native.objects[0].ends_with(pixel_bytes())) << syntax;
    EXPECT_TRUE(holds(native.objects[0], "1.2.3.4.1")) << "the same instance";
  }
  const Received same = get(kRle);
  ASSERT_EQ(same.objects.size(), 1u);
  EXPECT_TRUE(object.ends_with(same.objects[0])) << "untouched for who takes it as it is";
}

TEST_F(UncompressedTest, WhatThereIsNoDecoderForFails) {
  std::string object = compressed();
  const std::size_t syntax = object.find(kRle);
  ASSERT_NE(syntax, std::string::npos);
  object.replace(syntax, std::string_view(kRle).size(), "1.2.840.10008.1.2.9");
  ingest({ingest::item_of(object)});
  ASSERT_EQ(located().size(), 1u);
  start();
  const Received received = get(std::string(ts::kExplicitLittle));
  EXPECT_TRUE(received.objects.empty());
  EXPECT_EQ(received.status, status::kCannotSend);
}

}  // namespace
}  // namespace gateway::dimse

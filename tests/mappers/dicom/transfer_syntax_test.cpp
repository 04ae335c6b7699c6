#include "mappers/dicom/transfer_syntax.h"

#include <gtest/gtest.h>

#include "dicom_bytes.h"
#include "mappers/dicom/explicit.h"

using namespace mappers::dicom;
using namespace dicom_test;

namespace {

constexpr const char* kImplicit = "1.2.840.10008.1.2";
constexpr const char* kExplicit = "1.2.840.10008.1.2.1";
constexpr const char* kJpeg = "1.2.840.10008.1.2.4.50";

const std::string kExplicitData = element(0x00080018, "UI", "1.5 ") + element(0x00100020, "LO", "P1");
const std::string kImplicitData = implicit(0x00080018, "1.5 ") + implicit(0x00100020, "P1");
const std::string kNativePixels = element(0x7FE00010, "OW", "abcd");
const std::string kEncapsulatedPixels =
    explicit_header(0x7FE00010, "OB", kUndefined) + item("") + item("\xFF\xD8\xFF\xD9") + sequence_end();

std::string effective(std::string_view bytes) {
  const auto file = read(bytes);
  return file.ok() ? effective_transfer_syntax(*file) : file.error().text();
}

// What the file meta information of the re-encoded object says; it has to be what the Content-Type says.
std::string reencoded_meta(std::string_view bytes) {
  const gateway::MemorySource source(bytes);
  const auto made = to_explicit_little_endian(*read_file(source), source);
  if (!made.ok()) return made.error().text();
  const auto declared =
      declared_transfer_syntax(gateway::MemorySource(std::get<std::string>(made->pieces[0])));
  EXPECT_EQ(*declared, made->transfer_syntax);
  return *declared;
}

}  // namespace

TEST(TransferSyntax, IsTheDeclaredOneWhereTheBytesAgree) {
  EXPECT_EQ(effective(explicit_file(kExplicitData)), kExplicit);
  EXPECT_EQ(effective(implicit_file(kImplicitData)), kImplicit);
  EXPECT_EQ(effective(file_of("1.2.840.10008.1.2.2", element(0x00100020, "LO", "P1", true))),
            "1.2.840.10008.1.2.2");
  EXPECT_EQ(effective(file_of(kJpeg, kExplicitData + kEncapsulatedPixels)), kJpeg);
  EXPECT_EQ(effective(file_of(kJpeg, kExplicitData)), kJpeg);
  EXPECT_EQ(effective(file_of("1.2.3.4", kExplicitData + kNativePixels)), "1.2.3.4");
}

TEST(TransferSyntax, IsThatOfTheBytesWhereTheyContradict) {
  EXPECT_EQ(effective(explicit_file(kImplicitData)), kImplicit);
  EXPECT_EQ(effective(file_of(kJpeg, kImplicitData)), kImplicit);
  EXPECT_EQ(effective(file_of("1.2.3.4", kImplicitData)), kImplicit);
  EXPECT_EQ(effective(file_of("1.2.840.113619.5.2", kImplicitData)), kImplicit);
  EXPECT_EQ(effective(implicit_file(kExplicitData)), kExplicit);
  EXPECT_EQ(effective(explicit_file(element(0x00100020, "LO", "P1", true))), "1.2.840.10008.1.2.2");
  EXPECT_EQ(effective(file_of(kJpeg, kExplicitData + kNativePixels)), kExplicit);
  EXPECT_EQ(effective(kImplicitData), kImplicit);
  EXPECT_EQ(effective(kExplicitData), kExplicit);
}

TEST(TransferSyntax, ReencodedObjectsSayOneThing) {
  EXPECT_EQ(reencoded_meta(implicit_file(kImplicitData)), kExplicit);
  EXPECT_EQ(reencoded_meta(file_of(kJpeg, kExplicitData + kNativePixels).substr(132)), kExplicit);
  EXPECT_EQ(reencoded_meta(file_of(kJpeg, kExplicitData + kEncapsulatedPixels).substr(132)), kJpeg);
  EXPECT_EQ(reencoded_meta(implicit_file(kExplicitData + kEncapsulatedPixels)), kExplicit);
  const std::string implicit_fragments =
      tag_bytes(0x7FE00010) + number(kUndefined, 4) + item("") + item("\xFF\xD8") + sequence_end();
  EXPECT_EQ(reencoded_meta(implicit_file(kImplicitData + implicit_fragments)), kExplicit);
  EXPECT_EQ(effective(implicit_file(kImplicitData + implicit_fragments)), kImplicit);
}

TEST(TransferSyntax, IsDeclaredByTheFileMetaInformationOnly) {
  const auto declared = [](std::string_view bytes) {
    return declared_transfer_syntax(gateway::MemorySource(bytes)).value();
  };
  EXPECT_EQ(declared(file_of(kJpeg, kImplicitData)), kJpeg);
  EXPECT_EQ(declared(kExplicitData), "");
  EXPECT_EQ(declared(file_of(kJpeg, kImplicitData).substr(132)), "");
  EXPECT_EQ(declared("no DICOM"), "");
}

// Private syntax of GE: implicit little endian but for the pixel data.
TEST(TransferSyntax, PixelsOfThePrivateGeSyntaxAreSwapped) {
  const std::string bytes = file_of("1.2.840.113619.5.2", kImplicitData + implicit(0x7FE00010, "badc"));
  const auto made = to_explicit_little_endian(*read(bytes), gateway::MemorySource(bytes));
  ASSERT_TRUE(made.ok());
  const auto* last = std::get_if<std::string>(&made->pieces.back());
  ASSERT_TRUE(last);
  EXPECT_TRUE(last->ends_with("abcd"));
}

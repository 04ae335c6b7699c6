#include "mappers/dicom/presentation.h"

#include <gtest/gtest.h>

#include "mappers/dicom/lookup_table.h"
#include "tests/mappers/dicom/dicom_bytes.h"

namespace mappers::dicom {
namespace {

using dicom_test::element;
using dicom_test::item;
using dicom_test::number;
using gateway::MemorySource;
using gateway::model::Presentation;
using gateway::model::Window;

constexpr std::string_view kExplicit = "1.2.840.10008.1.2.1";

Presentation read(const std::string& data, std::uint32_t frame = 0) {
  const std::string bytes = dicom_test::file_of(kExplicit, data);
  const MemorySource source{std::string_view(bytes)};
  const auto file = read_file(source);
  EXPECT_TRUE(file.ok()) << file.error().text();
  if (!file) return {};
  auto presentation = presentation_of(*file, source, frame);
  EXPECT_TRUE(presentation.ok()) << presentation.error().text();
  return presentation ? *presentation : Presentation();
}

std::string words(std::initializer_list<std::uint32_t> values) {
  std::string bytes;
  for (const std::uint32_t value : values) bytes += number(value, 2);
  return bytes;
}

std::string sequence(std::uint32_t tag, const std::string& items) { return element(tag, "SQ", items); }

TEST(Presentation, EmptyDataSetsGiveTheIdentity) {
  const Presentation presentation = read(element(0x00080060, "CS", "CT"));
  EXPECT_EQ(presentation.slope, 1);
  EXPECT_EQ(presentation.intercept, 0);
  EXPECT_TRUE(presentation.windows.empty());
  EXPECT_FALSE(presentation.padding);
  EXPECT_EQ(presentation.pixel_aspect, 1);
}

TEST(Presentation, WindowsAndRescaleOfTheImage) {
  const Presentation presentation =
      read(element(0x00280034, "IS", "2\\1 ") + element(0x00281050, "DS", "40\\50 ") +
           element(0x00281051, "DS", "400\\0 ") + element(0x00281052, "DS", "-1024 ") +
           element(0x00281053, "DS", "1.5 ") + element(0x00281056, "CS", "SIGMOID ") +
           element(0x20500020, "CS", "INVERSE "));
  EXPECT_EQ(presentation.slope, 1.5);
  EXPECT_EQ(presentation.intercept, -1024);
  ASSERT_EQ(presentation.windows.size(), 1u);  // the second has no width
  EXPECT_EQ(presentation.windows[0], (Window{40, 400, Window::Function::Sigmoid}));
  EXPECT_TRUE(presentation.inverse);
  EXPECT_EQ(presentation.pixel_aspect, 2);
}

// PS3.3 C.7.6.16: the groups of the frame, then the shared ones.
TEST(Presentation, FunctionalGroupsOfTheFrameComeFirst) {
  const auto voi = [](const std::string& center) {
    return sequence(0x00289132, item(element(0x00281050, "DS", center) + element(0x00281051, "DS", "10")));
  };
  const std::string rescale =
      sequence(0x00289145, item(element(0x00281052, "DS", "5 ") + element(0x00281053, "DS", "2 ")));
  const std::string data =
      sequence(0x52009229, item(voi("1 ") + rescale)) + sequence(0x52009230, item("") + item(voi("7 ")));
  EXPECT_EQ(read(data, 0).windows.at(0).center, 1);
  EXPECT_EQ(read(data, 1).windows.at(0).center, 7);
  EXPECT_EQ(read(data, 1).slope, 2);
  EXPECT_EQ(read(data, 9).intercept, 5);
}

// PS3.3 C.7.6.16.2.10b.
TEST(Presentation, FunctionalGroupsMayHaveTables) {
  const std::string table =
      element(0x00283002, "US", words({2, 0, 8})) + element(0x00283006, "OW", words({7, 9}));
  const std::string voi = sequence(0x00289132, item(sequence(0x00283010, item(table))));
  const auto tables = read(sequence(0x52009229, item(voi))).voi_tables;
  ASSERT_EQ(tables.size(), 1u);
  EXPECT_EQ(tables[0].values, (std::vector<std::uint16_t>{7, 9}));
}

TEST(Presentation, PaddingHasTheSignOfThePixels) {
  const std::string limits =
      element(0x00280120, "US", number(0xF830, 2)) + element(0x00280121, "US", number(0xF82F, 2));
  const auto unsigned_pixels = read(element(0x00280103, "US", number(0, 2)) + limits).padding;
  const auto signed_pixels = read(element(0x00280103, "US", number(1, 2)) + limits).padding;
  ASSERT_TRUE(unsigned_pixels && signed_pixels);
  EXPECT_EQ(unsigned_pixels->high, 0xF830);
  EXPECT_EQ(signed_pixels->low, -2001);
  EXPECT_EQ(signed_pixels->high, -2000);
}

TEST(Presentation, PalettesAreReadInWordsOrPacked) {
  std::string data;
  for (std::uint32_t color = 0; color < 3; ++color)
    data += element(0x00281101 + color, "US", words({2, 0xFFFF, 16}));
  const std::string unsigned_first = data;
  for (std::uint32_t color = 0; color < 3; ++color)
    data += element(0x00281201 + color, "OW", words({0x100 * color, 0xFFFF}));
  const Presentation plain = read(data);
  EXPECT_TRUE(plain.has_palette());
  EXPECT_EQ(plain.palette[2].first, 65535);
  EXPECT_EQ(plain.palette[2].values, (std::vector<std::uint16_t>{0x200, 0xFFFF}));
  EXPECT_EQ(read(element(0x00280103, "US", number(1, 2)) + data).palette[0].first, -1);
  std::string packed;
  for (std::uint32_t color = 0; color < 3; ++color)
    packed += element(0x00281101 + color, "US", words({3, 0, 8}));
  for (std::uint32_t color = 0; color < 3; ++color)
    packed += element(0x00281201 + color, "OW", std::string("\x01\x02\x03\x00", 4));
  EXPECT_EQ(read(packed).palette[1].values, (std::vector<std::uint16_t>{1, 2, 3}));
}

// PS3.3 C.7.9.2: a discrete, a linear and an indirect segment.
TEST(Presentation, SegmentedPalettesAreExpanded) {
  const std::string segments = words({0, 2, 10, 20, 1, 4, 100, 2, 1, 0, 0});
  const std::string descriptor = words({8, 0, 16});
  const std::string bytes = dicom_test::file_of(
      kExplicit, element(0x00281101, "US", descriptor) + element(0x00281221, "OW", segments));
  const MemorySource source{std::string_view(bytes)};
  const auto file = read_file(source);
  ASSERT_TRUE(file.ok());
  const Element* data = file->data.find(make_tag(0x00281221));
  const auto table = segmented_table(file->data.find(make_tag(0x00281101)), data, data->raw(), false);
  ASSERT_TRUE(table);
  EXPECT_EQ(table->values, (std::vector<std::uint16_t>{10, 20, 40, 60, 80, 100, 10, 20}));
}

TEST(Presentation, SegmentsThatDoNotFitAreNoPalette) {
  const std::string descriptor = words({8, 0, 16});
  for (const std::string& segments : {words({0, 200, 10}), words({1, 4, 100}), words({2, 1, 0, 0}),
                                      words({9, 1, 1}), words({0, 1, 5, 2, 1, 6, 0})}) {
    const std::string bytes = dicom_test::file_of(
        kExplicit, element(0x00281101, "US", descriptor) + element(0x00281221, "OW", segments));
    const MemorySource source{std::string_view(bytes)};
    const auto file = read_file(source);
    ASSERT_TRUE(file.ok());
    const Element* data = file->data.find(make_tag(0x00281221));
    EXPECT_FALSE(segmented_table(file->data.find(make_tag(0x00281101)), data, data->raw(), false));
  }
}

std::string overlay(const std::string& bits, const std::string& frames = "") {
  std::string data = element(0x60000010, "US", number(3, 2)) + element(0x60000011, "US", number(3, 2));
  if (!frames.empty()) data += element(0x60000015, "IS", frames) + element(0x60000051, "US", number(2, 2));
  data += element(0x60000050, "SS", words({2, 0xFFFF})) + element(0x60000100, "US", number(1, 2)) +
          element(0x60000102, "US", number(0, 2));
  return bits.empty() ? data : data + element(0x60003000, "OW", bits);
}

TEST(Presentation, OverlaysOfTheFrameStartAtAByte) {
  const Presentation one = read(overlay(std::string("\xFF\x01", 2)), 7);
  ASSERT_EQ(one.overlays.size(), 1u);
  EXPECT_EQ(one.overlays[0].top, 2);
  EXPECT_EQ(one.overlays[0].left, -1);
  EXPECT_EQ(one.overlays[0].bits, std::string("\xFF\x01", 2));
  // Two planes of nine bits, from the second frame on: 0x0FF and 0x155.
  const std::string planes = overlay(std::string("\xFF\xAA\x02\x00", 4), "2 ");
  EXPECT_TRUE(read(planes, 0).overlays.empty());
  EXPECT_EQ(read(planes, 1).overlays.at(0).bits.substr(0, 1), "\xFF");
  EXPECT_EQ(read(planes, 2).overlays.at(0).bits, std::string("\x55\x01", 2));
  EXPECT_TRUE(read(planes, 3).overlays.empty());
}

TEST(Presentation, OverlaysWithoutDataLieInThePixels) {
  const Presentation presentation = read(overlay(""));
  ASSERT_EQ(presentation.overlays.size(), 1u);
  EXPECT_EQ(presentation.overlays[0].pixel_bit, 0);
}

TEST(Presentation, RepresentativeFrameIsTheStatedOneElseTheMiddle) {
  const auto frame = [](const std::string& data, std::uint32_t frames) {
    const std::string bytes = dicom_test::file_of(kExplicit, data);
    const MemorySource source{std::string_view(bytes)};
    const auto file = read_file(source);
    return representative_frame(file->data, frames);
  };
  EXPECT_EQ(frame(element(0x00080060, "CS", "US"), 1), 0u);
  EXPECT_EQ(frame(element(0x00080060, "CS", "US"), 10), 5u);
  EXPECT_EQ(frame(element(0x00286010, "US", number(3, 2)), 10), 2u);
  EXPECT_EQ(frame(element(0x00286010, "US", number(11, 2)), 10), 5u);
}

TEST(Presentation, FramesLastAsTheCineModuleSays) {
  const auto duration = [](const std::string& data, std::uint32_t frame) {
    const std::string bytes = dicom_test::file_of(kExplicit, data);
    const MemorySource source{std::string_view(bytes)};
    const auto file = read_file(source);
    return frame_duration_ms(file->data, frame);
  };
  EXPECT_EQ(duration(element(0x00180063 + 0x1000, "DS", "33"), 0), 33);
  const std::string vector = element(0x00181065, "DS", "0\\50\\60 ");
  EXPECT_EQ(duration(vector, 0), 50);  // until the second one comes
  EXPECT_EQ(duration(vector, 1), 60);
  EXPECT_EQ(duration(vector, 2), 60);
  EXPECT_EQ(duration(vector, 3), 100);
  EXPECT_EQ(duration(element(0x00180040, "IS", "20"), 4), 50);
  EXPECT_EQ(duration(element(0x00080060, "CS", "US"), 0), 100);
}

}  // namespace
}  // namespace mappers::dicom

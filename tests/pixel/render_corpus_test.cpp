// Rendering the shared corpus: every image that can be decoded, in every media type; and images against what
// numpy computed from pydicom's pixels (tests/golden/dicom/make_render_expectations.py).
#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

#include "gateway/base/text.h"
#include "gateway/pixel/image_writers.h"
#include "gateway/pixel/pixel_service.h"
#include "gateway/pixel/render.h"
#include "gateway/pixel/scale.h"
#include "mappers/dicom/frame_table.h"
#include "mappers/dicom/image_format.h"
#include "mappers/dicom/presentation.h"
#include "mappers/dicom/transfer_syntax.h"
#include "tests/mappers/dicom/corpus.h"

namespace gateway::pixel {
namespace {

constexpr std::uint64_t kMost = 256 << 20;

// The frame to be rendered, or that which stands for all of them.
Result<Image> rendered(const std::string& path, std::optional<std::uint32_t> wanted,
                       const RenderOptions& options) {
  const std::string bytes = dicom_test::corpus_bytes(path);
  const MemorySource source{std::string_view(bytes)};
  const auto file = TRY(mappers::dicom::read_file(source));
  if (!file.pixel_data) return fail(ErrorCode::NotFound, "no image");
  const auto format = TRY(mappers::dicom::image_format(file.data));
  const std::string text = TRY(mappers::dicom::make_frame_table(file, source));
  const MemorySource encoded{std::string_view(text)};
  const auto table = TRY(mappers::dicom::FrameTable::open(encoded));
  const std::uint32_t index = wanted.value_or(
      mappers::dicom::representative_frame(file.data, static_cast<std::uint32_t>(table.size())));
  const auto location = TRY(table.frame(index));
  std::string pixels = TRY(mappers::dicom::read_frame(source, location, kMost));
  const auto presentation = TRY(mappers::dicom::presentation_of(file, source, index));
  if (!location.encapsulated) return render({format, std::move(pixels)}, presentation, options);
  InlinePixelService service;
  const std::string syntax = mappers::dicom::effective_transfer_syntax(file);
  return render(TRY(service.decode(syntax, format, as_bytes(std::string_view(pixels)))), presentation,
                options);
}

TEST(RenderCorpus, EveryImageThatDecodesIsRendered) {
  SKIP_WITHOUT_CORPUS();
  std::size_t count = 0;
  for (const std::string& path : dicom_test::corpus_files()) {
    const auto image = rendered(path, std::nullopt, {{}, true});
    if (!image) {
      const bool excused = image.error().code == ErrorCode::NotFound || path.starts_with("broken/") ||
                           path.starts_with("dicomdir/") ||
                           image.error().message.find("codec") != std::string::npos;
      EXPECT_TRUE(excused || path == "ts/SC_rgb_jpeg.dcm") << path << ": " << image.error().text();
      continue;
    }
    ++count;
    EXPECT_TRUE(write_jpeg(*image, 90).ok()) << path;
    EXPECT_TRUE(write_png(*image).ok()) << path;
    std::string gif;
    GifWriter writer(false);
    EXPECT_TRUE(writer.add(*image, 0, gif).ok()) << path;
    Viewport viewport;
    viewport.width = viewport.height = 128;
    const auto small = fit_viewport(*image, viewport);
    ASSERT_TRUE(small.ok()) << path;
    EXPECT_EQ(std::max(small->width, small->height), 128u) << path;
  }
  EXPECT_GE(count, 185u);
}

std::optional<model::Window> window_of(const std::string& text) {
  if (text == "-") return std::nullopt;
  using Function = model::Window::Function;
  const auto parts = split(text, ',');
  const Function function = parts[2] == "sigmoid"        ? Function::Sigmoid
                            : parts[2] == "linear-exact" ? Function::LinearExact
                                                         : Function::Linear;
  return model::Window{*parse_number<double>(parts[0]), *parse_number<double>(parts[1]), function};
}

// Columns of a line: file, frame, window, width, height, channels, mean, probes.
void expect_image(const std::vector<std::string>& line) {
  const auto frame = *parse_number<std::uint32_t>(line[1]) - 1;
  const auto image = rendered(line[0], frame, {window_of(line[2]), false});
  ASSERT_TRUE(image.ok()) << image.error().text();
  EXPECT_EQ(std::to_string(image->width), line[3]);
  EXPECT_EQ(std::to_string(image->height), line[4]);
  ASSERT_EQ(std::to_string(image->channels), line[5]);
  double sum = 0;
  for (const char sample : image->pixels) sum += static_cast<unsigned char>(sample);
  EXPECT_NEAR(sum / static_cast<double>(image->pixels.size()), *parse_number<double>(line[6]), 0.1);
  for (const std::string_view probe : split(line[7], ' ')) {
    const auto equals = probe.find('=');
    const auto index = *parse_number<std::size_t>(probe.substr(0, equals));
    const int expected = *parse_number<int>(probe.substr(equals + 1));
    EXPECT_NEAR(static_cast<unsigned char>(image->pixels.at(index)), expected, 1) << "sample " << index;
  }
}

TEST(RenderCorpus, ImagesAreWhatNumpyComputes) {
  SKIP_WITHOUT_CORPUS();
  std::ifstream table(SOURCE_DIR "/tests/golden/dicom/render_expectations.tsv");
  std::size_t count = 0;
  for (std::string text; std::getline(table, text);) {
    if (text.starts_with('#')) continue;
    std::vector<std::string> line;
    for (const std::string_view field : split(text, '\t')) line.emplace_back(field);
    ASSERT_EQ(line.size(), 8u) << text;
    SCOPED_TRACE(line[0] + " " + line[2]);
    expect_image(line);
    ++count;
  }
  EXPECT_GE(count, 20u);
}

}  // namespace
}  // namespace gateway::pixel

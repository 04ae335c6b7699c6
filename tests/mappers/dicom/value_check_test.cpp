#include "mappers/dicom/value_check.h"

#include <gtest/gtest.h>

#include "mappers/dicom/attribute_set.h"
#include "mappers/dicom/pixel_key.h"
#include "mappers/dicom/writer.h"

namespace mappers::dicom {
namespace {

Draft image() {
  Draft draft;
  draft.set("SOPClassUID", "1.2.840.10008.5.1.4.1.1.2")
      .set("SOPInstanceUID", "1.2.3.4.1")
      .set("StudyInstanceUID", "1.2.3")
      .set("SeriesInstanceUID", "1.2.3.4");
  return draft;
}

// Reads what a draft writes; the source must outlive the file.
struct Encoded {
  explicit Encoded(const Draft& draft)
      : bytes(encode_part10(draft).value()), source(bytes), file(read_file(source).value()) {}
  std::string bytes;
  gateway::MemorySource source;
  File file;
};

TEST(BadValues, FormsOfValueRepresentations) {
  const struct {
    const char *keyword, *value;
    bool bad;
  } kCases[] = {
      {"StudyDate", "20240229", false},
      {"StudyDate", "20230229", true},
      {"StudyDate", "2024.02.29", true},
      {"StudyDate", "", false},
      {"StudyTime", "093000.125", false},
      {"StudyTime", "2460", true},
      {"StudyTime", "09", false},
      {"StudyTime", "9:30", true},
      {"PatientAge", "063Y", false},
      {"PatientAge", "63Y", true},
      {"PatientSex", "F", false},
      {"PatientSex", "X", true},
      {"Laterality", "B", true},
      {"Modality", "CT", false},
      {"Modality", "ct", true},
      {"BodyPartExamined", "THORAX / ABDOMEN", true},
      {"SliceThickness", "1.5", false},
      {"SliceThickness", "1,5", true},
      {"PixelSpacing", "0.5\\x", true},
      {"InstanceNumber", "12", false},
      {"InstanceNumber", "1.5", true},
      {"FrameOfReferenceUID", "1.2.03", true},
      {"PatientName", "anything \\ goes", false},
      {"AcquisitionDateTime", "20240131093000.5+0100", false},
      {"AcquisitionDateTime", "20240131T09", true},
  };
  for (const auto& one : kCases) {
    const Encoded encoded(image().set(one.keyword, one.value));
    EXPECT_EQ(bad_values(encoded.file.data).size(), one.bad ? 1u : 0u) << one.keyword << " = " << one.value;
  }
}

TEST(AttributeSets, TellWhatHasNoValue) {
  const Encoded full(image().set("PatientSex", "F")), empty(image().set("PatientSex", ""));
  const auto with_value = attribute_set(full.file.data), without = attribute_set(empty.file.data);
  EXPECT_NE(with_value.hash, without.hash);
  const auto held = [](const AttributeSet& set) {
    for (const HeldAttribute& one : set.attributes)
      if (one.tag.value() == 0x00100040) return !one.empty;
    return false;
  };
  EXPECT_TRUE(held(with_value));
  EXPECT_FALSE(held(without));
}

TEST(PixelKeys, FollowThePixelsAndNothingElse) {
  const auto key = [](const Draft& draft) {
    const Encoded encoded(draft);
    return pixel_key(encoded.file, encoded.source);
  };
  std::string pixels(100'000, '\0');
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<char>(i * 7);
  const auto with = [&](const std::string& bytes) { return image().set_bytes("PixelData", "OW", bytes); };
  EXPECT_EQ(key(image()), std::nullopt);
  ASSERT_TRUE(key(with(pixels)).has_value());
  EXPECT_EQ(key(with(pixels)), key(with(pixels).set("PatientID", "other").set("SOPInstanceUID", "1.2.9")));
  EXPECT_NE(key(with(pixels)), key(with(pixels + std::string(2, 'x'))));
  std::string last = pixels;
  last.back() = static_cast<char>(last.back() + 1);
  EXPECT_NE(key(with(pixels)), key(with(last))) << "the end is looked at";
  EXPECT_NE(key(with("ab")), key(with("ac")));
}

}  // namespace
}  // namespace mappers::dicom

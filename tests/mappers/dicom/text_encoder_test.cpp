#include "mappers/dicom/text_encoder.h"

#include <gtest/gtest.h>

#include "mappers/dicom/charset.h"

namespace mappers::dicom {
namespace {

TEST(TextEncoder, WritesWhatTheReaderReads) {
  const std::pair<const char*, const char*> samples[] = {
      {"ISO_IR 100", "Müller^Ägidius"}, {"ISO_IR 101", "Łukasz^Żółć"}, {"ISO_IR 144", "Люкceмбypг"},
      {"ISO_IR 126", "Διονυσιος"},      {"ISO_IR 138", "שרון^דבורה"},  {"ISO_IR 127", "قباني^لنزار"},
      {"ISO_IR 148", "Çavuşoğlu"},      {"ISO_IR 166", "นามสกุล"}};
  for (const auto& [term, text] : samples) {
    const auto encoder = TextEncoder::make(term);
    ASSERT_TRUE(encoder) << term;
    const auto bytes = encoder->encode(text);
    ASSERT_TRUE(bytes) << term;
    EXPECT_EQ(CharacterSet::parse(term).decode(*bytes, Delimiters::None), text) << term;
  }
}

TEST(TextEncoder, SaysWhatDoesNotFit) {
  const auto latin1 = TextEncoder::make("ISO_IR 100");
  ASSERT_TRUE(latin1);
  EXPECT_EQ(latin1->encode("M\xC3\xBCller"), "M\xFCller");
  EXPECT_FALSE(latin1->encode("Łukasz"));
  EXPECT_FALSE(latin1->encode("M\xC3"));
  EXPECT_FALSE(latin1->encode("\xFC"));
  EXPECT_EQ(latin1->encode(""), "");
}

TEST(TextEncoder, TakesSingleByteSetsOnly) {
  for (const char* term : {"", "ISO_IR 6", "ISO_IR 13", "ISO_IR 192", "GB18030", "ISO 2022 IR 100",
                           "\\ISO 2022 IR 87", "ISO_IR 100\\ISO 2022 IR 87", "NONSENSE"})
    EXPECT_FALSE(TextEncoder::make(term)) << term;
}

}  // namespace
}  // namespace mappers::dicom

#include "mappers/dicom/charset.h"

#include <gtest/gtest.h>

#include <chrono>

#include "corpus.h"
#include "dicom_bytes.h"

using namespace mappers::dicom;

namespace {

std::string decode(std::string_view terms, std::string_view raw,
                   Delimiters delimiters = Delimiters::PersonName) {
  return CharacterSet::parse(terms).decode(raw, delimiters);
}

struct Sample {
  const char* terms;
  const char* raw;
  const char* utf8;
};

class SingleByteSets : public ::testing::TestWithParam<Sample> {};

TEST_P(SingleByteSets, DecodeAloneAndWithEscapes) {
  EXPECT_EQ(decode(GetParam().terms, GetParam().raw), GetParam().utf8);
}

INSTANTIATE_TEST_SUITE_P(
    All, SingleByteSets,
    ::testing::Values(Sample{"", "Doe^J", "Doe^J"}, Sample{"ISO_IR 6", "Doe", "Doe"},
                      Sample{"ISO_IR 100", "J\xF6rg", "Jörg"}, Sample{"ISO_IR 101", "\xA3ukasz", "Łukasz"},
                      Sample{"ISO_IR 109", "\xE6", "ĉ"}, Sample{"ISO_IR 110", "\xBE", "ž"},
                      Sample{"ISO_IR 126", "\xC1\xE2", "Αβ"}, Sample{"ISO_IR 127", "\xE4", "ل"},
                      Sample{"ISO_IR 138", "\xF9", "ש"}, Sample{"ISO_IR 144", "\xBB\xEE", "Лю"},
                      Sample{"ISO_IR 148", "\xDD", "İ"}, Sample{"ISO_IR 166", "\xA1", "ก"},
                      Sample{"ISO_IR 203", "\xA4", "€"}, Sample{"ISO_IR 13", "\xD4\xCF", "ﾔﾏ"},
                      Sample{"ISO_IR 192", "\xC3\xB6", "ö"}, Sample{"GB18030", "\xCD\xF5", "王"},
                      Sample{"GBK", "\xCD\xF5", "王"}, Sample{"\\ISO 2022 IR 100", "\x1B-AJ\xF6rg", "Jörg"},
                      Sample{"\\ISO 2022 IR 144", "\x1B-L\xBB\xEE", "Лю"},
                      Sample{"\\ISO 2022 IR 58", "\x1B$)A\xCD\xF5", "王"},
                      Sample{"\\ISO 2022 IR 149", "\x1B$)C\xB1\xE8", "김"},
                      Sample{"\\ISO 2022 IR 159", "\x1B$(D\x30\x21\x1B(B", "丂"},
                      Sample{"ISO 2022 IR 13\\ISO 2022 IR 87", "\xD4=\x1B$B;3\x1B(J", "ﾔ=山"}));

}  // namespace

TEST(CharacterSet, ResetsToTheFirstSetAtDelimitersOfAName) {
  // Greek until '^', then Latin-1 again without an escape sequence.
  EXPECT_EQ(decode("ISO 2022 IR 100\\ISO 2022 IR 126", "\x1B-F\xE1^\xE9"), "α^é");
  EXPECT_EQ(decode("ISO 2022 IR 100\\ISO 2022 IR 126", "\x1B-F\xE1=\xE9"), "α=é");
  EXPECT_EQ(decode("ISO 2022 IR 100\\ISO 2022 IR 126", "\x1B-F\xE1\r\n\xE9", Delimiters::None), "α\r\né");
  EXPECT_EQ(decode("ISO 2022 IR 100\\ISO 2022 IR 126", "\x1B-F\xE1^\xE1", Delimiters::Backslash), "α^α");
}

TEST(CharacterSet, SplitsOnlyAtBytesThatAreNoPartOfACharacter) {
  // 92 5C is one character of GB18030, 1B 24 42 .. 5C one of the Kanji set.
  EXPECT_EQ(CharacterSet::parse("GB18030").split("\x92\x5C\\a").size(), 2u);
  EXPECT_EQ(CharacterSet::parse("\\ISO 2022 IR 87").split("\x1B$B\x30\x5C\x1B(B\\a").size(), 2u);
  EXPECT_EQ(CharacterSet::parse("ISO_IR 100").split("a\\b\\").size(), 3u);
}

TEST(CharacterSet, ReadsUnknownAndUndeclaredBytesAsUtf8OrLatin1) {
  EXPECT_EQ(decode("", "J\xC3\xB6rg"), "Jörg");
  EXPECT_EQ(decode("", "J\xF6rg"), "Jörg");
  EXPECT_EQ(decode("ISO_IR 4711", "J\xF6rg"), "Jörg");
  std::string fault;
  CharacterSet::parse("ISO_IR 4711", &fault);
  EXPECT_EQ(fault, "unknown character set 'ISO_IR 4711'");
}

TEST(CharacterSet, ToleratesMisspeltTerms) {
  EXPECT_EQ(decode("ISO-IR 126", "\xE1"), "α");
  EXPECT_EQ(decode("iso_ir_126 ", "\xE1"), "α");
  EXPECT_EQ(decode("\\ISO2022IR87", "\x1B$B;3\x1B(B"), "山");
}

TEST(CharacterSet, SurvivesCutOffSequences) {
  EXPECT_EQ(decode("\\ISO 2022 IR 87", "\x1B$B;"), ";");
  EXPECT_EQ(decode("\\ISO 2022 IR 149", "\x1B$)C\xB1"), "\xEF\xBF\xBD");
  EXPECT_EQ(decode("GB18030", "a\x81"), "a\xEF\xBF\xBD");
  EXPECT_EQ(decode("\\ISO 2022 IR 87", "\x1B"), "\x1B");
}

// ORACLE_charset.tsv: path, set, PatientName, and "tag[item].tag=value" or "tag=[a, b]" separated by " ; ".
TEST(Charset, SplitsAMillionEmptyValuesInLinearTime) {
  const std::string raw(1 << 20, '\\');
  for (const char* terms : {"", "\\ISO 2022 IR 87", "ISO_IR 192", "GB18030"}) {
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(CharacterSet::parse(terms).split(raw).size(), raw.size() + 1) << terms;
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2)) << terms;
  }
}

// An escape sequence of one value says nothing about the next; one of the same value hides a 5C in it.
TEST(Charset, SplitsValuesWithAndWithoutEscapes) {
  const std::string raw = "\x1B$B\x3B\x5C\x45\x44\x1B(B\\a\\\x1B$B\x21\x5C\x1B(B";
  const auto parts = CharacterSet::parse("\\ISO 2022 IR 87").split(raw);
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_EQ(parts[1], "a");
}

TEST(Charset, LooksAtNoMoreThanEightTerms) {
  std::string fault;
  const std::string many = "ISO_IR 100" + std::string(1 << 20, '\\') + "NONSENSE";
  EXPECT_EQ(CharacterSet::parse(many, &fault).first(), Coding::Latin1);
  EXPECT_EQ(fault, "");
}

class CharsetOracle : public ::testing::Test {
 protected:
  static std::string joined(const DataSet& data, Tag tag) {
    const Element* element = data.find(tag);
    if (!element) return {};
    const auto values = element_texts(*element, data.character_set());
    if (values.size() == 1) return values[0];
    std::string text = "[";
    for (const auto& value : values) text += (text.size() > 1 ? ", " : "") + value;
    return text + "]";
  }

  static void check_other(const DataSet& data, const std::string& expectation, const std::string& path) {
    const auto equals = expectation.find('=');
    std::string key = expectation.substr(0, equals);
    const DataSet* level = &data;
    if (const auto bracket = key.find("[0]."); bracket != std::string::npos) {
      level = &data.find(*parse_tag(key.substr(0, bracket)))->items.at(0);
      key = key.substr(bracket + 4);
    }
    EXPECT_EQ(joined(*level, *parse_tag(key)), expectation.substr(equals + 1)) << path;
  }
};

TEST_F(CharsetOracle, EveryRowIsExact) {
  SKIP_WITHOUT_CORPUS();
  auto rows = dicom_test::read_table(dicom_test::corpus_folder() / "ORACLE_charset.tsv");
  ASSERT_GT(rows.size(), 15u);
  rows.erase(rows.begin());
  for (const auto& row : rows) {
    const std::string bytes = dicom_test::corpus_bytes(row[0]);
    const auto file = dicom_test::read(bytes);
    ASSERT_TRUE(file.ok()) << row[0];
    if (row.size() > 2 && !row[2].empty()) {
      EXPECT_EQ(file->data.text(tags::kPatientName), row[2]) << row[0];
    }
    std::string others = row.size() > 3 ? row[3] : "";
    while (!others.empty()) {
      const auto end = others.find(" ; ");
      check_other(file->data, others.substr(0, end), row[0]);
      others = end == std::string::npos ? "" : others.substr(end + 3);
    }
  }
}

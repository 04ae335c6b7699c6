#include "gateway/dicomweb/search_request.h"

#include <gtest/gtest.h>

namespace gateway::dicomweb {
namespace {

using model::Level;
using model::Match;

std::optional<std::string> path_of(std::uint32_t tag) {
  switch (tag) {
    case 0x00100020:
      return "subject.patient_id";
    case 0x00100010:
      return "subject.name";
    case 0x00080090:
      return "study.referring_physician";
    case 0x00080020:
      return "study.date";
    case 0x00080030:
      return "study.time";
    case 0x0020000D:
      return "study.uid";
    case 0x00080060:
      return "series.modality";
    default:
      return std::nullopt;
  }
}

Result<SearchRequest> parse(std::vector<std::pair<std::string, std::string>> query,
                            Level level = Level::Study) {
  http::Request request;
  request.query = std::move(query);
  const PathOfTag path_of_tag = path_of;
  return parse_search(request, level, {path_of_tag, 10'000});
}

const Match& only(const Result<SearchRequest>& parsed) {
  EXPECT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->plan.matches.size(), 1u);
  return parsed->plan.matches.front();
}

TEST(SearchRequest, KeywordAndTagNameTheSameKey) {
  for (const std::string key : {"PatientID", "00100020"}) {
    const auto parsed = parse({{key, "A1"}});
    EXPECT_EQ(only(parsed).field, "subject.patient_id");
    EXPECT_EQ(only(parsed).values, std::vector<std::string>{"A1"});
  }
}

TEST(SearchRequest, DateRangesMayBeOpen) {
  struct Row {
    const char *text, *low, *high;
  };
  for (const Row& row :
       {Row{"20200101", "20200101", "20200101"}, Row{"20200101-20201231", "20200101", "20201231"},
        Row{"1994.01.30", "19940130", "19940130"}, Row{"20200101-", "20200101", ""},
        Row{"-20201231", "", "20201231"}}) {
    const auto parsed = parse({{"StudyDate", row.text}});
    EXPECT_EQ(only(parsed).kind, Match::Kind::Range);
    EXPECT_EQ(only(parsed).low, row.low);
    EXPECT_EQ(only(parsed).high, row.high);
  }
}

TEST(SearchRequest, ShortTimeCoversAllItIsShortFor) {
  const auto parsed = parse({{"StudyTime", "0930-10"}});
  EXPECT_EQ(only(parsed).low, "0930");
  EXPECT_EQ(only(parsed).high, "105959.999999");
}

TEST(SearchRequest, MalformedValuesAreRefusedByName) {
  for (const auto& [name, value] :
       {std::pair("StudyDate", "2020"), std::pair("StudyDate", "-"), std::pair("StudyTime", "930"),
        std::pair("limit", "-1"), std::pair("offset", "x"), std::pair("fuzzymatching", "yes")}) {
    const auto parsed = parse({{name, value}});
    ASSERT_FALSE(parsed.ok()) << name << "=" << value;
    EXPECT_EQ(parsed.error().code, ErrorCode::InvalidParameter);
    EXPECT_EQ(parsed.error().where, name);
  }
}

TEST(SearchRequest, UidListsUseCommasOrBackslashes) {
  for (const char* text : {"1.2,1.3", "1.2\\1.3"})
    EXPECT_EQ(only(parse({{"StudyInstanceUID", text}})).values, (std::vector<std::string>{"1.2", "1.3"}));
}

TEST(SearchRequest, WildcardsWorkOnTextOnly) {
  EXPECT_EQ(only(parse({{"PatientID", "P*"}})).kind, Match::Kind::Wildcard);
  EXPECT_EQ(only(parse({{"PatientName", "DOE^J"}})).kind, Match::Kind::AnyOf);
  EXPECT_EQ(only(parse({{"StudyInstanceUID", "1.*"}})).kind, Match::Kind::AnyOf);
}

TEST(SearchRequest, UniversalMatchingAddsNoCondition) {
  const auto parsed = parse({{"PatientName", "*"}, {"PatientID", ""}, {"ReferringPhysicianName", "^^^^"}});
  ASSERT_TRUE(parsed.ok());
  EXPECT_TRUE(parsed->plan.matches.empty());
  EXPECT_EQ(parsed->include.size(), 3u);
}

// Ignoring a key that cannot be matched would answer another question than was asked.
TEST(SearchRequest, UnsupportedAttributeIsRefusedUnknownNameIsIgnored) {
  EXPECT_FALSE(parse({{"Rows", "512"}}).ok());
  EXPECT_TRUE(parse({{"Modality", "CT"}}, Level::Series).ok());
  EXPECT_TRUE(parse({{"nosuchthing", "1"}}).ok());
}

TEST(SearchRequest, IncludeFieldTakesListsRepetitionsAndAll) {
  const auto parsed = parse({{"includefield", "StudyDescription,00080060"}, {"includefield", "all"}});
  ASSERT_TRUE(parsed.ok());
  EXPECT_TRUE(parsed->include_all);
  EXPECT_EQ(parsed->include, (std::set<std::string, std::less<>>{"00080060", "00081030"}));
  EXPECT_FALSE(parse({{"includefield", "NoSuchAttribute"}}).ok());
}

TEST(SearchRequest, SwitchesAreForAllKeysWhereverTheyStand) {
  const auto fuzzy = parse({{"PatientName", "doe"}, {"fuzzymatching", "true"}});
  EXPECT_EQ(only(fuzzy).kind, Match::Kind::Fuzzy);
  EXPECT_EQ(only(parse({{"PatientName", "doe"}, {"fuzzymatching", "false"}})).kind, Match::Kind::AnyOf);
  EXPECT_EQ(only(parse({{"PatientID", "\"\""}, {"emptyvaluematching", "true"}})).kind, Match::Kind::Empty);
  EXPECT_EQ(only(parse({{"PatientID", "A\\B"}, {"multiplevaluematching", "true"}})).values.size(), 2u);
}

TEST(SearchRequest, PrivateAttributesBringTheirCreator) {
  const auto parsed = parse({{"00091001", "x"}}, Level::Instance);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->plan.others.size(), 1u);
  EXPECT_EQ(parsed->include, (std::set<std::string, std::less<>>{"00090010", "00091001"}));
}

TEST(SearchRequest, LimitIsBoundedByTheConfiguration) {
  EXPECT_EQ(parse({{"limit", "5"}})->query.limit, 5u);
  EXPECT_EQ(parse({{"limit", "99999999999"}})->query.limit, 10'000u);
  EXPECT_TRUE(parse({{"limit", "99999999999999999999"}})->own_limit);
  EXPECT_FALSE(parse({{"limit", "5"}})->own_limit);
  EXPECT_EQ(parse({{"offset", "7"}})->query.offset, 7u);
}

}  // namespace
}  // namespace gateway::dicomweb

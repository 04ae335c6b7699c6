// What of the figures of a dataset may be published, and the attacks that it must withstand.
#include "gateway/disclosure/publish.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace gateway::disclosure {
namespace {

using model::SelectionStatistics;

constexpr NoiseKey kKey{"secret", "dataset", 1, ""};

struct Group {
  const char* sex;
  std::optional<int> age;
  std::uint64_t subjects;
};

SelectionStatistics statistics(const std::vector<Group>& groups) {
  SelectionStatistics out;
  std::map<std::string, std::uint64_t> sexes;
  for (const Group& group : groups) {
    const std::uint64_t n = group.subjects;
    out.persons.push_back({group.sex, group.age, n, 2 * n, 4 * n, 400 * n, 400'123 * n});
    sexes[group.sex] += n;
    out.subjects += n;
    if (group.age) {
      out.min_age_years = std::min(*group.age, out.min_age_years.value_or(*group.age));
      out.max_age_years = std::max(*group.age, out.max_age_years.value_or(*group.age));
      out.ages.push_back({*group.age, *group.age, n});
    }
  }
  out.studies = 2 * out.subjects;
  out.series = 4 * out.subjects;
  out.instances = 400 * out.subjects;
  out.bytes = 400'123 * out.subjects;
  for (const auto& [sex, n] : sexes)
    if (!sex.empty()) out.sexes.push_back({sex, 4 * n, n, 2 * n, 400 * n});
  out.years = {{"2019", out.series, out.subjects, out.studies, out.instances}};
  out.first_date = "20190317";
  out.last_date = "20191104";
  return out;
}

SelectionStatistics published(const SelectionStatistics& exact, const char* policy = "eucaim-default") {
  for (const Policy& one : built_in_policies())
    if (one.id == policy) return disclose(exact, one, kKey).figures;
  return {};
}

// All that anybody sees of the persons.
std::string seen(const SelectionStatistics& figures) {
  std::string text = std::to_string(figures.subjects) + (figures.withheld ? " withheld" : "");
  for (const auto& sex : figures.sexes) text += " " + sex.value + std::to_string(sex.subjects);
  for (const auto& band : figures.ages)
    text += " " + std::to_string(band.from) + ":" + std::to_string(band.subjects);
  for (const auto& value : figures.modalities) text += " " + value.value + std::to_string(value.subjects);
  text += " " + std::to_string(figures.min_age_years.value_or(-1)) + "-" +
          std::to_string(figures.max_age_years.value_or(-1));
  return text + " " + std::to_string(figures.studies) + " " + std::to_string(figures.instances);
}

TEST(Disclose, AnExactPolicyChangesNothing) {
  const auto exact = statistics({{"M", 46, 22}, {"F", 51, 1}});
  const auto open = published(exact, "open");
  EXPECT_EQ(open.subjects, 23u);
  EXPECT_EQ(open.bytes, exact.bytes);
  EXPECT_EQ(open.sexes.size(), 2u);
  EXPECT_EQ(open.privacy.policy, "open");
}

TEST(Disclose, CountsAreRoundedAndAgesAreInBands) {
  const auto out = published(statistics({{"M", 46, 500}, {"M", 63, 304}, {"F", 71, 345}}));
  EXPECT_EQ(out.subjects, 1150u);
  EXPECT_EQ(out.studies, 2300u);
  ASSERT_EQ(out.sexes.size(), 2u);
  EXPECT_EQ(out.sexes[0].subjects + out.sexes[1].subjects, 350u + 800u);
  EXPECT_EQ(out.min_age_years, 45);
  EXPECT_EQ(out.max_age_years, 74);
  EXPECT_EQ(out.bytes, 460'000'000u) << "three digits";
  EXPECT_TRUE(out.persons.empty()) << "the table of persons stays inside";
  EXPECT_EQ(out.first_date, "20190101");
  EXPECT_EQ(out.last_date, "20191231");
  EXPECT_EQ(out.privacy.below, 10u);
}

TEST(Attack, Complement) {
  const auto with_one = published(statistics({{"M", 46, 22}, {"F", 46, 1}}));
  EXPECT_EQ(with_one.sexes.size(), 1u);
  EXPECT_EQ(with_one.subjects, with_one.sexes[0].subjects) << "the total is held to what is shown";
  for (std::uint64_t women = 0; women < 10; ++women)
    EXPECT_EQ(seen(published(statistics({{"M", 46, 22}, {"F", 80, women}}))), seen(with_one)) << women;
}

TEST(Attack, ZeroAgainstSuppressed) {
  std::string first;
  for (std::uint64_t men = 26; men < 34; ++men) {
    for (std::uint64_t few = 0; few < 10; ++few) {
      auto exact = statistics({{"M", 46, men}, {"F", 52, 40}, {"O", 52, few}});
      exact.modalities = {{"CT", 1, men + 40, 1, 1}};
      if (few > 0) exact.modalities.push_back({"PT", 1, few, 1, 1});
      const std::string now = seen(published(exact));
      if (few == 0) first = now;
      EXPECT_EQ(now, first) << men << ' ' << few;
    }
  }
}

TEST(Attack, AgeBounds) {
  // One person of 97, one of 3: neither moves the bounds.
  const auto out = published(statistics({{"M", 3, 1}, {"M", 47, 200}, {"M", 97, 1}}));
  EXPECT_EQ(out.min_age_years, 45);
  EXPECT_EQ(out.max_age_years, 49);
  for (const auto& band : out.ages) EXPECT_GE(band.subjects, 10u);
  const auto old = published(statistics({{"M", 91, 30}}));
  EXPECT_EQ(old.max_age_years, 90);
}

// With about k persons the k-th from below is older than the k-th from above: neither is a bound.
TEST(Attack, BoundsThatWouldCrossAreNotTold) {
  std::vector<Group> groups;
  for (int age = 20; age < 80; age += 5) groups.push_back({"F", age, 1});
  auto exact = statistics(groups);
  exact.years.clear();
  for (int year = 2010; year < 2022; ++year) exact.years.push_back({std::to_string(year), 1, 1, 1, 1});
  const auto out = published(exact);
  EXPECT_EQ(out.subjects, 10u);
  EXPECT_EQ(out.min_age_years, std::nullopt);
  EXPECT_EQ(out.max_age_years, std::nullopt);
  EXPECT_EQ(out.first_date + out.last_date, "");
}

// One woman of 200 persons is left out; her series must not be told by those of the values.
TEST(Attack, SeriesOfValuesDoNotTellWhoIsLeftOut) {
  auto exact = statistics({{"M", 46, 200}, {"F", 46, 1}});
  exact.modalities = {{"CT", 4 * 201 + 50, 201, 402, 80400}};
  exact.years = {{"2019", 4 * 201 + 50, 201, 402, 80400}};
  const auto out = published(exact);
  EXPECT_EQ(out.modalities[0].series, out.series);
  EXPECT_EQ(out.modalities[0].instances, out.instances);
  EXPECT_EQ(out.years[0].studies, out.studies);
  EXPECT_EQ(out.sexes[0].series, out.series);
}

TEST(Attack, YearsOfOnePersonAreNotBounds) {
  auto exact = statistics({{"M", 46, 50}});
  exact.years.clear();
  for (int year = 2000; year < 2012; ++year) exact.years.push_back({std::to_string(year), 1, 1, 1, 1});
  exact.years.push_back({"2012", 200, 50, 100, 20000});
  EXPECT_EQ(published(exact).first_date, "20120101") << "the same person in each of twelve years";
}

TEST(Attack, RareAttributesAreLeftOut) {
  auto exact = statistics({{"M", 46, 100}});  // 40,000 instances
  exact.attributes = {{0x00100010, "PN", 40000, 0}, {0x00102110, "LO", 399, 0}, {0x00102160, "SH", 400, 0}};
  const auto out = published(exact);
  ASSERT_EQ(out.attributes.size(), 2u);
  EXPECT_EQ(out.attributes[1].tag, 0x00102160u);
  EXPECT_EQ(published(exact, "open").attributes.size(), 3u);
}

TEST(Attack, DatasetOfSeven) {
  auto exact = statistics({{"M", 46, 7}});
  exact.modalities = {{"CT", 28, 7, 14, 2800}};
  const auto out = published(exact);
  EXPECT_TRUE(out.withheld);
  EXPECT_EQ(out.subjects + out.studies + out.series + out.instances + out.bytes, 0u);
  EXPECT_TRUE(out.modalities.empty() && out.sexes.empty() && out.ages.empty() && out.years.empty());
  EXPECT_EQ(out.min_age_years, std::nullopt);
  EXPECT_TRUE(out.first_date.empty());
  EXPECT_TRUE(published(statistics({})).withheld) << "and nobody looks the same";
}

TEST(Attack, ByStudies) {
  auto exact = statistics({{"M", 46, 100}});
  exact.manufacturers = {{"RARE", 40, 3, 20, 4000}, {"COMMON", 360, 97, 180, 36000}};
  const auto out = published(exact);
  ASSERT_EQ(out.manufacturers.size(), 1u);
  EXPECT_EQ(out.manufacturers[0].subjects, out.subjects) << "those without it are few: told as all";
}

TEST(Attack, PublishedNumbersAndAnswersCannotBeSubtracted) {
  const Policy& policy = built_in_policies()[1];
  for (std::uint64_t women = 0; women < 25; ++women) {
    const auto exact = statistics({{"M", 46, 120}, {"F", 51, women}});
    const auto out = disclose(exact, policy, kKey).figures;
    const std::uint64_t whole = published_whole(exact, policy);
    const Related all{whole, "whole"};
    const Figure men = protect(120, {&all, 1}, policy, {"secret", "dataset", 1, "=sex=male"});
    EXPECT_EQ(protect(whole, {}, policy, kKey).value, out.subjects);
    if (women < 10) {
      EXPECT_EQ(*men.value, out.subjects) << women;
    }
  }
}

TEST(Attack, ByFreeText) {
  EXPECT_EQ(numbers_of_persons("Images of 7 patients with prostate cancer.").size(), 1u);
  EXPECT_EQ(numbers_of_persons("1149 sujets, 22 femmes; n = 12").size(), 3u);
  EXPECT_EQ(numbers_of_persons("Daten von 31 jungen Patientinnen")[0], "31 jungen Patientinnen");
  EXPECT_EQ(numbers_of_persons("3 T scanner, 2019 to 2024, 64 slices, men and women aged 18 years").size(),
            0u);
  EXPECT_LE(numbers_of_persons(std::string(100000, '1')).size(), 1u);
}

TEST(DiscloseProperty, NoNumberOfPersonsBelowKAndNoneThatIsNoMultiple) {
  std::mt19937_64 random(11);
  for (int run = 0; run < 3000; ++run) {
    std::vector<Group> groups;
    for (std::size_t i = 0, n = random() % 8; i < n; ++i)
      groups.push_back({std::array{"M", "F", "O", ""}[random() % 4],
                        random() % 5 ? std::optional(static_cast<int>(random() % 110)) : std::nullopt,
                        1 + random() % 60});
    auto exact = statistics(groups);
    exact.modalities = {{"MR", 4, random() % (exact.subjects + 1), 4, 4}};
    const auto out = published(exact, random() % 2 ? "eucaim-default" : "strict");
    const auto fits = [&](std::uint64_t n) { return n >= out.privacy.below && n % out.privacy.step == 0; };
    EXPECT_TRUE(out.withheld ? out.subjects == 0 : fits(out.subjects));
    for (const auto& band : out.ages) {
      EXPECT_TRUE(fits(band.subjects));
      EXPECT_LE(band.subjects, out.subjects);
      EXPECT_EQ(band.from % out.privacy.age_band == 0 || band.from == out.privacy.age_top, true);
    }
    for (const auto& value : out.modalities) EXPECT_TRUE(fits(value.subjects));
    for (const auto& value : out.sexes) EXPECT_TRUE(fits(value.subjects));
    std::uint64_t persons = 0, series = 0;
    for (const auto& value : out.sexes) persons += value.subjects, series += value.series;
    EXPECT_LE(persons, out.subjects);
    EXPECT_LE(series, out.series);
  }
}

}  // namespace
}  // namespace gateway::disclosure

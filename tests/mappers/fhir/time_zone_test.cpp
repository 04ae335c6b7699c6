#include "mappers/fhir/time_zone.h"

#include <gtest/gtest.h>

namespace mappers::fhir {
namespace {

// A TZif file of version 2 with one type, UTC+1, no change, and this rule (RFC 8536 section 3).
std::string zone_file(std::string_view rule) {
  const auto block = [](std::size_t) {
    std::string header = "TZif2" + std::string(15, '\0');
    for (const int count : {0, 0, 0, 0, 1, 4}) header += std::string(3, '\0') + static_cast<char>(count);
    return header + std::string("\0\0\x0E\x10\0\0", 6) + std::string("CET\0", 4);
  };
  return block(4) + block(8) + "\n" + std::string(rule) + "\n";
}

TEST(TimeZone, OffsetsStayWhatTheyAre) {
  EXPECT_EQ(TimeZone::load("+0530")->offset_at("20240101", "1200"), "+05:30");
  EXPECT_EQ(TimeZone::load("-03:30")->offset_at("20240701", ""), "-03:30");
  EXPECT_EQ(TimeZone::load("")->offset_at("20240701", "1200"), "");
  EXPECT_EQ(TimeZone::load("+0100")->offset_at("2024", "1200"), "");
}

TEST(TimeZone, WhatIsNoZoneIsRefused) {
  for (const char* bad : {"../etc/passwd", "/etc/passwd", "Europe Vienna", "Nowhere/Atlantis"})
    EXPECT_FALSE(TimeZone::load(bad).ok()) << bad;
  EXPECT_FALSE(TimeZone::parse("").ok());
  EXPECT_FALSE(TimeZone::parse("TZif").ok());
  EXPECT_FALSE(TimeZone::parse(zone_file("").substr(0, 90)).ok());
}

TEST(TimeZone, TheRuleOfTheFooterIsFollowed) {
  const auto zone = TimeZone::parse(zone_file("CET-1CEST,M3.5.0,M10.5.0/3"));
  ASSERT_TRUE(zone.ok()) << zone.error().text();
  EXPECT_EQ(zone->offset_at("20240331", "015959"), "+01:00");
  EXPECT_EQ(zone->offset_at("20240331", "023000"), "+01:00");  // is skipped
  EXPECT_EQ(zone->offset_at("20240331", "030000"), "+02:00");
  EXPECT_EQ(zone->offset_at("20241027", "013000"), "+02:00");
  EXPECT_EQ(zone->offset_at("20241027", "023000"), "+02:00");  // is there twice: the first
  EXPECT_EQ(zone->offset_at("20241027", "030000"), "+01:00");
  EXPECT_EQ(zone->offset_at("20900701", "120000"), "+02:00");
}

TEST(TimeZone, RulesOfTheSouthAndOfDaysOfTheYearAreFollowed) {
  const auto south = TimeZone::parse(zone_file("<-03>3<-02>,M10.1.0/0,M2.3.0/0"));
  ASSERT_TRUE(south.ok());
  EXPECT_EQ(south->offset_at("20240101", "12"), "-02:00");
  EXPECT_EQ(south->offset_at("20240601", "12"), "-03:00");
  const auto days = TimeZone::parse(zone_file("AAA-1BBB-2,J60/2,J300"));
  ASSERT_TRUE(days.ok());
  EXPECT_EQ(days->offset_at("20240229", "12"), "+01:00");
  EXPECT_EQ(days->offset_at("20240301", "12"), "+02:00");
}

TEST(TimeZone, ARuleThatCannotBeReadChangesNothing) {
  for (const char* rule : {"", "CET", "CET-1CEST", "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.5.0", "1-1"}) {
    const auto zone = TimeZone::parse(zone_file(rule));
    ASSERT_TRUE(zone.ok()) << rule;
    EXPECT_EQ(zone->offset_at("20240701", "12"), "+01:00") << rule;
  }
}

TEST(TimeZone, TheDatabaseOfTheSystemIsRead) {
  const auto zone = TimeZone::load("Europe/Vienna");
  if (!zone.ok()) GTEST_SKIP() << "no time zone database: " << zone.error().text();
  EXPECT_EQ(zone->offset_at("19700101", "12"), "+01:00");
  EXPECT_EQ(zone->offset_at("20240701", "12"), "+02:00");
  EXPECT_EQ(zone->offset_at("20500701", "12"), "+02:00");
  const auto kathmandu = TimeZone::load("Asia/Kathmandu");
  EXPECT_EQ(kathmandu->offset_at("20240101", "12"), "+05:45");
}

}  // namespace
}  // namespace mappers::fhir

// What dates without an offset cover in a place.
#include "mappers/fhir/local_time.h"

#include "tests/mappers/fhir/fhir_fixture.h"

namespace mappers::fhir {
namespace {

constexpr std::int64_t kHour = 3'600'000'000;

LocalTime vienna() {
  auto zone = TimeZone::load("Europe/Vienna");
  RenderOptions options;
  if (zone) options.zone = std::make_shared<const TimeZone>(std::move(*zone));
  return LocalTime(options);
}

TEST(LocalTime, IsUtcWithoutAZoneAndAnOffsetWithOne) {
  EXPECT_EQ(LocalTime().span_of("2024-07-01"), span_of("2024-07-01"));
  EXPECT_EQ(LocalTime("+01:00").span_of("2024-07-01"), span_of("2024-07-01", "+01:00"));
}

TEST(LocalTime, DaysOfAZoneHaveItsDaylightSaving) {
  if (!TimeZone::load("Europe/Vienna")) GTEST_SKIP() << "there is no time zone database";
  EXPECT_EQ(vienna().span_of("2024-07-01"), span_of("2024-07-01", "+02:00"));
  EXPECT_EQ(vienna().span_of("2024-01-31"), span_of("2024-01-31", "+01:00"));
  const auto spring = vienna().span_of("2024-03-31"), autumn = vienna().span_of("2024-10-27");
  EXPECT_EQ(spring->last_us - spring->first_us + 1, 23 * kHour);
  EXPECT_EQ(autumn->last_us - autumn->first_us + 1, 25 * kHour);
  const auto year = vienna().span_of("2024");
  EXPECT_EQ(year->first_us, span_of("2024-01-01", "+01:00")->first_us);
}

TEST(LocalTime, ATimeWithAnOffsetMeansThat) {
  if (!TimeZone::load("Europe/Vienna")) GTEST_SKIP() << "there is no time zone database";
  for (const char* text :
       {"2024-07-01T10:00:00Z", "2024-07-01T10:00:00-05:00", "2024-07-01T10:00:00.5+05:30"})
    EXPECT_EQ(vienna().span_of(text), span_of(text)) << text;
  EXPECT_EQ(vienna().span_of("2024-07-01T10:00:00"), span_of("2024-07-01T10:00:00+02:00"));
  EXPECT_FALSE(vienna().span_of("not a date"));
}

}  // namespace
}  // namespace mappers::fhir

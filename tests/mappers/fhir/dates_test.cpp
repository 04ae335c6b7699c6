#include "mappers/fhir/dates.h"

#include <gtest/gtest.h>

namespace mappers::fhir {
namespace {

TEST(FhirDate, KeepsPrecisionAndRefusesWhatIsNoDate) {
  EXPECT_EQ(fhir_date("20240229"), "2024-02-29");
  EXPECT_EQ(fhir_date("2024.01.31"), "2024-01-31");
  EXPECT_EQ(fhir_date(" 20240131 "), "2024-01-31");
  EXPECT_EQ(fhir_date("202401"), "2024-01");
  EXPECT_EQ(fhir_date("2024"), "2024");
  for (const char* bad :
       {"", "20230229", "20241301", "00000101", "2024013", "2024013x", "31012024", "99999999"})
    EXPECT_EQ(fhir_date(bad), "") << bad;
}

TEST(FhirDateTime, UsesTheOffsetOfTheStudy) {
  EXPECT_EQ(fhir_date_time("20240131", "093000.125", "+0100"), "2024-01-31T09:30:00.125+01:00");
  EXPECT_EQ(fhir_date_time("20240131", "093000", "+0530"), "2024-01-31T09:30:00+05:30");
  EXPECT_EQ(fhir_date_time("20240131", "0930", "-0330"), "2024-01-31T09:30:00-03:30");
  EXPECT_EQ(fhir_date_time("20240131", "093000", "-0330", "+01:00"), "2024-01-31T09:30:00-03:30");
}

TEST(FhirDateTime, IsADateWhenTheZoneOrTheTimeIsNotKnown) {
  EXPECT_EQ(fhir_date_time("20240131", "093000", ""), "2024-01-31");
  EXPECT_EQ(fhir_date_time("20240131", "093000", "+2500"), "2024-01-31");
  EXPECT_EQ(fhir_date_time("20240131", "", "+0100"), "2024-01-31");
  EXPECT_EQ(fhir_date_time("20240131", "09", "+0100"), "2024-01-31");
  EXPECT_EQ(fhir_date_time("20240131", "253000", "+0100"), "2024-01-31");
  EXPECT_EQ(fhir_date_time("20240131", "093000.", "+0100"), "2024-01-31");
  EXPECT_EQ(fhir_date_time("", "093000", "+0100"), "");
  EXPECT_EQ(fhir_date_time("202401", "093000", "+0100"), "2024-01");
}

TEST(FhirDateTime, UsesTheConfiguredZoneAsLastResort) {
  EXPECT_EQ(fhir_date_time("20240131", "093000", "", "+01:00"), "2024-01-31T09:30:00+01:00");
  EXPECT_EQ(fhir_date_time("20240131", "09:30:00", "", "+0100"), "2024-01-31T09:30:00+01:00");
}

TEST(SpanOf, CoversThePrecisionOfTheValue) {
  constexpr std::int64_t kDay = 86'400'000'000;
  EXPECT_EQ(span_of("1970"), (TimeSpan{0, 365 * kDay - 1}));
  EXPECT_EQ(span_of("1970-02"), (TimeSpan{31 * kDay, 59 * kDay - 1}));
  EXPECT_EQ(span_of("1970-01-02"), (TimeSpan{kDay, 2 * kDay - 1}));
  EXPECT_EQ(span_of("1970-01-01T00:01Z"), (TimeSpan{60'000'000, 119'999'999}));
  EXPECT_EQ(span_of("1970-01-01T01:00:01+01:00"), (TimeSpan{1'000'000, 1'999'999}));
  EXPECT_EQ(span_of("1970-01-01T00:00:00.25Z"), (TimeSpan{250'000, 259'999}));
  EXPECT_EQ(span_of("1970-01-01T01:00:00", "+01:00"), (TimeSpan{0, 999'999}));
}

TEST(SpanOf, RefusesWhatIsNoDateTime) {
  for (const char* bad :
       {"", "notadate", "70", "1970-13", "1970-02-30", "1970-1-1", "1970-01-01T", "1970-01-01T25:00Z",
        "1970-01T00:00Z", "1970-01-01T00:00+1", "1970-01-01T00:00:00.Z", "1970-01-01 ", "1970-"})
    EXPECT_FALSE(span_of(bad)) << bad;
}

}  // namespace
}  // namespace mappers::fhir

#include "gateway/base/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>

namespace gateway {
namespace {

Result<int> half(int n) {
  if (n % 2) return fail(ErrorCode::InvalidParameter, "the number is odd", "n");
  return n / 2;
}

Result<int> quarter(int n) {
  const int once = TRY(half(n));
  return TRY(half(once));
}

Result<void> check(int n) {
  TRY(half(n));
  return {};
}

TEST(Result, TryPassesTheValueOn) {
  const auto result = quarter(12);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(*result, 3);
}

TEST(Result, TryReturnsTheFirstError) {
  const auto result = quarter(6);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::InvalidParameter);
  EXPECT_EQ(result.error().text(), "the number is odd (n)");
}

TEST(Result, TryWorksInFunctionsWithoutValue) {
  EXPECT_TRUE(check(2).ok());
  EXPECT_FALSE(check(3).ok());
}

TEST(Result, CarriesValuesThatCanOnlyBeMoved) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(7));
  std::unique_ptr<int> value = std::move(result).value();
  EXPECT_EQ(*value, 7);
}

TEST(Error, WithoutMessageSaysItsTitle) {
  const Error error{ErrorCode::NotFound, "", "", ""};
  EXPECT_EQ(error.text(), error.face().title);
}

TEST(ErrorTable, EveryRowHasEveryColumn) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < error_code_count(); ++i) {
    const ErrorFace& face = face_of(static_cast<ErrorCode>(i));
    SCOPED_TRACE(face.name);
    EXPECT_EQ(static_cast<std::size_t>(face.code), i) << "rows and enumerators are out of step";
    EXPECT_TRUE(names.insert(face.name).second) << "named twice";
    EXPECT_GE(face.http_status, 400);
    EXPECT_LE(face.http_status, 599);
    EXPECT_FALSE(face.fhir_issue.empty());
    EXPECT_NE(face.dicom_status, 0);
    EXPECT_TRUE(face.ebms_code.starts_with("EBMS:") && face.ebms_code.size() == 9) << face.ebms_code;
    EXPECT_FALSE(face.title.empty());
  }
}

TEST(ErrorTable, FhirColumnIsOfTheIssueTypeCodes) {
  // http://hl7.org/fhir/R4/valueset-issue-type.html
  const std::set<std::string_view> codes = {
      "invalid",       "structure",        "required",     "value",     "invariant",     "security",
      "login",         "unknown",          "expired",      "forbidden", "suppressed",    "processing",
      "duplicate",     "too-long",         "not-found",    "deleted",   "incomplete",    "too-costly",
      "not-supported", "multiple-matches", "code-invalid", "extension", "business-rule", "conflict",
      "transient",     "lock-error",       "no-store",     "exception", "timeout",       "throttled",
      "informational"};
  for (std::size_t i = 0; i < error_code_count(); ++i) {
    const ErrorFace& face = face_of(static_cast<ErrorCode>(i));
    EXPECT_TRUE(codes.contains(face.fhir_issue)) << face.name << ": " << face.fhir_issue;
  }
}

TEST(ErrorTable, OnlyWhatMayPassIsMarkedForRetry) {
  const std::set<int> passing = {408, 429, 500, 502, 503, 504};
  for (std::size_t i = 0; i < error_code_count(); ++i) {
    const ErrorFace& face = face_of(static_cast<ErrorCode>(i));
    EXPECT_TRUE(!face.retry || passing.contains(face.http_status)) << face.name;
  }
}

}  // namespace
}  // namespace gateway

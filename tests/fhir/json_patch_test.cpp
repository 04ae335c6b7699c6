// JSON Patch: the cases of HL7's test collection and of RFC 6902, and the bounds.
#include "gateway/fhir/json_patch.h"

#include <gtest/gtest.h>

#include "gateway/base/json_text.h"
#include "gateway/codec/json.h"
#include "gateway/fhir/patch.h"
#include "tests/support/fhir_corpus.h"

namespace {

using namespace gateway;
using gateway::fhir::apply_json_patch;

Value json(std::string_view text) {
  auto value = codec::parse_json(text);
  EXPECT_TRUE(value.ok()) << text;
  return value.ok() ? *value : Value();
}

std::string patched(std::string_view document, std::string_view patch) {
  const auto result = apply_json_patch(json(document), json(patch));
  if (result.ok()) return to_json(tests::sorted(*result));
  return std::string(result.error().face().name) + " at " + result.error().where;
}

TEST(JsonPatch, AllCasesOfTheCorpusHold) {
  const auto text = read_file(tests::kFhirCorpus + "/patch/json-patch-tests.json");
  if (!text.ok()) GTEST_SKIP() << "no cases at " << tests::kFhirCorpus;
  const Value cases = json(*text);
  for (const Value& row : *cases.as_list()) {
    const auto result = apply_json_patch(*row.find("doc"), *row.find("patch"));
    EXPECT_EQ(result.ok(), row.find("error") == nullptr) << row.text("comment");
    if (const Value* expected = row.find("expected"); expected && result.ok()) {
      EXPECT_EQ(tests::sorted(*result), tests::sorted(*expected)) << row.text("comment");
    }
  }
}

struct Case {
  const char* name;
  const char* document;
  const char* patch;
  const char* expected;
};
void PrintTo(const Case& row, std::ostream* out) { *out << row.name; }
class JsonPatches : public ::testing::TestWithParam<Case> {};

TEST_P(JsonPatches, GiveTheDocumentOrTheOperationThatFails) {
  EXPECT_EQ(patched(GetParam().document, GetParam().patch), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    JsonPatch, JsonPatches,
    ::testing::Values(
        Case{"WholeDocument", R"({"a":1})", R"([{"op":"replace","path":"","value":{"b":2}}])", R"({"b":2})"},
        Case{"ReplaceByNull", R"({"a":1})", R"([{"op":"replace","path":"/a","value":null}])",
             R"({"a":null})"},
        Case{"AddReplacesAMember", R"({"a":1})", R"([{"op":"add","path":"/a","value":2}])", R"({"a":2})"},
        Case{"Copy", R"({"a":{"b":1}})", R"([{"op":"copy","from":"/a","path":"/c"}])",
             R"({"a":{"b":1},"c":{"b":1}})"},
        Case{"MoveOntoItself", R"({"a":1})", R"([{"op":"move","from":"/a","path":"/a"}])", R"({"a":1})"},
        Case{"MoveIntoItself", R"({"a":{"b":1}})", R"([{"op":"move","from":"/a","path":"/a/b"}])",
             "Unprocessable at operation 0, /a/b"},
        Case{"NumbersByWorth", R"({"a":1.0})", R"([{"op":"test","path":"/a","value":10e-1}])",
             R"({"a":1.0})"},
        Case{"NumbersThatDiffer", R"({"a":0})", R"([{"op":"test","path":"/a","value":0.1}])",
             "Unprocessable at operation 0, /a"},
        Case{"MembersInAnyOrder", R"({"a":{"x":1,"y":[2]}})",
             R"([{"op":"test","path":"/a","value":{"y":[2],"x":1}}])", R"({"a":{"x":1,"y":[2]}})"},
        Case{"NothingIsKeptOfAFailure", R"({"a":1})",
             R"([{"op":"add","path":"/b","value":1},{"op":"remove","path":"/c"}])",
             "Unprocessable at operation 1, /c"},
        Case{"IndexWithZero", R"({"a":[1,2]})", R"([{"op":"remove","path":"/a/01"}])",
             "Unprocessable at operation 0, /a/01"},
        Case{"IndexBeyond", R"({"a":[1]})", R"([{"op":"add","path":"/a/2","value":1}])",
             "Unprocessable at operation 0, /a/2"},
        Case{"RemoveTheEnd", R"({"a":[1]})", R"([{"op":"remove","path":"/a/-"}])",
             "Unprocessable at operation 0, /a/-"},
        Case{"RemoveAll", R"({"a":[1]})", R"([{"op":"remove","path":""}])", "Unprocessable at operation 0, "},
        Case{"NoSlash", R"({"a":1})", R"([{"op":"remove","path":"a"}])", "InvalidBody at operation 0, a"},
        Case{"BadEscape", R"({"a":1})", R"([{"op":"remove","path":"/~2"}])",
             "InvalidBody at operation 0, /~2"},
        Case{"NoPath", R"({"a":1})", R"([{"op":"remove"}])", "InvalidBody at operation 0, "},
        Case{"NoValue", R"({"a":1})", R"([{"op":"add","path":"/b"}])", "InvalidBody at operation 0, /b"},
        Case{"UnknownOperation", R"({"a":1})", R"([{"op":"spam","path":"/a","value":1}])",
             "InvalidBody at operation 0, /a"},
        Case{"NoList", R"({"a":1})", R"({"op":"remove","path":"/a"})", "InvalidBody at "}),
    [](const auto& row) { return row.param.name; });

TEST(JsonPatch, CopiesThatDoubleAreStopped) {
  std::string patch = "[";
  for (int i = 0; i < 200; ++i)
    patch += std::string(i ? "," : "") + R"({"op":"copy","from":"/a","path":"/a/-"})";
  const auto result = apply_json_patch(json(R"({"a":["0123456789"]})"), json(patch + "]"));
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::BodyTooLarge);
}

TEST(JsonPatch, ObjectsOfManyMembersAreTestedInAnyOrder) {
  constexpr int kMembers = 300'000;
  Value::Map forward, backward;
  for (int i = 0; i < kMembers; ++i) {
    forward.emplace_back(std::to_string(i), i);
    backward.emplace_back(std::to_string(kMembers - 1 - i), kMembers - 1 - i);
  }
  const Value document(std::move(forward));
  const auto test = [&](const Value& value) {
    return apply_json_patch(
        document, Value::list().push(Value::map().set("op", "test").set("path", "").set("value", value)));
  };
  EXPECT_TRUE(test(Value(backward)).ok());
  backward.back().second = Value(-1);
  EXPECT_EQ(test(Value(backward)).error().code, ErrorCode::Unprocessable);
}

TEST(JsonPatch, DepthAndCountAreBounded) {
  std::string deep;
  for (int i = 0; i < 200; ++i) deep += "/a";
  EXPECT_EQ(patched("{}", R"([{"op":"add","path":")" + deep + R"(","value":1}])").substr(0, 12),
            "BodyTooLarge");
  Value many = Value::list();
  for (std::size_t i = 0; i <= gateway::fhir::kMaxPatchOperations; ++i)
    many.push(json(R"({"op":"test","path":"","value":{}})"));
  EXPECT_EQ(apply_json_patch(json("{}"), many).error().code, ErrorCode::BodyTooLarge);
}

}  // namespace

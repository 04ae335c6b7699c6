#include "conformance/runner/case_file.h"

#include <gtest/gtest.h>

namespace conformance {
namespace {

Case only_case(std::string_view text) {
  auto cases = parse_case_file(text, "t.case");
  EXPECT_TRUE(cases.ok()) << (cases.ok() ? "" : cases.error().text());
  if (!cases.ok() || cases->size() != 1) return {};
  return std::move(cases->front());
}

template <class Kind>
const Kind& step(const Case& test, std::size_t at) {
  return std::get<Kind>(test.steps.at(at).what);
}

std::string refusal(std::string_view text) {
  const auto cases = parse_case_file(text, "t.case");
  return cases.ok() ? "accepted" : cases.error().text();
}

TEST(CaseFile, ReadsNameClauseNeedsAndTimeout) {
  const Case test = only_case(
      "# free text\n# case: a/b\n# spec: RFC 9112 section 6\n# needs: dicomweb store\n# timeout: 15s\n");
  EXPECT_EQ(test.name, "a/b");
  EXPECT_EQ(test.spec, "RFC 9112 section 6");
  EXPECT_EQ(test.needs, (std::vector<std::string>{"dicomweb", "store"}));
  EXPECT_EQ(test.timeout_ms, 15'000);
  EXPECT_EQ(test.line, 2);
}

TEST(CaseFile, SendTakesOptionsHeadersAndBody) {
  const Case test = only_case(
      "# case: a\n"
      "send POST /x?y=1 chunked=7 cut=20 no-host same HTTP/1.0\n"
      "  Content-Type: text/plain; a=b\n"
      "  X-Empty:\n"
      "  body hello ${name}\n");
  const auto& send = step<SendStep>(test, 0);
  EXPECT_EQ(send.method, "POST");
  EXPECT_EQ(send.target, "/x?y=1");
  EXPECT_EQ(send.chunk, 7u);
  EXPECT_EQ(send.cut, 20u);
  EXPECT_FALSE(send.host);
  EXPECT_EQ(send.connection, Connection::Same);
  EXPECT_EQ(send.version, "HTTP/1.0");
  ASSERT_EQ(send.headers.size(), 2u);
  EXPECT_EQ(send.headers[0].second, "text/plain; a=b");
  EXPECT_EQ(send.headers[1].second, "");
  EXPECT_EQ(send.body, "hello ${name}");
  EXPECT_EQ(test.steps[0].line, 2);
}

TEST(CaseFile, LongTextHasNoLineBreaksOfTheFile) {
  const Case test = only_case(
      "# case: a\n"
      "raw fin unread <<END\n"
      "GET / HTTP/1.1\\r\\n\n"
      " folded\\r\\n\n"
      "END\n"
      "send PUT /\n"
      "  body <<X\n"
      "# not a comment\n"
      "\n"
      "X\n");
  const auto& raw = step<RawStep>(test, 0);
  EXPECT_EQ(raw.bytes, "GET / HTTP/1.1\\r\\n folded\\r\\n");
  EXPECT_TRUE(raw.fin);
  EXPECT_TRUE(raw.unread);
  EXPECT_EQ(step<SendStep>(test, 1).body, "# not a comment");
}

TEST(CaseFile, ExpectationsHaveSubjectNameOperatorAndValue) {
  using Op = ExpectStep::Operator;
  using Subject = ExpectStep::Subject;
  const struct {
    const char* line;
    Subject subject;
    const char* name;
    Op op;
    const char* value;
  } rows[] = {
      {"status=400", Subject::Status, "", Op::Equal, "400"},
      {"status in 400..499, 501", Subject::Status, "", Op::In, "400..499, 501"},
      {"header Content-Type ~ ^a/\\w+", Subject::Header, "Content-Type", Op::Matches, "^a/\\w+"},
      {"header Location absent", Subject::Header, "Location", Op::Absent, ""},
      {"json /0/0020000D/Value/0 == \"1.2\"", Subject::Json, "/0/0020000D/Value/0", Op::Equal, "\"1.2\""},
      {"json-length / >= 1", Subject::JsonLength, "/", Op::AtLeast, "1"},
      {"body contains two words", Subject::Body, "", Op::Contains, "two words"},
      {"body-length <= 10", Subject::BodyLength, "", Op::AtMost, "10"},
      {"closed", Subject::Closed, "", Op::None, ""},
      {"no-second-response", Subject::NoSecondResponse, "", Op::None, ""},
      {"refused", Subject::Refused, "", Op::None, ""},
      {"within 500", Subject::Within, "", Op::None, "500"},
  };
  for (const auto& row : rows) {
    const Case test = only_case(std::string("# case: a\nexpect ") + row.line + "\n");
    ASSERT_EQ(test.steps.size(), 1u) << row.line;
    const auto& expect = step<ExpectStep>(test, 0);
    EXPECT_EQ(expect.subject, row.subject) << row.line;
    EXPECT_EQ(expect.name, row.name) << row.line;
    EXPECT_EQ(expect.op, row.op) << row.line;
    EXPECT_EQ(expect.value, row.value) << row.line;
  }
}

TEST(CaseFile, LetTakesItsSourceAndWhatHappensWithoutIt) {
  const Case test = only_case(
      "# case: a\nlet uid = json /0/x else skip\nlet etag = header ETag ~ \"(.*)\"\nlet n = body ~ "
      "id=(\\d+)\n"
      "let t = text a ${b}\n");
  EXPECT_TRUE(step<LetStep>(test, 0).skip);
  EXPECT_EQ(step<LetStep>(test, 0).from, "/0/x");
  EXPECT_EQ(step<LetStep>(test, 1).from, "ETag");
  EXPECT_EQ(step<LetStep>(test, 1).pattern, "\"(.*)\"");
  EXPECT_EQ(step<LetStep>(test, 2).pattern, "id=(\\d+)");
  EXPECT_EQ(step<LetStep>(test, 3).from, "a ${b}");
}

TEST(CaseFile, StepsBeforeTheFirstCaseOpenEveryCase) {
  const auto cases = parse_case_file("fixture x = dicom uid=1.2\n# case: a\nnext\n# case: b\n", "t.case");
  ASSERT_TRUE(cases.ok());
  ASSERT_EQ(cases->size(), 2u);
  EXPECT_EQ((*cases)[0].steps.size(), 2u);
  EXPECT_EQ((*cases)[1].steps.size(), 1u);
  EXPECT_EQ(step<FixtureStep>((*cases)[1], 0).arguments.front().second, "1.2");
}

TEST(CaseFile, FaultsNameTheLine) {
  EXPECT_EQ(refusal(""), "the file has no '# case:' line (t.case)");
  EXPECT_EQ(refusal("# case: a\n\nshout\n"), "no such step: shout (t.case:3)");
  EXPECT_EQ(refusal("# case: a\n  X: y\n"), "an indented line that belongs to no step (t.case:2)");
  EXPECT_EQ(refusal("# case: a\nsend GET\n"), "send needs a method and a target (t.case:2)");
  EXPECT_EQ(refusal("# case: a\nsend GET / quickly\n"), "no such option of send: quickly (t.case:2)");
  EXPECT_EQ(refusal("# case: a\nsend GET /\n  nonsense\n"), "neither a header line nor a body (t.case:2)");
  EXPECT_EQ(refusal("# case: a\nraw <<END\nGET /\n"), "no line END ends the text (t.case:2)");
  EXPECT_EQ(refusal("# case: a\nraw <<END\n\\q\nEND\n"), "no such escape: \\q (t.case:2)");
  EXPECT_EQ(refusal("# case: a\nexpect stat = 1\n"), "nothing to expect: stat = 1 (t.case:2)");
  EXPECT_EQ(refusal("# case: a\nexpect status 400\n"), "no such operator: 400 (t.case:2)");
  EXPECT_EQ(refusal("# case: a\n# case: a\n"), "two cases of one name (t.case:2)");
  EXPECT_EQ(refusal("# case: a\nlet x = cookie\n"),
            "let takes json, header, body or text, not cookie (t.case:2)");
  EXPECT_EQ(refusal("# case: a\nfixture x = dicom uid\n"), "not key=value: uid (t.case:2)");
  EXPECT_EQ(refusal("# case: a\nidle 1000000\n"), "idle needs a number up to 20000 (t.case:2)");
}

TEST(CaseFile, IsBounded) {
  EXPECT_EQ(refusal(std::string((1u << 20) + 1, '\n')), "a case file has at most 1 MiB (t.case)");
  std::string many = "# case: a\n";
  for (int i = 0; i < 10'001; ++i) many += "next\n";
  EXPECT_EQ(refusal(many), "too many steps in one file (t.case:10002)");
}

}  // namespace
}  // namespace conformance

// Whole cases against a scripted server.
#include "conformance/runner/run_case.h"

#include <gtest/gtest.h>

#include <mutex>

#include "conformance/runner/report.h"
#include "tests/support/fake_http_server.h"

namespace conformance {
namespace {

using Outcome = CaseResult::Outcome;

std::string ok(const std::string& body, const std::string& headers = {}) {
  return "HTTP/1.1 200 OK\r\n" + headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

// Runs the steps as one case with a short timeout.
CaseResult run(const tests::FakeHttpServer& server, const std::string& steps, RunOptions options = {}) {
  auto cases = parse_case_file("# case: t\n# spec: S 1\n" + steps, "t.case");
  EXPECT_TRUE(cases.ok()) << (cases.ok() ? "" : cases.error().text());
  if (!cases.ok()) return {};
  cases->front().timeout_ms = 300;
  options.endpoint = *parse_base_url(server.base());
  options.run = "77";
  return run_case(cases->front(), options, 1);
}

std::string outcome(const CaseResult& result) {
  if (result.outcome == Outcome::Passed) return "passed";
  return (result.outcome == Outcome::Failed ? "failed: " : "skipped: ") + result.got;
}

TEST(RunCase, SendsExactlyWhatTheStepSays) {
  std::string seen;
  std::mutex mutex;
  tests::FakeHttpServer server([&](const std::string& request) {
    const std::lock_guard lock(mutex);
    seen += request;
    return tests::FakeAnswer{ok("{}")};
  });
  const auto result = run(server, "send PUT /a?b HTTP/1.1\n  X-Run: ${run}\n  body hi\\x21\n");
  EXPECT_EQ(outcome(result), "passed");
  const std::lock_guard lock(mutex);
  EXPECT_EQ(seen, "PUT /a?b HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port()) +
                      "\r\nX-Run: 77\r\nContent-Length: 3\r\n\r\nhi!");
}

TEST(RunCase, FramesAndCutsChunkedBodies) {
  std::string seen;
  std::mutex mutex;
  tests::FakeHttpServer server([&](const std::string& request) {
    const std::lock_guard lock(mutex);
    seen = request.substr(request.find("\r\n\r\n") + 4);
    return tests::FakeAnswer{ok("")};
  });
  EXPECT_EQ(outcome(run(server, "send POST / chunked=2\n  body abc\n")), "passed");
  {
    const std::lock_guard lock(mutex);
    EXPECT_EQ(seen, "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n");
  }
  EXPECT_EQ(outcome(run(server, "send POST / chunked=2 cut=4\n  body abc\n")), "passed");
  const std::lock_guard lock(mutex);
  EXPECT_EQ(seen, "2\r\na");
}

TEST(RunCase, ChecksStatusHeadersAndJson) {
  tests::FakeHttpServer server([](const std::string&) {
    return tests::FakeAnswer{ok(R"([{"a/b":{"n":7,"t":"x1"}},2])", "Content-Type: application/json\r\n")};
  });
  EXPECT_EQ(outcome(run(server,
                        "send GET /\n"
                        "expect status = 200\n"
                        "expect status in 100, 200..204\n"
                        "expect header content-type ~ ^application/\\w+$\n"
                        "expect header Location absent\n"
                        "expect json-length / = 2\n"
                        "expect json /0/a~1b/n == 7\n"
                        "expect json /0/a~1b/n >= 7\n"
                        "expect json /0/a~1b/t ~ ^x\\d$\n"
                        "expect json / contains 2\n"
                        "expect json /5 absent\n"
                        "expect body contains \"t\"\n"
                        "expect body lacks zzz\n"
                        "expect within 300\n")),
            "passed");
  EXPECT_EQ(outcome(run(server, "send GET /\nexpect json /0/a~1b/n == 8\n")), "failed: 7");
  EXPECT_EQ(outcome(run(server, "send GET /\nexpect header Location present\n")), "failed: no such header");
  EXPECT_EQ(outcome(run(server, "send GET /\nexpect header Content-Type = text/html\n")),
            "failed: application/json");
  EXPECT_EQ(outcome(run(server, "send GET /\nexpect body ~ (\n")).substr(0, 30),
            "failed: the pattern is faulty:");
}

TEST(RunCase, OnlyAbsentHoldsForWhatIsNotInADocument) {
  tests::FakeHttpServer server([](const std::string&) { return tests::FakeAnswer{ok(R"({"a":"x"})")}; });
  EXPECT_EQ(outcome(run(server, "send GET /\nexpect json /b absent\n")), "passed");
  EXPECT_EQ(outcome(run(server, "send GET /\nexpect json /a lacks y\nexpect json /a != \"y\"\n")), "passed");
  for (const char* test : {"lacks y", "!= \"y\"", "!~ y", "present"})
    EXPECT_EQ(outcome(run(server, "send GET /\nexpect json /b " + std::string(test) + "\n")),
              "failed: nothing there in {\"a\":\"x\"}")
        << test;
}

TEST(RunCase, PatternsFindWhatLiesFarInALongLine) {
  std::string body;
  tests::FakeHttpServer server([&](const std::string&) { return tests::FakeAnswer{ok(body)}; });
  for (const std::size_t before : {0u, 16'380u, 16'384u, 24'570u, 100'000u}) {
    body = std::string(before, 'a') + "needle" + std::string(40'000, 'b');
    EXPECT_EQ(outcome(run(server, "send GET /\nexpect body ~ ne+dle\n")), "passed") << before;
    EXPECT_NE(outcome(run(server, "send GET /\nexpect body !~ ne+dle\n")), "passed") << before;
  }
  body = "b" + std::string(40'000, 'a') + "c";
  EXPECT_EQ(outcome(run(server, "send GET /\nexpect body !~ ^a\nexpect body !~ a$\n")), "passed");
  EXPECT_EQ(outcome(run(server, "send GET /\nexpect body ~ ac$\nexpect body ~ ^ba\n")), "passed");
}

TEST(RunCase, CarriesValuesToLaterSteps) {
  tests::FakeHttpServer server([](const std::string& request) {
    return tests::FakeAnswer{
        ok(R"({"id":"k42","line":")" + request.substr(0, request.find(" HTTP")) + "\"}")};
  });
  EXPECT_EQ(outcome(run(server,
                        "send GET /\nlet id = json /id\nlet n = body ~ k(\\d+)\n"
                        "send GET /${id}/${n} same\nexpect json /line == \"GET /k42/42\"\n")),
            "passed");
  EXPECT_EQ(outcome(run(server, "send GET /\nlet id = json /nothing\n")).substr(0, 27),
            "failed: nothing at /nothing");
  EXPECT_EQ(outcome(run(server, "send GET /\nlet id = json /nothing else skip\n")).substr(0, 24),
            "skipped: not applicable:");
  EXPECT_EQ(outcome(run(server, "send GET /${unknown}\n")), "failed: nothing is called ${unknown}");
}

TEST(RunCase, TellsAClosedConnectionFromASilentOne) {
  tests::FakeHttpServer server([](const std::string& request) {
    if (request.starts_with("GET /close")) return tests::FakeAnswer{"", true};
    if (request.starts_with("GET /polite"))
      return tests::FakeAnswer{"HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n", true};
    return tests::FakeAnswer{};
  });
  EXPECT_EQ(outcome(run(server, "send GET /close\nexpect status = 400\n")),
            "failed: the connection was closed without an answer");
  EXPECT_EQ(outcome(run(server, "send GET /close\nexpect refused\nexpect closed\n")), "passed");
  EXPECT_EQ(outcome(run(server, "send GET /silent\nexpect status = 400\n")), "failed: no answer in time");
  EXPECT_EQ(outcome(run(server,
                        "send GET /polite\nexpect status = 400\nexpect closed\nexpect no-second-response\n")),
            "passed");
  EXPECT_EQ(outcome(run(server, "send GET /polite\nsend GET /x same\n")),
            "failed: the server did not keep the connection open");
}

TEST(RunCase, SeesASecondResponse) {
  tests::FakeHttpServer server([](const std::string&) { return tests::FakeAnswer{ok("1") + ok("2")}; });
  EXPECT_EQ(outcome(run(server, "send GET /\nexpect no-second-response\n")).substr(0, 22),
            "failed: more came: HTT");
  EXPECT_EQ(outcome(run(server, "send GET /\nexpect body = 1\nnext\nexpect body = 2\n")), "passed");
}

TEST(RunCase, ReadsChunkedAnswersAndPassesOverInterimOnes) {
  tests::FakeHttpServer server([](const std::string&) {
    return tests::FakeAnswer{
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: "
        "chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"};
  });
  EXPECT_EQ(outcome(run(server, "send GET /\nexpect status = 200\nexpect body = abc\n")), "passed");
}

TEST(RunCase, BrokenAnswersSayHow) {
  tests::FakeHttpServer server([](const std::string& request) {
    if (request.starts_with("GET /short"))
      return tests::FakeAnswer{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", true};
    return tests::FakeAnswer{"<html>\r\n\r\n", true};
  });
  EXPECT_EQ(outcome(run(server, "send GET /short\nexpect status = 200\n")),
            "failed: a broken answer: the body has 3 of 9 bytes");
  EXPECT_EQ(outcome(run(server, "send GET /\nexpect status = 200\n")),
            "failed: a broken answer: not a status line: <html>");
}

TEST(RunCase, HeadHasNoBody) {
  tests::FakeHttpServer server(
      [](const std::string&) { return tests::FakeAnswer{"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n"}; });
  EXPECT_EQ(outcome(run(server, "send HEAD /\nexpect header Content-Length = 50\nexpect body-length = 0\n")),
            "passed");
}

TEST(RunCase, MissingNeedsSkip) {
  tests::FakeHttpServer server([](const std::string&) { return tests::FakeAnswer{}; });
  RunOptions options;
  options.roots = {{"fhir", "none"}};
  EXPECT_EQ(outcome(run(server, "# needs: fhir\nsend GET /\n", options)), "skipped: needs fhir");
  EXPECT_EQ(outcome(run(server, "# needs: slow\nsend GET /\n", options)), "skipped: needs slow");
  options.without = {"store"};
  EXPECT_EQ(outcome(run(server, "# needs: store\nsend GET /\n", options)), "skipped: needs store");
}

TEST(RunCase, NobodyListeningIsAFailure) {
  RunOptions options;
  options.endpoint = *parse_base_url("http://127.0.0.1:1");
  const auto cases = parse_case_file("# case: t\nsend GET /\n", "t.case");
  EXPECT_EQ(run_case(cases->front(), options, 0).outcome, Outcome::Failed);
}

TEST(RunCases, KeepTheOrderOfTheFile) {
  tests::FakeHttpServer server([](const std::string&) { return tests::FakeAnswer{ok(""), true}; });
  std::string text;
  for (int i = 0; i < 20; ++i)
    text += "# case: c" + std::to_string(i) + "\nsend GET /\nexpect status = 200\n";
  const auto cases = parse_case_file(text, "t.case");
  RunOptions options;
  options.endpoint = *parse_base_url(server.base());
  const auto results = run_cases(*cases, options);
  ASSERT_EQ(results.size(), 20u);
  for (std::size_t i = 0; i < results.size(); ++i) {
    EXPECT_EQ(results[i].name, "c" + std::to_string(i));
    EXPECT_EQ(outcome(results[i]), "passed");
  }
}

TEST(Report, ARunCannotPassBySkipping) {
  EXPECT_EQ(fault_of({5, 0, 3}, std::nullopt), "");
  EXPECT_EQ(fault_of({5, 0, 3}, 3), "");
  EXPECT_EQ(fault_of({5, 0, 3}, 2), "3 skipped, but at most 2 may be");
  EXPECT_EQ(fault_of({5, 1, 0}, std::nullopt), "1 failed");
  EXPECT_EQ(fault_of({0, 0, 8}, std::nullopt), "nothing passed");
  EXPECT_EQ(fault_of({0, 0, 0}, 0), "nothing passed");
}

TEST(Report, ShowsWhatWasExpectedAndGot) {
  const CaseResult failed{Outcome::Failed,       "s/a",          "RFC 1", "f:3",
                          "expect status = 400", "200 & <more>", 5000};
  const CaseResult passed{Outcome::Passed, "s/b", "", "", "", "", 1000};
  const std::vector<CaseResult> results{failed, passed};
  EXPECT_EQ(report_totals(totals_of(results)), "1 passed, 1 failed, 0 skipped");
  EXPECT_NE(report_line(failed).find("f:3: expect status = 400\n      got: 200"), std::string::npos);
  EXPECT_NE(report_line(failed).find("spec: RFC 1"), std::string::npos);
  EXPECT_NE(report_junit(results).find("got 200 &amp; &lt;more&gt;"), std::string::npos);
  EXPECT_NE(report_json(results, "http://x").find("\"got\": \"200 & <more>\""), std::string::npos);
}

}  // namespace
}  // namespace conformance

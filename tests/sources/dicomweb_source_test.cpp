#include "gateway/sources/dicomweb_source.h"

#include <dirent.h>

#include "gateway/sources/dicomweb_message.h"
#include "gateway/sources/json_array.h"
#include "tests/sources/sources_fixture.h"
#include "tests/support/fake_http_server.h"

namespace gateway::sources {
namespace {

using tests::FakeAnswer;
using tests::FakeHttpServer;

std::string http(const std::string& body, const std::string& type = "application/dicom+json",
                 int status = 200) {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Type: " + type +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}
std::string study(int n) {
  return R"({"0020000D":{"vr":"UI","Value":["1.2.)" + std::to_string(n) + R"("]}})";
}
std::string page(int from, int to) {
  std::string list = "[";
  for (int i = from; i < to; ++i) list += (i == from ? "" : ",") + study(i);
  return list + "]";
}
std::unique_ptr<DicomwebSource> source_at(const FakeHttpServer& server, std::uint64_t page = 500) {
  DicomwebOptions options;
  options.client.name = "peer";
  options.client.base_url = server.base() + "/dicom-web";
  options.client.total_ms = 5'000;
  options.page = page;
  return DicomwebSource::make(options).value();
}
std::size_t entries(const char* folder) {
  std::size_t count = 0;
  DIR* dir = ::opendir(folder);
  while (dir && ::readdir(dir)) ++count;
  if (dir) ::closedir(dir);
  return count;
}

TEST(SearchTargetTest, KeysBecomePathsParametersAndIncludedFields) {
  model::RemoteQuery query;
  query.keys = {{0x00100010, "M\xC3\xBCller^*"}, {0x0020000D, "1.2\\1.3"}, {0x00201208, ""}};
  EXPECT_EQ(search_target(query), "/studies?00100010=M%C3%BCller^*&0020000D=1.2,1.3&includefield=00201208");
  query.level = model::Level::Instance;
  query.keys = {{0x0020000D, "1.2"}, {0x0020000E, "1.3"}, {0x00080018, "1.4"}};
  EXPECT_EQ(search_target(query), "/studies/1.2/series/1.3/instances?00080018=1.4");
}

TEST(SearchTargetTest, WhatHasToBeEncodedCanBeLeftOpen) {
  model::RemoteQuery query;
  query.keys = {{0x00100010, "M\xC3\xBCller^Jo An*"}, {0x00100020, "+\xC3\xBC+7"}, {0x00080020, "20200101-"}};
  const auto wider = without_encoding(query);
  ASSERT_TRUE(wider);
  EXPECT_EQ(search_target(*wider), "/studies?00100010=M*ller^Jo*An*&00100020=*7&00080020=20200101-");
  EXPECT_FALSE(without_encoding(*wider));
}

// Some servers look for the bytes of the parameter as they came.
TEST(DicomwebSourceTest, AsksMoreWidelyWhereEncodedTextFindsNothing) {
  std::vector<std::string> requests;
  const FakeHttpServer server([&](const std::string& request) {
    requests.push_back(request.substr(0, request.find('\r')));
    return FakeAnswer{http(request.find("%C3") == std::string::npos ? page(0, 1) : "[]")};
  });
  model::RemoteQuery query;
  query.keys = {{0x00100010, "M\xC3\xBCller"}};
  std::size_t found = 0;
  ASSERT_TRUE(source_at(server)->find(query, [&](const std::string&) { return ++found, true; }).ok());
  EXPECT_EQ(found, 1u);
  EXPECT_EQ(requests.size(), 2u);
}

TEST(DicomwebSourceTest, AnswersAreCheckedOrderedAndPassedOn) {
  const FakeHttpServer server([](const std::string&) {
    return FakeAnswer{http(R"( [ {"0020000d":{"vr":"UI","Value":["1.2"]},"00080020":{"vr":"DA"}} , {} ] )")};
  });
  std::vector<std::string> got;
  const auto report =
      source_at(server)->find({}, [&](std::string json) { return got.push_back(json), true; });
  ASSERT_TRUE(report.ok()) << report.error().text();
  ASSERT_EQ(got.size(), 2u);
  EXPECT_EQ(got[0], R"({"00080020":{"vr":"DA"},"0020000D":{"vr":"UI","Value":["1.2"]}})");
}

TEST(DicomwebSourceTest, PagesThroughAServerThatCutsItsPages) {
  std::vector<std::string> requests;
  const FakeHttpServer server([&](const std::string& request) {
    requests.push_back(request.substr(0, request.find('\r')));
    const auto offset = request.find("offset=");
    const int from = offset == std::string::npos ? 0 : std::stoi(request.substr(offset + 7));
    return FakeAnswer{http(page(from, std::min(from + 100, 250)))};
  });
  int count = 0;
  const auto report = source_at(server)->find({}, [&](const std::string&) { return ++count, true; });
  ASSERT_TRUE(report.ok()) << report.error().text();
  EXPECT_EQ(count, 250);
  EXPECT_FALSE(report->cut);
  EXPECT_EQ(requests.size(), 4u);
}

TEST(DicomwebSourceTest, AServerThatDoesNotKnowOffsetsIsNoEndlessLoop) {
  int asked = 0;
  const FakeHttpServer server([&](const std::string&) { return ++asked, FakeAnswer{http(page(0, 20))}; });
  int count = 0;
  ASSERT_TRUE(source_at(server)->find({}, [&](const std::string&) { return ++count, true; }).ok());
  EXPECT_EQ(count, 20);
  EXPECT_EQ(asked, 2);
}

TEST(DicomwebSourceTest, ALimitIsPassedOnAndKept) {
  std::string first;
  const FakeHttpServer server([&](const std::string& request) {
    first = request.substr(0, request.find('\r'));
    return FakeAnswer{http(page(0, 50))};
  });
  model::RemoteQuery query;
  query.limit = 7;
  int count = 0;
  const auto report = source_at(server)->find(query, [&](const std::string&) { return ++count, true; });
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(count, 7);
  EXPECT_TRUE(report->cut);
  EXPECT_NE(first.find("limit=7"), std::string::npos);
}

TEST(DicomwebSourceTest, NoContentIsNoAnswerAtAll) {
  const FakeHttpServer server(
      [](const std::string&) { return FakeAnswer{"HTTP/1.1 204 No Content\r\n\r\n"}; });
  int count = 0;
  ASSERT_TRUE(source_at(server)->find({}, [&](const std::string&) { return ++count, true; }).ok());
  EXPECT_EQ(count, 0);
}

TEST(DicomwebSourceTest, StatusesAreNamedErrors) {
  const std::pair<int, ErrorCode> cases[] = {{404, ErrorCode::NotFound},      {410, ErrorCode::Gone},
                                             {401, ErrorCode::BadGateway},    {400, ErrorCode::BadGateway},
                                             {500, ErrorCode::BadGateway},    {503, ErrorCode::BadGateway},
                                             {504, ErrorCode::GatewayTimeout}};
  for (const auto& [status, code] : cases) {
    const FakeHttpServer server(
        [status = status](const std::string&) { return FakeAnswer{http("no", "text/plain", status)}; });
    const auto got = source_at(server)->metadata({"1.2", {}, {}}, [](const std::string&) { return true; });
    ASSERT_FALSE(got.ok());
    EXPECT_EQ(got.error().code, code) << status;
    EXPECT_NE(got.error().message.find("peer"), std::string::npos);
  }
}

TEST(DicomwebSourceTest, HostileJsonIsRefusedWithTheNameOfThePeer) {
  const std::string bad[] = {"<html>hello</html>",
                             "[",
                             "[{]",
                             "{}",
                             "[1]",
                             "[{},]",
                             "[{}",
                             "[{}] x",
                             R"([{"0020000D":1}])",
                             R"([{"name":{"vr":"LO"}}])",
                             R"([{"0020000D":{"vr":"UI"},"0020000d":{"vr":"UI"}}])",
                             R"([{"00081140":{"vr":"SQ","Value":{}}}])",
                             "[{\"00100010\":{\"vr\":\"PN\",\"Value\":[\"\xFF\"]}}]",
                             "[" + std::string(200, '{') + "]",
                             R"([{"0020000D":{"vr":"UI","Value":)" + std::string(100, '[') + "]}}]"};
  for (const std::string& body : bad) {
    const FakeHttpServer server([&](const std::string&) { return FakeAnswer{http(body)}; });
    const auto got = source_at(server)->find({}, [](const std::string&) { return true; });
    ASSERT_FALSE(got.ok()) << body;
    EXPECT_EQ(got.error().code, ErrorCode::BadGateway) << body;
    EXPECT_NE(got.error().message.find("peer"), std::string::npos);
  }
}

TEST(DicomwebSourceTest, ObjectsComeAsPartsOrAsOneBody) {
  const std::string object = sample({});
  const std::string multipart =
      "--B\r\nContent-Type: application/dicom\r\n\r\n" + object +
      "\r\n--B\r\nContent-Type: application/dicom; transfer-syntax=1.2.840.10008.1.2.1\r\n\r\n" + object +
      "\r\n--B--\r\n";
  const std::pair<std::string, std::string> answers[] = {
      {"application/dicom", object},
      {"multipart/related; type=application/dicom; boundary=B", multipart},
      {"multipart/related; boundary=\"B\"; type=\"application/dicom\"", multipart}};
  for (const auto& [type, body] : answers) {
    const FakeHttpServer server([type = type, body = body](const std::string& request) {
      EXPECT_NE(request.find("GET /dicom-web/studies/1/series/2/instances/3 "), std::string::npos) << request;
      return FakeAnswer{http(body, type)};
    });
    std::vector<std::string> got;
    const auto report = source_at(server)->fetch(
        {"1", "2", "3"}, [&](const std::shared_ptr<const ByteSource>& one) -> Result<void> {
          std::string bytes(one->size(), '\0');
          TRY(one->read_at(0, std::as_writable_bytes(std::span(bytes))));
          got.push_back(std::move(bytes));
          return {};
        });
    ASSERT_TRUE(report.ok()) << report.error().text();
    ASSERT_FALSE(got.empty());
    for (const std::string& bytes : got) EXPECT_EQ(bytes, object);
  }
}

TEST(DicomwebSourceTest, APartOnlyIsNoSuccess) {
  const FakeHttpServer server([](const std::string& request) {
    const bool metadata = request.find("/metadata ") != std::string::npos;
    return FakeAnswer{metadata
                          ? http(R"([{"00080018":{"vr":"UI","Value":["1"]}}])", "application/dicom+json", 206)
                          : http("DICM", "application/dicom", 206)};
  });
  const auto objects = source_at(server)->fetch({"1.2", {}, {}}, [](const auto&) { return Result<void>(); });
  ASSERT_TRUE(objects.ok()) << objects.error().text();
  EXPECT_EQ(objects->received, 1u);
  EXPECT_EQ(objects->failed, 1u);
  const auto texts = source_at(server)->metadata({"1.2", {}, {}}, [](const std::string&) { return true; });
  ASSERT_TRUE(texts.ok()) << texts.error().text();
  EXPECT_EQ(texts->failed, 1u);
}

TEST(DicomwebSourceTest, CutAndStrangeBodiesAreRefused) {
  const std::pair<std::string, std::string> answers[] = {
      {"multipart/related; boundary=B", "--B\r\nContent-Type: application/dicom\r\n\r\nDICM"},
      {"multipart/related", "x"},
      {"text/html", "<html>"},
      {"", "x"}};
  for (const auto& [type, body] : answers) {
    const FakeHttpServer server(
        [type = type, body = body](const std::string&) { return FakeAnswer{http(body, type)}; });
    const auto report = source_at(server)->fetch({"1", "2", "3"}, [](const auto&) { return Result<void>(); });
    ASSERT_FALSE(report.ok()) << type;
    EXPECT_EQ(report.error().code, ErrorCode::BadGateway);
  }
}

TEST(StoreOutcomesTest, EveryInstanceGetsWhatIsSaidOfIt) {
  const std::vector<std::string> uids = {"1.1", "1.2", "1.3", "1.4"};
  const auto outcomes = store_outcomes(
      R"({"00081198":{"vr":"SQ","Value":[{"00081155":{"vr":"UI","Value":["1.2"]},"00081197":{"vr":"US","Value":[42752]}}]},)"
      R"("00081199":{"vr":"SQ","Value":[{"00081155":{"vr":"UI","Value":["1.1"]}},)"
      R"({"00081155":{"vr":"UI","Value":["1.3"]},"00081196":{"vr":"US","Value":[45056]}}]}})",
      uids);
  ASSERT_TRUE(outcomes.ok()) << outcomes.error().text();
  EXPECT_EQ((*outcomes)[0].dicom_status, 0);
  EXPECT_EQ((*outcomes)[1].dicom_status, 0xA700);
  EXPECT_EQ((*outcomes)[2].dicom_status, 0xB000);
  EXPECT_EQ((*outcomes)[3].dicom_status, 0x0110) << "silence is no success";
  EXPECT_FALSE(store_outcomes("garbage", uids).ok());
}

TEST(DicomwebSourceTest, TenThousandFaultsOnTheLineLoseNothing) {
  const std::string faults[] = {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
                                http("<html>", "text/html"),
                                http("[{\"00", "application/dicom+json"),
                                http("oops", "text/plain", 500),
                                "no HTTP\r\n\r\n",
                                ""};
  std::size_t turn = 0;
  const FakeHttpServer server([&](const std::string&) {
    return FakeAnswer{faults[turn++ % std::size(faults)], true};
  });
  const auto source = source_at(server);
  const auto fault = [&] { return source->find({}, [](const std::string&) { return true; }); };
  for (int i = 0; i < 12; ++i) EXPECT_FALSE(fault().ok());
  const std::size_t descriptors = entries("/proc/self/fd"), threads = entries("/proc/self/task");
  for (int i = 0; i < 10'000; ++i) {
    const auto got = fault();
    ASSERT_FALSE(got.ok());
    ASSERT_NE(got.error().message.find("peer"), std::string::npos);
  }
  // Both ends are in this process, and the client keeps two connections.
  EXPECT_LE(entries("/proc/self/fd"), descriptors + 4);
  EXPECT_EQ(entries("/proc/self/task"), threads);
}

}  // namespace
}  // namespace gateway::sources

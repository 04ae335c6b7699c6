// Input that is meant to harm (T14): always 4xx with an OperationOutcome, never kept.
#include <fstream>

#include "tests/fhir/server_fixture.h"

namespace gateway::fhir {
namespace {

struct Hostile {
  const char* name;
  std::string body;
  const char* type = "application/fhir+json";
};

std::string repeated(std::string_view text, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

std::string xml(const std::string& inside, const std::string& before = {}) {
  return before + R"(<Patient xmlns="http://hl7.org/fhir">)" + inside + "</Patient>";
}

const std::vector<Hostile>& inputs() {
  static const std::vector<Hostile> all = {
      {"DuplicateKeys", R"({"resourceType":"Patient","gender":"male","gender":"female"})"},
      {"NaN", R"({"resourceType":"Patient","multipleBirthInteger":NaN})"},
      {"Infinity", R"({"resourceType":"Patient","multipleBirthInteger":1e999999})"},
      {"DeepNesting", R"({"resourceType":"Patient","name":)" + repeated("[", 100'000)},
      {"DeepExtensions",
       R"({"resourceType":"Patient","extension":)" + repeated(R"([{"url":"u","extension":)", 2'000)},
      {"Truncated", R"({"resourceType":"Patient","name":[{"family":")"},
      {"NotUtf8", "{\"resourceType\":\"Patient\",\"language\":\"\xff\xfe\"}"},
      {"ControlCharacter", std::string("{\"resourceType\":\"Patient\",\"language\":\"a\x01\"}")},
      {"EmptyBody", " "},
      {"EmptyObject", "{}"},
      {"Null", "null"},
      {"TrailingText", R"({"resourceType":"Patient"} {})"},
      {"Script", R"({"resourceType":"Patient","text":{"status":"generated","div":)"
                 R"("<div xmlns=\"http://www.w3.org/1999/xhtml\"><script>alert(1)</script></div>"}})"},
      {"EntityInNarrative", R"({"resourceType":"Patient","text":{"status":"generated","div":)"
                            R"("<!DOCTYPE d [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>)"
                            R"(<div xmlns=\"http://www.w3.org/1999/xhtml\">&x;</div>"}})"},
      {"ExternalEntity",
       xml("<name><family value=\"&x;\"/></name>",
           R"(<!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/passwd">]>)"),
       "application/fhir+xml"},
      {"BillionLaughs",
       xml("<name><family value=\"&c;\"/></name>",
           R"(<!DOCTYPE p [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>)"),
       "application/fhir+xml"},
      {"ExternalDtd", xml("", R"(<!DOCTYPE p SYSTEM "http://127.0.0.1:9/evil.dtd">)"),
       "application/fhir+xml"},
      {"DeepXml", xml(repeated("<extension url=\"u\">", 50'000)), "application/fhir+xml"},
      {"XInclude",
       xml(R"(<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>)"),
       "application/fhir+xml"},
      {"WrongNamespace", R"(<Patient xmlns="urn:x"><active value="true"/></Patient>)",
       "application/fhir+xml"},
      {"Utf16", std::string("\xff\xfe<\0P\0", 6), "application/fhir+xml"},
  };
  return all;
}

class HostileTest : public ServerTest, public ::testing::WithParamInterface<std::size_t> {};

std::int64_t resident_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::atoll(line.c_str() + 6);
  return 0;
}

TEST_P(HostileTest, IsRefusedWithAnOutcome) {
  serve();
  const Hostile& input = inputs()[GetParam()];
  const std::int64_t before = resident_kib();
  for (const auto& [method, target] :
       {std::pair(http::Method::Post, "/Patient"), std::pair(http::Method::Put, "/Patient/a"),
        std::pair(http::Method::Post, "")}) {
    const Answer answer = send(method, target, input.body, {{"Content-Type", input.type}});
    EXPECT_GE(answer.status, 400) << target << answer.body.substr(0, 500);
    EXPECT_LT(answer.status, 500) << target << answer.body.substr(0, 500);
    EXPECT_EQ(answer.json.text("resourceType"), "OperationOutcome");
    EXPECT_EQ(answer.body.find("root:"), std::string::npos);
  }
  EXPECT_EQ(get("/Patient").total(), 0);
  EXPECT_LT(resident_kib() - before, 200 << 10);
}

INSTANTIATE_TEST_SUITE_P(T14, HostileTest, ::testing::Range(std::size_t{0}, inputs().size()),
                         [](const auto& one) { return std::string(inputs()[one.param].name); });

// A source of any length that is never there: as a body that was announced.
class Endless final : public ByteSource {
 public:
  explicit Endless(std::uint64_t size) : size_(size) {}
  std::uint64_t size() const override { return size_; }
  Result<std::size_t> read_at(std::uint64_t, std::span<std::byte>) const override {
    ADD_FAILURE() << "a body beyond the limit is not read";
    return std::size_t{0};
  }

 private:
  std::uint64_t size_;
};

TEST_F(ServerTest, ABundleOfAGigabyteIsNotRead) {
  serve();
  http::Request request;
  request.method = http::Method::Post;
  request.path = "/fhir";
  request.base_url = kBase;
  request.headers.add("Content-Type", "application/fhir+json");
  request.body = std::make_shared<Endless>(1ull << 30);
  const auto route = router_->match(request);
  ASSERT_TRUE(route.ok());
  EXPECT_LT((*route)->info.body_limit, 1ull << 30);  // the connection refuses it before
  const Answer answer = answer_of(*(*route)->handler(request));
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(answer.issue("code"), "too-long");
}

}  // namespace
}  // namespace gateway::fhir

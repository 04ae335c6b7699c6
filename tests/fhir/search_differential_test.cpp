// The same resources and queries, here and at an independent server (Medplum) on loopback: equal sets of ids,
// but for the queries that the list names with the clause of the standard by which we differ.
#include <algorithm>
#include <fstream>
#include <set>

#include "gateway/http/client.h"
#include "tests/fhir/search_fixture.h"
#include "tests/support/process.h"

namespace gateway::fhir {
namespace {

constexpr const char* kGolden = SOURCE_DIR "/tests/golden/fhir-search/";
constexpr const char* kPeer = SOURCE_DIR "/../shared/checks/fhir-peer";

class DifferentialTest : public SearchTest {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kPeer)) GTEST_SKIP() << "the peer of the acceptance checks is not here";
    port_ = std::to_string(20'000 + ::getpid() % 20'000);
    environment_ = "EHDS_FHIR_PEER=" + port_ + " ";
    const auto started = tests::run(environment_ + kPeer + " start " + kGolden + "generated.ndjson");
    if (started.exit_code != 0) GTEST_SKIP() << "the peer does not start: " << started.out << started.err;
    http::ClientOptions options;
    options.name = "peer";
    options.base_url = "http://127.0.0.1:" + port_ + "/fhir";
    auto made = http::HttpClient::make(options);
    ASSERT_TRUE(made.ok()) << made.error().text();
    peer_ = std::move(*made);
    std::ifstream lines(std::string(kGolden) + "generated.ndjson");
    for (std::string line; std::getline(lines, line);) put(line);
  }
  void TearDown() override {
    if (peer_) tests::run(environment_ + kPeer + " stop");
  }

  using Ids = std::set<std::string>;
  static Ids ids_in(const Value& bundle) {
    Ids ids;
    if (const Value* entries = bundle.find("entry"))
      for (const Value& entry : *entries->as_list()) ids.emplace(entry.find("resource")->text("id"));
    return ids;
  }
  Ids at_peer(const std::string& query) {
    http::ClientRequest request;
    const auto mark = query.find('?');
    request.target = "/" + query.substr(0, mark) + "?";
    if (mark != std::string::npos)
      request.target += codec::write_query(*codec::parse_query(query.substr(mark + 1))) + "&";
    request.target += "_count=1000";
    const auto answer = peer_->send(request);
    if (!answer || answer->status != 200) return {"refused"};
    std::string text(answer->body->size(), '\0');
    const auto read = answer->body->read_at(0, std::as_writable_bytes(std::span(text)));
    const auto bundle = codec::parse_json(text);
    return read.ok() && bundle.ok() ? ids_in(*bundle) : Ids{"unreadable"};
  }
  Ids here(const std::string& query) {
    const auto bundle = ask(query + (query.find('?') == std::string::npos ? "?" : "&") + "_count=1000");
    if (!bundle) return {"error: " + bundle.error().text()};
    Ids ids = ids_in(*bundle);
    EXPECT_EQ(total(*bundle), static_cast<std::int64_t>(ids.size())) << query;
    ids.erase("dicom-wado-rs");  // the Endpoint of this server
    return ids;
  }
  static std::string shown(const Ids& ids) {
    std::string text = std::to_string(ids.size()) + ":";
    for (const auto& id : ids) text += " " + id;
    return text.substr(0, 300);
  }

  std::string port_, environment_;
  std::unique_ptr<http::HttpClient> peer_;
};

TEST_F(DifferentialTest, FindsWhatAnIndependentServerFinds) {
  std::ifstream lines(std::string(kGolden) + "differential.tsv");
  int equal = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == '#') continue;
    const auto tab = line.find('\t');
    const std::string query = line.substr(0, tab), why = line.substr(tab + 1);
    const Ids ours = here(query), theirs = at_peer(query);
    if (why.empty()) {
      EXPECT_EQ(shown(ours), shown(theirs)) << query;
      ++equal;
    } else {
      EXPECT_NE(ours, theirs) << query << ": no longer a difference";
    }
  }
  EXPECT_GE(equal, 150);
}

}  // namespace
}  // namespace gateway::fhir

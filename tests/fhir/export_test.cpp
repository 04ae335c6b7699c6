// Bulk export (Bulk Data Access 2.0.0).
#include <filesystem>

#include "tests/fhir/server_fixture.h"

namespace gateway::fhir {
namespace {

class ExportTest : public ServerTest {
 protected:
  ExportTest() { serve(); }

  // The path of the status of a new export.
  std::string begin(const std::string& target) {
    const Answer begun = get(target, {{"Prefer", "respond-async"}});
    EXPECT_EQ(begun.status, 202) << begun.body;
    return begun.header("Content-Location").substr(std::string(kBase).size() + 5);
  }
  // The manifest of an export that is worked off.
  Answer manifest(const std::string& target) {
    const std::string path = begin(target);
    EXPECT_TRUE(face_->exports()->run_one());
    Answer done = get(path);
    EXPECT_EQ(done.status, 200) << done.body;
    return done;
  }
  // "Patient:2 Observation:1"
  static std::string counts(const Answer& manifest) {
    std::string text;
    for (const Value& file : *manifest.json.find("output")->as_list())
      text += (text.empty() ? "" : " ") + std::string(file.text("type")) + ":" +
              std::to_string(*file.find("count")->as_int());
    return text;
  }
  std::string file(const Answer& manifest, std::string_view type, const char* member = "output") {
    for (const Value& file : *manifest.json.find(member)->as_list())
      if (file.text("type") == type) {
        const Answer got = get(std::string(file.text("url")).substr(std::string(kBase).size() + 5),
                               {{"Accept", "application/fhir+ndjson"}});
        EXPECT_EQ(got.status, 200);
        EXPECT_EQ(got.header("Content-Type"), "application/fhir+ndjson");
        return got.body;
      }
    return {};
  }
  static std::string observation(const std::string& subject, const std::string& text) {
    return R"({"resourceType":"Observation","status":"final","code":{"text":")" + text +
           R"("},"subject":{"reference":"Patient/)" + subject + "\"}}";
  }
};

TEST_F(ExportTest, GivesEveryResourceOfBothPlanesOnce) {
  add_image_study("1.2.3");
  for (int i = 0; i < 3; ++i) put("/Patient/p" + std::to_string(i), patient("N", "p" + std::to_string(i)));
  const Answer done = manifest("/$export");
  EXPECT_NE(counts(done).find("Patient:4"), std::string::npos) << counts(done);
  EXPECT_NE(counts(done).find("ImagingStudy:1"), std::string::npos) << counts(done);
  EXPECT_EQ(done.json.text("request"), std::string(kBase) + "/fhir/$export");
  const std::string lines = file(done, "Patient");
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 4);
  EXPECT_EQ(lines.find('\r'), std::string::npos);
  EXPECT_TRUE(codec::parse_json(lines.substr(0, lines.find('\n'))).ok());
}

TEST_F(ExportTest, TellsHowFarItIsAndCanBeEnded) {
  const std::string path = begin("/$export");
  const Answer waiting = get(path);
  EXPECT_EQ(waiting.status, 202);
  EXPECT_EQ(waiting.header("X-Progress"), "waiting");
  EXPECT_EQ(waiting.header("Retry-After"), "2");
  EXPECT_EQ(remove(path).status, 202);
  EXPECT_EQ(get(path).status, 404);
  EXPECT_EQ(remove(path).status, 404);
  EXPECT_FALSE(face_->exports()->run_one());
}

TEST_F(ExportTest, NarrowsByTypeTimeFilterAndElements) {
  put("/Patient/a", patient("A", "a", "1"));
  clock_.advance_us(10'000'000);
  put("/Patient/b", patient("B", "b", "2"));
  post("/Observation", observation("a", "x"));
  EXPECT_EQ(counts(manifest("/$export?_type=Observation")), "Observation:1");
  EXPECT_EQ(counts(manifest("/$export?_type=Patient&_since=2026-11-22T18:09:00Z")), "Patient:1");
  EXPECT_EQ(counts(manifest("/$export?_type=Patient&_typeFilter=Patient?family=A,Patient?family=Z")),
            "Patient:1");
  const std::string part = file(manifest("/$export?_type=Patient&_elements=identifier"), "Patient");
  EXPECT_EQ(part.find("family"), std::string::npos) << part;
}

TEST_F(ExportTest, TellsWhatWasDeletedSince) {
  put("/Patient/a", patient("A", "a"));
  clock_.advance_us(10'000'000);
  remove("/Patient/a");
  const Answer done = manifest("/$export?_type=Patient&_since=2026-11-22T18:09:00Z");
  EXPECT_NE(file(done, "Bundle", "deleted").find("Patient/a"), std::string::npos) << done.body;
}

TEST_F(ExportTest, OfAGroupHoldsItsMembersOnly) {
  for (const char* id : {"a", "b"}) {
    put("/Patient/" + std::string(id), patient(id, id));
    post("/Observation", observation(id, id));
  }
  put("/Group/g", R"({"resourceType":"Group","id":"g","type":"person","actual":true,
    "member":[{"entity":{"reference":"Patient/a"}}]})");
  const Answer done = manifest("/Group/g/$export?_type=Patient,Observation");
  EXPECT_EQ(counts(done), "Observation:1 Patient:1");
  EXPECT_EQ(get("/Group/none/$export", {{"Prefer", "respond-async"}}).status, 404);
  put("/Organization/o", R"({"resourceType":"Organization","id":"o","name":"Clinic"})");
  EXPECT_EQ(counts(manifest("/Patient/$export?_type=Patient,Organization")), "Patient:2");
}

TEST_F(ExportTest, MembersOfAGroupArePatientsOfThisServer) {
  for (const char* id : {"a", "b", "c", "d"}) put("/Patient/" + std::string(id), patient(id, id));
  put("/Group/g", R"({"resourceType":"Group","id":"g","type":"person","actual":true,"member":[
    {"entity":{"reference":"https://other.example/fhir/Patient/a"}},
    {"entity":{"reference":"Patient/b/_history/1"}},
    {"entity":{"reference":"http://gw.example:8080/fhir/Patient/c"}}]})");
  const std::string lines = file(manifest("/Group/g/$export?_type=Patient"), "Patient");
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 2) << lines;
  for (const char* id : {"b", "c"})
    EXPECT_NE(lines.find("\"id\":\"" + std::string(id)), std::string::npos) << lines;
}

TEST_F(ExportTest, RefusesWhatItCannotDo) {
  EXPECT_EQ(get("/$export").status, 400);
  for (const char* query : {"_type=NoSuch", "_since=soon", "_outputFormat=csv", "_typeFilter=x", "nosuch=1"})
    EXPECT_EQ(get("/$export?" + std::string(query), {{"Prefer", "respond-async"}}).status, 400) << query;
  EXPECT_EQ(get("/$export-file/x/manifest.json").status, 404);
  for (std::size_t i = 0; i < Exports::kMaxWaiting; ++i) begin("/$export");
  EXPECT_EQ(get("/$export", {{"Prefer", "respond-async"}}).status, 429);
}

TEST_F(ExportTest, IsBoundedInBytes) {
  config_.max_export_bytes = 100;
  serve();
  for (int i = 0; i < 3; ++i) post("/Patient", patient("A"));
  const std::string path = begin("/$export?_type=Patient");
  face_->exports()->run_one();
  const Answer failed = get(path);
  EXPECT_EQ(failed.status, 500);
  EXPECT_EQ(failed.json.text("resourceType"), "OperationOutcome");
}

TEST_F(ExportTest, SurvivesARestartOrSaysThatItDidNot) {
  put("/Patient/a", patient("A", "a"));
  const std::string done = begin("/$export?_type=Patient");
  face_->exports()->run_one();
  const std::string cut = begin("/$export");
  std::filesystem::create_directories(config_.export_folder + cut.substr(cut.rfind('/')));
  serve();
  const Answer again = get(done);
  EXPECT_EQ(again.status, 200);
  EXPECT_NE(file(again, "Patient"), "");
  const Answer interrupted = get(cut);
  EXPECT_EQ(interrupted.status, 500);
  EXPECT_NE(interrupted.body.find("interrupted"), std::string::npos);
}

TEST_F(ExportTest, ARestartDoesNotPutOffItsExpiry) {
  const std::string path = begin("/$export?_type=Patient");
  face_->exports()->run_one();
  const std::filesystem::path file = config_.export_folder + path.substr(path.rfind('/')) + "/manifest.json";
  const std::chrono::seconds age(config_.export_keep_s - 100);
  std::filesystem::last_write_time(file, std::filesystem::last_write_time(file) - age);
  serve();
  EXPECT_EQ(get(path).status, 200);
  clock_.advance_us(101 * 1'000'000);
  face_->exports()->sweep();
  EXPECT_EQ(get(path).status, 404);
}

TEST_F(ExportTest, Expires) {
  const std::string path = begin("/$export");
  face_->exports()->run_one();
  clock_.advance_us((config_.export_keep_s + 1) * 1'000'000);
  face_->exports()->sweep();
  EXPECT_EQ(get(path).status, 404);
  EXPECT_TRUE(std::filesystem::is_empty(config_.export_folder));
}

}  // namespace
}  // namespace gateway::fhir

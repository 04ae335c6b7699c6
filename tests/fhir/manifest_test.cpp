// Manifests over the FHIR interface: from DICOM files to documents, references and back (IHE RAD MADO).
#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "gateway/ingest/prepare.h"
#include "mappers/dicom/kos.h"
#include "tests/fhir/server_fixture.h"

namespace gateway::fhir {
namespace {

namespace fs = std::filesystem;
using mappers::fhir::manifest_id;
using mappers::fhir::ManifestPart;

const std::string kStudyB = std::string(SOURCE_DIR) + "/../shared/corpus/fhir/examples/mado-study-B/";
constexpr const char* kUid = "1.2.250.1.59.40211.22756022.2.1.102";

class ManifestServerTest : public ServerTest {
 protected:
  ManifestServerTest() {
    config_.manifest.creator.manufacturer = "Maker";
    config_.manifest.creator.organization = "Klinikum";
    config_.manifest.viewer_url = "https://viewer.example/{study}";
    config_.render.zone_offset = "+01:00";
  }

  // A study of the index from DICOM files: what ingest makes of each, put together.
  void add_files(const std::vector<std::string>& paths) {
    const auto table = mappers::engine::Table::load(std::string(SOURCE_DIR) + "/profiles", "dicom/core-2025");
    ASSERT_TRUE(table.ok()) << table.error().text();
    model::StudyRow row;
    for (const std::string& path : paths) {
      model::IngestItem item;
      item.label = path;
      item.source = std::make_shared<OwnedText>(read_file(path).value());
      const auto prepared = ingest::prepare(item, *table);
      ASSERT_TRUE(prepared.accepted()) << prepared.outcome.error->text();
      add_object(row, prepared.entry.object);
    }
    row.subject.key = std::string(32, 'a');
    row.version = 3;
    row.updated_us = 1'700'000'000'123'456;
    for (auto& series : row.series) {
      std::sort(series.instances.begin(), series.instances.end(),
                [](const auto& a, const auto& b) { return a.number < b.number; });
      series.instance_count = series.instances.size();
      row.modalities.push_back(series.series.modality);
    }
    row.series_count = row.series.size();
    index_.add(row);
  }

  static void add_object(model::StudyRow& row, const model::ImagingObject& object) {
    if (row.study.uid.empty()) row.study = object.study, row.subject.subject = object.subject;
    auto series = std::find_if(row.series.begin(), row.series.end(),
                               [&](const auto& one) { return one.series.uid == object.series.uid; });
    if (series == row.series.end()) {
      row.series.push_back({object.series, 0, {}});
      series = row.series.end() - 1;
    }
    series->instances.push_back(object.instance);
    ++row.instance_count;
  }

  // The 21 files of Study B; none where the archive or a tool to open it is not there.
  std::vector<std::string> study_b() const {
    std::vector<std::string> paths;
    const std::string to = folder_ / "study-b";
    const std::string command = "unzip -qo '" + kStudyB + "Study_B.zip' -d '" + to + "' 2>/dev/null";
    if (!fs::exists(kStudyB) || std::system(command.c_str()) != 0) return paths;
    for (const auto& entry : fs::recursive_directory_iterator(to))
      if (entry.is_regular_file()) paths.push_back(entry.path().string());
    std::sort(paths.begin(), paths.end());
    return paths;
  }

  // One study of one CT instance.
  void add_small(int number, const std::string& modality = "CT") {
    model::StudyRow row;
    row.study.uid = "1.2.3." + std::to_string(number);
    row.study.date = "2024010" + std::to_string(number);
    row.study.time = "120000";
    row.study.accession_number = "A" + std::to_string(number);
    row.study.accession_issuer = "1.9";
    row.study.description = "Study " + std::to_string(number);
    row.subject.id = number;
    row.subject.key = std::string(31, '0') + std::to_string(number);
    row.subject.subject.patient_id = "P" + std::to_string(number);
    row.subject.subject.issuer = "1.2.3.4";
    row.modalities = {modality};
    model::SeriesRow series;
    series.series.uid = row.study.uid + ".1";
    series.series.modality = modality;
    series.series.body_part = number == 1 ? "CHEST" : "HEAD";
    series.instances.push_back({});
    series.instances[0].uid = series.series.uid + ".1";
    series.instances[0].sop_class_uid = "1.2.840.10008.5.1.4.1.1.2";
    series.instance_count = row.instance_count = row.series_count = 1;
    row.series.push_back(series);
    row.updated_us = 1'700'000'000'000'000 + number;
    index_.add(row);
  }

  std::int64_t hits(const std::string& query) {
    const Answer answer = send(http::Method::Get, "/DocumentReference" + query);
    EXPECT_EQ(answer.status, 200) << query << answer.body;
    return answer.total();
  }

  static std::vector<Value> resources(const Value& bundle, std::string_view type) {
    std::vector<Value> found;
    for (const Value& entry : *bundle.find("entry")->as_list())
      if (entry.find("resource")->text("resourceType") == type) found.push_back(*entry.find("resource"));
    return found;
  }

  static model::Manifest kos(const Answer& answer) {
    model::ManifestNotes notes;
    auto manifest = mappers::dicom::read_kos(MemorySource(answer.body), notes);
    EXPECT_TRUE(manifest.ok()) << (manifest ? "" : manifest.error().text());
    return manifest ? *manifest : model::Manifest();
  }
};

TEST_F(ManifestServerTest, study_b_becomes_a_document_and_a_key_object_that_say_the_same) {
  const auto paths = study_b();
  if (paths.size() != 21) GTEST_SKIP() << "no corpus, or no unzip";
  serve();
  add_files(paths);
  const std::string id = manifest_id(ManifestPart::Document, kUid);
  const Answer document = send(http::Method::Get, "/Bundle/" + id);
  ASSERT_EQ(document.status, 200) << document.body;
  const auto studies = resources(document.json, "ImagingStudy");
  ASSERT_EQ(studies.size(), 1u);
  EXPECT_EQ(to_json(*studies[0].find("numberOfSeries")), "2");
  EXPECT_EQ(to_json(*studies[0].find("numberOfInstances")), "21");

  const Answer file = send(http::Method::Get, "/Binary/" + id);
  EXPECT_EQ(file.header("Content-Type"), "application/dicom");
  const model::Manifest m = kos(file);
  EXPECT_EQ(m.study_uid, kUid);
  ASSERT_EQ(m.series.size(), 2u);
  EXPECT_EQ(m.series[0].instances.size(), 20u);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(m.series[0].instances[static_cast<std::size_t>(i)].number, i + 1);
  EXPECT_EQ(m.series[0].retrieve_url, std::string(kBase) + "/dicomweb");
  EXPECT_FALSE(m.series[0].location_uid.empty());
  EXPECT_EQ(m.series[1].instances[0].title.value, "113000");
  EXPECT_EQ(m.series[1].instances[0].description, "Significant DICOM Instances");
  EXPECT_EQ(m.orders.front().accession.value, "8529258169397744");
  EXPECT_EQ(m.regions.front().value, "774007");
  EXPECT_EQ(document.json.find("identifier")->text("value"), "urn:oid:" + m.uid);

  // T2: the Bundle made of the Key Object document is the one that is served.
  model::ManifestNotes notes;
  EXPECT_EQ(mappers::fhir::manifest_bundle(m, face_->render(), notes).value(), document.body);
}

TEST_F(ManifestServerTest, both_forms_are_referred_to_and_refer_to_each_other) {
  serve();
  add_small(1);
  const Answer found = send(http::Method::Get, "/DocumentReference?study-instance-uid=urn:oid:1.2.3.1");
  ASSERT_EQ(found.total(), 2) << found.body;
  const Value& fhir = *found.entries()[0].find("resource");
  const Value& dicom = *found.entries()[1].find("resource");
  const auto target = [](const Value& from) {
    return std::string(from.find("relatesTo")->as_list()->front().find("target")->text("reference"));
  };
  EXPECT_EQ(target(fhir), "DocumentReference/" + std::string(dicom.text("id")));
  EXPECT_EQ(target(dicom), "DocumentReference/" + std::string(fhir.text("id")));
  for (const Value* one : {&fhir, &dicom}) {
    const Value& attachment = *one->find("content")->as_list()->front().find("attachment");
    std::string url(attachment.text("url"));
    ASSERT_TRUE(url.starts_with(std::string(kBase) + "/fhir/")) << url;
    const Answer content = send(http::Method::Get, url.substr(std::string(kBase).size() + 5));
    EXPECT_EQ(content.status, 200) << url;
    EXPECT_TRUE(content.header("Content-Type").starts_with(attachment.text("contentType")));
  }
}

TEST_F(ManifestServerTest, references_are_found_by_every_parameter_of_mhd) {
  serve();
  add_small(1);
  add_small(2, "MR");
  EXPECT_EQ(hits(""), 4);
  EXPECT_EQ(hits("?patient=Patient/" + std::string(31, '0') + "1"), 2);
  EXPECT_EQ(hits("?patient.identifier=urn:oid:1.2.3.4|P2"), 2);
  EXPECT_EQ(hits("?status=current"), 4);
  EXPECT_EQ(hits("?status=superseded"), 0);
  EXPECT_EQ(hits("?type=http://loinc.org|18748-4"), 4);
  EXPECT_EQ(hits("?type=http://loinc.org|85430-7"), 0);
  EXPECT_EQ(hits("?category=Medical-Imaging"), 4);
  EXPECT_EQ(hits("?date=2023-11-14"), 4);
  EXPECT_EQ(hits("?date=gt2023-11-15"), 0);
  EXPECT_EQ(hits("?format=urn:ihe:rad:MADO:fhir-manifest:2026"), 2);
  EXPECT_EQ(hits("?format=http://dicom.nema.org/resources/ontology/DCMUID|1.2.840.10008.5.1.4.1.1.88.59"), 2);
  EXPECT_EQ(hits("?modality=MR"), 2);
  EXPECT_EQ(hits("?modality=http://dicom.nema.org/resources/ontology/DCM|CT"), 2);
  EXPECT_EQ(hits("?study-instance-uid=urn:dicom:uid|urn:oid:1.2.3.2"), 2);
  EXPECT_EQ(hits("?accession-number=A2"), 2);
  EXPECT_EQ(hits("?accession-number=urn:oid:1.9|A2"), 2);
  EXPECT_EQ(hits("?accession-number=urn:oid:1.8|A2"), 0);
  EXPECT_EQ(hits("?bodysite=67734004"), 2);
  EXPECT_EQ(hits("?anatomical-region=774007"), 2);
  EXPECT_EQ(hits("?_id=mado-kos-1.2.3.1"), 1);
  EXPECT_EQ(hits("?_id=mado-kos-1.2.3.1,mado-fhir-1.2.3.2"), 2);
  EXPECT_EQ(hits("?modality=CT&format=urn:ihe:rad:MADO:fhir-manifest:2026"), 1);
}

TEST_F(ManifestServerTest, references_are_found_by_the_identifier_of_the_document) {
  serve();
  add_small(1);
  add_small(2);
  const Answer document = send(http::Method::Get, "/Bundle/mado-1.2.3.2");
  ASSERT_EQ(document.status, 200) << document.body;
  const std::string identifier(document.json.find("identifier")->text("value"));
  EXPECT_EQ(hits("?identifier=urn:ietf:rfc:3986|" + identifier), 2);
  EXPECT_EQ(hits("?identifier=" + identifier), 2);
  EXPECT_EQ(hits("?identifier=urn:oid:1.2.3"), 0);
}

TEST_F(ManifestServerTest, pages_of_references_hold_each_document_once) {
  serve();
  for (int i = 1; i <= 5; ++i) add_small(i);
  std::vector<std::string> ids;
  std::string next = "/DocumentReference?_count=3";
  while (!next.empty()) {
    const Answer page = send(http::Method::Get, next);
    ASSERT_EQ(page.total(), 10);
    for (const Value& entry : page.entries()) ids.emplace_back(entry.find("resource")->text("id"));
    next.clear();
    for (const Value& link : *page.json.find("link")->as_list())
      if (link.text("relation") == "next") next = link.text("url").substr(std::string(kBase).size() + 5);
  }
  EXPECT_EQ(ids.size(), 10u);
  std::sort(ids.begin(), ids.end());
  EXPECT_EQ(std::unique(ids.begin(), ids.end()), ids.end());
}

TEST_F(ManifestServerTest, the_key_object_is_a_resource_for_those_who_accept_fhir) {
  serve();
  add_small(1);
  const Answer plain = send(http::Method::Get, "/Binary/mado-1.2.3.1", {}, {{"Accept", "*/*"}});
  EXPECT_EQ(plain.header("Content-Type"), "application/dicom");
  const Answer fhir =
      send(http::Method::Get, "/Binary/mado-1.2.3.1", {}, {{"Accept", "application/fhir+json"}});
  EXPECT_EQ(fhir.json.text("contentType"), "application/dicom") << fhir.body;
  EXPECT_EQ(send(http::Method::Get, "/ImagingStudy/1.2.3.1/$manifest?format=kos").body, plain.body);
  EXPECT_EQ(send(http::Method::Get, "/ImagingStudy/1.2.3.1/$manifest").json.text("type"), "document");
  EXPECT_EQ(send(http::Method::Get, "/ImagingStudy/1.2.3.1/$manifest?format=pdf").status, 400);
  EXPECT_EQ(send(http::Method::Get, "/ImagingStudy/1.2.3.9/$manifest").status, 404);
  EXPECT_EQ(send(http::Method::Get, "/Binary/mado-1.2.3.9").status, 404);
  EXPECT_EQ(send(http::Method::Get, "/Bundle/mado-1.2.3.9").status, 404);
}

TEST_F(ManifestServerTest, anybodys_manifest_is_converted_with_a_list_of_what_is_missing) {
  if (!fs::exists(kStudyB)) GTEST_SKIP() << "no corpus";
  serve();
  const std::string kos_file = read_file(kStudyB + "MADO_KOS_B.dcm").value();
  const Answer made =
      send(http::Method::Post, "/$convert-manifest", kos_file, {{"Content-Type", "application/dicom"}});
  ASSERT_EQ(made.status, 200) << made.body;
  const auto& parts = *made.json.find("parameter")->as_list();
  EXPECT_EQ(parts[0].find("resource")->text("type"), "document");
  EXPECT_NE(to_json(*parts[1].find("resource")).find("trial phase"), std::string::npos);

  const std::string bundle = to_json(*parts[0].find("resource"));
  const Answer back =
      send(http::Method::Post, "/$convert-manifest", bundle, {{"Accept", "application/dicom"}});
  ASSERT_EQ(back.status, 200) << back.body;
  EXPECT_EQ(back.header("Content-Type"), "application/dicom");
  EXPECT_EQ(kos(back).orders.size(), 2u);
  EXPECT_EQ(kos(back).uid, "1.2.250.1.59.40211.22756022.2.3.102.259.31");

  for (const std::string bad : {"{", "{}", R"({"resourceType":"Bundle","type":"document"})", "DICM"}) {
    EXPECT_GE(send(http::Method::Post, "/$convert-manifest", bad).status, 400) << bad;
    const Answer dicom =
        send(http::Method::Post, "/$convert-manifest", bad, {{"Content-Type", "application/dicom"}});
    EXPECT_TRUE(dicom.status >= 400 && dicom.status < 500) << dicom.status;
  }
}

TEST(ManifestId, leads_back_to_its_study_however_long_the_uid_is) {
  const std::string stem = "1.3.6.1.4.1.14519.5.2.1.6279.6001.298806137288633453246975630178";
  for (std::size_t length = 3; length <= 64; ++length) {
    std::string uid = stem.substr(0, length);
    if (uid.back() == '.') uid.back() = '7';
    for (const auto part :
         {ManifestPart::Document, ManifestPart::FhirReference, ManifestPart::KosReference}) {
      const std::string id = manifest_id(part, uid);
      EXPECT_TRUE(mappers::fhir::is_fhir_id(id)) << id;
      EXPECT_EQ(mappers::fhir::study_id_of(part, id), uid);
    }
  }
  EXPECT_EQ(mappers::fhir::study_id_of(ManifestPart::Document, "mado-z0"), "");
  EXPECT_EQ(mappers::fhir::study_id_of(ManifestPart::KosReference, "mado-1.2.3"), "");
}

}  // namespace
}  // namespace gateway::fhir

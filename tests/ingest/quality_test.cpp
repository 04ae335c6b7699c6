// Planted defects move exactly their metric of the quality label, planted changes exactly the described
// number.
#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>

#include "gateway/disclosure/publish.h"
#include "mappers/dcat/quality.h"
#include "tests/ingest/ingest_fixture.h"

namespace gateway::ingest {
namespace {

using mappers::dcat::QualityLabel;
using mappers::dicom::Draft;

// Three persons, a study each, a series of four images each; everything is as it should be.
Draft image(int study, int number) {
  const std::string uid = "1.2.826.0.1." + std::to_string(study);
  Draft draft;
  draft.set("SOPClassUID", "1.2.840.10008.5.1.4.1.1.2")
      .set("SOPInstanceUID", uid + ".1." + std::to_string(number))
      .set("StudyInstanceUID", uid)
      .set("SeriesInstanceUID", uid + ".1")
      .set("PatientID", "P" + std::to_string(study))
      .set("PatientName", "Doe^Jane")
      .set("PatientSex", study == 1 ? "M" : "F")
      .set("PatientBirthDate", "19600115")
      .set("PatientAge", "064Y")
      .set("StudyDate", "20240131")
      .set("AcquisitionDate", "20240131")
      .set("Modality", "CT")
      .set("BodyPartExamined", "CHEST")
      .set("Manufacturer", "ACME")
      .set("ManufacturerModelName", "One")
      .set("SeriesDescription", "Axial")
      .set("PatientIdentityRemoved", "YES")
      .set("ImageType", "ORIGINAL\\PRIMARY\\AXIAL")
      .set("PixelSpacing", "0.5\\0.5")
      .set("ImageOrientationPatient", "1\\0\\0\\0\\1\\0")
      .set("ImagePositionPatient", "0\\0\\" + std::to_string(number))
      .set("SliceThickness", "1")
      .set("FrameOfReferenceUID", uid + ".9")
      .set("KVP", "120")
      .set_number("Rows", 2)
      .set_number("Columns", 2)
      .set_number("BitsAllocated", 8)
      .set_number("BitsStored", 8)
      .set_number("HighBit", 7)
      .set_number("PixelRepresentation", 0)
      .set_number("SamplesPerPixel", 1)
      .set("PhotometricInterpretation", "MONOCHROME2")
      .set_number("InstanceNumber", number)
      .set_bytes("PixelData", "OB", std::string(4, static_cast<char>(study * 16 + number)));
  return draft;
}

std::vector<Draft> healthy() {
  std::vector<Draft> drafts;
  for (int study = 1; study <= 3; ++study)
    for (int number = 1; number <= 4; ++number) drafts.push_back(image(study, number));
  return drafts;
}

class QualityTest : public IngestTest {
 protected:
  void take(const std::vector<Draft>& drafts) {
    SetUp();
    std::vector<model::IngestItem> items;
    for (const Draft& draft : drafts) items.push_back(item_of(encoded(draft)));
    ingest(items);
  }
  // A fresh store for each set of images.
  void SetUp() override {
    ingestor_.reset();
    store_.reset();
    std::filesystem::remove_all(folder_.path() + "/data");
    IngestTest::SetUp();
  }

  QualityLabel label() {
    const auto profile = mappers::dcat::QualityProfile::load(SOURCE_DIR "/profiles/quality");
    EXPECT_TRUE(profile.ok()) << profile.error().text();
    const auto figures = store_->datasets().quality({});
    EXPECT_TRUE(figures.ok()) << figures.error().text() << figures.error().detail;
    return figures.ok() ? make_label(*figures, *profile) : QualityLabel();
  }
  QualityLabel label_of(const std::vector<Draft>& drafts) {
    take(drafts);
    return label();
  }
  model::SelectionStatistics figures_of(const std::vector<Draft>& drafts) {
    take(drafts);
    auto figures = store_->datasets().statistics({});
    EXPECT_TRUE(figures.ok()) << figures.error().detail;
    return figures.ok() ? *figures : model::SelectionStatistics();
  }
};

std::set<std::string> moved(const QualityLabel& before, const QualityLabel& after) {
  std::set<std::string> ids;
  for (const auto& metric : before.metrics) {
    const auto* now = after.find(metric.id);
    if (!now || now->value.has_value() != metric.value.has_value() ||
        (metric.value && std::abs(*now->value - *metric.value) > 1e-9))
      ids.insert(metric.id);
  }
  return ids;
}

TEST_F(QualityTest, HealthyImagesHaveAFullLabel) {
  const QualityLabel full = label_of(healthy());
  for (const auto& metric : full.metrics)
    if (metric.level > 0) {
      EXPECT_EQ(metric.value, 1.0) << metric.id;
    }
  EXPECT_GE(full.metrics.size(), 35u);
  EXPECT_EQ(full.find("uniqueness-pixels")->denominator, 12u);
  EXPECT_EQ(full.find("completeness-00180060")->denominator, 12u);
  EXPECT_EQ(full.find("completeness-00180080"), nullptr) << "there is no MR image";
}

TEST_F(QualityTest, APlantedDefectMovesExactlyItsMetric) {
  struct Planted {
    const char* what;
    std::set<std::string> metrics;
    std::function<void(std::vector<Draft>&)> plant;
  };
  const auto in_first = [](const char* keyword, const char* value) {
    return [=](std::vector<Draft>& drafts) { drafts[1].set(keyword, value); };
  };
  const auto in_study = [](const char* keyword, const char* value) {
    return [=](std::vector<Draft>& drafts) {
      for (int i = 0; i < 4; ++i) drafts[static_cast<std::size_t>(i)].set(keyword, value);
    };
  };
  const Planted kPlanted[] = {
      {"no body part", {"completeness-00180015", "completeness-minimum"}, in_first("BodyPartExamined", "")},
      {"no KVP", {"completeness-00180060"}, in_first("KVP", "")},
      {"doubled UID",
       {"uniqueness-uid"},
       [](auto& drafts) { drafts.push_back(image(1, 1).set("KVP", "80")); }},
      {"repeated pixels",
       {"uniqueness-pixels"},
       [](auto& drafts) { drafts[1].set_bytes("PixelData", "OB", std::string(4, '\x11')); }},
      {"series UID of another study",
       {"uniqueness-series-uid"},
       [](auto& drafts) {
         for (int i = 4; i < 8; ++i)
           drafts[static_cast<std::size_t>(i)].set("SeriesInstanceUID", "1.2.826.0.1.1.1");
       }},
      {"a date that is none", {"validity-values"}, in_first("AcquisitionDate", "20240231")},
      {"a sex that is none", {"validity-values"}, in_first("PatientSex", "X")},
      {"study of the future", {"validity-study-date"}, in_study("StudyDate", "29990101")},
      {"born after the study", {"validity-birth-date"}, in_study("PatientBirthDate", "20250101")},
      {"an impossible age", {"validity-age"}, in_study("PatientAge", "999Y")},
      {"another sex", {"consistency-sex"}, in_first("PatientSex", "F")},
      {"another birth date", {"consistency-birth-date"}, in_first("PatientBirthDate", "19610115")},
      {"another person", {"consistency-patient"}, in_first("PatientID", "P9")},
      {"another modality", {"consistency-modality"}, in_first("Modality", "MR")},
      {"another matrix", {"consistency-geometry"}, in_first("PixelSpacing", "0.7\\0.7")},
      {"age and birth apart", {"consistency-age"}, in_study("PatientAge", "070Y")},
      {"nobody's study",
       {"completeness-00100020", "completeness-minimum", "coverage-patient-id"},
       in_study("PatientID", "")},
      {"sex not known", {"completeness-00100040", "coverage-sex"}, in_study("PatientSex", "")},
  };
  const QualityLabel before = label_of(healthy());
  for (const Planted& planted : kPlanted) {
    auto drafts = healthy();
    planted.plant(drafts);
    EXPECT_EQ(moved(before, label_of(drafts)), planted.metrics) << planted.what;
  }
}

TEST_F(QualityTest, StudiesThatGrowLaterAreToldAndSoAreYears) {
  take({image(1, 1), image(2, 1)});
  ingest({item_of(encoded(image(1, 2)))});
  EXPECT_EQ(label().find("modification-later-objects")->numerator, 1u);
  auto drafts = healthy();
  for (std::size_t i = 0; i < 4; ++i) drafts[i].set("StudyDate", "20200131").set("PatientAge", "060Y");
  const QualityLabel gap = label_of(drafts);
  EXPECT_EQ(*gap.find("coverage-years")->value, 2);
  EXPECT_EQ(gap.find("coverage-period")->denominator, 5u);
}

TEST_F(QualityTest, WhatIsShownUnderAPolicyIsRoundedOrNothing) {
  auto drafts = healthy();
  drafts[1].set("KVP", "");
  const QualityLabel exact = label_of(drafts);
  model::SelectionStatistics shown;
  shown.privacy.step = 10;
  EXPECT_EQ(publish(exact, shown).find("completeness-00180060"), nullptr) << "no CT is shown";
  shown.modalities = {{"CT", 1, 1, 1, 1}};
  const QualityLabel rounded = publish(exact, shown);
  EXPECT_FALSE(rounded.exact);
  EXPECT_DOUBLE_EQ(*rounded.find("completeness-00180060")->value, 0.91) << "11 of 12";
  EXPECT_EQ(rounded.find("completeness-00180060")->denominator, 0u);
  EXPECT_EQ(rounded.find("modification-replaced"), nullptr);
  shown.privacy.below = 10;
  EXPECT_EQ(publish(exact, shown).find("completeness-00180060"), nullptr) << "one has none";
  shown.withheld = true;
  EXPECT_TRUE(publish(exact, shown).metrics.empty());
  EXPECT_TRUE(publish(exact, {}).exact);
}

// All that a description tells, as one line a number.
std::map<std::string, std::string> described(const model::SelectionStatistics& s) {
  std::map<std::string, std::string> out = {{"subjects", std::to_string(s.subjects)},
                                            {"studies", std::to_string(s.studies)},
                                            {"series", std::to_string(s.series)},
                                            {"instances", std::to_string(s.instances)},
                                            {"period", s.first_date + "-" + s.last_date},
                                            {"acquired", s.first_series_date + "-" + s.last_series_date},
                                            {"checksum", s.checksum}};
  out["ages"] =
      std::to_string(s.min_age_years.value_or(-1)) + "-" + std::to_string(s.max_age_years.value_or(-1));
  const auto add = [&](const char* name, const std::vector<model::CountedValue>& values) {
    for (const auto& value : values)
      out[name] += value.value + ":" + std::to_string(value.subjects) + "/" + std::to_string(value.studies) +
                   "/" + std::to_string(value.series) + "/" + std::to_string(value.instances) + " ";
  };
  add("sexes", s.sexes), add("modalities", s.modalities), add("body parts", s.body_parts);
  add("makers", s.manufacturers), add("classes", s.sop_classes), add("syntaxes", s.transfer_syntaxes);
  add("years", s.years);
  return out;
}

TEST_F(QualityTest, APlantedChangeMovesExactlyTheDescribedNumber) {
  struct Planted {
    std::set<std::string> moves;
    std::function<void(std::vector<Draft>&)> plant;
  };
  const auto everywhere = [](const char* keyword, const char* value) {
    return [=](std::vector<Draft>& drafts) {
      for (std::size_t i = 0; i < 4; ++i) drafts[i].set(keyword, value);
    };
  };
  const Planted kPlanted[] = {
      {{"sexes", "checksum"}, everywhere("PatientSex", "F")},
      {{"body parts", "checksum"}, everywhere("BodyPartExamined", "HEAD")},
      {{"makers", "checksum"}, everywhere("Manufacturer", "Other")},
      {{"modalities", "checksum"}, everywhere("Modality", "MR")},
      {{"ages", "checksum"}, everywhere("PatientBirthDate", "19500115")},
      {{"period", "checksum", "ages", "years"}, everywhere("StudyDate", "20210131")},
      // Who has what is counted in persons, too.
      {{"subjects", "sexes", "checksum", "modalities", "body parts", "makers", "classes", "syntaxes",
        "years"},
       everywhere("PatientID", "P2")},
      {{"classes", "checksum"}, everywhere("SOPClassUID", "1.2.840.10008.5.1.4.1.1.4")},
      {{"checksum"}, everywhere("KVP", "80")},
  };
  const auto before = described(figures_of(healthy()));
  for (const Planted& planted : kPlanted) {
    auto drafts = healthy();
    planted.plant(drafts);
    std::set<std::string> moves;
    for (const auto& [name, value] : described(figures_of(drafts)))
      if (value != before.at(name)) moves.insert(name);
    EXPECT_EQ(moves, planted.moves);
  }
}

TEST_F(QualityTest, TheChecksumIsThatOfTheObjectsWhateverTheirOrder) {
  auto drafts = healthy();
  const std::string forward = figures_of(drafts).checksum;
  std::ranges::reverse(drafts);
  EXPECT_EQ(figures_of(drafts).checksum, forward);
  EXPECT_EQ(forward.size(), 64u);
  drafts.pop_back();
  EXPECT_NE(figures_of(drafts).checksum, forward);
}

TEST_F(QualityTest, FiguresBecomePublishableOnlyThroughAPolicy) {
  const auto exact = figures_of(healthy());
  EXPECT_EQ(exact.subjects, 3u);
  ASSERT_EQ(exact.persons.size(), 2u);
  EXPECT_EQ(exact.persons[0].age_years, 64);
  const auto shown = disclosure::disclose(exact, disclosure::Policy{}, {}).figures;
  EXPECT_TRUE(shown.withheld);
  EXPECT_EQ(shown.subjects, 0u);
}

}  // namespace
}  // namespace gateway::ingest

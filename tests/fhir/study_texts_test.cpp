#include "gateway/fhir/study_texts.h"

#include <gtest/gtest.h>

#include "tests/support/fake_index.h"

namespace gateway::fhir {
namespace {

class StudyTextsTest : public ::testing::Test {
 protected:
  StudyTextsTest() {
    auto terminology = mappers::fhir::Terminology::load(std::string(SOURCE_DIR) + "/profiles");
    EXPECT_TRUE(terminology.ok());
    if (terminology.ok()) options_.terminology = *terminology;
    for (int n = 0; n < 40; ++n) {
      model::StudyRow row;
      row.study.uid = "1.2." + std::to_string(n);
      row.subject.key = "k";
      index_.add(row);
    }
  }

  std::vector<model::StudyRow> rows() const { return *index_.studies({}, model::Depth::Study); }

  testing::FakeIndex index_;
  mappers::fhir::RenderOptions options_;
};

TEST_F(StudyTextsTest, KeepsATextWhileTheStudyDoesNotChange) {
  const StudyTexts texts(index_, options_, 1 << 20);
  const auto first = *texts.texts(rows()), again = *texts.texts(rows());
  EXPECT_EQ(first, again);  // the very same texts
  index_.rows[3].version = 2;
  index_.rows[3].study.description = "new";
  const auto changed = *texts.texts(rows());
  EXPECT_EQ(changed[2], first[2]);
  EXPECT_NE(changed[3]->find("new"), std::string::npos);
}

TEST_F(StudyTextsTest, TextsComeInTheOrderOfTheRows) {
  const StudyTexts texts(index_, options_, 1 << 20);
  auto backwards = rows();
  std::reverse(backwards.begin(), backwards.end());
  const auto all = *texts.texts(backwards);
  for (std::size_t i = 0; i < all.size(); ++i)
    EXPECT_NE(all[i]->find("\"id\":\"" + backwards[i].study.uid + "\""), std::string::npos);
}

TEST_F(StudyTextsTest, WhatIsKeptIsBounded) {
  const StudyTexts texts(index_, options_, 8000);
  ASSERT_TRUE(texts.texts(rows()).ok());
  EXPECT_GT(texts.kept_bytes(), 0u);
  EXPECT_LE(texts.kept_bytes(), 8000u);
}

TEST_F(StudyTextsTest, ARowThatLeftTheIndexHasNoText) {
  const StudyTexts texts(index_, options_, 8000);
  const auto before = rows();
  index_.rows.erase(index_.rows.begin());
  EXPECT_EQ((*texts.texts(before))[0], nullptr);
}

}  // namespace
}  // namespace gateway::fhir

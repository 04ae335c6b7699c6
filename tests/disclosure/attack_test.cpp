// The attacks of the corpus: each is met by a test of this folder, named here; those that need no case of
// their own stand below.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "gateway/base/bytes.h"
#include "gateway/codec/json.h"
#include "gateway/disclosure/count.h"
#include "gateway/disclosure/query.h"
#include "tests/support/source_tree.h"

namespace gateway::disclosure {
namespace {

TEST(Attacks, AllOfTheCorpusAreMet) {
  const std::string path = SOURCE_DIR "/../shared/corpus/eucaim/privacy/attack-cases.json";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "the corpus is not there";
  const std::map<std::string, std::string> kMetBy = {
      {"difference of two", "Protect.WhatDiffersByAFewIsToldAsTheSame"},
      {"complement", "Attack.Complement"},
      {"many askings",
       "CanonicalQuery.OneQuestionHasOneText, Protect.NoiseDependsOnTheQuestionAndNothingElse"},
      {"two accounts", "Attacks.TheRequesterDoesNotChangeTheNumber"},
      {"zero against suppressed", "Attack.ZeroAgainstSuppressed"},
      {"age walk", "AgeBands.QuestionsAreWidenedToThem"},
      {"age bounds", "Attack.AgeBounds"},
      {"dataset of seven", "Attack.DatasetOfSeven"},
      {"by project name", "PolicyBook.FaultsAreNamedWithTheirLine: a rule knows no project"},
      {"by log", "Attacks.NothingHereIsLogged"},
      {"by time", "Attacks.AnswersCostTheSameWhateverTheCount"},
      {"by studies", "Attack.ByStudies"},
      {"by free text", "Attack.ByFreeText"}};
  const auto cases = codec::parse_json(*read_file(path));
  ASSERT_TRUE(cases.ok());
  for (const Value& one : *cases->as_list())
    EXPECT_TRUE(kMetBy.contains(std::string(one.text("name")))) << one.text("name");
  EXPECT_EQ(cases->as_list()->size(), kMetBy.size());
}

// Who asks chooses the policy, by the site's rules, and nothing else: two with the same policy get one
// number, so that they cannot average the noise away together.
TEST(Attacks, TheRequesterDoesNotChangeTheNumber) {
  const auto book = PolicyBook::parse("default = 'strict'", "site.toml");
  const NoiseKey key{"a secret of the site", "dataset", 7, "question"};
  for (std::uint64_t count = 0; count < 500; ++count)
    EXPECT_EQ(protect(count, {}, book->policy_for("dataset", "a"), key),
              protect(count, {}, book->policy_for("dataset", "b"), key));
}

TEST(Attacks, NothingHereIsLogged) {
  for (const auto& file : tests::source_files({"gateway/disclosure"}, {".h", ".cpp"}))
    for (const std::string& line : file.lines)
      EXPECT_EQ(line.find("base/log.h"), std::string::npos) << file.path << " could log an exact count";
}

// No branch of protect() depends on the size of a count but by constant work: it takes the same few
// operations, and what it says of few and of nobody is one value.
TEST(Attacks, AnswersCostTheSameWhateverTheCount) {
  const Policy policy;
  const NoiseKey key{"secret", "dataset", 1, "question"};
  EXPECT_EQ(figure_value(protect(0, {}, policy, key)), figure_value(protect(5, {}, policy, key)));
}

}  // namespace
}  // namespace gateway::disclosure

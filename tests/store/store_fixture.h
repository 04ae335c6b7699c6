// A store in a temporary folder, and short forms of matches.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "gateway/store/store.h"
#include "tests/support/fake_clock.h"
#include "tests/support/index_entries.h"
#include "tests/support/temp_folder.h"

namespace gateway::store {

using model::CommitOutcome;
using model::IndexEntry;
using model::Level;
using model::Match;
using model::Query;

inline Match any_of(std::string field, std::vector<std::string> values) {
  return {std::move(field), Match::Kind::AnyOf, std::move(values), "", ""};
}
inline Match wildcard(std::string field, std::string value) {
  return {std::move(field), Match::Kind::Wildcard, {std::move(value)}, "", ""};
}
inline Match range(std::string field, std::string low, std::string high) {
  return {std::move(field), Match::Kind::Range, {}, std::move(low), std::move(high)};
}

class StoreTest : public ::testing::Test {
 protected:
  void SetUp() override { reopen(); }

  void reopen() {
    store_.reset();
    auto opened = Store::open({folder_.path() + "/store", false}, clock_);
    ASSERT_TRUE(opened.ok()) << opened.error().text() << opened.error().detail;
    store_ = std::move(*opened);
  }

  model::ImageIndex& index() { return store_->index(); }

  // Expects the commit to work.
  std::vector<CommitOutcome> commit(const std::vector<IndexEntry>& entries) {
    auto outcomes = index().commit(entries);
    EXPECT_TRUE(outcomes.ok()) << outcomes.error().text() << outcomes.error().detail;
    return outcomes.ok() ? *outcomes : std::vector<CommitOutcome>();
  }

  std::vector<model::SearchRow> search(Level level, std::vector<Match> matches, std::uint32_t limit = 100,
                                       std::uint64_t offset = 0) {
    auto rows = index().search({level, std::move(matches), limit, offset});
    EXPECT_TRUE(rows.ok()) << rows.error().text() << rows.error().detail;
    return rows.ok() ? *rows : std::vector<model::SearchRow>();
  }

  std::vector<std::string> study_uids(std::vector<Match> matches, std::uint32_t limit = 100,
                                      std::uint64_t offset = 0) {
    std::vector<std::string> uids;
    for (const auto& row : search(Level::Study, std::move(matches), limit, offset))
      uids.push_back(row.study_uid);
    return uids;
  }

  std::vector<model::InstanceLocation> locate(std::string_view study, std::string_view series,
                                              std::string_view instance) {
    std::vector<model::InstanceLocation> found;
    auto done = index().locate(study, series, instance, [&](const auto& location) {
      found.push_back(location);
      return true;
    });
    EXPECT_TRUE(done.ok()) << done.error().text() << done.error().detail;
    return found;
  }

  gateway::testing::TempFolder folder_;
  gateway::testing::FakeClock clock_;
  std::unique_ptr<Store> store_;
};

}  // namespace gateway::store

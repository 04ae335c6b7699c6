#include "gateway/store/disclosure_store.h"

#include "tests/store/store_fixture.h"

namespace gateway::store {
namespace {

using DisclosureStoreTest = StoreTest;

TEST_F(DisclosureStoreTest, ARestartGivesNoNewBudget) {
  const auto admit = [&](const char* digest, std::int64_t since, std::int64_t now) {
    const auto admission = store_->disclosures().admit({"a", "d", digest}, since, now, 2);
    EXPECT_TRUE(admission.ok());
    return admission.ok() && admission->admitted;
  };
  EXPECT_TRUE(admit("one", 0, 100));
  EXPECT_TRUE(admit("two", 0, 200));
  EXPECT_FALSE(admit("three", 0, 300));
  reopen();
  EXPECT_FALSE(admit("three", 0, 300));
  EXPECT_TRUE(admit("one", 0, 300)) << "known";
  EXPECT_TRUE(admit("three", 150, 300)) << "the first question is too old to count";
  EXPECT_FALSE(admit("four", 150, 300));
}

}  // namespace
}  // namespace gateway::store

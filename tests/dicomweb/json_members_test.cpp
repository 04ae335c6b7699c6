#include "gateway/dicomweb/json_members.h"

#include <gtest/gtest.h>

namespace gateway::dicomweb {
namespace {

const std::string kObject =
    R"({"00080005":{"vr":"CS","Value":["ISO_IR 192"]},"00080020":{"vr":"DA"},)"
    R"("00081032":{"vr":"SQ","Value":[{"00080100":{"vr":"SH","Value":["a\"]}{\\"]}}]},"0020000D":{"vr":"UI","Value":["1.2"]}})";

TEST(JsonMembers, AreCutAtTheTopLevelOnly) {
  const auto members = members_of(kObject);
  ASSERT_EQ(members.size(), 4u);
  EXPECT_EQ(members[0].tag, "00080005");
  EXPECT_EQ(members[1].raw, R"("00080020":{"vr":"DA"})");
  EXPECT_EQ(members[2].raw,
            R"("00081032":{"vr":"SQ","Value":[{"00080100":{"vr":"SH","Value":["a\"]}{\\"]}}]})");
  EXPECT_EQ(members[3].tag, "0020000D");
}

TEST(JsonMembers, EmptyObjectHasNone) { EXPECT_TRUE(members_of("{}").empty()); }

TEST(JsonMembers, MergeKeepsKeysAscendingAndOwnValues) {
  const std::string own = R"({"00080020":{"vr":"DA","Value":["20200101"]},"0020000D":{"vr":"UI"}})";
  const std::string all = merged(own, kObject, [](std::string_view) { return true; });
  std::string tags;
  for (const auto& member : members_of(all)) tags += std::string(member.tag) + " ";
  EXPECT_EQ(tags, "00080005 00080020 00081032 0020000D ");
  EXPECT_NE(all.find("20200101"), std::string::npos);
}

TEST(JsonMembers, MergeTakesOnlyWhatIsWanted) {
  EXPECT_EQ(merged("{}", kObject, [](std::string_view tag) { return tag == "00080020"; }),
            R"({"00080020":{"vr":"DA"}})");
  EXPECT_EQ(merged("{}", kObject, [](std::string_view) { return false; }), "{}");
}

}  // namespace
}  // namespace gateway::dicomweb

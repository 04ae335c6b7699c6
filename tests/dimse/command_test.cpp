#include "gateway/dimse/command.h"

#include <gtest/gtest.h>

namespace gateway::dimse {
namespace {

TEST(CommandSet, ReadsWhatItWrote) {
  CommandSet command = CommandSet::request(Operation::Store, 7, "1.2.840.10008.5.1.4.1.1.2", true);
  command.set(Item::AffectedSopInstance, "1.2.3").set(Item::MoveOriginator, "ODD").set(Item::Priority, 0);
  const auto read = CommandSet::parse(as_bytes(command.encode()));
  ASSERT_TRUE(read.ok());
  EXPECT_TRUE(read->is(Operation::Store));
  EXPECT_EQ(read->message_id(), 7);
  EXPECT_EQ(read->text(Item::AffectedSopInstance), "1.2.3");
  EXPECT_EQ(read->text(Item::MoveOriginator), "ODD");
  EXPECT_TRUE(read->has_data());
  EXPECT_EQ(read->encode(), command.encode());
}

TEST(CommandSet, AResponseRepeatsWhatIdentifiesTheRequest) {
  CommandSet request = CommandSet::request(Operation::Find, 9, "1.2.840.10008.5.1.4.1.2.2.1", true);
  const CommandSet response = CommandSet::response(request, status::kPending, true);
  EXPECT_TRUE(response.is_response_to(Operation::Find));
  EXPECT_EQ(response.number(Item::RespondedTo), 9);
  EXPECT_EQ(response.status(), 0xFF00);
  EXPECT_EQ(response.text(Item::AffectedSopClass), "1.2.840.10008.5.1.4.1.2.2.1");
}

// Orthanc's answer to C-GET when an object could not be sent.
TEST(CommandSet, PassesOverADataSetThatFollowsTheCommand) {
  const CommandSet request = CommandSet::request(Operation::Get, 3, "1.2.840.10008.5.1.4.1.2.2.3", true);
  const std::string bytes =
      CommandSet::response(request, 0xC000, false).encode() + std::string(
                                                                  "\x08\0\x58\0\x04\0\0\0"
                                                                  "1.2\0",
                                                                  12);
  const auto read = CommandSet::parse(as_bytes(bytes));
  ASSERT_TRUE(read.ok());
  EXPECT_TRUE(read->is_response_to(Operation::Get));
  EXPECT_EQ(read->status(), 0xC000);
}

TEST(CommandSet, RefusesWhatDoesNotAddUp) {
  const std::string good = CommandSet::request(Operation::Echo, 1, "1.2.840.10008.1.1", false).encode();
  for (std::size_t cut = 1; cut < good.size(); ++cut) {
    const auto read = CommandSet::parse(as_bytes(std::string_view(good).substr(0, cut)));
    EXPECT_TRUE(!read.ok() || read->number(Item::CommandField)) << cut;
  }
  std::string wrong_group = good;
  wrong_group[12] = 8;
  EXPECT_FALSE(CommandSet::parse(as_bytes(wrong_group)).ok());
  std::string huge = good;
  huge[16] = huge[17] = huge[18] = huge[19] = static_cast<char>(0xFF);
  EXPECT_FALSE(CommandSet::parse(as_bytes(huge)).ok());
  EXPECT_FALSE(CommandSet::parse({}).ok());
  EXPECT_FALSE(CommandSet::parse(as_bytes(std::string(CommandSet::kMaxBytes + 1, '\0'))).ok());
}

}  // namespace
}  // namespace gateway::dimse

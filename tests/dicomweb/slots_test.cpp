#include "gateway/dicomweb/slots.h"

#include <gtest/gtest.h>

namespace gateway::dicomweb {
namespace {

const SlotValues kValues{"http://h/dicomweb", "\"CT\"", "2", "31"};

std::string filled(std::string_view text) {
  std::string out;
  append_filled(out, text, kValues);
  return out;
}

TEST(Slots, TextWithoutSlotsIsUnchanged) {
  for (std::size_t length = 0; length < 40; ++length) {
    const std::string text(length, 'x');
    EXPECT_EQ(filled(text), text);
  }
}

TEST(Slots, EverySlotIsFilledAtEveryAlignment) {
  for (std::size_t before = 0; before < 20; ++before) {
    const std::string lead(before, 'x');
    EXPECT_EQ(filled(lead + "\x01/studies"), lead + "http://h/dicomweb/studies");
    EXPECT_EQ(filled(lead + "[\x02],\x03,\x04"), lead + "[\"CT\"],2,31");
  }
}

TEST(Slots, NonAsciiTextIsLeftAlone) {
  const std::string text = "Ä日本語\xF0\x9F\x98\x80 and some more Παπαδόπουλος";
  EXPECT_EQ(filled(text), text);
}

TEST(Slots, RowGetsItsModalitiesAndCounts) {
  model::SearchRow row;
  row.modalities = {"CT", "PT"};
  row.series_count = 3;
  row.instance_count = 120;
  std::string out;
  append_row(out, "{\"m\":[\x02],\"s\":\x03,\"i\":\x04,\"u\":\"\x01\"}", row, "http://h");
  EXPECT_EQ(out, "{\"m\":[\"CT\",\"PT\"],\"s\":3,\"i\":120,\"u\":\"http://h\"}");
}

// One study without (0008,0061) makes viewers refuse the whole list.
TEST(Slots, StudyWithoutModalityIsNeverEmpty) {
  model::SearchRow row;
  row.modalities = {""};
  std::string out;
  append_row(out, "[\x02]", row, "");
  EXPECT_EQ(out, "[\"OT\"]");
}

}  // namespace
}  // namespace gateway::dicomweb

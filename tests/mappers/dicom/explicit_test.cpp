#include "mappers/dicom/explicit.h"

#include <gtest/gtest.h>

#include "corpus.h"
#include "dicom_bytes.h"
#include "gateway/base/ids.h"

using namespace mappers::dicom;
using namespace dicom_test;

namespace {

std::string assemble(const Reencoded& reencoded, std::string_view source) {
  std::string bytes;
  for (const Piece& piece : reencoded.pieces) {
    if (const auto* text = std::get_if<std::string>(&piece)) {
      bytes += *text;
    } else {
      const auto& range = std::get<SourceRange>(piece);
      bytes += source.substr(range.offset, range.length);
    }
  }
  EXPECT_EQ(bytes.size(), reencoded.size);
  return bytes;
}

std::string reencode(std::string_view bytes) {
  const auto file = read(bytes);
  if (!file.ok()) return {};
  const auto made = to_explicit_little_endian(*file, gateway::MemorySource(bytes));
  return made.ok() ? assemble(*made, bytes) : std::string();
}

}  // namespace

TEST(Explicit, ImplicitBecomesExplicitWithTheSameModel) {
  const std::string bytes = implicit_file(implicit(0x00080016, "1.2 ") + implicit(0x00080018, "1.5 ") +
                                          implicit(0x00081032, item(implicit(0x00080100, "C1"))) +
                                          implicit(0x00291010, "abcd") + implicit(0x7FE00010, "pixels"));
  const std::string made = reencode(bytes);
  const auto file = read(made);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->transfer_syntax, "1.2.840.10008.1.2.1");
  EXPECT_TRUE(file->findings.empty());
  EXPECT_EQ(json_of(made), json_of(bytes));
  EXPECT_EQ(file->meta.text(make_tag(0x00020003)), "1.5");
  EXPECT_EQ(made.substr(file->pixel_data->offset, 6), "pixels");
}

TEST(Explicit, BigEndianIsSwapped) {
  const std::string bytes =
      file_of("1.2.840.10008.1.2.2", element(0x00280010, "US", number(512, 2, true), true) +
                                         element(0x7FE00010, "OW", "\x01\x02\x03\x04", true));
  const std::string made = reencode(bytes);
  const auto file = read(made);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->data.integer(make_tag(0x00280010)), 512);
  EXPECT_EQ(made.substr(file->pixel_data->offset, 4), "\x02\x01\x04\x03");
}

TEST(Explicit, LongValuesOfShortVrsGoOutAsUn) {
  const std::string bytes =
      implicit_file(implicit(0x00100020, "P1") + implicit(0x00204000, std::string(65536, 'x')));
  const auto file = read(bytes);
  ASSERT_TRUE(file.ok());
  const std::string made = reencode(bytes);
  const auto again = read(made);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->data.find(make_tag(0x00204000))->length, 65536u);
}

TEST(Explicit, EveryReadableCorpusFileKeepsItsModel) {
  SKIP_WITHOUT_CORPUS();
  for (const auto& path : corpus_files()) {
    const std::string bytes = corpus_bytes(path);
    const auto file = read(bytes);
    if (!file.ok() || file->truncated) continue;
    // Binary values of odd length get a byte of padding.
    if (path == "broken/meta_missing_tsyntax.dcm" || path == "broken/nested_priv_SQ.dcm") continue;
    const std::string made = reencode(bytes);
    ASSERT_FALSE(made.empty()) << path;
    EXPECT_TRUE(json_of(made) == json_of(bytes)) << path;
  }
}

// ORACLE_frames.tsv holds the hash of the first frame in little endian order.
TEST(Explicit, FirstNativeFramesMatchTheOracle) {
  SKIP_WITHOUT_CORPUS();
  std::size_t checked = 0;
  for (const auto& row : read_table(corpus_folder() / "ORACLE_frames.tsv")) {
    if (row.size() < 7 || row[2] != "native" || row[4] != "1") continue;
    const std::string bytes = corpus_bytes(row[0]);
    const auto file = read(bytes);
    if (!file.ok() || (!file->big_endian && !file->deflated && !file->implicit_vr)) continue;
    const std::string made = reencode(bytes);
    const auto again = read(made);
    ASSERT_TRUE(again.ok() && again->pixel_data) << row[0];
    const std::string frame = made.substr(again->pixel_data->offset, std::stoul(row[5]));
    EXPECT_EQ(gateway::sha256_hex(frame), row[6]) << row[0];
    ++checked;
  }
  EXPECT_GT(checked, 5u);
}

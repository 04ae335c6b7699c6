// Every file of the shared corpus: read or refused for a named reason, equal to an independent model, and
// unharmed by mutations.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <random>

#include "corpus.h"
#include "dicom_bytes.h"
#include "mappers/dicom/attribute_set.h"
#include "mappers/dicom/explicit.h"
#include "mappers/dicom/instance_check.h"
#include "mappers/dicom/qido.h"

using namespace mappers::dicom;
using namespace dicom_test;

namespace {

// Everything the gateway does with an object; says what became of it as golden/dicom/corpus.tsv does.
std::string use(const gateway::ByteSource& source) {
  const auto file = read_file(source);
  if (!file.ok()) return "unreadable " + std::string(file.error().face().name);
  std::string json;
  EXPECT_TRUE(append_dicom_json(json, *file).ok());
  const auto qido = render_qido(*file);
  EXPECT_TRUE(qido.ok() && !qido->study.empty());
  attribute_set(file->data);
  odd_uids(*file);
  const auto reencoded = to_explicit_little_endian(*file, source);
  EXPECT_TRUE(file->truncated || reencoded.ok() ||
              reencoded.error().code == gateway::ErrorCode::NotSupported ||
              reencoded.error().code == gateway::ErrorCode::DicomMalformed);
  const auto storable = check_storable(*file);
  return storable.ok() ? "storable" : "refused " + std::string(storable.error().face().name);
}

// The same without memory behind it, as a file would be.
class UnmappedSource final : public gateway::ByteSource {
 public:
  explicit UnmappedSource(std::string_view bytes) : memory_(bytes) {}
  std::uint64_t size() const override { return memory_.size(); }
  gateway::Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    return memory_.read_at(offset, into);
  }

 private:
  gateway::MemorySource memory_;
};

// A flipped byte, a cut, a repeated or removed stretch, or a length field that lies.
void mutate(std::string& bytes, std::mt19937& random) {
  const auto below = [&](std::size_t bound) { return bound == 0 ? 0 : random() % bound; };
  const std::size_t at = below(bytes.size());
  switch (below(6)) {
    case 0:
      bytes[at] = static_cast<char>(random());
      break;
    case 1:
      bytes.resize(at);
      break;
    case 2:
      bytes.erase(at, below(16));
      break;
    case 3:
      bytes.insert(at, bytes.substr(below(bytes.size()), below(64)));
      break;
    case 4:
      bytes.replace(at, std::min<std::size_t>(4, bytes.size() - at), "\xFF\xFF\xFF\xFF",
                    std::min<std::size_t>(4, bytes.size() - at));
      break;
    default:
      bytes.insert(at, item(""));
      break;
  }
}

}  // namespace

TEST(Corpus, EveryFileEndsAsExpected) {
  SKIP_WITHOUT_CORPUS();
  const auto rows = read_table(std::string(SOURCE_DIR) + "/tests/golden/dicom/corpus.tsv");
  EXPECT_EQ(rows.size(), corpus_files().size());
  for (const auto& row : rows) {
    const std::string bytes = corpus_bytes(row[0]);
    EXPECT_EQ(use(gateway::MemorySource(bytes)), row[1]) << row[0];
    EXPECT_EQ(use(UnmappedSource(bytes)), row[1]) << row[0];
  }
}

TEST(Corpus, FileAndMemoryGiveTheSameModel) {
  SKIP_WITHOUT_CORPUS();
  for (const auto& path : corpus_files()) {
    const std::string bytes = corpus_bytes(path);
    const auto file = read_file(UnmappedSource(bytes));
    if (!file.ok()) continue;
    std::string json;
    EXPECT_TRUE(append_dicom_json(json, *file).ok());
    EXPECT_TRUE(json == json_of(bytes)) << path;
  }
}

TEST(Corpus, EqualsTheModelOfPydicom) {
  SKIP_WITHOUT_CORPUS();
  if (std::system("/usr/bin/python3 -c 'import pydicom' 2>/dev/null") != 0)
    GTEST_SKIP() << "pydicom is not here";
  char folder[] = "/tmp/dicom-json-XXXXXX";
  ASSERT_TRUE(mkdtemp(folder));
  for (const auto& path : corpus_files()) {
    const std::string bytes = corpus_bytes(path);
    if (!read(bytes).ok()) continue;
    std::string name = path;
    name.replace(name.find('/'), 1, "__");
    std::ofstream(std::string(folder) + "/" + name + ".json") << json_of(bytes);
  }
  const std::string script = std::string(SOURCE_DIR) + "/tests/golden/dicom/compare_pydicom.py";
  const std::string command = "/usr/bin/python3 " + script + " " + corpus_folder().string() + " " + folder;
  EXPECT_EQ(std::system(command.c_str()), 0);
  std::filesystem::remove_all(folder);
}

TEST(Corpus, NoMutationCrashesOrHangs) {
  SKIP_WITHOUT_CORPUS();
  constexpr int kMutations = 200;
  constexpr std::size_t kHeader = 12 << 10;  // large files are cut: what matters is their structure
  for (const auto& path : corpus_files()) {
    const std::string original = corpus_bytes(path).substr(0, kHeader);
    std::mt19937 random(static_cast<unsigned>(original.size()));
    for (int i = 0; i < kMutations; ++i) {
      std::string bytes = original;
      for (unsigned n = 1 + random() % 3; n > 0 && !bytes.empty(); --n) mutate(bytes, random);
      if (i % 2 == 0)
        use(gateway::MemorySource(bytes));
      else
        use(UnmappedSource(bytes));
    }
  }
}

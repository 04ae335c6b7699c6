// Every frame of the corpus that its oracle knows, through ingest, index and face, as it is stored.
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>

#include "gateway/base/ids.h"
#include "mappers/dicom/reader.h"
#include "tests/dicomweb/retrieve_fixture.h"

namespace gateway::dicomweb {
namespace {

const std::string kCorpus = SOURCE_DIR "/../shared/corpus/dicom";

struct Wanted {
  std::string frame, hash;
};

// By file.
std::map<std::string, std::vector<Wanted>> oracle() {
  std::map<std::string, std::vector<Wanted>> all;
  std::ifstream table(kCorpus + "/ORACLE_frames.tsv");
  std::string line;
  std::getline(table, line);
  while (std::getline(table, line)) {
    const auto cells = split(std::string_view(line), '\t');
    all[std::string(cells[0])].push_back({std::string(cells[4]), std::string(cells[6])});
  }
  return all;
}

class CorpusFramesTest : public RetrieveTest {
 protected:
  // The path of what a file is stored as; empty when it is refused, nothing when its UID is taken.
  std::optional<std::string> keep_file(const std::string& path) {
    const auto source = std::make_shared<FileSource>(*FileSource::open(kCorpus + "/" + path));
    const auto kind = keep(source);
    if (kind == model::ItemOutcome::Kind::Conflict) return std::nullopt;
    if (kind == model::ItemOutcome::Kind::Refused) return "";
    const auto file = mappers::dicom::read_file(*source);
    return "/studies/" + file->data.text(mappers::dicom::tags::kStudyInstanceUid) + "/series/" +
           file->data.text(mappers::dicom::tags::kSeriesInstanceUid) + "/instances/" +
           file->data.text(mappers::dicom::tags::kSopInstanceUid);
  }

  void check(const std::string& path, const std::string& instance, const Wanted& wanted) {
    const auto answer = get(instance + "/frames/" + wanted.frame,
                            "multipart/related; type=\"application/octet-stream\"; transfer-syntax=*");
    ASSERT_TRUE(answer.ok()) << path << " frame " << wanted.frame << ": " << answer.error().text();
    const auto parts = parts_of(*answer);
    ASSERT_EQ(parts.size(), 1u);
    EXPECT_EQ(sha256_hex(parts[0].content), wanted.hash) << path << " frame " << wanted.frame;
    ++checked_;
  }
  std::size_t checked_ = 0;
};

// Several files share one SOP Instance UID: those that find it taken go into the next store.
TEST_F(CorpusFramesTest, FramesEqualTheOracle) {
  if (!std::filesystem::exists(kCorpus)) GTEST_SKIP() << "the corpus is not here";
  auto left = oracle();
  std::size_t refused = 0;
  std::string names;
  while (!left.empty()) {
    std::map<std::string, std::vector<Wanted>> next;
    for (auto& [path, frames] : left) {
      const auto instance = keep_file(path);
      if (!instance)
        next.emplace(path, std::move(frames));
      else if (instance->empty())
        refused += frames.size(), names += " " + path;
      else
        for (const Wanted& wanted : frames) check(path, *instance, wanted);
    }
    ASSERT_LT(next.size(), left.size());
    left = std::move(next);
    start_anew();
  }
  std::printf("%zu frames checked, %zu of objects that are refused:%s\n", checked_, refused, names.c_str());
  EXPECT_EQ(checked_ + refused, 276u);
  EXPECT_LE(refused, 12u);
}

}  // namespace
}  // namespace gateway::dicomweb

#include "gateway/ingest/folder.h"

#include <filesystem>

#include "gateway/ingest/folder_walk.h"
#include "tests/ingest/ingest_fixture.h"

namespace gateway::ingest {
namespace {

namespace fs = std::filesystem;
using Kind = model::ItemOutcome::Kind;

class FolderTest : public IngestTest {
 protected:
  std::string images() const { return folder_.path() + "/images"; }

  FolderReport run(const FolderOptions& options = {}) {
    outcomes_.clear();
    auto report =
        ingest_paths(*ingestor_, index(), {images()}, options,
                     [this](const model::ItemOutcome& outcome) { outcomes_[outcome.label] = outcome; });
    EXPECT_TRUE(report.ok()) << report.error().text();
    return report.ok() ? std::move(*report) : FolderReport();
  }

  std::map<std::string, model::ItemOutcome> outcomes_;
};

TEST_F(FolderTest, TakesInAWholeTreeInPlace) {
  for (int i = 1; i <= 25; ++i)
    write_file("images/s" + std::to_string(i % 3) + "/" + std::to_string(i), sample(i));
  FolderOptions options;
  options.batch = 4;
  options.threads = 3;
  std::uint64_t last = 0;
  options.progress = [&](std::uint64_t done, std::uint64_t total) {
    EXPECT_GT(done, last);
    EXPECT_EQ(total, 25u);
    last = done;
  };
  const FolderReport report = run(options);
  EXPECT_EQ(last, 25u);
  EXPECT_EQ(report.stored, 25u);
  EXPECT_EQ(report.files, 25u);
  EXPECT_EQ(report.bytes, 9 * sample(1).size() + 16 * sample(10).size());
  for (const auto& at : located()) EXPECT_EQ(at.content.kind, model::BlobRef::Kind::External);
}

TEST_F(FolderTest, NamesEveryFileThatIsNoInstance) {
  write_file("images/a.dcm", sample(1));
  write_file("images/readme.txt",
             "this is a text and nothing else; it has more than enough characters to be one");
  write_file("images/empty", "");
  write_file("images/cut.dcm", sample(2).substr(0, 200));
  auto incomplete = sample_draft(3);
  incomplete.set("SeriesInstanceUID", "");
  write_file("images/incomplete.dcm", encoded(incomplete));
  const FolderReport report = run();
  EXPECT_EQ(report.files, 5u);
  EXPECT_EQ(report.stored, 1u);
  EXPECT_EQ(report.skipped + report.refused, 4u);
  std::uint64_t reasons = 0;
  for (const auto& [reason, count] : report.reasons) reasons += count;
  EXPECT_EQ(reasons, 4u);
  EXPECT_EQ(outcomes_[fs::canonical(images() + "/readme.txt")].kind, Kind::Skipped);
  EXPECT_EQ(outcomes_[fs::canonical(images() + "/incomplete.dcm")].kind, Kind::Refused);
  for (const auto& [label, outcome] : outcomes_)
    EXPECT_TRUE(outcome.kind == Kind::Stored || outcome.error) << label;
}

TEST_F(FolderTest, PassesOverWhatIsIndexedAndUnchanged) {
  write_file("images/a.dcm", sample(1));
  write_file("images/b.dcm", sample(2));
  EXPECT_EQ(run().stored, 2u);
  FolderReport again = run();
  EXPECT_EQ(again.unchanged, 2u);
  EXPECT_EQ(again.stored + again.identical, 0u);
  fs::last_write_time(images() + "/a.dcm", fs::file_time_type::clock::now() - std::chrono::hours(1));
  again = run();
  EXPECT_EQ(again.unchanged, 1u);
  EXPECT_EQ(again.stored, 1u) << "touched: what it was cannot be told any more, so it is read anew";
  EXPECT_EQ(run().unchanged, 2u);
}

TEST_F(FolderTest, ReadsARewrittenFileAnew) {
  write_file("images/a.dcm", sample(1));
  EXPECT_EQ(run().stored, 1u);
  auto draft = sample_draft(1);
  draft.set("SeriesDescription", "another");
  write_file("images/a.dcm", encoded(draft));
  EXPECT_EQ(run().stored, 1u);
  ASSERT_EQ(located().size(), 1u);
  EXPECT_EQ(store_->blobs().read(located()[0].content).value(), encoded(draft));
  EXPECT_NE(store_->blobs().read(located()[0].metadata).value().find("another"), std::string::npos);
}

// A copy sent over the web cannot stand in for a file that went away, and must not fill the disk trying.
TEST_F(FolderTest, ACopyDoesNotReplaceAFileThatIsGone) {
  const std::string path = write_file("images/a.dcm", sample(1));
  EXPECT_EQ(run().stored, 1u);
  fs::remove(path);
  EXPECT_EQ(ingest({item_of(sample(1))})[0].kind, Kind::Conflict);
  EXPECT_EQ(located()[0].content.kind, model::BlobRef::Kind::External);
}

TEST_F(FolderTest, CopiesOnRequest) {
  write_file("images/a.dcm", sample(1));
  FolderOptions options;
  options.copy = true;
  EXPECT_EQ(run(options).stored, 1u);
  fs::remove_all(images());
  EXPECT_EQ(store_->blobs().read(located()[0].content).value(), sample(1));
}

TEST_F(FolderTest, TakesSingleFilesAndNamesMissingOnes) {
  const std::string path = write_file("images/a.dcm", sample(1));
  const auto report = ingest_paths(*ingestor_, index(), {path, folder_.path() + "/nothing"}, {});
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->stored, 1u);
  EXPECT_EQ(report->refused, 1u);
  EXPECT_EQ(report->reasons.count("there is no such file or folder"), 1u);
}

TEST_F(FolderTest, FollowsLinksButNoLoops) {
  write_file("images/a/1.dcm", sample(1));
  write_file("elsewhere/2.dcm", sample(2));
  fs::create_directory_symlink(images(), images() + "/a/up");
  fs::create_directory_symlink(folder_.path() + "/elsewhere", images() + "/b");
  fs::create_symlink(folder_.path() + "/nowhere", images() + "/broken");
  const FolderReport report = run();
  EXPECT_EQ(report.stored, 2u);
  EXPECT_EQ(report.files, 4u);
  EXPECT_EQ(report.reasons.count("a symbolic link back to a folder above it"), 1u);
  EXPECT_EQ(report.reasons.count("a symbolic link to nowhere, or not readable"), 1u);
}

TEST_F(FolderTest, WalksInAFixedOrder) {
  for (const char* name : {"images/b/2", "images/b/1", "images/a", "images/c/x/y"}) write_file(name, "x");
  const std::string root = fs::canonical(images()).string();
  FolderWalk walk({images()});
  std::vector<std::string> names;
  while (auto entry = walk.next()) names.push_back(entry->path.substr(root.size()));
  EXPECT_EQ(names, (std::vector<std::string>{"/a", "/b/1", "/b/2", "/c/x/y"}));
}

TEST_F(FolderTest, AccountsForEveryFileOfTheCorpus) {
  const std::string corpus = SOURCE_DIR "/../shared/corpus/dicom";
  if (!fs::exists(corpus)) GTEST_SKIP() << "the shared corpus is not here";
  std::uint64_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(corpus)) files += entry.is_regular_file();
  const auto report = ingest_paths(*ingestor_, index(), {corpus}, {});
  ASSERT_TRUE(report.ok()) << report.error().text();
  EXPECT_EQ(report->files, files);
  EXPECT_EQ(report->stored + report->identical + report->conflicts + report->refused + report->skipped,
            files);
  EXPECT_GT(report->stored, 100u);
}

}  // namespace
}  // namespace gateway::ingest

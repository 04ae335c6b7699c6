#include "gateway/store/blob_folder.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "gateway/base/text.h"
#include "gateway/store/blob_ref.h"
#include "tests/support/fake_clock.h"
#include "tests/support/forgetful_blobs.h"
#include "tests/support/temp_folder.h"

namespace gateway::store {
namespace {

namespace fs = std::filesystem;
using model::BlobRef;

class FolderSyncs final : public Disk {
 public:
  Result<void> sync_folder(const std::string& path) const override {
    paths.push_back(path);
    return {};
  }
  mutable std::vector<std::string> paths;
};

TEST(MakeFolders, EveryNewNameIsMadeDurableInItsParent) {
  const gateway::testing::TempFolder folder;
  const FolderSyncs disk;
  ASSERT_TRUE(make_folders_durably(folder.path() + "/a/b/", disk).ok());
  EXPECT_TRUE(fs::is_directory(folder.path() + "/a/b"));
  EXPECT_EQ(disk.paths, (std::vector{folder.path(), folder.path() + "/a"}));
  ASSERT_TRUE(make_folders_durably(folder.path() + "/a/b", disk).ok());
  EXPECT_EQ(disk.paths.size(), 2u) << "what is there already is left alone";
  std::ofstream(folder.path() + "/file") << "x";
  EXPECT_FALSE(make_folders_durably(folder.path() + "/file/c", disk).ok());
}

// Counts syncs, and fails them when told to.
class FaultyDisk final : public Disk {
 public:
  Result<void> sync_file(int) const override {
    ++syncs;
    if (throws) throw std::bad_alloc();
    if (fails) return fail(ErrorCode::StoreFailed, "a blob cannot be made durable");
    return {};
  }
  Result<void> sync_folder(const std::string&) const override { return {}; }
  std::atomic<bool> fails = false, throws = false;
  mutable std::atomic<int> syncs = 0;
};

class BlobFolderTest : public ::testing::Test {
 protected:
  void SetUp() override { reopen(); }
  void reopen() {
    blobs_.reset();
    auto opened = BlobFolder::open(folder_.path() + "/blobs", disk_, clock_, {4096, 1024, 2, 1024});
    ASSERT_TRUE(opened.ok()) << opened.error().detail;
    blobs_ = std::move(*opened);
  }
  BlobRef append(std::string_view content) {
    auto ref = blobs_->append(std::array{as_bytes(content)});
    EXPECT_TRUE(ref.ok()) << ref.error().detail;
    return ref.ok() ? *ref : BlobRef{};
  }
  std::string read(const BlobRef& ref) {
    auto content = blobs_->read(ref);
    EXPECT_TRUE(content.ok()) << content.error().text();
    return content.ok() ? *content : "";
  }
  std::size_t files_in(const std::string& part) {
    std::size_t count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path() + "/blobs/" + part))
      count += entry.is_regular_file();
    return count;
  }

  gateway::testing::TempFolder folder_;
  gateway::testing::FakeClock clock_;
  FaultyDisk disk_;
  std::unique_ptr<BlobFolder> blobs_;
};

TEST_F(BlobFolderTest, SmallBlobsShareASegmentAndSurviveReopening) {
  const BlobRef a = append("first"), b = append("second");
  EXPECT_EQ(a.kind, BlobRef::Kind::Segment);
  EXPECT_EQ(a.name, b.name);
  ASSERT_TRUE(blobs_->sync().ok());
  reopen();
  EXPECT_EQ(read(a), "first");
  EXPECT_EQ(read(b), "second");
  EXPECT_NE(append("third").name, a.name) << "a process writes only segments of its own";
}

TEST_F(BlobFolderTest, PiecesAreOneBlob) {
  std::vector<ByteSpan> pieces;
  std::string expected;
  for (int i = 0; i < 500; ++i) {
    pieces.push_back(as_bytes(i % 3 ? "ab" : ""));
    expected += i % 3 ? "ab" : "";
  }
  const auto ref = blobs_->append(pieces);
  ASSERT_TRUE(ref.ok());
  EXPECT_EQ(read(*ref), expected);
  EXPECT_EQ(append("").length, 0u);
}

TEST_F(BlobFolderTest, AFullSegmentIsLeftForANewOne) {
  std::set<std::string> names;
  std::vector<BlobRef> refs;
  for (int i = 0; i < 20; ++i) refs.push_back(append(std::string(1000, static_cast<char>('a' + i))));
  for (const BlobRef& ref : refs) names.insert(ref.name);
  EXPECT_EQ(names.size(), 4u);
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(read(refs[static_cast<std::size_t>(i)]), std::string(1000, static_cast<char>('a' + i)));
  ASSERT_TRUE(blobs_->sync().ok());
  EXPECT_EQ(disk_.syncs, 4);
}

TEST_F(BlobFolderTest, LargeBlobsGetAFileNamedByTheirDigest) {
  const std::string content(5000, 'x');
  const BlobRef ref = append(content);
  EXPECT_EQ(ref.kind, BlobRef::Kind::File);
  EXPECT_EQ(ref.name, sha256_hex(content));
  EXPECT_EQ(append(content), ref);
  EXPECT_EQ(read(ref), content);
  EXPECT_EQ(files_in("large"), 1u);
  EXPECT_EQ(files_in("staging"), 0u);
}

TEST_F(BlobFolderTest, ImportCopiesAndHashesSourcesOfAnySize) {
  for (const std::size_t size : {0u, 10u, 1024u, 1025u, 700'000u}) {
    const std::string content(size, 'y');
    const std::string path = folder_.path() + "/source";
    std::ofstream(path) << content;
    const auto source = FileSource::open(path);
    Sha256Digest digest;
    const auto ref = blobs_->import(*source, digest);
    ASSERT_TRUE(ref.ok()) << ref.error().detail;
    EXPECT_EQ(read(*ref), content);
    EXPECT_EQ(sha256_hex(content), sha256_hex(read(*ref)));
    Sha256 hash;
    hash.update(as_bytes(content));
    EXPECT_EQ(digest, hash.finish()) << size;
  }
}

// Says it is longer than it is, as a file that is cut while it is read.
class ShrinkingSource final : public ByteSource {
 public:
  explicit ShrinkingSource(std::uint64_t size) : size_(size) {}
  std::uint64_t size() const override { return size_; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    return offset < size_ / 2 ? std::min<std::size_t>(into.size(), size_ / 2 - offset) : std::size_t{0};
  }

 private:
  std::uint64_t size_;
};

TEST_F(BlobFolderTest, ASourceThatEndsEarlyIsAnErrorAndLeavesNoFile) {
  for (const std::uint64_t size : {100u, 3000u}) {
    Sha256Digest digest;
    const auto ref = blobs_->import(ShrinkingSource(size), digest);
    ASSERT_FALSE(ref.ok());
    EXPECT_EQ(ref.error().code, ErrorCode::TruncatedBody);
  }
  EXPECT_EQ(files_in("staging"), 0u);
  EXPECT_EQ(read(append("still works")), "still works");
}

TEST_F(BlobFolderTest, WhatTheStoreAcknowledgedAndLostIsAFailureOfTheStore) {
  const BlobRef good = append("content");
  BlobRef beyond = good;
  beyond.length = 1u << 20;
  BlobRef wraps = good;
  wraps.offset = UINT64_MAX;
  const std::string missing = "00000000000000000000000000000000";
  const std::vector<BlobRef> refs = {beyond,
                                     wraps,
                                     {BlobRef::Kind::Segment, missing, 0, 1, 0},
                                     {BlobRef::Kind::File, missing, 0, 1, 0},
                                     {BlobRef::Kind::Segment, "../../../etc/passwd", 0, 1, 0},
                                     {BlobRef::Kind::File, "", 0, 1, 0}};
  for (const BlobRef& ref : refs) {
    const auto view = blobs_->open(ref);
    ASSERT_FALSE(view.ok()) << ref.name;
    EXPECT_EQ(view.error().code, ErrorCode::StoreFailed) << ref.name;
    EXPECT_EQ(view.error().text().find(folder_.path()), std::string::npos);
  }
  EXPECT_EQ(blobs_->open({}).error().code, ErrorCode::NotFound) << "a reference to nothing promised nothing";
  fs::resize_file(folder_.path() + "/blobs/segments/" + good.name, 3);
  EXPECT_EQ(blobs_->read(good).error().code, ErrorCode::StoreFailed);
}

TEST_F(BlobFolderTest, SyncWithNothingNewDoesNotTouchTheDisk) {
  append("x");
  ASSERT_TRUE(blobs_->sync().ok());
  ASSERT_TRUE(blobs_->sync().ok());
  EXPECT_EQ(disk_.syncs, 1);
}

TEST_F(BlobFolderTest, AfterAFailedSyncNothingIsPromisedUntilReopened) {
  append("lost?");
  disk_.fails = true;
  EXPECT_EQ(blobs_->sync().error().code, ErrorCode::StoreFailed);
  disk_.fails = false;
  EXPECT_FALSE(blobs_->sync().ok()) << "the kernel may have dropped the pages: a second sync proves nothing";
  EXPECT_FALSE(blobs_->append(std::array{as_bytes("more")}).ok());
  reopen();
  append("fine");
  EXPECT_TRUE(blobs_->sync().ok());
}

TEST_F(BlobFolderTest, AnExceptionDuringASyncHangsNobody) {
  append("lost?");
  disk_.throws = true;
  EXPECT_EQ(blobs_->sync().error().code, ErrorCode::StoreFailed);
  EXPECT_EQ(blobs_->sync().error().code, ErrorCode::StoreFailed);
  disk_.throws = false;
  reopen();
  append("fine");
  EXPECT_TRUE(blobs_->sync().ok());
}

TEST_F(BlobFolderTest, ALargeBlobThatCannotBeSyncedIsAnErrorAndLeavesNoFile) {
  disk_.fails = true;
  EXPECT_FALSE(blobs_->append(std::array{as_bytes(std::string(5000, 'x'))}).ok());
  EXPECT_EQ(files_in("staging"), 0u);
  EXPECT_EQ(files_in("large"), 0u);
}

TEST_F(BlobFolderTest, StagedLeftoversOfTheDeadAreSweptAndThoseOfTheLivingKept) {
  const auto living = create_locked_file(folder_.path() + "/blobs/staging", clock_);
  ASSERT_TRUE(living.ok());
  std::ofstream(folder_.path() + "/blobs/staging/dead") << "half";
  reopen();
  EXPECT_TRUE(fs::exists(folder_.path() + "/blobs/staging/" + living->name));
  EXPECT_FALSE(fs::exists(folder_.path() + "/blobs/staging/dead"));
  ::close(living->fd);
  reopen();
  EXPECT_EQ(files_in("staging"), 0u);
}

TEST_F(BlobFolderTest, ExternalFilesThatChangedOrVanishedAreGone) {
  const std::string path = folder_.path() + "/image.dcm";
  std::ofstream(path) << "original";
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  const BlobRef ref{BlobRef::Kind::External, path, 0, 8,
                    status.st_mtim.tv_sec * 1'000'000 + status.st_mtim.tv_nsec / 1000};
  EXPECT_EQ(read(ref), "original");
  BlobRef touched = ref;
  touched.modified_us += 1;
  EXPECT_EQ(blobs_->open(touched).error().code, ErrorCode::Gone);
  std::ofstream(path, std::ios::app) << "!";
  EXPECT_EQ(blobs_->open(ref).error().code, ErrorCode::Gone);
  fs::remove(path);
  EXPECT_EQ(blobs_->open(ref).error().code, ErrorCode::Gone);
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  EXPECT_EQ(blobs_->open(ref).error().code, ErrorCode::Gone) << "and a pipe must not hang us";
}

TEST_F(BlobFolderTest, ThreadsAppendAndSyncTogether) {
  constexpr int kThreads = 4, kBlobs = 200;
  std::array<std::vector<BlobRef>, kThreads> refs;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < kBlobs; ++i) {
        const std::string content = std::to_string(t) + ":" + std::to_string(i);
        auto ref = blobs_->append(std::array{as_bytes(content)});
        if (ref.ok() && blobs_->sync().ok()) refs[static_cast<std::size_t>(t)].push_back(*ref);
      }
    });
  for (auto& thread : threads) thread.join();
  for (int t = 0; t < kThreads; ++t) {
    ASSERT_EQ(refs[static_cast<std::size_t>(t)].size(), static_cast<std::size_t>(kBlobs));
    for (int i = 0; i < kBlobs; ++i)
      EXPECT_EQ(read(refs[static_cast<std::size_t>(t)][static_cast<std::size_t>(i)]),
                std::to_string(t) + ":" + std::to_string(i));
  }
}

TEST(BlobRefText, ComesBackAsItWent) {
  for (const BlobRef& ref : {BlobRef{}, BlobRef{BlobRef::Kind::Segment, "abc", 1, UINT64_MAX, 0},
                             BlobRef{BlobRef::Kind::External, "/a path/with spaces\n.dcm", 0, 5, -3}})
    EXPECT_EQ(parse_blob_ref(blob_ref_text(ref)), ref);
  EXPECT_EQ(parse_blob_ref("").kind, BlobRef::Kind::None);
  EXPECT_EQ(parse_blob_ref("?1 2 3 x").kind, BlobRef::Kind::None);
}

TEST(ForgetfulBlobs, ForgetsWhatWasNotSynced) {
  gateway::testing::ForgetfulBlobs blobs;
  const auto kept = blobs.append(std::array{as_bytes("kept")});
  ASSERT_TRUE(blobs.sync().ok());
  const auto lost = blobs.append(std::array{as_bytes("lost")});
  blobs.lose_power();
  EXPECT_EQ(*blobs.read(*kept), "kept");
  EXPECT_EQ(blobs.open(*kept)->length, 4u);
  EXPECT_EQ(blobs.read(*lost).error().code, ErrorCode::StoreFailed);
  blobs.fail_next_sync();
  EXPECT_FALSE(blobs.sync().ok());
}

// A file without a name, as request bodies are spooled to.
std::shared_ptr<const FileHandle> spool_file(const std::string& folder, std::string_view content) {
  const int fd = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  EXPECT_GE(fd, 0);
  EXPECT_EQ(::write(fd, content.data(), content.size()), static_cast<ssize_t>(content.size()));
  return std::make_shared<FileHandle>(fd);
}

std::uint64_t blocks_of(const FileHandle& file) {
  struct stat status {};
  ::fstat(file.fd(), &status);
  return static_cast<std::uint64_t>(status.st_blocks) * 512;
}

TEST_F(BlobFolderTest, AdoptedRangesAreThereBeforeAndAfterSyncAndReopening) {
  const std::string content(5000, 'x');
  auto file = spool_file(folder_.path(), content + "yz");
  Sha256Digest digest;
  auto all = blobs_->adopt({file, 0, 5000}, digest), last = blobs_->adopt({file, 5000, 2}, digest);
  ASSERT_TRUE(all.ok() && *all && last.ok() && *last);
  EXPECT_EQ(hex(as_text(digest)), sha256_hex("yz"));
  EXPECT_EQ((*all)->name, (*last)->name);
  EXPECT_EQ(read(**last), "yz");
  EXPECT_EQ(files_in("staging"), 1u);
  ASSERT_TRUE(blobs_->sync().ok());
  EXPECT_EQ(files_in("staging"), 0u);
  EXPECT_EQ(files_in("segments"), 1u);
  file.reset();
  ASSERT_TRUE(blobs_->sync().ok());
  EXPECT_EQ(read(**all), content);
  reopen();
  EXPECT_EQ(read(**all), content);
  EXPECT_EQ(read(**last), "yz");
}

TEST_F(BlobFolderTest, WhatIsNotKeptOfAnAdoptedFileIsGivenBack) {
  constexpr std::uint64_t kMiB = 1 << 20;
  auto file = spool_file(folder_.path(), std::string(8 * kMiB, 'x'));
  const std::uint64_t whole = blocks_of(*file);
  Sha256Digest digest;
  const auto kept = blobs_->adopt({file, 2 * kMiB, kMiB}, digest);
  ASSERT_TRUE(kept.ok() && *kept);
  ASSERT_TRUE(blobs_->sync().ok());
  const auto view = blobs_->open(**kept);
  ASSERT_TRUE(view.ok());
  EXPECT_EQ(blocks_of(*view->file), whole) << "others may still keep ranges";
  file.reset();
  ASSERT_TRUE(blobs_->adopt({spool_file(folder_.path(), std::string(5000, 'y')), 0, 5000}, digest).ok());
  if (blocks_of(*view->file) == whole) GTEST_SKIP() << "this file system makes no holes";
  EXPECT_LE(blocks_of(*view->file), 2 * kMiB);
  EXPECT_EQ(read(**kept), std::string(kMiB, 'x'));
}

TEST_F(BlobFolderTest, AnAbandonedAdoptionLeavesNothing) {
  auto file = spool_file(folder_.path(), std::string(5000, 'x'));
  Sha256Digest digest;
  const auto kept = blobs_->adopt({file, 0, 5000}, digest);
  ASSERT_TRUE(kept.ok() && *kept);
  file.reset();
  ASSERT_TRUE(blobs_->sync().ok());
  EXPECT_EQ(files_in("staging") + files_in("segments"), 0u);
}

TEST_F(BlobFolderTest, SmallAndNamedFilesAreNotAdopted) {
  Sha256Digest digest;
  const auto small = blobs_->adopt({spool_file(folder_.path(), "small"), 0, 5}, digest);
  EXPECT_TRUE(small.ok() && !*small);
  std::ofstream(folder_.path() + "/named") << std::string(5000, 'x');
  const auto named = blobs_->adopt({*FileHandle::open(folder_.path() + "/named"), 0, 5000}, digest);
  EXPECT_TRUE(named.ok() && !*named);
}

TEST_F(BlobFolderTest, AFailedSyncOfAnAdoptedFileBreaksTheStore) {
  auto file = spool_file(folder_.path(), std::string(5000, 'x'));
  Sha256Digest digest;
  ASSERT_TRUE(blobs_->adopt({file, 0, 5000}, digest).ok());
  disk_.fails = true;
  EXPECT_FALSE(blobs_->sync().ok());
  disk_.fails = false;
  EXPECT_FALSE(blobs_->adopt({file, 0, 10}, digest).ok());
  file.reset();
  reopen();
  EXPECT_EQ(files_in("staging") + files_in("segments"), 0u);
}

}  // namespace
}  // namespace gateway::store

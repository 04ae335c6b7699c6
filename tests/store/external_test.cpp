// Files of the data holder that are indexed in place, and what happens to them behind our back.
#include <fcntl.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/store/store_fixture.h"

namespace gateway::store {
namespace {

using gateway::testing::instance_uid;
using gateway::testing::make_entry;
using gateway::testing::series_uid;
using gateway::testing::study_uid;
using enum model::CommitOutcome;

class ExternalTest : public StoreTest {
 protected:
  model::StudyRow only_study() {
    auto rows = index().studies({Level::Study, {}, 10, 0}, model::Depth::Instances);
    EXPECT_TRUE(rows.ok() && rows->size() == 1);
    return rows->at(0);
  }
  // Writes the file; each time it is written it gets another time of change.
  IndexEntry external(const std::string& name, const std::string& content = "content") {
    const std::string path = folder_.path() + "/" + name;
    std::ofstream(path) << content;
    struct timespec times[2] = {{0, 0}, {1'700'000'000 + ++written_, 0}};
    EXPECT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
    IndexEntry entry = make_entry({});
    entry.digest.reset();
    entry.content = {model::BlobRef::Kind::External, path, 0, content.size(), file_status(path)->modified_us};
    return entry;
  }
  model::InstanceLocation location() { return locate("", "", instance_uid(1, 1, 1)).at(0); }
  std::uint64_t instances_with(std::uint32_t tag) {
    const auto statistics = store_->datasets().statistics({});
    for (const auto& counted : statistics->attributes)
      if (counted.tag == tag) return counted.instances;
    return 0;
  }

 private:
  int written_ = 0;
};

TEST_F(ExternalTest, KnowsUnchangedExternalFiles) {
  const IndexEntry entry = external("a.dcm");
  commit({entry});
  EXPECT_TRUE(*index().has_external(entry.content.name, 7, entry.content.modified_us));
  EXPECT_FALSE(*index().has_external(entry.content.name, 8, entry.content.modified_us));
  EXPECT_FALSE(*index().has_external(entry.content.name, 7, entry.content.modified_us + 1));
  EXPECT_FALSE(*index().has_external(entry.content.name + "x", 7, entry.content.modified_us));
  EXPECT_EQ(commit({entry}), std::vector{Identical}) << "the same unchanged file";
}

TEST_F(ExternalTest, AMovedFileIsFoundAtItsNewPlace) {
  for (const bool hashed : {false, true}) {
    IndexEntry first = external("a.dcm"), moved = external("b.dcm");
    if (hashed) first.digest = moved.digest = make_entry({}).digest;
    store_.reset();
    std::filesystem::remove_all(folder_.path() + "/store");
    reopen();
    commit({first});
    std::filesystem::remove(folder_.path() + "/a.dcm");
    EXPECT_EQ(commit({moved}), std::vector{hashed ? Identical : Stored});
    EXPECT_EQ(location().content, moved.content);
    EXPECT_EQ(index().totals()->instances, 1u);
  }
}

TEST_F(ExternalTest, ASecondFileDoesNotReplaceTheFirstAsLongAsThatIsThere) {
  const IndexEntry first = external("a.dcm");
  commit({first});
  IndexEntry second = external("b.dcm");
  EXPECT_EQ(commit({second}), std::vector{Conflict});
  second.same_content_verified = true;
  EXPECT_EQ(commit({second}), std::vector{Identical});
  EXPECT_EQ(location().content, first.content);
}

// The other object differs in everything that an instance has; study and series are the same.
TEST_F(ExternalTest, AFileRewrittenInPlaceIsAnotherObjectInEverything) {
  const IndexEntry neighbour = make_entry({1, 1, 1, 2});
  commit({external("a.dcm", "old content"), neighbour});
  const auto version = *index().version();
  IndexEntry entry = external("a.dcm", "new");
  entry.object.instance.number = 7;
  entry.object.instance.rows = 64;
  entry.object.instance.sop_class_uid = "1.2.840.10008.5.1.4.1.1.4";
  entry.json.instance = "{\"new\":1}";
  entry.inventory = {99, {{0x00100010u, "PN"}}};
  const std::string metadata = "[\"new metadata\"]";
  const ByteSpan piece = as_bytes(metadata);
  entry.metadata = *store_->blobs().append({&piece, 1});

  EXPECT_EQ(commit({entry}), std::vector{Stored});
  EXPECT_EQ(*store_->blobs().read(location().content), "new");
  EXPECT_EQ(*store_->blobs().read(location().metadata), metadata);
  EXPECT_EQ(location().sop_class_uid, entry.object.instance.sop_class_uid);
  const auto rows = search(Level::Instance, {any_of("instance.uid", {instance_uid(1, 1, 1)})});
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].json, entry.json.instance);
  EXPECT_EQ(only_study().series[0].instances,
            (std::vector{neighbour.object.instance, entry.object.instance}));
  EXPECT_EQ(*index().has_external(entry.content.name, 3, entry.content.modified_us), true);

  EXPECT_EQ(only_study().instance_count, 2u);
  EXPECT_EQ(index().totals()->instances, 2u);
  EXPECT_EQ(index().totals()->bytes, neighbour.content.length + 3);
  EXPECT_EQ(store_->datasets().statistics({})->bytes, neighbour.content.length + 3);
  EXPECT_EQ(store_->datasets().statistics({})->sop_classes.size(), 2u);
  EXPECT_EQ(instances_with(0x00100010u), 1u);
  EXPECT_EQ(instances_with(neighbour.inventory.attributes[0].first), 1u);
  EXPECT_GT(*index().version(), version);
}

TEST_F(ExternalTest, TheLastObjectOfAKindTakesItsClassAndAttributesWithIt) {
  IndexEntry entry = external("a.dcm");
  const std::uint32_t tag = entry.inventory.attributes[0].first;
  commit({entry});
  entry = external("a.dcm", "other");
  entry.object.instance.sop_class_uid = "1.2.840.10008.5.1.4.1.1.4";
  entry.inventory = {99, {{0x00100010u, "PN"}}};
  commit({entry});
  EXPECT_EQ(instances_with(tag), 0u);
  const auto classes = store_->datasets().statistics({})->sop_classes;
  ASSERT_EQ(classes.size(), 1u);
  EXPECT_EQ(classes[0].value, entry.object.instance.sop_class_uid);
  EXPECT_TRUE(
      study_uids({any_of("instance.sop_class_uid", {make_entry({}).object.instance.sop_class_uid})}).empty());
}

TEST_F(ExternalTest, AFileRewrittenTwiceWithinABatchCountsOnce) {
  const IndexEntry first = external("a.dcm", "first");
  const IndexEntry second = external("a.dcm", "2nd");
  EXPECT_EQ(commit({first, second}), (std::vector{Stored, Stored}));
  EXPECT_EQ(index().totals()->instances, 1u);
  EXPECT_EQ(index().totals()->bytes, 3u);
  EXPECT_EQ(only_study().instance_count, 1u);
}

TEST_F(ExternalTest, ARewrittenFileOfAnotherSeriesOrStudyIsAConflict) {
  commit({external("a.dcm", "old")});
  IndexEntry entry = external("a.dcm", "new");
  entry.object.series.uid = series_uid(1, 2);
  EXPECT_EQ(commit({entry}), std::vector{Conflict});
  entry = external("a.dcm", "new");
  entry.object.study.uid = study_uid(2);
  EXPECT_EQ(commit({entry}), std::vector{Conflict});
  EXPECT_EQ(index().totals()->series, 1u) << "a refused instance must leave no empty series behind";
}

TEST_F(ExternalTest, ACopySentInDoesNotReplaceAFileThatIsGone) {
  commit({external("a.dcm")});
  std::filesystem::remove(folder_.path() + "/a.dcm");
  EXPECT_EQ(commit({make_entry({})}), std::vector{Conflict});
}

}  // namespace
}  // namespace gateway::store

// What is answered when an index says that other systems may have more; and which routes wait for those.
#include "retrieve_fixture.h"

namespace gateway::dicomweb {
namespace {

// The index of a store that lacks what a source has.
class LackingIndex final : public model::ImageIndex {
 public:
  explicit LackingIndex(model::ImageIndex& all) : all_(all) {}
  bool lacks = true;

  Result<std::vector<model::CommitOutcome>> commit(std::span<const model::IndexEntry> entries) override {
    return all_.commit(entries);
  }
  bool matches_others() const override { return true; }
  Result<bool> has_external(const std::string& path, std::uint64_t length,
                            std::int64_t modified_us) const override {
    return all_.has_external(path, length, modified_us);
  }
  Result<std::optional<model::KnownInstance>> find_instance(std::string_view uid) const override {
    return all_.find_instance(uid);
  }
  Result<std::vector<model::SearchRow>> search(const model::Query& query,
                                               model::SearchNotes* notes) const override {
    return all_.search(query, notes);
  }
  Result<void> locate(std::string_view study_uid, std::string_view series_uid, std::string_view instance_uid,
                      const std::function<bool(const model::InstanceLocation&)>& use,
                      model::SearchNotes* notes) const override {
    if (notes && lacks) notes->warnings.emplace_back("pacs cannot be reached");
    return all_.locate(study_uid, series_uid, instance_uid, use, notes);
  }
  Result<std::vector<model::StudyRow>> studies(const model::Query& query, model::Depth depth) const override {
    return all_.studies(query, depth);
  }
  Result<std::vector<model::SubjectRow>> subjects(const model::Query& query) const override {
    return all_.subjects(query);
  }
  Result<std::uint64_t> count(const model::Query& query) const override { return all_.count(query); }
  Result<model::IndexTotals> totals() const override { return all_.totals(); }
  Result<std::int64_t> version() const override { return all_.version(); }

 private:
  model::ImageIndex& all_;
};

class LackingTest : public RetrieveTest {
 protected:
  void SetUp() override {
    RetrieveTest::SetUp();
    for (int i = 1; i <= 20; ++i) keep(image_draft("1.1.1." + std::to_string(i)));
    index_ = std::make_unique<LackingIndex>(store_->index());
    serve(store_->blobs(), *index_);
  }
  std::unique_ptr<LackingIndex> index_;
};

// PS3.18 section 10.4.3.1.
TEST_F(LackingTest, APartOfAStudyIs206WithTheReason) {
  for (const char* path : {"", "/metadata", "/bulkdata"}) {
    const auto answer = get(kStudy + path);
    ASSERT_TRUE(answer.ok()) << answer.error().text();
    EXPECT_EQ(answer->status, 206) << path;
    EXPECT_EQ(answer->headers.get("Warning"), "299 http://h/dicomweb: pacs cannot be reached") << path;
  }
}

TEST_F(LackingTest, APartIsNeverTakenForTheWhole) {
  const auto part = get(kStudy + "/metadata");
  ASSERT_TRUE(part.ok());
  EXPECT_FALSE(part->headers.has("ETag"));
  index_->lacks = false;
  const auto whole = get(kStudy + "/metadata");
  ASSERT_TRUE(whole.ok());
  EXPECT_EQ(whole->status, 200) << "the part was not kept";
  EXPECT_FALSE(whole->headers.has("Warning"));
}

// What other systems have is not in the version of the index.
TEST_F(LackingTest, OtherSystemsAreAskedAlsoForLargeMetadata) {
  for (int i = 0; i < 100; ++i)
    keep(image_draft("1.1.1.1" + std::to_string(100 + i)).set("ImageComments", std::string(900, 'x')));
  index_->lacks = false;
  EXPECT_EQ(get(kStudy + "/metadata")->status, 200);
  index_->lacks = true;
  EXPECT_EQ(get(kStudy + "/metadata")->status, 206);
}

TEST_F(LackingTest, RoutesThatMayWaitForOtherSystemsAreHeavy) {
  const auto heavy = [&](const std::string& path) {
    http::Request request;
    request.path = path;
    const auto route = router_->match(request);
    return route.ok() && (*route)->info.heavy;
  };
  const std::string instance = "/dicomweb" + instance_path("1.1.1.1");
  const std::string of_objects[] = {instance, instance + "/metadata", instance + "/frames/1", "/wado"};
  const std::string searches[] = {"/dicomweb/studies", "/dicomweb/studies/1.1/series"};
  for (const std::string& path : of_objects) EXPECT_FALSE(heavy(path)) << path;
  make_remote_routes_heavy(*router_, *face_, false);
  for (const std::string& path : of_objects) EXPECT_TRUE(heavy(path)) << path;
  for (const std::string& path : searches) EXPECT_FALSE(heavy(path)) << path;
  make_remote_routes_heavy(*router_, *face_, true);
  for (const std::string& path : searches) EXPECT_TRUE(heavy(path)) << path;
}

}  // namespace
}  // namespace gateway::dicomweb

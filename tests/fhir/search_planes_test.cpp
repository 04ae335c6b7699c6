#include "tests/fhir/search_fixture.h"

namespace gateway::fhir {
namespace {

class SearchPlanesTest : public SearchTest {
 protected:
  void put_study(const std::string& id, const std::string& patient, const std::string& started) {
    put(R"({"resourceType":"ImagingStudy","id":")" + id +
        R"(","status":"available","subject":{"reference":"Patient/)" + patient + R"("},"started":")" +
        started + R"(","series":[{"uid":"1.9","modality":{"code":"MR"},"bodySite":{"code":"x"}}]})");
  }
  // Ids of all pages, and of each page a bar.
  std::string walk(std::string target, const std::function<void()>& between = {}) {
    std::string all;
    for (int page = 0; !target.empty() && page < 20; ++page) {
      const auto bundle = ask(target);
      if (!bundle) return "error: " + bundle.error().text();
      all += ids_of(bundle) + " | ";
      target = link(*bundle, "next");
      if (between && !target.empty()) between();
    }
    return all;
  }
};

TEST_F(SearchPlanesTest, PagesGoFromTheIndexOnIntoTheStore) {
  for (int n = 0; n < 3; ++n) add_study(n, "key0");
  for (int n = 0; n < 3; ++n) put_study("s" + std::to_string(n), "p", "2020-01-01");
  EXPECT_EQ(walk("ImagingStudy?_count=2"), "1.2.3.0 1.2.3.1 | 1.2.3.2 s0 | s1 s2 | ");
  EXPECT_EQ(total(*ask("ImagingStudy?_count=2")), 6);
  EXPECT_EQ(walk("ImagingStudy?modality=MR&_count=5"), "1.2.3.1 s0 s1 s2 | ");
}

TEST_F(SearchPlanesTest, PagesStayWhereTheyAreWhileOthersWrite) {
  for (int n = 0; n < 3; ++n) add_study(n, "key0");
  for (int n = 0; n < 4; ++n) put_study("s" + std::to_string(n), "p", "2020-01-01");
  int written = 0;
  const auto write = [&] {
    add_study(10 + written, "key0");
    put_study("new" + std::to_string(written++), "p", "1999-01-01");
    put_study("s0", "p", "2021-01-01");
  };
  EXPECT_EQ(walk("ImagingStudy?_count=2", write), "1.2.3.0 1.2.3.1 | 1.2.3.2 s0 | s1 s2 | s3 | ");
  EXPECT_EQ(
      walk("ImagingStudy?_count=4&_sort=-started&_lastUpdated=ge2000&_id=s1,s2,s3,1.2.3.0,1.2.3.1", write),
      "1.2.3.1 1.2.3.0 s1 s2 | s3 | ");
}

TEST_F(SearchPlanesTest, NothingIsLostWhenWhatWasReadIsDeletedBetweenPages) {
  for (int n = 10; n < 20; ++n) put_study("s" + std::to_string(n), "p", "2020-01-01");
  int read = 10;
  const auto remove_page = [&] {
    for (const int end = read + 2; read < end; ++read) remove("ImagingStudy", "s" + std::to_string(read));
  };
  EXPECT_EQ(walk("ImagingStudy?_count=2", remove_page), "s10 s11 | s12 s13 | s14 s15 | s16 s17 | s18 s19 | ");
}

TEST_F(SearchPlanesTest, TheStoreFollowsAlsoWhenAStudyLeavesTheIndexBetweenPages) {
  for (int n = 0; n < 5; ++n) add_study(n, "key0");
  for (int n = 0; n < 3; ++n) put_study("s" + std::to_string(n), "p", "2020-01-01");
  const auto leave = [&] {
    if (index_.rows.size() == 5) index_.rows.pop_back();
  };
  EXPECT_EQ(walk("ImagingStudy?_count=4", leave), "1.2.3.0 1.2.3.1 1.2.3.2 1.2.3.3 | s0 s1 s2 | ");
  add_study(4, "key0");
  EXPECT_EQ(walk("ImagingStudy?_count=2", leave), "1.2.3.0 1.2.3.1 | 1.2.3.2 1.2.3.3 | s0 s1 | s2 | ");
}

TEST_F(SearchPlanesTest, APageEndsEarlyRatherThanHoldTooManyBytes) {
  const std::string big(12 << 20, 'A');
  for (int n = 0; n < 5; ++n)
    put(R"({"resourceType":"Binary","id":"b)" + std::to_string(n) +
        R"(","contentType":"text/plain","data":")" + big + "\"}");
  EXPECT_EQ(walk("Binary?_count=100"), "b0 b1 | b2 b3 | b4 | ");
  EXPECT_EQ(walk("Binary?_count=100&_sort=_id"), "b0 b1 | b2 b3 | b4 | ");
  EXPECT_EQ(resources_->ids("Binary", {{"_id", "b0,b1,b2,b3,b4"}}, place_, 100)->size(), 5u);
}

TEST_F(SearchPlanesTest, WhatIsIncludedIsBoundedInBytes) {
  const std::string big(12 << 20, 'A');
  for (int n = 0; n < 4; ++n) {
    const std::string id = "p" + std::to_string(n);
    put(R"({"resourceType":"Patient","id":")" + id + R"(","text":{"status":"generated","div":")" + big +
        "\"}}");
    put_study("s" + std::to_string(n), id, "2020-01-01");
  }
  const auto bundle = ask("ImagingStudy?_include=ImagingStudy:patient");
  EXPECT_EQ(ids_of(bundle), "s0 s1 s2 s3");
  EXPECT_EQ(ids_of(bundle, "include"), "p0 p1");
  EXPECT_EQ(bundle->find("entry")->as_list()->back().find("search")->text("mode"), "outcome");
}

TEST_F(SearchPlanesTest, AsManyAlternativesAsAreReadCanBeSearched) {
  put(R"({"resourceType":"Patient","id":"a","birthDate":"1970-01-01","name":[{"family":"n7"}]})");
  const auto list = [](int count, const std::string& prefix) {
    std::string value;
    for (int i = 0; i < count; ++i) value += (i ? "," : "") + prefix + std::to_string(i);
    return value;
  };
  for (const char* name : {"family", "family:contains", "family:exact", "identifier"})
    EXPECT_EQ(ids("Patient?" + std::string(name) + "=" + list(400, "n")), name[0] == 'f' ? "a" : "") << name;
  std::string dates = "1970-01-01";
  for (int i = 1; i < 400; ++i) dates += "," + std::to_string(1500 + i);
  EXPECT_EQ(ids("Patient?birthdate=" + dates), "a");
  EXPECT_EQ(ids("Patient?family=" + list(401, "n")), "error: family");
}

TEST_F(SearchPlanesTest, PreviousAndFirstLeadBack) {
  for (int n = 0; n < 5; ++n) put_study("s" + std::to_string(n), "p", "2020-01-01");
  for (const char* target : {"ImagingStudy?_count=2", "ImagingStudy?_count=2&_sort=started"}) {
    const auto first = ask(target);
    ASSERT_TRUE(first.ok());
    EXPECT_EQ(link(*first, "previous"), "");
    const auto second = ask(link(*first, "next"));
    const auto third = ask(link(*second, "next"));
    EXPECT_EQ(ids_of(third), "s4");
    EXPECT_EQ(link(*third, "next"), "");
    EXPECT_EQ(ids_of(ask(link(*third, "previous"))), "s2 s3");
    EXPECT_EQ(ids_of(ask(link(*second, "previous"))), "s0 s1");
    EXPECT_EQ(ids_of(ask(link(*third, "first"))), "s0 s1");
  }
}

TEST_F(SearchPlanesTest, ALinkOfOneSearchGivesNothingToAnother) {
  for (int n = 0; n < 5; ++n) put_study("s" + std::to_string(n), "p", "2020-01-01");
  put(R"({"resourceType":"Patient","id":"a"})");
  const std::string next = link(*ask("ImagingStudy?_count=2&_sort=started"), "next");
  const std::string token = next.substr(next.find("_page="));
  EXPECT_EQ(ids("ImagingStudy?_count=2&_sort=started&" + token), "s2 s3");
  EXPECT_EQ(ids("Patient?_count=2&_sort=birthdate&" + token), "");
  EXPECT_EQ(ids("ImagingStudy?_count=2&_sort=-started&patient=none&" + token), "");
}

TEST_F(SearchPlanesTest, ChainsAndIncludesGoAcrossThePlanes) {
  add_study(0, "key0");
  add_study(1, "key1");
  put(R"({"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},)"
      R"("subject":{"reference":"Patient/key1"},"derivedFrom":[{"reference":"ImagingStudy/1.2.3.0"}]})");
  EXPECT_EQ(ids("Observation?subject:Patient.family=index"), "o");
  EXPECT_EQ(ids("Observation?derived-from:ImagingStudy.modality=CT"), "o");
  EXPECT_EQ(ids("ImagingStudy?_has:Observation:derived-from:status=final"), "1.2.3.0");
  EXPECT_EQ(ids("Patient?_has:ImagingStudy:patient:modality=MR"), "key1");
  EXPECT_EQ(ids("ImagingStudy?patient.identifier=Pkey1"), "1.2.3.1");
  EXPECT_EQ(ids("Observation?_include=Observation:subject&_include=Observation:derived-from", "include"),
            "key1 1.2.3.0");
  EXPECT_EQ(ids("ImagingStudy?_id=1.2.3.0&_revinclude=Observation:derived-from&_include=ImagingStudy:patient",
                "include"),
            "o key0");
  EXPECT_EQ(ids("Patient/key1/ImagingStudy"), "1.2.3.1");
  EXPECT_EQ(ids("Patient/key1/*?_type=Patient,ImagingStudy,Observation"), "key1 1.2.3.1 o");
}

// What the index cannot match itself is tested on the resource as it is rendered.
TEST_F(SearchPlanesTest, EveryParameterOfAnImagingStudyIsMatchedInTheIndexPlane) {
  for (int n = 0; n < 4; ++n) add_study(n, "key0");
  EXPECT_EQ(ids("ImagingStudy?modality:not=CT"), "1.2.3.1 1.2.3.3");
  EXPECT_EQ(ids("ImagingStudy?referrer:missing=true&modality=CT"), "1.2.3.0 1.2.3.2");
  EXPECT_EQ(ids("ImagingStudy?referrer:missing=false"), "");
  EXPECT_EQ(ids("ImagingStudy?bodysite=51185008"), "");
  EXPECT_EQ(ids("ImagingStudy?encounter=Encounter/1,Encounter/2"), "");
  EXPECT_EQ(ids("ImagingStudy?status:not=available"), "");
  EXPECT_EQ(ids("ImagingStudy?_sort=-started&_count=2"), "1.2.3.3 1.2.3.2");
}

TEST_F(SearchPlanesTest, ReadsTheIndexFirstAndTellsWhatCannotBeWritten) {
  add_study(0, "key0");
  put_study("s", "p", "2020");
  const auto rendered = resources_->read("ImagingStudy", "1.2.3.0", place_);
  ASSERT_TRUE(rendered.ok() && *rendered);
  EXPECT_NE((*rendered)->read_only, "");
  const auto stored = resources_->read("ImagingStudy", "s", place_);
  ASSERT_TRUE(stored.ok() && *stored);
  EXPECT_EQ((*stored)->read_only, "");
  EXPECT_EQ((*stored)->version, "1");
  put_study("s", "q", "2021");
  EXPECT_EQ((*resources_->read("ImagingStudy", "s", place_).value()).number, 2);
  EXPECT_TRUE(resources_->vread("ImagingStudy", "s", "1", place_).value().has_value());
  EXPECT_FALSE(resources_->vread("ImagingStudy", "s", "9", place_).value().has_value());
  EXPECT_FALSE(resources_->read("ImagingStudy", "none", place_).value().has_value());
}

}  // namespace
}  // namespace gateway::fhir

#include <set>

#include "gateway/model/person_name.h"
#include "tests/store/store_fixture.h"

namespace gateway::store {
namespace {

using gateway::testing::instance_uid;
using gateway::testing::make_entry;
using gateway::testing::numbered_date;
using gateway::testing::series_uid;
using gateway::testing::study_uid;

using Uids = std::vector<std::string>;

// Six studies of three people, two series of two instances each. Modalities by study: 1 MR, 2 MG, 3 PT, 4 CT,
// 5 MR, 6 MG.
class SearchTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    std::vector<IndexEntry> entries;
    for (int study = 1; study <= 6; ++study)
      for (int series = 1; series <= 2; ++series)
        for (int instance = 1; instance <= 2; ++instance)
          entries.push_back(make_entry({(study + 1) / 2, study, series, instance}));
    entries[3].object.series.modality = "SEG";  // the second series of study 1 has two of them
    entries[2].object.series.modality = "SEG";
    commit(entries);
  }
};

struct Case {
  const char* name;
  std::vector<Match> matches;
  std::vector<int> studies;
};

TEST_F(SearchTest, StudiesMatchAsThePortSays) {
  const std::string key = sha256_hex("HOSPITAL\x1FP2").substr(0, 32);
  const std::string now = std::to_string(clock_.utc_us());
  const std::vector<Case> cases = {
      {"everything", {}, {1, 2, 3, 4, 5, 6}},
      {"patient id", {any_of("subject.patient_id", {"P2"})}, {3, 4}},
      {"patient id is exact", {any_of("subject.patient_id", {"p2"})}, {}},
      {"patient id list", {any_of("subject.patient_id", {"P1", "P3", "P9"})}, {1, 2, 5, 6}},
      {"patient id and issuer",
       {any_of("subject.patient_id", {"P2"}), any_of("subject.issuer", {"HOSPITAL"})},
       {3, 4}},
      {"wrong issuer", {any_of("subject.patient_id", {"P2"}), any_of("subject.issuer", {"X"})}, {}},
      {"patient id pattern", {wildcard("subject.patient_id", "P?")}, {1, 2, 3, 4, 5, 6}},
      {"pattern is with case", {wildcard("subject.patient_id", "p*")}, {}},
      {"percent is literal", {wildcard("subject.patient_id", "%*")}, {}},
      {"underscore is literal", {wildcard("subject.patient_id", "_2*")}, {}},
      {"bracket is literal", {wildcard("subject.patient_id", "[P]*")}, {}},
      {"star alone", {wildcard("subject.patient_id", "*")}, {1, 2, 3, 4, 5, 6}},
      {"subject key", {any_of("subject.key", {key})}, {3, 4}},
      {"name", {any_of("subject.name", {"NAME2^given^^"})}, {3, 4}},
      {"name pattern", {wildcard("subject.name", "name3*")}, {5, 6}},
      {"name pattern in AnyOf", {any_of("subject.name", {"name3*", "nobody"})}, {5, 6}},
      {"sex", {any_of("subject.sex", {"M"})}, {3, 4}},
      {"birth date range", {range("subject.birth_date", "19600103", "19600103")}, {3, 4}},
      {"uid", {any_of("study.uid", {study_uid(5)})}, {5}},
      {"uid list", {any_of("study.uid", {study_uid(5), study_uid(2), "1.2"})}, {2, 5}},
      {"accession number", {any_of("study.accession_number", {"A4"})}, {4}},
      {"date", {any_of("study.date", {numbered_date(3)})}, {3}},
      {"date window", {range("study.date", numbered_date(2), numbered_date(4))}, {2, 3, 4}},
      {"dates up to", {range("study.date", "", numbered_date(2))}, {1, 2}},
      {"dates from", {range("study.date", numbered_date(5), "")}, {5, 6}},
      {"open range", {range("study.date", "", "")}, {1, 2, 3, 4, 5, 6}},
      {"time cut short", {range("study.time", "10", "1015")}, {1, 2, 3, 4, 5, 6}},
      {"time before", {range("study.time", "", "1014")}, {}},
      {"started",
       {{"study.started",
         Match::Kind::Between,
         {},
         numbered_date(2) + "101531",
         numbered_date(4) + "101530"}},
       {3, 4}},
      {"modality", {any_of("study.modalities", {"MG"})}, {2, 6}},
      {"second modality", {any_of("study.modalities", {"SEG"})}, {1}},
      {"modalities", {any_of("study.modalities", {"MG", "CT"})}, {2, 4, 6}},
      {"modality and sex", {any_of("study.modalities", {"MG"}), any_of("subject.sex", {"F"})}, {2, 6}},
      {"modality and patient",
       {any_of("study.modalities", {"MG"}), any_of("subject.patient_id", {"P3"})},
       {6}},
      {"two modalities at once",
       {any_of("study.modalities", {"MR"}), any_of("study.modalities", {"SEG"})},
       {1}},
      {"series modality", {any_of("series.modality", {"CT"})}, {4}},
      {"body part", {any_of("series.body_part", {"BREAST"})}, {3, 6}},
      {"manufacturer", {any_of("series.manufacturer", {"Maker 1"})}, {1, 6}},
      {"series number", {any_of("series.number", {"2"}), any_of("study.uid", {study_uid(2)})}, {2}},
      {"series uid", {any_of("series.uid", {series_uid(3, 2)})}, {3}},
      {"instance uid", {any_of("instance.uid", {instance_uid(4, 2, 1)})}, {4}},
      {"sop class", {any_of("instance.sop_class_uid", {"1.2.840.10008.5.1.4.1.1.2"})}, {1, 2, 3, 4, 5, 6}},
      {"other sop class", {any_of("instance.sop_class_uid", {"1.2.3"})}, {}},
      {"referring physician", {wildcard("study.referring_physician", "doc*")}, {1, 2, 3, 4, 5, 6}},
      {"updated", {range("study.updated", now, now)}, {1, 2, 3, 4, 5, 6}},
      {"updated later", {range("subject.updated", std::to_string(clock_.utc_us() + 1), "")}, {}},
      {"no values", {any_of("study.uid", {})}, {}},
      {"unknown value", {any_of("study.trial_protocol_id", {""})}, {1, 2, 3, 4, 5, 6}},
  };
  for (const Case& c : cases) {
    Uids expected;
    for (const int study : c.studies) expected.push_back(study_uid(study));
    EXPECT_EQ(study_uids(c.matches), expected) << c.name;
    EXPECT_EQ(*index().count({Level::Study, c.matches, 1, 3}), expected.size()) << c.name;
  }
}

TEST_F(SearchTest, TimesOverMidnightAreTheNight) {
  auto late = make_entry({7, 7, 1, 1}), early = make_entry({7, 8, 1, 1}), none = make_entry({7, 9, 1, 1});
  late.object.study.time = "2330";
  early.object.study.time = "05";
  none.object.study.time = "";
  commit({late, early, none});
  EXPECT_EQ(study_uids({range("study.time", "2200", "055959.999999")}), Uids({study_uid(7), study_uid(8)}));
  EXPECT_EQ(study_uids({range("study.time", "233000", "235959.999999")}), Uids());
  EXPECT_EQ(study_uids({range("study.time", "2330", "233059.999999")}), Uids({study_uid(7)}));
}

TEST_F(SearchTest, SeveralPatternsAreAlternatives) {
  const Match match{"subject.patient_id", Match::Kind::Wildcard, {"?1", "P3", "x*"}, "", ""};
  EXPECT_EQ(study_uids({match}), Uids({study_uid(1), study_uid(2), study_uid(5), study_uid(6)}));
  const Match any{"subject.patient_id", Match::Kind::Wildcard, {"P3", "*"}, "", ""};
  EXPECT_EQ(study_uids({any}).size(), 6u);
}

TEST_F(SearchTest, EmptyMatchesWhatHasNoValue) {
  auto bare = make_entry({7, 7, 1, 1});
  bare.object.subject.name = {};
  bare.object.study.accession_number = "";
  bare.object.study.referring_physician = {};
  bare.object.series.number.reset();
  commit({bare});
  const auto empty = [](const char* field) { return Match{field, Match::Kind::Empty, {}, "", ""}; };
  for (const char* field : {"subject.name", "study.accession_number", "study.referring_physician"})
    EXPECT_EQ(study_uids({empty(field)}), Uids{study_uid(7)}) << field;
  EXPECT_EQ(search(Level::Series, {empty("series.number")}).size(), 1u);
  EXPECT_EQ(search(Level::Series, {empty("series.00400244")}).size(), 13u);
}

TEST_F(SearchTest, KeysThatNoRecordHasAreFoundInTheTemplates) {
  auto entry = make_entry({7, 7, 1, 1});
  entry.json.series =
      "{\"00201209\":{\"vr\":\"IS\",\"Value\":[\x04]},"
      R"("00400244":{"vr":"DA","Value":["20260105"]},)"
      R"("00400245":{"vr":"TM","Value":["2315"]},)"
      R"("00400275":{"vr":"SQ","Value":[{"00400009":{"vr":"SH","Value":["S1"]}},)"
      R"({"00400009":{"vr":"SH","Value":["S2"]},"00401001":{"vr":"SH","Value":["R1"]}}]}})";
  entry.object.study.procedures = {{"CHEST", "99X", "Thorax"}, {"C2", "99X", ""}};
  commit({entry});
  const std::vector<std::pair<const char*, Match>> found = {
      {"first item", any_of("series.00400275.00400009", {"S1"})},
      {"second item", any_of("series.00400275.00400009", {"S2"})},
      {"pattern", wildcard("series.00400275.00401001", "R*")},
      {"date", range("series.00400244", "20260101", "20260131")},
      {"time over midnight", range("series.00400245", "2200", "0600")},
      {"from below", any_of("study.00081032.00080100", {"C2"})}};
  for (const auto& [name, match] : found) {
    EXPECT_EQ(search(Level::Series, {match}).size(), 1u) << name;
    EXPECT_EQ(study_uids({match}), Uids{study_uid(7)}) << name;
  }
  EXPECT_TRUE(search(Level::Series, {any_of("series.00400275.00400009", {"s1"})}).empty());
  EXPECT_TRUE(search(Level::Series, {any_of("series.00400275.00401001", {"S1"})}).empty());
}

// What `matches_name` says of one name, the index says of all.
TEST_F(SearchTest, FuzzyNamesAreFoundByWordAndSound) {
  auto entry = make_entry({7, 7, 1, 1});
  entry.object.subject.name = {"Müller-Lüdenscheidt^Jörg^^Dr.", "山田^太郎", ""};
  entry.object.study.referring_physician = {"Schmidt^Catherine", "", ""};
  commit({entry});
  const auto fuzzy = [&](const char* field, const char* value) {
    return study_uids({{field, Match::Kind::Fuzzy, {value}, "", ""}}).size();
  };
  for (const char* value : {"muller", "Mueller", "MULER", "jorg mull", "Lüdenscheid*", "Mueler^Jo", "山田",
                            "dr", "山*", "Muller=山田", "miller"}) {
    EXPECT_EQ(fuzzy("subject.name", value), 1u) << value;
    EXPECT_TRUE(model::matches_name(entry.object.subject.name, value, true)) << value;
  }
  for (const char* value : {"Jorg^Muller", "Maler^Hans", "田", "Muller=田", "mann"}) {
    EXPECT_EQ(fuzzy("subject.name", value), 0u) << value;
    EXPECT_FALSE(model::matches_name(entry.object.subject.name, value, true)) << value;
  }
  EXPECT_EQ(fuzzy("study.referring_physician", "Schmitt Katharine"), 1u);
  EXPECT_EQ(fuzzy("subject.name", "name2 given"), 2u);
  EXPECT_EQ(fuzzy("subject.name", "name2^*"), 2u);
}

// One person may be called differently from study to study: each is found by the name that it shows.
TEST_F(SearchTest, StudyIsFoundByTheNameThatItShows) {
  IndexEntry renamed = make_entry({1, 7, 1, 1});
  renamed.object.subject.name = {"married^given", "", ""};
  commit({renamed});
  EXPECT_EQ(study_uids({any_of("subject.name", {"MARRIED^given"})}), Uids({study_uid(7)}));
  EXPECT_EQ(study_uids({wildcard("subject.name", "name1*")}), Uids({study_uid(1), study_uid(2)}));
}

TEST_F(SearchTest, PagesAreCutFromOneOrder) {
  const std::vector<std::vector<Match>> queries = {{},
                                                   {range("study.date", "2015", "")},
                                                   {wildcard("subject.name", "name*")},
                                                   {any_of("study.modalities", {"MG"})},
                                                   {any_of("subject.sex", {"F"})}};
  for (const auto& matches : queries) {
    const Uids all = study_uids(matches);
    Uids paged;
    for (std::uint64_t offset = 0; offset < 8; offset += 2)
      for (const auto& uid : study_uids(matches, 2, offset)) paged.push_back(uid);
    EXPECT_EQ(paged, all);
  }
  EXPECT_TRUE(study_uids({}, 100, UINT64_MAX).empty());
  EXPECT_TRUE(study_uids({}, 0).empty());
}

TEST_F(SearchTest, StudyRowsHaveCurrentCountsAndModalities) {
  const auto row = search(Level::Study, {any_of("study.uid", {study_uid(1)})}).at(0);
  EXPECT_EQ(row.modalities, (Uids{"MR", "SEG"}));
  EXPECT_EQ(row.series_count, 2u);
  EXPECT_EQ(row.instance_count, 4u);
  EXPECT_EQ(row.json, make_entry({1, 1, 1, 1}).json.study);
  EXPECT_EQ(row.metadata, make_entry({1, 1, 1, 1}).metadata);
}

TEST_F(SearchTest, SeriesRowsNameTheirStudy) {
  const auto rows = search(Level::Series, {any_of("study.uid", {study_uid(2)})});
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[1].study_uid, study_uid(2));
  EXPECT_EQ(rows[1].series_uid, series_uid(2, 2));
  EXPECT_EQ(rows[1].instance_count, 2u);
  EXPECT_EQ(rows[1].json, make_entry({1, 2, 2, 1}).json.series);
}

TEST_F(SearchTest, InstanceRowsNameTheirSeriesAndStudy) {
  const auto rows =
      search(Level::Instance, {any_of("study.uid", {study_uid(2)}), any_of("series.uid", {series_uid(2, 1)}),
                               any_of("instance.number", {"2"})});
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].study_uid, study_uid(2));
  EXPECT_EQ(rows[0].series_uid, series_uid(2, 1));
  EXPECT_EQ(rows[0].instance_uid, instance_uid(2, 1, 2));
  EXPECT_EQ(rows[0].metadata, make_entry({1, 2, 1, 2}).metadata);
}

TEST_F(SearchTest, LowerLevelsTakeMatchesOfAllLevelsAbove) {
  EXPECT_EQ(search(Level::Instance, {any_of("subject.patient_id", {"P1"})}).size(), 8u);
  EXPECT_EQ(
      search(Level::Instance, {any_of("subject.sex", {"F"}), any_of("series.modality", {"SEG"})}).size(), 2u);
  EXPECT_EQ(search(Level::Series, {any_of("study.modalities", {"SEG"})}).size(), 2u);
  EXPECT_EQ(search(Level::Series, {any_of("instance.sop_class_uid", {"1.2"})}).size(), 0u);
  EXPECT_EQ(*index().count({Level::Series, {any_of("subject.name", {"name1^given"})}, 0, 0}), 4u);
}

TEST_F(SearchTest, SubjectsMatchByTheirOwnAndLowerFields) {
  const auto ids = [&](std::vector<Match> matches) {
    Uids found;
    auto rows = index().subjects({Level::Subject, std::move(matches), 100, 0});
    EXPECT_TRUE(rows.ok());
    for (const auto& row : *rows) found.push_back(row.subject.patient_id);
    return found;
  };
  EXPECT_EQ(ids({}), (Uids{"P1", "P2", "P3"}));
  EXPECT_EQ(ids({any_of("subject.sex", {"F"})}), (Uids{"P1", "P3"}));
  EXPECT_EQ(ids({any_of("study.uid", {study_uid(3)})}), Uids{"P2"});
  EXPECT_EQ(ids({any_of("series.modality", {"CT"})}), Uids{"P2"});
  EXPECT_EQ(ids({wildcard("subject.name", "*3^g*")}), Uids{"P3"});
}

TEST_F(SearchTest, UnknownAndUnfitMatchesAreRefusedByName) {
  const std::vector<Match> refused = {any_of("study.nothing", {"1"}),
                                      any_of("", {"1"}),
                                      any_of("study.procedures", {"1"}),
                                      any_of("series.number", {"one"}),
                                      range("study.modalities", "A", ""),
                                      range("subject.name", "A", ""),
                                      range("study.updated", "soon", ""),
                                      wildcard("series.number", "1*"),
                                      {"study.description", Match::Kind::Fuzzy, {"a"}, "", ""},
                                      {"study.date", Match::Kind::Between, {}, "1", "2"},
                                      any_of("study.uid", Uids(1025, "1")),
                                      wildcard("study.uid", std::string(2000, '*'))};
  for (const Match& match : refused) {
    const auto rows = index().search({Level::Study, {match}, 10, 0});
    ASSERT_FALSE(rows.ok()) << match.field;
    EXPECT_EQ(rows.error().code, ErrorCode::InvalidParameter) << match.field;
    EXPECT_EQ(rows.error().where, match.field);
  }
  EXPECT_FALSE(
      index().search({Level::Study, std::vector<Match>(65, any_of("study.uid", {"1"})), 10, 0}).ok());
  EXPECT_FALSE(index().search({Level::Subject, {}, 10, 0}).ok());
  EXPECT_FALSE(index().studies({Level::Series, {}, 10, 0}, model::Depth::Study).ok());
}

TEST_F(SearchTest, TheLargestAllowedListsWork) {
  Uids many(1024, "1.2.3");
  many.back() = study_uid(6);
  EXPECT_EQ(study_uids({any_of("study.uid", many)}), Uids{study_uid(6)});
  EXPECT_EQ(study_uids({any_of("subject.name", Uids(128, "name1*"))}).size(), 2u);
  EXPECT_EQ(study_uids(std::vector<Match>(64, any_of("subject.name", {"name1*"}))).size(), 2u);
}

TEST_F(SearchTest, PagesByIdStayWhereTheyAreWhenAnEarlierDateIsAdded) {
  model::Query query;
  query.matches = {range("study.date", "19000101", "")};
  query.limit = 3;
  query.by_id = true;
  const auto uids = [&] {
    Uids found;
    const auto rows = index().studies(query, model::Depth::Study);
    EXPECT_TRUE(rows.ok());
    for (const auto& row : *rows) found.push_back(row.study.uid);
    return found;
  };
  EXPECT_EQ(uids(), (Uids{study_uid(1), study_uid(2), study_uid(3)}));
  auto early = make_entry({9, 9, 1, 1});
  early.object.study.date = "19000102";
  commit({early});
  query.offset = 3;
  EXPECT_EQ(uids(), (Uids{study_uid(4), study_uid(5), study_uid(6)}));
  query.offset = 6;
  EXPECT_EQ(uids(), (Uids{study_uid(9)}));
  query.by_id = false;
  query.offset = 0;
  EXPECT_EQ(uids(), (Uids{study_uid(9), study_uid(1), study_uid(2)}));
}

TEST_F(SearchTest, LocatesInOrderBelowAnyParent) {
  EXPECT_EQ(locate("", "", "").size(), 24u);
  EXPECT_EQ(locate(study_uid(2), "", "").size(), 4u);
  EXPECT_EQ(locate(study_uid(2), series_uid(2, 2), "").size(), 2u);
  const auto one = locate(study_uid(2), series_uid(2, 2), instance_uid(2, 2, 1));
  ASSERT_EQ(one.size(), 1u);
  EXPECT_EQ(one[0].sop_class_uid, "1.2.840.10008.5.1.4.1.1.2");
  EXPECT_EQ(one[0].content, make_entry({1, 2, 2, 1}).content);
  EXPECT_TRUE(locate("1.2.3", "", "").empty());
  EXPECT_TRUE(locate(study_uid(1), series_uid(2, 2), "").empty());
  EXPECT_TRUE(locate(study_uid(1), "", instance_uid(2, 2, 1)).empty());
  EXPECT_TRUE(locate(study_uid(1), series_uid(2, 2), instance_uid(2, 2, 1)).empty());
  EXPECT_TRUE(locate(study_uid(2), series_uid(2, 1), instance_uid(2, 2, 1)).empty());
  EXPECT_TRUE(locate(study_uid(2), series_uid(2, 2), "1.2.3").empty());
}

TEST_F(SearchTest, LocateStopsWhenAskedAndMayUseTheIndexInBetween) {
  int calls = 0;
  auto done = index().locate("", "", "", [&](const auto& location) {
    EXPECT_EQ(*index().count({Level::Study, {any_of("study.uid", {location.study_uid})}, 1, 0}), 1u);
    return ++calls < 5;
  });
  EXPECT_TRUE(done.ok());
  EXPECT_EQ(calls, 5);
}

TEST_F(SearchTest, LocatePagesOverLongSeries) {
  std::vector<IndexEntry> entries;
  for (int instance = 1; instance <= 700; ++instance) {
    entries.push_back(make_entry({9, 9, 1, instance}));
    if (instance % 3 == 0) entries.back().object.instance.number.reset();
    if (instance % 5 == 0) entries.back().object.instance.number = 5;
  }
  commit(entries);
  std::set<std::string> uids;
  const auto found = locate(study_uid(9), "", "");
  for (const auto& location : found) uids.insert(location.instance_uid);
  EXPECT_EQ(found.size(), 700u);
  EXPECT_EQ(uids.size(), 700u);
}

TEST_F(SearchTest, StudiesComeAsDeepAsAsked) {
  const Query query{Level::Study, {any_of("study.uid", {study_uid(2)})}, 10, 0};
  const auto flat = index().studies(query, model::Depth::Study);
  ASSERT_EQ(flat->size(), 1u);
  EXPECT_TRUE(flat->at(0).series.empty());
  EXPECT_EQ(flat->at(0).series_count, 2u);
  const auto series = index().studies(query, model::Depth::Series);
  ASSERT_EQ(series->at(0).series.size(), 2u);
  EXPECT_TRUE(series->at(0).series[0].instances.empty());
  const auto all = index().studies(query, model::Depth::Instances);
  EXPECT_EQ(all->at(0).series[1].instances.size(), 2u);
}

}  // namespace
}  // namespace gateway::store

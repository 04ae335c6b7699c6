// Names in every character set of the corpus are found by percent-encoded UTF-8, whole and by component
// group.
#include "tests/dicomweb/search_fixture.h"
#include "tests/mappers/dicom/corpus.h"

namespace gateway::dicomweb {
namespace {

using SearchCharsetTest = SearchFixture;

TEST_F(SearchCharsetTest, EveryNameOfTheOracleIsFoundByItsGroups) {
  SKIP_WITHOUT_CORPUS();
  const auto rows = dicom_test::read_table(dicom_test::corpus_folder() / "ORACLE_charset.tsv");
  int names = 0;
  for (const auto& row : rows) {
    if (row.size() < 3 || row[0] == "path" || row[2].empty()) continue;
    // The files share UIDs: each in a store of its own.
    std::filesystem::remove_all(folder_.path() + "/data");
    SetUp();
    ingest_bytes({dicom_test::corpus_bytes(row[0])});
    ++names;
    std::vector<std::string> keys = {row[2]};
    for (const std::string_view group : split(row[2], '='))
      if (!group.empty()) keys.emplace_back(group);
    for (const std::string& key : keys) {
      const std::string encoded = codec::percent_encode(key);
      EXPECT_EQ(get("/studies?PatientName=" + encoded).as_list()->size(), 1u) << row[0] << " " << key;
      EXPECT_EQ(get("/instances?00100010=" + encoded).as_list()->size(), 1u) << row[0] << " " << key;
      EXPECT_EQ(get("/studies?PatientName=" + encoded + "&fuzzymatching=true").as_list()->size(), 1u)
          << row[0];
    }
    EXPECT_EQ(get("/studies?PatientName=nobody").as_list()->size(), 0u);
    const Value study = get("/studies").as_list()->front();
    const Value& name = study.find("00100010")->find("Value")->as_list()->front();
    const auto groups = split(row[2], '=');
    EXPECT_EQ(name.text("Alphabetic"), groups[0]) << row[0];
  }
  EXPECT_GE(names, 15);
}

}  // namespace
}  // namespace gateway::dicomweb

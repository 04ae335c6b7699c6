// What the guides require of a server, and what of it a CapabilityStatement leaves out.
#include "gateway/definitions/actors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "gateway/codec/json.h"
#include "tests/support/temp_folder.h"

namespace {

using namespace gateway;
using namespace gateway::definitions;
using gateway::testing::TempFolder;

std::string texts(const std::vector<ActorNeed>& needs) {
  std::string all;
  for (const ActorNeed& need : needs) all += need.text() + "\n";
  return all;
}

TEST(Actors, WhatAStatementLeavesOutIsListed) {
  const TempFolder folder;
  std::ofstream(folder / "actors.tsv") << "actor\tu\n format\tjson\n format\txml\n resource\tPatient\tSHALL\n"
                                          "  interaction\tread\tSHALL\n  search\tname\tSHOULD\n"
                                          "  revinclude\tProvenance:target\n resource\tDevice\tMAY\n";
  const auto needs = read_actor_needs(folder.path());
  ASSERT_TRUE(needs) << needs.error().text();
  EXPECT_EQ(needs->size(), 7u);
  const auto statement = codec::parse_json(R"({"format": ["application/fhir+json"], "rest": [{"resource": [
      {"type": "Patient", "interaction": [{"code": "read"}], "searchRevInclude": ["Provenance:target"]}]}]})");
  ASSERT_TRUE(statement);
  EXPECT_EQ(texts(unmet_needs(*statement, *needs)),
            "format xml SHALL\nPatient search name SHOULD\nresource Device MAY\n");
}

TEST(Actors, FaultsAreNamedWithFileAndLine) {
  for (const char* text :
       {" format\tjson\n", "actor\tu\n  search\tname\n", "actor\tu\n thing\tx\n", "actor\tu\n resource\n"}) {
    const TempFolder folder;
    std::ofstream(folder / "actors.tsv") << text;
    const auto needs = read_actor_needs(folder.path());
    ASSERT_FALSE(needs) << text;
    EXPECT_TRUE(needs.error().where.find("/actors.tsv:") != std::string::npos) << needs.error().where;
  }
}

TEST(Actors, ThePacksStateTheirServers) {
  const std::string packs = SOURCE_DIR "/profiles/fhir/";
  const auto imaging = read_actor_needs(packs + "eu-imaging-1.0.0-ballot");
  ASSERT_TRUE(imaging);
  const auto has = [&](const std::string& text) {
    return std::ranges::any_of(*imaging, [&](const ActorNeed& need) { return need.text() == text; });
  };
  EXPECT_TRUE(has("ImagingStudy search body-site SHALL"));
  EXPECT_TRUE(has("DocumentReference revinclude Provenance:target SHALL"));
  EXPECT_TRUE(has("format xml SHALL"));
  EXPECT_EQ(read_actor_needs(packs + "ihe-mado-0.1.0")->size(), 7u);
  EXPECT_TRUE(read_actor_needs(packs + "ihe-balp-1.1.4")->empty());
}

}  // namespace

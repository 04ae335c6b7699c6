// Compact tables: what a row inherits, what it may say, and faults named with file and line.
#include "gateway/definitions/pack_reader.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "tests/support/temp_folder.h"

namespace {

using namespace gateway;
using namespace gateway::definitions;
using gateway::testing::TempFolder;

constexpr std::string_view kBase =
    "# a comment\n"
    "version\t4.0.1\n"
    "prefix\tsd:\thttp://example.org/sd/\n"
    "structure\tsd:Element\tElement\tcomplex-type abstract\n"
    "rule\tele-1\terror\thasValue()\n"
    " Element\t0..*\trules+=ele-1\n"
    "  extension\t0..*\ttype=Extension\tslicing=open value:url\n"
    "structure\tsd:Coding\tCoding\tcomplex-type\tbase=sd:Element\n"
    " Coding\n"
    "  extension\n"
    "  system\t0..1\ttype=uri\tflags=S\n"
    "  code\t0..1\ttype=code\tbind=required sd:vs|1\n"
    "structure\tsd:Thing\tThing\tresource\tbase=sd:Element\tname=AThing\n"
    " Thing\n"
    "  extension\n"
    "rule\tthg-1\twarning\tkind.exists()\n"
    "  kind\t1..*\ttype=Coding\trules=thg-1\tflags=MS\n"
    "  ref\t0..1\ttype=Reference(sd:Thing,sd:Other) Coding<sd:P>\n"
    "  part\t0..*\ttype=BackboneElement\n"
    "   part\t0..*\tref=Thing.part\n";
constexpr std::string_view kProfile =
    "prefix\tsd:\thttp://example.org/sd/\n"
    "structure\tsd:Small\tThing\tresource profile\tbase=sd:Thing\tversion=7\n"
    " Thing\n"
    "  extension\n"
    "  kind\tslicing=closed ordered value:system pattern:$this\n"
    "  kind:a\t1..1\tpattern={\"system\":\"s\"}\n"
    "   system\t1..1\tfixed=\"s\"\n"
    "   code\n"
    "  ref\t0..0\ttype=Coding\n";

struct Loaded {
  Definitions definitions;
  Loaded() {
    const auto base = read_table("types.tsv", kBase, "base", {}, definitions);
    EXPECT_TRUE(base) << base.error().text();
    const auto guide = read_table("profiles.tsv", kProfile, "guide", {}, definitions);
    EXPECT_TRUE(guide) << guide.error().text();
  }
  const Element& element(std::string_view structure, std::string_view id) const {
    return *definitions.structure("http://example.org/sd/" + std::string(structure))->element(id);
  }
};

TEST(PackReader, AStructureHasItsHeading) {
  const Loaded loaded;
  const Structure* thing = loaded.definitions.type("Thing");
  ASSERT_TRUE(thing);
  EXPECT_EQ(thing->url, "http://example.org/sd/Thing");
  EXPECT_EQ(thing->name, "AThing");
  EXPECT_EQ(thing->version, "4.0.1");
  EXPECT_EQ(thing->pack, "base");
  EXPECT_TRUE(loaded.definitions.type("Element")->abstract);
  EXPECT_EQ(loaded.definitions.structure("http://example.org/sd/Small")->version, "7");
  EXPECT_EQ(loaded.definitions.resource_types(), std::vector<std::string>{"Thing"});
  EXPECT_TRUE(loaded.definitions.is_a("Thing", "Element"));
  EXPECT_FALSE(loaded.definitions.is_a("Element", "Thing"));
}

TEST(PackReader, ARowSaysWhatAnElementIs) {
  const Loaded loaded;
  const Element& reference = loaded.element("Thing", "Thing.ref");
  ASSERT_EQ(reference.types.size(), 2u);
  EXPECT_EQ(reference.types[0].targets[1], "http://example.org/sd/Other");
  EXPECT_EQ(reference.types[1].profiles[0], "http://example.org/sd/P");
  EXPECT_EQ(loaded.element("Coding", "Coding.code").binding->value_set, "http://example.org/sd/vs|1");
  const Element& kind = loaded.element("Thing", "Thing.kind");
  ASSERT_EQ(kind.constraints.size(), 1u);
  EXPECT_EQ(kind.constraints[0].expression, "kind.exists()");
  EXPECT_FALSE(kind.constraints[0].error);
  EXPECT_TRUE(kind.modifier && kind.summary && kind.list);
  EXPECT_EQ(loaded.element("Thing", "Thing.part.part").content_reference, "Thing.part");
}

TEST(PackReader, AnElementInheritsFromTheBase) {
  const Loaded loaded;
  const Element& kind = loaded.element("Small", "Thing.kind");
  EXPECT_EQ(kind.min, 1u);
  EXPECT_EQ(kind.types[0].code, "Coding");
  EXPECT_EQ(kind.constraints.size(), 1u);
  EXPECT_TRUE(loaded.element("Small", "Thing.extension").slicing) << "of Element.extension";
  EXPECT_EQ(loaded.element("Small", "Thing.ref").max, 0u);
  EXPECT_EQ(loaded.element("Small", "Thing.ref").types.size(), 1u);
}

TEST(PackReader, ASliceInheritsFromItsElementAndItsChildrenFromTheType) {
  const Loaded loaded;
  const Element& slice = loaded.element("Small", "Thing.kind:a");
  EXPECT_FALSE(slice.slicing);
  EXPECT_TRUE(slice.list);
  EXPECT_EQ(slice.slice, "a");
  EXPECT_EQ(loaded.element("Small", "Thing.kind").slices, std::vector<const Element*>{&slice});
  const Element& system = loaded.element("Small", "Thing.kind:a.system");
  EXPECT_EQ(system.path, "Thing.kind.system");
  EXPECT_EQ(system.types[0].code, "uri");
  EXPECT_EQ(system.fixed, Value("s"));
  EXPECT_TRUE(system.summary);
  EXPECT_EQ(loaded.element("Small", "Thing.kind:a.code").binding->strength, Strength::Required);
}

struct Fault {
  const char* what;
  const char* file;
  std::string text;
  const char* place;
};

TEST(PackReader, FaultsAreNamedWithFileAndLine) {
  const std::string heading = "structure\tu\tT\tresource\n";
  const std::vector<Fault> faults = {
      {"an unknown line", "types.tsv", "strukture\tu\n", "p/types.tsv:1"},
      {"an element of nothing", "types.tsv", " T\t0..1\n", "p/types.tsv:1"},
      {"no elements", "types.tsv", heading + "structure\tv\tV\tresource\n", "p/types.tsv:2"},
      {"an unknown kind", "types.tsv", "structure\tu\tT\tthing\n", "p/types.tsv:1"},
      {"no cardinality", "types.tsv", heading + " T\n", "p/types.tsv:2"},
      {"a bad cardinality", "types.tsv", heading + " T\t1-2\n", "p/types.tsv:2"},
      {"a level left out", "types.tsv", heading + " T\t0..*\n   a\t0..1\n", "p/types.tsv:3"},
      {"two roots", "types.tsv", heading + " T\t0..*\n T\t0..*\n", "p/types.tsv:3"},
      {"an unknown field", "types.tsv", heading + " T\t0..*\tcolour=red\n", "p/types.tsv:2"},
      {"an unknown rule", "types.tsv", heading + " T\t0..*\trules=x-1\n", "p/types.tsv:2"},
      {"a rule of no severity", "types.tsv", "rule\tx-1\tfatal\ttrue\n", "p/types.tsv:1"},
      {"bad JSON", "types.tsv", heading + " T\t0..*\tfixed={\n", "p/types.tsv:2"},
      {"an open list", "types.tsv", heading + " T\t0..*\ttype=Reference(a\n", "p/types.tsv:2"},
      {"a bad strength", "types.tsv", heading + " T\t0..*\tbind=strong v\n", "p/types.tsv:2"},
      {"a bad slicing", "types.tsv", heading + " T\t0..*\tslicing=ajar\n", "p/types.tsv:2"},
      {"a bad discriminator", "types.tsv", heading + " T\t0..*\tslicing=open value\n", "p/types.tsv:2"},
      {"an empty discriminator", "types.tsv", heading + " T\t0..*\tslicing=open  \n", "p/types.tsv:2"},
      {"a list of neither", "types.tsv", heading + " T\t0..*\tlist=2\n", "p/types.tsv:2"},
      {"a bad flag", "types.tsv", heading + " T\t0..*\tflags=X\n", "p/types.tsv:2"},
      {"a bad prefix", "types.tsv", "prefix\tsd\thttp://x\n", "p/types.tsv:1"},
      {"an empty field", "types.tsv", "\tx\n", "p/types.tsv:1"},
      {"a system of no content", "code-systems.tsv", "system\tu\n", "p/code-systems.tsv:1"},
      {"a code too deep", "code-systems.tsv", "system\tu\tcomplete\n  a\n", "p/code-systems.tsv:2"},
      {"a code of no system", "code-systems.tsv", " a\n", "p/code-systems.tsv:1"},
      {"a code of no include", "value-sets.tsv", "set\tu\n  a\n", "p/value-sets.tsv:2"},
      {"an include of nothing", "value-sets.tsv", "set\tu\n include\n", "p/value-sets.tsv:2"},
      {"a bad filter", "value-sets.tsv", "set\tu\n include\ts\tfilter=concept\n", "p/value-sets.tsv:2"},
      {"a parameter of no type", "search-parameters.tsv", "parameter\tu\tc\n", "p/search-parameters.tsv:1"},
      {"a parameter on nothing", "search-parameters.tsv", "parameter\tu\tc\turi\n",
       "p/search-parameters.tsv:1"},
      {"a row of no group", "concept-maps.tsv", "map\tu\n  a\tb\n", "p/concept-maps.tsv:2"}};
  for (const Fault& fault : faults) {
    Definitions definitions;
    const auto outcome = read_table(fault.file, fault.text, "p", {}, definitions);
    ASSERT_FALSE(outcome) << fault.what;
    EXPECT_EQ(outcome.error().code, ErrorCode::ProfileInvalid) << fault.what;
    EXPECT_EQ(outcome.error().where, fault.place) << fault.what << ": " << outcome.error().message;
  }
}

TEST(PackReader, StructuresAndFilesAreLimited) {
  Definitions definitions;
  EXPECT_EQ(read_table("types.tsv", kBase, "p", {.max_elements = 2}, definitions).error().code,
            ErrorCode::BodyTooLarge);
  std::string deep = "structure\tu\tT\tresource\n";
  for (std::size_t level = 1; level < 70; ++level) deep += std::string(level, ' ') + "T\t0..1\n";
  EXPECT_EQ(read_table("types.tsv", deep, "p", {}, definitions).error().code, ErrorCode::BodyTooLarge);
  const TempFolder folder;
  std::ofstream(folder / "types.tsv") << kBase;
  EXPECT_TRUE(read_pack(folder.path(), "p", {}, definitions));
  EXPECT_EQ(definitions.packs(), std::vector<std::string>{"p"});
  EXPECT_EQ(read_pack(folder.path(), "p", {.max_file_bytes = 10}, definitions).error().code,
            ErrorCode::BodyTooLarge);
  EXPECT_EQ(read_pack(folder / "none", "p", {}, definitions).error().code, ErrorCode::NotFound);
}

TEST(PackReader, AMisspeltTableIsRefused) {
  const TempFolder folder;
  std::ofstream(folder / "valuesets.tsv") << "set\tu\n";
  Definitions definitions;
  EXPECT_EQ(read_pack(folder.path(), "p", {}, definitions).error().where, "p/valuesets.tsv");
}

TEST(Definitions, ALaterPackReplacesTheCurrentDefinitionAndKeepsTheOlderVersion) {
  Loaded loaded;
  const std::string newer =
      "version\t5\nstructure\thttp://example.org/sd/Small\tThing\tresource profile\n Thing\t0..1\n";
  ASSERT_TRUE(read_table("profiles.tsv", newer, "newer", {}, loaded.definitions));
  const std::string url = "http://example.org/sd/Small";
  EXPECT_EQ(loaded.definitions.structure(url)->pack, "newer");
  EXPECT_EQ(loaded.definitions.structure(url + "|7")->pack, "guide");
  EXPECT_EQ(loaded.definitions.structure(url, "5")->pack, "newer");
  EXPECT_FALSE(loaded.definitions.structure(url + "|6"));
}

TEST(Definitions, TheShippedPacksAreAllThereIs) {
  std::set<std::string> folders;
  for (const auto& entry : std::filesystem::directory_iterator(SOURCE_DIR "/profiles/fhir"))
    if (entry.is_directory()) folders.insert(entry.path().filename().string());
  const auto shipped = Definitions::shipped_packs();
  EXPECT_EQ(folders, std::set<std::string>(shipped.begin(), shipped.end()));
  for (const std::string& pack : shipped)
    EXPECT_TRUE(std::filesystem::exists(SOURCE_DIR "/profiles/fhir/" + pack + "/README.md")) << pack;
}

}  // namespace

// Membership and expansion of value sets: Yes and No only where the codes are here, Unknown otherwise.
#include "gateway/definitions/value_sets.h"

#include <gtest/gtest.h>

#include "gateway/definitions/pack_reader.h"

namespace {

using namespace gateway::definitions;

constexpr std::string_view kSystems =
    "system\tanimals\tcomplete\n"
    " _all\tanything\tabstract\n"
    "  mammal\tMammal\n"
    "   cat\tCat\n"
    "   dog\tDog\n"
    "  bird\tBird\n"
    "system\tplants\tfragment\n"
    " oak\tOak\n"
    "system\tlabels\tcomplete\tinsensitive\n"
    " Red\tred\n"
    "system\tfar\tnot-present\n";
constexpr std::string_view kSets =
    "set\tlisted\n include\tanimals\n  cat\n  dog\tHound\n"
    "set\twhole\n include\tanimals\n"
    "set\tbelow\n include\tanimals\tfilter=concept is-a mammal\n exclude\tanimals\n  dog\n"
    "set\tstrictly\n include\tanimals\tfilter=concept descendent-of mammal\n"
    "set\tpart\n include\tplants\n"
    "set\tfar-away\n include\tfar\n"
    "set\tboth\n include\tfar\n include\tanimals\n  cat\n"
    "set\tnested\n include\t\tset=listed\n include\tanimals\n  bird\n"
    "set\tcommon\n include\t\tset=below\tset=listed\n"
    "set\tproperty\n include\tanimals\tfilter=legs = 4\n"
    "set\tloop\n include\t\tset=loop\n"
    "set\tpinned\n include\t\tset=listed|9\n"
    "set\tcoloured\n include\tlabels\n"
    "set\tempty\n";

const ValueSets& sets() {
  static Definitions definitions;
  static const bool read = read_table("code-systems.tsv", kSystems, "p", {}, definitions).ok() &&
                           read_table("value-sets.tsv", kSets, "p", {}, definitions).ok();
  EXPECT_TRUE(read);
  return definitions.value_sets();
}

struct Case {
  const char *set, *system, *code;
  Membership expected;
};

TEST(ValueSets, MembershipIsToldOnlyWhereItIsKnown) {
  const auto yes = Membership::Yes, no = Membership::No, unknown = Membership::Unknown;
  const std::vector<Case> cases = {{"listed", "animals", "cat", yes},
                                   {"listed", "animals", "bird", no},
                                   {"listed", "plants", "cat", no},
                                   {"listed", "", "cat", yes},
                                   {"listed", "", "oak", no},
                                   {"whole", "animals", "bird", yes},
                                   {"whole", "animals", "fish", no},
                                   {"below", "animals", "cat", yes},
                                   {"below", "animals", "mammal", yes},
                                   {"below", "animals", "dog", no},
                                   {"below", "animals", "bird", no},
                                   {"strictly", "animals", "mammal", no},
                                   {"strictly", "animals", "dog", yes},
                                   {"part", "plants", "oak", yes},
                                   {"part", "plants", "elm", unknown},
                                   {"part", "animals", "cat", no},
                                   {"far-away", "far", "x", unknown},
                                   {"far-away", "animals", "cat", no},
                                   {"both", "far", "x", unknown},
                                   {"both", "animals", "cat", yes},
                                   {"both", "animals", "dog", no},
                                   {"nested", "animals", "dog", yes},
                                   {"nested", "animals", "bird", yes},
                                   {"nested", "animals", "mammal", no},
                                   {"common", "animals", "cat", yes},
                                   {"common", "animals", "dog", no},
                                   {"property", "animals", "cat", unknown},
                                   {"property", "animals", "fish", no},
                                   {"loop", "animals", "cat", unknown},
                                   {"coloured", "labels", "RED", yes},
                                   {"empty", "animals", "cat", unknown},
                                   {"none", "animals", "cat", unknown},
                                   {"listed|3", "animals", "cat", yes},
                                   {"pinned", "animals", "dog", yes}};
  for (const Case& one : cases)
    EXPECT_EQ(sets().contains(one.set, one.system, one.code), one.expected)
        << one.set << " " << one.system << " " << one.code;
}

std::string codes(std::string_view set) {
  const auto codings = sets().expansion(set);
  if (!codings) return "not enumerable";
  std::string text;
  for (const Coding& coding : *codings)
    text += coding.code + "=" + coding.display + (coding.abstract ? "! " : " ");
  return text;
}

TEST(ValueSets, ExpansionsListEveryCodeOrNothing) {
  EXPECT_EQ(codes("listed"), "cat=Cat dog=Hound ") << "the display of the code system where the set has none";
  EXPECT_EQ(codes("whole"), "_all=anything! mammal=Mammal cat=Cat dog=Dog bird=Bird ");
  EXPECT_EQ(codes("below"), "mammal=Mammal cat=Cat ");
  EXPECT_EQ(codes("nested"), "cat=Cat dog=Hound bird=Bird ");
  EXPECT_EQ(codes("common"), "cat=Cat ");
  for (const char* set : {"part", "far-away", "both", "property", "loop", "empty", "none"})
    EXPECT_EQ(codes(set), "not enumerable") << set;
}

// Each set names the next one twelve times: 12^14 ways to the last.
TEST(ValueSets, NestedSetsAreAskedWithinABudget) {
  std::string table = "set\tlast\n include\tanimals\n  cat\n";
  std::string next = "last";
  for (int level = 0; level < 14; ++level) {
    std::string name = "level" + std::to_string(level);
    table += "set\t" + name + "\n";
    for (int i = 0; i < 12; ++i) table += " include\t\tset=" + next + "\n";
    next = std::move(name);
  }
  Definitions definitions;
  ASSERT_TRUE(read_table("code-systems.tsv", kSystems, "p", {}, definitions).ok());
  ASSERT_TRUE(read_table("value-sets.tsv", table, "p", {}, definitions).ok());
  const ValueSets& nested = definitions.value_sets();
  EXPECT_EQ(nested.contains("level1", "animals", "dog"), Membership::No);
  EXPECT_EQ(nested.contains(next, "animals", "dog"), Membership::Unknown);
  EXPECT_FALSE(nested.expansion(next));
}

TEST(ValueSets, CodeSystemsKnowTheirHierarchy) {
  const CodeSystem* animals = sets().code_system("animals");
  ASSERT_TRUE(animals);
  EXPECT_TRUE(animals->subsumes("mammal", "cat"));
  EXPECT_TRUE(animals->subsumes("cat", "cat"));
  EXPECT_FALSE(animals->subsumes("cat", "mammal"));
  EXPECT_FALSE(animals->subsumes("fish", "cat"));
  EXPECT_FALSE(animals->find("CAT"));
  EXPECT_EQ(sets().code_system("labels")->find("rEd")->code, "Red");
  EXPECT_EQ(sets().display("animals", "dog"), "Dog");
  EXPECT_EQ(sets().display("elsewhere", "dog"), "");
}

}  // namespace

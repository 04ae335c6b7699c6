// Generated shapes over generated data: our rows against those of an outside engine (npm rdf-validate-shacl).
//
// The generator keeps away from what that engine does otherwise than the specification: sh:and in property
// shapes, inverses of paths that are no predicate, the order of texts and of ill-formed numbers.
#include <cstdlib>
#include <random>

#include "tests/shacl/support.h"

namespace {

using namespace gateway;
using namespace gateway::shacl;

// The outside engine takes its time. EHDS_SHACL_CASES asks for more, EHDS_SHACL_SEED for others.
int setting(const char* name, int otherwise) {
  const char* text = std::getenv(name);
  return text ? std::atoi(text) : otherwise;
}

class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  // p0 and p1 lead to nodes, n0 and n1 to numbers, t to texts.
  std::string data() {
    std::string text = tests::kPrefixes;
    for (int i = 0, count = 5 + pick(20); i < count; ++i) {
      text += node() + " ";
      switch (pick(6)) {
        case 0:
          text += "a " + type();
          break;
        case 1:
        case 2:
          text += one({":p0", ":p1"}) + " " + node();
          break;
        case 3:
          text += one({":n0", ":n1"}) + " " + number();
          break;
        case 4:
          text += ":t " + words();
          break;
        default:
          text += one({":p0", ":t"}) + " " + one({":a", "\"x\"", "[]"});
          break;
      }
      text += " .\n";
    }
    if (pick(2)) text += ":D rdfs:subClassOf :C .\n";
    return text;
  }

  std::string shapes() {
    std::string text = tests::kPrefixes;
    for (int i = 0, count = 1 + pick(3); i < count; ++i)
      text += ":S" + std::to_string(i) + " a sh:NodeShape ; " + target() + " ; " + body(0) + " .\n";
    return text;
  }

 private:
  int pick(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }
  std::string one(std::initializer_list<const char*> list) {
    return *(list.begin() + pick(static_cast<int>(list.size())));
  }
  std::string node() { return one({":a", ":b", ":c", ":d", "_:e"}); }
  std::string type() { return one({":C", ":D", ":E"}); }
  std::string number() {
    return one({"1", "2", "3", "2.0", "7.5", "\"2\"^^xsd:byte", "\"2020-01-01\"^^xsd:date"});
  }
  std::string words() {
    return one({"\"a\"", "\"long text\"", "\"a\"@en", "\"b\"@en", "\"c\"@de", "\"d\"@fr"});
  }
  std::string target() {
    switch (pick(4)) {
      case 0:
        return "sh:targetNode " + one({":a", ":b", ":c"});
      case 1:
        return "sh:targetSubjectsOf " + one({":p0", ":n0"});
      case 2:
        return "sh:targetObjectsOf " + one({":p0", ":p1"});
      default:
        return "sh:targetClass " + type();
    }
  }

  // Parts of a node shape; depth keeps shapes within shapes small. A shape may say sh:in or sh:closed only
  // once.
  std::string body(int depth) {
    std::string text;
    if (pick(6) == 0)
      text = one({"sh:class :C", "sh:nodeKind sh:IRI", "sh:hasValue :a", "sh:in ( :a :b :c )",
                  "sh:closed true ; sh:ignoredProperties ( rdf:type :p0 )"}) +
             " ; ";
    for (int i = 0, count = 1 + pick(3); i < count; ++i) text += (i ? " ; " : "") + part(depth);
    return text;
  }

  std::string part(int depth) {
    if (depth < 2 && pick(5) == 0) {
      const std::string left = "[ " + body(depth + 1) + " ]", right = "[ " + body(depth + 1) + " ]";
      switch (pick(5)) {
        case 0:
          return "sh:not " + left;
        case 1:
          return "sh:or ( " + left + " " + right + " )";
        case 2:
          return "sh:xone ( " + left + " " + right + " )";
        case 3:
          return "sh:and ( " + left + " " + right + " )";
        default:
          return "sh:node " + left;
      }
    }
    return "sh:property [ " + property(depth) + " ]";
  }

  std::string property(int depth) {
    switch (pick(9)) {
      case 0:
        return "sh:path :n0 ; " +
               one({"sh:lessThan :n1", "sh:lessThanOrEquals :n1", "sh:equals :n1", "sh:disjoint :n1"});
      case 1:
        return "sh:path :n0 ; " +
               one({"sh:minInclusive 2", "sh:maxInclusive 2", "sh:minExclusive 2.0", "sh:maxExclusive 7.5",
                    "sh:datatype xsd:integer", "sh:in ( 1 2 )", "sh:datatype xsd:date"});
      case 2:
        return "sh:path :t ; " + one({"sh:minLength 2", "sh:maxLength 3", "sh:pattern \"^a\"",
                                      "sh:pattern \"^L\" ; sh:flags \"i\"", "sh:languageIn ( \"en\" \"de\" )",
                                      "sh:uniqueLang true", "sh:nodeKind sh:Literal"});
      case 3:
        return "sh:path " + path() + " ; sh:qualifiedValueShape [ " + body(depth + 1) + " ] ; " +
               one({"sh:qualifiedMinCount 1", "sh:qualifiedMaxCount 1", "sh:qualifiedMinCount 2"});
      case 4:
        return "sh:path " + path() + " ; sh:hasValue " + one({":a", ":b", "1"}) + " ; sh:severity sh:Warning";
      case 5:
      case 6:
        return "sh:path " + path() + " ; " +
               one({"sh:minCount 1", "sh:maxCount 1", "sh:minCount 2 ; sh:maxCount 3"});
      case 7:
        return depth < 2 ? "sh:path " + path() + " ; " +
                               one({"sh:node", "sh:not", "sh:property"})
                                   .append(" [ sh:path " + path() + " ; sh:minCount 1 ]")
                         : "sh:path :p0 ; sh:maxCount 1";
      default:
        return "sh:path " + path() + " ; " +
               one({"sh:class :C", "sh:class :E", "sh:nodeKind sh:BlankNodeOrIRI",
                    "sh:nodeKind sh:IRIOrLiteral"});
    }
  }

  std::string path() {
    const std::string step = one({":p0", ":p1"});
    switch (pick(8)) {
      case 0:
        return "[ sh:inversePath " + step + " ]";
      case 1:
        return "( " + step + " " + one({":p0", ":t", ":n0"}) + " )";
      case 2:
        return "[ sh:alternativePath ( " + step + " :n0 ) ]";
      case 3:
        return "[ sh:zeroOrMorePath " + step + " ]";
      case 4:
        return "[ sh:zeroOrOnePath " + step + " ]";
      default:
        return step;
    }
  }

  std::mt19937 random_;
};

TEST(Differential, GeneratedShapesGiveTheRowsOfTheOutsideEngine) {
  Generator generator(static_cast<unsigned>(setting("EHDS_SHACL_SEED", 20261123)));
  const int count = setting("EHDS_SHACL_CASES", 25);
  tests::Cases cases;
  for (int i = 0; i < count; ++i) {
    std::string shapes = generator.shapes();
    cases.emplace_back(std::move(shapes), generator.data());
  }
  const auto theirs = tests::outside_rows(cases);
  if (!theirs) GTEST_SKIP() << "the outside engine is not installed";
  ASSERT_EQ(theirs->size(), cases.size());
  std::size_t rows = 0;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const auto& [shapes, data] = cases[i];
    ProfileBuilder builder("generated");
    ASSERT_TRUE(builder.add_shapes(shapes, codec::RdfFormat::Turtle, "http://x/").ok()) << shapes;
    const auto profile = builder.build();
    ASSERT_TRUE(profile.ok()) << profile.error().text() << shapes;
    const auto ours = validate_document(data, codec::RdfFormat::Turtle, **profile,
                                        {.base = "http://x/", .own_nodes = false});
    ASSERT_TRUE(ours.ok()) << ours.error().text();
    EXPECT_EQ(tests::show(tests::plain_rows(*ours)), tests::show((*theirs)[i])) << shapes << "\n--\n" << data;
    rows += ours->rows.size();
  }
  EXPECT_GT(rows, cases.size()) << "the generated data break too few rules";
}

}  // namespace

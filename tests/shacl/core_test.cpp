// Every constraint component, target and path of SHACL Core, each on data that meet it and data that do not.
#include <algorithm>

#include "tests/shacl/support.h"

namespace {

using namespace gateway;
using namespace gateway::shacl;

struct Case {
  const char* name;
  const char* shapes;
  const char* data;
  // "component focus path value" with ":x" for names of http://x/, sorted; "-" where there is none.
  std::vector<std::string> rows;
};

std::string shorten(std::string text) {
  for (std::size_t at; (at = text.find("http://x/")) != std::string::npos;) text.replace(at, 9, ":");
  return text;
}

std::vector<std::string> lines_of(const Report& report) {
  std::vector<std::string> lines;
  for (const Row& row : report.rows) {
    std::string component = row.component.substr(0, row.component.find("ConstraintComponent"));
    std::string line = component + " " + tests::plain(row.focus) + " ";
    line += row.path ? to_text(*row.path, {{"", "http://x/"}}) : "-";
    line += " " + (row.value ? tests::plain(*row.value) : "-");
    lines.push_back(shorten(line));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

const std::vector<Case>& cases() {
  static const std::vector<Case> all{
      {"target class with subclasses",
       ":S a sh:NodeShape ; sh:targetClass :C ; sh:property [ sh:path :p ; sh:minCount 1 ] .",
       ":D rdfs:subClassOf :C . :E rdfs:subClassOf :D . :a a :C . :b a :E . :c a :F .",
       {"MinCount :a :p -", "MinCount :b :p -"}},
      {"classes in a circle",
       ":S sh:targetClass :C ; sh:nodeKind sh:Literal .",
       ":C rdfs:subClassOf :D . :D rdfs:subClassOf :C . :a a :D .",
       {"NodeKind :a - :a"}},
      {"target node, also a literal and one that is not there",
       ":S sh:targetNode :a, \"t\" ; sh:nodeKind sh:BlankNode .",
       ":x :y :z .",
       {"NodeKind :a - :a", "NodeKind t - t"}},
      {"subjects and objects of a property",
       ":S sh:targetSubjectsOf :p ; sh:class :C . :T sh:targetObjectsOf :p ; sh:class :C .",
       ":a :p :b . :b a :C .",
       {"Class :a - :a"}},
      {"a shape that is a class",
       ":C a sh:NodeShape, rdfs:Class ; sh:property [ sh:path :p ; sh:maxCount 0 ] .",
       ":a a :C ; :p 1 .",
       {"MaxCount :a :p -"}},
      {"each node once whatever targets name it",
       ":S sh:targetClass :C ; sh:targetNode :a ; sh:targetSubjectsOf :p ; sh:nodeKind sh:Literal .",
       ":a a :C ; :p 1 .",
       {"NodeKind :a - :a"}},
      {"class",
       ":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:class :C ] .",
       ":a :p :ok, :sub, :no, \"text\" . :ok a :C . :D rdfs:subClassOf :C . :sub a :D .",
       {"Class :a :p :no", "Class :a :p text"}},
      {"datatype and its lexical forms",
       ":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:datatype xsd:integer ] .",
       ":a :p 1, \"x\"^^xsd:integer, \"1\", 1.0, :b .",
       {"Datatype :a :p 1", "Datatype :a :p 1.0", "Datatype :a :p :b", "Datatype :a :p x"}},
      {"node kinds",
       ":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:nodeKind sh:BlankNodeOrLiteral ] .",
       ":a :p 1, :b, [] .",
       {"NodeKind :a :p :b"}},
      {"numbers of values",
       ":S sh:targetNode :a, :b ; sh:property [ sh:path :p ; sh:minCount 1 ; sh:maxCount 2 ] .",
       ":b :p 1, 2, 3 .",
       {"MaxCount :b :p -", "MinCount :a :p -"}},
      {"limits, in- and exclusive",
       ":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:minInclusive 1 ; sh:maxExclusive 3 ] ,"
       " [ sh:path :p ; sh:minExclusive 1 ; sh:maxInclusive 3 ] .",
       ":a :p 1, 2.5, 3, \"text\" .",
       {"MaxExclusive :a :p 3", "MaxExclusive :a :p text", "MaxInclusive :a :p text", "MinExclusive :a :p 1",
        "MinExclusive :a :p text", "MinInclusive :a :p text"}},
      {"limits of dates",
       ":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:minInclusive \"2020-01-01\"^^xsd:date ] .",
       ":a :p \"2019-12-31\"^^xsd:date, \"2020-01-01\"^^xsd:date, \"2020-13-01\"^^xsd:date .",
       {"MinInclusive :a :p 2019-12-31", "MinInclusive :a :p 2020-13-01"}},
      {"lengths count characters",
       ":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:minLength 2 ; sh:maxLength 3 ] .",
       ":a :p \"\\u00e4\", \"\\u00e4\\u00e4\\u00e4\", \"four\", [] .",
       {"MaxLength :a :p _:", "MaxLength :a :p four", "MinLength :a :p _:", "MinLength :a :p \u00e4"}},
      {"pattern with flags, on texts and IRIs",
       ":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:pattern \"^H.*b$\" ; sh:flags \"i\" ] .",
       ":a :p \"hab\", <http://b>, \"x\", [] .",
       {"Pattern :a :p _:", "Pattern :a :p x"}},
      {"languages",
       ":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:languageIn (\"en\" \"de\") ; sh:uniqueLang true "
       "] .",
       ":a :p \"a\"@en, \"b\"@en-GB, \"c\"@de, \"d\"@de, \"e\"@fr, \"f\" .",
       {"LanguageIn :a :p e", "LanguageIn :a :p f", "UniqueLang :a :p -"}},
      {"equals",
       ":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:equals :q ] .",
       ":a :p 1, 2 ; :q 2, 3 .",
       {"Equals :a :p 1", "Equals :a :p 3"}},
      {"disjoint",
       ":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:disjoint :q ] .",
       ":a :p 1, 2 ; :q 2 .",
       {"Disjoint :a :p 2"}},
      {"less than, for each pair",
       ":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:lessThan :q ], [ sh:path :p ; "
       "sh:lessThanOrEquals :q ] .",
       ":a :p 1, 2, 9 ; :q 2, 3 .",
       {"LessThan :a :p 2", "LessThan :a :p 9", "LessThan :a :p 9", "LessThanOrEquals :a :p 9",
        "LessThanOrEquals :a :p 9"}},
      {"not",
       ":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:not [ sh:class :C ] ] .",
       ":a :p :b, :c . :b a :C .",
       {"Not :a :p :b"}},
      {"and, or, xone",
       ":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:and ( [ sh:class :C ] [ sh:class :D ] ) ],"
       " [ sh:path :p ; sh:or ( [ sh:class :C ] [ sh:class :D ] ) ],"
       " [ sh:path :p ; sh:xone ( [ sh:class :C ] [ sh:class :D ] ) ] .",
       ":a :p :both, :one, :none . :both a :C, :D . :one a :C .",
       {"And :a :p :none", "And :a :p :one", "Or :a :p :none", "Xone :a :p :both", "Xone :a :p :none"}},
      {"node gives one row, property its own",
       ":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:node :N ] , [ sh:path :q ; sh:property [ sh:path "
       ":r ; "
       "sh:minCount 1 ] ] . :N sh:property [ sh:path :r ; sh:minCount 1 ] .",
       ":a :p :b ; :q :b .",
       {"MinCount :b :r -", "Node :a :p :b"}},
      {"qualified counts",
       ":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:qualifiedValueShape [ sh:class :C ] ; "
       "sh:qualifiedMinCount 2 ] , [ sh:path :p ; sh:qualifiedValueShape [ sh:class :D ] ; "
       "sh:qualifiedMaxCount 0 ] .",
       ":a :p :b, :c, :d . :b a :C . :d a :D .",
       {"QualifiedMaxCount :a :p -", "QualifiedMinCount :a :p -"}},
      {"qualified counts, disjoint",
       ":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:qualifiedValueShapesDisjoint true ; "
       "sh:qualifiedValueShape [ sh:class :C ] ; sh:qualifiedMinCount 1 ] , [ sh:path :p ; "
       "sh:qualifiedValueShapesDisjoint true ; sh:qualifiedValueShape [ sh:class :D ] ; sh:qualifiedMinCount "
       "1 ] .",
       ":a :p :b, :c . :b a :C, :D . :c a :D .",
       {"QualifiedMinCount :a :p -"}},
      {"closed",
       ":S sh:targetNode :a ; sh:closed true ; sh:ignoredProperties ( rdf:type ) ; sh:property [ sh:path :p "
       "] .",
       ":a a :C ; :p 1 ; :q 2, 3 .",
       {"Closed :a :q 2", "Closed :a :q 3"}},
      {"closed false says nothing", ":S sh:targetNode :a ; sh:closed false .", ":a :q 2 .", {}},
      {"hasValue and in",
       ":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:hasValue 1 ] , [ sh:path :p ; sh:in ( 2 :x ) ] .",
       ":a :p 2, 3 .",
       {"HasValue :a :p -", "In :a :p 3"}},
      {"hasValue of a node shape",
       ":S sh:targetNode :a ; sh:hasValue :b .",
       ":a :p 1 .",
       {"HasValue :a - -"}},
      {"a property shape without a path is asked of the focus node",
       ":S sh:targetNode :a ; sh:property [ a sh:PropertyShape ; sh:or ( [ sh:property [ sh:path :p ; "
       "sh:hasValue true ] ] [ sh:class :C ] ) ] .",
       ":a :p false .",
       {"Or :a - :a"}},
      {"a property shape as target",
       ":S a sh:PropertyShape ; sh:targetNode :a ; sh:path :p ; sh:minCount 1 .",
       ":a :q 1 .",
       {"MinCount :a :p -"}},
      {"inverse path",
       ":S sh:targetNode :a ; sh:property [ sh:path [ sh:inversePath :p ] ; sh:minCount 2 ] .",
       ":b :p :a .",
       {"MinCount :a ^:p -"}},
      {"sequence and alternative",
       ":S sh:targetNode :a ; sh:property [ sh:path ( :p [ sh:alternativePath ( :q :r ) ] ) ; sh:in () ] .",
       ":a :p :b, :c . :b :q 1 ; :r 2 . :c :q 1 .",
       {"In :a :p/(:q|:r) 1", "In :a :p/(:q|:r) 2"}},
      {"inverse of a sequence",
       ":S sh:targetNode :a ; sh:property [ sh:path [ sh:inversePath ( :p :q ) ] ; sh:in () ] .",
       ":c :p :b . :b :q :a .",
       {"In :a ^(:p/:q) :c"}},
      {"zero or more, one or more, zero or one; circles end",
       ":S sh:targetNode :a ; sh:property [ sh:path [ sh:zeroOrMorePath :p ] ; sh:maxCount 2 ] , "
       "[ sh:path [ sh:oneOrMorePath :p ] ; sh:minCount 4 ] , [ sh:path [ sh:zeroOrOnePath :p ] ; sh:in ( :a "
       ") ] .",
       ":a :p :b . :b :p :c . :c :p :a .",
       {"In :a :p? :b", "MaxCount :a :p* -", "MinCount :a :p+ -"}},
      {"deactivated shapes say nothing",
       ":S sh:targetNode :a ; sh:deactivated true ; sh:nodeKind sh:Literal . :T sh:targetNode :a ; "
       "sh:property [ "
       "sh:path :p ; sh:minCount 1 ; sh:deactivated true ] .",
       ":a :q 1 .",
       {}},
      {"shapes of one name are one shape, blank ones are not",
       ":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:minCount 1 ] . :S sh:property [ sh:path :p ; "
       "sh:minCount 1 ] .",
       ":a :q 1 .",
       {"MinCount :a :p -", "MinCount :a :p -"}},
      {"shapes that name each other end",
       ":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:node :S ] ; sh:property [ sh:path :q ; "
       "sh:minCount 1 ] .",
       ":a :p :b ; :q 1 . :b :p :a .",
       {"Node :a :p :b"}},
      {"the guard of the official files",
       ":S sh:targetNode :g ; sh:sparql [ sh:select \"PREFIX dcat: <http://www.w3.org/ns/dcat#> SELECT $this "
       "WHERE { "
       "FILTER NOT EXISTS { ?s a dcat:Dataset } }\" ] .",
       ":a a dcat:Catalog .",
       {"SPARQL :g - :g"}},
      {"the guard is content with one dataset",
       ":S sh:targetNode :g ; sh:sparql [ sh:select \"SELECT $this WHERE{FILTER NOT EXISTS{?x a "
       "<http://www.w3.org/ns/dcat#Dataset>}}\" ] .",
       ":a a dcat:Dataset .",
       {}},
  };
  return all;
}

TEST(Core, EveryComponentGivesTheRowsOfTheSpecification) {
  for (const Case& one : cases()) {
    const auto report = tests::check(one.shapes, one.data);
    ASSERT_TRUE(report.ok()) << one.name << ": " << report.error().text();
    EXPECT_EQ(lines_of(*report), one.rows) << one.name;
    EXPECT_TRUE(report->not_evaluated.empty()) << one.name << ": " << report->not_evaluated[0].component;
  }
}

TEST(Core, SeverityMessageAndNameOfTheShapeAreInTheRow) {
  const auto report = tests::check(
      ":S sh:targetNode :a ; sh:property :P . :P sh:path :p ; sh:minCount 1 ; sh:severity sh:Info ; "
      "sh:message \"zu wenig\"@de, \"too few\"@en .",
      ":a :q 1 .");
  ASSERT_TRUE(report.ok());
  ASSERT_EQ(report->rows.size(), 1u);
  EXPECT_EQ(report->rows[0].severity, Severity::Info);
  EXPECT_EQ(report->rows[0].message, "too few");
  EXPECT_EQ(report->rows[0].shape.text, "http://x/P");
  EXPECT_TRUE(report->valid());
}

TEST(Core, WhatIsNotEvaluatedIsNamed) {
  const auto report = tests::check(
      ":S sh:targetNode :a ; sh:sparql [ sh:select \"SELECT $this WHERE { $this ?p ?o }\" ] ; sh:js [] ; "
      "sh:minCount 1 ; sh:fancy 3 ; sh:order 1 . <> owl:imports <http://elsewhere/> .",
      ":a :q 1 .");
  ASSERT_TRUE(report.ok());
  EXPECT_TRUE(report->rows.empty());
  std::set<std::string> names;
  for (const NotEvaluated& one : report->not_evaluated) names.insert(one.component);
  EXPECT_EQ(names, (std::set<std::string>{"owl:imports", "sh:fancy", "sh:js", "sh:minCount", "sh:sparql"}));
}

TEST(Core, QueriesThatOnlyLookLikeTheGuardAreNotEvaluated) {
  for (const char* query : {
           "",
           "PREFIX",
           "PREFIX a",
           "PREFIX a ",
           "PREFIX a: b SELECT",
           "SELECT $this WHERE {",
           "SELECT $this WHERE { FILTER NOT EXISTS { ?s a ?type } }",
           "SELECT $this WHERE { FILTER NOT EXISTS { ?s a x:C } }",
           "SELECT $this WHERE { FILTER NOT EXISTS { ?s <b> <C> } }",
           "SELECT $this WHERE { FILTER EXISTS NOT { ?s a <C> } }",
           "SELECT $this WHERE { FILTER NOT EXISTS { <s> a <C> } }",
           "SELECT $this WHERE { FILTER NOT EXISTS { ?s a < } }",
           "SELECT $this WHERE { FILTER NOT EXISTS { ?s a <C> } } LIMIT 0",
       }) {
    const auto report = tests::check(
        ":S sh:targetNode :a ; sh:sparql [ sh:select \"" + std::string(query) + "\" ] .", ":a :q 1 .");
    ASSERT_TRUE(report.ok()) << query;
    EXPECT_TRUE(report->rows.empty()) << query;
    EXPECT_EQ(report->not_evaluated.size(), 1u) << query;
  }
}

TEST(Core, DetailsSayWhyANodeIsRefused) {
  const auto report = tests::check(
      ":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:node :N ] . :N sh:property [ sh:path :r ; "
      "sh:minCount 1 ], "
      "[ sh:path :q ; sh:node :M ] . :M sh:class :C .",
      ":a :p :b . :b :q :c .");
  ASSERT_TRUE(report.ok());
  ASSERT_EQ(report->rows.size(), 1u);
  const auto& details = report->rows[0].details;
  ASSERT_EQ(details.size(), 2u);
  for (const Row& detail : details) EXPECT_TRUE(detail.details.empty());
}

TEST(Core, IllFormedShapesAreRefusedByName) {
  for (const char* shapes : {
           ":S sh:path :p, :q ; sh:minCount 1 .",
           ":S sh:property [ sh:path () ] .",
           ":S sh:property [ sh:path \"p\" ] .",
           ":S sh:property [ sh:path [ sh:oddPath :p ] ] .",
           ":S a sh:NodeShape ; sh:in :l . :l rdf:first 1 ; rdf:rest :l .",
           ":S a sh:NodeShape ; sh:in :l . :l rdf:first 1, 2 ; rdf:rest () .",
           ":S a sh:NodeShape ; sh:or :notAList .",
           ":S a sh:NodeShape ; sh:node \"text\" .",
           ":S a sh:NodeShape ; sh:pattern \"(\" .",
           ":S a sh:NodeShape ; sh:nodeKind :Odd .",
           ":S a sh:NodeShape ; sh:minLength \"many\" .",
           ":S a sh:PropertyShape ; sh:path :p ; sh:qualifiedMinCount 1 .",
       }) {
    const auto profile = tests::profile_of(std::string(shapes) + " :T sh:targetNode :a ; sh:property :S .");
    EXPECT_FALSE(profile.ok()) << shapes;
    if (!profile) {
      EXPECT_EQ(profile.error().code, ErrorCode::Unprocessable) << shapes;
    }
  }
}

}  // namespace

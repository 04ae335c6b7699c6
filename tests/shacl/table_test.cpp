#include "gateway/shacl/shape_table.h"

#include "gateway/shacl/vocabulary.h"
#include "tests/shacl/support.h"
#include "tests/support/temp_folder.h"

namespace {

using namespace gateway;
using namespace gateway::shacl;

// A table and the Turtle that says the same.
TEST(ShapeTable, SaysWhatTheTurtleSays) {
  const gateway::testing::TempFolder folder;
  std::ofstream(folder / "codes.tsv") << "prefix\te\thttp://x/\n# a list\ne:one\ne:two\n";
  const std::string table =
      "prefix\te\thttp://x/\n"
      "prefix\txsd\thttp://www.w3.org/2001/XMLSchema#\n"
      "# comment\n\n"
      "shape\te:S\tseverity=Warning\n"
      "\ttarget\tclass\te:C\te:D\n"
      "\tignoredProperties\te:p\n"
      "\tclosed\ttrue\n"
      "\tproperty\te:p\tminCount=1\tpattern=\"^a\\\\.b\\tc\"\tmessage=\"say \\\"it\\\"\"@en\n"
      "\tproperty\t(e:a|^e:b)/<http://x/c/d>*\tnode=e:N\n"
      "\t\tin\t@codes.tsv\te:three\t\"4\"^^xsd:byte\n"
      "\tproperty\t-\n"
      "\t\tor\n"
      "\t\t\talternative\t@e:N\n"
      "\t\t\talternative\tpath=e:q\thasValue=true\n"
      "\t\t\t\tnot\tclass=e:C\n"
      "\tproperty\t@e:P\n"
      "shape\te:P\tpath=e:p\tmaxCount=2\n";
  const char* turtle =
      ":S a sh:NodeShape ; sh:severity sh:Warning ; sh:targetClass :C, :D ; sh:ignoredProperties ( :p ) ; "
      "sh:closed true ; sh:property [ sh:path :p ; sh:minCount 1 ; sh:pattern \"^a\\\\.b\\tc\" ; "
      "sh:message \"say \\\"it\\\"\"@en ] , [ sh:path ( [ sh:alternativePath ( :a [ sh:inversePath :b ] ) ] "
      "[ sh:zeroOrMorePath <http://x/c/d> ] ) ; sh:node :N ; sh:in ( :one :two :three \"4\"^^xsd:byte ) ] , "
      "[ sh:or ( :N [ sh:path :q ; sh:hasValue true ; sh:not [ sh:class :C ] ] ) ] , :P . "
      ":P a sh:NodeShape ; sh:path :p ; sh:maxCount 2 .";
  const auto graph = read_shape_table(table, "t.tsv", folder.path());
  ASSERT_TRUE(graph.ok()) << graph.error().text();
  const auto expected = codec::parse_rdf(std::string(tests::kPrefixes) + turtle, codec::RdfFormat::Turtle);
  ASSERT_TRUE(expected.ok()) << expected.error().text();
  const auto lines = [](const codec::Graph& one) {
    std::multiset<std::string> texts;
    for (const codec::Triple& triple : one.triples())
      texts.insert(triple.predicate.text + " " + tests::plain(triple.object));
    return texts;
  };
  EXPECT_EQ(lines(*graph), lines(*expected));
}

TEST(ShapeTable, FaultsNameTheirLine) {
  const std::string head = "prefix\te\thttp://x/\nshape\te:S\n";
  for (const char* line : {
           "\ttarget\tclass\n",
           "\ttarget\tclasses\te:C\n",
           "\tproperty\n",
           "\tproperty\te:p\tminCount\n",
           "\t\tminCount\t1\n",
           "\tminCount\t1\t2\n",
           "\tclass\tnone:C\n",
           "\tpattern\t\"open\n",
           "\tpattern\t\"a\"!!\n",
           "\tproperty\t(e:p\n",
           "\tproperty\te:p)\n",
           "\tproperty\te:p//e:q\n",
           "\tor\n\t\tminCount\t1\n",
           "\texists\n",
           "\tin\t@no-such-file.tsv\n",
           "property\te:p\n",
           "prefix\te\n",
       }) {
    const auto graph = read_shape_table(head + line, "t.tsv", "/nowhere");
    EXPECT_FALSE(graph.ok()) << line;
    if (graph || std::string(line).find('@') != std::string::npos) continue;
    const std::string& where = graph.error().where;
    EXPECT_TRUE(where == "t.tsv:3" || where == "t.tsv:4") << line << graph.error().text();
  }
  std::string deep = head;
  for (int i = 1; i < 60; ++i) deep += std::string(static_cast<std::size_t>(i), '\t') + "not\n";
  EXPECT_FALSE(read_shape_table(deep, "t.tsv", ".").ok());
  EXPECT_FALSE(read_shape_table(head + "\tproperty\t" + std::string(5000, '('), "t.tsv", ".").ok());
  EXPECT_FALSE(read_shape_table(head + "\tproperty\t" + std::string(5000, '^') + "e:p", "t.tsv", ".").ok());
}

TEST(VocabularyTable, ConceptsStandInTheirScheme) {
  const auto graph = read_vocabulary_table(
      "prefix\te\thttp://x/\nscheme\te:list\t<http://x/list/>\t\"List\"@en\n\tONE\t\"One\"@en\te:Type\n"
      "\t<http://y/two>\nfact\te:a\te:p\te:b\n",
      "v.tsv");
  ASSERT_TRUE(graph.ok()) << graph.error().text();
  EXPECT_EQ(graph->size(), 9u);
  EXPECT_EQ(graph->objects(codec::iri("http://x/list/ONE"), rdf("type")).size(), 2u);
  EXPECT_FALSE(read_vocabulary_table("\tONE\n", "v.tsv").ok());
  EXPECT_FALSE(read_vocabulary_table("fact\ta\tb\n", "v.tsv").ok());
}

}  // namespace

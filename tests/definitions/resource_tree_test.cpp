// A resource as a tree of typed elements: names, types, primitives with extensions, references.
#include "gateway/definitions/resource_tree.h"

#include <gtest/gtest.h>

#include "gateway/codec/json.h"
#include "tests/definitions/shipped_definitions.h"

namespace {

using namespace gateway;
using namespace gateway::definitions;

class ResourceTreeTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!tests::shipped_validator().ok()) FAIL() << tests::shipped_validator().error().text();
  }
  static const Definitions& definitions() { return (*tests::shipped_validator())->definitions(); }
  static Value json(std::string_view text) { return std::move(*codec::parse_json(text)); }
  // By names from the root, the first of each.
  static const Entry& at(const ResourceTree& tree, std::initializer_list<std::string_view> names) {
    const Entry* entry = &tree.root();
    for (const std::string_view name : names) entry = tree.child(*entry, name);
    return *entry;
  }
};

TEST_F(ResourceTreeTest, knows_the_types_of_elements) {
  const Value resource = json(R"({"resourceType":"Observation","valueQuantity":{"value":1.50},
    "component":[{"code":{"text":"x"}}],"effectiveDateTime":"2020-02"})");
  const ResourceTree tree(definitions(), resource);
  const auto type = [&tree](const Entry& entry) { return std::string(tree.type(tree.node(entry)).name); };
  EXPECT_EQ(type(tree.root()), "Observation");
  EXPECT_EQ(type(at(tree, {"value"})), "Quantity");
  EXPECT_EQ(type(at(tree, {"value", "value"})), "decimal");
  EXPECT_EQ(type(at(tree, {"component"})), "Observation.component");
  EXPECT_TRUE(tree.is_a("Observation.component", "BackboneElement"));
  EXPECT_TRUE(tree.is_a("Observation", "DomainResource"));
  EXPECT_EQ(tree.location(at(tree, {"value", "value"})), "Observation.value.ofType(Quantity).value");
  EXPECT_EQ(tree.location(at(tree, {"component", "code"})), "Observation.component[0].code");
  const auto scalar = tree.scalar(tree.node(at(tree, {"effective"})));
  ASSERT_TRUE(scalar.has_value());
  EXPECT_TRUE(std::holds_alternative<fhirpath::DateTime>(*scalar));
}

TEST_F(ResourceTreeTest, joins_primitives_with_what_stands_beside_them) {
  const Value resource =
      json(R"({"resourceType":"Patient","_birthDate":{"extension":[{"url":"http://x.org","valueCode":"a"}]},
    "name":[{"given":["a",null],"_given":[null,{"id":"g"}]}]})");
  const ResourceTree tree(definitions(), resource);
  EXPECT_EQ(at(tree, {"birthDate"}).value, nullptr);
  EXPECT_EQ(at(tree, {"birthDate", "extension", "value"}).text(), "a");
  const auto given = tree.children(at(tree, {"name"}));
  ASSERT_EQ(given.size(), 2u);
  EXPECT_EQ(given[0].text(), "a");
  EXPECT_EQ(tree.child_text(given[1], "id"), "g");
  EXPECT_EQ(tree.location(given[1]), "Patient.name[0].given[1]");
}

TEST_F(ResourceTreeTest, follows_references_inside_of_a_bundle) {
  const Value resource = json(R"({"resourceType":"Bundle","type":"collection","entry":[
    {"fullUrl":"http://a.org/Patient/1","resource":{"resourceType":"Patient","id":"1","managingOrganization":{"reference":"#o"},
      "contained":[{"resourceType":"Organization","id":"o","name":"x","partOf":{"reference":"#"}}],
      "link":[{"other":{"reference":"Patient/2"},"type":"refer"}]}},
    {"fullUrl":"http://b.org/Patient/2","resource":{"resourceType":"Patient","id":"2"}},
    {"fullUrl":"http://a.org/Patient/2","resource":{"resourceType":"Patient","id":"2","meta":{"versionId":"7"}}}]})");
  const ResourceTree tree(definitions(), resource);
  const Entry& first = at(tree, {"entry", "resource"});
  const Entry* contained = tree.resolve("#o", first);
  ASSERT_NE(contained, nullptr);
  EXPECT_EQ(tree.child_text(*contained, "name"), "x");
  EXPECT_EQ(tree.resolve("#", *contained), &first);
  EXPECT_EQ(tree.location(*tree.resolve("Patient/2", first)), "Bundle.entry[2].resource");
  EXPECT_EQ(tree.location(*tree.resolve("http://b.org/Patient/2", first)), "Bundle.entry[1].resource");
  EXPECT_EQ(tree.location(*tree.resolve("http://a.org/Patient/2/_history/7", first)),
            "Bundle.entry[2].resource");
  EXPECT_EQ(tree.resolve("http://a.org/Patient/2/_history/8", first), nullptr);
  EXPECT_EQ(tree.resolve("Patient/3", first), nullptr);
}

TEST_F(ResourceTreeTest, is_bounded_in_depth_and_count) {
  Value inner = Value::map().set("url", "u").set("valueString", "x");
  for (int i = 0; i < 200; ++i)
    inner = Value::map().set("url", "u").set("extension", Value::list().push(std::move(inner)));
  const Value resource =
      Value::map().set("resourceType", "Patient").set("extension", Value::list().push(std::move(inner)));
  Findings faults;
  const ResourceTree deep(definitions(), resource, &faults);
  EXPECT_LT(deep.entries().size(), 300u);
  ASSERT_EQ(faults.errors(), 1u);
  EXPECT_EQ(faults.list()[0].code, "too-costly");
  TreeLimits limits;
  limits.max_entries = 10;
  Findings more;
  const ResourceTree small(definitions(), resource, &more, limits);
  EXPECT_EQ(small.entries().size(), 10u);
  EXPECT_EQ(more.errors(), 1u);
}

TEST_F(ResourceTreeTest, does_not_read_an_object_of_too_many_members) {
  Value resource = Value::map().set("resourceType", "Patient").set("gender", "male");
  for (int i = 0; i < 2000; ++i) resource.set("_a" + std::to_string(i), Value::map());
  Findings faults;
  const ResourceTree tree(definitions(), resource, &faults);
  EXPECT_EQ(tree.entries().size(), 1u);
  ASSERT_EQ(faults.errors(), 1u);
  EXPECT_EQ(faults.list()[0].code, "too-costly");
}

}  // namespace

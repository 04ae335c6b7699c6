// Content trees of structured reports, written and read.
#include "mappers/dicom/content_tree.h"

#include <gtest/gtest.h>

#include "gateway/base/bytes.h"

namespace mappers::dicom {
namespace {

const Code kName = {"125007", "DCM", "Measurement Group"};
const Code kMillimetre = {"mm", "UCUM", "millimeter"};

File file_of(const ContentItem& root, std::string& bytes) {
  Draft draft;
  draft.set("SpecificCharacterSet", "ISO_IR 192")
      .set("SOPClassUID", "1.2.840.10008.5.1.4.1.1.88.33")
      .set("SOPInstanceUID", "1.2.3");
  write_content_tree(draft, root);
  bytes = encode_part10(draft).value();
  return read_file(gateway::MemorySource(bytes)).value();
}

ContentItem read_back(const ContentItem& root) {
  std::string bytes;
  const File file = file_of(root, bytes);
  std::vector<Finding> findings;
  const auto tree = read_content_tree(file.data, findings);
  EXPECT_TRUE(tree.ok()) << (tree ? "" : tree.error().text());
  EXPECT_TRUE(findings.empty()) << findings.front().what;
  return tree ? *tree : ContentItem();
}

ContentItem item(ValueType type, Relationship relationship = Relationship::Contains) {
  ContentItem made;
  made.type = type;
  made.relationship = relationship;
  made.name = kName;
  return made;
}

ContentItem every_kind() {
  ContentItem root = make_container(Relationship::None, kName, "1500");
  root.continuous = true;
  const auto text = [](ValueType type, std::string value) {
    return make_text(Relationship::HasObsContext, type, kName, std::move(value));
  };
  root.children = {text(ValueType::Text, "Größe \\ <b>"), text(ValueType::Date, "20240131"),
                   text(ValueType::Time, "101112.5"), text(ValueType::DateTime, "20240131101112+0100"),
                   text(ValueType::UidRef, "1.2.3.4")};
  root.children.push_back(make_code(Relationship::HasConceptMod, kName, {"24028007", "SCT", "Right"}));
  root.children.push_back(
      make_code(Relationship::HasProperties, kName, {"a code of many more characters", "99LONG", "Long"}));
  root.children.push_back(make_code(Relationship::Contains, kName, {"urn:oid:1.2.3", "", "URN"}));
  ContentItem number = make_number(Relationship::Contains, kName, 17, kMillimetre);
  number.children.push_back(make_text(Relationship::InferredFrom, ValueType::Text, kName, "why"));
  root.children.push_back(number);
  ContentItem nothing = item(ValueType::Num);
  nothing.measured.push_back({"", {}, {}, Code{"114006", "DCM", "Measurement failure"}});
  root.children.push_back(nothing);
  ContentItem person = item(ValueType::PName);
  person.person = {"Doe^Jane", "漢字^名", ""};
  root.children.push_back(person);
  SopReference image{"1.2.840.10008.5.1.4.1.1.2", "1.2.3.5", {1, 7}, {}, {}, {}};
  image.inner.push_back({"1.2.840.10008.5.1.4.1.1.11.1", "1.2.3.6", {}, {}, {}, {}});
  root.children.push_back(make_reference(Relationship::Contains, ValueType::Image, image));
  root.children.push_back(make_reference(Relationship::Contains, ValueType::Composite,
                                         {"1.2.840.10008.5.1.4.1.1.66.4", "1.2.3.7", {}, {2}, {}, {}}));
  root.children.push_back(make_reference(Relationship::Contains, ValueType::Waveform,
                                         {"1.2.840.10008.5.1.4.1.1.9.1.1", "1.2.3.8", {}, {}, {1, 2}, {}}));
  ContentItem flat = item(ValueType::Scoord);
  flat.coordinates.type = "POLYLINE";
  flat.coordinates.data = {1, 2.5, 3, 4};
  root.children.push_back(flat);
  ContentItem solid = item(ValueType::Scoord3D);
  solid.coordinates.type = "POINT";
  solid.coordinates.data = {1, 2, 3};
  solid.coordinates.frame_of_reference = "1.2.9";
  root.children.push_back(solid);
  ContentItem span = item(ValueType::Tcoord);
  span.coordinates.type = "SEGMENT";
  span.coordinates.sample_positions = {10, 20};
  root.children.push_back(span);
  ContentItem pointer;
  pointer.type = ValueType::Reference;
  pointer.relationship = Relationship::SelectedFrom;
  pointer.target = {1, 12};
  root.children.push_back(pointer);
  root.children[0].observation_uid = "2.25.9";
  root.children[0].observed = "20240131";
  return root;
}

TEST(ContentTree, holds_every_value_type_through_a_file) {
  const ContentItem root = every_kind();
  const ContentItem back = read_back(root);
  ASSERT_EQ(back.children.size(), root.children.size());
  for (std::size_t i = 0; i < root.children.size(); ++i)
    EXPECT_EQ(back.children[i], root.children[i]) << "item " << i + 1;
  EXPECT_EQ(back, root);
}

TEST(ContentTree, finds_the_target_of_a_reference) {
  const ContentItem root = every_kind();
  const ContentItem* image = target_of(root, root.children.back().target);
  ASSERT_NE(image, nullptr);
  EXPECT_EQ(image->type, ValueType::Image);
  EXPECT_EQ(target_of(root, {}), nullptr);
  EXPECT_EQ(target_of(root, {2}), nullptr);
  EXPECT_EQ(target_of(root, {1, 0}), nullptr);
  EXPECT_EQ(target_of(root, {1, 99}), nullptr);
}

TEST(ContentTree, says_how_deep_it_goes_at_most) {
  ContentItem root = make_container(Relationship::Contains, kName);
  for (int i = 0; i < 20; ++i) {
    ContentItem outer = make_container(Relationship::Contains, kName);
    outer.children.push_back(std::move(root));
    root = std::move(outer);
  }
  root.relationship = Relationship::None;
  std::string bytes;
  const File file = file_of(root, bytes);
  std::vector<Finding> findings;
  EXPECT_TRUE(read_content_tree(file.data, findings, {32, 100, 8}).ok());
  EXPECT_EQ(read_content_tree(file.data, findings, {10, 100, 8}).error().code,
            gateway::ErrorCode::DicomLimit);
  EXPECT_EQ(read_content_tree(file.data, findings, {32, 5, 8}).error().code, gateway::ErrorCode::DicomLimit);
}

TEST(ContentTree, unknown_types_and_relationships_are_told_and_their_children_read) {
  Draft child, inner, data;
  inner.set("RelationshipType", "CONTAINS").set("ValueType", "TEXT").set("TextValue", "inside");
  child.set("RelationshipType", "KNOWS").set("ValueType", "MAGIC").set_items("ContentSequence", {inner});
  data.set("SOPClassUID", "1.2").set("SOPInstanceUID", "1.2.3").set("ValueType", "CONTAINER");
  data.set_items("ContentSequence", {child});
  const std::string bytes = encode_part10(data).value();
  const File file = read_file(gateway::MemorySource(bytes)).value();
  std::vector<Finding> findings;
  const auto tree = read_content_tree(file.data, findings);
  ASSERT_TRUE(tree.ok());
  EXPECT_EQ(tree->children[0].type, ValueType::Other);
  EXPECT_EQ(tree->children[0].children[0].text, "inside");
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[0].where, "content item 1.1");
}

TEST(ContentTree, of_an_image_is_an_error) {
  std::vector<Finding> findings;
  EXPECT_EQ(read_content_tree(DataSet(), findings).error().code, gateway::ErrorCode::DicomMissingAttribute);
}

}  // namespace
}  // namespace mappers::dicom

// Acceptance A4: for every storable file of the shared corpus, JSON to a Part 10 object to JSON, and JSON to
// native XML to JSON, give the same text again; the XML fits the grammar.
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>

#include "corpus.h"
#include "dicom_bytes.h"
#include "gateway/base/json_text.h"
#include "gateway/base/text.h"
#include "gateway/codec/json.h"
#include "mappers/dicom/element_header.h"
#include "mappers/dicom/explicit.h"
#include "mappers/dicom/instance_check.h"
#include "mappers/dicom/joined_source.h"
#include "mappers/dicom/json_encode.h"
#include "mappers/dicom/native_xml.h"
#include "tests/support/process.h"

using namespace mappers::dicom;
using namespace dicom_test;
using gateway::MemorySource;
using gateway::Result;
using gateway::SliceSource;

namespace {

// The file in explicit little endian, which is what bulk data on the web are in.
std::string web_bytes(const std::string& bytes) {
  const MemorySource source(bytes);
  const auto file = read_file(source);
  if (!file || !check_storable(*file)) return {};
  const auto encoded = to_explicit_little_endian(*file, source);
  if (!encoded) return {};
  std::string out;
  for (const Piece& piece : encoded->pieces) {
    if (const auto* text = std::get_if<std::string>(&piece)) out += *text;
    if (const auto* range = std::get_if<SourceRange>(&piece))
      out += bytes.substr(range->offset, range->length);
  }
  return out;
}

std::vector<std::uint32_t> steps_of(std::string_view path) {
  std::vector<std::uint32_t> steps;
  bool tag = true;
  for (const auto& part : gateway::split(path, '/')) {
    steps.push_back(tag ? parse_tag(part)->value() : *gateway::parse_number<std::uint32_t>(part));
    tag = !tag;
  }
  return steps;
}

// The fragments behind the basic offset table.
std::vector<std::string> fragments(std::string_view value) {
  std::vector<std::string> all;
  for (std::size_t at = 0; at + 8 <= value.size();) {
    std::uint32_t length = 0;
    std::memcpy(&length, value.data() + at + 4, 4);
    if (value.substr(at, 2) != "\xFE\xFF" || value[at + 2] != '\0') break;
    all.emplace_back(value.substr(at + 8, length));
    at += 8 + length;
  }
  if (!all.empty()) all.erase(all.begin());
  return all;
}

std::string filled(const File& file) {
  std::string json;
  if (!append_dicom_json(json, file)) return {};
  for (std::size_t at = 0; (at = json.find('\x01', at)) != std::string::npos;)
    json.replace(at, 1, "http://h/d");
  return json;
}

std::string again(const std::string& json, const File& file, const std::string& bytes) {
  const auto resolve = [&](std::string_view, std::string_view path) -> Result<std::optional<BulkValue>> {
    const Element* element = file.data.at(steps_of(path));
    if (!element) return gateway::fail(gateway::ErrorCode::NotFound, "no such element", std::string(path));
    const std::string value = bytes.substr(element->offset, element->length);
    BulkValue bulk;
    const auto add = [&](std::string text) {
      auto part = std::make_shared<JoinedSource>();
      part->add(std::move(text));
      bulk.parts.push_back(std::move(part));
    };
    bulk.encapsulated = element->undefined_length;
    if (bulk.encapsulated)
      for (std::string& fragment : fragments(value)) add(std::move(fragment));
    else
      add(value);
    return std::optional(std::move(bulk));
  };
  const auto objects = parse_dicom_json(json);
  if (!objects) return objects.error().text();
  const auto object = encode_object(objects->at(0), file.transfer_syntax, resolve);
  if (!object) return object.error().text();
  const auto read_back = read_file(*object->bytes);
  return read_back ? filled(*read_back) : read_back.error().text();
}

std::string first_difference(const std::string& a, const std::string& b) {
  const auto at =
      static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
  const std::size_t from = at < 60 ? 0 : at - 60;
  return "\n  " + a.substr(from, 160) + "\n  " + b.substr(from, 160);
}

// JSON text in which the keys have one order and strings one spelling.
std::string normal(const std::string& json) {
  const auto value = gateway::codec::parse_json(json, {64u << 20, 104});
  return value ? gateway::to_json(*value) : value.error().text();
}

}  // namespace

TEST(RoundTrip, JsonOverAPart10ObjectIsAFixedPoint) {
  SKIP_WITHOUT_CORPUS();
  int same = 0, storable = 0;
  for (const std::string& name : corpus_files()) {
    const std::string bytes = web_bytes(corpus_bytes(name));
    if (bytes.empty()) continue;
    ++storable;
    const auto file = read(bytes);
    ASSERT_TRUE(file) << name;
    const std::string json = filled(*file), back = again(json, *file, bytes);
    same += json == back;
    EXPECT_EQ(json == back, true) << name << first_difference(json, back);
  }
  RecordProperty("same", same);
  std::cout << same << " of " << storable << " are fixed points\n";
}

TEST(RoundTrip, JsonOverNativeXmlIsAFixedPoint) {
  SKIP_WITHOUT_CORPUS();
  int same = 0, storable = 0;
  for (const std::string& name : corpus_files()) {
    const std::string bytes = web_bytes(corpus_bytes(name));
    if (bytes.empty()) continue;
    ++storable;
    const auto file = read(bytes);
    ASSERT_TRUE(file) << name;
    const std::string json = filled(*file);
    std::string xml;
    const auto made = append_native_xml(xml, json);
    ASSERT_TRUE(made) << name << made.error().text();
    const auto back = read_native_xml(xml);
    ASSERT_TRUE(back) << name << back.error().text();
    same += normal(json) == *back;
    EXPECT_EQ(normal(json) == *back, true) << name << first_difference(normal(json), *back);
  }
  std::cout << same << " of " << storable << " are fixed points\n";
}

TEST(RoundTrip, NativeXmlFitsItsGrammar) {
  SKIP_WITHOUT_CORPUS();
  if (tests::run("xmllint --version").exit_code != 0) GTEST_SKIP() << "xmllint is not here";
  const gateway::testing::TempFolder folder;
  int count = 0;
  for (const std::string& name : corpus_files()) {
    const std::string bytes = web_bytes(corpus_bytes(name));
    if (bytes.empty()) continue;
    std::string xml;
    ASSERT_TRUE(append_native_xml(xml, filled(*read(bytes)))) << name;
    std::ofstream(folder / (std::to_string(count++) + ".xml")) << xml;
  }
  const auto judged =
      tests::run("xmllint --nonet --noout --relaxng " SOURCE_DIR "/tests/golden/dicom/native_model.rng " +
                 folder.path() + "/*.xml");
  EXPECT_EQ(judged.exit_code, 0) << judged.err.substr(0, 4000);
}

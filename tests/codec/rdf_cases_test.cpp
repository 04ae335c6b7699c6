// The readers of RDF against tests/codec/rdf_cases: what the grammars allow and what they do not.
#include "tests/codec/rdf_cases.h"

#include <gtest/gtest.h>

#include "gateway/codec/rdf_canonical.h"
#include "gateway/codec/rdf_dataset.h"

namespace gateway::codec {
namespace {

Result<Dataset> read(const tests::RdfCase& item) {
  return parse_dataset(item.document, item.format, tests::kCaseBase, {}, tests::case_context);
}

TEST(RdfCases, WhatIsNotOfTheLanguageIsRefusedAtItsPlace) {
  int count = 0;
  for (const tests::RdfCase& item : tests::all_rdf_cases()) {
    if (item.accept) continue;
    ++count;
    const auto dataset = read(item);
    ASSERT_FALSE(dataset) << item.file << ": " << item.name;
    const Error& error = dataset.error();
    EXPECT_TRUE(error.code == ErrorCode::InvalidBody || error.code == ErrorCode::NotSupported) << item.name;
    if (item.format == RdfFormat::JsonLd) continue;
    EXPECT_TRUE(error.where.starts_with("line ") || error.where.starts_with("byte "))
        << item.file << ": " << item.name << ": " << error.text();
  }
  EXPECT_GT(count, 150);
}

TEST(RdfCases, WhatIsOfTheLanguageGivesTheStatementsThatAreWritten) {
  for (const tests::RdfCase& item : tests::all_rdf_cases()) {
    if (!item.accept) continue;
    const auto dataset = read(item);
    ASSERT_TRUE(dataset) << item.file << ": " << item.name << ": " << dataset.error().text();
    if (item.expected.empty()) continue;
    const auto expected = parse_dataset(item.expected, RdfFormat::NQuads);
    ASSERT_TRUE(expected) << item.file << ": " << item.name << ": " << expected.error().text();
    EXPECT_EQ(*canonical_nquads(quads_of(*dataset)), *canonical_nquads(quads_of(*expected)))
        << item.file << ": " << item.name;
  }
}

TEST(RdfCases, EveryFormatCarriesWhatAnyOtherDid) {
  const Prefixes prefixes = {
      {"e", "http://e.example/"}, {"v", "http://v.example/"}, {"s", "http://s.example/"}};
  for (const tests::RdfCase& item : tests::all_rdf_cases()) {
    if (!item.accept) continue;
    const auto dataset = read(item);
    ASSERT_TRUE(dataset);
    const auto canonical = canonical_nquads(quads_of(*dataset));
    for (const RdfFormat format : {RdfFormat::Turtle, RdfFormat::TriG, RdfFormat::NTriples, RdfFormat::NQuads,
                                   RdfFormat::RdfXml, RdfFormat::JsonLd}) {
      const auto text = write_dataset(*dataset, format, prefixes);
      if (!text) {
        EXPECT_EQ(text.error().code, ErrorCode::NotSupported) << item.name;
        continue;
      }
      const auto again = parse_dataset(*text, format);
      ASSERT_TRUE(again) << item.name << ": " << again.error().text() << "\n" << *text;
      EXPECT_EQ(*canonical_nquads(quads_of(*again)), *canonical) << item.name << "\n" << *text;
    }
  }
}

TEST(RdfCases, EveryBeginningOfADocumentIsAnswered) {
  for (const tests::RdfCase& item : tests::all_rdf_cases())
    for (std::size_t length = 0; length < item.document.size(); length += 7)
      (void)parse_dataset(item.document.substr(0, length), item.format, tests::kCaseBase, {},
                          tests::case_context);
}

}  // namespace
}  // namespace gateway::codec

// What the images are of, in the terms of EUCAIM DCAT-AP v2: properties of a dataset with codes of its
// hyper-ontology.
#include <algorithm>
#include <array>

#include "mappers/dcat/builder.h"
#include "mappers/dcat/vocabulary.h"

namespace mappers::dcat {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kProperties = {
    {{"modality", "eucaim:hasImageModality"},
     {"body-part", "eucaim:hasImageBodyPart"},
     {"manufacturer", "eucaim:hasEquipmentManufacturer"},
     {"sex", "eucaim:hasBirthSex"}}};

constexpr std::string_view kDigestOfDigests =
    "SHA-256 over the lines \"Study Instance UID, Series Instance UID, digest of the series\" in ascending "
    "order; that of "
    "a series is SHA-256 over the lines of the SHA-256 digests of its objects (DICOM files) in ascending "
    "order. Digests "
    "are in lower-case hexadecimal digits, items are separated by a space, lines end with LF.";

}  // namespace

void add_checksum(Builder& builder, const std::string& distribution, const std::string& sha256) {
  const auto& lists = builder.context().profile.lists;
  const auto list = lists.find("checksum-algorithm");
  const Concept* algorithm = list == lists.end() ? nullptr : list->second.find("sha256");
  if (sha256.empty() || !algorithm) return;
  const std::string checksum = distribution + "#checksum";
  builder.link(distribution, "spdx:checksum", checksum, "spdx:Checksum");
  builder.concept_of(checksum, "spdx:algorithm", "checksum-algorithm", *algorithm);
  builder.typed(checksum, "spdx:checksumValue", sha256, "xsd:hexBinary");
  builder.texts(checksum, "rdfs:comment", {{"en", std::string(kDigestOfDigests)}});
}

void add_coded_terms(Builder& builder, const std::string& dataset,
                     const gateway::model::SelectionStatistics& figures) {
  for (const auto& term : figures.terms) {
    const auto property = std::ranges::find(kProperties, std::string_view(term.category),
                                            &decltype(kProperties)::value_type::first);
    const auto code = std::ranges::find(term.codes, "EUCAIM", &gateway::model::TermCode::system);
    if (!term.certain || property == kProperties.end() || code == term.codes.end()) continue;
    const std::string iri = expand("eucaim:" + code->code);
    builder.link(dataset, property->second, iri, "skos:Concept");
    builder.texts(iri, "skos:prefLabel", {{"en", term.label}});
  }
}

}  // namespace mappers::dcat

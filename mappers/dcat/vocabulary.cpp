#include "mappers/dcat/vocabulary.h"

#include <cassert>

namespace mappers::dcat {

const gateway::codec::Prefixes& prefixes() {
  static const gateway::codec::Prefixes table = {
      {"adms", "http://www.w3.org/ns/adms#"},
      {"csvw", "http://www.w3.org/ns/csvw#"},
      {"cv", "http://data.europa.eu/m8g/"},
      {"datacite", "http://purl.org/spar/datacite/"},
      {"dcat", "http://www.w3.org/ns/dcat#"},
      {"dcatap", "http://data.europa.eu/r5r/"},
      {"dct", "http://purl.org/dc/terms/"},
      {"dpv", "https://w3id.org/dpv#"},
      {"dpvpd", "https://w3id.org/dpv/dpv-pd#"},
      {"dqv", "http://www.w3.org/ns/dqv#"},
      {"eli", "http://data.europa.eu/eli/ontology#"},
      {"eucaim", "https://cancerimage.eu/ontology/EUCAIM#"},
      {"fdp", "https://w3id.org/fdp/fdp-o#"},
      {"foaf", "http://xmlns.com/foaf/0.1/"},
      {"geodcatap", "http://data.europa.eu/930/"},
      {"healthdcatap", "http://healthdataportal.eu/ns/health#"},
      {"ldp", "http://www.w3.org/ns/ldp#"},
      {"locn", "http://www.w3.org/ns/locn#"},
      {"oa", "http://www.w3.org/ns/oa#"},
      {"odrl", "http://www.w3.org/ns/odrl/2/"},
      {"prov", "http://www.w3.org/ns/prov#"},
      {"rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"},
      {"rdfs", "http://www.w3.org/2000/01/rdf-schema#"},
      {"skos", "http://www.w3.org/2004/02/skos/core#"},
      {"spdx", "http://spdx.org/rdf/terms#"},
      {"time", "http://www.w3.org/2006/time#"},
      {"vcard", "http://www.w3.org/2006/vcard/ns#"},
      {"xsd", "http://www.w3.org/2001/XMLSchema#"},
  };
  return table;
}

bool is_known_name(std::string_view short_name) {
  const auto colon = short_name.find(':');
  return colon != std::string_view::npos && prefixes().contains(short_name.substr(0, colon));
}

std::string expand(std::string_view short_name) {
  assert(is_known_name(short_name));
  const auto colon = short_name.find(':');
  return prefixes().find(short_name.substr(0, colon))->second + std::string(short_name.substr(colon + 1));
}

std::string abbreviate(std::string_view iri) {
  for (const auto& [prefix, space] : prefixes())
    if (iri.starts_with(space) && iri.find_first_of("/#", space.size()) == std::string_view::npos)
      return prefix + ":" + std::string(iri.substr(space.size()));
  return std::string(iri);
}

}  // namespace mappers::dcat

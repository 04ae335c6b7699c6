// A dataset definition: what a data holder states about a dataset (title, conditions, people) and which
// images belong to it. Everything that can be counted is not here: it is computed from the index.
//
// Read from TOML; every fault is named with key and line, unknown keys are refused. Plain values,
// thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/model/query.h"
#include "mappers/dcat/profile.h"
#include "mappers/dcat/stated.h"

namespace mappers::dcat {

struct LanguageText {
  std::string language;  // BCP 47, e.g. "en"; empty: not said
  std::string text;
};
using Texts = std::vector<LanguageText>;

struct Agent {
  std::string name;
  std::string email;
  std::string url;
  std::optional<Concept> type;  // publisher-type
  std::string note;
  Statements more;          // of the agent
  Statements contact_more;  // of its contact point: telephone, opening hours
};

struct DistributionDefinition {
  Texts title, description;
  std::string access_url;         // empty: the images by the gateway's own DICOMweb endpoint
  std::optional<Concept> format;  // file-type
  std::string media_type;         // "application/dicom"
  std::string license;            // an IRI, or the words of it
  std::string rights;             // an IRI, or the words of it
  std::vector<Concept> data_use_conditions;
  Statements more;
};

struct DatasetDefinition {
  std::string id;
  Texts title, description, keywords, provenance, population_coverage, purposes, legal_bases;
  std::string version;
  Access access = Access::NonPublic;
  std::vector<Concept> health_categories, health_themes, themes, types, languages, spatial, conforms_to,
      coding_systems;
  std::vector<std::string> personal_data, code_values;
  std::string retention_start, retention_end;  // ISO 8601 dates
  std::optional<Concept> frequency;
  std::string landing_page;
  std::vector<std::pair<std::string, std::vector<std::string>>> selection;  // as written
  std::vector<gateway::model::Match> matches;                               // the same, for the index
  std::optional<Agent> publisher, custodian, hdab, hdab_coordinator, contact;
  std::vector<DistributionDefinition> distributions, samples, analytics;
  Statements more;  // whatever else the profiles know
};

// What a holder states about the catalogue itself.
struct CatalogueInfo {
  std::string id = "imaging";
  Texts title = {{"en", "Imaging datasets"}};
  Texts description = {{"en", "Datasets of medical images, described from the images themselves."}};
  std::optional<Agent> publisher = {};  // else that of the first dataset
  Statements more = {};
};

// `name` is that of the file, for messages. Error: InvalidBody; its message holds one line for each fault.
gateway::Result<DatasetDefinition> parse_definition(std::string_view toml, std::string_view name,
                                                    const Profile& profile);
// The same for the catalogue: title, description, [publisher] and the fields of a catalogue.
gateway::Result<CatalogueInfo> parse_catalogue(std::string_view toml, std::string_view name,
                                               const Profile& profile);

}  // namespace mappers::dcat

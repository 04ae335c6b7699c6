#include "mappers/dcat/definition.h"

#include <algorithm>

#include "gateway/base/text.h"
#include "gateway/codec/rdf.h"
#include "mappers/dcat/convert.h"
#include "mappers/dcat/definition_reader.h"
#include "mappers/dcat/selection.h"

namespace mappers::dcat {
namespace {

using gateway::ErrorCode;
using gateway::fail;
using gateway::Result;
using gateway::Value;
using gateway::codec::TomlDocument;

constexpr std::size_t kLongestId = 64;

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= kLongestId && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

// The local name of a dpv-pd concept, "MedicalHealth".
bool is_local_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

bool is_email(std::string_view text) {
  const auto at = text.find('@');
  return at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
         text.find('@', at + 1) == text.npos &&
         gateway::codec::is_absolute_iri("mailto:" + std::string(text));
}

// type/subtype, RFC 6838 section 4.2.
bool is_media_type(std::string_view text) {
  const auto slash = text.find('/');
  const auto in_name = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$&-^_.+").find(c) != std::string_view::npos;
  };
  return slash != std::string_view::npos && slash > 0 && slash + 1 < text.size() &&
         std::all_of(text.begin(), text.begin() + static_cast<long>(slash), in_name) &&
         std::all_of(text.begin() + static_cast<long>(slash) + 1, text.end(), in_name);
}

class DefinitionReader {
 public:
  DefinitionReader(const TomlDocument& document, const Profile& profile)
      : document_(document), profile_(profile), root_(document, document.root, "", faults_) {}

  DatasetDefinition read() {
    read_identity();
    read_description();
    read_codes();
    read_conditions();
    read_people();
    read_selection();
    read_distributions();
    definition_.more = read_stated(root_, "Dataset", profile_);
    root_.finish();
    return std::move(definition_);
  }

  CatalogueInfo read_catalogue() {
    CatalogueInfo info;
    if (const std::string id = root_.text("id"); !id.empty()) info.id = id;
    if (!is_id(info.id)) root_.fault("id", "must be up to 64 of the characters a-z, 0-9 and '-'");
    if (Texts title = root_.texts("title"); !title.empty()) info.title = std::move(title);
    if (Texts words = root_.texts("description"); !words.empty()) info.description = std::move(words);
    info.publisher = read_agent("publisher", true);
    info.more = read_stated(root_, "Catalog", profile_);
    root_.finish();
    return info;
  }

  std::vector<Fault>& faults() { return faults_; }

 private:
  void read_identity() {
    definition_.id = root_.text("id", true);
    if (!definition_.id.empty() && !is_id(definition_.id))
      root_.fault("id", "must be up to 64 of the characters a-z, 0-9 and '-'");
    definition_.version = root_.text("version");
    const std::string access = root_.text("access", true);
    for (const Access level : {Access::NonPublic, Access::Restricted, Access::Public}) {
      definition_.access = level;
      if (name_of(level) == access) return;
    }
    if (!access.empty())
      root_.fault("access", "'" + access + "' is not one of NON_PUBLIC, RESTRICTED, PUBLIC");
  }

  void read_description() {
    definition_.title = root_.texts("title", true);
    definition_.description = root_.texts("description");
    definition_.keywords = root_.texts("keywords");
    definition_.provenance = root_.texts("provenance");
    definition_.population_coverage = root_.texts("population_coverage");
    definition_.purposes = root_.texts("purposes");
    definition_.legal_bases = root_.texts("legal_bases");
    definition_.landing_page = root_.iri("landing_page");
  }

  void read_codes() {
    const auto codes = [&](std::string_view key, std::string_view list) {
      return root_.codes(key, profile_.list(list));
    };
    definition_.health_categories = codes("health_categories", "healthcategories");
    definition_.health_themes = codes("health_themes", "health-theme");
    definition_.themes = codes("themes", "data-theme");
    definition_.types = codes("types", "dataset-type");
    definition_.languages = codes("languages", "language");
    definition_.spatial = codes("spatial", "country");
    definition_.conforms_to = codes("conforms_to", "standard");
    definition_.coding_systems = codes("coding_systems", "coding-system");
    definition_.code_values = root_.list("code_values");
    definition_.frequency = root_.code("frequency", profile_.list("frequency"));
  }

  void read_conditions() {
    definition_.personal_data = root_.list("personal_data");
    for (const std::string& name : definition_.personal_data)
      if (!is_local_name(name)) root_.fault("personal_data", "'" + name + "' is no local name of dpv-pd");
    const Value* table = root_.table("retention");
    if (!table) return;
    TableReader retention(document_, *table, "retention", faults_);
    definition_.retention_start = retention.date("start");
    definition_.retention_end = retention.date("end");
    if (definition_.retention_start.empty() && definition_.retention_end.empty())
      retention.fault("start", "retention needs a start or an end");
    if (!definition_.retention_end.empty() && definition_.retention_end < definition_.retention_start)
      retention.fault("end", "lies before the start");
    retention.finish();
  }

  void read_people() {
    definition_.publisher = read_agent("publisher", true);
    definition_.custodian = read_agent("custodian", true);
    definition_.hdab = read_agent("hdab", true);
    definition_.hdab_coordinator = read_agent("hdab_coordinator", true);
    definition_.contact = read_agent("contact", false);
  }

  std::optional<Agent> read_agent(std::string_view key, bool named) {
    const Value* table = root_.table(key);
    if (!table) return std::nullopt;
    TableReader reader(document_, *table, std::string(key), faults_);
    Agent agent;
    agent.name = reader.text("name", named);
    agent.email = reader.text("email");
    agent.url = reader.iri("url");
    if (named) {
      agent.type = reader.code("type", profile_.list("publisher-type"));
      agent.note = reader.text("note");
      // Of its contact point the email and the url stand in the table of the agent itself.
      agent.contact_more = read_stated(reader, "Contact", profile_, {"page"});
      agent.more = read_stated(reader, "Agent", profile_, {"contact"});
    }
    if (key.starts_with("hdab") && !agent.name.empty() && is_stand_in(agent.name))
      reader.fault("name", "'" + agent.name + "' is no access body: leave [" + std::string(key) +
                               "] out until there is one");
    if (!agent.email.empty() && !is_email(agent.email))
      reader.fault("email", "'" + agent.email + "' is no address");
    if (agent.email.empty() && agent.url.empty()) reader.fault("email", "an email or a url is required");
    reader.finish();
    return agent;
  }

  void read_selection() {
    const Value* table = root_.table("selection");
    if (!table || table->as_map()->empty()) {
      root_.fault("selection",
                  "is required: which studies belong to the dataset (always whole), by DICOM keywords");
      return;
    }
    TableReader reader(document_, *table, "selection", faults_);
    for (const auto& [keyword, value] : *table->as_map()) {
      const auto values = reader.list(keyword);
      auto match = parse_selection(keyword, values);
      if (!match)
        reader.fault(keyword, match.error().message);
      else
        definition_.matches.push_back(std::move(*match));
      definition_.selection.emplace_back(keyword, values);
    }
  }

  void read_distributions() {
    definition_.distributions = read_distributions("distribution");
    definition_.samples = read_distributions("sample");
    definition_.analytics = read_distributions("analytics");
    require_access_urls("sample", definition_.samples);
    require_access_urls("analytics", definition_.analytics);
  }

  // Of the images the gateway knows where they are; of what is made of them it does not.
  void require_access_urls(std::string_view key, const std::vector<DistributionDefinition>& distributions) {
    for (const auto& distribution : distributions)
      if (distribution.access_url.empty()) root_.fault(key, "needs an access_url");
  }

  std::vector<DistributionDefinition> read_distributions(const std::string& key) {
    std::vector<DistributionDefinition> distributions;
    const auto tables = root_.tables(key);
    for (std::size_t i = 0; i < tables.size(); ++i) {
      TableReader reader(document_, *tables[i], key + "[" + std::to_string(i) + "]", faults_);
      distributions.push_back(read_distribution(reader));
      reader.finish();
    }
    return distributions;
  }

  DistributionDefinition read_distribution(TableReader& reader) {
    DistributionDefinition distribution;
    distribution.title = reader.texts("title", true);
    distribution.description = reader.texts("description");
    distribution.access_url = reader.iri("access_url");
    distribution.format = reader.code("format", profile_.list("file-type"));
    distribution.media_type = reader.text("media_type");
    distribution.license = reader.text("license");
    distribution.rights = reader.text("rights");
    distribution.data_use_conditions =
        reader.codes("data_use_conditions", profile_.list("eucaim-data-use-condition"));
    if (!distribution.rights.empty() && reader.value("access_condition"))
      reader.fault("rights", "a distribution has one dct:rights: the access_condition is it");
    distribution.more = read_stated(reader, "Distribution", profile_);
    if (!distribution.media_type.empty() && !is_media_type(distribution.media_type))
      reader.fault("media_type", "'" + distribution.media_type + "' is no media type");
    return distribution;
  }

  const TomlDocument& document_;
  const Profile& profile_;
  std::vector<Fault> faults_;
  TableReader root_;
  DatasetDefinition definition_;
};

std::string describe(std::vector<Fault> faults, const std::string& what) {
  std::stable_sort(faults.begin(), faults.end(),
                   [](const Fault& a, const Fault& b) { return a.line < b.line; });
  std::string text = faults.size() == 1
                         ? "the " + what + " definition has a fault"
                         : "the " + what + " definition has " + std::to_string(faults.size()) + " faults";
  for (const Fault& fault : faults) text += "\n  line " + std::to_string(fault.line) + ": " + fault.text;
  return text;
}

Result<TomlDocument> parse_document(std::string_view toml, std::string_view name) {
  if (toml.size() > 1 << 20) return fail(ErrorCode::BodyTooLarge, "the definition is larger than 1 MiB");
  auto document = gateway::codec::parse_toml(toml, name);
  if (!document) return fail(ErrorCode::InvalidBody, document.error().message, document.error().where);
  return document;
}

}  // namespace

Result<DatasetDefinition> parse_definition(std::string_view toml, std::string_view name,
                                           const Profile& profile) {
  const TomlDocument document = TRY(parse_document(toml, name));
  DefinitionReader reader(document, profile);
  DatasetDefinition definition = reader.read();
  if (reader.faults().empty()) return definition;
  return fail(ErrorCode::InvalidBody, describe(reader.faults(), "dataset"), std::string(name));
}

Result<CatalogueInfo> parse_catalogue(std::string_view toml, std::string_view name, const Profile& profile) {
  const TomlDocument document = TRY(parse_document(toml, name));
  DefinitionReader reader(document, profile);
  CatalogueInfo info = reader.read_catalogue();
  if (reader.faults().empty()) return info;
  return fail(ErrorCode::InvalidBody, describe(reader.faults(), "catalogue"), std::string(name));
}

}  // namespace mappers::dcat

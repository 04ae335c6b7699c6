#include "mappers/dcat/publication.h"

#include <algorithm>
#include <set>

#include "mappers/dcat/term_rules.h"
#include "mappers/dcat/vocabulary.h"

namespace mappers::dcat {
namespace {

using gateway::codec::Graph;
using gateway::codec::Term;

// The key of a definition that fills a field, when it is named otherwise than the field.
constexpr std::pair<std::string_view, std::string_view> kKeys[] = {
    {"identifier", "id"},
    {"access_rights", "access"},
    {"distribution", "[[distribution]]"},
    {"contact", "[contact]"},
    {"theme", "themes"},
    {"health_category", "health_categories"},
    {"health_theme", "health_themes"},
    {"type", "types"},
    {"publisher", "[publisher]"},
    {"custodian", "[custodian]"},
    {"hdab", "[hdab]"},
    {"hdab_coordinator", "[hdab_coordinator]"},
    {"keyword", "keywords"},
    {"language", "languages"},
    {"coding_system", "coding_systems"},
    {"retention_period", "retention"},
    {"purpose", "purposes"},
    {"legal_basis", "legal_bases"},
    {"sample", "[[sample]]"},
    {"analytics", "[[analytics]]"},
    {"quality_annotation", "[[quality_annotation]]"},
};

// What only the images tell has no key.
constexpr std::string_view kComputed[] = {"has_structured_data",
                                          "variables",
                                          "number_of_unique_individuals",
                                          "number_of_records",
                                          "min_typical_age",
                                          "max_typical_age",
                                          "temporal",
                                          "issued",
                                          "modified"};

std::string key_of(const Field& field) {
  if (field.type != "Dataset") return {};
  if (std::find(std::begin(kComputed), std::end(kComputed), field.name) != std::end(kComputed)) return {};
  for (const auto& [name, key] : kKeys)
    if (name == field.name) return std::string(key);
  return std::string(field.name);
}

// Walks the shape of a record and, below it, those of the records that its fields name.
class Search {
 public:
  Search(const RecordSet& records, const Release& release, const DatasetView& view)
      : records_(records), release_(release), view_(view) {}

  void look(const Record& record, std::string_view shape, const std::string& path) {
    if (!seen_.emplace(record.id, shape).second) return;
    for (const ReleaseRow& row : release_.rows()) {
      if (row.shape != shape || row.property.empty()) continue;
      const Need need = row.need(view_.definition.access);
      const Values& values = record.of(row.field->name);
      if (values.empty() && need != Need::Optional && !told_elsewhere(record, row))
        add(row, path + row.short_name, need);
      if (row.form == Form::Node)
        for (const Term& value : values)
          if (const Record* part = records_.find(value); part && release_.shape(row.of))
            look(*part, row.of, path + row.short_name + "/");
    }
  }

  std::vector<MissingProperty> take() && {
    std::stable_partition(missing_.begin(), missing_.end(),
                          [](const auto& entry) { return entry.mandatory; });
    return std::move(missing_);
  }

 private:
  // Two fields of one property: one of them is enough.
  bool told_elsewhere(const Record& record, const ReleaseRow& row) const {
    return std::any_of(release_.rows().begin(), release_.rows().end(), [&](const ReleaseRow& other) {
      return other.shape == row.shape && other.property == row.property &&
             !record.of(other.field->name).empty() && row.field->name != "access_condition";
    });
  }

  void add(const ReleaseRow& row, std::string path, Need need) {
    MissingProperty missing{std::move(path), key_of(*row.field), need == Need::Mandatory, {}};
    const auto& figures = view_.statistics;
    if (row.field->name == "number_of_unique_individuals" && figures.studies_without_patient_id != 0)
      missing.reason = std::to_string(figures.studies_without_patient_id) + " of " +
                       std::to_string(figures.studies) +
                       " studies have no Patient ID (0010,0020), so individuals cannot be counted";
    missing_.push_back(std::move(missing));
  }

  const RecordSet& records_;
  const Release& release_;
  const DatasetView& view_;
  std::set<std::pair<Term, std::string_view>> seen_;
  std::vector<MissingProperty> missing_;
};

// EUCAIM: title and description have to be there in English.
void look_for_english(const Record& dataset, std::vector<MissingProperty>& missing) {
  for (const char* field : {"title", "description"}) {
    const Values& values = dataset.of(field);
    const bool english = std::any_of(values.begin(), values.end(),
                                     [](const Term& value) { return value.language.starts_with("en"); });
    if (!values.empty() && !english)
      missing.insert(missing.begin(), {std::string("dct:") + field, field, true, "it has to be in English"});
  }
}

}  // namespace

Conversion dataset_by_release(const RenderContext& context, const DatasetView& view, const Releases& releases,
                              const Release& release) {
  return convert(releases, dataset_graph(context, view), release);
}

Graph dataset_graph(const RenderContext& context, const DatasetView& view, const Releases& releases,
                    const Release& release) {
  return write_records(releases, read_records(releases, dataset_graph(context, view)).records, release).graph;
}

gateway::Result<std::string> render_dataset(const RenderContext& context, const DatasetView& view,
                                            const Releases& releases, const Release& release,
                                            gateway::codec::RdfFormat format) {
  const std::string iri = dataset_iri(context.base, view.definition.id);
  return gateway::codec::write_rdf(dataset_graph(context, view, releases, release), format,
                                   document_prefixes(context, iri), iri);
}

std::vector<MissingProperty> missing_properties(const RenderContext& context, const DatasetView& view,
                                                const Releases& releases, const Release& release) {
  const RecordSet records = read_records(releases, dataset_graph(context, view, releases, release)).records;
  const Record* dataset = records.find(gateway::codec::iri(dataset_iri(context.base, view.definition.id)));
  if (!dataset) return {};
  Search search(records, release, view);
  search.look(*dataset, "Dataset", "");
  auto missing = std::move(search).take();
  const ReleaseRow* level = release.row("Dataset", "interoperability_level");
  if (level && level->need(view.definition.access) == Need::Mandatory) look_for_english(*dataset, missing);
  return missing;
}

std::vector<PublicationState> publication_states(const RenderContext& context, const DatasetView& view,
                                                 const Releases& releases) {
  std::vector<PublicationState> states;
  for (const Release& release : releases.all)
    states.push_back({&release, missing_properties(context, view, releases, release)});
  return states;
}

}  // namespace mappers::dcat

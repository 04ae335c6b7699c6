// dcat:Dataset and dcat:Distribution by HealthDCAT-AP R8.
#include <algorithm>
#include <map>

#include "mappers/dcat/builder.h"
#include "mappers/dcat/quality.h"
#include "mappers/dcat/vocabulary.h"

namespace mappers::dcat {
namespace {

using gateway::model::CountedValue;

constexpr std::string_view kMediaTypes = "http://www.iana.org/assignments/media-types/";
constexpr std::string_view kDicomMediaType = "application/dicom";

// The statements of the data holder.
void add_definition(Builder& builder, const std::string& dataset, const DatasetDefinition& definition) {
  builder.text(dataset, "dct:identifier", dataset);
  builder.texts(dataset, "dct:title", definition.title);
  builder.texts(dataset, "dct:description", definition.description);
  builder.texts(dataset, "dcat:keyword", definition.keywords);
  builder.texts(dataset, "healthdcatap:populationCoverage", definition.population_coverage);
  builder.text(dataset, "dcat:version", definition.version);
  for (const std::string& value : definition.code_values)
    builder.text(dataset, "healthdcatap:hasCodeValues", value);
  builder.period(dataset, "healthdcatap:retentionPeriod", dataset + "#retention", definition.retention_start,
                 definition.retention_end);
  for (const std::string& name : definition.personal_data)
    builder.link(dataset, "dpv:hasPersonalData", expand("dpvpd:" + name), "dpv:PersonalData");
  const std::string page = dataset + "?format=html";
  builder.link(dataset, "foaf:page", page, "foaf:Document");
  builder.link(dataset, "dcat:landingPage", definition.landing_page.empty() ? page : definition.landing_page,
               "foaf:Document");
}

// The first texts of all languages make one node, the second ones another, and so on.
void add_statements(Builder& builder, const std::string& dataset, std::string_view predicate,
                    std::string_view name, std::string_view class_name, std::string_view text_predicate,
                    const Texts& texts) {
  std::map<std::string, int> seen;
  for (const LanguageText& text : texts) {
    const std::string iri = dataset + "#" + std::string(name) + "-" + std::to_string(++seen[text.language]);
    builder.link(dataset, predicate, iri, class_name);
    builder.texts(iri, text_predicate, {text});
  }
}

void add_codes(Builder& builder, const std::string& dataset, const DatasetDefinition& definition) {
  const Profile& profile = builder.context().profile;
  const auto add = [&](std::string_view predicate, std::string_view list,
                       const std::vector<Concept>& values) {
    builder.concepts(dataset, predicate, list, values);
  };
  if (const Concept* level = profile.list("access-right").find(name_of(definition.access)))
    builder.concept_of(dataset, "dct:accessRights", "access-right", *level);
  if (const Concept* health = profile.list("data-theme").find("HEAL"))  // R8: every dataset has this theme
    builder.concept_of(dataset, "dcat:theme", "data-theme", *health);
  add("dcat:theme", "data-theme", definition.themes);
  add("healthdcatap:healthCategory", "healthcategories", definition.health_categories);
  add("healthdcatap:healthTheme", "health-theme", definition.health_themes);
  add("healthdcatap:hasCodingSystem", "coding-system", definition.coding_systems);
  add("dct:language", "language", definition.languages);
  add("dct:spatial", "country", definition.spatial);
  add("dct:conformsTo", "standard", definition.conforms_to);
  if (const Concept* dicom = profile.list("standard").find("DICOM"))  // what the gateway indexes is DICOM
    builder.concept_of(dataset, "dct:conformsTo", "standard", *dicom);
  if (definition.frequency)
    builder.concept_of(dataset, "dct:accrualPeriodicity", "frequency", *definition.frequency);
  add("dct:type", "dataset-type", definition.types);
  const auto fallback = profile.default_type.find(name_of(definition.access));
  if (definition.types.empty() && fallback != profile.default_type.end())
    builder.concept_of(dataset, "dct:type", "dataset-type",
                       *profile.list("dataset-type").find(fallback->second));
}

void add_people(Builder& builder, const std::string& dataset, const DatasetDefinition& definition) {
  const auto add = [&](std::string_view predicate, std::string_view name, const std::optional<Agent>& agent) {
    if (agent) builder.agent(dataset, predicate, dataset + "#" + std::string(name), *agent);
  };
  add("dct:publisher", "publisher", definition.publisher);
  add("geodcatap:custodian", "custodian", definition.custodian);
  add("healthdcatap:hdab", "hdab", definition.hdab);
  add("healthdcatap:hdabCoordinator", "hdab-coordinator", definition.hdab_coordinator);
  if (definition.contact) builder.contact(dataset, dataset + "#contact", *definition.contact);
}

// A dqv:Metric with a measurement for each value: how many series have it. Series, not people: a count of
// individuals by value could single somebody out.
void add_counts(Builder& builder, const std::string& dataset, std::string_view name,
                std::string_view definition, const std::vector<CountedValue>& values) {
  if (values.empty()) return;
  const std::string metric = dataset + "#" + std::string(name);
  builder.type(metric, "dqv:Metric");
  builder.texts(metric, "skos:definition", {{"en", std::string(definition)}});
  builder.link(metric, "dqv:expectedDataType", expand("xsd:nonNegativeInteger"));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::string measurement = metric + "-" + std::to_string(i + 1);
    builder.link(dataset, "dqv:hasQualityMeasurement", measurement, "dqv:QualityMeasurement");
    builder.link(measurement, "dqv:isMeasurementOf", metric);
    builder.link(measurement, "dqv:computedOn", dataset);
    builder.text(measurement, "rdfs:label", values[i].value);
    builder.count(measurement, "dqv:value", values[i].series);
  }
}

// The figures of the index (specs: numberOfRecords counts imaging studies).
void add_numbers(Builder& builder, const std::string& dataset,
                 const gateway::model::SelectionStatistics& figures) {
  builder.count(dataset, "healthdcatap:numberOfRecords", figures.studies);
  if (figures.studies_without_patient_id == 0)  // else nobody knows how many individuals there are
    builder.count(dataset, "healthdcatap:numberOfUniqueIndividuals", figures.subjects);
  if (figures.min_age_years && *figures.min_age_years >= 0)
    builder.count(dataset, "healthdcatap:minTypicalAge", static_cast<std::uint64_t>(*figures.min_age_years));
  if (figures.max_age_years && *figures.max_age_years >= 0)
    builder.count(dataset, "healthdcatap:maxTypicalAge", static_cast<std::uint64_t>(*figures.max_age_years));
  builder.period(dataset, "dct:temporal", dataset + "#period", iso_date(figures.first_date),
                 iso_date(figures.last_date));
  for (const auto* values : {&figures.modalities, &figures.body_parts})
    for (const CountedValue& value : *values) builder.text(dataset, "dcat:keyword", value.value);
  add_counts(builder, dataset, "modality", "Number of series by Modality (0008,0060).", figures.modalities);
  add_counts(builder, dataset, "body-part", "Number of series by Body Part Examined (0018,0015).",
             figures.body_parts);
  add_counts(builder, dataset, "manufacturer", "Number of series by Manufacturer (0008,0070).",
             figures.manufacturers);
}

// A dataset of so few persons that no number may be told has its variables only.
void add_figures(Builder& builder, const std::string& dataset, const DatasetView& view) {
  if (!view.statistics.withheld) add_numbers(builder, dataset, view.statistics);
  add_coded_terms(builder, dataset, view.statistics);
  if (view.label) add_quality(builder, dataset, *view.label);
  const bool structured = add_variables(builder, dataset + "#variables", view);
  builder.typed(dataset, "healthdcatap:hasStructuredData", structured ? "true" : "false", "xsd:boolean");
  if (structured) builder.link(dataset, "healthdcatap:hasVariables", dataset + "#variables");
}

// An IRI as it is, other words as a node of their own.
void add_words(Builder& builder, const std::string& subject, std::string_view predicate,
               std::string_view name, std::string_view class_name, std::string_view label,
               const std::string& words) {
  if (words.empty()) return;
  if (gateway::codec::is_absolute_iri(words)) {
    builder.link(subject, predicate, words, class_name);
    return;
  }
  const std::string node = subject + "#" + std::string(name);
  builder.link(subject, predicate, node, class_name);
  builder.text(node, label, words);
}

void add_media_type(Builder& builder, const std::string& distribution, std::string_view media_type) {
  builder.link(distribution, "dcat:mediaType", std::string(kMediaTypes) + std::string(media_type),
               "dct:MediaType");
}

// What the holder states of a distribution, a sample or an analysis.
void add_statements_of(Builder& builder, const std::string& iri, const DatasetView& view,
                       const DistributionDefinition& definition) {
  const RenderContext& context = builder.context();
  builder.type(iri, "dcat:Distribution");
  builder.texts(iri, "dct:title", definition.title);
  builder.texts(iri, "dct:description", definition.description);
  builder.legislation(iri);
  builder.link(iri, "dct:isPartOf", dataset_iri(context.base, view.definition.id));
  if (!definition.access_url.empty()) builder.link(iri, "dcat:accessURL", definition.access_url);
  if (!definition.media_type.empty()) add_media_type(builder, iri, definition.media_type);
  if (definition.format) builder.concept_of(iri, "dct:format", "file-type", *definition.format);
  add_words(builder, iri, "dct:license", "license", "dct:LicenseDocument", "dct:title", definition.license);
  add_words(builder, iri, "dct:rights", "rights", "dct:RightsStatement", "rdfs:label", definition.rights);
  add_data_use(builder, iri, definition.data_use_conditions);
  add_stated(builder, iri, definition.more);
}

// Samples and analyses are fragments of the dataset: no harvester asks for them by themselves.
void add_samples(Builder& builder, const std::string& dataset, const DatasetView& view) {
  const auto add = [&](std::string_view predicate, const char* name,
                       const std::vector<DistributionDefinition>& definitions) {
    for (std::size_t i = 0; i < definitions.size(); ++i) {
      const std::string iri = dataset + "#" + name + "-" + std::to_string(i + 1);
      builder.link(dataset, predicate, iri);
      add_statements_of(builder, iri, view, definitions[i]);
    }
  };
  add("adms:sample", "sample", view.definition.samples);
  add("healthdcatap:analytics", "analytics", view.definition.analytics);
}

}  // namespace

void add_distribution(Builder& builder, const DatasetView& view, std::size_t index) {
  const RenderContext& context = builder.context();
  const DistributionDefinition& definition = view.definition.distributions[index];
  const std::string iri = distribution_iri(context.base, view.definition.id, index);
  builder.metadata(iri, view.issued_us, view.modified_us);
  const bool ours = definition.access_url.empty();
  if (ours) {
    builder.link(iri, "dcat:accessURL", context.dicomweb);
    builder.link(iri, "dcat:accessService", service_iri(context.base));
    add_service(builder);
  }
  const bool unsaid = ours && definition.media_type.empty();
  if (unsaid) add_media_type(builder, iri, kDicomMediaType);
  const auto stated = [&](std::string_view field) {
    return std::any_of(definition.more.begin(), definition.more.end(),
                       [&](const Stated& each) { return each.field->name == field; });
  };
  const bool images = unsaid || definition.media_type == kDicomMediaType;
  if (images && !stated("byte_size") && !view.statistics.withheld)
    builder.count(iri, "dcat:byteSize", view.statistics.bytes);
  if (images && ours && !stated("checksum")) add_checksum(builder, iri, view.statistics.checksum);
  add_statements_of(builder, iri, view, definition);
}

gateway::codec::Graph dataset_graph(const RenderContext& context, const DatasetView& view) {
  Builder builder(context);
  const DatasetDefinition& definition = view.definition;
  const std::string dataset = dataset_iri(context.base, definition.id);
  builder.type(dataset, "dcat:Dataset");
  builder.legislation(dataset);
  builder.link(dataset, "dct:isPartOf", catalogue_iri(context.base, context.catalogue.id));
  builder.metadata(dataset, view.issued_us, view.modified_us);
  builder.instant(dataset, "dct:issued", view.issued_us);
  builder.instant(dataset, "dct:modified", view.modified_us);
  add_definition(builder, dataset, definition);
  add_codes(builder, dataset, definition);
  add_people(builder, dataset, definition);
  add_statements(builder, dataset, "dct:provenance", "provenance", "dct:ProvenanceStatement", "rdfs:label",
                 definition.provenance);
  add_statements(builder, dataset, "dpv:hasPurpose", "purpose", "dpv:Purpose", "dct:description",
                 definition.purposes);
  add_statements(builder, dataset, "dpv:hasLegalBasis", "legal-basis", "dpv:LegalBasis", "dct:description",
                 definition.legal_bases);
  add_figures(builder, dataset, view);
  std::vector<std::string> members;
  for (std::size_t i = 0; i < definition.distributions.size(); ++i) {
    members.push_back(distribution_iri(context.base, definition.id, i));
    builder.link(dataset, "dcat:distribution", members.back());
    add_distribution(builder, view, i);
  }
  add_samples(builder, dataset, view);
  add_stated(builder, dataset, definition.more);
  builder.container(dataset, "distributions", "Distributions", "dcat:distribution", members);
  return std::move(builder).graph();
}

gateway::codec::Graph distribution_graph(const RenderContext& context, const DatasetView& view,
                                         std::size_t index) {
  Builder builder(context);
  add_distribution(builder, view, index);
  return std::move(builder).graph();
}

gateway::Result<std::string> render_dataset(const RenderContext& context, const DatasetView& view,
                                            gateway::codec::RdfFormat format) {
  const std::string iri = dataset_iri(context.base, view.definition.id);
  return gateway::codec::write_rdf(dataset_graph(context, view), format, document_prefixes(context, iri),
                                   iri);
}

}  // namespace mappers::dcat

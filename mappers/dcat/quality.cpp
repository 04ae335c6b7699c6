#include "mappers/dcat/quality.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "gateway/base/text.h"
#include "gateway/codec/csv.h"
#include "mappers/dcat/builder.h"
#include "mappers/dcat/vocabulary.h"

namespace mappers::dcat {
namespace {

using gateway::ErrorCode;
using gateway::Result;
using gateway::model::Defect;
using gateway::model::DefectCount;
using gateway::model::QualityFigures;
using gateway::model::SelectionStatistics;

// The levels of profiles/quality/README.md.
int level_of(double share) {
  constexpr std::array<double, 4> kFrom = {0.5, 0.8, 0.95, 0.99};
  return 1 + static_cast<int>(std::ranges::count_if(kFrom, [&](double from) { return share >= from; }));
}

std::optional<std::uint32_t> tag_of(std::string_view text) {
  std::uint32_t tag = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), tag, 16);
  if (text.size() != 8 || fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return tag;
}

std::string hex8(std::uint32_t tag) {
  std::array<char, 9> text{};
  std::snprintf(text.data(), text.size(), "%08X", tag);
  return text.data();
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for (const std::string_view word : gateway::split(text, ' '))
    if (!word.empty()) words.emplace_back(word);
  return words;
}

class LabelMaker {
 public:
  LabelMaker(const QualityFigures& figures, const QualityProfile& profile)
      : figures_(figures), profile_(profile) {
    label_.profile = profile.version;
  }

  QualityLabel make() {
    add_completeness();
    add_uniqueness();
    add_validity();
    add_consistency();
    add_timeliness();
    add_coverage();
    add_modification();
    return std::move(label_);
  }

 private:
  struct Name {
    std::string id, label, definition;
  };
  static constexpr auto kSeries = QualityOf::Series, kStudies = QualityOf::Studies,
                        kPersons = QualityOf::Persons;

  void share(const char* dimension, Name name, std::uint64_t numerator, std::uint64_t denominator,
             QualityOf of = QualityOf::Objects, bool has_level = true) {
    QualityMetric metric{std::move(name.id), dimension, std::move(name.label), std::move(name.definition)};
    metric.of = of;
    metric.numerator = std::min(numerator, denominator);
    metric.denominator = denominator;
    if (denominator > 0) {
      metric.value = static_cast<double>(metric.numerator) / static_cast<double>(denominator);
      if (has_level) metric.level = level_of(*metric.value);
    }
    label_.metrics.push_back(std::move(metric));
  }
  void number(const char* dimension, Name name, QualityUnit unit, std::optional<std::int64_t> value,
              std::uint64_t persons = 0) {
    QualityMetric metric{std::move(name.id), dimension, std::move(name.label), std::move(name.definition)};
    metric.unit = unit;
    metric.persons = persons;
    if (value) metric.value = static_cast<double>(*value);
    label_.metrics.push_back(std::move(metric));
  }

  // All defects of a kind together: objects, and where there are any.
  DefectCount defects(Defect defect) const {
    DefectCount sum{defect, 0, 0, 0, 0, 0};
    for (const DefectCount& one : figures_.defects) {
      if (one.defect != defect) continue;
      sum.instances += one.instances;
      sum.series += one.series;
      sum.studies += one.studies;
      sum.subjects += one.subjects;
    }
    return sum;
  }
  static std::uint64_t without(std::uint64_t all, std::uint64_t some) { return all - std::min(all, some); }

  void add_completeness() {
    std::uint64_t minimum = 0, minimum_of = 0;
    for (const QualityRule& rule : profile_.rules) {
      std::uint64_t held = 0, of = 0;
      for (const auto& total : figures_.modalities)
        if (rule.applies_to(total.modality)) of += total.instances;
      for (const auto& presence : figures_.attributes)
        if (presence.tag == rule.tag && rule.applies_to(presence.modality)) held += presence.with_value;
      if (of == 0) continue;  // no image of these modalities
      if (rule.need == "minimum") minimum += held, minimum_of += of;
      share(
          "completeness",
          {"completeness-" + hex8(rule.tag), rule.keyword + " has a value",
           "Instances in which " + rule.keyword + " (" + hex8(rule.tag).substr(0, 4) + "," +
               hex8(rule.tag).substr(4) + ") has a value, of the instances of the modalities that have it."},
          held, of);
      label_.metrics.back().modalities = rule.modalities;
    }
    share("completeness",
          {"completeness-minimum", "EUCAIM minimum metadata",
           "Values of the minimum imaging metadata that are there, of those that there could be: instances "
           "times "
           "attributes."},
          minimum, minimum_of);
  }

  void add_uniqueness() {
    const std::uint64_t doubled = defects(Defect::DuplicateUid).instances;
    share("uniqueness",
          {"uniqueness-uid", "SOP Instance UIDs are unique",
           "Objects with a SOP Instance UID of their own, of all objects that were offered: others were "
           "refused, "
           "because another object with the UID was there."},
          figures_.instances, figures_.instances + doubled);
    share("uniqueness",
          {"uniqueness-pixels", "Images are not repeated",
           "Instances whose stored pixels no other instance of the dataset has, of those with pixels. Pixels "
           "are "
           "compared by their length and sixteen blocks of them."},
          without(figures_.pixels_known, figures_.same_pixels), figures_.pixels_known);
    share("uniqueness",
          {"uniqueness-series-uid", "Series Instance UIDs are unique",
           "Series whose UID no other study of the dataset has, of all series."},
          without(figures_.series, figures_.reused_series_uids), figures_.series, kSeries);
  }

  void add_validity() {
    share("validity",
          {"validity-values", "Values have the form that DICOM demands",
           "Instances in which no value breaks the form of its value representation or its enumerated "
           "values; at "
           "least so many, since one instance may have several such values."},
          without(figures_.instances, defects(Defect::BadValue).instances), figures_.instances);
    share("validity",
          {"validity-study-date", "Study dates are possible",
           "Studies dated between the first X-ray image and their arrival, of the studies with a date."},
          without(figures_.studies_dated, figures_.dates_impossible), figures_.studies_dated, kStudies);
    share("validity",
          {"validity-birth-date", "Birth dates are before the study",
           "Studies that are not before the birth of the person, of the studies with a date."},
          without(figures_.studies_dated, figures_.births_after_study), figures_.studies_dated, kStudies);
    share(
        "validity",
        {"validity-age", "Ages are possible",
         "Studies whose stated age or birth date gives an age from 0 to 150 years, of those that state one."},
        without(figures_.ages_stated, figures_.ages_impossible), figures_.ages_stated, kStudies);
  }

  void add_consistency() {
    const auto by_study = [&](std::string id, std::string label, std::string what, Defect defect) {
      share("consistency",
            {std::move(id), std::move(label),
             "Studies in which no object states another " + what + " than is known, of all studies."},
            without(figures_.studies, defects(defect).studies), figures_.studies, kStudies);
    };
    by_study("consistency-sex", "One sex a person", "sex of the person", Defect::SexConflict);
    by_study("consistency-birth-date", "One birth date a person", "birth date of the person",
             Defect::BirthDateConflict);
    by_study("consistency-patient", "One person a study", "Patient ID of the study", Defect::PatientConflict);
    const auto by_series = [&](std::string id, std::string label, std::string what, Defect defect) {
      share("consistency",
            {std::move(id), std::move(label), "Series whose objects all have " + what + ", of all series."},
            without(figures_.series, defects(defect).series), figures_.series, kSeries);
    };
    by_series("consistency-modality", "One modality a series", "the same modality", Defect::ModalityConflict);
    by_series("consistency-geometry", "One matrix a series", "the same rows, columns and pixel spacing",
              Defect::GeometryConflict);
    share("consistency",
          {"consistency-age", "Age and birth date agree",
           "Studies whose stated age is within a year of that by birth date, of those that state both."},
          without(figures_.ages_stated_twice, figures_.ages_apart), figures_.ages_stated_twice, kStudies);
  }

  void add_timeliness() {
    number("timeliness",
           {"timeliness-median", "Days until half of the studies had arrived",
            "Median of the days from the study to its arrival in the index."},
           QualityUnit::Days, figures_.median_delay_days, figures_.subjects_dated);
    number("timeliness",
           {"timeliness-p90", "Days until nine in ten studies had arrived",
            "The days from study to arrival that nine in ten studies do not exceed."},
           QualityUnit::Days, figures_.p90_delay_days, figures_.subjects_dated / 10);
  }

  void add_coverage() {
    const auto years = static_cast<std::int64_t>(figures_.years_covered);
    number("coverage", {"coverage-years", "Years with studies", "Calendar years in which there is a study."},
           QualityUnit::Years, years);
    std::uint64_t span = 0;
    if (figures_.first_date.size() == 8 && figures_.last_date.size() == 8)
      span = static_cast<std::uint64_t>(
          gateway::parse_number<int>(figures_.last_date.substr(0, 4)).value_or(0) -
          gateway::parse_number<int>(figures_.first_date.substr(0, 4)).value_or(0) + 1);
    share("coverage",
          {"coverage-period", "Years without a gap",
           "Calendar years with a study, of all from the first study to the last."},
          figures_.years_covered, span, QualityOf::Years);
    share("coverage", {"coverage-sex", "Sex is known", "Persons whose sex is known, of all persons."},
          figures_.sex_known, figures_.subjects, kPersons);
    share("coverage",
          {"coverage-age", "Age is known", "Persons whose age at some study is known, of all persons."},
          figures_.age_known, figures_.subjects, kPersons);
    share("coverage",
          {"coverage-patient-id", "Studies belong to a person", "Studies with a Patient ID, of all studies."},
          without(figures_.studies, figures_.studies_without_patient_id), figures_.studies, kStudies);
  }

  void add_modification() {
    share("modification",
          {"modification-later-objects", "Studies that grew after their arrival",
           "Studies that got objects after their first ones were there, of all studies."},
          figures_.studies_changed, figures_.studies, kStudies, /*has_level=*/false);
    number("modification",
           {"modification-replaced", "Objects that were replaced",
            "Files indexed in place that were found changed, and taken anew."},
           QualityUnit::Count, static_cast<std::int64_t>(defects(Defect::ReplacedObject).instances));
  }

  const QualityFigures& figures_;
  const QualityProfile& profile_;
  QualityLabel label_;
};

std::string unit_text(QualityUnit unit) {
  switch (unit) {
    case QualityUnit::Share:
      return "share of 1";
    case QualityUnit::Days:
      return "days";
    case QualityUnit::Years:
      return "years";
    case QualityUnit::Count:
      return "number";
  }
  return {};
}

// A share that is told by its level only has that as its value.
bool is_level(const QualityMetric& metric) { return !metric.value && metric.level > 0; }
std::string datatype_of(const QualityMetric& metric) {
  return metric.unit == QualityUnit::Share && !is_level(metric) ? "xsd:decimal" : "xsd:nonNegativeInteger";
}

std::string value_text(const QualityMetric& metric) {
  if (is_level(metric)) return std::to_string(metric.level);
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), metric.unit == QualityUnit::Share ? "%.4f" : "%.0f", *metric.value);
  return text.data();
}

void add_metric(Builder& builder, const std::string& dataset, const QualityMetric& metric) {
  const std::string iri = dataset + "#quality-" + metric.id;
  const std::string dimension = dataset + "#dimension-" + metric.dimension;
  builder.type(iri, "dqv:Metric");
  builder.texts(iri, "skos:prefLabel", {{"en", metric.label}});
  builder.texts(iri, "skos:definition", {{"en", metric.definition}});
  builder.link(iri, "dqv:expectedDataType", expand(datatype_of(metric)));
  builder.link(iri, "dqv:inDimension", dimension, "dqv:Dimension");
  builder.texts(dimension, "skos:prefLabel", {{"en", metric.dimension}});
  const std::string measurement = iri + "-value";
  builder.link(dataset, "dqv:hasQualityMeasurement", measurement, "dqv:QualityMeasurement");
  builder.link(measurement, "dqv:isMeasurementOf", iri);
  builder.link(measurement, "dqv:computedOn", dataset);
  builder.typed(measurement, "dqv:value", value_text(metric), datatype_of(metric));
  std::string comment =
      "Measured on the images; unit: " + (is_level(metric) ? "level" : unit_text(metric.unit)) + ".";
  if (metric.denominator > 0)
    comment += " " + std::to_string(metric.numerator) + " of " + std::to_string(metric.denominator) + ".";
  if (metric.level > 0) comment += " Level " + std::to_string(metric.level) + " of 5.";
  builder.texts(measurement, "rdfs:comment", {{"en", comment}});
}

// Few that have it, or few that have it not, could be told one by one.
bool tells_few(const QualityMetric& metric, std::uint64_t below) {
  const std::uint64_t others = metric.denominator - metric.numerator;
  return metric.denominator < below || (metric.numerator > 0 && metric.numerator < below) ||
         (others > 0 && others < below);
}

// That there is a metric of a modality tells that there are images of it.
bool is_of_shown(const QualityMetric& metric, const SelectionStatistics& published) {
  return metric.modalities.empty() || std::ranges::any_of(published.modalities, [&](const auto& shown) {
           return std::ranges::find(metric.modalities, shown.value) != metric.modalities.end();
         });
}

// Nothing: it is not told.
std::optional<QualityMetric> as_told(QualityMetric metric, const SelectionStatistics& published) {
  const std::uint64_t below = published.privacy.below, step = published.privacy.step;
  if (!is_of_shown(metric, published) || metric.of == QualityOf::Years) return std::nullopt;
  if (metric.unit == QualityUnit::Days && metric.value && metric.persons >= below) {
    const auto unit = static_cast<double>(std::max<std::uint64_t>(step, 1));
    metric.value = std::round(*metric.value / unit) * unit;
    return metric;
  }
  if (metric.unit != QualityUnit::Share || !metric.value || tells_few(metric, below)) return std::nullopt;
  metric.numerator = metric.denominator = 0;
  if (metric.of == QualityOf::Studies || metric.of == QualityOf::Persons) {
    metric.value.reset();
    return metric.level > 0 ? std::optional(metric) : std::nullopt;
  }
  if (*metric.value > 0 && *metric.value < 1)
    metric.value = std::clamp(static_cast<int>(*metric.value * 100), 1, 99) / 100.0;
  return metric;
}

}  // namespace

bool QualityRule::applies_to(std::string_view modality) const {
  return modalities.empty() || std::ranges::find(modalities, modality) != modalities.end();
}

Result<QualityProfile> QualityProfile::load(const std::string& folder) {
  constexpr std::string_view kName = "attributes.csv";
  std::ifstream in(folder + "/" + std::string(kName), std::ios::binary);
  std::ostringstream content;
  content << in.rdbuf();
  if (!in) return gateway::fail(ErrorCode::ConfigInvalid, "the table of attributes cannot be read", folder);
  const std::string text = std::move(content).str();
  const auto csv = TRY(gateway::codec::parse_csv(text, kName));
  if (csv.header != std::vector<std::string>{"tag", "keyword", "need", "modalities", "source"})
    return gateway::fail(ErrorCode::ProfileInvalid, "the header is tag,keyword,need,modalities,source",
                         std::string(kName));
  QualityProfile profile;
  if (const auto at = text.find("# version:"); at != std::string::npos)
    profile.version = gateway::trim(text.substr(at + 10, text.find('\n', at) - at - 10));
  for (const auto& row : csv.rows) {
    const auto tag = tag_of(row.cells[0]);
    if (!tag || row.cells[1].empty())
      return gateway::fail(ErrorCode::ProfileInvalid,
                           "a tag of eight hexadecimal digits and a keyword are expected", csv.where(row));
    profile.rules.push_back({*tag, row.cells[1], row.cells[2], words_of(row.cells[3])});
  }
  return profile;
}

const QualityMetric* QualityLabel::find(std::string_view id) const {
  const auto at = std::ranges::find(metrics, id, &QualityMetric::id);
  return at == metrics.end() ? nullptr : &*at;
}

QualityLabel make_label(const QualityFigures& figures, const QualityProfile& profile) {
  return LabelMaker(figures, profile).make();
}

QualityLabel publish(const QualityLabel& label, const gateway::model::SelectionStatistics& published) {
  if (published.privacy.exact() && !published.withheld) return label;
  QualityLabel out;
  out.profile = label.profile;
  out.exact = false;
  if (published.withheld) return out;
  for (const QualityMetric& metric : label.metrics)
    if (auto told = as_told(metric, published)) out.metrics.push_back(std::move(*told));
  return out;
}

void add_quality(Builder& builder, const std::string& dataset, const QualityLabel& label) {
  for (const QualityMetric& metric : label.metrics)
    if (metric.value || metric.level > 0) add_metric(builder, dataset, metric);
}

}  // namespace mappers::dcat

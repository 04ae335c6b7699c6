// The quality and utility label of a dataset of images, as far as it can be measured (Regulation (EU)
// 2025/327 Art 78(3)(b), (d), (e), (f)): metrics with definition, numerator, denominator, value and level.
//
// What cannot be measured (documentation, processes, access) is the holder's statement and no part of it. The
// attributes that completeness is measured on are a table: profiles/quality. Plain values and pure functions;
// thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/model/quality.h"
#include "gateway/model/statistics.h"

namespace mappers::dcat {

class Builder;

// One attribute that objects of some modalities should have with a value.
struct QualityRule {
  std::uint32_t tag = 0;
  std::string keyword;                  // "PatientAge"
  std::string need;                     // "minimum": EUCAIM's minimum metadata; "description": used in it
  std::vector<std::string> modalities;  // empty: all; else those only
  bool applies_to(std::string_view modality) const;
};
struct QualityProfile {
  std::string version;
  std::vector<QualityRule> rules;
  // `folder` holds attributes.csv. Error: ProfileInvalid with file and line.
  static gateway::Result<QualityProfile> load(const std::string& folder);
};

enum class QualityUnit : std::uint8_t { Share, Days, Years, Count };

// What a share is a share of, or a number is told about.
enum class QualityOf : std::uint8_t { Objects, Series, Studies, Persons, Years };

struct QualityMetric {
  std::string id;          // "completeness-00100010", "uniqueness-uid"
  std::string dimension;   // "completeness", "uniqueness", "validity", "consistency", "timeliness",
                           // "coverage", "modification"
  std::string label;       // English, short
  std::string definition;  // what numerator and denominator are
  QualityUnit unit = QualityUnit::Share;
  std::uint64_t numerator = 0, denominator = 0;  // Share only; 0 of 0: nothing to measure
  std::optional<double> value = {};              // Share: 0 to 1
  int level = 0;  // 1 (under half) to 5 (99 % and more) of a Share; 0: no level
  QualityOf of = QualityOf::Objects;
  std::vector<std::string> modalities = {};  // measured on those only; empty: on all
  std::uint64_t persons = 0;                 // Days: of so many; it is not told of fewer than the policy says
};

struct QualityLabel {
  std::string profile;                 // version of the attribute table
  std::vector<QualityMetric> metrics;  // by dimension, in the order above
  bool exact = true;                   // false: as publish() leaves it
  const QualityMetric* find(std::string_view id) const;
};

QualityLabel make_label(const gateway::model::QualityFigures& figures, const QualityProfile& profile);
// The label as it may be shown beside figures that were treated so, without numerators and denominators.
// Shares of objects and series: whole percents, rounded down unless all or nothing; of studies and persons:
// the level alone; none where few are, or few are not; none of modalities that are not shown, nor of years.
// Days are rounded. Nothing at all of a dataset whose counts are withheld.
QualityLabel publish(const QualityLabel& label, const gateway::model::SelectionStatistics& published);
// dqv:QualityMeasurement and dqv:Metric statements about the dataset.
void add_quality(Builder& builder, const std::string& dataset, const QualityLabel& label);

}  // namespace mappers::dcat

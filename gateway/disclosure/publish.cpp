#include "gateway/disclosure/publish.h"

#include <algorithm>
#include <map>
#include <set>

namespace gateway::disclosure {
namespace {

using model::CountedValue;
using model::PersonCell;
using model::SelectionStatistics;

constexpr std::string_view kWhole = "whole";

// A count of a band or a year, in order.
struct Bin {
  int from = 0;
  std::optional<int> to;
  std::uint64_t subjects = 0;
};

// The persons that are counted: those of a sex that fewer than k have are left out of everything.
struct Kept {
  PersonCell total;
  std::map<int, std::uint64_t> ages;
  bool sexes_told = true;
};

void add(PersonCell& total, const PersonCell& cell) {
  total.subjects += cell.subjects;
  total.studies += cell.studies;
  total.series += cell.series;
  total.instances += cell.instances;
  total.bytes += cell.bytes;
}

// Figures of a source that knows no persons one by one: all of them in one cell.
std::vector<PersonCell> cells_of(const SelectionStatistics& exact) {
  if (!exact.persons.empty()) return exact.persons;
  return {{"", std::nullopt, exact.subjects, exact.studies, exact.series, exact.instances, exact.bytes}};
}

std::map<std::string, std::uint64_t> by_sex(const std::vector<PersonCell>& cells) {
  std::map<std::string, std::uint64_t> sexes;
  for (const PersonCell& cell : cells) sexes[cell.sex] += cell.subjects;
  return sexes;
}

Kept keep(const SelectionStatistics& exact, const Policy& policy, bool drop_small) {
  const auto cells = cells_of(exact);
  const auto sexes = by_sex(cells);
  Kept kept;
  kept.sexes_told = drop_small;
  for (const PersonCell& cell : cells) {
    if (drop_small && sexes.at(cell.sex) < policy.k) continue;
    add(kept.total, cell);
    if (cell.age_years) kept.ages[*cell.age_years] += cell.subjects;
  }
  return kept;
}

// When no sex has k persons, but all of them together are as many, there is no word about sex instead.
Kept kept_persons(const SelectionStatistics& exact, const Policy& policy) {
  Kept kept = keep(exact, policy, /*drop_small=*/true);
  return kept.total.subjects >= policy.k ? kept : keep(exact, policy, /*drop_small=*/false);
}

class Publisher {
 public:
  Publisher(const SelectionStatistics& exact, const Policy& policy, const NoiseKey& key)
      : exact_(exact), policy_(policy), key_(key), kept_(kept_persons(exact, policy)) {}

  SelectionStatistics publish() {
    keep_plain();
    if (kept_.total.subjects < policy_.k) {
      out_.withheld = true;
      return std::move(out_);
    }
    out_.subjects = told(kept_.total.subjects, {}, std::string(kWhole)).value.value_or(0);
    out_.studies = rough(kept_.total.studies);
    out_.series = rough(kept_.total.series);
    out_.instances = rough(kept_.total.instances);
    out_.bytes = three_digits(kept_.total.bytes);
    publish_ages();
    publish_years();
    publish_values();
    publish_terms();
    fit_together();
    return std::move(out_);
  }

 private:
  Figure told(std::uint64_t count, std::initializer_list<Related> related, std::string what) const {
    const NoiseKey key{key_.secret, key_.dataset, exact_.newest_us, what};
    return protect(count, std::span(related.begin(), related.size()), policy_, key);
  }
  // A part of the dataset; nothing: it is not told.
  std::optional<std::uint64_t> part(std::uint64_t count, std::string what) const {
    const Figure figure =
        told(std::min(count, kept_.total.subjects), {{kept_.total.subjects, kWhole}}, std::move(what));
    return figure.value && *figure.value > 0 ? std::min(*figure.value, out_.subjects)
                                             : std::optional<std::uint64_t>();
  }
  // Of things that are no persons: rounded, at least one step.
  std::uint64_t rough(std::uint64_t count) const {
    const std::uint64_t step = std::max<std::uint64_t>(policy_.step, 1);
    return count == 0 ? 0 : std::max(step, (count + step / 2) / step * step);
  }
  static std::uint64_t three_digits(std::uint64_t count) {
    std::uint64_t unit = 1;
    while (count / unit >= 1000) unit *= 10;
    return (count + unit / 2) / unit * unit;
  }

  // What counts nobody.
  void keep_plain() {
    out_.index_version = exact_.index_version;
    out_.newest_us = exact_.newest_us;
    out_.checksum = exact_.checksum;
    out_.studies_without_patient_id = rough(exact_.studies_without_patient_id);
    out_.privacy = {policy_.id,       policy_.k,       policy_.step,
                    policy_.age_band, policy_.age_top, policy_.noise_epsilon > 0};
  }

  // Bins put together from the first on until each holds k; what is left over joins the last.
  std::vector<Bin> merged(const std::vector<Bin>& bins) const {
    std::vector<Bin> out;
    bool open = false;
    for (const Bin& bin : bins) {
      if (!open) out.push_back({bin.from, bin.to, 0});
      out.back().to = bin.to;
      out.back().subjects += bin.subjects;
      open = out.back().subjects < policy_.k;
    }
    if (open && out.size() > 1) {
      const Bin last = out.back();
      out.pop_back();
      out.back().to = last.to;
      out.back().subjects += last.subjects;
    }
    if (!out.empty() && out.back().subjects < policy_.k) out.clear();
    return out;
  }

  // All bands from birth on, empty ones too: that a band is empty must not show.
  std::vector<Bin> age_bins() const {
    std::vector<Bin> bins;
    for (int age = 0; age <= kOldestAge;) {
      const AgeRange band = *band_of(age, policy_);
      bins.push_back({band.from, band.to, 0});
      if (!band.to) break;
      age = *band.to + 1;
    }
    for (const auto& [age, subjects] : kept_.ages)
      for (Bin& bin : bins)
        if (age >= bin.from && (!bin.to || age <= *bin.to)) bin.subjects += subjects;
    return bins;
  }

  // The first and the last bin by which k persons are reached from either end. Nothing when they cross, as
  // with about k persons: what was left then would be told by one of them.
  struct Span {
    const Bin& first;
    const Bin& last;
  };
  std::optional<Span> span_of(const std::vector<Bin>& bins) const {
    const auto reached = [&, persons = std::uint64_t{0}](const Bin& bin) mutable {
      return (persons += bin.subjects) >= policy_.k;
    };
    const auto first = std::find_if(bins.begin(), bins.end(), reached);
    const auto last = std::find_if(bins.rbegin(), bins.rend(), reached);
    if (first == bins.end() || last == bins.rend() || first->from > last->from) return std::nullopt;
    return Span{*first, *last};
  }

  void publish_ages() {
    const std::vector<Bin> bins = age_bins();
    for (const Bin& band : merged(bins))
      if (const auto subjects = part(band.subjects, "age " + std::to_string(band.from)))
        out_.ages.push_back({band.from, band.to, *subjects});
    if (const auto span = span_of(bins)) {
      out_.min_age_years = span->first.from;
      out_.max_age_years = span->last.to.value_or(span->last.from);
    }
  }

  // Dates are told by the year, from the first to the last that itself has k persons: over years a person
  // counts several times, so that sums of them say nothing.
  void publish_years() {
    std::vector<Bin> bins;
    for (const CountedValue& year : exact_.years)
      bins.push_back({std::atoi(year.value.c_str()), std::nullopt, year.subjects});
    const auto enough = [&](const Bin& bin) { return bin.subjects >= policy_.k; };
    const auto first = std::find_if(bins.begin(), bins.end(), enough);
    if (first != bins.end()) {
      const auto last = std::find_if(bins.rbegin(), bins.rend(), enough);
      out_.first_date = out_.first_series_date = year_text(first->from) + "0101";
      out_.last_date = out_.last_series_date = year_text(last->from) + "1231";
    }
    out_.years = values(exact_.years, "year");
  }
  static std::string year_text(int year) {
    std::string text = std::to_string(year);
    return std::string(text.size() < 4 ? 4 - text.size() : 0, '0') + text;
  }

  // Whether so many persons are told as all of them.
  bool is_whole(std::uint64_t subjects) const { return subjects + policy_.k > kept_.total.subjects; }
  // What belongs to persons, in the proportion in which they are told and never more than is told of all:
  // what was counted includes those that are left out.
  std::uint64_t along(std::uint64_t count, std::uint64_t subjects, std::uint64_t told_subjects,
                      std::uint64_t told_of_all) const {
    if (is_whole(subjects)) return told_of_all;
    const double share = static_cast<double>(told_subjects) / static_cast<double>(subjects);
    return std::min(rough(static_cast<std::uint64_t>(static_cast<double>(count) * share)), told_of_all);
  }

  std::vector<CountedValue> values(const std::vector<CountedValue>& from, const std::string& what) const {
    std::vector<CountedValue> out;
    for (const CountedValue& value : from) {
      const auto subjects = part(value.subjects, what + " " + value.value);
      if (!subjects) continue;
      out.push_back({value.value, along(value.series, value.subjects, *subjects, out_.series), *subjects,
                     along(value.studies, value.subjects, *subjects, out_.studies),
                     along(value.instances, value.subjects, *subjects, out_.instances)});
    }
    return out;
  }

  // Numbers of which each thing counts in one only are made to add up to no more than is told of all.
  void fit(const std::vector<std::uint64_t*>& parts, std::uint64_t total) const {
    std::uint64_t sum = 0;
    for (const std::uint64_t* one : parts) sum += *one;
    if (sum <= total) return;
    const std::uint64_t step = std::max<std::uint64_t>(policy_.step, 1);
    for (std::uint64_t* one : parts) {
      const auto less = static_cast<std::uint64_t>(static_cast<double>(*one) * static_cast<double>(total) /
                                                   static_cast<double>(sum));
      *one = less >= step ? less / step * step : less;
    }
  }
  void fit(std::vector<CountedValue>& values, std::uint64_t CountedValue::*figure,
           std::uint64_t total) const {
    std::vector<std::uint64_t*> parts;
    for (CountedValue& value : values) parts.push_back(&(value.*figure));
    fit(parts, total);
  }
  // The same for persons: multiples of the step, at least k; what cannot stay so is not told.
  template <typename Counted>
  void fit_persons(std::vector<Counted>& values) const {
    const std::uint64_t step = std::max<std::uint64_t>(policy_.step, 1);
    std::uint64_t sum = 0;
    for (const Counted& value : values) sum += value.subjects;
    while (sum > out_.subjects) {
      const auto most = std::ranges::max_element(values, {}, &Counted::subjects);
      const bool shrinks = most->subjects >= policy_.k + step;
      sum -= shrinks ? step : most->subjects;
      if (shrinks)
        most->subjects -= step;
      else
        values.erase(most);
    }
  }

  // A person has one sex and one age, a study one year, a series one modality, an instance one class.
  void fit_together() {
    fit_persons(out_.sexes);
    fit_persons(out_.ages);
    fit(out_.sexes, &CountedValue::studies, out_.studies);
    fit(out_.years, &CountedValue::studies, out_.studies);
    for (auto* values : {&out_.sexes, &out_.years, &out_.modalities, &out_.body_parts, &out_.manufacturers})
      fit(*values, &CountedValue::series, out_.series);
    for (auto* values : {&out_.sexes, &out_.years, &out_.modalities, &out_.body_parts, &out_.manufacturers,
                         &out_.sop_classes, &out_.transfer_syntaxes})
      fit(*values, &CountedValue::instances, out_.instances);
    std::map<std::string_view, std::vector<std::uint64_t*>> terms;
    for (model::CodedTerm& term : out_.terms) terms[term.category].push_back(&term.series);
    for (const auto& [category, series] : terms) fit(series, out_.series);
  }

  void publish_values() {
    if (kept_.sexes_told) out_.sexes = values(exact_.sexes, "sex");
    out_.modalities = values(exact_.modalities, "modality");
    out_.body_parts = values(exact_.body_parts, "body part");
    out_.manufacturers = values(exact_.manufacturers, "manufacturer");
    out_.sop_classes = values(exact_.sop_classes, "SOP class");
    out_.transfer_syntaxes = values(exact_.transfer_syntaxes, "transfer syntax");
    out_.unmapped = values(exact_.unmapped, "unmapped");
    for (model::CountedAttribute attribute : exact_.attributes) {
      if (attribute.instances < rare()) continue;
      attribute.instances = percent(attribute.instances);
      attribute.empty = std::min(percent(attribute.empty), attribute.instances);
      out_.attributes.push_back(std::move(attribute));
    }
  }

  // Fewer instances may be of one person: whose they are is not counted.
  std::uint64_t rare() const {
    return std::max(exact_.instances / 100, policy_.k * std::max<std::uint64_t>(policy_.step, 1));
  }

  // A part of the instances, in whole percents of what is told of all.
  std::uint64_t percent(std::uint64_t instances) const {
    if (instances == 0 || exact_.instances == 0) return 0;
    if (instances >= exact_.instances) return out_.instances;
    const double share = static_cast<double>(instances) / static_cast<double>(exact_.instances) * 100;
    const auto whole = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(share + 0.5), 1, 99);
    return out_.instances * whole / 100;
  }

  void publish_terms() {
    for (const model::CodedTerm& term : exact_.terms) {
      const bool of_sex = term.category == "sex";
      if (of_sex && !kept_.sexes_told) continue;
      const auto subjects = part(term.subjects, term.category + " " + term.id);
      if (!subjects) continue;
      out_.terms.push_back(term);
      out_.terms.back().subjects = *subjects;
      out_.terms.back().series = along(term.series, term.subjects, *subjects, out_.series);
    }
  }

  const SelectionStatistics& exact_;
  const Policy& policy_;
  const NoiseKey& key_;
  const Kept kept_;
  SelectionStatistics out_;
};

}  // namespace

PublishedFigures disclose(const SelectionStatistics& exact, const Policy& policy, const NoiseKey& key) {
  if (!policy.exact()) return {Publisher(exact, policy, key).publish()};
  PublishedFigures as_counted{exact};
  as_counted.figures.privacy.policy = policy.id;
  return as_counted;
}

std::uint64_t published_whole(const SelectionStatistics& exact, const Policy& policy) {
  return policy.exact() ? exact.subjects : kept_persons(exact, policy).total.subjects;
}

}  // namespace gateway::disclosure

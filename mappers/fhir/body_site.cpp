#include "mappers/fhir/body_site.h"

#include <algorithm>

#include "mappers/fhir/systems.h"

namespace mappers::fhir {
namespace {

using gateway::model::Code;
using gateway::model::Series;
using gateway::model::SeriesRow;

Coding snomed(const Concept& known) { return {std::string(kSnomed), known.code, known.display}; }

void add_regions(std::string_view code, const RenderOptions& options, std::vector<Coding>& regions) {
  for (const Concept& region : options.terminology->regions.find_all(code))
    if (std::ranges::none_of(regions, [&](const Coding& known) { return known.code == region.code; }))
      regions.push_back(snomed(region));
}

// Body Part Examined in the table: as it is, else as its defined term would be written ("WHOLE BODY").
const Concept* known_part(const std::string& part, const RenderOptions& options) {
  const ConceptTable& parts = options.terminology->body_parts;
  if (const Concept* known = parts.find(part)) return known;
  std::string term;
  for (const char c : part)
    if (c != ' ' && c != '_') term += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return parts.find(term);
}

// The one side, or both, that the images name.
std::string_view side_of_images(const SeriesRow& row) {
  bool left = false, right = false;
  for (const auto& instance : row.instances) {
    left = left || instance.laterality == "L" || instance.laterality == "B";
    right = right || instance.laterality == "R" || instance.laterality == "B";
  }
  if (left && right) return "B";
  return left ? "L" : right ? "R" : "";
}

}  // namespace

std::optional<Coding> body_site_of(const Series& series, const RenderOptions& options) {
  for (const Code& region : series.anatomic_regions) {
    Coding coding = coding_of(region, options, series.coding_schemes);
    if (!coding.code.empty() && !coding.system.empty()) return coding;
  }
  const std::string part = fhir_code(series.body_part);
  if (part.empty()) return std::nullopt;
  if (const Concept* known = known_part(part, options)) return snomed(*known);
  return Coding{body_part_system(options), part, part};
}

std::optional<Coding> laterality_of(const SeriesRow& row, const RenderOptions& options) {
  const ConceptTable& sides = options.terminology->lateralities;
  if (const Concept* side = sides.find(row.series.laterality)) return snomed(*side);
  if (!row.series.laterality.empty()) return std::nullopt;  // U: there is no side
  for (const Code& modifier : row.series.region_modifiers) {
    const Coding coding = coding_of(modifier, options, row.series.coding_schemes);
    const std::string* side = coding.system == kSnomed ? sides.source_of(coding.code) : nullptr;
    if (side) return snomed(*sides.find(*side));
  }
  const Concept* side = sides.find(side_of_images(row));
  return side ? std::optional(snomed(*side)) : std::nullopt;
}

std::vector<Coding> regions_of(const gateway::model::StudyRow& row, const RenderOptions& options) {
  std::vector<Coding> regions;
  for (const SeriesRow& series : row.series) {
    for (const Code& code : series.series.anatomic_regions) {
      const Coding coding = coding_of(code, options, series.series.coding_schemes);
      if (coding.system == kSnomed) add_regions(coding.code, options, regions);
    }
    if (const Concept* part = known_part(fhir_code(series.series.body_part), options))
      add_regions(part->code, options, regions);
  }
  return regions;
}

}  // namespace mappers::fhir

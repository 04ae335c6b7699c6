#include "mappers/fhir/terminology.h"

#include "gateway/base/bytes.h"
#include "gateway/codec/csv.h"

namespace mappers::fhir {

using gateway::ErrorCode;
using gateway::Result;

Result<ConceptTable> ConceptTable::load(const std::string& path, bool several_targets) {
  const std::string name = path.substr(path.find_last_of('/') + 1);
  const std::string text = TRY(gateway::read_file(path));
  const gateway::codec::CsvTable csv = TRY(gateway::codec::parse_csv(text, name));
  const auto source = csv.column("source"), target = csv.column("target"), display = csv.column("display");
  if (!source || !target || !display)
    return gateway::fail(ErrorCode::ProfileInvalid, "a concept table has the columns source, target, display",
                         name + ":1");
  ConceptTable table;
  for (const auto& row : csv.rows) {
    Concept entry{row.cells[*target], row.cells[*display]};
    if (row.cells[*source].empty() || entry.code.empty() || entry.display.empty())
      return gateway::fail(ErrorCode::ProfileInvalid, "an empty cell in a concept table", csv.where(row));
    auto& targets = table.rows_[row.cells[*source]];
    if (!targets.empty() && !several_targets)
      return gateway::fail(ErrorCode::ProfileInvalid, "this source code is there already", csv.where(row));
    table.order_.emplace_back(row.cells[*source], entry.code);
    targets.push_back(std::move(entry));
  }
  return table;
}

const Concept* ConceptTable::find(std::string_view source) const {
  const auto found = rows_.find(source);
  return found == rows_.end() ? nullptr : &found->second.front();
}

std::span<const Concept> ConceptTable::find_all(std::string_view source) const {
  const auto found = rows_.find(source);
  return found == rows_.end() ? std::span<const Concept>() : found->second;
}

const std::string* ConceptTable::source_of(std::string_view code) const {
  for (const auto& [source, target] : order_)
    if (target == code) return &source;
  return nullptr;
}

Result<std::shared_ptr<const Terminology>> Terminology::load(const std::string& profiles_folder) {
  const std::string folder = profiles_folder + "/terminology/";
  auto all = std::make_shared<Terminology>();
  all->body_parts = TRY(ConceptTable::load(folder + "body-part-snomed.concepts.csv"));
  all->modalities = TRY(ConceptTable::load(folder + "modality-dcm.concepts.csv"));
  all->lateralities = TRY(ConceptTable::load(folder + "laterality-snomed.concepts.csv"));
  all->schemes = TRY(ConceptTable::load(folder + "coding-schemes.concepts.csv"));
  all->regions = TRY(ConceptTable::load(folder + "anatomical-region.concepts.csv", true));
  all->snomed_rt = TRY(ConceptTable::load(folder + "srt-snomed.concepts.csv"));
  all->key_objects = TRY(ConceptTable::load(folder + "key-object-title.concepts.csv"));
  return std::shared_ptr<const Terminology>(std::move(all));
}

}  // namespace mappers::fhir

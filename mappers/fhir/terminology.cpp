#include "mappers/fhir/terminology.h"

#include "gateway/base/bytes.h"
#include "gateway/codec/csv.h"

namespace mappers::fhir {

using gateway::ErrorCode;
using gateway::Result;

Result<ConceptTable> ConceptTable::load(const std::string& path) {
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
    if (!table.rows_.emplace(row.cells[*source], std::move(entry)).second)
      return gateway::fail(ErrorCode::ProfileInvalid, "this source code is there already", csv.where(row));
  }
  return table;
}

const Concept* ConceptTable::find(std::string_view source) const {
  const auto found = rows_.find(source);
  return found == rows_.end() ? nullptr : &found->second;
}

Result<std::shared_ptr<const Terminology>> Terminology::load(const std::string& profiles_folder) {
  const std::string folder = profiles_folder + "/terminology/";
  auto all = std::make_shared<Terminology>();
  all->body_parts = TRY(ConceptTable::load(folder + "body-part-snomed.concepts.csv"));
  all->modalities = TRY(ConceptTable::load(folder + "modality-dcm.concepts.csv"));
  all->lateralities = TRY(ConceptTable::load(folder + "laterality-snomed.concepts.csv"));
  all->schemes = TRY(ConceptTable::load(folder + "coding-schemes.concepts.csv"));
  return std::shared_ptr<const Terminology>(std::move(all));
}

}  // namespace mappers::fhir

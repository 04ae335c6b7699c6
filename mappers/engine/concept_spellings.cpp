#include "mappers/engine/concept_spellings.h"

#include <algorithm>
#include <array>
#include <optional>

#include "gateway/base/text.h"
#include "gateway/codec/csv.h"

namespace mappers::engine {
namespace {

using gateway::ErrorCode;
using gateway::Result;

constexpr std::string_view kLabel = "label";

std::optional<SpellingRelation> relation_of(std::string_view name) {
  constexpr std::array<std::string_view, 5> kNames = {"equal", "also", "old", "wider", "narrower"};
  const auto at = std::ranges::find(kNames, name);
  if (at == kNames.end()) return std::nullopt;
  return static_cast<SpellingRelation>(at - kNames.begin());
}

// How other systems write vocabulary and code in one.
struct Prefix {
  std::string_view text, system;
};
constexpr std::array<Prefix, 5> kPrefixes = {{{"SNOMEDCT", "SCT"},
                                              {"SCT:", "SCT"},
                                              {"EUCAIM:", "EUCAIM"},
                                              {"https://cancerimage.eu/ontology/EUCAIM#", "EUCAIM"},
                                              {"http://snomed.info/id/", "SCT"}}};

std::vector<std::string> sorted_parts(std::vector<std::string> parts) {
  std::ranges::sort(parts);
  return parts;
}

std::vector<std::string> parts_of(std::string_view id) {
  std::vector<std::string> parts;
  for (const std::string_view part : gateway::split(id, '+')) parts.emplace_back(part);
  return sorted_parts(std::move(parts));
}

}  // namespace

Result<ConceptSpellings> ConceptSpellings::parse(std::string_view text, std::string_view name) {
  const auto csv = TRY(gateway::codec::parse_csv(text, name));
  if (csv.header != std::vector<std::string>{"category", "concept", "system", "code", "relation", "list"})
    return gateway::fail(ErrorCode::ProfileInvalid,
                         "the header is category,concept,system,code,relation,list", std::string(name));
  ConceptSpellings table;
  if (const auto at = text.find("# version:"); at != std::string_view::npos)
    table.version_ = gateway::trim(text.substr(at + 10, text.find('\n', at) - at - 10));
  for (const auto& row : csv.rows) {
    const auto relation = relation_of(row.cells[4]);
    if (!relation)
      return gateway::fail(ErrorCode::ProfileInvalid, "there is no relation \"" + row.cells[4] + "\"",
                           csv.where(row));
    const ConceptId id{row.cells[0], row.cells[1]};
    const Spelling spelling{row.cells[2], row.cells[3], *relation, row.cells[5]};
    if (id.id.find('+') != std::string::npos) table.combinations_[{id.category, parts_of(id.id)}] = id.id;
    table.spellings_[id].push_back(spelling);
    if (spelling.system == kLabel) continue;
    auto& found = table.concepts_[{spelling.system, spelling.code}];
    for (const Found& other : found)
      if (other.concept_id.category == id.category && other.relation == SpellingRelation::Equal &&
          *relation == SpellingRelation::Equal)
        return gateway::fail(ErrorCode::ProfileInvalid,
                             spelling.system + " " + spelling.code + " is equal to two concepts",
                             csv.where(row));
    found.push_back({id, *relation});
  }
  return table;
}

std::vector<Spelling> ConceptSpellings::spellings(const ConceptId& concept_id) const {
  std::vector<Spelling> all;
  if (const auto at = spellings_.find(concept_id); at != spellings_.end())
    std::ranges::copy_if(at->second, std::back_inserter(all),
                         [](const Spelling& s) { return s.system != kLabel; });
  return all;
}

const Spelling* ConceptSpellings::preferred(const ConceptId& concept_id, std::string_view system) const {
  const auto at = spellings_.find(concept_id);
  if (at == spellings_.end()) return nullptr;
  for (const Spelling& spelling : at->second)
    if (spelling.system == system && spelling.relation == SpellingRelation::Equal) return &spelling;
  return nullptr;
}

std::string ConceptSpellings::label(const ConceptId& concept_id) const {
  const Spelling* label = preferred(concept_id, kLabel);
  return label ? label->code : concept_id.id;
}

std::vector<ConceptSpellings::Found> ConceptSpellings::find(std::string_view system,
                                                            std::string_view code) const {
  if (const auto at = concepts_.find({std::string(system), std::string(code)}); at != concepts_.end())
    return at->second;
  for (const Prefix& prefix : kPrefixes)
    if (code.starts_with(prefix.text) && (system.empty() || system == prefix.system))
      return find(prefix.system, code.substr(prefix.text.size()));
  if (!system.empty()) return {};
  std::vector<Found> all;  // no vocabulary was named: what any of them means by the code
  for (const auto& [key, found] : concepts_)
    if (key.second == code)
      for (const Found& one : found)
        if (std::ranges::none_of(all, [&](const Found& known) { return known.concept_id == one.concept_id; }))
          all.push_back(one);
  return all;
}

std::string ConceptSpellings::combination(std::string_view category,
                                          const std::vector<std::string>& parts) const {
  const auto at = combinations_.find({std::string(category), sorted_parts(parts)});
  return at == combinations_.end() ? std::string() : at->second;
}

}  // namespace mappers::engine

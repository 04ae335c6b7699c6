#include "mappers/dcat/samples.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <set>
#include <vector>

namespace mappers::dcat {
namespace {

using gateway::model::CountedAttribute;
using gateway::model::CountedValue;
using gateway::model::SelectionStatistics;

// PS3.5 table 6.2-1: an invented value of each representation; "#" becomes the number of the row.
constexpr std::array<std::pair<std::string_view, std::string_view>, 25> kInvented = {{
    {"AE", "STATION#"}, {"AS", "05#Y"}, {"CS", "VALUE#"}, {"DA", "2000010#"}, {"DS", "#.5"},
    {"DT", "2000010#"}, {"FD", "#.5"},  {"FL", "#.5"},    {"IS", "#"},        {"LO", "Text #"},
    {"LT", "Text #"},   {"OB", ""},     {"OW", ""},       {"PN", "Name^#"},   {"SH", "Text #"},
    {"SL", "#"},        {"SQ", "[]"},   {"SS", "#"},      {"ST", "Text #"},   {"TM", "12000#"},
    {"UI", "2.25.#"},   {"UL", "#"},    {"US", "#"},      {"UT", "Text #"},   {"UC", "Text #"},
}};

const std::vector<CountedValue>* published_values(std::uint32_t tag, const SelectionStatistics& figures) {
  switch (tag) {
    case 0x00080016:
      return &figures.sop_classes;
    case 0x00080060:
      return &figures.modalities;
    case 0x00080070:
      return &figures.manufacturers;
    case 0x00100040:
      return &figures.sexes;
    case 0x00180015:
      return &figures.body_parts;
    default:
      return nullptr;
  }
}

std::string invented(std::string_view vr, int row) {
  const auto at = std::ranges::find(kInvented, vr, &decltype(kInvented)::value_type::first);
  if (at == kInvented.end()) return {};
  std::string value(at->second);
  if (const auto mark = value.find('#'); mark != std::string::npos)
    value.replace(mark, 1, std::to_string(row));
  return value;
}

std::string value_of(const CountedAttribute& attribute, const SelectionStatistics& figures, int row) {
  const auto* values = published_values(attribute.tag, figures);
  if (!values) return invented(attribute.vr, row);
  return values->empty() ? std::string()
                         : (*values)[static_cast<std::size_t>(row - 1) % values->size()].value;
}

void append_cell(std::string& line, const std::string& cell, bool first) {
  if (!first) line += ',';
  if (cell.find_first_of(",\"\r\n") == std::string::npos) {
    line += cell;
    return;
  }
  line += '"';
  for (const char letter : cell) line += letter == '"' ? std::string("\"\"") : std::string(1, letter);
  line += '"';
}

}  // namespace

std::string sample_csv(const RenderContext& context, const DatasetView& view, int rows) {
  std::vector<std::pair<const CountedAttribute*, std::string>> columns;
  std::set<std::uint32_t> seen;
  for (const CountedAttribute& attribute : view.statistics.attributes) {
    const auto name = context.describe(attribute.tag);
    if (!name || name->keyword.empty() || !seen.insert(attribute.tag).second) continue;
    columns.emplace_back(&attribute, name->keyword);
  }
  if (columns.empty()) return {};
  std::string text;
  for (std::size_t i = 0; i < columns.size(); ++i) append_cell(text, columns[i].second, i == 0);
  text += "\r\n";
  for (int row = 1; row <= std::clamp(rows, 1, 9); ++row) {
    for (std::size_t i = 0; i < columns.size(); ++i)
      append_cell(text, value_of(*columns[i].first, view.statistics, row), i == 0);
    text += "\r\n";
  }
  return text;
}

}  // namespace mappers::dcat

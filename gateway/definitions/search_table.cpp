// Search parameters as a table: search-parameters.tsv.

#include "gateway/base/text.h"
#include "gateway/definitions/tables.h"

namespace gateway::definitions {

namespace {

// parameter, url, code, type, targets=...
Result<SearchParameter> read_heading(const TableLines& lines, const TableLine& line) {
  SearchParameter made;
  made.url = lines.url(line.at(1));
  made.code = line.at(2);
  const auto type = search_type(line.at(3));
  if (line.at(0) != "parameter" || line.depth != 0 || made.url.empty() || made.code.empty() || !type)
    return lines.fault("A line 'parameter' with url, code and type is expected");
  made.type = *type;
  if (const auto targets = line.named("targets"))
    for (const std::string_view target : split(*targets, ' ')) made.targets.emplace_back(target);
  return made;
}

// on, base, expression; or part, definition, expression.
Result<void> read_below(const TableLines& lines, const TableLine& line, SearchParameter& made) {
  const bool on = line.at(0) == "on";
  if (line.depth != 1 || line.at(1).empty() || (!on && line.at(0) != "part"))
    return lines.fault("A search parameter has lines 'on' and 'part'");
  if (!on) {
    made.components.push_back({lines.url(line.at(1)), std::string(line.at(2))});
    return {};
  }
  made.bases.emplace_back(line.at(1));
  if (!line.at(2).empty()) made.expressions.emplace_back(line.at(1), line.at(2));
  return {};
}

}  // namespace

Result<void> read_search_parameters(TableLines& lines, const std::string& pack, Definitions& into) {
  while (const TableLine* line = TRY(lines.next())) {
    SearchParameter made = TRY(read_heading(lines, *line));
    made.pack = pack;
    while (const TableLine* below = TRY(lines.next())) {
      if (below->depth == 0) {
        lines.back();
        break;
      }
      TRY_VOID(read_below(lines, *below, made));
    }
    if (made.bases.empty()) return lines.fault("A search parameter needs a type that it is on");
    into.add(std::move(made));
  }
  return {};
}

}  // namespace gateway::definitions

// Structures as differences from what they are based on: the reader of types.tsv, resources.tsv,
// extensions.tsv and profiles.tsv.

#include <algorithm>
#include <deque>
#include <iterator>
#include <optional>

#include "gateway/base/text.h"
#include "gateway/definitions/codes.h"
#include "gateway/definitions/element_links.h"
#include "gateway/definitions/element_row.h"
#include "gateway/definitions/inheritance.h"
#include "gateway/definitions/tables.h"

namespace gateway::definitions {

namespace {

class StructureTable {
 public:
  StructureTable(TableLines& lines, const std::string& pack, const PackageLimits& limits, Definitions& into)
      : lines_(lines), pack_(pack), limits_(limits), into_(into) {}

  Result<void> read() {
    while (const TableLine* line = TRY(lines_.next())) {
      if (line->depth != 0) return lines_.fault("An element needs a structure above it");
      if (line->at(0) == "rule")
        TRY_VOID(rule(*line));
      else if (line->at(0) == "structure")
        TRY_VOID(structure(*line));
      else
        return lines_.fault("A table of structures has lines 'structure' and 'rule'");
    }
    return {};
  }

 private:
  // What a key means from here on: rule, key, error or warning, expression.
  Result<void> rule(const TableLine& line) {
    const bool error = line.at(2) == "error";
    if (line.at(1).empty() || (!error && line.at(2) != "warning"))
      return lines_.fault("A rule needs a key, and 'error' or 'warning'");
    Constraint& made = rules_[std::string(line.at(1))];
    made = {
        .key = std::string(line.at(1)), .error = error, .human = {}, .expression = std::string(line.at(3))};
    return {};
  }

  Result<void> structure(const TableLine& line) {
    Structure made;
    TRY_VOID(heading(line, made));
    std::deque<Element> elements;                          // they stay where they are while more come
    TRY_VOID(rows(into_.structure(made.base), elements));  // without a base that is loaded the rows say all
    made.elements.assign(std::make_move_iterator(elements.begin()), std::make_move_iterator(elements.end()));
    if (auto linked = link_elements(made); !linked) return lines_.fault(linked.error().text());
    into_.add(std::move(made));
    return {};
  }

  Result<void> heading(const TableLine& line, Structure& made) {
    made.url = lines_.url(line.at(1));
    made.type = line.at(2);
    const auto words = split(line.at(3), ' ');
    const auto kind = structure_kind_of(words.empty() ? std::string_view() : words.front());
    if (made.url.empty() || made.type.empty() || !kind)
      return lines_.fault("A structure needs url, type and kind");
    made.kind = *kind;
    made.abstract = std::ranges::count(words, "abstract") > 0;
    made.constraint = std::ranges::count(words, "profile") > 0;
    made.base = lines_.url(line.named("base").value_or(""));
    made.name = line.named("name").value_or(std::string_view(made.url).substr(made.url.rfind('/') + 1));
    made.version = line.named("version").value_or(lines_.version());
    cut_version(made.url, made.version);
    for (const std::string_view context : split(line.named("context").value_or(""), ';'))
      if (!trim(context).empty()) made.context.emplace_back(trim(context));
    made.pack = pack_;
    return {};
  }

  // The rows below a structure; their depth is one more than that of the element.
  Result<void> rows(const Structure* base, std::deque<Element>& elements) {
    std::vector<const Element*> parents;
    std::optional<Inheritance> inheritance;
    while (const TableLine* line = TRY(lines_.next())) {
      if (line->depth == 0 && line->at(0) == "rule") {
        TRY_VOID(rule(*line));
        continue;
      }
      if (line->depth == 0) {
        lines_.back();
        return {};
      }
      const std::size_t depth = line->depth - 1;
      if (depth > parents.size() || (depth == 0) != elements.empty())
        return lines_.fault("An element must be one deeper than its parent");
      if (elements.size() >= limits_.max_elements || depth > kMaxElementDepth)
        return fail(ErrorCode::BodyTooLarge, "A structure has too many elements or levels", lines_.place());
      if (elements.empty()) inheritance.emplace(into_, base, line->at(0));
      parents.resize(depth);
      TRY_VOID(row(*line, parents.empty() ? nullptr : parents.back(), *inheritance, elements));
      parents.push_back(&elements.back());
    }
    return {};
  }

  Result<void> row(const TableLine& line, const Element* parent, Inheritance& inheritance,
                   std::deque<Element>& elements) {
    const std::string_view step = line.at(0);
    const std::size_t colon = std::min(step.find(':'), step.size());
    const std::string id = parent ? parent->id + "." + std::string(step) : std::string(step);
    const Element* inherited = inheritance.of(id, step, parent);
    Element& element = elements.emplace_back(inherited ? *inherited : Element());
    element.children.clear();
    element.slices.clear();
    element.id = id;
    element.name = step.substr(0, colon);
    element.slice = step.substr(std::min(colon + 1, step.size()));
    element.path = parent ? parent->path + "." + element.name : element.name;
    // A slice takes over the slicing of no element but a slice.
    if (inherited && inherited->slice.empty() && !element.slice.empty()) element.slicing.reset();
    TRY_VOID(read_row(lines_, line, rules_, inherited != nullptr, element));
    inheritance.add(element);
    return {};
  }

  TableLines& lines_;
  const std::string& pack_;
  const PackageLimits& limits_;
  Definitions& into_;
  Rules rules_;
};

}  // namespace

Result<void> read_structures(TableLines& lines, const std::string& pack, const PackageLimits& limits,
                             Definitions& into) {
  return StructureTable(lines, pack, limits, into).read();
}

}  // namespace gateway::definitions

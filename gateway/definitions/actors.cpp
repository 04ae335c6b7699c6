#include "gateway/definitions/actors.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>

#include "gateway/base/bytes.h"
#include "gateway/definitions/official_json.h"
#include "gateway/definitions/table_lines.h"

namespace gateway::definitions {

namespace {

namespace fs = std::filesystem;
using Kind = ActorNeed::Kind;

// The word of a table, and where a CapabilityStatement states such a thing about a resource.
struct Place {
  Kind kind;
  std::string_view word, member, key;  // no key: a list of texts
};
constexpr std::array<Place, 7> kPlaces = {{{Kind::Format, "format", "format", ""},
                                           {Kind::Resource, "resource", "resource", "type"},
                                           {Kind::Interaction, "interaction", "interaction", "code"},
                                           {Kind::Search, "search", "searchParam", "name"},
                                           {Kind::Operation, "operation", "operation", "name"},
                                           {Kind::Include, "include", "searchInclude", ""},
                                           {Kind::RevInclude, "revinclude", "searchRevInclude", ""}}};

const Place& place_of(Kind kind) { return kPlaces[static_cast<std::size_t>(kind)]; }

std::optional<Kind> kind_of(std::string_view word) {
  const auto found = std::ranges::find(kPlaces, word, &Place::word);
  if (found == kPlaces.end()) return std::nullopt;
  return found->kind;
}

// format, resource; and below a resource the rest.
Result<ActorNeed> need_of(const TableLines& lines, const TableLine& line, const std::string& actor,
                          const std::string& resource) {
  const auto kind = kind_of(line.at(0));
  const bool top = kind == Kind::Format || kind == Kind::Resource;
  if (!kind || actor.empty() || line.at(1).empty() || line.depth != (top ? 1u : 2u) ||
      (!top && resource.empty()))
    return lines.fault("A need of an actor is a format, a resource, or below a resource what is asked of it");
  const std::string_view expectation = line.at(2).empty() ? "SHALL" : line.at(2);
  return ActorNeed{actor,
                   *kind == Kind::Resource ? std::string(line.at(1))
                   : top                   ? std::string()
                                           : resource,
                   *kind, std::string(line.at(1)), std::string(expectation)};
}

bool states(const Value& holder, const Place& place, std::string_view name) {
  for (const Value& item : list_of(holder, place.member)) {
    const std::string* text = item.as_string();
    const std::string_view stated = !place.key.empty() ? item.text(place.key)
                                    : text             ? *text
                                                       : std::string_view();
    if (stated == name) return true;
    // "json" is "application/fhir+json" as well.
    if (place.kind == Kind::Format && stated == "application/fhir+" + std::string(name)) return true;
  }
  return false;
}

const Value* resource_of(const Value& statement, std::string_view type) {
  for (const Value& rest : list_of(statement, "rest"))
    for (const Value& resource : list_of(rest, "resource"))
      if (resource.text("type") == type) return &resource;
  return nullptr;
}

bool meets(const Value& statement, const ActorNeed& need) {
  const Value* holder = need.kind == Kind::Format ? &statement : resource_of(statement, need.resource);
  if (!holder) return false;
  return need.kind == Kind::Resource || states(*holder, place_of(need.kind), need.name);
}

}  // namespace

std::string ActorNeed::text() const {
  const std::string word(place_of(kind).word);
  return (kind == Kind::Resource || resource.empty() ? "" : resource + " ") + word + " " + name + " " +
         expectation;
}

Result<std::vector<ActorNeed>> read_actor_needs(const std::string& pack_folder) {
  std::vector<ActorNeed> needs;
  const fs::path path = fs::path(pack_folder) / "actors.tsv";
  if (!fs::exists(path)) return needs;
  const std::string text = TRY(read_file(path.string()));
  const std::string file = path.parent_path().filename().string() + "/actors.tsv";
  TableLines lines(file, text);
  std::string actor, resource;
  while (const TableLine* line = TRY(lines.next())) {
    if (line->depth == 0 && line->at(0) == "actor") {
      actor = lines.url(line->at(1));
      resource.clear();
      continue;
    }
    needs.push_back(TRY(need_of(lines, *line, actor, resource)));
    if (needs.back().kind == Kind::Resource) resource = needs.back().resource;
  }
  return needs;
}

std::vector<ActorNeed> unmet_needs(const Value& capability_statement, const std::vector<ActorNeed>& needs) {
  std::vector<ActorNeed> unmet;
  std::ranges::copy_if(needs, std::back_inserter(unmet),
                       [&](const ActorNeed& need) { return !meets(capability_statement, need); });
  return unmet;
}

}  // namespace gateway::definitions

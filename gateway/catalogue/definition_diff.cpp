#include "gateway/catalogue/definition_diff.h"

#include <algorithm>
#include <array>
#include <map>

#include "gateway/base/json_text.h"
#include "gateway/codec/toml.h"

namespace gateway::catalogue {
namespace {

constexpr int kDeepest = 8;  // of the tables of a definition

// Values by key; those of a list stand under one key.
using Leaves = std::map<std::string, std::vector<std::string>>;

std::string text_of(const Value& value) {
  const std::string* text = value.as_string();
  return text ? *text : to_json(value);
}

void collect(const Value& value, const std::string& path, int depth, Leaves& leaves) {
  if (depth > kDeepest) return;
  if (const auto* map = value.as_map()) {
    for (const auto& [key, member] : *map)
      collect(member, path.empty() ? key : path + "." + key, depth + 1, leaves);
  } else if (const auto* list = value.as_list()) {
    for (std::size_t i = 0; i < list->size(); ++i) {
      const Value& item = (*list)[i];
      collect(item, item.as_map() ? path + "[" + std::to_string(i + 1) + "]" : path, depth + 1, leaves);
    }
  } else {
    leaves[path].push_back(text_of(value));
  }
}

Result<Leaves> leaves_of(std::string_view toml) {
  const auto document = TRY(codec::parse_toml(toml, "definition"));
  Leaves leaves;
  collect(document.root, "", 0, leaves);
  for (auto& [key, values] : leaves) std::sort(values.begin(), values.end());
  return leaves;
}

// The rule whose key is the whole path, or what stands before its first '.' or '['.
std::string property_of(const std::string& path, const mappers::dcat::Profile& profile) {
  const std::string_view head = std::string_view(path).substr(0, path.find_first_of(".["));
  std::string found;
  for (const auto& rule : profile.properties) {
    if (rule.key == path) return rule.property;
    if (found.empty() && rule.key == head) found = rule.property;
  }
  return found;
}

}  // namespace

Result<std::vector<PropertyChange>> definition_changes(std::string_view before, std::string_view after,
                                                       const mappers::dcat::Profile& profile) {
  const Leaves old_leaves = TRY(leaves_of(before));
  const Leaves new_leaves = TRY(leaves_of(after));
  std::map<std::string, PropertyChange> changes;
  for (const auto& [key, values] : old_leaves) changes[key].before = values;
  for (const auto& [key, values] : new_leaves) changes[key].after = values;
  std::vector<PropertyChange> list;
  for (auto& [key, change] : changes) {
    if (change.before == change.after) continue;
    change.key = key;
    change.property = property_of(key, profile);
    list.push_back(std::move(change));
  }
  return list;
}

std::vector<PropertyChange> public_changes(std::vector<PropertyChange> changes) {
  // What is written into every description, whether or not the profile has a rule for it.
  static constexpr std::array<std::string_view, 25> kPublished = {"title",
                                                                  "description",
                                                                  "keywords",
                                                                  "provenance",
                                                                  "population_coverage",
                                                                  "purposes",
                                                                  "legal_bases",
                                                                  "version",
                                                                  "access",
                                                                  "landing_page",
                                                                  "themes",
                                                                  "types",
                                                                  "health_categories",
                                                                  "health_themes",
                                                                  "languages",
                                                                  "spatial",
                                                                  "conforms_to",
                                                                  "coding_systems",
                                                                  "code_values",
                                                                  "frequency",
                                                                  "retention",
                                                                  "publisher",
                                                                  "hdab",
                                                                  "personal_data",
                                                                  "contact"};
  std::erase_if(changes, [](const PropertyChange& change) {
    const std::string head = change.key.substr(0, change.key.find_first_of(".["));
    return head == "selection" ||
           (change.property.empty() && std::ranges::find(kPublished, head) == kPublished.end());
  });
  return changes;
}

}  // namespace gateway::catalogue

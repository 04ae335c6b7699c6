#include "gateway/definitions/definitions.h"

#include <algorithm>
#include <filesystem>

#include "gateway/definitions/pack_reader.h"
#include "gateway/definitions/package_reader.h"

namespace gateway::definitions {

namespace {

constexpr unsigned kMaxAncestors = 16;  // a loop of base definitions ends here

struct Canonical {
  std::string_view url, version;
};

Canonical parts_of(std::string_view canonical) {
  const std::size_t bar = canonical.find('|');
  if (bar == std::string_view::npos) return {canonical, {}};
  return {canonical.substr(0, bar), canonical.substr(bar + 1)};
}

}  // namespace

const Element* Structure::element(std::string_view id) const {
  const auto found = std::ranges::find(elements, id, &Element::id);
  return found == elements.end() ? nullptr : &*found;
}

std::vector<std::string> Definitions::shipped_packs() {
  return {"r4-core-4.0.1", "dicom-2025b",    "eu-base-2.0.0",  "eu-imaging-1.0.0-ballot",
          "ihe-mhd-4.2",   "ihe-mado-0.1.0", "ihe-balp-1.1.4", "eu-health-data-api-1.0.0-ballot"};
}

Result<std::shared_ptr<const Definitions>> Definitions::load(const Sources& sources) {
  auto definitions = std::make_shared<Definitions>();
  for (const std::string& pack : sources.packs)
    TRY_VOID(read_pack((std::filesystem::path(sources.folder) / pack).string(), pack, sources.limits,
                       *definitions));
  for (const std::string& package : sources.packages)
    TRY_VOID(read_package(package, sources.limits, *definitions));
  return std::shared_ptr<const Definitions>(std::move(definitions));
}

const Structure* Definitions::structure(std::string_view canonical) const {
  const Canonical parts = parts_of(canonical);
  return structure(parts.url, parts.version);
}

const Structure* Definitions::structure(std::string_view canonical, std::string_view version) const {
  const auto current = by_url_.find(canonical);
  if (current == by_url_.end()) return nullptr;
  if (version.empty() || current->second->version == version) return current->second;
  const auto older = std::ranges::find_if(structures_, [&](const Structure* structure) {
    return structure->url == canonical && structure->version == version;
  });
  return older == structures_.end() ? nullptr : *older;
}

const Structure* Definitions::type(std::string_view name) const {
  const auto found = by_type_.find(name);
  return found == by_type_.end() ? nullptr : found->second;
}

bool Definitions::is_resource(std::string_view type_name) const {
  return std::ranges::binary_search(resource_types_, type_name);
}

bool Definitions::is_a(std::string_view type_name, std::string_view ancestor) const {
  const Structure* structure = type(type_name);
  for (unsigned step = 0; structure && step < kMaxAncestors; ++step) {
    if (structure->type == ancestor) return true;
    structure = this->structure(structure->base);
  }
  return false;
}

void Definitions::add(Structure structure) {
  owned_.push_back(std::move(structure));
  const Structure& added = owned_.back();
  const auto same = std::ranges::find_if(structures_, [&](const Structure* other) {
    return other->url == added.url && other->version == added.version;
  });
  if (same != structures_.end())
    *same = &added;
  else
    structures_.push_back(&added);
  by_url_.insert_or_assign(added.url, &added);
  if (added.constraint || added.kind == Structure::Kind::Logical) return;
  by_type_.insert_or_assign(added.type, &added);
  if (added.kind != Structure::Kind::Resource || added.abstract) return;
  const auto place = std::ranges::lower_bound(resource_types_, added.type);
  if (place == resource_types_.end() || *place != added.type) resource_types_.insert(place, added.type);
}

}  // namespace gateway::definitions

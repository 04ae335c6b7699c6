// Documents: what does not belong to them (FHIR R4 3.3.1).
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "gateway/definitions/type_rules.h"

namespace gateway::definitions {
namespace {

using Links = std::unordered_map<const Entry*, std::vector<const Entry*>>;

// The resource of the Bundle's entry that `at` stands in.
const Entry* holder(const ResourceTree& tree, const Entry& at) {
  const Entry* resource = &tree.resource_of(at);
  while (resource->name == "contained") resource = &tree.resource_of(*tree.parent(*resource));
  return resource;
}

// References below `at`, as links in both directions.
void collect(const ResourceTree& tree, const Entry& at, Links& links) {
  if (at.type && at.type->type == "Reference") {
    const std::string_view text = tree.child_text(at, "reference");
    const Entry* target = text.empty() || text[0] == '#' ? nullptr : tree.resolve(text, at);
    if (target) {
      const Entry* source = holder(tree, at);
      links[source].push_back(target);
      links[target].push_back(source);
    }
  }
  for (const Entry& child : tree.children(at)) collect(tree, child, links);
}

std::unordered_set<const Entry*> reach(const Links& links, const Entry* start) {
  std::unordered_set<const Entry*> seen{start};
  for (std::vector<const Entry*> pending{start}; !pending.empty();) {
    const auto found = links.find(pending.back());
    pending.pop_back();
    if (found == links.end()) continue;
    for (const Entry* next : found->second)
      if (seen.insert(next).second) pending.push_back(next);
  }
  return seen;
}

}  // namespace

void check_document(RuleContext& context, const Entry& bundle) {
  const ResourceTree& tree = context.tree;
  std::vector<const Entry*> resources;
  for (const Entry& entry : tree.children(bundle))
    if (const Entry* resource = entry.name == "entry" ? tree.child(entry, "resource") : nullptr)
      resources.push_back(resource);
  if (resources.empty() || !resources.front()->is_resource()) return;
  Links links;
  collect(tree, bundle, links);
  const auto seen = reach(links, resources.front());
  for (const Entry* resource : resources)
    if (resource->is_resource() && resource->type->type != "Binary" && !seen.contains(resource))
      context.error(
          "informational", *tree.parent(*resource),
          "The entry does not belong to the document: the Composition does not lead to it, nor it to "
          "what the Composition leads to");
}

}  // namespace gateway::definitions

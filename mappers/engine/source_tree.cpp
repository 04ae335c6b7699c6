#include "mappers/engine/source_tree.h"

#include "mappers/engine/tag_path.h"

namespace mappers::engine {

using gateway::fhirpath::Collection;
using gateway::fhirpath::Node;
using gateway::fhirpath::Scalar;

Collection SourceTree::root() const { return {Node{this, source_.root(), 0}}; }

void SourceTree::children(const Node& node, std::string_view name, Collection& out) const {
  const auto tag = parse_tag(name);
  if (!tag) return;
  const std::size_t items = source_.item_count(node.at, *tag);
  for (std::size_t i = 0; i < items; ++i) out.emplace_back(Node{this, source_.item(node.at, *tag, i), 0});
  if (items > 0) return;
  for (std::string& value : source_.texts(node.at, *tag))
    if (!value.empty()) out.emplace_back(Scalar(std::move(value)));
}

}  // namespace mappers::engine

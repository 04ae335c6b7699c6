#include "gateway/definitions/element_links.h"

#include <algorithm>

namespace gateway::definitions {

namespace {

// Snapshots repeat on every element what its type says already.
void drop_inherited_rules(Element& element) {
  const bool extension = !element.types.empty() && element.types.front().code == "Extension";
  std::erase_if(element.constraints, [&](const Constraint& constraint) {
    return constraint.key == "ele-1" || (extension && constraint.key == "ext-1");
  });
}

bool is_choice(std::string_view name) { return name.ends_with("[x]"); }

// Whether a slice by the name "valueQuantity" is one of "value[x]".
bool slices_choice(const Element& slice, const Element& sliced) {
  if (slice.name == sliced.name) return true;
  const std::string_view stem = std::string_view(sliced.name).substr(0, sliced.name.size() - 3);
  return is_choice(sliced.name) && slice.name.starts_with(stem);
}

// The element that `slice` is a slice of: for "a/b" the slice "a", else the nearest plain one of its name.
Element* sliced_by(const Element& slice, std::vector<Element*>& siblings) {
  const std::size_t cut = slice.slice.rfind('/');
  const std::string_view outer =
      cut == std::string::npos ? std::string_view() : std::string_view(slice.slice).substr(0, cut);
  for (auto at = siblings.rbegin(); at != siblings.rend(); ++at)
    if ((*at)->slice == outer && slices_choice(slice, **at)) return *at;
  return nullptr;
}

void imply_slicing(Element& element) {
  if (element.slices.empty() || element.slicing || !is_choice(element.name)) return;
  element.slicing.emplace().discriminators.push_back({Discriminator::Kind::Type, "$this"});
}

struct Level {
  Element* parent;
  std::vector<Element*> members;  // plain ones and slices
};

// A slice of nothing stands for the element itself: some published snapshots name one so.
void place(Level& level, Element& element) {
  Element* sliced = element.slice.empty() ? nullptr : sliced_by(element, level.members);
  (sliced ? sliced->slices : level.parent->children).push_back(&element);
  level.members.push_back(&element);
}

}  // namespace

std::size_t depth_of(std::string_view path) {
  return static_cast<std::size_t>(std::ranges::count(path, '.'));
}

Result<void> link_elements(Structure& structure) {
  if (structure.elements.empty()) return fail(ErrorCode::ProfileInvalid, "A structure needs a root element");
  Element& root = structure.elements.front();
  structure.root = &root;
  std::vector<Level> levels = {{&root, {}}};  // levels[n]: those with n + 1 dots
  for (std::size_t at = 1; at < structure.elements.size(); ++at) {
    Element& element = structure.elements[at];
    const std::size_t depth = depth_of(element.path);
    if (depth == 0 || depth > levels.size())
      return fail(ErrorCode::ProfileInvalid, "An element must follow its parent", element.id);
    if (depth > kMaxElementDepth)
      return fail(ErrorCode::BodyTooLarge, "A structure has too many levels", structure.url);
    levels.resize(depth);
    place(levels.back(), element);
    levels.push_back({&element, {}});
    drop_inherited_rules(element);
  }
  std::ranges::for_each(structure.elements, imply_slicing);
  return {};
}

}  // namespace gateway::definitions

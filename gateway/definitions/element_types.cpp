#include "gateway/definitions/element_types.h"

#include "gateway/definitions/xml_form_place.h"

namespace gateway::definitions {

bool ElementTypes::child(std::string_view type, std::string_view name,
                         std::vector<std::string_view>& types) const {
  const Structure* structure = definitions_.type(type.substr(0, type.find('.')));
  if (!structure || structure->abstract) return true;
  const Element* element = type.find('.') == type.npos ? structure->root : structure->element(type);
  if (!element) return true;
  for (const Element* each : element->children) {
    if (stem_of(*each) != name) continue;
    const std::string_view shared = each->content_reference;
    if (!shared.empty()) {
      types.push_back(shared.substr(shared.find('#') + 1));
    } else if (!each->children.empty()) {
      types.push_back(each->path);
    } else {
      for (const TypeRef& one : each->types) types.push_back(one.code);
    }
    return true;
  }
  return false;
}

bool ElementTypes::is_a(std::string_view type, std::string_view ancestor) const {
  if (type == ancestor) return true;
  if (type.find('.') == std::string_view::npos) return definitions_.is_a(type, ancestor);
  return ancestor == "BackboneElement" || ancestor == "Element";
}

}  // namespace gateway::definitions

// Types of items: is, as, ofType and type() (HL7 FHIRPath N1 2.0.0 sections 6.3 and 10).
//
// Internal to gateway/fhirpath. The names live as long as the trees of the items do.
#pragma once

#include <string_view>

#include "gateway/fhirpath/node.h"

namespace gateway::fhirpath {

TypeName type_of(const Item& item);
// Whether the item is of the type; an empty space stands for both.
bool is_of(const Item& item, std::string_view space, std::string_view type);
// The same, and a FHIR primitive is of the System type that it converts to.
bool converts_to(const Item& item, std::string_view space, std::string_view type);
bool is_known_type(std::string_view space, std::string_view type, const Tree* types);
// What type() answers: an item with the children "namespace", "name" and "baseType".
Item type_item(const Item& item);

}  // namespace gateway::fhirpath

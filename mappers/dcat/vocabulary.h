// The namespaces of HealthDCAT-AP descriptions and short names for their terms. Constant data: thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "gateway/codec/rdf.h"

namespace mappers::dcat {

const gateway::codec::Prefixes& prefixes();
// "dct:title" as an IRI. Fatal (assert) on an unknown prefix: the argument is a constant or comes checked.
std::string expand(std::string_view short_name);
bool is_known_name(std::string_view short_name);  // its prefix is one of prefixes()
// The IRI as short name when a prefix fits, else itself.
std::string abbreviate(std::string_view iri);

}  // namespace mappers::dcat

// Internal to mappers/dcat: the repairs of names and of single values. Thread-safe (no state).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/codec/rdf.h"
#include "mappers/dcat/record.h"
#include "mappers/dcat/release.h"

namespace mappers::dcat {

// A value or name in its right form and the rule that says so; nothing when it is right or past repair.
template <class T>
using Repaired = std::optional<std::pair<T, std::string_view>>;

// Properties and classes: old namespaces, typing mistakes. `releases` know which names there are.
Repaired<std::string> repaired_name(const Releases& releases, std::string_view iri);
// IRIs as values: hosts that moved, blanks around them.
Repaired<gateway::codec::Term> repaired_term(const gateway::codec::Term& term);
// A value of a field that a release writes in this form.
Repaired<gateway::codec::Term> repaired_value(const gateway::codec::Term& value, Form form,
                                              std::string_view of);

}  // namespace mappers::dcat

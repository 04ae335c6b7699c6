// Data types as search values: which rows a CodeableConcept, a Period, a Quantity, ... gives (FHIR R4 search
// 3.1.1.4.4 to 3.1.1.4.14). Private to this folder. Pure functions; thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/value.h"
#include "gateway/definitions/search_parameter.h"
#include "gateway/model/resource_query.h"
#include "mappers/fhir/local_time.h"

namespace gateway::fhir {

// An element as an expression selected it.
struct Selected {
  std::string_view type;  // "CodeableConcept", "code", ...
  const Value* value = nullptr;
  std::string implied_system;  // of a code, from its required binding; may be empty
};

struct ValueContext {
  std::string_view base;                              // of this server
  const mappers::fhir::LocalTime& zone;               // of dates and times without offset
  const std::vector<std::string>* targets = nullptr;  // types a reference may be to; null or empty: any
};

// Appends the values of one element under the name `parameter`.
void append_values(definitions::SearchType type, const std::string& parameter, const Selected& selected,
                   const ValueContext& context, std::vector<model::SearchValue>& out);

// A reference as it is compared: the type (may be empty) and the id here, or else the absolute URI.
struct ReferenceTarget {
  std::string type, text;
};
ReferenceTarget reference_target(std::string_view reference, std::string_view base);

// The text of a token and of strings, as they are compared.
std::string token_text(std::string_view code);
std::string string_text(std::string_view text);

}  // namespace gateway::fhir

// The input of a terminology operation, the same for the query of a GET and the Parameters of a POST.
//
// Plain values; pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/base/value.h"
#include "gateway/definitions/definitions.h"
#include "gateway/http/message.h"

namespace gateway::fhir {

class OperationInput {
 public:
  // Reads query and body. `known`: the parameters of the operation; those of the answer's form are passed
  // over, others refused. Errors: InvalidParameter naming the parameter; as from_json and from_xml.
  static Result<OperationInput> read(const http::Request& request,
                                     const definitions::Definitions& definitions, std::string_view known);

  std::string text(std::string_view name) const;  // empty when absent
  Result<std::optional<std::size_t>> number(std::string_view name) const;
  Result<bool> flag(std::string_view name) const;  // false when absent
  const Value* value(std::string_view name) const;
  // What is asked about: code with system and display, coding, codeableConcept. Empty when nothing is.
  Result<std::vector<definitions::Coding>> codings(std::string_view system_name) const;

 private:
  Result<void> add_parameters(const Value& parameters);
  std::vector<std::pair<std::string, Value>> given_;
};

}  // namespace gateway::fhir

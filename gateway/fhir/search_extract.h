// Extractor: the values by which a resource is found, by the expressions of its search parameters (FHIR R4
// SearchParameter.expression, search 3.1.1.4), in the form of model::SearchValue.
//
// Beside the values of a parameter "code" there are views of it, for modifiers: "code:text" (folded display
// and text), "identifier:of-type" (system "system|code" of the type), "subject:identifier" (logical
// references), "code-value-quantity$0" (parts of composites, by group). Immutable; thread-safe. The
// definitions must outlive it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/base/value.h"
#include "gateway/definitions/search_parameter.h"
#include "gateway/model/resource_query.h"
#include "mappers/fhir/local_time.h"

namespace gateway::definitions {
class Definitions;
}

namespace gateway::fhir {

class Extractor {
 public:
  // `zone` is of dates and times without offset. Error: ProfileInvalid, the parameter named.
  static Result<std::unique_ptr<Extractor>> make(const definitions::Definitions& definitions,
                                                 mappers::fhir::LocalTime zone);
  ~Extractor();
  Extractor(const Extractor&) = delete;
  Extractor& operator=(const Extractor&) = delete;

  // Of all parameters of `type`, or of those whose code is among `only`. `base` is that of this server:
  // absolute references to it are local ones. What does not fit its parameter gives no value.
  std::vector<model::SearchValue> values(std::string_view type, const Value& resource, std::string_view base,
                                         const std::vector<std::string>* only = nullptr) const;

 private:
  struct Compiled;
  Extractor(const definitions::Definitions& definitions, mappers::fhir::LocalTime zone);
  Result<void> compile(const std::string& type);

  const definitions::Definitions& definitions_;
  const mappers::fhir::LocalTime zone_;
  std::unordered_map<std::string, std::vector<Compiled>> by_type_;
};

}  // namespace gateway::fhir

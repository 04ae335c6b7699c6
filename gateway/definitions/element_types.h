// ElementTypes: the definitions as FHIRPath's check of an expression asks for them: which elements a type has
// and of which types those are.
//
// Elements of abstract types are not known: what stands there is of a type derived from it. Thread-safe; the
// definitions must outlive it.
#pragma once

#include "gateway/definitions/definitions.h"
#include "gateway/fhirpath/check.h"

namespace gateway::definitions {

class ElementTypes final : public fhirpath::TypeModel {
 public:
  explicit ElementTypes(const Definitions& definitions) : definitions_(definitions) {}

  bool child(std::string_view type, std::string_view name,
             std::vector<std::string_view>& types) const override;
  bool is_a(std::string_view type, std::string_view ancestor) const override;
  bool has_type(std::string_view type) const override { return definitions_.type(type) != nullptr; }

 private:
  const Definitions& definitions_;
};

}  // namespace gateway::definitions

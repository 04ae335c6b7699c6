// Equality and equivalence of items and collections (HL7 FHIRPath N1 2.0.0 sections 6.1.1 and 6.1.2).
//
// Internal to gateway/fhirpath. Complex nodes are equal when all their children are. `zone`: minutes east of
// UTC of date-times without an offset. Every pair looked at takes from `steps`; when they run out the answer
// means nothing, and the evaluation must end with a fault.
#pragma once

#include <compare>
#include <cstddef>
#include <optional>
#include <unordered_map>

#include "gateway/fhirpath/node.h"
#include "gateway/fhirpath/number.h"
#include "gateway/fhirpath/steps.h"

namespace gateway::fhirpath {

// The primitive value of an item, if it has one; a FHIR Quantity with a UCUM code is one too.
std::optional<Scalar> scalar_of(const Item& item);
// A FHIR primitive that has an id or extensions and no value: empty to operators and functions.
bool is_gap(const Item& item);
std::optional<Number> number_of(const Scalar& value);
// Nothing for other kinds of values.
std::optional<DateTime> date_time_of(const Scalar& value);
std::optional<Quantity> quantity_of(const Scalar& value);
// A FHIR Quantity in UCUM that says "<5" is no single value (FHIR R4 2.9.1.2.1).
bool has_comparator(const Item& item);

// Nothing when the precisions leave it open.
std::optional<bool> equal(const Scalar& left, const Scalar& right, int zone);
std::optional<bool> equal(const Item& left, const Item& right, int zone, Steps& steps);
bool equivalent(const Item& left, const Item& right, int zone, Steps& steps);
// Item by item, in order. Nothing when a side is empty.
std::optional<bool> equal(const Collection& left, const Collection& right, int zone, Steps& steps);
// In any order; empty is equivalent to empty.
bool equivalent(const Collection& left, const Collection& right, int zone, Steps& steps);

// A set of items by equality. Borrows the items and the steps.
class ItemSet {
 public:
  ItemSet(int zone, Steps& steps) : zone_(zone), steps_(steps) {}
  // False when an equal item is there already.
  bool add(const Item& item);
  bool contains(const Item& item) const;

 private:
  bool holds(std::size_t hash, const Item& item) const;

  int zone_;
  Steps& steps_;
  std::unordered_multimap<std::size_t, const Item*> items_;
};

}  // namespace gateway::fhirpath

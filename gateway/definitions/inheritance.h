// What an element of a table takes over where its row says nothing.
//
// The first that there is: the element of the same id in the base; the element that it slices; the element of
// the same path outside of slices; the element of its name in what its parent refers to, or in the type of
// its parent. generate.py does the same. Not thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "gateway/definitions/definitions.h"

namespace gateway::definitions {

class Inheritance {
 public:
  // `root` is the id of the root element; all arguments must outlive this.
  Inheritance(const Definitions& definitions, const Structure* base, std::string_view root);

  // `step` is the last part of the id. nullptr: the element is new.
  const Element* of(std::string_view id, std::string_view step, const Element* parent) const;
  // To be called for each element when it is complete; it must stay where it is.
  void add(const Element& element);

 private:
  using ById = std::unordered_map<std::string_view, const Element*>;  // id without its first part

  const Element* outside_slices(std::string_view suffix) const;
  const Element* in_type_of(const Element& parent, std::string_view step) const;

  const Definitions& definitions_;
  std::size_t root_;
  ById base_, own_;
};

}  // namespace gateway::definitions

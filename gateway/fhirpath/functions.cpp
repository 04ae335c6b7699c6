#include "gateway/fhirpath/functions.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "gateway/fhirpath/equality.h"

namespace gateway::fhirpath {

bool Call::argument(std::size_t index, Collection& items) const {
  Scope inner = scope;
  return evaluator.run(node.arguments[index], inner, items);
}

bool Call::with_item(std::size_t index, std::size_t item, Collection& items) const {
  return node_with_item(node.arguments[index], item, items);
}

bool Call::node_with_item(NodeIndex part, std::size_t item, Collection& items) const {
  const Collection single{input[item]};
  Scope inner = scope;
  inner.focus = &single;
  inner.index = static_cast<std::int64_t>(item);
  return evaluator.run(part, inner, items);
}

bool Call::with_input(std::size_t index, Collection& items) const {
  Scope inner = scope;
  inner.focus = &input;
  return evaluator.run(node.arguments[index], inner, items);
}

bool Call::item_truth(std::size_t item, Truth& truth) const {
  Collection items;
  return with_item(0, item, items) && evaluator.truth_of(items, node.position, truth);
}

bool Call::answer_text(std::string text) const {
  if (text.size() > evaluator.environment().max_text) return refuse("the text gets too long");
  return answer(std::move(text));
}

bool Call::text_argument(std::size_t index, std::optional<std::string>& text) const {
  Collection items;
  return argument(index, items) && evaluator.text_of(items, node.position, text);
}

bool Call::integer_argument(std::size_t index, std::optional<std::int64_t>& number) const {
  Collection items;
  if (!argument(index, items)) return false;
  if (items.empty()) return true;
  const auto scalar = items.size() == 1 ? scalar_of(items[0]) : std::nullopt;
  const auto value = scalar ? number_of(*scalar) : std::nullopt;
  number = value ? value->to_int() : std::nullopt;
  return number || refuse("an integer is expected here");
}

bool Call::input_text(std::optional<std::string>& text) const {
  return evaluator.text_of(input, node.position, text);
}

bool Call::input_scalar(std::optional<Scalar>& value) const {
  if (input.empty()) return true;
  if (input.size() > 1) return refuse(node.name + "() takes one item, not several");
  value = scalar_of(input[0]);
  return true;
}

bool Call::input_value(std::optional<Scalar>& value) const {
  if (!input_scalar(value)) return false;
  return value || input.empty() || is_gap(input[0]) || refuse(node.name + "() takes a value");
}

const Function* find_function(std::string_view name) {
  static const auto table = [] {
    std::unordered_map<std::string_view, const Function*> all;
    for (const auto& functions :
         {collection_functions(), conversion_functions(), text_functions(), coding_functions(),
          math_functions(), type_functions(), time_functions(), fhir_functions()})
      for (const Function& function : functions) all.emplace(function.name, &function);
    return all;
  }();
  const auto found = table.find(name);
  return found == table.end() ? nullptr : found->second;
}

}  // namespace gateway::fhirpath

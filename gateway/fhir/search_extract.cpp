#include "gateway/fhir/search_extract.h"

#include <algorithm>
#include <deque>

#include "gateway/definitions/definitions.h"
#include "gateway/definitions/resource_tree.h"
#include "gateway/fhir/search_datatypes.h"
#include "gateway/fhirpath/expression.h"

namespace gateway::fhir {
namespace {

using definitions::SearchParameter;
using definitions::SearchType;

constexpr std::string_view kResolve = ".where(resolve() is ";

// The type of a reference is known without following it: "x.where(resolve() is Patient)" is x with that type.
std::string without_resolve(std::string expression, std::vector<std::string>& targets) {
  for (auto at = expression.find(kResolve); at != std::string::npos; at = expression.find(kResolve)) {
    const auto end = expression.find(')', at + kResolve.size());
    if (end == std::string::npos) break;
    targets.push_back(expression.substr(at + kResolve.size(), end - at - kResolve.size()));
    expression.erase(at, end - at + 1);
  }
  return expression;
}

// The one code system of a required binding: the system that a code has without saying so (4.1.5).
std::string implied_system(const definitions::Entry& entry, const definitions::Definitions& definitions) {
  if (!entry.element || !entry.element->binding || !entry.type || entry.type->name != "code") return {};
  const auto* set = definitions.value_sets().value_set(entry.element->binding->value_set);
  if (!set || set->includes.size() != 1) return {};
  return set->includes.front().system;
}

// The items that an expression gives, as values; `made` owns those that are in no resource.
std::vector<Selected> selected_by(const fhirpath::Collection& items,
                                  const definitions::Definitions& definitions, std::deque<Value>& made) {
  std::vector<Selected> all;
  for (const fhirpath::Item& item : items) {
    if (const auto* node = std::get_if<fhirpath::Node>(&item)) {
      const definitions::Entry& entry = definitions::ResourceTree::entry(*node);
      if (entry.value)
        all.push_back({entry.type ? std::string_view(entry.type->name) : std::string_view(), entry.value,
                       implied_system(entry, definitions)});
      continue;
    }
    const auto& scalar = std::get<fhirpath::Scalar>(item);
    if (const auto* flag = std::get_if<bool>(&scalar))
      all.push_back({"boolean", &made.emplace_back(*flag), {}});
    if (const auto* text = std::get_if<std::string>(&scalar))
      all.push_back({"string", &made.emplace_back(*text), {}});
  }
  return all;
}

}  // namespace

struct Extractor::Compiled {
  struct Part {  // of a composite
    SearchType type = SearchType::Token;
    fhirpath::Expression expression;
    std::string name;
  };
  const SearchParameter* parameter = nullptr;
  fhirpath::Expression expression;
  std::vector<std::string> targets;
  std::vector<Part> parts;
};

Extractor::Extractor(const definitions::Definitions& definitions, mappers::fhir::LocalTime zone)
    : definitions_(definitions), zone_(std::move(zone)) {}
Extractor::~Extractor() = default;

Result<std::unique_ptr<Extractor>> Extractor::make(const definitions::Definitions& definitions,
                                                   mappers::fhir::LocalTime zone) {
  auto extractor = std::unique_ptr<Extractor>(new Extractor(definitions, std::move(zone)));
  for (const std::string& type : definitions.resource_types()) TRY_VOID(extractor->compile(type));
  return extractor;
}

Result<void> Extractor::compile(const std::string& type) {
  const definitions::SearchParameters& all = definitions_.search_parameters();
  std::vector<Compiled>& compiled = by_type_[type];
  const auto compile_text = [&](const SearchParameter& parameter, const std::string& text) {
    auto expression = fhirpath::Expression::compile(text);
    if (!expression) expression.error().where = parameter.url + ": " + expression.error().where;
    return expression;
  };
  for (const SearchParameter* parameter : all.of(type)) {
    std::string text(parameter->expression(type));
    if (text.empty() || parameter->type == SearchType::Special) continue;
    std::vector<std::string> targets;
    text = without_resolve(std::move(text), targets);
    if (targets.empty()) targets = parameter->targets;
    Compiled each{parameter, TRY(compile_text(*parameter, text)), std::move(targets), {}};
    for (std::size_t i = 0; i < parameter->components.size(); ++i) {
      const SearchParameter* part = all.by_url(parameter->components[i].definition);
      if (!part) continue;
      std::vector<std::string> ignored;
      const std::string path = without_resolve(parameter->components[i].expression, ignored);
      each.parts.push_back(
          {part->type, TRY(compile_text(*parameter, path)), parameter->code + "$" + std::to_string(i)});
    }
    compiled.push_back(std::move(each));
  }
  return {};
}

std::vector<model::SearchValue> Extractor::values(std::string_view type, const Value& resource,
                                                  std::string_view base,
                                                  const std::vector<std::string>* only) const {
  std::vector<model::SearchValue> values;
  const auto compiled = by_type_.find(std::string(type));
  if (compiled == by_type_.end()) return values;
  const definitions::ResourceTree tree(definitions_, resource);
  const fhirpath::Collection context = {tree.node(tree.root())};
  std::deque<Value> made;
  const auto run = [&](const fhirpath::Expression& expression, const fhirpath::Collection& focus) {
    auto items = expression.evaluate(focus);
    return items ? std::move(*items) : fhirpath::Collection();  // what cannot be evaluated has no value
  };
  for (const Compiled& each : compiled->second) {
    const std::string& code = each.parameter->code;
    if (only && std::find(only->begin(), only->end(), code) == only->end()) continue;
    const ValueContext where{base, zone_, &each.targets};
    const fhirpath::Collection items = run(each.expression, context);
    if (each.parts.empty()) {
      for (const Selected& selected : selected_by(items, definitions_, made))
        append_values(each.parameter->type, code, selected, where, values);
      continue;
    }
    for (std::size_t group = 0; group < items.size(); ++group)
      for (const Compiled::Part& part : each.parts) {
        const std::size_t before = values.size();
        for (const Selected& selected : selected_by(run(part.expression, {items[group]}), definitions_, made))
          append_values(part.type, part.name, selected, {base, zone_, nullptr}, values);
        for (std::size_t i = before; i < values.size(); ++i)
          values[i].group = static_cast<std::int64_t>(group);
      }
  }
  return values;
}

}  // namespace gateway::fhir

// fhirpath_lines: evaluates FHIRPath from the command line, for the comparison with other implementations
// (differential.mjs). Not part of the product.
//
// Reads one JSON object a line: {"file": path} reads a resource and makes it the context of what follows;
// {"expression": text} evaluates, with "strict": true after a check of the names in it; {"constraints": true}
// lists those of the shipped packs. Writes one JSON object for each expression: {"result": [...]} or
// {"error": text}. Dates, times and quantities are written as toString() does.
#include <iostream>
#include <memory>
#include <string>

#include "gateway/base/bytes.h"
#include "gateway/base/json_text.h"
#include "gateway/codec/json.h"
#include "gateway/definitions/definitions.h"
#include "gateway/definitions/element_types.h"
#include "gateway/definitions/resource_tree.h"
#include "gateway/definitions/validator.h"
#include "gateway/fhirpath/expression.h"

namespace {

using namespace gateway;
using fhirpath::Collection;
using fhirpath::Item;
using fhirpath::Node;
using fhirpath::Scalar;

Value value_of(const Scalar& scalar) {
  if (const bool* flag = std::get_if<bool>(&scalar)) return *flag;
  if (const auto* number = std::get_if<std::int64_t>(&scalar)) return *number;
  if (const auto* number = std::get_if<Decimal>(&scalar)) return *number;
  return fhirpath::to_text(scalar);
}

Value value_of(const Node& node) {
  if (const auto scalar = node.tree->scalar(node)) return value_of(*scalar);
  if (dynamic_cast<const definitions::ResourceTree*>(node.tree)) {
    const auto& entry = definitions::ResourceTree::entry(node);
    return entry.value ? *entry.value : Value();
  }
  Value map = Value::map();  // of type()
  for (const char* name : {"namespace", "name"}) {
    Collection found;
    node.tree->children(node, name, found);
    for (const Item& item : found) map.set(name, value_of(std::get<Scalar>(item)));
  }
  return map;
}

// conformsTo(): profiles of the shipped packs.
class Profiles final : public fhirpath::Services {
 public:
  explicit Profiles(std::shared_ptr<const definitions::Definitions> definitions)
      : definitions_(definitions), validator_(std::move(definitions)) {}
  std::optional<bool> conforms_to(const Item& item, std::string_view profile) const override {
    const Node* node = std::get_if<Node>(&item);
    const Value* resource = node ? definitions::ResourceTree::entry(*node).value : nullptr;
    if (!resource || !definitions_->structure(profile)) return std::nullopt;
    definitions::ValidationOptions options;
    options.profiles = {std::string(profile)};
    return validator_.validate(*resource, options).errors() == 0;
  }

 private:
  std::shared_ptr<const definitions::Definitions> definitions_;
  definitions::Validator validator_;
};

class Lines {
 public:
  explicit Lines(std::shared_ptr<const definitions::Definitions> definitions)
      : definitions_(*definitions), profiles_(std::move(definitions)) {
    environment_.services = &profiles_;
    environment_.now = fhirpath::parse_date_time("2026-11-22T18:08:56.000Z");
  }

  Result<void> load(const std::string& path) {
    const std::string text = TRY(read_file(path));
    resource_ = TRY(codec::parse_json(text));
    tree_ = std::make_unique<definitions::ResourceTree>(definitions_, resource_);
    context_ = {tree_->node(tree_->root())};
    return {};
  }

  Result<Value> evaluate(const std::string& text, bool strict) const {
    fhirpath::CompileOptions options;
    options.max_length = 65'536;
    const auto expression = TRY(fhirpath::Expression::compile(text, options));
    if (strict)
      TRY_VOID(fhirpath::check(expression, resource_.text("resourceType"),
                               definitions::ElementTypes(definitions_)));
    Value list = Value::list();
    for (const Item& item : TRY(expression.evaluate(context_, environment_))) {
      const Node* node = std::get_if<Node>(&item);
      Value value = node ? value_of(*node) : value_of(std::get<Scalar>(item));
      if (!value.is_null()) list.push(std::move(value));
    }
    return list;
  }

 private:
  const definitions::Definitions& definitions_;
  Profiles profiles_;
  fhirpath::Environment environment_;
  Value resource_;
  std::unique_ptr<definitions::ResourceTree> tree_;
  Collection context_;
};

// Each with the path of its element, "Patient.contact", and whether that begins with a resource type.
Value constraints(const definitions::Definitions& definitions) {
  Value list = Value::list();
  for (const definitions::Structure* structure : definitions.structures())
    for (const definitions::Element& element : structure->elements)
      for (const definitions::Constraint& constraint : element.constraints)
        list.push(Value::map()
                      .set("path", element.path)
                      .set("resource", definitions.is_resource(structure->type))
                      .set("expression", constraint.expression));
  return list;
}

}  // namespace

int main() {
  const auto definitions = definitions::Definitions::load({.folder = SOURCE_DIR "/profiles/fhir",
                                                           .packs = definitions::Definitions::shipped_packs(),
                                                           .packages = {},
                                                           .limits = {}});
  if (!definitions.ok()) {
    std::cerr << definitions.error().text() << "\n";
    return 1;
  }
  Lines lines(*definitions);
  for (std::string line; std::getline(std::cin, line);) {
    const auto request = codec::parse_json(line);
    if (!request.ok()) return 2;
    if (request->find("file")) {
      const auto loaded = lines.load(std::string(request->text("file")));
      if (!loaded.ok()) std::cerr << request->text("file") << ": " << loaded.error().text() << "\n";
      if (!loaded.ok()) return 3;
      continue;
    }
    if (request->find("constraints")) {
      std::cout << to_json(Value::map().set("constraints", constraints(**definitions))) << "\n";
      continue;
    }
    const auto result = lines.evaluate(std::string(request->text("expression")), request->find("strict"));
    Value answer = Value::map();
    answer.set(result.ok() ? "result" : "error", result.ok() ? *result : Value(result.error().text()));
    std::cout << to_json(answer) << "\n";
  }
  return 0;
}

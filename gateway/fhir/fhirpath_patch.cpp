#include "gateway/fhir/fhirpath_patch.h"

#include <algorithm>
#include <optional>

#include "gateway/definitions/resource_tree.h"
#include "gateway/fhir/fhirpath_patch_value.h"
#include "gateway/fhir/patch.h"
#include "gateway/fhirpath/expression.h"

namespace gateway::fhir {
namespace {

using definitions::Definitions;
using definitions::Element;
using definitions::Entry;
using definitions::Place;
using definitions::ResourceTree;

constexpr std::size_t kMaxVisited = 20'000'000;  // elements, over all operations

Error refuse(std::string what) { return fail(ErrorCode::Unprocessable, std::move(what)); }
Error malformed(std::string what) { return fail(ErrorCode::InvalidBody, std::move(what)); }

// One parameter "operation" (FHIR R4 3.1.0.7.1).
struct Operation {
  std::string type, path, name;
  const Value* value = nullptr;  // the part
  std::optional<std::size_t> index, source, destination;
};

Result<std::size_t> position(const Value& part, std::string_view name) {
  const Value* value = part.find("valueInteger");
  if (value && value->as_int() && *value->as_int() >= 0) return static_cast<std::size_t>(*value->as_int());
  return malformed("the part " + std::string(name) + " has a valueInteger of 0 or more");
}

Result<void> take_part(const Value& part, Operation& into) {
  const std::string_view name = part.text("name");
  if (name == "type")
    into.type = part.text("valueCode", part.text("valueString"));
  else if (name == "path")
    into.path = part.text("valueString");
  else if (name == "name")
    into.name = part.text("valueString");
  else if (name == "value")
    into.value = &part;
  else if (name == "index")
    into.index = TRY(position(part, name));
  else if (name == "source")
    into.source = TRY(position(part, name));
  else if (name == "destination")
    into.destination = TRY(position(part, name));
  else
    return malformed("an operation has no part " + std::string(name));
  return {};
}

Result<Operation> parse_operation(const Value& parameter) {
  const Value* parts = parameter.find("part");
  if (parameter.text("name") != "operation" || !parts || !parts->as_list())
    return malformed("each parameter of a patch is an operation with parts");
  Operation operation;
  for (const Value& part : *parts->as_list()) TRY_VOID(take_part(part, operation));
  if (operation.path.empty()) return malformed("an operation needs a path");
  return operation;
}

// Where an element stands, told apart from the tree so that the resource may change.
struct Spot {
  struct Step {
    std::string key;
    std::size_t position = 0;
    bool list = false;
    bool primitive = false;  // its children stand beside it, under "_key"
  };
  using Steps = std::vector<Step>;
  Steps steps;  // from the resource down; none: the resource itself
  Place body;   // what its children are
  const Element* element = nullptr;

  bool is_root() const { return steps.empty(); }
};

class Patch {
 public:
  Patch(Value& resource, const Definitions& definitions) : resource_(resource), definitions_(definitions) {}

  Result<void> apply(const Operation& operation) {
    if (operation.type == "add") return add(operation);
    if (operation.type == "insert") return insert(operation);
    if (operation.type == "delete") return remove(operation);
    if (operation.type == "replace") return replace(operation);
    if (operation.type == "move") return move(operation);
    return malformed(operation.type.empty() ? "an operation needs a type"
                                            : "there is no operation " + operation.type);
  }

 private:
  Result<std::vector<Spot>> find(const std::string& path);
  Result<Spot> find_one(const std::string& path);
  Spot spot_of(const ResourceTree& tree, const Entry& entry) const;
  Result<Value*> enter(Value& around, const Spot::Step& step);
  Result<Value::Map*> object(const Spot::Steps& steps);
  Result<Value::Map*> parent_of(const Spot::Steps& steps) { return object({steps.begin(), steps.end() - 1}); }
  Result<void> drop_if_bare(const Spot::Steps& steps);
  Result<void> add_to(const Spot& spot, std::string_view name, const Operation& operation,
                      std::optional<std::size_t> index);
  Result<std::vector<Spot>> find_list(const std::string& path);

  Result<void> add(const Operation& operation);
  Result<void> insert(const Operation& operation);
  Result<void> remove(const Operation& operation);
  Result<void> replace(const Operation& operation);
  Result<void> move(const Operation& operation);

  Value& resource_;
  const Definitions& definitions_;
  std::size_t visited_ = 0;
};

Place place_of(const Definitions& definitions, const Element* body) {
  const std::string_view type = std::string_view(body->path).substr(0, body->path.find('.'));
  const auto place = definitions::place_of_type(definitions, type);
  return Place{place ? place->structure : nullptr, body};
}

Spot Patch::spot_of(const ResourceTree& tree, const Entry& entry) const {
  Spot spot;
  const Element* body = entry.body ? entry.body : entry.type ? entry.type->root : entry.element;
  spot.body = place_of(definitions_, body);
  spot.element = entry.element;
  for (const Entry* at = &entry; at != &tree.root(); at = tree.parent(*at)) {
    const bool list = at->position != Entry::kNone;
    spot.steps.push_back({std::string(at->key), list ? at->position : 0, list, at->is_primitive()});
  }
  std::reverse(spot.steps.begin(), spot.steps.end());
  return spot;
}

// The elements that `path` finds.
Result<std::vector<Spot>> Patch::find(const std::string& path) {
  const auto compiled = fhirpath::Expression::compile(path);
  if (!compiled.ok())
    return malformed("the path is no FHIRPath: " + compiled.error().message + ", " + compiled.error().where);
  const ResourceTree tree(definitions_, resource_);
  visited_ += tree.entries().size();
  if (visited_ > kMaxVisited)
    return fail(ErrorCode::BodyTooLarge, "the patch takes more work than is allowed");
  std::vector<Spot> spots;
  for (const fhirpath::Item& item : TRY(compiled->evaluate({tree.node(tree.root())}))) {
    const auto* node = std::get_if<fhirpath::Node>(&item);
    if (!node || node->tree != &tree)
      return refuse("the path gives a value that is no element of the resource");
    spots.push_back(spot_of(tree, ResourceTree::entry(*node)));
  }
  return spots;
}

Result<Spot> Patch::find_one(const std::string& path) {
  auto spots = TRY(find(path));
  if (spots.size() == 1) return std::move(spots.front());
  return refuse(spots.empty() ? "the path finds nothing" : "the path finds more than one element");
}

// The value of one step in the object `around`; of a primitive the one beside it (FHIR R4 2.6.2.1), made if
// it is not there.
Result<Value*> Patch::enter(Value& around, const Spot::Step& step) {
  Value::Map* map = around.as_map();
  if (!map) return refuse("there is no object around " + step.key);
  const std::size_t length = std::max(slots_of(*map, step.key).size(), step.position + 1);
  const std::string key = (step.primitive ? "_" : "") + step.key;
  auto found = std::find_if(map->begin(), map->end(), [&](const auto& m) { return m.first == key; });
  if (found == map->end()) found = map->insert(map->end(), {key, step.list ? Value::list() : Value::map()});
  if (!step.list) return &found->second;
  Value::List* list = found->second.as_list();
  if (!list) return refuse(key + " is no list");
  if (list->size() < length) list->resize(length);
  return &(*list)[step.position];
}

// The JSON object that the steps lead to.
Result<Value::Map*> Patch::object(const Spot::Steps& steps) {
  Value* at = &resource_;
  for (const Spot::Step& step : steps) {
    at = TRY(enter(*at, step));
    if (at->is_null()) *at = Value::map();
  }
  if (Value::Map* map = at->as_map()) return map;
  return refuse((steps.empty() ? "the resource" : steps.back().key) + " is no object");
}

// As the element `name` of the one at `spot`; at the end of a list unless an index is given.
Result<void> Patch::add_to(const Spot& spot, std::string_view name, const Operation& operation,
                           std::optional<std::size_t> index) {
  if (!operation.value) return malformed("the operation " + operation.type + " needs a value");
  if (!spot.body.structure) return refuse("the definitions do not know what is there");
  const Element* child = TRY(patch_child(definitions_, spot.body, name));
  PatchContent content = TRY(patch_content(definitions_, spot.body, *child, *operation.value));
  Value::Map& map = *TRY(object(spot.steps));
  if (!child->list)
    for (const auto& member : map)
      if (definitions::member_kind(
              definitions_, *child,
              std::string_view(member.first).substr(member.first.starts_with('_') ? 1 : 0)))
        return refuse(child->path + " is there already");
  auto slots = slots_of(map, content.key);
  const std::size_t at = index.value_or(slots.size());
  if (at > slots.size()) return refuse("the list has no place " + std::to_string(at));
  slots.insert(slots.begin() + static_cast<std::ptrdiff_t>(at), std::move(content.slot));
  put_slots(map, content.key, child->list, std::move(slots));
  return {};
}

Result<void> Patch::add(const Operation& operation) {
  if (operation.name.empty()) return malformed("the operation add needs a name");
  return add_to(TRY(find_one(operation.path)), operation.name, operation, std::nullopt);
}

// The items of one list that `path` finds.
Result<std::vector<Spot>> Patch::find_list(const std::string& path) {
  auto spots = TRY(find(path));
  for (const Spot& spot : spots) {
    if (spot.is_root() || !spot.steps.back().list) return refuse("the path does not find a list");
    const bool beside = std::equal(
        spot.steps.begin(), spot.steps.end() - 1, spots[0].steps.begin(), spots[0].steps.end() - 1,
        [](const Spot::Step& a, const Spot::Step& b) { return a.key == b.key && a.position == b.position; });
    if (!beside || spot.steps.back().key != spots[0].steps.back().key)
      return refuse("the path finds more than one list");
  }
  return spots;
}

// A list that is not there yet is found by what would hold it.
Result<void> Patch::insert(const Operation& operation) {
  if (!operation.index) return malformed("the operation insert needs an index");
  const auto spots = TRY(find_list(operation.path));
  if (spots.empty()) {
    const std::size_t dot = operation.path.rfind('.');
    if (dot == std::string::npos) return refuse("the path finds nothing");
    const Spot around = TRY(find_one(operation.path.substr(0, dot)));
    return add_to(around, std::string_view(operation.path).substr(dot + 1), operation, operation.index);
  }
  if (!operation.value) return malformed("the operation insert needs a value");
  const Element& element = *spots[0].element;
  const Place around = place_of(definitions_, &element);
  PatchContent content = TRY(patch_content(definitions_, around, element, *operation.value));
  Value::Map& map = *TRY(parent_of(spots[0].steps));
  auto slots = slots_of(map, content.key);
  if (*operation.index > slots.size())
    return refuse("the list has no place " + std::to_string(*operation.index));
  slots.insert(slots.begin() + static_cast<std::ptrdiff_t>(*operation.index), std::move(content.slot));
  put_slots(map, content.key, true, std::move(slots));
  return {};
}

// A primitive without id and extensions has nothing beside it; without a value it is gone, too.
Result<void> Patch::drop_if_bare(const Spot::Steps& steps) {
  if (steps.empty() || !steps.back().primitive || !TRY(object(steps))->empty()) return {};
  const Spot::Step& bare = steps.back();
  Value::Map& map = *TRY(parent_of(steps));
  auto slots = slots_of(map, bare.key);
  const auto slot = slots.begin() + static_cast<std::ptrdiff_t>(bare.position);
  slot->beside = Value();
  if (slot->value.is_null()) slots.erase(slot);
  put_slots(map, bare.key, bare.list, std::move(slots));
  return {};
}

// One element, or none: what is to be gone and is gone is no fault.
Result<void> Patch::remove(const Operation& operation) {
  const auto spots = TRY(find(operation.path));
  if (spots.empty()) return {};
  if (spots.size() > 1) return refuse("the path finds more than one element");
  if (spots[0].is_root()) return refuse("the resource itself cannot be deleted by a patch");
  const Spot::Step& last = spots[0].steps.back();
  Value::Map& map = *TRY(parent_of(spots[0].steps));
  auto slots = slots_of(map, last.key);
  if (last.position >= slots.size()) return refuse("there is no " + last.key + " at this place");
  slots.erase(slots.begin() + static_cast<std::ptrdiff_t>(last.position));
  put_slots(map, last.key, last.list, std::move(slots));
  return drop_if_bare({spots[0].steps.begin(), spots[0].steps.end() - 1});
}

// The type of a choice may change with its value.
Result<void> Patch::replace(const Operation& operation) {
  if (!operation.value) return malformed("the operation replace needs a value");
  const Spot spot = TRY(find_one(operation.path));
  if (spot.is_root()) return refuse("the resource itself cannot be replaced by a patch");
  const Spot::Step& last = spot.steps.back();
  const Place around = place_of(definitions_, spot.element);
  PatchContent content = TRY(patch_content(definitions_, around, *spot.element, *operation.value));
  Value::Map& map = *TRY(parent_of(spot.steps));
  auto slots = slots_of(map, last.key);
  if (last.position >= slots.size()) return refuse("there is no " + last.key + " at this place");
  slots[last.position] = std::move(content.slot);
  if (content.key != last.key) put_slots(map, last.key, last.list, {});
  put_slots(map, content.key, last.list, std::move(slots));
  return {};
}

Result<void> Patch::move(const Operation& operation) {
  if (!operation.source || !operation.destination)
    return malformed("the operation move needs a source and a destination");
  const auto spots = TRY(find_list(operation.path));
  if (spots.empty()) return refuse("the path finds nothing");
  const Spot::Step& last = spots[0].steps.back();
  Value::Map& map = *TRY(parent_of(spots[0].steps));
  auto slots = slots_of(map, last.key);
  if (*operation.source >= slots.size() || *operation.destination >= slots.size())
    return refuse("the list has no such place");
  const auto from = slots.begin() + static_cast<std::ptrdiff_t>(*operation.source);
  const auto to = slots.begin() + static_cast<std::ptrdiff_t>(*operation.destination);
  if (from < to)
    std::rotate(from, from + 1, to + 1);
  else
    std::rotate(to, from, from + 1);
  put_slots(map, last.key, true, std::move(slots));
  return {};
}

Error placed(Error error, std::size_t operation, std::string_view path) {
  error.where = patch_where(operation, path);
  return error;
}

}  // namespace

Result<Value> apply_fhirpath_patch(Value resource, const Value& parameters, const Definitions& definitions) {
  if (parameters.text("resourceType") != "Parameters")
    return malformed("a FHIRPath Patch is a Parameters resource of operations");
  static const Value::List kNone;
  const Value* list = parameters.find("parameter");
  const Value::List& given = list && list->as_list() ? *list->as_list() : kNone;
  if (!resource.as_map() || !definitions.is_resource(resource.text("resourceType")))
    return refuse("what is to be patched is no resource");
  if (given.size() > kMaxPatchOperations)
    return fail(ErrorCode::BodyTooLarge, "the patch has more operations than allowed");
  Patch patch(resource, definitions);
  for (std::size_t i = 0; i < given.size(); ++i) {
    auto operation = parse_operation(given[i]);
    if (!operation.ok()) return placed(operation.error(), i, "Parameters.parameter");
    auto applied = patch.apply(*operation);
    if (!applied.ok()) return placed(applied.error(), i, operation->path);
  }
  return resource;
}

}  // namespace gateway::fhir

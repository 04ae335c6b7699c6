#include "gateway/definitions/json_form.h"

#include <algorithm>

#include "gateway/definitions/xml_form_parts.h"
#include "gateway/definitions/xml_form_place.h"

namespace gateway::definitions {
namespace {

using Form = MemberKind::Form;

constexpr std::size_t kMaxMembers = 1000;  // of one object: far more than any type has

// Walks a resource beside the definitions; below what they do not know it still holds the rules of the form.
class Checker {
 public:
  explicit Checker(const Definitions& definitions) : definitions_(definitions) {}

  Result<void> resource(const Value& value) {
    const std::string type(value.text("resourceType"));
    if (!value.as_map()) return refuse("a resource is a JSON object");
    if (type.empty()) return refuse("a resource needs its resourceType");
    if (!definitions_.is_resource(type)) return refuse("there is no resource " + type);
    if (path_.empty()) path_ = type;
    return map(*value.as_map(), place_of_type(definitions_, type));
  }

 private:
  Error refuse(std::string what) const { return fail(ErrorCode::InvalidBody, std::move(what), path_); }

  Result<void> deeper() {
    if (++depth_ <= kMaxFormDepth) return {};
    return fail(ErrorCode::BodyTooLarge, "the resource is nested too deeply", path_);
  }

  Result<void> map(const Value::Map& members, const std::optional<Place>& place) {
    if (members.empty()) return refuse("an object has at least one member");
    if (members.size() > kMaxMembers)
      return fail(ErrorCode::BodyTooLarge, "an object has too many members", path_);
    TRY_VOID(deeper());
    const std::size_t length = path_.size();
    for (const auto& [name, value] : members) {
      path_ += '.';
      path_ += name;
      TRY_VOID(member(members, name, value, place));
      path_.resize(length);
    }
    --depth_;
    return {};
  }

  std::optional<MemberKind> kind_of(const std::optional<Place>& place, std::string_view name) const {
    if (!place) return std::nullopt;
    for (const Element* child : place->element->children)
      if (auto kind = member_kind(definitions_, *child, name)) return kind;
    return std::nullopt;
  }

  // null holds the place of what is beside it, in a list of primitives or of their siblings (FHIR
  // R4 2.6.2.3).
  static bool may_have_null(const Value::Map& members, const std::string& name) {
    if (name.starts_with('_')) return true;
    return std::any_of(members.begin(), members.end(), [&](const Value::Member& other) {
      return other.second.as_list() && other.first.starts_with('_') &&
             std::string_view(other.first).substr(1) == name;
    });
  }

  Result<void> member(const Value::Map& members, const std::string& name, const Value& value,
                      const std::optional<Place>& place) {
    if (name.empty()) return refuse("a member needs a name");
    const auto kind = kind_of(place, name);
    const Value::List* items = value.as_list();
    if (!items) return one(value, place, kind);
    if (items->empty()) return refuse("a list has at least one item");
    TRY_VOID(deeper());
    std::optional<bool> null_allowed;  // asked when there is one: every member is looked at
    const std::size_t length = path_.size();
    for (std::size_t i = 0; i < items->size(); ++i) {
      path_ += "[" + std::to_string(i) + "]";
      const Value& item = (*items)[i];
      if (item.as_list()) return refuse("a list holds no lists");
      if (item.is_null() && !null_allowed) null_allowed = may_have_null(members, name);
      if (!item.is_null() || !*null_allowed) TRY_VOID(one(item, place, kind));
      path_.resize(length);
    }
    --depth_;
    return {};
  }

  Result<void> one(const Value& value, const std::optional<Place>& place,
                   const std::optional<MemberKind>& kind) {
    if (value.is_null()) return refuse("null may stand in a list of primitives only");
    if (kind && kind->form == Form::Resource) return resource(value);
    if (kind && kind->form == Form::Xhtml && value.as_string()) return narrative(*value.as_string());
    const Value::Map* inside = value.as_map();
    if (!inside) return {};
    const bool has_place = kind && kind->form == Form::Complex;
    return map(*inside, has_place ? place_of_member(definitions_, *place, *kind) : std::nullopt);
  }

  Result<void> narrative(const std::string& div) const {
    auto checked = check_narrative(div);
    if (checked.ok()) return {};
    const Error& why = checked.error();
    return fail(why.code, why.message + ", " + why.where, path_, why.detail);
  }

  const Definitions& definitions_;
  std::string path_;
  unsigned depth_ = 0;
};

constexpr std::string_view kTagSystem = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue";

// The elements of a resource that are asked for, by the definitions.
class Picker {
 public:
  Picker(const Definitions& definitions, const Subset& wanted, std::string_view type)
      : definitions_(definitions), summary_(wanted.summary), by_name_(!wanted.elements.empty()) {
    for (const std::string& element : wanted.elements) {
      const std::size_t dot = element.find('.');
      const bool typed = dot != std::string::npos && definitions.is_resource(element.substr(0, dot));
      if (!typed)
        names_.push_back(element.substr(0, dot));
      else if (std::string_view(element).substr(0, dot) == type)
        names_.push_back(element.substr(dot + 1));
    }
  }

  // Whether `_elements` names only elements of other types.
  bool whole() const { return by_name_ && names_.empty(); }

  Value::Map top(const Place& place, const Value::Map& members) const {
    Value::Map out;
    for (const auto& [name, value] : members) {
      const std::string_view bare = std::string_view(name).substr(name.starts_with('_') ? 1 : 0);
      if (name == "resourceType" || bare == "id" || bare == "meta") {
        out.emplace_back(name, value);
      } else if (const auto kind = kind_of(place, bare); kind && wants(*kind->element, bare)) {
        const bool nested = !by_name_ && summary_ != Summary::Text && summary_ != Summary::Data;
        Value picked = nested ? summary_of_member(place, *kind, value) : value;
        if (!picked.is_null()) out.emplace_back(name, std::move(picked));
      }
    }
    return out;
  }

 private:
  std::optional<MemberKind> kind_of(const Place& place, std::string_view name) const {
    for (const Element* child : place.element->children)
      if (auto kind = member_kind(definitions_, *child, name)) return kind;
    return std::nullopt;
  }

  // FHIR R4 3.1.1.5.8 and 3.1.1.5.9
  bool wants(const Element& element, std::string_view name) const {
    const bool mandatory = element.min > 0;
    if (by_name_) {
      const auto asked = [&](const std::string& wanted) {
        return wanted == name || wanted == element.name || wanted == stem_of(element);
      };
      return mandatory || element.modifier || std::any_of(names_.begin(), names_.end(), asked);
    }
    if (summary_ == Summary::Text) return mandatory || name == "text";
    if (summary_ == Summary::Data) return name != "text";
    return in_summary(element);
  }

  static bool in_summary(const Element& element) {
    return element.summary || element.min > 0 || element.modifier;
  }

  // What of a member is marked as part of the summary, on every level; null when nothing is.
  Value summary_of_member(const Place& place, const MemberKind& kind, const Value& value) const {
    if (kind.form != Form::Complex) return value;
    const auto inside = place_of_member(definitions_, place, kind);
    if (!inside) return value;
    if (const Value::List* items = value.as_list()) {
      Value::List out;
      for (const Value& item : *items)
        if (Value picked = summary_of_one(*inside, item); !picked.is_null()) out.push_back(std::move(picked));
      return out.empty() ? Value() : Value(std::move(out));
    }
    return summary_of_one(*inside, value);
  }

  Value summary_of_one(const Place& place, const Value& value) const {
    const Value::Map* members = value.as_map();
    if (!members) return value;
    Value::Map out;
    for (const auto& [name, member] : *members) {
      const std::string_view bare = std::string_view(name).substr(name.starts_with('_') ? 1 : 0);
      const auto kind = kind_of(place, bare);
      if (!kind || !in_summary(*kind->element)) continue;
      if (Value picked = summary_of_member(place, *kind, member); !picked.is_null())
        out.emplace_back(name, std::move(picked));
    }
    return out.empty() ? Value() : Value(std::move(out));
  }

  const Definitions& definitions_;
  const Summary summary_;
  const bool by_name_;
  std::vector<std::string> names_;
};

Value subsetted_tag() {
  Value tag;
  tag.set("system", kTagSystem).set("code", "SUBSETTED").set("display", "subsetted");
  return tag;
}

// A resource that is not whole says so, lest somebody puts it back (FHIR R4 3.1.1.5.8).
void add_tag(Value::Map& members) {
  auto at = std::find_if(members.begin(), members.end(), [](const auto& m) { return m.first == "meta"; });
  if (at == members.end()) {
    at = std::find_if_not(members.begin(), members.end(),
                          [](const auto& m) { return m.first == "resourceType" || m.first == "id"; });
    at = members.insert(at, {"meta", Value::map()});
  }
  Value tags = Value::list();
  if (const Value* there = at->second.find("tag"); there && there->as_list()) tags = *there;
  for (const Value& tag : *tags.as_list())
    if (tag.text("system") == kTagSystem && tag.text("code") == "SUBSETTED") return;
  tags.push(subsetted_tag());
  if (at->second.as_map()) at->second.set("tag", std::move(tags));
}

}  // namespace

Result<void> check_json(const Value& resource, const Definitions& definitions) {
  return Checker(definitions).resource(resource);
}

Result<Value> from_json(std::string_view text, const Definitions& definitions,
                        const codec::JsonLimits& limits) {
  Value resource = TRY(codec::parse_json(text, limits));
  TRY_VOID(check_json(resource, definitions));
  return resource;
}

std::optional<Summary> summary_of(std::string_view text) {
  if (text == "true") return Summary::True;
  if (text == "text") return Summary::Text;
  if (text == "data") return Summary::Data;
  if (text == "count") return Summary::Count;
  if (text == "false") return Summary::False;
  return std::nullopt;
}

Value subset(const Value& resource, const Subset& wanted, const Definitions& definitions) {
  const Value::Map* members = resource.as_map();
  const std::string_view type = resource.text("resourceType");
  const auto place = place_of_type(definitions, type);
  if (wanted.whole() || !members || !place) return resource;
  const Picker picker(definitions, wanted, type);
  if (picker.whole()) return resource;
  Value::Map picked = picker.top(*place, *members);
  add_tag(picked);
  return Value(std::move(picked));
}

}  // namespace gateway::definitions

// Expansion of JSON-LD: the entries that are keywords, and what an object is once all are known.
#include <algorithm>

#include "gateway/base/text.h"
#include "gateway/codec/rdf_expand.h"
#include "gateway/codec/rdf_iri.h"

namespace gateway::codec {
namespace {

const std::string kGraph = "@graph", kReverse = "@reverse";

bool is_scalar(const Value& value) { return !value.as_list() && !value.as_map(); }

Value::List as_list(Value value) {
  if (Value::List* list = value.as_list()) return std::move(*list);
  Value::List one;
  if (!value.is_null()) one.push_back(std::move(value));
  return one;
}

// The list that a keyword has in the map so far, made when there is none.
Value::List& list_of(Value& map, std::string_view keyword) {
  for (auto& [key, value] : *map.as_map())
    if (key == keyword) return *value.as_list();
  map.set(keyword, Value::list());
  return *map.as_map()->back().second.as_list();
}

}  // namespace

// Section 5.1.2 step 13.4.
Result<void> Expander::keyword_entry(Frame& frame, const std::string& keyword, const std::string& key,
                                     const Value& value) {
  if (frame.property && *frame.property == kReverse) return fault("has a keyword in an @reverse", &key);
  if (frame.keywords.find(keyword) && keyword != "@included" && keyword != "@type")
    return fault("says " + keyword + " twice in one object", &key);
  if (keyword == "@id") return id_entry(frame, value);
  if (keyword == "@type") return type_entry(frame, value);
  if (keyword == "@value") return value_entry(frame, value);
  if (keyword == "@included") return included_entry(frame, value);
  if (keyword == "@list") return list_entry(frame, value);
  if (keyword == kReverse) return reverse_entry(frame, value);
  if (keyword == "@language" || keyword == "@direction" || keyword == "@index")
    return text_entry(frame, keyword, value);
  if (keyword == "@nest") {
    frame.nests.emplace_back(&key, &value);
  } else if (keyword == kGraph) {
    frame.keywords.set(kGraph, Value(as_list(TRY(expand(frame.active, &kGraph, value)))));
  } else if (keyword == "@set") {
    frame.keywords.set("@set", TRY(expand(frame.active, frame.property, value)));
  } else {
    return fault("has " + keyword + " where it may not stand", &key);
  }
  return {};
}

Result<void> Expander::id_entry(Frame& frame, const Value& value) {
  if (!value.as_string()) return fault("has an @id that is no text", frame.property);
  if (const auto id = iri_of(*frame.active, *value.as_string(), true, false)) frame.keywords.set("@id", *id);
  return {};
}

Result<void> Expander::type_entry(Frame& frame, const Value& value) {
  Value::List& types = list_of(frame.keywords, "@type");
  for (const Value& item : source_items(value)) {
    if (!item.as_string()) return fault("has an @type that is no text", frame.property);
    if (bytes_left_ == 0) return too_long();
    if (auto type = iri_of(*frame.type_scoped, *item.as_string(), true, true))
      types.emplace_back(std::move(*type));
  }
  return {};
}

Result<void> Expander::value_entry(Frame& frame, const Value& value) {
  if (frame.input_type != "@json" && !is_scalar(value))
    return fault("has an @value that is no scalar", frame.property);
  frame.keywords.set("@value", value);
  return {};
}

Result<void> Expander::text_entry(Frame& frame, const std::string& keyword, const Value& value) {
  const std::string* text = value.as_string();
  if (!text) return fault("has an " + keyword + " that is no text", frame.property);
  if (keyword == "@language" && !is_language_tag(*text)) return fault("has a language that is no tag", text);
  if (keyword == "@direction" && *text != "ltr" && *text != "rtl")
    return fault("has an unknown @direction", text);
  frame.keywords.set(keyword, keyword == "@language" ? lower(*text) : *text);
  return {};
}

Result<void> Expander::included_entry(Frame& frame, const Value& value) {
  const auto refused = [&frame] { return fault("has an @included that is no node", frame.property); };
  for (const Value& item : source_items(value))
    if (!item.as_map()) return refused();
  for (Value& item : as_list(TRY(expand(frame.active, nullptr, value)))) {
    if (!item.as_map() || item.find("@value") || item.find("@list")) return refused();
    list_of(frame.keywords, "@included").push_back(std::move(item));
  }
  list_of(frame.keywords, "@included");  // also when it is empty
  return {};
}

// A list that belongs to no property says nothing.
Result<void> Expander::list_entry(Frame& frame, const Value& value) {
  if (!frame.property || *frame.property == kGraph) return {};
  frame.keywords.set("@list", Value(TRY(list_items(frame, value))));
  return {};
}

// A list in a list stays one, also without the container that would say so.
Result<Value::List> Expander::list_items(const Frame& frame, const Value& value) {
  Value::List items;
  for (const Value& item : source_items(value)) {
    if (item.as_list()) {
      items.push_back(Value::map().set("@list", Value(TRY(list_items(frame, item)))));
      continue;
    }
    for (Value& expanded : as_list(TRY(expand(frame.active, frame.property, item))))
      items.push_back(std::move(expanded));
  }
  return items;
}

Result<void> Expander::reverse_entry(Frame& frame, const Value& value) {
  if (!value.as_map()) return fault("has an @reverse that is no object", frame.property);
  Value expanded = TRY(expand(frame.active, &kReverse, value));
  if (!expanded.as_map()) return {};
  for (auto& [property, items] : *expanded.as_map()) {
    if (property != kReverse) {
      TRY_VOID(add_reverse(frame, property, as_list(std::move(items))));
      continue;
    }
    for (auto& [forward, objects] : *items.as_map())
      for (Value& object : as_list(std::move(objects)))
        frame.properties[forward].push_back(std::move(object));
  }
  return {};
}

// Step 15.
Result<Value> Expander::finish_value(const Frame& frame) {
  static constexpr std::string_view kAllowed[] = {"@value", "@type", "@language", "@direction", "@index"};
  for (const auto& [keyword, unused] : *frame.keywords.as_map())
    if (std::find(std::begin(kAllowed), std::end(kAllowed), keyword) == std::end(kAllowed))
      return fault("has a value with " + keyword, frame.property);
  if (!frame.properties.empty() || !frame.reverse.empty())
    return fault("has a value with properties", frame.property);
  const Value& value = *frame.keywords.find("@value");
  const bool language = frame.keywords.find("@language");
  Value result = Value::map().set("@value", value);
  if (const Value* type = frame.keywords.find("@type"); type && !type->as_list()->empty()) {
    const Value::List& types = *type->as_list();
    const std::string& name = *types.front().as_string();
    if (types.size() > 1 || language || frame.keywords.find("@direction") ||
        (name != "@json" && !is_whole_iri(name)))
      return fault("has a value of a type that is no IRI or has a language too", frame.property);
    result.set("@type", name);
    if (name == "@json") return result;
  }
  if (value.is_null()) return Value();
  if (language && !value.as_string()) return fault("has a language at what is no text", frame.property);
  if (language) result.set("@language", *frame.keywords.find("@language"));
  return result;
}

// Steps 15 to 19.
Result<Value> Expander::finish(Frame frame) {
  Value& keywords = frame.keywords;
  if (keywords.find("@value")) return finish_value(frame);
  for (const char* container : {"@list", "@set"})
    if (const Value* held = keywords.find(container)) {
      const std::size_t allowed = keywords.find("@index") ? 2 : 1;
      if (keywords.as_map()->size() > allowed || !frame.properties.empty() || !frame.reverse.empty())
        return fault(std::string("has other entries beside ") + container, frame.property);
      return container == std::string_view("@set") ? *held : Value::map().set("@list", *held);
    }
  const bool bare = frame.properties.empty() && frame.reverse.empty();
  const Value::Map& map = *keywords.as_map();
  if (bare && map.size() == 1 && map.front().first == "@language") return Value();  // 18
  const bool free = !frame.property || *frame.property == kGraph;
  if (free && bare && (map.empty() || (map.size() == 1 && map.front().first == "@id"))) return Value();  // 19
  if (!frame.reverse.empty()) {
    Value reverse = Value::map();
    for (auto& [iri, items] : frame.reverse) reverse.as_map()->emplace_back(iri, Value(std::move(items)));
    keywords.set(kReverse, std::move(reverse));
  }
  for (auto& [iri, items] : frame.properties) keywords.as_map()->emplace_back(iri, Value(std::move(items)));
  return std::move(keywords);
}

}  // namespace gateway::codec

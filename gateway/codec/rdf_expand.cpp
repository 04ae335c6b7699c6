#include "gateway/codec/rdf_expand.h"

#include <algorithm>

#include "gateway/base/text.h"
#include "gateway/codec/rdf_iri.h"

namespace gateway::codec {
namespace {

const std::string kGraph = "@graph", kReverse = "@reverse";

Value::List items_of(Value value) {
  if (Value::List* list = value.as_list()) return std::move(*list);
  Value::List one;
  if (!value.is_null()) one.push_back(std::move(value));
  return one;
}

bool is_value_or_list(const Value& item) { return item.find("@value") || item.find("@list"); }

void append(Value::List& to, Value::List items) {
  std::move(items.begin(), items.end(), std::back_inserter(to));
}

Value one_entry(std::string_view key, Value value) { return Value::map().set(key, std::move(value)); }

}  // namespace

Error Expander::fault(std::string what, const std::string* at) {
  return fail(ErrorCode::InvalidBody, "the JSON-LD document " + std::move(what),
              at ? at->substr(0, 200) : "");
}

std::optional<std::string> Expander::iri_of(const JsonLdContext& context, std::string_view value,
                                            bool document_relative, bool vocab) {
  auto iri = expand_iri(context, value, document_relative, vocab);
  spend(iri ? iri->size() : 0);
  return iri;
}

Error Expander::too_long() {
  return fail(ErrorCode::BodyTooLarge, "the IRIs of the JSON-LD document are too long when written out");
}

Result<Value::List> Expander::expand_document(const Value& document) {
  Value expanded = TRY(expand(contexts_.initial(), nullptr, document));
  if (bytes_left_ == 0) return too_long();
  Value::Map* map = expanded.as_map();
  if (map && map->size() == 1 && map->front().first == "@graph")
    return items_of(std::move(map->front().second));
  return items_of(std::move(expanded));
}

// Section 5.1.2; numbers are those of its steps.
Result<Value> Expander::expand(const ContextPtr& active, const std::string* property, const Value& element,
                               bool from_map) {
  if (bytes_left_ == 0) return too_long();
  if (element.is_null()) return Value();
  if (const Value::List* items = element.as_list()) return expand_list(active, property, *items, from_map);
  if (element.as_map()) return expand_object(active, property, element, from_map);
  if (!property || *property == kGraph) return Value();  // 4
  const TermDefinition* term = active->find(*property);
  if (!term || !term->context) return expand_scalar(*active, *property, element);
  const ContextPtr scoped =
      TRY(contexts_.process(active, *term->context, {.override_protected = true, .keep = true}));
  return expand_scalar(*scoped, *property, element);
}

// Step 5.
Result<Value> Expander::expand_list(const ContextPtr& active, const std::string* property,
                                    const Value::List& items, bool from_map) {
  const TermDefinition* term = property ? active->find(*property) : nullptr;
  Value::List out;
  for (const Value& item : items) {
    Value expanded = TRY(expand(active, property, item, from_map));
    if (expanded.as_list() && term && (term->container & kInList))
      expanded = one_entry("@list", std::move(expanded));
    append(out, items_of(std::move(expanded)));
  }
  return Value(std::move(out));
}

// Steps 7 to 9.
Result<ContextPtr> Expander::context_of_object(const ContextPtr& active, const std::string* property,
                                               const Value& element, bool from_map) {
  const TermDefinition* term = property ? active->find(*property) : nullptr;
  ContextPtr context = active;
  if (active->previous && !from_map) {
    const Value::Map& map = *element.as_map();
    const auto means = [&](const auto& entry, std::string_view keyword) {
      return expand_iri(*active, entry.first, false, true) == keyword;
    };
    const bool value = std::any_of(map.begin(), map.end(), [&](const auto& e) { return means(e, "@value"); });
    if (!value && !(map.size() == 1 && means(map.front(), "@id"))) context = active->previous;
  }
  if (term && term->context)
    context = TRY(contexts_.process(context, *term->context, {.override_protected = true, .keep = true}));
  if (const Value* local = element.find("@context")) context = TRY(contexts_.process(context, *local, {}));
  return context;
}

Result<Value> Expander::expand_object(const ContextPtr& active, const std::string* property,
                                      const Value& element, bool from_map) {
  Frame frame;
  frame.active = TRY(context_of_object(active, property, element, from_map));
  frame.type_scoped = frame.active;  // 10
  frame.property = property;
  TRY_VOID(apply_types(frame, *element.as_map()));
  TRY_VOID(entries(frame, *element.as_map()));
  return finish(std::move(frame));
}

// Steps 11 and 12.
Result<void> Expander::apply_types(Frame& frame, const Value::Map& element) {
  std::map<std::string_view, const Value*> found;
  for (const auto& [key, value] : element)
    if (key == "@type" || expand_iri(*frame.type_scoped, key, false, true) == "@type")
      found.emplace(key, &value);
  for (const auto& [key, value] : found) {
    std::vector<std::string_view> types;
    for (const Value& item : source_items(*value)) {
      const auto term = frame.type_scoped->terms.find(item.as_string() ? *item.as_string() : "");
      if (term != frame.type_scoped->terms.end()) types.push_back(term->first);
    }
    std::sort(types.begin(), types.end());
    for (const std::string_view type : types)
      if (const TermDefinition* term = frame.type_scoped->find(type); term->context)
        frame.active =
            TRY(contexts_.process(frame.active, *term->context, {.propagate = false, .keep = true}));
  }
  if (found.empty()) return {};
  const auto types = source_items(*found.begin()->second);
  if (!types.empty() && types.back().as_string())
    frame.input_type = expand_iri(*frame.active, *types.back().as_string(), true, true).value_or("");
  return {};
}

// Steps 13 and 14.
Result<void> Expander::entries(Frame& frame, const Value::Map& element) {
  for (const auto& [key, value] : element) {
    if (key == "@context") continue;
    const auto meaning = iri_of(*frame.active, key, false, true);
    if (!meaning) continue;
    if (is_keyword(*meaning))
      TRY_VOID(keyword_entry(frame, *meaning, key, value));
    else if (meaning->find(':') != std::string::npos)
      TRY_VOID(property_entry(frame, key, *meaning, value));
  }
  return nested(frame);
}

Result<void> Expander::nested(Frame& frame) {
  const auto nests = std::exchange(frame.nests, {});
  for (const auto& [key, value] : nests)
    for (const Value& item : source_items(*value)) {
      if (!item.as_map()) return fault("has an @nest that holds no object", key);
      for (const auto& [inner, unused] : *item.as_map())
        if (expand_iri(*frame.active, inner, false, true) == "@value")
          return fault("has a value in an @nest", key);
      const ContextPtr around = frame.active;
      if (const TermDefinition* term = around->find(*key); term && term->context)
        frame.active =
            TRY(contexts_.process(around, *term->context, {.override_protected = true, .keep = true}));
      TRY_VOID(entries(frame, *item.as_map()));
      frame.active = around;
    }
  return {};
}

Result<void> Expander::property_entry(Frame& frame, const std::string& key, const std::string& iri,
                                      const Value& value) {
  static const TermDefinition kNone;
  const TermDefinition* known = frame.active->find(key);
  const TermDefinition& term = known ? *known : kNone;
  const Value::Map* map = value.as_map();
  Value result;
  if (term.type == "@json")  // 13.6
    result = Value::map().set("@value", value).set("@type", "@json");
  else if ((term.container & kInLanguage) && map)  // 13.7
    result = TRY(language_map(*frame.active, term, *map));
  else if ((term.container & (kInIndex | kInType | kInId)) && map)  // 13.8
    result = TRY(index_map(frame, key, term, *map));
  else
    result = TRY(expand(frame.active, &key, value));
  if (result.is_null()) return {};
  if ((term.container & kInList) && !result.find("@list"))  // 13.11
    result = one_entry("@list", Value(items_of(std::move(result))));
  Value::List items = items_of(std::move(result));
  if ((term.container & kInGraph) && !(term.container & (kInId | kInIndex)))  // 13.12
    for (Value& item : items) item = one_entry(kGraph, Value(items_of(std::move(item))));
  if (term.reverse) return add_reverse(frame, iri, std::move(items));
  append(frame.properties[iri], std::move(items));
  return {};
}

Result<void> Expander::add_reverse(Frame& frame, const std::string& iri, Value::List items) {
  for (const Value& item : items)
    if (is_value_or_list(item)) return fault("has a reverse property that points at no node", &iri);
  append(frame.reverse[iri], std::move(items));
  return {};
}

Result<Value> Expander::language_map(const JsonLdContext& active, const TermDefinition&,
                                     const Value::Map& map) {
  Value::List out;
  for (const auto& [tag, values] : map) {
    if (bytes_left_ == 0) return too_long();
    const bool none = iri_of(active, tag, false, true) == "@none";
    if (!none && !is_language_tag(tag)) return fault("has a language that is no tag", &tag);
    for (const Value& item : source_items(values)) {
      if (item.is_null()) continue;
      if (!item.as_string()) return fault("has a language map of other than text", &tag);
      Value object = one_entry("@value", item);
      if (!none) object.set("@language", lower(tag));
      out.push_back(std::move(object));
    }
  }
  return Value(std::move(out));
}

Result<Value> Expander::index_map(const Frame& frame, const std::string& key, const TermDefinition& term,
                                  const Value::Map& map) {
  Value::List out;
  for (const auto& [index, value] : map) {
    ContextPtr context = frame.active;
    if ((term.container & (kInId | kInType)) && context->previous) context = context->previous;
    if (term.container & kInType)
      if (const TermDefinition* type = context->find(index); type && type->context)
        context = TRY(contexts_.process(context, *type->context, {.keep = true}));
    Value::List items = items_of(TRY(expand(context, &key, value, true)));
    for (Value& item : items) {
      if ((term.container & kInGraph) && !item.find(kGraph))
        item = one_entry(kGraph, Value(items_of(std::move(item))));
      TRY_VOID(index_item(frame, term, index, item));
      out.push_back(std::move(item));
    }
  }
  return Value(std::move(out));
}

// Steps 13.8.3.7.2 to 13.8.3.7.6.
Result<void> Expander::index_item(const Frame& frame, const TermDefinition& term, const std::string& index,
                                  Value& item) {
  if (bytes_left_ == 0) return too_long();
  const auto meaning = iri_of(*frame.active, index, false, true);
  if (meaning == "@none") return {};
  const auto put_first = [&item](std::string_view key, Value first) {
    Value::List all;
    all.push_back(std::move(first));
    if (const Value* others = item.find(key)) append(all, items_of(*others));
    item.set(key, Value(std::move(all)));
  };
  const bool node = !(term.container & kInIndex) || !term.index.empty();
  if (node && is_value_or_list(item)) return fault("has a value where its index makes a node of it", &index);
  if ((term.container & kInIndex) && !term.index.empty()) {
    const auto property = iri_of(*frame.active, term.index, false, true);
    if (property) put_first(*property, expand_scalar(*frame.active, term.index, Value(index)));
  } else if ((term.container & kInId) && !item.find("@id")) {
    item.set("@id", iri_of(*frame.active, index, true, false).value_or(index));
  } else if ((term.container & kInType) && meaning) {
    put_first("@type", Value(iri_of(*frame.active, index, true, true).value_or(index)));
  }
  return {};
}

// Section 5.3.
Value Expander::expand_scalar(const JsonLdContext& active, const std::string& property, const Value& value) {
  const TermDefinition* term = active.find(property);
  const std::string type = term && term->type ? *term->type : "";
  if (value.as_string() && (type == "@id" || type == "@vocab")) {
    const auto iri = iri_of(active, *value.as_string(), true, type == "@vocab");
    return iri ? one_entry("@id", *iri) : Value();
  }
  Value result = one_entry("@value", value);
  if (!type.empty() && type != "@id" && type != "@vocab" && type != "@none") {
    spend(type.size());
    return result.set("@type", type);
  }
  const std::string& language = term && term->says_language ? term->language : active.language;
  if (value.as_string() && !language.empty()) {
    spend(language.size());
    result.set("@language", language);
  }
  return result;
}

}  // namespace gateway::codec

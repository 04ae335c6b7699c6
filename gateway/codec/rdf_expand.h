// Internal to the reader of JSON-LD: expansion (JSON-LD 1.1 Processing Algorithms and API, section 5).
//
// The expanded document is a Value of maps whose keys are IRIs and keywords; in each map the keywords come
// first. What a context leaves without meaning is left out, as the standard says. One expander per document
// and thread.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/base/value.h"
#include "gateway/codec/rdf_context.h"

namespace gateway::codec {

// The items of a list, or a value as its only item, or nothing. Contexts keep addresses inside the document,
// so what is still to be expanded is never copied.
inline std::span<const Value> source_items(const Value& value) {
  if (const Value::List* list = value.as_list()) return *list;
  return {&value, value.is_null() ? std::size_t{0} : std::size_t{1}};
}

class Expander {
 public:
  // The IRIs that come out may hold `max_bytes` together.
  Expander(ContextProcessor& contexts, std::size_t max_bytes) : contexts_(contexts), bytes_left_(max_bytes) {}
  // A list of node objects. Errors: InvalidBody with the path of the place, as ContextProcessor,
  // BodyTooLarge.
  Result<Value::List> expand_document(const Value& document);

 private:
  using Properties = std::map<std::string, Value::List>;
  // One object while it is expanded.
  struct Frame {
    ContextPtr active, type_scoped;
    const std::string* property;  // whose value the object is; nullptr at the top
    std::string input_type;
    Value keywords = Value::map();
    Properties properties, reverse;
    std::vector<std::pair<const std::string*, const Value*>> nests;
  };

  Result<Value> expand(const ContextPtr& active, const std::string* property, const Value& element,
                       bool from_map = false);
  Result<Value> expand_list(const ContextPtr& active, const std::string* property, const Value::List& items,
                            bool from_map);
  Result<Value> expand_object(const ContextPtr& active, const std::string* property, const Value& element,
                              bool from_map);
  Result<ContextPtr> context_of_object(const ContextPtr& active, const std::string* property,
                                       const Value& element, bool from_map);
  Result<void> apply_types(Frame& frame, const Value::Map& element);
  Result<void> entries(Frame& frame, const Value::Map& element);
  Result<void> nested(Frame& frame);

  Result<void> keyword_entry(Frame& frame, const std::string& keyword, const std::string& key,
                             const Value& value);
  Result<void> id_entry(Frame& frame, const Value& value);
  Result<void> type_entry(Frame& frame, const Value& value);
  Result<void> included_entry(Frame& frame, const Value& value);
  Result<void> list_entry(Frame& frame, const Value& value);
  Result<Value::List> list_items(const Frame& frame, const Value& value);
  Result<void> reverse_entry(Frame& frame, const Value& value);
  Result<void> value_entry(Frame& frame, const Value& value);
  Result<void> text_entry(Frame& frame, const std::string& keyword, const Value& value);

  Result<void> property_entry(Frame& frame, const std::string& key, const std::string& iri,
                              const Value& value);
  Result<Value> language_map(const JsonLdContext& active, const TermDefinition& term, const Value::Map& map);
  Result<Value> index_map(const Frame& frame, const std::string& key, const TermDefinition& term,
                          const Value::Map& map);
  Result<void> index_item(const Frame& frame, const TermDefinition& term, const std::string& index,
                          Value& item);
  static Result<void> add_reverse(Frame& frame, const std::string& iri, Value::List items);
  std::optional<std::string> iri_of(const JsonLdContext& context, std::string_view value,
                                    bool document_relative, bool vocab);
  Value expand_scalar(const JsonLdContext& active, const std::string& property, const Value& value);
  static Result<Value> finish(Frame frame);
  static Result<Value> finish_value(const Frame& frame);
  void spend(std::size_t bytes) { bytes_left_ -= std::min(bytes_left_, bytes); }
  static Error too_long();
  static Error fault(std::string what, const std::string* at);

  ContextProcessor& contexts_;
  std::size_t bytes_left_;
};

}  // namespace gateway::codec

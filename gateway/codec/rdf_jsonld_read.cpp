// JSON-LD 1.1 (Processing Algorithms and API, W3C Recommendation of 16 July 2020): the reader. Expansion,
// then section 8 (statements) on the expanded form at once: a graph is a set, so nodes need no merging
// before.
//
// Two things go beyond the standard, which would leave them out in silence: a relative IRI without a base and
// a blank node as a property are errors. @direction is read and, as is the standard's default, not kept.
#include <algorithm>
#include <charconv>
#include <cmath>

#include "gateway/base/text.h"
#include "gateway/codec/json.h"
#include "gateway/codec/rdf_context.h"
#include "gateway/codec/rdf_expand.h"
#include "gateway/codec/rdf_iri.h"
#include "gateway/codec/rdf_json_literal.h"
#include "gateway/codec/rdf_names.h"
#include "gateway/codec/rdf_sink.h"

namespace gateway::codec {
namespace {

constexpr std::string_view kXsdInteger = "http://www.w3.org/2001/XMLSchema#integer";
constexpr std::string_view kXsdDouble = "http://www.w3.org/2001/XMLSchema#double";
constexpr std::string_view kRdfJson = "http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON";
constexpr double kTooLargeForInteger = 1e21;

Error fault(std::string what, std::string_view where = {}) {
  return fail(ErrorCode::InvalidBody, "the JSON-LD document " + std::move(what),
              std::string(where.substr(0, 200)));
}

std::string digits_of(double number, std::chars_format form, int precision) {
  char text[64];
  return {text, std::to_chars(text, text + sizeof text, number, form, precision).ptr};
}

// The canonical form of xsd:double: "1.5E0".
std::string double_text(double number) {
  const std::string all = digits_of(number, std::chars_format::scientific, 15);
  const auto e = all.find('e');
  const std::string mantissa =
      all.substr(0, std::max(all.find_last_not_of('0', e - 1), all.find('.') + 1) + 1);
  const bool negative = all[e + 1] == '-';
  const std::string exponent = all.substr(std::min(all.find_first_not_of("+-0", e + 1), all.size() - 1));
  return mantissa + (negative ? "E-" : "E") + exponent;
}

// Section 8.2.2, steps 10 to 12: a number is an integer unless it has a fraction or is large.
Result<Term> number_term(const Value& number, std::string_view type) {
  if (const std::int64_t* whole = number.as_int()) {
    if (type != kXsdDouble) return typed(std::to_string(*whole), type.empty() ? kXsdInteger : type);
    return typed(double_text(static_cast<double>(*whole)), type);
  }
  const std::string& text = number.as_decimal()->text;
  const auto read = parse_number<double>(text);
  if (!read || !std::isfinite(*read)) return fault("has a number beyond the range of xsd:double", text);
  const double value = *read;
  const bool whole = std::trunc(value) == value && std::fabs(value) < kTooLargeForInteger;
  if (!whole || type == kXsdDouble) return typed(double_text(value), type.empty() ? kXsdDouble : type);
  if (text.find_first_not_of("-0123456789") == std::string::npos)
    return typed(text, type.empty() ? kXsdInteger : type);
  return typed(digits_of(value == 0 ? 0.0 : value, std::chars_format::fixed, 0),
               type.empty() ? kXsdInteger : type);
}

class JsonLdReader {
 public:
  explicit JsonLdReader(RdfSink& sink) : sink_(sink) {}

  Result<void> read(const Value::List& nodes, const std::optional<Term>& graph) {
    for (const Value& node : nodes)
      if (node.as_map() && !node.find("@value") && !node.find("@list")) TRY(this->node(node, graph));
    return {};
  }

 private:
  using GraphName = std::optional<Term>;

  Result<Term> resource(const std::string& text) {
    if (text.starts_with("_:")) return sink_.labelled(std::string_view(text).substr(2));
    if (is_too_long(text)) return fail(ErrorCode::BodyTooLarge, too_long_iri(text));
    if (!is_whole_iri(text)) return fault("has an IRI that is relative or not allowed", text);
    return plain_iri(text);
  }

  Result<void> emit(const Term& subject, const Term& predicate, Term object, const GraphName& graph) {
    return sink_.add({{subject, predicate, std::move(object)}, graph});
  }

  Result<Term> node(const Value& node, const GraphName& graph) {
    const Value* id = node.find("@id");
    Term subject = id ? TRY(resource(*id->as_string())) : sink_.fresh();
    for (const auto& [key, value] : *node.as_map()) {
      if (key == "@type")
        TRY_VOID(types(subject, *value.as_list(), graph));
      else if (key == "@graph")
        TRY_VOID(read(*value.as_list(), subject));
      else if (key == "@included")
        TRY_VOID(read(*value.as_list(), graph));
      else if (key == "@reverse")
        TRY_VOID(reversed(subject, *value.as_map(), graph));
      else if (!key.starts_with('@'))
        TRY_VOID(objects(subject, TRY(property(key)), *value.as_list(), graph));
    }
    return subject;
  }

  Result<void> types(const Term& subject, const Value::List& types, const GraphName& graph) {
    for (const Value& type : types)
      TRY_VOID(emit(subject, plain_iri(std::string(kRdfType)), TRY(resource(*type.as_string())), graph));
    return {};
  }

  Result<Term> property(const std::string& text) {
    if (text.starts_with("_:")) return fault("has a blank node as a property", text);
    return resource(text);
  }

  Result<void> reversed(const Term& object, const Value::Map& map, const GraphName& graph) {
    for (const auto& [key, nodes] : map) {
      const Term predicate = TRY(property(key));
      for (const Value& subject : *nodes.as_list()) {
        if (!subject.as_map()) return fault("has a reverse property that points at no node", key);
        TRY_VOID(emit(TRY(node(subject, graph)), predicate, object, graph));
      }
    }
    return {};
  }

  Result<void> objects(const Term& subject, const Term& predicate, const Value::List& items,
                       const GraphName& graph) {
    for (const Value& item : items) TRY_VOID(emit(subject, predicate, TRY(object(item, graph)), graph));
    return {};
  }

  Result<Term> object(const Value& item, const GraphName& graph) {
    if (item.find("@value")) return value(item);
    if (const Value* items = item.find("@list")) return list(*items->as_list(), graph);
    if (!item.as_map()) return fault("has a list where a node or a value is expected");
    return node(item, graph);
  }

  Result<Term> list(const Value::List& items, const GraphName& graph) {
    Term head = rdf_term("nil"), last;
    for (std::size_t i = 0; i < items.size(); ++i) {
      Term cell = sink_.fresh();
      if (i == 0)
        head = cell;
      else
        TRY_VOID(emit(last, rdf_term("rest"), cell, graph));
      TRY_VOID(emit(cell, rdf_term("first"), TRY(object(items[i], graph)), graph));
      last = std::move(cell);
    }
    if (!items.empty()) TRY_VOID(emit(last, rdf_term("rest"), rdf_term("nil"), graph));
    return head;
  }

  // Section 8.2.2.
  static Result<Term> value(const Value& object) {
    const Value& value = *object.find("@value");
    const std::string_view type = object.text("@type"), language = object.text("@language");
    if (type == "@json") return typed(TRY(canonical_json(value)), kRdfJson);
    if (const bool* truth = value.as_bool())
      return typed(*truth ? "true" : "false", type.empty() ? kXsdBoolean : type);
    if (!value.as_string()) return number_term(value, type);
    if (type == kLangString) return fault("has a value of rdf:langString without a language");
    Term term = typed(*value.as_string(), type.empty() ? kXsdString : type);
    if (!language.empty()) {
      term.language = language;
      term.datatype = kLangString;
    }
    return term;
  }

  RdfSink& sink_;
};

}  // namespace

Result<void> read_jsonld(std::string_view text, std::string_view base, RdfSink& sink, const RdfLimits& limits,
                         const ContextSource& contexts) {
  const Value document =
      TRY(parse_json(text, {.max_bytes = limits.max_bytes, .max_depth = limits.max_depth}));
  ContextProcessor processor(base, contexts);
  const Value::List nodes = TRY(Expander(processor, expanded_limit(limits)).expand_document(document));
  return JsonLdReader(sink).read(nodes, std::nullopt);
}

}  // namespace gateway::codec

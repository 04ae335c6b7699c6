// JSON-LD 1.1: the writer. Flattened form with an inline @context that holds prefixes only, so that no reader
// has to fetch anything and every value says its type or language itself.
#include "gateway/base/json_text.h"
#include "gateway/codec/rdf_names.h"

namespace gateway::codec {
namespace {

// A prefix that is also the scheme of an IRI in the graph would change that IRI's meaning (section 4.1.5).
Prefixes safe_prefixes(const Graph& graph, const Prefixes& prefixes) {
  Prefixes safe = used_prefixes(graph, prefixes, true);
  for (const Triple& triple : graph.triples())
    for (const Term* term : {&triple.subject, &triple.object})
      if (term->kind == Term::Kind::Iri) safe.erase(term->text.substr(0, term->text.find(':')));
  return safe;
}

class JsonLdWriter {
 public:
  JsonLdWriter(const Graph& graph, const Prefixes& prefixes)
      : prefixes_(safe_prefixes(graph, prefixes)), subjects_(by_subject(graph)) {}

  Value write() const {
    Value context = Value::map();
    for (const auto& [prefix, space] : prefixes_) context.set(prefix, space);
    Value nodes = Value::list();
    for (const auto& [subject, triples] : subjects_) nodes.push(node(subject, triples));
    Value document = Value::map();
    document.set("@context", std::move(context)).set("@graph", std::move(nodes));
    return document;
  }

 private:
  std::string name(std::string_view text) const {
    const auto short_name = shorten(text, prefixes_, true);
    if (!short_name) return std::string(text);
    return std::string(short_name->first) + ":" + std::string(short_name->second);
  }

  static std::string id(const Term& term) {
    return term.kind == Term::Kind::Blank ? "_:" + term.text : term.text;
  }

  Value value(const Term& term) const {
    Value object = Value::map();
    if (term.kind != Term::Kind::Literal) return object.set("@id", id(term));
    object.set("@value", term.text);
    if (!term.language.empty())
      object.set("@language", term.language);
    else if (term.datatype != kXsdString)
      object.set("@type", name(term.datatype));
    return object;
  }

  Value node(const Term& subject, const std::vector<const Triple*>& triples) const {
    Value object = Value::map();
    object.set("@id", id(subject));
    Value types, values;
    for (std::size_t i = 0; i < triples.size(); ++i) {
      const Triple& triple = *triples[i];
      const bool type = triple.predicate.text == kRdfType && triple.object.kind != Term::Kind::Literal;
      if (type)
        types.push(triple.object.kind == Term::Kind::Iri ? name(triple.object.text) : id(triple.object));
      else
        values.push(value(triple.object));
      const bool last = i + 1 == triples.size() || triples[i + 1]->predicate != triple.predicate;
      if (!last || values.is_null()) continue;
      object.set(name(triple.predicate.text), std::move(values));
      values = Value();
    }
    if (!types.is_null()) object.set("@type", std::move(types));
    return object;
  }

  Prefixes prefixes_;
  Subjects subjects_;
};

}  // namespace

std::string write_jsonld(const Graph& graph, const Prefixes& prefixes) {
  return to_json(JsonLdWriter(graph, prefixes).write(), true) + "\n";
}

}  // namespace gateway::codec

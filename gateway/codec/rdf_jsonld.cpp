// JSON-LD 1.1: the writer. Flattened form with an inline @context that holds prefixes only, so that no reader
// has to fetch anything and every value says its type or language itself.
#include "gateway/base/json_text.h"
#include "gateway/codec/rdf_dataset.h"
#include "gateway/codec/rdf_names.h"

namespace gateway::codec {
namespace {

// Only a namespace that ends in a delimiter makes a prefix without more words (section 4.1.5).
void take_prefixes(Prefixes& safe, const Graph& graph, const Prefixes& prefixes) {
  for (const auto& [prefix, space] : used_prefixes(graph, prefixes, true))
    if (!prefix.empty() && std::string_view(":/?#[]@").find(space.back()) != std::string_view::npos)
      safe.emplace(prefix, space);
}

// A prefix that is also the scheme of an IRI in the graph would change that IRI's meaning (section 4.1.5).
void drop_schemes(Prefixes& safe, const Graph& graph) {
  std::string_view last;  // neighbours mostly have the same
  const auto drop = [&](std::string_view text) {
    const std::string_view scheme = text.substr(0, text.find(':'));
    if (scheme == last) return;
    last = scheme;
    if (const auto found = safe.find(scheme); found != safe.end()) safe.erase(found);
  };
  for (const Triple& triple : graph.triples())
    for (const Term* term : {&triple.subject, &triple.predicate, &triple.object})
      if (term->kind != Term::Kind::Blank) drop(term->kind == Term::Kind::Iri ? term->text : term->datatype);
}

using NamedGraphs = std::map<Term, Graph>;

class JsonLdWriter {
 public:
  JsonLdWriter(const Graph& main, const NamedGraphs& named, const Prefixes& prefixes)
      : main_(main), named_(named) {
    take_prefixes(prefixes_, main, prefixes);
    for (const auto& [name, graph] : named) take_prefixes(prefixes_, graph, prefixes);
    drop_schemes(prefixes_, main);
    for (const auto& [name, graph] : named) {
      drop_schemes(prefixes_, graph);
      prefixes_.erase(name.text.substr(0, name.text.find(':')));
    }
  }

  std::string write() {
    open('{');
    key("@context");
    open('{');
    for (const auto& [prefix, space] : prefixes_) text_entry(prefix, space);
    close('}');
    key("@graph");
    open('[');
    write_nodes(main_);
    for (const auto& [name, graph] : named_) {
      item();
      open('{');
      text_entry("@id", id(name));
      key("@graph");
      open('[');
      write_nodes(graph);
      close(']');
      close('}');
    }
    close(']');
    close('}');
    return std::move(out_) + "\n";
  }

 private:
  // Layout: an entry or item a line, two blanks for each level; as to_json() has it.
  void open(char bracket) {
    out_ += bracket;
    ++depth_;
    empty_ = true;
  }
  void close(char bracket) {
    --depth_;
    if (!empty_) new_line();
    out_ += bracket;
    empty_ = false;
  }
  void item() {
    if (!empty_) out_ += ',';
    empty_ = false;
    new_line();
  }
  void new_line() { out_.append(1, '\n').append(depth_ * 2, ' '); }
  void key(std::string_view name) {
    item();
    append_json_string(out_, name);
    out_ += ": ";
  }
  void text_entry(std::string_view name, std::string_view text) {
    key(name);
    append_json_string(out_, text);
  }

  std::string name(std::string_view text) const {
    const auto known = shorten(text, prefixes_, true);
    if (!known) return std::string(text);
    return std::string(known->first).append(":").append(known->second);
  }
  static std::string id(const Term& term) {
    return term.kind == Term::Kind::Blank ? "_:" + term.text : term.text;
  }

  void write_nodes(const Graph& graph) {
    const Subjects subjects(graph);
    for (const auto& [subject, triples] : subjects) {
      item();
      open('{');
      text_entry("@id", id(*subject));
      write_properties(triples);
      close('}');
    }
  }

  static bool is_type(const Triple& triple) {
    return triple.predicate.text == kRdfType && triple.object.kind != Term::Kind::Literal;
  }

  void write_properties(std::span<const Triple* const> triples) {
    const Term* predicate = nullptr;
    std::vector<const Term*> types;
    for (const Triple* triple : triples) {
      if (is_type(*triple)) {
        types.push_back(&triple->object);
        continue;
      }
      if (!predicate || *predicate != triple->predicate) {
        if (predicate) close(']');
        predicate = &triple->predicate;
        key(name(predicate->text));
        open('[');
      }
      item();
      write_value(triple->object);
    }
    if (predicate) close(']');
    if (types.empty()) return;
    key("@type");
    open('[');
    for (const Term* type : types) {
      item();
      append_json_string(out_, type->kind == Term::Kind::Iri ? name(type->text) : id(*type));
    }
    close(']');
  }

  void write_value(const Term& term) {
    open('{');
    if (term.kind != Term::Kind::Literal) {
      text_entry("@id", id(term));
    } else {
      text_entry("@value", term.text);
      if (!term.language.empty())
        text_entry("@language", term.language);
      else if (term.datatype != kXsdString)
        text_entry("@type", name(term.datatype));
    }
    close('}');
  }

  const Graph& main_;
  const NamedGraphs& named_;
  Prefixes prefixes_;
  std::string out_;
  std::size_t depth_ = 0;
  bool empty_ = true;  // nothing stands yet in what was opened last
};

}  // namespace

std::string write_jsonld(const Dataset& dataset, const Prefixes& prefixes) {
  return JsonLdWriter(dataset.main, dataset.named, prefixes).write();
}

std::string write_jsonld(const Graph& graph, const Prefixes& prefixes) {
  return JsonLdWriter(graph, {}, prefixes).write();
}

}  // namespace gateway::codec

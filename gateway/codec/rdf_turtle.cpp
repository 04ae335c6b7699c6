// Turtle (RDF 1.1 Turtle, W3C Recommendation of 25 February 2014) and TriG: the writers.
#include <algorithm>

#include "gateway/codec/rdf_dataset.h"
#include "gateway/codec/rdf_names.h"

namespace gateway::codec {
namespace {

constexpr int kDeepestNesting = 32;  // of blank nodes; deeper ones get labels

// Blank nodes that several graphs of a dataset know.
std::set<Term> shared_nodes(const Dataset& dataset) {
  std::set<Term> seen, shared;
  const auto look = [&](const Graph& graph) {
    std::set<Term> here;
    for (const Triple& triple : graph.triples())
      for (const Term* term : {&triple.subject, &triple.object})
        if (term->kind == Term::Kind::Blank) here.insert(*term);
    for (const Term& node : here)
      if (!seen.insert(node).second) shared.insert(node);
  };
  look(dataset.main);
  for (const auto& [name, graph] : dataset.named) {
    if (name.kind == Term::Kind::Blank) shared.insert(name);
    look(graph);
  }
  return shared;
}

// The statements of one graph, appended to `out`; `outer` is the depth of what stands around them.
class TurtleWriter {
 public:
  TurtleWriter(std::string& out, const Graph& graph, const Prefixes& used, const std::set<Term>& shared,
               int outer)
      : out_(out), prefixes_(used), subjects_(graph), nested_(nestable(subjects_)), outer_(outer) {
    for (const Term& node : shared) nested_.erase(node);
    limit_depth();
  }

  void write(std::string_view first) {
    const Term main = iri(first);
    if (!first.empty() && !subjects_.of(main).empty()) write_subject(main);
    for (const auto& [subject, triples] : subjects_)
      if ((first.empty() || *subject != main) && !nested_.contains(*subject)) write_subject(*subject);
  }

  void write_term(const Term& term, int depth) {
    switch (term.kind) {
      case Term::Kind::Iri:
        write_iri(term.text);
        return;
      case Term::Kind::Blank:
        write_blank(term, depth);
        return;
      case Term::Kind::Literal:
        write_literal(term);
        return;
    }
  }

 private:
  // Takes nodes out of nested_ that would lie too deep for readers with small stacks.
  void limit_depth() {
    std::map<Term, const Term*> parent_of;
    for (const auto& [subject, triples] : subjects_)
      for (const Triple* triple : triples)
        if (nested_.contains(triple->object)) parent_of[triple->object] = &triple->subject;
    for (const auto& [node, parent] : parent_of) {
      int depth = 1;
      for (const Term* at = parent; nested_.contains(*at) && depth <= kDeepestNesting; at = parent_of.at(*at))
        ++depth;
      if (depth > kDeepestNesting) nested_.erase(node);
    }
  }

  void write_subject(const Term& subject) {
    out_.append("\n").append(spaces(0));
    write_term(subject, 0);
    write_properties(subject, 1, " ");
    out_ += " .\n";
  }

  std::string spaces(int depth) const {
    return std::string(static_cast<std::size_t>(outer_ + depth) * 2, ' ');
  }

  // "a" first, then predicates in order. Up to three objects of one predicate share a line.
  void write_properties(const Term& subject, int depth, std::string_view before_first) {
    const auto found = subjects_.of(subject);
    std::vector<const Triple*> triples(found.begin(), found.end());
    std::stable_partition(triples.begin(), triples.end(),
                          [](const Triple* t) { return t->predicate.text == kRdfType; });
    const std::string indent = spaces(depth);
    for (auto at = triples.begin(); at != triples.end();) {
      const auto end =
          std::find_if(at, triples.end(), [&](const Triple* t) { return t->predicate != (*at)->predicate; });
      out_.append(at == triples.begin() ? std::string(before_first) : " ;\n" + indent);
      write_predicate((*at)->predicate);
      const std::string comma = end - at > 3 ? ",\n" + indent + "  " : ", ";
      for (std::string_view before = " "; at != end; ++at, before = comma) {
        out_ += before;
        write_term((*at)->object, depth);
      }
    }
  }

  void write_predicate(const Term& predicate) {
    if (predicate.text == kRdfType)
      out_ += 'a';
    else
      write_iri(predicate.text);
  }

  void write_iri(std::string_view text) {
    if (const auto name = shorten(text, prefixes_, true))
      out_.append(name->first).append(":").append(name->second);
    else
      out_.append("<").append(text).append(">");
  }

  void write_blank(const Term& node, int depth) {
    if (depth == 0 || !nested_.contains(node)) {
      out_.append("_:").append(node.text);
      return;
    }
    if (subjects_.of(node).empty()) {
      out_ += "[]";
      return;
    }
    out_ += "[\n";
    write_properties(node, depth + 1, spaces(depth + 1));
    out_.append("\n").append(spaces(depth)).append("]");
  }

  void write_literal(const Term& term) {
    if (term.datatype == kXsdBoolean && (term.text == "true" || term.text == "false")) {
      out_ += term.text;
      return;
    }
    append_quoted(out_, term.text);
    if (!term.language.empty()) {
      out_.append("@").append(term.language);
    } else if (term.datatype != kXsdString) {
      out_ += "^^";
      write_iri(term.datatype);
    }
  }

  std::string& out_;
  const Prefixes& prefixes_;
  Subjects subjects_;
  std::set<Term> nested_;
  const int outer_;
};

std::string declarations(const Prefixes& used) {
  std::string out;
  for (const auto& [prefix, space] : used) out += "@prefix " + prefix + ": <" + space + "> .\n";
  return out;
}

}  // namespace

std::string write_turtle(const Graph& graph, const Prefixes& prefixes, std::string_view first) {
  const Prefixes used = used_prefixes(graph, prefixes, true);
  std::string out = declarations(used);
  TurtleWriter(out, graph, used, {}, 0).write(first);
  return out;
}

// TriG (RDF 1.1 TriG, W3C Recommendation of 25 February 2014).
std::string write_trig(const Dataset& dataset, const Prefixes& prefixes) {
  Prefixes used = used_prefixes(dataset.main, prefixes, true);
  for (const auto& [name, graph] : dataset.named) {
    used.merge(used_prefixes(graph, prefixes, true));
    if (const auto known = shorten(name.text, prefixes, true)) used.emplace(*prefixes.find(known->first));
  }
  const std::set<Term> shared = shared_nodes(dataset);
  std::string out = declarations(used);
  TurtleWriter(out, dataset.main, used, shared, 0).write({});
  for (const auto& [name, graph] : dataset.named) {
    out += '\n';
    TurtleWriter block(out, graph, used, shared, 1);
    block.write_term(name, 0);
    out += " {";
    block.write({});
    out += "}\n";
  }
  return out;
}

}  // namespace gateway::codec

// Turtle (RDF 1.1 Turtle, W3C Recommendation of 25 February 2014): the writer.
#include <algorithm>

#include "gateway/codec/rdf_names.h"

namespace gateway::codec {
namespace {

constexpr int kDeepestNesting = 32;  // of blank nodes; deeper ones get labels

class TurtleWriter {
 public:
  TurtleWriter(const Graph& graph, const Prefixes& prefixes)
      : prefixes_(used_prefixes(graph, prefixes, true)),
        subjects_(by_subject(graph)),
        nested_(nestable(subjects_)) {
    limit_depth();
  }

  std::string write(std::string_view first) {
    for (const auto& [prefix, space] : prefixes_) out_ += "@prefix " + prefix + ": <" + space + "> .\n";
    const Term main = iri(first);
    if (!first.empty() && subjects_.contains(main)) write_subject(main);
    for (const auto& [subject, triples] : subjects_)
      if ((first.empty() || subject != main) && !nested_.contains(subject)) write_subject(subject);
    return std::move(out_);
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
    out_ += '\n';
    write_term(subject, 0);
    write_properties(subject, 1, " ");
    out_ += " .\n";
  }

  // "a" first, then predicates in order. Up to three objects of one predicate share a line.
  void write_properties(const Term& subject, int depth, std::string_view before_first) {
    const auto found = subjects_.find(subject);
    if (found == subjects_.end()) return;
    std::vector<const Triple*> triples = found->second;
    std::stable_partition(triples.begin(), triples.end(),
                          [](const Triple* t) { return t->predicate.text == kRdfType; });
    const std::string indent(static_cast<std::size_t>(depth) * 2, ' ');
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

  void write_blank(const Term& node, int depth) {
    if (depth == 0 || !nested_.contains(node)) {
      out_.append("_:").append(node.text);
      return;
    }
    if (!subjects_.contains(node)) {
      out_ += "[]";
      return;
    }
    const std::string indent(static_cast<std::size_t>(depth) * 2 + 2, ' ');
    out_ += "[\n";
    write_properties(node, depth + 1, indent);
    out_.append("\n").append(static_cast<std::size_t>(depth) * 2, ' ').append("]");
  }

  void write_literal(const Term& term) {
    if (term.datatype == kXsdBoolean && (term.text == "true" || term.text == "false")) {
      out_ += term.text;
      return;
    }
    out_ += '"';
    for (const char c : term.text) switch (c) {
        case '"':
          out_ += "\\\"";
          break;
        case '\\':
          out_ += "\\\\";
          break;
        case '\n':
          out_ += "\\n";
          break;
        case '\r':
          out_ += "\\r";
          break;
        case '\t':
          out_ += "\\t";
          break;
        default:
          out_ += c;
      }
    out_ += '"';
    if (!term.language.empty()) {
      out_.append("@").append(term.language);
    } else if (term.datatype != kXsdString) {
      out_ += "^^";
      write_iri(term.datatype);
    }
  }

  Prefixes prefixes_;
  Subjects subjects_;
  std::set<Term> nested_;
  std::string out_;
};

}  // namespace

std::string write_turtle(const Graph& graph, const Prefixes& prefixes, std::string_view first) {
  return TurtleWriter(graph, prefixes).write(first);
}

}  // namespace gateway::codec

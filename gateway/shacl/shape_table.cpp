#include "gateway/shacl/shape_table.h"

#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "gateway/shacl/table_terms.h"
#include "gateway/shacl/vocabulary.h"

namespace gateway::shacl {
namespace {

constexpr std::size_t kMaxDepth = 24;

class ShapeTable {
 public:
  ShapeTable(std::string_view text, std::string_view file, std::string_view folder)
      : lines_(text, file), folder_(folder) {}

  Result<codec::Graph> read() {
    while (const TableLine* line = TRY(lines_.next())) {
      if (line->depth != 0 || line->fields[0] != "shape" || line->fields.size() < 2)
        return lines_.fault("a line outside of a shape begins with \"shape\"");
      const codec::Term shape = TRY(lines_.term(line->fields[1]));
      graph_.add(shape, rdf("type"), codec::iri(sh("NodeShape")));
      TRY_VOID(read_pairs(*line, 2, shape));
      TRY_VOID(read_body(shape, 1));
    }
    return std::move(graph_);
  }

 private:
  // The lines below a shape that say something of it.
  Result<void> read_body(const codec::Term& shape, std::size_t depth) {
    if (depth > kMaxDepth) return lines_.fault("shapes within shapes go too deep");
    while (const TableLine* line = TRY(lines_.next())) {
      if (line->depth < depth) {
        lines_.back();
        return {};
      }
      if (line->depth > depth) return lines_.fault("a line is indented too far");
      const TableLine own = *line;
      TRY_VOID(read_line(own, shape, depth));
    }
    return {};
  }

  Result<void> read_line(const TableLine& line, const codec::Term& shape, std::size_t depth) {
    const std::string_view key = line.fields[0];
    if (key == "property") return read_property(line, shape, depth);
    if (key == "target") return read_target(line, shape);
    if (key == "not" || key == "node" || key == "qualifiedValueShape")
      return add_inner(line, 1, shape, key, depth);
    if (key == "or" || key == "and" || key == "xone") return read_alternatives(shape, key, depth);
    if (key == "in" || key == "languageIn" || key == "ignoredProperties") return read_list(line, shape);
    if (key == "exists") return read_guard(line, shape);
    if (line.fields.size() != 2) return lines_.fault("a parameter has one value");
    return add(shape, key, line.fields[1]);
  }

  Result<void> read_property(const TableLine& line, const codec::Term& shape, std::size_t depth) {
    if (line.fields.size() < 2) return lines_.fault("a property needs its path, or \"-\"");
    if (line.fields[1].starts_with('@')) return add(shape, "property", line.fields[1].substr(1));
    const codec::Term property = new_node();
    graph_.add(shape, sh("property"), property);
    if (line.fields[1] != "-")
      graph_.add(property, sh("path"), TRY(lines_.path(line.fields[1], graph_, paths_)));
    TRY_VOID(read_pairs(line, 2, property));
    return read_body(property, depth + 1);
  }

  Result<void> read_target(const TableLine& line, const codec::Term& shape) {
    static const std::map<std::string_view, const char*> kKinds{{"class", "targetClass"},
                                                                {"node", "targetNode"},
                                                                {"subjectsOf", "targetSubjectsOf"},
                                                                {"objectsOf", "targetObjectsOf"}};
    const auto kind = line.fields.size() < 3 ? kKinds.end() : kKinds.find(line.fields[1]);
    if (kind == kKinds.end()) return lines_.fault("a target needs its kind and what it names");
    for (std::size_t i = 2; i < line.fields.size(); ++i)
      graph_.add(shape, sh(kind->second), TRY(lines_.term(line.fields[i])));
    return {};
  }

  // A shape within a shape: named ("@name") or described by the rest of the line and the lines below.
  Result<codec::Term> inner(const TableLine& line, std::size_t field, std::size_t depth) {
    if (field < line.fields.size() && line.fields[field].starts_with('@'))
      return lines_.term(line.fields[field].substr(1));
    const codec::Term node = new_node();
    TRY_VOID(read_pairs(line, field, node));
    TRY_VOID(read_body(node, depth + 1));
    return node;
  }

  Result<void> add_inner(const TableLine& line, std::size_t field, const codec::Term& shape,
                         std::string_view key, std::size_t depth) {
    const codec::Term node = TRY(inner(line, field, depth));
    graph_.add(shape, sh(key), node);
    return {};
  }

  // Lines "alternative" one deeper.
  Result<void> read_alternatives(const codec::Term& shape, std::string_view key, std::size_t depth) {
    std::vector<codec::Term> members;
    while (const TableLine* line = TRY(lines_.next())) {
      if (line->depth <= depth) {
        lines_.back();
        break;
      }
      if (line->depth != depth + 1 || line->fields[0] != "alternative")
        return lines_.fault("below \"" + std::string(key) + "\" stand lines \"alternative\"");
      const TableLine own = *line;
      codec::Term member = TRY(inner(own, 1, depth + 1));
      members.push_back(std::move(member));
    }
    graph_.add(shape, sh(key), list(members));
    return {};
  }

  Result<void> read_list(const TableLine& line, const codec::Term& shape) {
    std::vector<codec::Term> members;
    for (std::size_t i = 1; i < line.fields.size(); ++i) {
      if (line.fields[i].starts_with('@')) {
        TRY_VOID(read_codes(line.fields[i].substr(1), members));
        continue;
      }
      codec::Term member = TRY(lines_.term(line.fields[i]));
      members.push_back(std::move(member));
    }
    graph_.add(shape, sh(line.fields[0]), list(members));
    return {};
  }

  // A file of terms, one a line.
  Result<void> read_codes(std::string_view name, std::vector<codec::Term>& into) {
    const std::string text = TRY(read_file(std::string(folder_) + "/" + std::string(name)));
    TableText codes(text, name);
    while (const TableLine* line = TRY(codes.next())) {
      codec::Term member = TRY(codes.term(line->fields[0]));
      into.push_back(std::move(member));
    }
    return {};
  }

  // The rule that the graph must hold an instance of a class: SHACL Core cannot say it, so it stands in
  // SPARQL.
  Result<void> read_guard(const TableLine& line, const codec::Term& shape) {
    if (line.fields.size() != 2) return lines_.fault("\"exists\" needs a class");
    const codec::Term type = TRY(lines_.term(line.fields[1]));
    const codec::Term rule = new_node();
    graph_.add(shape, sh("sparql"), rule);
    graph_.add(rule, rdf("type"), codec::iri(sh("SPARQLConstraint")));
    graph_.add(rule, sh("select"),
               codec::literal("SELECT $this WHERE { FILTER NOT EXISTS { ?node a <" + type.text + "> } }"));
    return {};
  }

  // Fields "key=value".
  Result<void> read_pairs(const TableLine& line, std::size_t from, const codec::Term& shape) {
    for (std::size_t i = from; i < line.fields.size(); ++i) {
      const std::size_t equals = line.fields[i].find('=');
      if (equals == std::string_view::npos) return lines_.fault("a field is no \"key=value\"");
      TRY_VOID(add(shape, line.fields[i].substr(0, equals), line.fields[i].substr(equals + 1)));
    }
    return {};
  }

  Result<void> add(const codec::Term& shape, std::string_view key, std::string_view value) {
    if (key == "path" || key == "resultPath") {
      const codec::Term path = TRY(lines_.path(value, graph_, paths_));
      graph_.add(shape, key == "path" ? sh("path") : std::string(kResultPath), path);
      return {};
    }
    const codec::Term term = TRY(lines_.term(value));
    graph_.add(shape, sh(key), term);
    return {};
  }

  codec::Term list(const std::vector<codec::Term>& members) {
    codec::Term rest = codec::iri(rdf("nil"));
    for (auto member = members.rbegin(); member != members.rend(); ++member) {
      const codec::Term cell = new_node();
      graph_.add(cell, rdf("first"), *member);
      graph_.add(cell, rdf("rest"), rest);
      rest = cell;
    }
    return rest;
  }

  codec::Term new_node() { return codec::blank("t" + std::to_string(++nodes_)); }

  TableText lines_;
  std::string_view folder_;
  codec::Graph graph_;
  std::size_t nodes_ = 0, paths_ = 0;
};

constexpr std::string_view kSkos = "http://www.w3.org/2004/02/skos/core#";

// Concept lines below a scheme: code, label, further classes.
Result<void> read_concept(TableText& lines, const TableLine& line, const std::string& scheme,
                          const std::string& base, codec::Graph& graph) {
  const std::string skos(kSkos);
  const bool whole = line.fields[0].starts_with('<');
  const codec::Term node =
      whole ? TRY(lines.term(line.fields[0])) : codec::iri(base + std::string(line.fields[0]));
  graph.add(node, rdf("type"), codec::iri(skos + "Concept"));
  graph.add(node, skos + "inScheme", codec::iri(scheme));
  if (line.fields.size() > 1) graph.add(node, skos + "prefLabel", TRY(lines.term(line.fields[1])));
  for (std::size_t i = 2; i < line.fields.size(); ++i)
    graph.add(node, rdf("type"), TRY(lines.term(line.fields[i])));
  return {};
}

}  // namespace

Result<codec::Graph> read_shape_table(std::string_view text, std::string_view file, std::string_view folder) {
  return ShapeTable(text, file, folder).read();
}

Result<codec::Graph> read_vocabulary_table(std::string_view text, std::string_view file) {
  TableText lines(text, file);
  codec::Graph graph;
  std::string scheme, base;
  while (const TableLine* line = TRY(lines.next())) {
    const auto& fields = line->fields;
    if (line->depth == 1 && !scheme.empty()) {
      TRY_VOID(read_concept(lines, *line, scheme, base, graph));
    } else if (line->depth == 0 && fields[0] == "scheme" && fields.size() == 4) {
      const codec::Term node = TRY(lines.term(fields[1]));
      scheme = node.text;
      base = TRY(lines.term(fields[2])).text;
      graph.add(node, rdf("type"), codec::iri(std::string(kSkos) + "ConceptScheme"));
      graph.add(node, "http://purl.org/dc/terms/title", TRY(lines.term(fields[3])));
    } else if (line->depth == 0 && fields[0] == "fact" && fields.size() == 4) {
      const codec::Term subject = TRY(lines.term(fields[1]));
      const codec::Term predicate = TRY(lines.term(fields[2]));
      graph.add(subject, predicate.text, TRY(lines.term(fields[3])));
    } else {
      return lines.fault("a line is neither a scheme, nor a concept of one, nor a fact");
    }
  }
  return graph;
}

}  // namespace gateway::shacl

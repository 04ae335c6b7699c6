// RDF/XML (RDF 1.1 XML Syntax, W3C Recommendation of 25 February 2014): the writer. Striped only once: every
// subject is an rdf:Description, so the output is flat and any reader manages it.
#include "gateway/codec/rdf_names.h"
#include "gateway/codec/xml_text.h"

namespace gateway::codec {
namespace {

// Element names of the predicates: known prefixes, else ns1, ns2, ... (section 2.6: every predicate is a
// QName).
class PredicateNames {
 public:
  static Result<PredicateNames> make(const Graph& graph, const Prefixes& prefixes) {
    PredicateNames names;
    names.spaces_.emplace("rdf", kRdfNamespace);
    for (const Triple& triple : graph.triples())
      if (!names.names_.contains(triple.predicate.text)) TRY(names.add(triple.predicate.text, prefixes));
    return names;
  }
  const std::string& of(const Term& predicate) const { return names_.at(predicate.text); }
  const Prefixes& spaces() const { return spaces_; }

 private:
  Result<void> add(const std::string& text, const Prefixes& prefixes) {
    if (const auto known = shorten(text, prefixes, false); known && known->first != "rdf") {
      names_[text] = std::string(known->first) + ":" + std::string(known->second);
      spaces_.emplace(*prefixes.find(known->first));
      return {};
    }
    const std::size_t cut = name_start(text);
    if (cut == std::string_view::npos)
      return fail(ErrorCode::NotSupported, "a predicate without an XML name cannot be written as RDF/XML",
                  text);
    names_[text] = prefix_of(text.substr(0, cut), prefixes) + ":" + text.substr(cut);
    return {};
  }

  std::string prefix_of(const std::string& space, const Prefixes& prefixes) {
    for (const auto& [prefix, known] : spaces_)
      if (known == space) return prefix;
    for (int i = 1;; ++i) {
      std::string prefix = "ns" + std::to_string(i);
      if (spaces_.contains(prefix) || prefixes.contains(prefix)) continue;
      spaces_.emplace(prefix, space);
      return prefix;
    }
  }

  std::map<std::string, std::string, std::less<>> names_;
  Prefixes spaces_;
};

void append_property(std::string& out, const std::string& name, const Term& object) {
  out.append("    <").append(name);
  if (object.kind == Term::Kind::Literal) {
    if (!object.language.empty())
      append_xml_attribute(out, "xml:lang", object.language);
    else if (object.datatype != kXsdString)
      append_xml_attribute(out, "rdf:datatype", object.datatype);
    out += '>';
    append_xml_text(out, object.text);
    out.append("</").append(name).append(">\n");
    return;
  }
  append_xml_attribute(out, object.kind == Term::Kind::Iri ? "rdf:resource" : "rdf:nodeID", object.text);
  out += "/>\n";
}

}  // namespace

Result<std::string> write_rdfxml(const Graph& graph, const Prefixes& prefixes) {
  const PredicateNames names = TRY(PredicateNames::make(graph, prefixes));
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rdf:RDF";
  for (const auto& [prefix, space] : names.spaces()) {
    out += "\n    ";
    append_xml_attribute(out, "xmlns:" + prefix, space);
  }
  out += ">\n";
  for (const auto& [subject, triples] : Subjects(graph)) {
    out += "  <rdf:Description";
    append_xml_attribute(out, subject->kind == Term::Kind::Iri ? "rdf:about" : "rdf:nodeID", subject->text);
    out += ">\n";
    for (const Triple* triple : triples) {
      if (triple->object.kind == Term::Kind::Literal && !is_xml_text(triple->object.text))
        return fail(ErrorCode::NotSupported, "a literal with control characters cannot be written as RDF/XML",
                    triple->predicate.text);
      append_property(out, names.of(triple->predicate), triple->object);
    }
    out += "  </rdf:Description>\n";
  }
  return out + "</rdf:RDF>\n";
}

}  // namespace gateway::codec

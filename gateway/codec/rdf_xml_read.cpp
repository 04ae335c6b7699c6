// RDF/XML (RDF 1.1 XML Syntax, W3C Recommendation of 25 February 2014): the reader, over the hardened reader
// of XML: no DOCTYPE, so no entities of the document's own.
//
// An XML literal is taken when it holds text alone; one with elements is refused and named, for its canonical
// form needs the prefixes of the document.
#include <algorithm>
#include <set>

#include "gateway/base/text.h"
#include "gateway/codec/rdf_iri.h"
#include "gateway/codec/rdf_lexer.h"
#include "gateway/codec/rdf_names.h"
#include "gateway/codec/rdf_sink.h"
#include "gateway/codec/xml.h"

namespace gateway::codec {
namespace {

constexpr std::string_view kXmlNamespace = "http://www.w3.org/XML/1998/namespace";
constexpr std::string_view kXmlLiteral = "http://www.w3.org/1999/02/22-rdf-syntax-ns#XMLLiteral";

using Event = XmlReader::Event;

// Section 5.1: names that are syntax and no terms.
bool is_core_term(std::string_view local) {
  static constexpr std::string_view kTerms[] = {
      "RDF",    "ID",       "about",     "parseType",       "resource",
      "nodeID", "datatype", "aboutEach", "aboutEachPrefix", "bagID"};
  return std::find(std::begin(kTerms), std::end(kTerms), local) != std::end(kTerms);
}

bool is_white(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

// Production NCName.
bool is_plain_name(std::string_view text) {
  return !text.empty() && std::string_view("-0123456789").find(text[0]) == std::string_view::npos &&
         RdfLexer(text).word() == text;
}

// What an element hands down to those inside.
struct Scope {
  std::string base, language;
};

// The attributes of one element, sorted by their meaning (section 6.1.4).
struct Attributes {
  std::optional<std::string> about, id, node_id, resource, datatype, parse_type;
  std::vector<std::pair<std::string, std::string>> properties;  // IRI and value
  Scope scope;
  bool says_resource() const { return resource || node_id || !properties.empty(); }
};

class RdfXmlReader {
 public:
  RdfXmlReader(XmlReader xml, RdfSink& sink, unsigned max_depth)
      : xml_(std::move(xml)), sink_(sink), max_depth_(max_depth) {}

  // Section 7.2.8.
  Result<void> read(std::string_view base) {
    if (TRY(xml_.next_element()) != Event::Start) return fault("is empty");
    const Scope outer{std::string(base), {}};
    if (xml_.space() == kRdfNamespace && xml_.name() == "RDF") {
      const Attributes root = TRY(attributes(outer));
      if (root.says_resource() || root.about || root.id || root.datatype || root.parse_type)
        return fault("has attributes at rdf:RDF");
      while (TRY(xml_.next_element()) == Event::Start) TRY(node_element(root.scope, 1));
    } else {
      TRY(node_element(outer, 1));
    }
    while (TRY(xml_.next()) != Event::Done) continue;
    return {};
  }

 private:
  Error fault(std::string what) const {
    return fail(ErrorCode::InvalidBody, "the RDF/XML " + std::move(what), xml_.where());
  }

  Result<Attributes> attributes(const Scope& outer) const {
    Attributes found;
    found.scope = outer;
    for (const XmlAttribute& attribute : xml_.attributes()) {
      if (attribute.space == kXmlNamespace) {
        TRY_VOID(scope_attribute(attribute, found.scope));
      } else if (attribute.space == kRdfNamespace || attribute.space.empty()) {
        TRY_VOID(rdf_attribute(attribute, found));
      } else {
        found.properties.emplace_back(attribute.space + attribute.name, attribute.value);
      }
    }
    return found;
  }

  Error too_long(std::string_view iri) const {
    return fail(ErrorCode::BodyTooLarge, too_long_iri(iri), xml_.where());
  }

  Result<void> scope_attribute(const XmlAttribute& attribute, Scope& scope) const {
    if (attribute.name == "base") {
      if (!is_too_long(attribute.value)) scope.base = resolve_iri(scope.base, attribute.value);
      for (const std::string& iri : {attribute.value, scope.base})
        if (is_too_long(iri)) return too_long(iri);
      if (!is_whole_iri(scope.base)) return fault("has a base that is no absolute IRI");
    }
    if (attribute.name == "lang") {
      if (!attribute.value.empty() && !is_language_tag(attribute.value))
        return fault("has a language tag that is not well-formed");
      scope.language = lower(attribute.value);
    }
    return {};
  }

  Result<void> rdf_attribute(const XmlAttribute& attribute, Attributes& into) const {
    const std::string& name = attribute.name;
    const std::pair<std::string_view, std::optional<std::string>*> known[] = {
        {"about", &into.about},       {"ID", &into.id},
        {"nodeID", &into.node_id},    {"resource", &into.resource},
        {"datatype", &into.datatype}, {"parseType", &into.parse_type}};
    const bool bare = attribute.space.empty();
    for (const auto& [local, slot] : known)
      if (name == local && !(bare && (name == "nodeID" || name == "datatype"))) {
        *slot = attribute.value;
        return {};
      }
    if (is_core_term(name) || name == "li" || name == "Description" || (bare && name != "type"))
      return fault("has the attribute '" + name + "', which may not stand here");
    into.properties.emplace_back(std::string(kRdfNamespace) + name, attribute.value);
    return {};
  }

  Result<Term> resolved(const Scope& scope, std::string_view reference) const {
    if (is_too_long(reference)) return too_long(reference);
    std::string text = resolve_iri(scope.base, reference);
    if (is_too_long(text)) return too_long(text);
    if (!is_whole_iri(text))
      return fault("has an IRI that is not absolute or not allowed: " + text.substr(0, 200));
    return plain_iri(std::move(text));
  }

  Result<Term> from_id(const Scope& scope, const std::string& id) {
    if (!is_plain_name(id)) return fault("has an rdf:ID that is no name");
    Term term = TRY(resolved(scope, "#" + id));
    if (!ids_.insert(term.text).second) return fault("has the same rdf:ID twice");
    return term;
  }

  Result<Term> from_node_id(const std::string& id) const {
    if (!is_plain_name(id)) return fault("has an rdf:nodeID that is no name");
    return sink_.labelled(id);
  }

  Result<void> emit(const Term& subject, const Term& predicate, Term object) {
    return sink_.add({{subject, predicate, std::move(object)}, std::nullopt});
  }

  static Term text_term(std::string text, const Scope& scope) {
    const bool plain = scope.language.empty();
    return {.kind = Term::Kind::Literal,
            .text = std::move(text),
            .datatype = std::string(plain ? kXsdString : kLangString),
            .language = scope.language};
  }

  // The element name as an IRI; `forbidden` stands for rdf:li or rdf:Description, as the place demands.
  Result<Term> element_name(std::string_view forbidden) const {
    if (xml_.space().empty()) return fault("has an element without a namespace");
    if (xml_.space() == kRdfNamespace && (is_core_term(xml_.name()) || xml_.name() == forbidden))
      return fault("has rdf:" + std::string(xml_.name()) + " where it may not stand");
    Term name = plain_iri(std::string(xml_.space()).append(xml_.name()));
    if (!is_whole_iri(name.text)) return fault("has an element whose name is no IRI");
    return name;
  }

  // Section 7.2.11; gives the node. The cursor is at its start and will be at its end.
  Result<Term> node_element(const Scope& outer, unsigned depth) {
    if (depth > max_depth_) return fault("is nested too deeply");
    const Term type = TRY(element_name("li"));
    const Attributes given = TRY(attributes(outer));
    if (given.resource || given.datatype || given.parse_type ||
        given.about.has_value() + given.id.has_value() + given.node_id.has_value() > 1)
      return fault("has attributes at a node that do not go together");
    Term subject = given.about     ? TRY(resolved(given.scope, *given.about))
                   : given.id      ? TRY(from_id(given.scope, *given.id))
                   : given.node_id ? TRY(from_node_id(*given.node_id))
                                   : sink_.fresh();
    if (type.text != std::string(kRdfNamespace) + "Description")
      TRY_VOID(emit(subject, plain_iri(std::string(kRdfType)), type));
    TRY_VOID(property_attributes(subject, given));
    TRY_VOID(property_elements(subject, given.scope, depth));
    return subject;
  }

  Result<void> property_attributes(const Term& subject, const Attributes& given) {
    for (const auto& [name, value] : given.properties) {
      if (!is_whole_iri(name)) return fault("has an attribute whose name is no IRI");
      const bool type = name == kRdfType;
      Term object = type ? TRY(resolved(given.scope, value)) : text_term(value, given.scope);
      TRY_VOID(emit(subject, plain_iri(name), std::move(object)));
    }
    return {};
  }

  // Section 7.2.13, up to the end of the element around them.
  Result<void> property_elements(const Term& subject, const Scope& scope, unsigned depth) {
    std::size_t items = 0;
    while (TRY(xml_.next_element()) == Event::Start) TRY_VOID(property_element(subject, scope, depth, items));
    return {};
  }

  // Section 7.2.14.
  Result<void> property_element(const Term& subject, const Scope& outer, unsigned depth, std::size_t& items) {
    Term predicate = TRY(element_name("Description"));
    if (predicate.text == std::string(kRdfNamespace) + "li")
      predicate = rdf_term("_" + std::to_string(++items));
    const Attributes given = TRY(attributes(outer));
    if (given.about) return fault("has rdf:about at a property");
    std::optional<Term> statement;
    if (given.id) statement = TRY(from_id(given.scope, *given.id));
    const Term object = TRY(property_value(given, depth));
    TRY_VOID(emit(subject, predicate, object));
    if (statement) TRY_VOID(reify(*statement, {subject, predicate, object}));
    return {};
  }

  // Section 7.3.
  Result<void> reify(const Term& statement, const Triple& triple) {
    TRY_VOID(emit(statement, plain_iri(std::string(kRdfType)), rdf_term("Statement")));
    TRY_VOID(emit(statement, rdf_term("subject"), triple.subject));
    TRY_VOID(emit(statement, rdf_term("predicate"), triple.predicate));
    return emit(statement, rdf_term("object"), triple.object);
  }

  // The object of a property; the cursor ends at the property's end.
  Result<Term> property_value(const Attributes& given, unsigned depth) {
    if (given.parse_type) {
      if (given.says_resource() || given.datatype) return fault("has attributes beside rdf:parseType");
      if (*given.parse_type == "Resource") return anonymous(given.scope, depth);
      if (*given.parse_type == "Collection") return collection(given.scope, depth);
      return xml_literal();
    }
    if (given.says_resource()) return referred(given);
    if (given.datatype) {
      Term value = text_term(TRY(xml_.text_content()), {});
      value.datatype = TRY(resolved(given.scope, *given.datatype)).text;
      if (value.datatype == kLangString) return fault("has rdf:langString as a datatype");
      return value;
    }
    return content(given.scope, depth);
  }

  // Section 7.2.21: the object is named by attributes, so nothing stands inside.
  Result<Term> referred(const Attributes& given) {
    if (given.datatype || (given.resource && given.node_id))
      return fault("has attributes at a property that do not go together");
    Term object = given.resource  ? TRY(resolved(given.scope, *given.resource))
                  : given.node_id ? TRY(from_node_id(*given.node_id))
                                  : sink_.fresh();
    TRY_VOID(property_attributes(object, given));
    if (TRY(xml_.next_element()) != Event::End)
      return fault("has an element in a property that has its value");
    return object;
  }

  // Sections 7.2.15 and 7.2.16: one node, or text.
  Result<Term> content(const Scope& scope, unsigned depth) {
    std::string text;
    Event event = TRY(xml_.next());
    for (; event == Event::Text; event = TRY(xml_.next())) text += xml_.text();
    if (event != Event::Start) return text_term(std::move(text), scope);
    if (!is_white(text)) return fault("has text beside an element");
    Term object = TRY(node_element(scope, depth + 1));
    if (TRY(xml_.next_element()) != Event::End) return fault("has two values in one property");
    return object;
  }

  // Section 7.2.18.
  Result<Term> anonymous(const Scope& scope, unsigned depth) {
    if (depth >= max_depth_) return fault("is nested too deeply");
    Term node = sink_.fresh();
    TRY_VOID(property_elements(node, scope, depth + 1));
    return node;
  }

  // Section 7.2.19.
  Result<Term> collection(const Scope& scope, unsigned depth) {
    std::optional<Term> head;
    Term last;
    while (TRY(xml_.next_element()) == Event::Start) {
      const Term item = TRY(node_element(scope, depth + 1));
      Term cell = sink_.fresh();
      if (head) TRY_VOID(emit(last, rdf_term("rest"), cell));
      if (!head) head = cell;
      TRY_VOID(emit(cell, rdf_term("first"), item));
      last = std::move(cell);
    }
    if (!head) return rdf_term("nil");
    TRY_VOID(emit(last, rdf_term("rest"), rdf_term("nil")));
    return std::move(*head);
  }

  // Section 7.2.17, text only: canonical XML escapes three characters and the carriage return.
  Result<Term> xml_literal() {
    std::string text;
    Event event = TRY(xml_.next());
    for (; event == Event::Text; event = TRY(xml_.next()))
      for (const char c : xml_.text())
        c == '&'    ? text += "&amp;"
        : c == '<'  ? text += "&lt;"
        : c == '>'  ? text += "&gt;"
        : c == '\r' ? text += "&#xD;"
                    : text += c;
    if (event == Event::Start)
      return fail(ErrorCode::NotSupported, "an XML literal with elements is not taken", xml_.where());
    Term value = text_term(std::move(text), {});
    value.datatype = kXmlLiteral;
    return value;
  }

  XmlReader xml_;
  RdfSink& sink_;
  const unsigned max_depth_;
  std::set<std::string> ids_;
};

}  // namespace

Result<void> read_rdfxml(std::string_view text, std::string_view base, RdfSink& sink,
                         const RdfLimits& limits) {
  XmlLimits xml_limits;
  xml_limits.max_bytes = limits.max_bytes;
  xml_limits.max_attributes = 256;  // a prefix for each vocabulary
  return RdfXmlReader(TRY(XmlReader::open(text, xml_limits)), sink, limits.max_depth).read(base);
}

}  // namespace gateway::codec

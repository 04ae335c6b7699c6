// N-Triples and N-Quads (RDF 1.1, W3C Recommendations of 25 February 2014): the readers. A statement a line.
#include "gateway/codec/rdf_iri.h"
#include "gateway/codec/rdf_lexer.h"
#include "gateway/codec/rdf_names.h"
#include "gateway/codec/rdf_sink.h"

namespace gateway::codec {
namespace {

class LineReader {
 public:
  LineReader(std::string_view text, bool quads, RdfSink& sink) : lexer_(text), quads_(quads), sink_(sink) {}

  Result<void> read() {
    for (lexer_.skip_space(); !lexer_.at_end(); lexer_.skip_space()) {
      Quad quad;
      if (!statement(quad)) return lexer_.error();
      TRY_VOID(sink_.add(std::move(quad)));
    }
    return {};
  }

 private:
  bool statement(Quad& quad) {
    if (!resource(quad.triple.subject)) return false;
    lexer_.skip_blanks();
    if (lexer_.peek() == '_') return lexer_.refuse("a predicate is an IRI");
    if (!resource(quad.triple.predicate)) return false;
    lexer_.skip_blanks();
    if (!(lexer_.peek() == '"' ? literal(quad.triple.object) : resource(quad.triple.object))) return false;
    lexer_.skip_blanks();
    if (quads_ && lexer_.peek() != '.' && !resource(quad.graph.emplace())) return false;
    lexer_.skip_blanks();
    return lexer_.expect('.') && lexer_.line_end();
  }

  bool resource(Term& out) {
    if (lexer_.peek() == '_' && lexer_.peek(1) == ':') {
      if (!lexer_.blank_label(text_)) return false;
      out = sink_.labelled(text_);
      return true;
    }
    out = plain_iri({});
    if (!lexer_.iri_ref(out.text)) return false;
    if (is_too_long(out.text)) return lexer_.refuse(too_long_iri(out.text), ErrorCode::BodyTooLarge);
    return has_scheme(out.text) || lexer_.refuse("an IRI is relative");
  }

  bool literal(Term& out) {
    out = typed({}, kXsdString);
    if (!lexer_.quoted(out.text, false)) return false;
    if (lexer_.peek() == '@') {
      out.datatype = kLangString;
      return lexer_.language(out.language);
    }
    if (!lexer_.take('^')) return true;
    Term type;
    if (!lexer_.expect('^')) return false;
    if (lexer_.peek() == '_') return lexer_.refuse("a datatype is an IRI");
    if (!resource(type)) return false;
    out.datatype = std::move(type.text);
    return out.datatype != kLangString || lexer_.refuse("a literal of rdf:langString lacks its language");
  }

  RdfLexer lexer_;
  const bool quads_;
  RdfSink& sink_;
  std::string text_;
};

}  // namespace

Result<void> read_lines(std::string_view text, bool quads, RdfSink& sink) {
  return LineReader(text, quads, sink).read();
}

}  // namespace gateway::codec

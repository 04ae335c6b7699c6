// Internal to the readers of RDF: what they share between their syntax and the statements they hand out.
// One object per thread.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/result.h"
#include "gateway/codec/rdf_iri.h"
#include "gateway/codec/rdf_names.h"
#include "gateway/codec/rdf_read.h"

namespace gateway::codec {

// Terms of texts that a reader has checked.
inline Term plain_iri(std::string text) {
  return {.kind = Term::Kind::Iri, .text = std::move(text), .datatype = {}, .language = {}};
}
inline Term rdf_term(std::string_view local) { return plain_iri(std::string(kRdfNamespace).append(local)); }
inline Term typed(std::string text, std::string_view datatype) {
  return {.kind = Term::Kind::Literal,
          .text = std::move(text),
          .datatype = std::string(datatype),
          .language = {}};
}

// A prefix is short and what it stands for may be long, so the text of all terms is bounded too.
inline std::size_t expanded_limit(const RdfLimits& limits) { return limits.max_bytes * 8; }
inline Error expanded_too_far() {
  return fail(ErrorCode::BodyTooLarge, "the terms of the RDF document are too long when written out");
}

// Names blank nodes anew and counts statements.
class RdfSink {
 public:
  // A prefix that ends like a name gets a mark, so that those of two prefixes never meet.
  RdfSink(const QuadSink& use, const RdfLimits& limits, std::string_view blank_prefix)
      : use_(use), limits_(limits), prefix_(blank(blank_prefix).text) {
    if (prefix_.back() == '_' || (prefix_.back() >= '0' && prefix_.back() <= '9')) prefix_ += '_';
  }

  Term fresh() {
    return {.kind = Term::Kind::Blank,
            .text = prefix_ + std::to_string(count_++),
            .datatype = {},
            .language = {}};
  }
  // The node that the document calls by this label.
  Term labelled(std::string_view label) {
    const auto known = labels_.find(label);
    if (known != labels_.end()) return known->second;
    return labels_.emplace(std::string(label), fresh()).first->second;
  }
  // What a reader keeps beside the statements counts among their terms. Error: BodyTooLarge.
  Result<void> charge(std::size_t bytes) {
    bytes_ += bytes;
    if (bytes_ > expanded_limit(limits_)) return expanded_too_far();
    return {};
  }
  // Errors: BodyTooLarge, and those of the sink.
  Result<void> add(Quad&& quad) {
    std::size_t bytes = quad.graph ? quad.graph->text.size() : 0;
    for (const Term* term : {&quad.triple.subject, &quad.triple.predicate, &quad.triple.object}) {
      bytes += term->text.size() + term->datatype.size() + term->language.size();
      const std::string& iri = term->kind == Term::Kind::Iri ? term->text : term->datatype;
      if (is_too_long(iri)) return fail(ErrorCode::BodyTooLarge, too_long_iri(iri));
    }
    TRY_VOID(charge(bytes));
    if (statements_++ >= limits_.max_triples)
      return fail(ErrorCode::BodyTooLarge, "the RDF document has too many statements");
    return use_(std::move(quad));
  }

 private:
  const QuadSink& use_;
  const RdfLimits& limits_;
  std::string prefix_;
  std::size_t count_ = 0, statements_ = 0, bytes_ = 0;
  std::map<std::string, Term, std::less<>> labels_;
};

// One reader for each family of syntaxes; `text` is UTF-8 without byte order mark and NUL.
Result<void> read_turtle(std::string_view text, bool trig, std::string_view base, RdfSink& sink,
                         const RdfLimits& limits);
Result<void> read_lines(std::string_view text, bool quads, RdfSink& sink);
Result<void> read_rdfxml(std::string_view text, std::string_view base, RdfSink& sink,
                         const RdfLimits& limits);
Result<void> read_jsonld(std::string_view text, std::string_view base, RdfSink& sink, const RdfLimits& limits,
                         const ContextSource& contexts);

}  // namespace gateway::codec

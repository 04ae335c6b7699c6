#include "gateway/codec/rdf_read.h"

#include <utility>

#include "gateway/base/text.h"
#include "gateway/codec/rdf_dataset.h"
#include "gateway/codec/rdf_iri.h"
#include "gateway/codec/rdf_sink.h"

namespace gateway::codec {
namespace {

Result<std::string_view> checked_text(std::string_view text, const RdfLimits& limits) {
  if (text.size() > limits.max_bytes) return fail(ErrorCode::BodyTooLarge, "the RDF document is too large");
  if (text.find('\0') != std::string_view::npos || !is_utf8(text))
    return fail(ErrorCode::InvalidBody, "the RDF document is not UTF-8 text");
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return text;
}

std::optional<RdfFormat> find_format(std::string_view name, const auto& table) {
  for (const auto& [known, format] : table)
    if (iequals(name, known)) return format;
  return std::nullopt;
}

using NamedFormat = std::pair<std::string_view, RdfFormat>;

}  // namespace

Result<void> read_rdf(std::string_view text, RdfFormat format, std::string_view base, const QuadSink& use,
                      const RdfLimits& limits, std::string_view blank_prefix, const ContextSource& contexts) {
  const std::string_view checked = TRY(checked_text(text, limits));
  const std::string whole_base = iri(base).text;  // a path of files may hold blanks
  if (!base.empty() && !has_scheme(base))
    return fail(ErrorCode::InvalidParameter, "the base is not an absolute IRI", std::string(base));
  if (is_too_long(whole_base)) return fail(ErrorCode::InvalidParameter, too_long_iri(whole_base));
  RdfSink sink(use, limits, blank_prefix);
  switch (format) {
    case RdfFormat::Turtle:
    case RdfFormat::TriG:
      return read_turtle(checked, format == RdfFormat::TriG, whole_base, sink, limits);
    case RdfFormat::NTriples:
    case RdfFormat::NQuads:
      return read_lines(checked, format == RdfFormat::NQuads, sink);
    case RdfFormat::RdfXml:
      return read_rdfxml(checked, whole_base, sink, limits);
    case RdfFormat::JsonLd:
      break;
  }
  return read_jsonld(checked, whole_base, sink, limits, contexts);
}

Result<Graph> parse_rdf(std::string_view text, RdfFormat format, std::string_view base,
                        const RdfLimits& limits, const ContextSource& contexts) {
  Graph graph;
  const auto keep = [&graph](Quad&& quad) -> Result<void> {
    graph.add(std::move(quad.triple));
    return {};
  };
  TRY_VOID(read_rdf(text, format, base, keep, limits, "b", contexts));
  return graph;
}

Result<Graph> parse_turtle(std::string_view text, std::string_view base, const RdfLimits& limits) {
  return parse_rdf(text, RdfFormat::Turtle, base, limits);
}

Result<Dataset> parse_dataset(std::string_view text, RdfFormat format, std::string_view base,
                              const RdfLimits& limits, const ContextSource& contexts) {
  Dataset dataset;
  const auto keep = [&dataset](Quad&& quad) -> Result<void> {
    dataset.add(std::move(quad));
    return {};
  };
  TRY_VOID(read_rdf(text, format, base, keep, limits, "b", contexts));
  return dataset;
}

std::optional<RdfFormat> format_of_media_type(std::string_view media_type) {
  static constexpr NamedFormat kTypes[] = {{"text/turtle", RdfFormat::Turtle},
                                           {"application/x-turtle", RdfFormat::Turtle},
                                           {"application/ld+json", RdfFormat::JsonLd},
                                           {"application/rdf+xml", RdfFormat::RdfXml},
                                           {"application/n-triples", RdfFormat::NTriples},
                                           {"application/trig", RdfFormat::TriG},
                                           {"application/n-quads", RdfFormat::NQuads}};
  return find_format(trim(media_type.substr(0, media_type.find(';'))), kTypes);
}

std::optional<RdfFormat> format_of_name(std::string_view file_name) {
  static constexpr NamedFormat kEndings[] = {{"ttl", RdfFormat::Turtle},  {"jsonld", RdfFormat::JsonLd},
                                             {"rdf", RdfFormat::RdfXml},  {"owl", RdfFormat::RdfXml},
                                             {"nt", RdfFormat::NTriples}, {"trig", RdfFormat::TriG},
                                             {"nq", RdfFormat::NQuads}};
  const auto dot = file_name.rfind('.');
  if (dot == std::string_view::npos) return std::nullopt;
  return find_format(file_name.substr(dot + 1), kEndings);
}

// Turtle unless the text begins as XML or JSON does; '[' begins both JSON and a Turtle subject, and what
// follows it decides.
std::optional<RdfFormat> guess_format(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const auto next = [&text](std::size_t from) { return text.find_first_not_of(" \t\r\n", from); };
  const std::size_t start = next(0);
  if (start == std::string_view::npos) return std::nullopt;
  const std::string_view rest = text.substr(start);
  if (rest.starts_with("<?xml") || rest.starts_with("<rdf:") || rest.starts_with("<!--"))
    return RdfFormat::RdfXml;
  const std::size_t second = next(start + 1);
  const char after = second == std::string_view::npos ? '\0' : text[second];
  if (rest[0] == '{' && (after == '"' || after == '}')) return RdfFormat::JsonLd;
  if (rest[0] == '[' && (after == '{' || after == '[')) return RdfFormat::JsonLd;
  if (rest[0] == '{') return RdfFormat::TriG;
  const bool turtle = std::string_view("@#<[(_:").find(rest[0]) != std::string_view::npos ||
                      rest.substr(0, 200).find(':') != std::string_view::npos;
  return turtle ? std::optional(RdfFormat::Turtle) : std::nullopt;
}

}  // namespace gateway::codec

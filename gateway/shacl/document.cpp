#include "gateway/shacl/document.h"

#include <set>

namespace gateway::shacl {
namespace {

constexpr std::string_view kAccessRights = "http://purl.org/dc/terms/accessRights";
constexpr std::string_view kAuthority = "http://publications.europa.eu/resource/authority/access-right/";

codec::Term renamed(codec::Term term) {
  if (term.kind == codec::Term::Kind::Blank) term.text.insert(0, "d_");
  return term;
}

}  // namespace

Result<Document> Document::read(std::string_view text, codec::RdfFormat format, std::string_view base,
                                const codec::RdfLimits& limits, const codec::ContextSource& contexts) {
  Document document;
  const auto use = [&](codec::Quad&& quad) -> Result<void> {
    document.add(std::move(quad.triple));
    return {};
  };
  TRY_VOID(codec::read_rdf(text, format, base, use, limits, "d_", contexts));
  return document;
}

Document Document::from(const codec::Graph& graph) {
  Document document;
  for (const codec::Triple& triple : graph.triples())
    document.add({renamed(triple.subject), triple.predicate, renamed(triple.object)});
  return document;
}

void Document::add(codec::Triple&& triple) {
  const TermId s = terms_->intern(std::move(triple.subject));
  const TermId p = terms_->intern(std::move(triple.predicate));
  const TermId o = terms_->intern(std::move(triple.object));
  triples_.push_back({s, p, o});
}

std::string Document::level() const {
  const auto property = terms_->find({codec::Term::Kind::Iri, std::string(kAccessRights), {}, {}});
  std::set<std::string_view> claims;
  for (const IdTriple& triple : triples_)
    if (property && triple.p == *property) claims.insert(terms_->at(triple.o).text);
  if (claims.size() == 1) {
    if (*claims.begin() == std::string(kAuthority) + "PUBLIC") return "public";
    if (*claims.begin() == std::string(kAuthority) + "RESTRICTED") return "restricted";
  }
  return "non-public";
}

DataGraph Document::over(const Profile& profile, std::string name) && {
  auto terms = std::make_shared<TermTable>(profile.terms());
  std::vector<TermId> number;
  number.reserve(terms_->size());
  for (codec::Term& term : std::move(*terms_).release()) number.push_back(terms->intern(std::move(term)));
  const auto layer = std::make_shared<Layer>(Origin::Document, std::move(name));
  for (const IdTriple& triple : triples_) layer->add(number[triple.s], number[triple.p], number[triple.o]);
  layer->freeze();
  return DataGraph(std::move(terms), {layer, profile.background()});
}

}  // namespace gateway::shacl

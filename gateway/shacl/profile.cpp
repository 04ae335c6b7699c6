#include "gateway/shacl/profile.h"

namespace gateway::shacl {
namespace {

codec::Term renamed(codec::Term term, const std::string& mark) {
  if (term.kind == codec::Term::Kind::Blank) term.text.insert(0, mark);
  return term;
}

}  // namespace

ProfileBuilder::ProfileBuilder(std::string name)
    : name_(std::move(name)),
      terms_(std::make_shared<TermTable>()),
      background_(std::make_shared<Layer>(Origin::Background, "vocabularies")) {}

Result<void> ProfileBuilder::add_shapes(std::string_view text, codec::RdfFormat format, std::string_view base,
                                        const codec::ContextSource& contexts) {
  const auto graph = TRY(codec::parse_rdf(text, format, base, {}, contexts));
  add_shapes(graph);
  return {};
}

// Blank nodes of two files never meet, whatever they are called.
void ProfileBuilder::add_shapes(const codec::Graph& graph) {
  const std::string mark = "s" + std::to_string(++files_) + "_";
  for (const codec::Triple& triple : graph.triples())
    shapes_.add(renamed(triple.subject, mark), triple.predicate.text, renamed(triple.object, mark));
}

Result<void> ProfileBuilder::add_background(std::string_view text, codec::RdfFormat format,
                                            std::string_view base, const codec::ContextSource& contexts) {
  const std::string mark = "v" + std::to_string(++files_) + "_";
  const auto use = [this](codec::Quad&& quad) -> Result<void> {
    const TermId s = terms_->intern(std::move(quad.triple.subject));
    const TermId p = terms_->intern(std::move(quad.triple.predicate));
    background_->add(s, p, terms_->intern(std::move(quad.triple.object)));
    return {};
  };
  return codec::read_rdf(text, format, base, use, {}, mark, contexts);
}

void ProfileBuilder::add_background(const codec::Graph& graph) {
  const std::string mark = "v" + std::to_string(++files_) + "_";
  for (const codec::Triple& triple : graph.triples())
    background_->add(terms_->intern(renamed(triple.subject, mark)), terms_->intern(triple.predicate),
                     terms_->intern(renamed(triple.object, mark)));
}

Result<std::shared_ptr<const Profile>> ProfileBuilder::build() {
  auto profile = std::make_shared<Profile>();
  profile->name_ = std::move(name_);
  // Every graph needs these two, also when no shape names them.
  terms_->intern_iri("http://www.w3.org/1999/02/22-rdf-syntax-ns#type");
  terms_->intern_iri("http://www.w3.org/2000/01/rdf-schema#subClassOf");
  profile->shapes_ = TRY(compile_shapes(shapes_, *terms_));
  background_->freeze();
  profile->graph_ = std::move(shapes_);
  profile->terms_ = std::move(terms_);
  profile->background_ = std::move(background_);
  return std::shared_ptr<const Profile>(std::move(profile));
}

}  // namespace gateway::shacl

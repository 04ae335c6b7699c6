#include "gateway/shacl/validate.h"

#include "gateway/shacl/document.h"
#include "gateway/shacl/run.h"

namespace gateway::shacl {
namespace {

Result<Report> run(Document&& document, const Profile& profile, const DocumentOptions& options) {
  const std::size_t triples = document.size();
  const DataGraph data = std::move(document).over(profile, options.name.empty() ? "document" : options.name);
  Report report = TRY(Run(profile, data, options.limits, options.own_nodes).all());
  report.triples = triples;
  return report;
}

}  // namespace

Result<Report> validate_document(std::string_view text, codec::RdfFormat format, const Profile& profile,
                                 const DocumentOptions& options) {
  auto document = TRY(Document::read(text, format, options.base, options.limits.reading, options.contexts));
  return run(std::move(document), profile, options);
}

Result<Report> validate_document(std::string_view text, codec::RdfFormat format, const Library& library,
                                 std::string_view release, const DocumentOptions& options) {
  codec::ContextSource contexts = options.contexts;
  if (!contexts && format == codec::RdfFormat::JsonLd) contexts = TRY(library.contexts());
  auto document = TRY(Document::read(text, format, options.base, options.limits.reading, contexts));
  const std::size_t colon = release.find(':');
  const auto profile = TRY(colon == std::string_view::npos
                               ? library.profile_for(release, document.level())
                               : library.profile(release.substr(0, colon), release.substr(colon + 1)));
  return run(std::move(document), *profile, options);
}

Result<Report> validate_graph(const codec::Graph& graph, const Profile& profile,
                              const DocumentOptions& options) {
  return run(Document::from(graph), profile, options);
}

}  // namespace gateway::shacl

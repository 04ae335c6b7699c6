// DocumentReference of the index plane: two for each study, of its manifest in FHIR and in DICOM.
#include <algorithm>
#include <map>

#include "gateway/fhir/index_plane.h"
#include "gateway/fhir/manifest_service.h"
#include "gateway/fhir/plan_documents.h"
#include "mappers/fhir/document_reference.h"

namespace gateway::fhir {
namespace {

constexpr std::size_t kKinds = kDocumentKinds.size();

Result<std::vector<model::StudyRow>> read_studies(const PlanContext& context, const model::Query& query,
                                                  bool with_text) {
  return context.face.index().studies(query, with_text ? model::Depth::Series : model::Depth::Study);
}

IndexRow render(const PlanContext& context, const model::StudyRow& row, std::size_t kind, bool with_text) {
  IndexRow out;
  out.row = row.id * static_cast<std::int64_t>(kKinds) + static_cast<std::int64_t>(kind);
  out.id = mappers::fhir::manifest_id(kDocumentKinds[kind], row.study.uid);
  out.version = std::to_string(row.version);
  out.updated_us = row.updated_us;
  if (!with_text) return out;
  auto text = std::make_shared<std::string>();
  mappers::fhir::append_document_reference(*text, kDocumentKinds[kind], row,
                                           manifest_origin(context.face, context.dicomweb), context.base,
                                           context.face.render());
  out.text = std::move(text);
  return out;
}

// Positions count documents: those of study n are 2n and 2n + 1.
class DocumentSelection final : public IndexSelection {
 public:
  DocumentSelection(DocumentPlan plan, const PlanContext& context)
      : plan_(std::move(plan)), context_(context) {
    rest = plan_.studies.rest;
    exact = plan_.studies.filters.empty() && plan_.kinds[0] && plan_.kinds[1];
  }

  Result<std::uint64_t> count() const override {
    if (nothing()) return std::uint64_t{0};
    return TRY(context_.face.index().count(query(0, 0))) * kKinds;
  }

  Result<std::vector<IndexRow>> rows(std::uint64_t offset, std::uint32_t limit, IndexWants wants,
                                     std::uint32_t& examined) const override {
    examined = 0;
    std::vector<IndexRow> found;
    if (nothing() || limit == 0) return found;
    const std::uint64_t first = offset / kKinds, end = (offset + limit + kKinds - 1) / kKinds;
    const auto studies =
        TRY(read_studies(context_, query(first, static_cast<std::uint32_t>(end - first)), wants.text));
    for (std::uint64_t at = offset; at < offset + limit; ++at) {
      const std::size_t study = at / kKinds - first, kind = at % kKinds;
      if (study >= studies.size()) break;
      ++examined;
      if (plan_.kinds[kind] && passes(studies[study]))
        found.push_back(render(context_, studies[study], kind, wants.text));
    }
    return found;
  }

 private:
  bool nothing() const { return plan_.studies.nothing || !(plan_.kinds[0] || plan_.kinds[1]); }
  bool passes(const model::StudyRow& row) const {
    const auto& filters = plan_.studies.filters;
    return std::all_of(filters.begin(), filters.end(), [&](const auto& filter) { return filter(row); });
  }
  model::Query query(std::uint64_t offset, std::uint32_t limit) const {
    model::Query query;
    query.matches = plan_.studies.matches;
    query.by_id = true;
    query.offset = offset;
    query.limit = limit;
    return query;
  }

  DocumentPlan plan_;
  const PlanContext& context_;
};

class Documents final : public IndexType {
 public:
  std::string_view type() const override { return "DocumentReference"; }
  bool quick(std::string_view) const override { return false; }
  Result<std::unique_ptr<IndexSelection>> select(const std::vector<Criterion>& criteria,
                                                 const PlanContext& context) const override {
    return std::unique_ptr<IndexSelection>(
        std::make_unique<DocumentSelection>(TRY(plan_documents(criteria, context)), context));
  }
  Result<std::vector<IndexRow>> load(const std::vector<std::string>& ids,
                                     const PlanContext& context) const override;
};

Result<std::vector<IndexRow>> Documents::load(const std::vector<std::string>& ids,
                                              const PlanContext& context) const {
  model::Query query;
  query.matches.push_back({"study.uid", model::Match::Kind::AnyOf, {}, {}, {}});
  for (const std::string& id : ids)
    for (const auto kind : kDocumentKinds)
      if (const std::string study = mappers::fhir::study_id_of(kind, id); !study.empty())
        if (auto uid = TRY(context.face.study_uid(study))) query.matches[0].values.push_back(std::move(*uid));
  if (query.matches[0].values.empty()) return std::vector<IndexRow>();
  query.limit = static_cast<std::uint32_t>(ids.size());
  std::map<std::string, IndexRow, std::less<>> by_id;
  for (const model::StudyRow& row : TRY(read_studies(context, query, true)))
    for (std::size_t kind = 0; kind < kKinds; ++kind) {
      IndexRow document = render(context, row, kind, true);
      by_id.emplace(document.id, std::move(document));
    }
  std::vector<IndexRow> rows;
  for (const std::string& id : ids)
    if (const auto found = by_id.find(id); found != by_id.end()) rows.push_back(found->second);
  return rows;
}

}  // namespace

const IndexType& index_documents() {
  static const Documents documents;
  return documents;
}

}  // namespace gateway::fhir

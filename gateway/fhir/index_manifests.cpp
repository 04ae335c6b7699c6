// Bundle and Binary of the index plane: the manifest of a study as document Bundle and as Key Object
// Selection document. They are read by id, and found by nothing else: DocumentReferences are there to find
// them.
#include "gateway/fhir/index_plane.h"
#include "gateway/fhir/manifest_service.h"
#include "gateway/fhir/search_values.h"

namespace gateway::fhir {
namespace {

class Manifests final : public IndexType {
 public:
  Manifests(std::string_view type, ManifestForm form) : type_(type), form_(form) {}

  std::string_view type() const override { return type_; }
  bool quick(std::string_view) const override { return false; }

  Result<std::unique_ptr<IndexSelection>> select(const std::vector<Criterion>& criteria,
                                                 const PlanContext& context) const override {
    std::vector<std::string> ids;
    for (const Criterion& criterion : criteria)
      if (criterion.parameter && criterion.parameter->code == "_id" && criterion.modifier.empty())
        for (const auto id : alternatives(criterion.value)) ids.push_back(unescape(id));
    return select_all(TRY(load(ids, context)), criteria);
  }

  Result<std::vector<IndexRow>> load(const std::vector<std::string>& ids,
                                     const PlanContext& context) const override {
    std::vector<IndexRow> rows;
    for (const std::string& id : ids)
      if (auto row = TRY(load_one(id, context))) {
        row->row = static_cast<std::int64_t>(rows.size()) + 1;
        rows.push_back(std::move(*row));
      }
    return rows;
  }

 private:
  Result<std::optional<IndexRow>> load_one(const std::string& id, const PlanContext& context) const {
    const std::string study = mappers::fhir::study_id_of(mappers::fhir::ManifestPart::Document, id);
    if (study.empty()) return std::optional<IndexRow>();
    auto document = TRY(manifest_document(context.face, context.dicomweb, study, form_));
    if (!document) return std::optional<IndexRow>();
    IndexRow row;
    row.id = id;
    row.version = document->version;
    row.updated_us = document->updated_us;
    row.text = std::make_shared<std::string>(form_ == ManifestForm::Kos
                                                 ? binary_json(id, "application/dicom", *document)
                                                 : std::move(document->bytes));
    return std::optional(std::move(row));
  }

  std::string_view type_;
  ManifestForm form_;
};

}  // namespace

const IndexType& index_manifest_bundles() {
  static const Manifests bundles("Bundle", ManifestForm::Fhir);
  return bundles;
}

const IndexType& index_manifest_binaries() {
  static const Manifests binaries("Binary", ManifestForm::Kos);
  return binaries;
}

}  // namespace gateway::fhir

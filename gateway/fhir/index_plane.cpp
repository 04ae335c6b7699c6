#include "gateway/fhir/index_plane.h"

#include <algorithm>

namespace gateway::fhir {
namespace {

class FewRows final : public IndexSelection {
 public:
  FewRows(std::vector<IndexRow> rows, const std::vector<Criterion>& criteria) : rows_(std::move(rows)) {
    for (const Criterion& criterion : criteria) rest.push_back(&criterion);
  }
  Result<std::uint64_t> count() const override { return std::uint64_t{rows_.size()}; }
  Result<std::vector<IndexRow>> rows(std::uint64_t offset, std::uint32_t limit, IndexWants,
                                     std::uint32_t& examined) const override {
    const std::size_t first = std::min<std::size_t>(offset, rows_.size());
    const std::size_t last = std::min<std::size_t>(first + limit, rows_.size());
    examined = static_cast<std::uint32_t>(last - first);
    return std::vector<IndexRow>(rows_.begin() + static_cast<std::ptrdiff_t>(first),
                                 rows_.begin() + static_cast<std::ptrdiff_t>(last));
  }

 private:
  std::vector<IndexRow> rows_;
};

}  // namespace

const std::vector<const IndexType*>& index_types() {
  static const std::vector<const IndexType*> types = {
      &index_manifest_binaries(), &index_manifest_bundles(), &index_documents(), &index_endpoints(),
      &index_provenances(),       &index_studies(),          &index_subjects()};
  return types;
}

const IndexType* index_type(std::string_view type) {
  const auto& types = index_types();
  const auto found =
      std::find_if(types.begin(), types.end(), [&](const IndexType* each) { return each->type() == type; });
  return found == types.end() ? nullptr : *found;
}

std::unique_ptr<IndexSelection> select_all(std::vector<IndexRow> rows,
                                           const std::vector<Criterion>& criteria) {
  return std::make_unique<FewRows>(std::move(rows), criteria);
}

}  // namespace gateway::fhir

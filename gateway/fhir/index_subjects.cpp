// Patient and Endpoint of the index plane.
#include "gateway/fhir/index_rows.h"
#include "mappers/fhir/render.h"

namespace gateway::fhir {
namespace {

class Source {
 public:
  static constexpr model::Level level = model::Level::Subject;
  explicit Source(const FhirFace& face) : face_(face) {}

  const model::ImageIndex& index() const { return face_.index(); }
  Result<std::vector<model::SubjectRow>> read(const model::Query& query) const {
    return index().subjects(query);
  }
  Result<std::vector<IndexRow>> render(std::vector<model::SubjectRow> rows, IndexWants wants) const {
    std::vector<IndexRow> rendered;
    rendered.reserve(rows.size());
    for (const model::SubjectRow& row : rows) {
      IndexRow out{row.id, row.key, std::to_string(row.version), row.updated_us, {}, nullptr};
      if (wants.text) {
        auto text = std::make_shared<std::string>();
        mappers::fhir::append_patient(*text, row, face_.render());
        out.text = std::move(text);
      }
      rendered.push_back(std::move(out));
    }
    return rendered;
  }

 private:
  const FhirFace& face_;
};

class Subjects final : public IndexType {
 public:
  std::string_view type() const override { return "Patient"; }
  bool quick(std::string_view) const override { return false; }
  Result<std::unique_ptr<IndexSelection>> select(const std::vector<Criterion>& criteria,
                                                 const PlanContext& context) const override {
    return std::unique_ptr<IndexSelection>(std::make_unique<RowSelection<model::SubjectRow, Source>>(
        TRY(plan_subjects(criteria, context)), Source(context.face)));
  }
  Result<std::vector<IndexRow>> load(const std::vector<std::string>& ids,
                                     const PlanContext& context) const override;
};

Result<std::vector<IndexRow>> Subjects::load(const std::vector<std::string>& ids,
                                             const PlanContext& context) const {
  model::Query query;
  query.level = model::Level::Subject;
  query.matches.push_back({"subject.key", model::Match::Kind::AnyOf, ids, {}, {}});
  query.limit = static_cast<std::uint32_t>(ids.size());
  const Source source(context.face);
  auto read = TRY(source.read(query));
  return in_order_of(ids, TRY(source.render(std::move(read), {false, true, UINT64_MAX})));
}

// There is one Endpoint: the DICOMweb service of this server.
class Endpoints final : public IndexType {
 public:
  std::string_view type() const override { return "Endpoint"; }
  bool quick(std::string_view) const override { return false; }
  Result<std::unique_ptr<IndexSelection>> select(const std::vector<Criterion>& criteria,
                                                 const PlanContext& context) const override {
    return select_all({row(context)}, criteria);
  }
  Result<std::vector<IndexRow>> load(const std::vector<std::string>& ids,
                                     const PlanContext& context) const override {
    std::vector<IndexRow> rows;
    for (const std::string& id : ids)
      if (id == mappers::fhir::kEndpointId) rows.push_back(row(context));
    return rows;
  }

 private:
  static IndexRow row(const PlanContext& context) {
    auto text = std::make_shared<std::string>();
    mappers::fhir::append_endpoint(*text, context.dicomweb, context.face.started_us());
    return {1,
            std::string(mappers::fhir::kEndpointId),
            mappers::fhir::endpoint_version(context.dicomweb),
            context.face.started_us(),
            {},
            std::move(text)};
  }
};

}  // namespace

const IndexType& index_subjects() {
  static const Subjects subjects;
  return subjects;
}

const IndexType& index_endpoints() {
  static const Endpoints endpoints;
  return endpoints;
}

}  // namespace gateway::fhir

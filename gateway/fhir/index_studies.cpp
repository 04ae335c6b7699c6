// ImagingStudy of the index plane.
#include <array>
#include "gateway/fhir/index_rows.h"
#include "gateway/fhir/search_datatypes.h"
#include "mappers/fhir/dates.h"

namespace gateway::fhir {
namespace {

constexpr std::array<std::string_view, 5> kQuick = {"started", "patient", "subject", "endpoint", "modality"};

class Source {
 public:
  static constexpr model::Level level = model::Level::Study;
  explicit Source(const FhirFace& face) : face_(face) {}

  const model::ImageIndex& index() const { return face_.index(); }
  Result<std::vector<model::StudyRow>> read(const model::Query& query) const {
    return index().studies(query, model::Depth::Study);
  }
  Result<std::vector<IndexRow>> render(std::vector<model::StudyRow> rows, IndexWants wants) const;

 private:
  std::vector<model::SearchValue> values(const model::StudyRow& row) const;
  const FhirFace& face_;
};

// What the resource says of these parameters, without rendering it.
std::vector<model::SearchValue> Source::values(const model::StudyRow& row) const {
  std::vector<model::SearchValue> values;
  const std::string started = mappers::fhir::started_of(row.study, face_.render());
  if (const auto span = mappers::fhir::LocalTime(face_.render()).span_of(started))
    values.push_back({"started", "", "", span->first_us, span->last_us});
  for (const char* parameter : {"patient", "subject"})
    values.push_back({parameter, "Patient", row.subject.key, {}, {}});
  values.push_back({"endpoint", "Endpoint", std::string(mappers::fhir::kEndpointId), {}, {}});
  for (const std::string& modality : row.modalities)
    values.push_back(
        {"modality", "http://dicom.nema.org/resources/ontology/DCM", token_text(modality), {}, {}});
  return values;
}

// How many of the rows a page can hold: at least one, and no more instances than asked for.
std::size_t fitting(const std::vector<model::StudyRow>& rows, std::uint64_t most_instances) {
  std::uint64_t instances = 0;
  std::size_t n = 0;
  while (n < rows.size() && (n == 0 || instances + rows[n].instance_count <= most_instances))
    instances += rows[n++].instance_count;
  return n;
}

Result<std::vector<IndexRow>> Source::render(std::vector<model::StudyRow> rows, IndexWants wants) const {
  rows.resize(fitting(rows, wants.most_instances));
  std::vector<StudyTexts::Text> texts(rows.size());
  if (wants.text) texts = TRY(face_.study_texts().texts(rows));
  std::vector<IndexRow> rendered;
  rendered.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const model::StudyRow& row = rows[i];
    if (wants.text && !texts[i])
      return fail(ErrorCode::StoreFailed, "a study left the index during the search");
    IndexRow out{row.id,
                 mappers::fhir::imaging_study_id(row.study.uid),
                 std::to_string(row.version),
                 row.updated_us,
                 {},
                 std::move(texts[i])};
    if (wants.values) out.values = values(row);
    rendered.push_back(std::move(out));
  }
  return rendered;
}

class Studies final : public IndexType {
 public:
  std::string_view type() const override { return "ImagingStudy"; }
  bool quick(std::string_view code) const override {
    return std::find(kQuick.begin(), kQuick.end(), code) != kQuick.end();
  }
  Result<std::unique_ptr<IndexSelection>> select(const std::vector<Criterion>& criteria,
                                                 const PlanContext& context) const override {
    return std::unique_ptr<IndexSelection>(std::make_unique<RowSelection<model::StudyRow, Source>>(
        TRY(plan_studies(criteria, context)), Source(context.face)));
  }
  Result<std::vector<IndexRow>> load(const std::vector<std::string>& ids,
                                     const PlanContext& context) const override {
    return load_by_study<Source>(ids, context);
  }
};

}  // namespace

const IndexType& index_studies() {
  static const Studies studies;
  return studies;
}

}  // namespace gateway::fhir

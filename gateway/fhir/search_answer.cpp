#include "gateway/fhir/search_answer.h"

#include <set>

#include "gateway/fhir/search_plan.h"
#include "mappers/fhir/json_writer.h"

namespace gateway::fhir {
namespace {

using mappers::fhir::JsonArray;
using mappers::fhir::JsonObject;
using mappers::fhir::kEndpointId;

constexpr std::size_t kBytesAnEntry = 256;  // around a resource

class Answer {
 public:
  Answer(const SearchRequest& request, const FhirFace& face, const std::string& base,
         const std::string& dicomweb)
      : request_(request), face_(face), base_(base), dicomweb_(dicomweb) {}

  Result<std::string> studies();
  Result<std::string> subjects();
  Result<std::string> endpoints();

 private:
  template <class Append>
  void entry(JsonArray& entries, std::string_view type, std::string_view id, std::string_view mode,
             Append append);
  void entry(JsonArray& entries, const model::SubjectRow& row, std::string_view mode) {
    entry(entries, "Patient", row.key, mode,
          [&](std::string& out) { mappers::fhir::append_patient(out, row, face_.render()); });
  }
  void endpoint_entry(JsonArray& entries, std::string_view mode) {
    entry(entries, "Endpoint", kEndpointId, mode,
          [&](std::string& out) { mappers::fhir::append_endpoint(out, dicomweb_, face_.started_us()); });
  }
  void study_entries(JsonArray& entries, const std::vector<model::StudyRow>& rows,
                     const std::vector<StudyTexts::Text>& texts);
  void add_links(JsonObject& bundle, std::uint64_t total, std::uint64_t matches) const;
  // The Bundle; `entries` appends those of `matches` matches and what they include.
  template <class Entries>
  std::string bundle(std::uint64_t total, std::uint64_t matches, std::size_t bytes, Entries entries);

  const SearchRequest& request_;
  const FhirFace& face_;
  const std::string& base_;
  const std::string& dicomweb_;
};

template <class Append>
void Answer::entry(JsonArray& entries, std::string_view type, std::string_view id, std::string_view mode,
                   Append append) {
  JsonObject object(entries.item());
  object.text("fullUrl", base_ + "/" + std::string(type) + "/" + std::string(id));
  append(object.member("resource"));
  object.member("search") += "{\"mode\":\"" + std::string(mode) + "\"}";
}

void Answer::add_links(JsonObject& bundle, std::uint64_t total, std::uint64_t matches) const {
  const std::string path = base_ + "/" + std::string(name_of(request_.type));
  JsonArray links(bundle.member("link"));
  const auto link = [&](std::string_view relation, std::uint64_t offset) {
    JsonObject object(links.item());
    object.plain("relation", relation);
    object.text("url", page_link(request_, path, offset));
  };
  link("self", request_.offset);
  if (request_.count_only) return;
  link("first", 0);
  if (matches > 0 && request_.offset + matches < total) link("next", request_.offset + matches);
}

template <class Entries>
std::string Answer::bundle(std::uint64_t total, std::uint64_t matches, std::size_t bytes, Entries entries) {
  std::string json;
  json.reserve(bytes + 1024);
  {
    JsonObject object(json);
    object.plain("resourceType", "Bundle");
    object.plain("type", "searchset");
    if (request_.with_total || request_.count_only) object.number("total", total);
    add_links(object, total, matches);
    if (matches > 0) {
      JsonArray list(object.member("entry"));
      entries(list);
    }
  }
  return json;
}

// The matches first, then what they refer to, each once (FHIR R4 search 3.1.1.5.4)
void Answer::study_entries(JsonArray& entries, const std::vector<model::StudyRow>& rows,
                           const std::vector<StudyTexts::Text>& texts) {
  for (std::size_t i = 0; i < rows.size(); ++i)
    entry(entries, "ImagingStudy", mappers::fhir::imaging_study_id(rows[i].study.uid), "match",
          [&](std::string& out) { out += *texts[i]; });
  std::set<std::string_view> patients;
  for (const auto& row : rows)
    if (request_.include_patient && patients.insert(row.subject.key).second)
      entry(entries, row.subject, "include");
  if (request_.include_endpoint) endpoint_entry(entries, "include");
}

Result<std::string> Answer::studies() {
  const StudyPlan plan = TRY(plan_studies(request_.criteria, {face_, base_}));
  const auto page = TRY(find_studies(plan, request_, face_));
  const auto texts = TRY(face_.study_texts().texts(page.rows));
  std::size_t bytes = 0;
  for (const auto& text : texts) {
    if (!text) return fail(ErrorCode::StoreFailed, "a study left the index during the search");
    bytes += text->size() + kBytesAnEntry;
  }
  return bundle(page.total, page.rows.size(), bytes,
                [&](JsonArray& entries) { study_entries(entries, page.rows, texts); });
}

Result<std::string> Answer::subjects() {
  const SubjectPlan plan = TRY(plan_subjects(request_.criteria, {face_, base_}));
  const auto page = TRY(find_subjects(plan, request_, face_));
  return bundle(page.total, page.rows.size(), page.rows.size() * 1024, [&](JsonArray& entries) {
    for (const auto& row : page.rows) entry(entries, row, "match");
  });
}

Result<std::string> Answer::endpoints() {
  const std::uint64_t total = TRY(endpoint_matches(request_.criteria, {face_, base_})) ? 1 : 0;
  const std::uint64_t shown = request_.count_only || request_.offset > 0 ? 0 : total;
  return bundle(total, shown, 2048, [&](JsonArray& entries) { endpoint_entry(entries, "match"); });
}

}  // namespace

Result<std::string> search_answer(const SearchRequest& request, const FhirFace& face, const std::string& base,
                                  const std::string& dicomweb) {
  Answer answer(request, face, base, dicomweb);
  if (request.type == ResourceType::ImagingStudy) return answer.studies();
  return request.type == ResourceType::Patient ? answer.subjects() : answer.endpoints();
}

}  // namespace gateway::fhir

// WADO-RS retrieval of studies, series and instances (PS3.18 section 10.4): parts of multipart/related, the
// object alone, or an archive with a DICOMDIR (supplement 211).
//
// The length of every answer is known when it begins, so connections are kept; objects are opened when their
// turn comes.
#include <map>

#include "gateway/dicomweb/handlers.h"
#include "gateway/dicomweb/multipart_answer.h"
#include "gateway/dicomweb/retrieve_plan.h"
#include "gateway/dicomweb/zip_answer.h"
#include "gateway/http/range.h"
#include "mappers/dicom/dicomdir.h"

namespace gateway::dicomweb {
namespace {

using model::InstanceLocation;

constexpr std::size_t kPage = 256;  // instances that are announced to the store together

std::string dicom_type(const std::string& syntax) {
  return std::string(kDicom) + "; transfer-syntax=" + syntax;
}

// What kind of answer the client likes best; each instance decides about its syntax later.
Result<AnswerForm> choose_form(const Preference& preference, bool single) {
  std::vector<Offer> offers;
  for (const AnswerForm form : {AnswerForm::Multipart, AnswerForm::SinglePart, AnswerForm::Zip})
    offers.push_back({form, kDicom, {}, Offer::Default::OfAll});
  if (!single) std::swap(offers[1], offers[2]);  // one part alone only if need be
  const Offer* offer = preference.choose(offers);
  if (!offer)
    return fail(ErrorCode::NotAcceptable,
                "DICOM objects are available as application/dicom, alone or in multipart/related, and as "
                "application/zip",
                "Accept");
  return offer->form;
}

Result<void> plan_all(const http::Request& request, const DicomwebFace& face, RetrievePlan& plan,
                      model::SearchNotes& notes) {
  std::vector<InstanceLocation> page;
  const auto settle = [&] {
    std::vector<model::BlobRef> refs;
    for (const InstanceLocation& location : page) refs.push_back(location.content);
    face.blobs().prefetch(refs);
    for (const InstanceLocation& location : page) plan.add(location);
    page.clear();
  };
  TRY_VOID(face.index().locate(
      request.param("study"), request.param("series"), request.param("instance"),
      [&](const InstanceLocation& location) {
        page.push_back(location);
        if (page.size() == kPage) settle();
        return true;
      },
      &notes));
  settle();
  return {};
}

struct Context {
  const DicomwebFace& face;
  std::string root, study_uid;
  std::shared_ptr<const RetrievePlan> plan;

  std::string url_of(const PlannedObject& object) const {
    InstanceLocation location;
    location.study_uid = study_uid;
    location.series_uid = object.series_uid;
    location.instance_uid = object.instance_uid;
    return instance_url(root, location);
  }
};

struct PartsContext {
  Context context;
  Multipart parts;

  std::string head(std::size_t index) const {
    const PlannedObject& object = context.plan->objects()[index];
    return parts.part_head(dicom_type(object.syntax), context.url_of(object));
  }
  Result<std::vector<http::Piece>> make(std::size_t index) const {
    std::vector<http::Piece> pieces = TRY(context.plan->make(index));
    pieces.insert(pieces.begin(), head(index));
    pieces.emplace_back("\r\n");
    return pieces;
  }
};

// One lazy piece a part: of an answer of thousands, next to nothing is held.
Result<http::Response> in_parts(const Context& context, bool single) {
  const auto shared = std::make_shared<const PartsContext>(PartsContext{context, Multipart(kDicom)});
  http::Response response;
  response.headers.add("Content-Type", shared->parts.content_type());
  const auto& objects = context.plan->objects();
  if (single) response.body = TRY(shared->make(0));
  response.body.reserve(objects.size() + 1);
  for (std::size_t i = 0; !single && i < objects.size(); ++i)
    response.body.emplace_back(http::LazyPiece{shared->head(i).size() + objects[i].size + 2,
                                               [shared, i] { return shared->make(i); }});
  response.body.emplace_back(shared->parts.end());
  return response;
}

Result<http::Response> alone(const Context& context) {
  const auto& objects = context.plan->objects();
  if (objects.size() != 1)
    return fail(ErrorCode::NotAcceptable,
                "several instances are available as multipart/related; type=\"application/dicom\" and as "
                "application/zip",
                "Accept");
  http::Response response;
  response.headers.add("Content-Type", dicom_type(objects.front().syntax));
  response.headers.add("Content-Location", context.url_of(objects.front()));
  response.body = TRY(context.plan->make(0));
  return response;
}

// The records of what is in the archive, by UID.
struct Records {
  model::StudyRow study;
  std::map<std::string_view, const model::SeriesRow*> series;
  std::map<std::string_view, const model::Instance*> instances;
};

Result<void> read_records(const Context& context, Records& records) {
  model::Query query;
  query.level = model::Level::Study;
  model::Match match;
  match.field = "study.uid";
  match.values = {context.study_uid};
  query.matches.push_back(std::move(match));
  auto rows = TRY(context.face.index().studies(query, model::Depth::Instances));
  if (rows.empty()) return fail(ErrorCode::NotFound, "the study is not there any more");
  records.study = std::move(rows.front());
  for (const model::SeriesRow& series : records.study.series) {
    records.series[series.series.uid] = &series;
    for (const model::Instance& instance : series.instances) records.instances[instance.uid] = &instance;
  }
  return {};
}

// PS3.10 section 8.2: at most 8 characters a component.
std::string numbered(char letter, std::size_t number) {
  std::string digits = std::to_string(number);
  return letter + std::string(digits.size() < 7 ? 7 - digits.size() : 0, '0') + digits;
}

void add_record(mappers::dicom::DicomDirectory& directory, const Records& records,
                const PlannedObject& object, const std::vector<std::string>& file_id) {
  const auto series = records.series.find(object.series_uid);
  const auto instance = records.instances.find(object.instance_uid);
  if (series == records.series.end() || instance == records.instances.end()) return;
  directory.add(
      {records.study.subject.subject, records.study.study, series->second->series, *instance->second},
      file_id, object.syntax);
}

Result<http::Response> in_archive(const Context& context) {
  Records records;
  TRY_VOID(read_records(context, records));
  mappers::dicom::DicomDirectory directory;
  ZipAnswer archive;
  struct File {
    std::string path;
    std::size_t index;
  };
  std::vector<File> files;
  std::size_t series = 0;
  std::string_view current;
  const auto& objects = context.plan->objects();
  for (std::size_t i = 0; i < objects.size(); ++i) {
    if (i == 0 || current != objects[i].series_uid) ++series;
    current = objects[i].series_uid;
    const std::vector<std::string> id = {"DICOM", numbered('S', series), numbered('I', i + 1)};
    add_record(directory, records, objects[i], id);
    files.push_back({id[0] + "/" + id[1] + "/" + id[2], i});
  }
  const std::string text = TRY(directory.finish(context.study_uid));
  archive.add("DICOMDIR", text.size(),
              [text]() -> Result<std::vector<http::Piece>> { return std::vector<http::Piece>{text}; });
  for (File& file : files)
    archive.add(std::move(file.path), objects[file.index].size,
                [plan = context.plan, i = file.index] { return plan->make(i); });
  return std::move(archive).finish("study.zip");
}

Result<http::Response> retrieve(const http::Request& request, const DicomwebFace& face) {
  const Preference preference = TRY(Preference::of(request));
  const bool single = !request.param("instance").empty();
  const AnswerForm form = TRY(choose_form(preference, single));
  const auto plan = std::make_shared<RetrievePlan>(face, preference, form, single);
  model::SearchNotes notes;
  TRY_VOID(plan_all(request, face, *plan, notes));
  const Missing& missing = plan->missing();
  if (plan->objects().empty() && missing.first) return *missing.first;
  if (plan->objects().empty())
    return fail(ErrorCode::NotFound, "nothing of this name is stored", request.path);
  const Context context{face, face.service_root(request), std::string(request.param("study")), plan};
  http::Response response;
  if (form == AnswerForm::Multipart)
    response = TRY(in_parts(context, single));
  else
    response = TRY(form == AnswerForm::Zip ? in_archive(context) : alone(context));
  tell_missing(missing, missing.count + plan->objects().size(), context.root, response);
  tell_lacking(notes.warnings, context.root, response);
  if (form == AnswerForm::SinglePart) response = http::with_range(request, std::move(response));
  return response;
}

}  // namespace

void add_retrieve_routes(http::Router& router, const DicomwebFace& face) {
  for (const std::string_view resource : kResources) {
    http::RouteInfo route = route_info("WADO-RS: retrieve " + std::string(resource),
                                       {"multipart/related", std::string(kDicom), "application/zip"},
                                       {{"accept", "in place of the Accept field"}});
    route.heavy = resource != kResources.back();
    router.add(http::Method::Get, face.config().root + std::string(resource), std::move(route),
               [&face](const http::Request& request) { return retrieve(request, face); });
  }
}

}  // namespace gateway::dicomweb

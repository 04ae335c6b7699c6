#include "gateway/fhir/resolve_endpoint.h"

#include <algorithm>
#include <map>
#include <set>
#include <span>

#include "gateway/codec/json.h"
#include "gateway/codec/uri.h"
#include "gateway/fhir/interactions.h"
#include "gateway/fhir/respond.h"
#include "gateway/fhir/stored_references.h"
#include "gateway/fhir/write_call.h"
#include "mappers/fhir/json_writer.h"
#include "mappers/fhir/read_imaging_study.h"
#include "mappers/fhir/read_parts.h"

namespace gateway::fhir {
namespace {

using http::Method;
using mappers::fhir::items_of;
using mappers::fhir::JsonArray;
using mappers::fhir::JsonObject;

constexpr std::size_t kMostAddress = 2048;
constexpr std::size_t kMostReferences = 10'000;  // to Endpoints, in one request
constexpr std::size_t kMostNotes = 1000;
constexpr std::size_t kMostAnswer = 64 * 1024 * 1024;
constexpr std::size_t kMostShown = 200;  // of what a reference or an address says, in a note

// An ImagingStudy with what stands beside it in its Bundle.
struct Asked {
  const Value* study = nullptr;
  const Value* bundle = nullptr;
};

// The resources of a Bundle, by fullUrl and by "Type/id", and those contained in one, by "#id"; of several
// the first.
struct Entries {
  std::map<std::string, const Value*, std::less<>> by_url, by_place;
};

Entries entries_in(const Value& resource) {
  Entries entries;
  for (const Value& contained : items_of(resource, "contained"))
    entries.by_place.emplace("#" + std::string(contained.text("id")), &contained);
  for (const Value& entry : items_of(resource, "entry")) {
    const Value* held = entry.find("resource");
    if (!held) continue;
    if (const auto url = entry.text("fullUrl"); !url.empty()) entries.by_url.emplace(url, held);
    const std::string_view id = held->text("id");
    if (id.empty()) continue;
    std::string place = std::string(held->text("resourceType")) + "/" + std::string(id);
    entries.by_place.emplace(std::move(place), held);
  }
  return entries;
}

// A reference to another entry: by fullUrl, else by type and id (FHIR R4 bundle, resolving references).
const Value* entry_of(const Entries& entries, std::string_view reference) {
  if (const auto found = entries.by_url.find(reference); found != entries.by_url.end()) return found->second;
  if (const auto id = reference.rfind('/'); id != std::string_view::npos && id > 0)
    if (const auto type = reference.rfind('/', id - 1); type != std::string_view::npos)
      reference.remove_prefix(type + 1);
  const auto found = entries.by_place.find(reference);
  return found == entries.by_place.end() ? nullptr : found->second;
}

// Addresses of one study or series, without a slash at the end.
struct Addresses {
  std::string retrieve;  // WADO-RS
  std::string search;    // QIDO-RS; where none is named that of WADO-RS, since the two share their root
  std::string uri;       // WADO-URI
};

std::string_view connection_of(const Value& endpoint) {
  const Value* type = endpoint.find("connectionType");
  if (type && !type->text("code").empty()) return type->text("code");
  for (const Value& concept_value : items_of(endpoint, "connectionType"))  // R5: a list of concepts
    for (const Value& coding : items_of(concept_value, "coding"))
      if (!coding.text("code").empty()) return coding.text("code");
  return {};
}

std::string root_of(std::string_view address) {
  address = address.substr(0, address.find("/studies"));
  while (address.ends_with('/')) address.remove_suffix(1);
  return std::string(address);
}

class Resolver {
 public:
  Resolver(const FhirFace& face, const http::Request& request)
      : face_(face), request_(request), stored_(face, face.place(request), {}) {}

  Result<std::string> answer(std::span<const Asked> asked);
  const StoredReferences& stored() const { return stored_; }

 private:
  Result<void> append_study(JsonArray& parameters, const Asked& asked);
  Result<void> append_series(JsonArray& parts, const model::SeriesRow& series, const Addresses& at,
                             const std::string& study_uid);
  Result<Addresses> addresses_of(const Value& element, const Asked& asked);
  void take(const Value& endpoint, Addresses& addresses);
  const Value* target(const Value& reference, const Asked& asked);
  const Entries& entries_of(const Value& resource);
  Result<void> check_size() const {
    if (json_.size() <= kMostAnswer) return {};
    return fail(ErrorCode::DicomLimit, "the answer would be too long: ask for fewer studies at once");
  }
  void note(std::string what) {
    if (notes_.size() < kMostNotes && noted_.insert(what).second) notes_.push_back(std::move(what));
  }

  const FhirFace& face_;
  const http::Request& request_;
  const StoredReferences stored_;
  std::vector<std::string> notes_;
  std::set<std::string> noted_;
  std::map<const Value*, Entries> entries_;  // of a Bundle or a study
  std::size_t references_ = 0;
  std::string json_;
};

const Entries& Resolver::entries_of(const Value& resource) {
  const auto [place, is_new] = entries_.try_emplace(&resource);
  if (is_new) place->second = entries_in(resource);
  return place->second;
}

const Value* Resolver::target(const Value& reference, const Asked& asked) {
  const std::string_view text = reference.text("reference");
  if (text.empty()) return nullptr;
  if (text.starts_with('#')) {
    const auto& contained = entries_of(*asked.study).by_place;
    const auto found = contained.find(text);
    return found == contained.end() ? nullptr : found->second;
  }
  const Value* entry = asked.bundle ? entry_of(entries_of(*asked.bundle), text) : nullptr;
  return entry ? entry : stored_.resolve(text);
}

void Resolver::take(const Value& endpoint, Addresses& addresses) {
  const std::string_view type = connection_of(endpoint), address = endpoint.text("address");
  if (address.empty() || address == "http://notspecified") return note("an Endpoint says no address");
  if (address.size() > kMostAddress)
    return note("the address of an Endpoint is longer than " + std::to_string(kMostAddress) + " bytes");
  if (const auto status = endpoint.text("status"); !status.empty() && status != "active")
    note("the Endpoint " + std::string(address) + " is " + std::string(status.substr(0, kMostShown)));
  std::string* place = type == "dicom-wado-rs"    ? &addresses.retrieve
                       : type == "dicom-qido-rs"  ? &addresses.search
                       : type == "dicom-wado-uri" ? &addresses.uri
                                                  : nullptr;
  if (!place)
    return note("nothing is retrieved by DICOMweb from an Endpoint of type " +
                std::string(type.substr(0, kMostShown)));
  if (place->empty()) *place = place == &addresses.uri ? std::string(address) : root_of(address);
}

Result<Addresses> Resolver::addresses_of(const Value& element, const Asked& asked) {
  Addresses addresses;
  for (const Value& reference : items_of(element, "endpoint")) {
    if (++references_ > kMostReferences)
      return fail(ErrorCode::DicomLimit, "there are more references to Endpoints than are followed",
                  "endpoint");
    const Value* endpoint = target(reference, asked);
    if (endpoint && endpoint->text("resourceType") == "Endpoint")
      take(*endpoint, addresses);
    else
      note("an Endpoint is not at hand: " + std::string(reference.text("reference").substr(0, kMostShown)));
  }
  if (addresses.search.empty()) addresses.search = addresses.retrieve;
  return addresses;
}

void append_url(JsonArray& parts, std::string_view name, const std::string& url) {
  JsonObject part(parts.item());
  part.plain("name", name);
  part.text("valueUrl", url);
}

void append_string(JsonArray& parts, std::string_view name, const std::string& text) {
  JsonObject part(parts.item());
  part.plain("name", name);
  part.text("valueString", text);
}

void append_resource(JsonArray& parts, const std::string& root, const std::string& path) {
  append_url(parts, "retrieve", root + path);
  append_url(parts, "metadata", root + path + "/metadata");
}

std::string uri_of(const std::string& address, const std::string& study, const std::string& series,
                   const std::string& instance) {
  const char mark = address.find('?') == std::string::npos ? '?' : '&';
  return address + mark + "requestType=WADO&studyUID=" + study + "&seriesUID=" + series +
         "&objectUID=" + instance + "&contentType=application%2Fdicom";
}

Result<void> Resolver::append_series(JsonArray& parts, const model::SeriesRow& series, const Addresses& at,
                                     const std::string& study_uid) {
  const std::string& uid = series.series.uid;
  const std::string path =
      "/studies/" + codec::percent_encode(study_uid) + "/series/" + codec::percent_encode(uid);
  append_string(parts, "seriesInstanceUid", uid);
  if (!at.retrieve.empty()) append_resource(parts, at.retrieve, path);
  if (!at.search.empty()) append_url(parts, "query", at.search + path + "/instances");
  for (const model::Instance& instance : series.instances) {
    TRY_VOID(check_size());
    JsonObject item(parts.item());
    item.plain("name", "instance");
    JsonArray own(item.member("part"));
    append_string(own, "sopInstanceUid", instance.uid);
    if (!at.retrieve.empty())
      append_resource(own, at.retrieve, path + "/instances/" + codec::percent_encode(instance.uid));
    if (!at.uri.empty()) append_url(own, "wadoUri", uri_of(at.uri, study_uid, uid, instance.uid));
  }
  return {};
}

Result<void> Resolver::append_study(JsonArray& parameters, const Asked& asked) {
  const auto read = TRY(mappers::fhir::read_imaging_study(*asked.study, face_.render()));
  const std::string& uid = read.row.study.uid;
  const std::string path = "/studies/" + codec::percent_encode(uid);
  const Addresses whole = TRY(addresses_of(*asked.study, asked));
  JsonObject study(parameters.item());
  study.plain("name", "study");
  JsonArray parts(study.member("part"));
  append_string(parts, "studyInstanceUid", uid);
  model::Query query;
  query.matches.push_back({"study.uid", model::Match::Kind::AnyOf, {uid}, {}, {}});
  query.described = true;
  const bool here = TRY(face_.parts().index->count(query)) > 0;
  if (here) append_url(parts, "gateway", face_.dicomweb(request_) + path);
  if (!whole.retrieve.empty()) append_resource(parts, whole.retrieve, path);
  if (!whole.search.empty())
    append_url(parts, "query", whole.search + "/studies?StudyInstanceUID=" + codec::percent_encode(uid));
  const auto& list = items_of(*asked.study, "series");
  bool known = here || !whole.retrieve.empty() || !whole.search.empty() || !whole.uri.empty();
  for (std::size_t i = 0; i < read.row.series.size(); ++i) {
    Addresses own = TRY(addresses_of(list[i], asked));
    if (own.retrieve.empty()) own.retrieve = whole.retrieve;
    if (own.search.empty()) own.search = whole.search;
    if (own.uri.empty()) own.uri = whole.uri;
    known = known || !own.retrieve.empty() || !own.search.empty() || !own.uri.empty();
    TRY_VOID(check_size());
    JsonObject item(parts.item());
    item.plain("name", "series");
    JsonArray series(item.member("part"));
    TRY_VOID(append_series(series, read.row.series[i], own, uid));
  }
  if (!known) note("no Endpoint says where the images of study " + uid + " are");
  return {};
}

Result<std::string> Resolver::answer(std::span<const Asked> asked) {
  std::string& json = json_;
  {
    JsonObject parameters(json);
    parameters.plain("resourceType", "Parameters");
    JsonArray list(parameters.member("parameter"));
    for (const Asked& one : asked) TRY_VOID(append_study(list, one));
    JsonObject outcome(list.item());
    outcome.plain("name", "outcome");
    outcome.member("resource") += notes_json("made of what the resource and its Endpoints say", notes_);
  }
  return std::move(json_);
}

// The studies of a resource: itself, or entries of the Bundle that it is.
void add_studies(const Value& resource, std::vector<Asked>& asked) {
  if (resource.text("resourceType") == "ImagingStudy") asked.push_back({&resource, nullptr});
  if (resource.text("resourceType") != "Bundle") return;
  for (const Value& entry : items_of(resource, "entry"))
    if (const Value* study = entry.find("resource"); study && study->text("resourceType") == "ImagingStudy")
      asked.push_back({study, &resource});
}

Result<void> add_reference(const Resolver& resolver, std::string_view reference, std::vector<Asked>& asked) {
  const Value* study = resolver.stored().resolve(reference);
  if (!study || study->text("resourceType") != "ImagingStudy")
    return fail(ErrorCode::NotFound, "there is no such ImagingStudy here", std::string(reference));
  asked.push_back({study, nullptr});
  return {};
}

// Parameters: `resource`, or `reference` to a stored one, each as often as wanted.
Result<void> add_parameters(const Resolver& resolver, const Value& body, std::vector<Asked>& asked) {
  for (const Value& parameter : items_of(body, "parameter")) {
    if (const Value* resource = parameter.find("resource")) add_studies(*resource, asked);
    if (const Value* reference = parameter.find("valueReference"))
      TRY_VOID(add_reference(resolver, reference->text("reference"), asked));
    for (const char* member : {"valueUri", "valueUrl", "valueString"})
      if (const auto text = parameter.text(member); parameter.text("name") == "reference" && !text.empty())
        TRY_VOID(add_reference(resolver, text, asked));
  }
  return {};
}

Result<http::Response> resolve_posted(const FhirFace& face, const http::Request& request) {
  const Value body = TRY(read_resource(face, request, face.config().max_resource_bytes));
  Resolver resolver(face, request);
  std::vector<Asked> asked;
  if (body.text("resourceType") == "Parameters")
    TRY_VOID(add_parameters(resolver, body, asked));
  else
    add_studies(body, asked);
  if (asked.empty())
    return fail(ErrorCode::InvalidBody, "there is no ImagingStudy in what was sent",
                std::string(body.text("resourceType")));
  return json_response(TRY(resolver.answer(asked)));
}

Result<http::Response> resolve_stored(const FhirFace& face, const http::Request& request) {
  Resolver resolver(face, request);
  std::vector<Asked> asked;
  TRY_VOID(add_reference(resolver, "ImagingStudy/" + std::string(request.param("id")), asked));
  return json_response(TRY(resolver.answer(asked)));
}

}  // namespace

void add_resolve_routes(http::Router& router, const FhirFace& face) {
  add_route(router, face, Method::Get, "/ImagingStudy/{id}/$resolve-endpoint",
            route_info("Where the images of a study are: DICOMweb addresses"),
            [&face](const http::Request& request) { return resolve_stored(face, request); });
  add_route(router, face, Method::Post, "/ImagingStudy/$resolve-endpoint",
            body_info("Where the images of an ImagingStudy from elsewhere are: DICOMweb addresses",
                      face.config().max_resource_bytes),
            [&face](const http::Request& request) { return resolve_posted(face, request); });
}

}  // namespace gateway::fhir

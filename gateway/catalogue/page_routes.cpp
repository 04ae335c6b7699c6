// Routes of the pages about records: versions, differences, label, yearly checks, other releases, validation.
#include <algorithm>

#include "gateway/catalogue/markup.h"
#include "gateway/catalogue/pages.h"
#include "gateway/catalogue/parts.h"
#include "gateway/catalogue/public_history.h"
#include "gateway/catalogue/validate_route.h"
#include "mappers/dcat/convert.h"

namespace gateway::catalogue {
namespace {

using http::Request;
using http::Response;
using mappers::dcat::RenderContext;

constexpr std::uint64_t kMostVersions = INT64_MAX;

// A dataset that can be seen, with its title and what may be seen of its past.
struct Past {
  model::DatasetRow row;
  std::string title;
  std::vector<model::DatasetEvent> events;
};

Result<Past> past_of(const Parts& parts, const Request& request) {
  Past past;
  past.row = TRY(parts.catalogue.shelf().row(request.param("id")));
  const auto view = TRY(parts.catalogue.shelf().described(past.row));
  past.title = best(view->definition.title);
  past.events = public_events(TRY(parts.catalogue.datasets().history(past.row.id)));
  return past;
}

Result<Response> answer_versions(const Parts& parts, const Request& request) {
  const Offer offer = TRY(choose(request, report_offers()));
  const Past past = TRY(past_of(parts, request));
  const auto context = parts.catalogue.context(request.base_url);
  if (offer.name == "html")
    return respond(request, offer, {versions_page(context, past.row, past.title, past.events), ""});
  Value list = Value::list();
  for (const auto& event : past.events)
    list.push(Value::map()
                  .set("at", iso8601(event.at_us))
                  .set("version", event.version)
                  .set("act", std::string(model::name_of(event.act))));
  return respond_json(request, 200, Value::map().set("id", past.row.id).set("events", std::move(list)));
}

Value texts(const std::vector<std::string>& values) {
  Value list = Value::list();
  for (const std::string& value : values) list.push(value);
  return list;
}

Result<Response> answer_diff(const Parts& parts, const Request& request) {
  const Offer offer = TRY(choose(request, report_offers()));
  const Past past = TRY(past_of(parts, request));
  const auto versions = public_versions(past.events);
  const auto to = static_cast<std::int64_t>(
      TRY(number_of(request, "to", static_cast<std::uint64_t>(past.row.version), kMostVersions)));
  const std::int64_t before = version_before(versions, to);
  const auto from = static_cast<std::int64_t>(
      TRY(number_of(request, "from", static_cast<std::uint64_t>(before), kMostVersions)));
  for (const std::int64_t version : {from, to})
    if (!versions.contains(version))
      return fail(ErrorCode::NotFound, "no such version could ever be seen", std::to_string(version));
  const auto changes = public_changes(TRY(parts.catalogue.datasets().changes(past.row.id, from, to)));
  const auto context = parts.catalogue.context(request.base_url);
  if (offer.name == "html")
    return respond(request, offer, {diff_page(context, past.row.id, past.title, from, to, changes), ""});
  Value list = Value::list();
  for (const PropertyChange& change : changes)
    list.push(Value::map()
                  .set("property", change.property)
                  .set("key", change.key)
                  .set("before", texts(change.before))
                  .set("after", texts(change.after)));
  return respond_json(request, 200,
                      Value::map().set("from", from).set("to", to).set("changes", std::move(list)));
}

Value to_value(const mappers::dcat::QualityLabel& label) {
  Value metrics = Value::list();
  for (const auto& metric : label.metrics) {
    Value value = Value::map()
                      .set("id", metric.id)
                      .set("dimension", metric.dimension)
                      .set("label", metric.label)
                      .set("definition", metric.definition);
    if (label.exact && metric.denominator)
      value.set("numerator", std::size_t{metric.numerator})
          .set("denominator", std::size_t{metric.denominator});
    if (metric.value) value.set("value", Decimal{std::to_string(*metric.value)});
    if (metric.level) value.set("level", metric.level);
    metrics.push(std::move(value));
  }
  return Value::map()
      .set("profile", label.profile)
      .set("exact", label.exact)
      .set("metrics", std::move(metrics));
}

Result<Response> answer_label(const Parts& parts, const Request& request) {
  const Offer offer = TRY(choose(request, report_offers()));
  const auto row = TRY(parts.catalogue.shelf().row(request.param("id")));
  const auto view = TRY(parts.catalogue.shelf().counted(row)).view;
  if (!view->label) return fail(ErrorCode::NotSupported, "no quality profile is loaded");
  if (offer.name != "html") return respond_json(request, 200, to_value(*view->label));
  const auto context = parts.catalogue.context(request.base_url);
  const std::string title = best(view->definition.title);
  return respond(request, offer, {label_page(context, row.id, title, *view->label), ""});
}

Result<Response> answer_checks(const Parts& parts, const Request& request) {
  const Offer offer = TRY(choose(request, report_offers()));
  const auto published = TRY(parts.catalogue.shelf().published());
  const auto calendar = check_calendar(published->rows, parts.catalogue.shelf().clock().utc_us());
  const auto context = parts.catalogue.context(request.base_url);
  if (offer.name == "html") return respond(request, offer, {checks_page(context, calendar), ""});
  Value list = Value::list();
  std::size_t overdue = 0;
  for (const CheckDue& due : calendar) {
    overdue += due.overdue ? 1 : 0;
    list.push(Value::map()
                  .set("id", due.id)
                  .set("checked", iso8601(due.checked_us))
                  .set("due", iso8601(due.due_us))
                  .set("overdue", due.overdue));
  }
  return respond_json(
      request, 200,
      Value::map().set("datasets", calendar.size()).set("overdue", overdue).set("checks", std::move(list)));
}

// A dataset in another release, and what became of each of its statements.
Result<mappers::dcat::Conversion> converted(const Parts& parts, Kind kind, const std::string& id,
                                            std::string_view profile, std::string_view base_url) {
  const auto* releases = parts.catalogue.options().releases;
  if (!releases) return fail(ErrorCode::NotSupported, "only one release of the profile is loaded", "profile");
  const auto* release = releases->find(profile);
  if (!release)
    return fail(ErrorCode::InvalidParameter, "profile must be one of " + releases->names(), "profile");
  const auto graph = TRY(parts.catalogue.graph(kind, Part::Self, id, base_url));
  return mappers::dcat::convert(*releases, graph, *release);
}

Result<Response> answer_loss(const Parts& parts, const Request& request) {
  const Offer offer = TRY(choose(request, report_offers()));
  const std::string id(request.param("id"));
  const std::string* profile = request.query_value("profile");
  if (!profile) return fail(ErrorCode::InvalidParameter, "say which release", "profile");
  const auto result = TRY(converted(parts, Kind::Dataset, id, *profile, request.base_url));
  if (offer.name != "html") return respond_json(request, 200, result.report.json());
  const auto context = parts.catalogue.context(request.base_url);
  std::vector<std::vector<std::string>> rows;
  for (const auto& line : result.report.lines())
    rows.push_back({escaped(mappers::dcat::name_of(line.fate)), escaped(line.property), escaped(line.to),
                    escaped(line.reason), number(line.values)});
  Page frame{"Loss report", "", trail_of(context, id, id), {}, ""};
  return respond(request, offer,
                 {page(context, frame,
                       "<h1>What changes in " + escaped(result.report.to) + "</h1>" +
                           grid("By property", {"Fate", "Property", "Becomes", "Why", "#Values"}, rows)),
                  ""});
}

}  // namespace

Result<Response> answer_in_release(const Parts& parts, Kind kind, const std::string& id,
                                   std::string_view profile, const Offer& offer, const Request& request) {
  const auto result = TRY(converted(parts, kind, id, profile, request.base_url));
  const auto context = parts.catalogue.context(request.base_url);
  const std::string iri = iri_of(context, kind, id);
  Response response =
      respond(request, offer,
              {TRY(codec::write_rdf(result.graph, *offer.format, document_prefixes(context, iri), iri)), ""});
  const auto* release = parts.catalogue.options().releases->find(profile);
  response.headers.add("Link", "<" + release->profile + ">; rel=\"profile\"");
  if (kind == Kind::Dataset)
    response.headers.add("Link", "<" + iri + "/loss?profile=" + release->id + ">; rel=\"describedby\"");
  return response;
}

Result<Body> html_page(const Parts& parts, Kind kind, std::string_view id, const Request& request) {
  const Catalogue& catalogue = parts.catalogue;
  const auto context = catalogue.context(request.base_url);
  TRY_VOID(catalogue.check_id(kind, id));
  if (kind == Kind::Root || kind == Kind::Catalogue)
    return Body{browse_page(context, {}, TRY(parts.search.find({})), true), ""};
  if (kind == Kind::Dataset) {
    const auto place = TRY(catalogue.place(kind, id));
    const auto counted = TRY(catalogue.shelf().counted(place.row));
    return Body{dataset_page(context, *counted.view), ""};
  }
  const auto graph = TRY(catalogue.graph(kind, Part::Self, id, request.base_url));
  return Body{resource_page(context, iri_of(context, kind, id), graph), ""};
}

void add_page_routes(http::Router& router, const std::shared_ptr<const Parts>& parts) {
  const std::string base = parts->catalogue.options().path;
  const auto get = [&](const std::string& path, std::string summary, auto answer,
                       std::vector<http::Parameter> parameters = {}) {
    router.add(
        http::Method::Get, base + path,
        route_info(std::move(summary), report_offers(), std::move(parameters)),
        [parts, answer](const Request& request) { return answer(*parts, request); }, render_error);
  };
  get("/dataset/{id}/versions", "What happened to a dataset since it could be seen", answer_versions);
  get("/dataset/{id}/diff", "What changed between two versions", answer_diff,
      {{"from", "version; else the one before"}, {"to", "version; else that of now"}});
  get("/dataset/{id}/label", "The measured part of the quality and utility label (Art 78)", answer_label);
  get("/dataset/{id}/loss", "What a dataset loses in another release of the profile", answer_loss,
      {{"profile", "release"}});
  get("/report", "When descriptions have to be checked (Art 60(3))", answer_checks);
  get("/validate", "A form to validate a description", answer_validate_form);
  http::RouteInfo info = route_info("Validates a description against the shapes of a release",
                                    report_offers(), {{"profile", "release, or release:level"}});
  info.consumes = {"text/turtle",           "application/ld+json", "application/rdf+xml",
                   "application/n-triples", "application/trig",    "application/x-www-form-urlencoded"};
  info.body_limit = kMaxDocument;
  info.heavy = true;
  router.add(
      http::Method::Post, base + "/validate", std::move(info),
      [parts](const Request& request) { return answer_validate(*parts, request); }, render_error);
}

}  // namespace gateway::catalogue

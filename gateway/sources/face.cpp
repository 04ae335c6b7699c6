#include "gateway/sources/face.h"

#include "gateway/base/json_text.h"

namespace gateway::sources {
namespace {

using http::Request;
using http::Response;

Value number(std::uint64_t value) { return Value(static_cast<std::int64_t>(value)); }

Value breaker_value(const BreakerView& view) {
  Value value = Value::map();
  value.set("state", name_of(view.state))
      .set("failuresInARow", number(view.failures_in_a_row))
      .set("refusedCalls", number(view.refused));
  if (view.wait_left_ms > 0) value.set("nextTryInMs", view.wait_left_ms);
  if (!view.last_error.empty())
    value.set("lastError", view.last_error).set("lastErrorAt", iso8601(view.last_error_us));
  return value;
}

Value traffic_value(const Traffic& traffic) {
  return Value::map()
      .set("calls", number(traffic.calls))
      .set("failures", number(traffic.failures))
      .set("answers", number(traffic.answers))
      .set("objects", number(traffic.objects))
      .set("objectBytes", number(traffic.object_bytes));
}

// Times as people read them; those that are not yet are left out.
Value harvest_value(const HarvestState& state) {
  Value value = Value::map();
  const Value counts = to_value(state);
  for (const auto& [name, member] : *counts.as_map()) {
    const std::int64_t* us = name.ends_with("Us") ? member.as_int() : nullptr;
    const std::string* text = member.as_string();
    if (us && *us > 0) value.set(name.substr(0, name.size() - 2) + "At", iso8601(*us));
    if (!name.ends_with("Us") && !(text && text->empty())) value.set(name, member);
  }
  return value;
}

Result<Value> source_value(const Source& source, SourceGateway& gateway) {
  const bool live = source.options.mode == SourceOptions::Mode::Live;
  Value value = Value::map();
  value.set("name", source.name())
      .set("kind", source.remote->kind())
      .set("mode", live ? "live" : "harvest")
      .set("breaker", breaker_value(source.remote->breaker()))
      .set("traffic", traffic_value(source.remote->traffic()));
  if (!live) value.set("intervalSeconds", source.options.interval_s);
  value.set("harvest", harvest_value(TRY(gateway.jobs().state(source.name()))));
  return value;
}

Value cache_value(const CacheView& view) {
  return Value::map()
      .set("bytes", number(view.bytes))
      .set("limitBytes", number(view.limit))
      .set("objects", number(view.objects))
      .set("hits", number(view.hits))
      .set("misses", number(view.misses))
      .set("dropped", number(view.dropped));
}

Response json(int status, const Value& value) {
  Response response = Response::text(status, "application/json", to_json(value, true) + "\n");
  response.headers.set("Cache-Control", "no-store");
  return response;
}

Result<const Source*> source_of(const Request& request, const SourceGateway& gateway) {
  if (const Source* source = gateway.sources().find(request.param("name"))) return source;
  return fail(ErrorCode::NotFound, "there is no source of this name");
}

Result<Response> list(SourceGateway& gateway) {
  Value all = Value::list();
  for (const auto& source : gateway.sources().all()) all.push(TRY(source_value(*source, gateway)));
  return json(200,
              Value::map().set("sources", std::move(all)).set("cache", cache_value(gateway.cache().view())));
}

Result<Response> show(const Request& request, SourceGateway& gateway) {
  const Source* source = TRY(source_of(request, gateway));
  return json(200, TRY(source_value(*source, gateway)));
}

Result<Response> harvest(const Request& request, SourceGateway& gateway) {
  const Source* source = TRY(source_of(request, gateway));
  TRY(gateway.jobs().request(source->name()));
  Response response = json(202, TRY(source_value(*source, gateway)));
  response.headers.set("Location", request.base_url + "/sources/" + source->name());
  return response;
}

Result<Response> cancel(const Request& request, SourceGateway& gateway) {
  const Source* source = TRY(source_of(request, gateway));
  TRY(gateway.jobs().cancel(source->name()));
  return json(202, TRY(source_value(*source, gateway)));
}

Result<Response> check(const Request& request, SourceGateway& gateway) {
  const Source* source = TRY(source_of(request, gateway));
  TRY(source->remote->check());
  return json(200, Value::map().set("name", source->name()).set("answers", true));
}

http::RouteInfo info(const char* summary, bool heavy = false) {
  http::RouteInfo info;
  info.summary = summary;
  info.tag = "Sources";
  info.produces = {"application/json"};
  info.heavy = heavy;
  return info;
}

}  // namespace

void add_routes(http::Router& router, SourceGateway& gateway) {
  using http::Method;
  router.add(Method::Get, "/sources", info("The systems behind this gateway"),
             [&gateway](const Request&) { return list(gateway); });
  router.add(Method::Get, "/sources/{name}", info("One system behind this gateway"),
             [&gateway](const Request& request) { return show(request, gateway); });
  router.add(Method::Post, "/sources/{name}/harvest", info("Begin a harvest"),
             [&gateway](const Request& request) { return harvest(request, gateway); });
  router.add(Method::Delete, "/sources/{name}/harvest", info("End the harvest that is under way"),
             [&gateway](const Request& request) { return cancel(request, gateway); });
  router.add(Method::Post, "/sources/{name}/check", info("Ask the system whether it is there", true),
             [&gateway](const Request& request) { return check(request, gateway); });
}

}  // namespace gateway::sources

#include "gateway/app/service.h"

#include "gateway/app/version.h"
#include "gateway/base/json_text.h"
#include "gateway/base/log.h"

namespace gateway::app {
namespace {

using http::Request;
using http::Response;

constexpr std::string_view kLanding = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>ehds-gateway</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
 body{font:16px/1.5 system-ui,sans-serif;color:#1c2733;background:#f5f7f9;margin:0}
 main{max-width:46rem;margin:3rem auto;padding:0 1.25rem}
 h1{font-size:1.6rem;margin:0 0 .25rem} p{margin:.25rem 0 1.5rem}
 table{border-collapse:collapse;width:100%;background:#fff;border:1px solid #d5dde5}
 td{padding:.6rem .9rem;border-top:1px solid #e4eaf0;vertical-align:top} tr:first-child td{border-top:0}
 td:first-child{white-space:nowrap} a{color:#0b5394}
</style></head><body><main>
<h1>ehds-gateway</h1>
<p>Imaging datasets of one data holder, with many faces: each is rendered from the same index.</p>
<table>
<tr><td><a href="/catalogue/">/catalogue/</a></td><td>Dataset descriptions: FAIR Data Point, feeds, quality labels</td></tr>
<tr><td><a href="/dicomweb/studies?limit=10">/dicomweb</a></td><td>Images: DICOMweb search, retrieve, render and store; work items</td></tr>
<tr><td><a href="/sources">/sources</a></td><td>Systems behind this gateway, and how their harvest goes</td></tr>
<tr><td><a href="/fhir/ImagingStudy?_count=10">/fhir</a></td><td>FHIR R4: imaging studies, manifests, reports</td></tr>
<tr><td><a href="/openapi.json">/openapi.json</a></td><td>Description of every route</td></tr>
<tr><td><a href="/health">/health</a> <a href="/ready">/ready</a> <a href="/metrics">/metrics</a></td><td>State of this gateway</td></tr>
</table></main></body></html>
)";

http::RouteInfo info(std::string summary, std::string produces) {
  http::RouteInfo route;
  route.summary = std::move(summary);
  route.tag = "Service";
  route.produces = {std::move(produces)};
  return route;
}

// 200 when every check holds, else 503 with what does not. The reasons are public; details go to the log.
Response ready(const std::vector<ReadyCheck>& checks) {
  bool all = true;
  Value list = Value::list();
  for (const ReadyCheck& check : checks) {
    const auto result = check.check();
    Value item = Value::map().set("name", check.name).set("ok", result.ok());
    if (!result) {
      all = false;
      item.set("reason", result.error().message);
      log::warning(
          "not ready",
          {{"check", check.name}, {"reason", result.error().text()}, {"detail", result.error().detail}});
    }
    list.push(std::move(item));
  }
  Value body = Value::map().set("status", all ? "ready" : "not ready").set("checks", std::move(list));
  return Response::text(all ? 200 : 503, "application/json", to_json(body));
}

}  // namespace

void add_service_routes(http::Router& router, const Metrics& metrics, std::vector<ReadyCheck> checks) {
  using http::Method;
  router.add(Method::Get, "/", info("What this gateway serves, for people", "text/html"),
             [](const Request&) -> Result<Response> {
               return Response::text(200, "text/html; charset=utf-8", std::string(kLanding));
             });
  router.add(Method::Get, "/health", info("The process is alive", "application/json"),
             [](const Request&) -> Result<Response> {
               return Response::text(200, "application/json",
                                     "{\"status\":\"ok\",\"version\":\"" + std::string(kVersion) + "\"}");
             });
  router.add(Method::Get, "/ready", info("Requests can be served, or why not", "application/json"),
             [checks = std::move(checks)](const Request&) -> Result<Response> { return ready(checks); });
  router.add(Method::Get, "/metrics", info("Figures for Prometheus", "text/plain"),
             [&metrics](const Request&) -> Result<Response> {
               return Response::text(200, "text/plain; version=0.0.4; charset=utf-8", metrics.text());
             });
  router.add(Method::Get, "/openapi.json", info("OpenAPI description of all routes", "application/json"),
             [&router](const Request&) -> Result<Response> {
               return Response::text(200, "application/json", router.openapi("ehds-gateway", kVersion));
             });
}

}  // namespace gateway::app

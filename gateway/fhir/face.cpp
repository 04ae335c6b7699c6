#include "gateway/fhir/face.h"

#include <algorithm>
#include <mutex>

#include "gateway/base/log.h"
#include "gateway/fhir/audit_event_trail.h"
#include "gateway/fhir/capability.h"
#include "gateway/fhir/described_records.h"
#include "gateway/fhir/everything.h"
#include "gateway/fhir/export.h"
#include "gateway/fhir/history.h"
#include "gateway/fhir/interactions.h"
#include "gateway/fhir/manifest_routes.h"
#include "gateway/fhir/resolve_endpoint.h"
#include "gateway/fhir/respond.h"
#include "gateway/fhir/subscriptions.h"
#include "gateway/fhir/transaction.h"
#include "gateway/fhir/validate_route.h"

namespace gateway::fhir {
namespace {

// The statement as it was made last: it changes only with the name that the server is called by.
struct KeptStatement {
  std::mutex mutex;
  std::string base, text;
};

Result<http::Response> metadata(const http::Router& router, const FhirFace& face, KeptStatement& kept,
                                const http::Request& request) {
  const std::string base = face.base(request);
  const std::lock_guard lock(kept.mutex);
  if (kept.base != base) {
    kept.text = capability_statement(router, face, base);
    kept.base = base;
  }
  return json_response(kept.text);
}

// Routes that answer with something else than resources are not negotiated.
bool gives_resources(const http::RouteInfo& info) {
  return std::find(info.produces.begin(), info.produces.end(), kFhirJson) != info.produces.end();
}

// Resources are answered in one piece.
std::string_view text_of(const http::Response& response) {
  if (response.body.empty() || !response.headers.get("Content-Type").starts_with(kFhirJson)) return {};
  const auto* text = std::get_if<std::string>(&response.body.front());
  return text ? std::string_view(*text) : std::string_view();
}

// Whoever reads the trail would make it longer with every page, and never reach its end: that is for the log.
bool reads_trail(const FhirFace& face, const http::Request& request) {
  if (!http::is_at_or_below(request.path, face.config().root + "/AuditEvent")) return false;
  log::info("the audit trail was read", {{"remote", request.remote}, {"request", request.id}});
  return true;
}

// Headers of subscriptions may be credentials, wherever in an answer the resource is.
Result<void> mask_secrets(http::Response& response) {
  for (auto& piece : response.body)
    if (auto* text = std::get_if<std::string>(&piece))
      if (auto masked = TRY(with_masked_headers(*text))) *text = std::move(*masked);
  return {};
}

// The handler's answer in the form that the client wants; what fails on the way is an outcome in that form.
// What was asked and how it ended goes into the audit trail, before the answer leaves.
Result<http::Response> answer(const FhirFace& face, const http::Handler& handler, bool resources,
                              const http::Request& request) {
  const Wish wish = resources ? TRY(wish_of(request, request.query)) : Wish();
  AuditTrail* const trail = face.audit() && !reads_trail(face, request) ? face.audit() : nullptr;
  if (trail) TRY_VOID(trail->admit());
  auto handled = handler(request);
  http::Response response = handled ? std::move(*handled) : outcome_response(handled.error(), request);
  if (trail) trail->record(facts_of(request, response, text_of(response), face.config().root));
  TRY_VOID(mask_secrets(response));
  return answer_as(std::move(response), wish, face.parts().definitions);
}

}  // namespace

FhirFace::FhirFace(const model::ImageIndex& index, FhirConfig config, const Clock& clock)
    : index_(index),
      config_(std::move(config)),
      clock_(clock),
      started_us_(clock.utc_us()),
      irregular_ids_(index_),
      study_texts_(index_, config_.render, config_.max_kept_bytes) {
  parts_.index = &index;
}

FhirFace::~FhirFace() { stop(); }

Result<std::unique_ptr<FhirFace>> FhirFace::open(FhirParts parts, FhirConfig config, const Clock& clock) {
  auto face = std::make_unique<FhirFace>(*parts.index, std::move(config), clock);
  face->parts_ = parts;
  if (!parts.definitions) return fail(ErrorCode::ConfigInvalid, "the FHIR face needs definitions");
  face->resources_ = TRY(Resources::make(*face, parts.resources, *parts.definitions));
  if (!face->config_.export_folder.empty())
    face->exports_ = TRY(Exports::open(*face, face->config_.export_folder));
  if (!parts.resources) return face;
  face->subscriptions_ = std::make_unique<Subscriptions>(*face);
  AuditOptions audit;
  audit.software_version = face->config_.software_version;
  audit.max_queue = face->config_.max_audit_queue;
  if (face->config_.audit)
    face->audit_ = std::make_unique<AuditTrail>(*face->resources_, std::move(audit), clock);
  return face;
}

void FhirFace::start() {
  if (const auto described = describe_what_is_stored(*this); !described)
    log::error("stored_studies_not_described", {{"reason", described.error().text()}});
  if (audit_) audit_->start();
  if (exports_) exports_->start();
  if (subscriptions_) subscriptions_->start();
}

void FhirFace::stop() {
  if (subscriptions_) subscriptions_->stop();
  if (exports_) exports_->stop();
  if (audit_) audit_->stop();
}

void add_route(http::Router& router, const FhirFace& face, http::Method method, const std::string& path,
               http::RouteInfo info, http::Handler handler) {
  const bool resources = gives_resources(info);
  router.add(
      method, face.config().root + path, std::move(info),
      [&face, handler = std::move(handler), resources](const http::Request& request) {
        return answer(face, handler, resources, request);
      },
      outcome_response);
}

void add_routes(http::Router& router, const FhirFace& face) {
  router.set_error_renderer(face.config().root, outcome_response);
  add_route(router, face, http::Method::Get, "/metadata", route_info("CapabilityStatement"),
            [&router, &face, kept = std::make_shared<KeptStatement>()](const http::Request& request) {
              return metadata(router, face, *kept, request);
            });
  add_interaction_routes(router, face);
  add_manifest_routes(router, face);
  add_resolve_routes(router, face);
  add_history_routes(router, face);
  add_validate_routes(router, face);
  add_transaction_routes(router, face);
  add_everything_routes(router, face);
  add_document_routes(router, face);
  add_export_routes(router, face);
  add_subscription_routes(router, face);
}

}  // namespace gateway::fhir

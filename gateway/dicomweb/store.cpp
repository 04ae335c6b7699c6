// STOW-RS (PS3.18 section 10.5).
//
// Every part of the request is accounted for: in the Referenced SOP Sequence (0008,1199) when it is stored
// and durable, in the Failed SOP Sequence (0008,1198) with a reason when it is not.
#include <algorithm>
#include <array>

#include "gateway/dicomweb/handlers.h"
#include "gateway/dicomweb/model_answer.h"
#include "gateway/dicomweb/store_answer.h"
#include "gateway/dicomweb/store_items.h"

namespace gateway::dicomweb {
namespace {

using model::IngestItem;
using model::ItemOutcome;

constexpr std::size_t kBatch = 256;  // items of one durable write

ItemOutcome failed(const IngestItem& item, const Error& error) {
  ItemOutcome outcome;
  outcome.label = item.label;
  outcome.error = error;
  return outcome;
}

// An error before anything is stored is that of the request; behind a batch that is stored already, the rest
// is accounted for as failed.
Result<std::vector<ItemOutcome>> ingest_all(const std::vector<IngestItem>& items, model::Ingest& ingest) {
  std::vector<ItemOutcome> outcomes;
  std::optional<Error> fault;
  for (std::size_t at = 0; at < items.size(); at += kBatch) {
    const auto batch = std::span(items).subspan(at, std::min(kBatch, items.size() - at));
    auto done = fault ? Result<std::vector<ItemOutcome>>(*fault) : ingest.ingest(batch);
    if (!done && outcomes.empty()) return std::move(done).error();
    if (!done) {
      fault = std::move(done).error();
      for (const IngestItem& item : batch) outcomes.push_back(failed(item, *fault));
      continue;
    }
    for (ItemOutcome& outcome : *done) outcomes.push_back(std::move(outcome));
  }
  return outcomes;
}

// The outcomes of all parts, in their order.
Result<std::vector<ItemOutcome>> store_all(std::vector<StoreItem> parts, model::Ingest& ingest) {
  std::vector<IngestItem> items;
  for (const StoreItem& part : parts)
    if (const auto* item = std::get_if<IngestItem>(&part)) items.push_back(*item);
  std::vector<ItemOutcome> stored = TRY(ingest_all(items, ingest));
  std::vector<ItemOutcome> outcomes;
  auto next = stored.begin();
  for (StoreItem& part : parts) {
    auto* settled = std::get_if<ItemOutcome>(&part);
    outcomes.push_back(std::move(settled ? *settled : *next++));
  }
  return outcomes;
}

Result<http::Response> store(const http::Request& request, const DicomwebFace& face) {
  const ModelFormat format = TRY(accept_model(request));
  std::vector<StoreItem> parts = TRY(store_items(request));
  const auto outcomes = TRY(store_all(std::move(parts), face.ingest()));
  const std::string root = face.service_root(request);
  http::Response response = TRY(model_answer(store_status(outcomes), format, store_response(outcomes, root)));
  for (const std::string& warning : store_warnings(outcomes, root)) response.headers.add("Warning", warning);
  return response;
}

}  // namespace

void add_store_routes(http::Router& router, const DicomwebFace& face) {
  for (const std::string path : {"/studies", "/studies/{study}"}) {
    http::RouteInfo route =
        route_info("STOW-RS: store instances", {std::string(kDicomJson), std::string(kDicomXml)});
    route.consumes = {"multipart/related", std::string(kDicom), std::string(kDicomJson),
                      std::string(kDicomXml)};
    route.body_limit = face.config().max_store_bytes;
    route.heavy = true;
    router.add(http::Method::Post, face.config().root + path, std::move(route),
               [&face](const http::Request& request) { return store(request, face); });
  }
}

}  // namespace gateway::dicomweb

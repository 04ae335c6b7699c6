// Entries of batches and transactions, subscriptions and the fields of FHIR requests, from any bytes.
#include "gateway/codec/json.h"
#include "gateway/fhir/conditional.h"
#include "gateway/fhir/history.h"
#include "gateway/fhir/respond.h"
#include "gateway/fhir/subscription_notice.h"
#include "gateway/fhir/transaction_entry.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gateway;
  const std::string text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(fhir::instant_us(text));
  static_cast<void>(fhir::parse_http_date(text));
  static_cast<void>(fhir::version_of(text));
  static_cast<void>(fhir::criteria_of(text, "where"));
  static_cast<void>(fhir::body_format(text, text));
  http::Request request;
  request.headers.add("Accept", text);
  request.headers.add("Prefer", text);
  static_cast<void>(fhir::wish_of(request, {}));
  static_cast<void>(fhir::wish_of(request, {{"_format", text}}));
  static_cast<void>(fhir::return_of(request));
  const auto value = codec::parse_json(text, {1 << 20, 64});
  if (!value) return 0;
  static_cast<void>(fhir::read_channel(*value, {"127.0.0.1"}));
  const auto entry = fhir::read_entry(*value, 0, "http://gw.example/fhir");
  if (entry) static_cast<void>(fhir::call_of(*entry, {"http://gw.example/fhir", ""}));
  return 0;
}

#include "gateway/http/exchange.h"

#include <algorithm>
#include <exception>

#include "gateway/base/log.h"
#include "gateway/base/text.h"
#include "gateway/codec/media_type.h"
#include "gateway/http/compress.h"
#include "gateway/http/target.h"

namespace gateway::http {
namespace {

constexpr std::size_t kMaxRequestId = 128;
constexpr std::size_t kMaxNames = 500;

bool is_request_id(std::string_view id) {
  return !id.empty() && id.size() <= kMaxRequestId && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("-._:/+=@").find(c) != std::string_view::npos;
  });
}

bool is_parameter_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && !(name[0] >= '0' && name[0] <= '9') &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                  std::string_view("-._:").find(c) != std::string_view::npos;
         });
}

bool is_loopback(std::string_view peer) {
  return peer.starts_with("127.") || peer == "::1" || peer.starts_with("::ffff:127.");
}

bool is_trusted(const Ends& ends, TrustForwarded trust) {
  return trust == TrustForwarded::Always || (trust == TrustForwarded::Loopback && is_loopback(ends.peer));
}

std::string base_url(const Request& request, std::string authority, const Ends& ends, const Engine& engine) {
  if (!engine.public_url.empty()) return engine.public_url;
  PublicAddress address{ends.secure ? "https" : "http",
                        authority.empty() ? ends.local : std::move(authority)};
  if (is_trusted(ends, engine.trust_forwarded))
    address = forwarded_address(request.headers, std::move(address));
  return address.scheme + "://" + address.authority;
}

// "multipart/related", "application/*", "*/*"; parameters are the handler's to judge.
bool consumes(const Route& route, std::string_view type) {
  return std::any_of(route.info.consumes.begin(), route.info.consumes.end(), [type](std::string_view taken) {
    const std::string essence = lower(trim(taken.substr(0, taken.find(';'))));
    if (essence == "*/*" || essence == type) return true;
    return essence.ends_with("/*") &&
           type.starts_with(std::string_view(essence).substr(0, essence.size() - 1));
  });
}

Result<void> check_media_type(const Route& route, const Request& request) {
  if (route.info.consumes.empty()) return {};
  const std::string_view given = request.headers.get("Content-Type");
  const auto media = codec::parse_media_type(given);
  if (media && consumes(route, media->type)) return {};
  std::string taken;
  for (const auto& type : route.info.consumes) taken += (taken.empty() ? "" : ", ") + type;
  return fail(ErrorCode::UnsupportedMediaType, "the body has to be " + taken, "Content-Type");
}

// What the head says about the body, against what the route takes.
Result<void> check_body(Exchange& exchange, const Head& head) {
  const Route& route = *exchange.route;
  const std::uint64_t limit = route.info.body_limit;
  const bool takes_body = limit > 0 && (head.method == Method::Post || head.method == Method::Put ||
                                        head.method == Method::Patch);
  if (head.framing == Framing::None) {
    if (!takes_body || route.info.body_optional || exchange.request.headers.has("Content-Length")) return {};
    exchange.keep_alive = false;
    return fail(ErrorCode::LengthRequired, "the body needs Content-Length or chunked coding");
  }
  if (head.framing == Framing::Chunked && limit == 0)
    return fail(ErrorCode::BodyTooLarge, "no body is taken here");
  if (head.framing == Framing::Length && head.content_length > limit)
    return fail(ErrorCode::BodyTooLarge,
                limit ? "the body is larger than the " + std::to_string(limit) + " bytes allowed here"
                      : std::string("no body is taken here"),
                "Content-Length");
  exchange.decoder =
      TRY(BodyDecoder::make(exchange.request.headers.joined("Content-Encoding"), route.info.body_limit));
  return check_media_type(route, exchange.request);
}

// Expect (RFC 9110 section 10.1.1)
Result<void> read_expectation(Exchange& exchange, const Head& head) {
  if (!head.expects || head.http10) return {};
  if (!iequals(trim(exchange.request.headers.joined("Expect")), "100-continue")) {
    exchange.keep_alive = exchange.keep_alive && head.framing == Framing::None;
    return fail(ErrorCode::ExpectationFailed, "the only expectation that can be met is 100-continue",
                "Expect");
  }
  exchange.expects_continue = head.framing != Framing::None;
  return {};
}

Result<void> route_request(Exchange& exchange, const Head& head, const Engine& engine) {
  exchange.route = TRY(engine.router.match(exchange.request));
  // A browser's preliminary question is answered like one about any path: it may not reach a handler.
  if (is_preflight(exchange.request))
    return fail(ErrorCode::MethodNotAllowed, "preflight", engine.router.allow(exchange.request.path));
  TRY(check_body(exchange, head));
  return read_expectation(exchange, head);
}

// How a refusal leaves the connection: a body that was refused is read and dropped when it is small and on
// its way.
void plan_unread_body(Exchange& exchange, const Head& head, const Engine& engine) {
  if (head.framing == Framing::None) return;
  const bool small = head.framing == Framing::Length && head.content_length <= engine.limits.drain;
  if (!small || head.expects) exchange.keep_alive = false;
  exchange.body_unread = true;
  exchange.reader.emplace(head.framing, head.content_length, engine.limits.drain);
}

}  // namespace

Result<void> admit(Exchange& exchange, Head head, const Ends& ends, Engine& engine, WorkerKit& kit) {
  Request& request = exchange.request;
  request.method = head.method;
  request.target = std::move(head.target);
  request.headers = std::move(head.headers);
  request.remote = ends.peer;
  request.secure = ends.secure;
  exchange.http10 = head.http10;
  const std::string_view id = request.headers.get("X-Request-Id");
  request.id = is_request_id(id) ? std::string(id) : kit.request_id(engine.clock);
  auto authority = read_target(request, head.http10);
  if (!authority) {
    exchange.keep_alive = false;
    return std::move(authority).error();
  }
  request.base_url = base_url(request, std::move(authority).value(), ends, engine);
  exchange.keep_alive = head.keep_alive && !engine.draining.load(std::memory_order_relaxed);
  auto routed = route_request(exchange, head, engine);
  if (!routed) {
    plan_unread_body(exchange, head, engine);
    return routed;
  }
  if (head.framing != Framing::None)
    exchange.reader.emplace(head.framing, head.content_length, exchange.route->info.body_limit);
  return {};
}

Result<void> take_body(Exchange& exchange, std::string_view bytes) {
  if (!exchange.decoder) return exchange.store.append(bytes);
  return exchange.decoder->feed(bytes,
                                [&exchange](std::string_view piece) { return exchange.store.append(piece); });
}

Result<void> end_body(const Exchange& exchange) {
  return exchange.decoder ? exchange.decoder->finish() : Result<void>();
}

Response answer(const Exchange& exchange) {
  const Request& request = exchange.request;
  const auto render = [&](const Error& error) {
    if (error.face().http_status >= 500)
      log::error("request failed", {{"request", request.id},
                                    {"code", error.face().name},
                                    {"why", error.message},
                                    {"where", error.where},
                                    {"detail", error.detail}});
    return exchange.route->render_error(error, request);
  };
  try {
    auto result = exchange.route->handler(request);
    if (result) return std::move(result).value();
    return render(result.error());
  } catch (const std::exception& fault) {
    return render(fail(ErrorCode::Internal, "the request could not be handled", {}, fault.what()));
  } catch (...) {
    return render(fail(ErrorCode::Internal, "the request could not be handled"));
  }
}

Response options_response(std::string_view allow) {
  Response response;
  response.status = 204;
  response.headers.add("Allow", allow);
  return response;
}

Response refuse(const Error& error, const Exchange& exchange, const Engine& engine) {
  const Request& request = exchange.request;
  const bool options = request.method == Method::Options;
  if (options && request.path == "*") return options_response("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
  if (options && error.code == ErrorCode::MethodNotAllowed)
    return is_preflight(request) ? preflight_response(engine.cors, request, error.where)
                                 : options_response(error.where);
  const ErrorRenderer& render =
      exchange.route ? exchange.route->render_error
                     : engine.router.error_renderer(request.path.empty() ? request.target : request.path);
  Response response = render(error, request);
  if (error.code == ErrorCode::MethodNotAllowed) response.headers.set("Allow", error.where);
  // RFC 9110 section 15.5.16
  if (error.code == ErrorCode::UnsupportedMediaType && error.where == "Content-Encoding")
    response.headers.set("Accept-Encoding", kRequestCodings);
  return response;
}

std::string parameter_names(const Request& request) {
  std::string names;
  for (const auto& [name, value] : request.query) {
    if (names.size() > kMaxNames) return names += ",...";
    if (!names.empty()) names += ',';
    names += is_parameter_name(name) && !value.empty() ? std::string_view(name) : std::string_view("?");
  }
  return names;
}

void send_response(Exchange& exchange, Response response, const Engine& engine, WorkerKit& kit) {
  exchange.status = response.status;
  exchange.upgrade = std::move(response.upgrade);
  compress(exchange.request, response);
  add_cors_fields(engine.cors, exchange.request, response);
  // RFC 9110 section 10.2.3, RFC 6585 section 4; here, so that no face has to think of it.
  const bool later = response.status == 503 || response.status == 429;
  if (later && !response.headers.has("Retry-After")) response.headers.add("Retry-After", "1");
  const bool keep_alive = exchange.keep_alive || exchange.upgrade;
  std::string head =
      write_head(response, {kit.date(engine.clock), exchange.request.id, keep_alive, exchange.http10});
  const bool no_body =
      exchange.request.method == Method::Head || response.status == 204 || response.status == 304;
  if (no_body) response.body.clear();
  exchange.outgoing = Outgoing(std::move(head), std::move(response.body));
}

}  // namespace gateway::http

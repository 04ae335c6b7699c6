#include "gateway/http/websocket.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "gateway/base/text.h"

namespace gateway::http {
namespace {

constexpr std::string_view kAcceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // section 1.3
constexpr std::string_view kVersion = "13";

Error no_handshake(std::string why, std::string where) {
  return fail(ErrorCode::InvalidParameter, std::move(why), std::move(where));
}

bool has_token(const Headers& headers, std::string_view name, std::string_view token) {
  const std::string all = headers.joined(name);
  const auto tokens = split(all, ',');
  return std::any_of(tokens.begin(), tokens.end(),
                     [token](std::string_view each) { return iequals(trim(each), token); });
}

// Section 4.1: the base64 form of 16 bytes is 22 characters and "==".
bool is_key(std::string_view key) {
  const auto is_base64 = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
  };
  return key.size() == 24 && key.ends_with("==") &&
         std::all_of(key.begin(), key.end() - 2, [&](char c) { return is_base64(c); });
}

// Section 4.2.2, step 5.4
std::string accept_value(std::string_view key) {
  const std::string text = std::string(key) + std::string(kAcceptSuffix);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha1(), nullptr);
  std::array<unsigned char, 64> encoded{};
  const int size = EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(length));
  return {reinterpret_cast<const char*>(encoded.data()), static_cast<std::size_t>(size)};
}

bool allows(const WebSocketOptions& options, const Request& request) {
  const std::string_view origin = request.headers.get("Origin");
  if (origin.empty()) return true;
  return options.allows_origin ? options.allows_origin(origin) : iequals(origin, request.base_url);
}

// The first of ours that the client offers; empty when there is none in common.
std::string_view choose_subprotocol(const WebSocketOptions& options, const Headers& headers) {
  for (const std::string& each : options.subprotocols)
    if (has_token(headers, "Sec-WebSocket-Protocol", each)) return each;
  return {};
}

Response version_response() {
  Response response = Response::text(426, "text/plain", "WebSocket version 13 is spoken here\n");
  response.headers.add("Upgrade", "websocket");
  response.headers.add("Sec-WebSocket-Version", kVersion);
  return response;
}

}  // namespace

// RFC 6455 section 4.2.1
Result<Response> accept_websocket(const Request& request, std::shared_ptr<WebSocketHandler> handler,
                                  WebSocketOptions options) {
  const Headers& headers = request.headers;
  const bool asks = request.method == Method::Get && has_token(headers, "Upgrade", "websocket");
  if (!asks || headers.get("Sec-WebSocket-Version") != kVersion) return version_response();
  if (!has_token(headers, "Connection", "upgrade"))
    return no_handshake("a handshake has the connection option upgrade", "Connection");
  const std::string key = headers.joined("Sec-WebSocket-Key");
  if (!is_key(key)) return no_handshake("not the base64 form of 16 bytes", "Sec-WebSocket-Key");
  if (!allows(options, request))
    return fail(ErrorCode::Forbidden, "pages of this origin may not connect", "Origin");
  Response response;
  response.status = 101;
  response.headers.add("Upgrade", "websocket");
  response.headers.add("Sec-WebSocket-Accept", accept_value(key));
  if (const auto chosen = choose_subprotocol(options, headers); !chosen.empty())
    response.headers.add("Sec-WebSocket-Protocol", chosen);
  response.upgrade = std::make_shared<WebSocketUpgrade>(std::move(handler), std::move(options));
  return response;
}

}  // namespace gateway::http

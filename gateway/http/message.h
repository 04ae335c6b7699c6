// HTTP requests and responses as handlers see them (RFC 9110). No Poco or Beast type gets past this folder.
//
// A handler runs only when the whole request has arrived: its body lies in memory or in a spool file, so no
// worker ever waits for a client. A response body is a list of pieces (text or file ranges), so its length is
// always known and large objects are never copied into memory. Requests and responses belong to one thread at
// a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "gateway/base/bytes.h"
#include "gateway/base/result.h"

namespace gateway::http {

enum class Method : std::uint8_t { Get, Head, Post, Put, Patch, Delete, Options };
std::string_view name_of(Method method);

// Field lines in order; names compare without case.
class Headers {
 public:
  void add(std::string_view name, std::string_view value) { lines_.emplace_back(name, value); }
  void set(std::string_view name, std::string_view value);  // replaces all of that name
  // First value, or empty.
  std::string_view get(std::string_view name) const;
  bool has(std::string_view name) const;
  // All values joined by ", " (RFC 9110 section 5.3).
  std::string joined(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& lines() const { return lines_; }

 private:
  std::vector<std::pair<std::string, std::string>> lines_;
};

struct Request {
  Method method = Method::Get;
  std::string target;  // as received, for the log: path and query
  std::string path;    // decoded, always starts with '/', without dot segments
  std::vector<std::pair<std::string, std::string>> query;   // decoded, in order
  std::vector<std::pair<std::string, std::string>> params;  // {name} segments of the route, decoded
  Headers headers;
  std::shared_ptr<const ByteSource> body;  // never null; size 0 without a body
  std::string base_url;  // "https://host:port", honouring the configured public address; no trailing '/'
  std::string remote;    // address of the peer
  std::string id;        // X-Request-Id of the client when well-formed, else a new UUID
  bool secure = false;

  std::string_view param(std::string_view name) const;
  const std::string* query_value(std::string_view name) const;  // first, or nullptr
};

struct FileRange {
  std::shared_ptr<const FileHandle> file;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

struct LazyPiece;
using Piece = std::variant<std::string, FileRange, LazyPiece>;

// A piece of known length that is made when its turn comes, so that an answer of thousands of files holds one
// open descriptor and one buffer at a time. `make` is called once, by a worker, and gives pieces of exactly
// `length` bytes together, lazy ones among them; an error or another length breaks the connection, since the
// head has gone out.
struct LazyPiece {
  std::uint64_t length = 0;
  std::function<Result<std::vector<Piece>>()> make;
};

struct WebSocketUpgrade;  // websocket.h

struct Response {
  using Piece = http::Piece;
  int status = 200;
  Headers headers;
  std::vector<Piece> body;                    // Content-Length is computed from it
  std::shared_ptr<WebSocketUpgrade> upgrade;  // set by accept_websocket() only

  static Response text(int status, std::string_view content_type, std::string body);
  std::uint64_t body_size() const;
};

std::uint64_t size_of(const Response::Piece& piece);

// Answers a request. Errors are rendered by the route's ErrorRenderer; exceptions are caught and become
// Internal. Called from several threads at once.
using Handler = std::function<Result<Response>(const Request&)>;
// Turns an error into a response in the manner of a face (problem details, OperationOutcome).
using ErrorRenderer = std::function<Response(const Error&, const Request&)>;

// RFC 9457 problem details: {"type","title","status","detail","where","instance","code"}.
Response problem_response(const Error& error, const Request& request);

}  // namespace gateway::http

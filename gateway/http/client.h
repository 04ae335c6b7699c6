// HttpClient: requests to another server (RFC 9110), over libcurl.
//
// One client per server: its base URL, credentials and limits never change. An answer is received whole,
// small ones in memory, large ones in a file without a name; nothing is allocated from an announced length.
// Only http and https, redirects only within the same origin, no proxies, no cookies, no credentials of the
// environment. Thread-safe: connections are kept and handed out one per request.
//
// Errors name the server: GatewayTimeout for any deadline, BadGateway for everything else that went wrong on
// the way (refused, not trusted, no HTTP, broken off, larger than allowed). Any status is an answer.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "gateway/base/bytes.h"
#include "gateway/base/result.h"
#include "gateway/http/message.h"

namespace gateway::http {

struct ClientOptions {
  std::string name;      // how errors call the server
  std::string base_url;  // http(s)://host[:port][/path], without query
  std::string address;   // IP address to connect to, whatever the name resolves to; empty: resolve
  std::string ca_file;   // PEM; empty: those of the system
  std::string certificate_file, key_file;  // of this client
  std::string bearer;                      // Authorization: Bearer
  std::string user, password;              // Authorization: Basic, when there is no bearer
  std::vector<std::pair<std::string, std::string>> headers;
  std::int64_t connect_ms = 5'000;
  std::int64_t idle_ms = 30'000;    // without a byte moving
  std::int64_t total_ms = 600'000;  // of one exchange
  std::uint64_t max_answer_bytes = 16ull << 30;
  std::uint64_t in_memory_bytes = 1 << 20;  // larger answers go to a file
  std::string spool_folder = "/tmp";
  std::size_t idle_connections = 16;
};

struct ClientRequest {
  Method method = Method::Get;
  std::string target;  // behind the base URL: "/studies?limit=1", encoded
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<std::shared_ptr<const ByteSource>> body;  // one behind the other
  std::uint64_t max_answer_bytes = 0;                   // less than that of the client; 0: as that
};

struct ClientAnswer {
  int status = 0;
  Headers headers;
  std::shared_ptr<const ByteSource> body;  // never null
};

class HttpClient {
 public:
  // Errors: ConfigInvalid for a URL, address or header that cannot be used.
  static Result<std::unique_ptr<HttpClient>> make(ClientOptions options);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  Result<ClientAnswer> send(const ClientRequest& request) const;
  // Ends all exchanges within about a second, and those to come at once: BadGateway.
  void stop();
  const ClientOptions& options() const;

 private:
  struct State;
  explicit HttpClient(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace gateway::http

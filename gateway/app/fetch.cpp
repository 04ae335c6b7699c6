#include "gateway/app/fetch.h"

#include <span>
#include <utility>

#include "gateway/http/client.h"

namespace gateway::app {
namespace {

constexpr std::uint64_t kMaxBytes = 64u << 20;

// "http://host:1/a/b?c" as its origin and the rest.
std::pair<std::string, std::string> split_url(const std::string& url) {
  const std::size_t host = url.find("//") + 2;
  const std::size_t path = url.find_first_of("/?", host);
  if (path == std::string::npos) return {url, "/"};
  return {url.substr(0, path), url.substr(path)};
}

}  // namespace

bool is_url(std::string_view path) { return path.starts_with("http://") || path.starts_with("https://"); }

Result<Fetched> fetch(const std::string& url, const std::string& accept) {
  const auto [origin, target] = split_url(url);
  http::ClientOptions options;
  options.name = origin;
  options.base_url = origin;
  options.total_ms = 60'000;
  options.max_answer_bytes = options.in_memory_bytes = kMaxBytes;
  const auto client = TRY(http::HttpClient::make(std::move(options)));
  http::ClientRequest request;
  request.target = target;
  request.headers = {{"Accept", accept}};
  const http::ClientAnswer answer = TRY(client->send(request));
  if (answer.status != 200)
    return fail(ErrorCode::BadGateway, "the server answered " + std::to_string(answer.status), url);
  Fetched fetched;
  fetched.text.resize(answer.body->size());
  fetched.text.resize(TRY(
      answer.body->read_at(0, std::as_writable_bytes(std::span(fetched.text.data(), fetched.text.size())))));
  fetched.content_type = answer.headers.get("Content-Type");
  return fetched;
}

}  // namespace gateway::app

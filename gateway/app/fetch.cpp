#include "gateway/app/fetch.h"

#include <span>
#include <utility>

#include "gateway/http/client.h"

namespace gateway::app {
namespace {

constexpr std::uint64_t kMaxBytes = 64u << 20;

std::string redirection(const http::ClientAnswer& answer) {
  const std::string target(answer.headers.get("Location").substr(0, 1000));
  const bool redirects = answer.status >= 300 && answer.status < 400 && !target.empty();
  return redirects ? " and leads to " + target + ", which is not followed: ask there" : "";
}

}  // namespace

std::pair<std::string, std::string> split_url(const std::string& url) {
  const std::size_t host = url.find("//") + 2;
  const std::string whole = url.substr(0, url.find('#', host));
  const std::size_t path = whole.find_first_of("/?", host);
  if (path == std::string::npos) return {whole, "/"};
  return {whole.substr(0, path), (whole[path] == '?' ? "/" : "") + whole.substr(path)};
}

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
    return fail(ErrorCode::BadGateway,
                "the server answered " + std::to_string(answer.status) + redirection(answer), url);
  Fetched fetched;
  fetched.text.resize(answer.body->size());
  fetched.text.resize(TRY(
      answer.body->read_at(0, std::as_writable_bytes(std::span(fetched.text.data(), fetched.text.size())))));
  fetched.content_type = answer.headers.get("Content-Type");
  return fetched;
}

}  // namespace gateway::app

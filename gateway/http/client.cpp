#include "gateway/http/client.h"

#include <curl/curl.h>

#include <algorithm>
#include <atomic>
#include <mutex>

#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "gateway/codec/media_type.h"
#include "gateway/http/answer_body.h"

namespace gateway::http {
namespace {

constexpr std::size_t kMaxHeaders = 200;
constexpr std::size_t kMaxHeaderBytes = 64 << 10;
constexpr int kMaxRedirects = 3;

struct HandleEnd {
  void operator()(CURL* handle) const { ::curl_easy_cleanup(handle); }
};
using Handle = std::unique_ptr<CURL, HandleEnd>;

class HeaderList {
 public:
  ~HeaderList() { ::curl_slist_free_all(list_); }
  void add(const std::string& line) { list_ = ::curl_slist_append(list_, line.c_str()); }
  void add(const std::string& name, const std::string& value) { add(name + ": " + value); }
  curl_slist* get() const { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

bool is_field_value(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

// scheme://host[:port], in lower case; empty when it is not http or https.
std::string origin_of(std::string_view url) {
  const std::string text = lower(url);
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!text.starts_with(scheme)) continue;
    const std::size_t end = text.find_first_of("/?#", scheme.size());
    return end == scheme.size() || text.size() == scheme.size() ? std::string() : text.substr(0, end);
  }
  return {};
}

// The library sends lines and URLs as they are given: nothing may end a line, or change the server.
Result<void> check_request(const ClientRequest& request) {
  const std::string_view target = request.target;
  const bool path = target.empty() || target.front() == '/' || target.front() == '?';
  if (!path || !is_field_value(target) || target.find_first_of(" #") != std::string_view::npos)
    return fail(ErrorCode::Internal, "a request to another server cannot be sent", {}, "its target");
  for (const auto& [name, value] : request.headers)
    if (!codec::is_token(name) || !is_field_value(value))
      return fail(ErrorCode::Internal, "a request to another server cannot be sent", {}, "its fields");
  return {};
}

// One exchange: what libcurl's callbacks work on. They must not throw, so they note the first error.
class Exchange {
 public:
  Exchange(const ClientOptions& options, const ClientRequest& request, const std::atomic<bool>& stopped)
      : options_(options),
        request_(request),
        body_(options.in_memory_bytes,
              request.max_answer_bytes ? std::min(request.max_answer_bytes, options.max_answer_bytes)
                                       : options.max_answer_bytes,
              options.spool_folder),
        stopped_(stopped),
        moved_at_us_(Clock::system().steady_us()) {
    for (const auto& part : request.body) body_size_ += part->size();
  }

  void set_up(CURL* curl, const std::string& url) {
    ::curl_easy_reset(curl);
    ::curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    ::curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    ::curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    ::curl_easy_setopt(curl, CURLOPT_PROXY, "");
    ::curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    ::curl_easy_setopt(curl, CURLOPT_HTTP09_ALLOWED, 0L);
    ::curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
    ::curl_easy_setopt(curl, CURLOPT_MAXCONNECTS, 2L);
    ::curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_ms));
    ::curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(options_.total_ms));
    set_up_trust(curl);
    set_up_headers(curl);
    set_up_body(curl);
    ::curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &Exchange::on_body);
    ::curl_easy_setopt(curl, CURLOPT_WRITEDATA, this);
    ::curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &Exchange::on_header);
    ::curl_easy_setopt(curl, CURLOPT_HEADERDATA, this);
    ::curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    ::curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &Exchange::on_progress);
    ::curl_easy_setopt(curl, CURLOPT_XFERINFODATA, this);
  }

  const std::optional<Error>& error() const { return error_; }
  bool idle() const { return idle_; }
  ClientAnswer answer(int status) { return {status, std::move(headers_), body_.take()}; }

 private:
  void set_up_trust(CURL* curl) {
    const auto set = [&](CURLoption option, const std::string& value) {
      if (!value.empty()) ::curl_easy_setopt(curl, option, value.c_str());
    };
    set(CURLOPT_CAINFO, options_.ca_file);
    set(CURLOPT_SSLCERT, options_.certificate_file);
    set(CURLOPT_SSLKEY, options_.key_file);
    ::curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!options_.bearer.empty() || options_.user.empty()) return;
    ::curl_easy_setopt(curl, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
    set(CURLOPT_USERNAME, options_.user);
    set(CURLOPT_PASSWORD, options_.password);
  }

  void set_up_headers(CURL* curl) {
    list_.add("Expect:");  // the body follows at once
    if (!options_.bearer.empty()) list_.add("Authorization", "Bearer " + options_.bearer);
    for (const auto* lines : {&options_.headers, &request_.headers})
      for (const auto& [name, value] : *lines) list_.add(name, value);
    ::curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list_.get());
    if (options_.address.empty()) return;
    std::string host = origin_of(options_.base_url);
    const bool tls = host.starts_with("https");
    host.erase(0, host.find("://") + 3);
    if (host.find(':', host.find(']') == std::string::npos ? 0 : host.find(']')) == std::string::npos)
      host += tls ? ":443" : ":80";
    resolve_.add(host + ":" + options_.address);
    ::curl_easy_setopt(curl, CURLOPT_RESOLVE, resolve_.get());
  }

  void set_up_body(CURL* curl) {
    method_ = name_of(request_.method);
    if (request_.method == Method::Head) ::curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    if (request_.method == Method::Get || request_.method == Method::Head) return;
    ::curl_easy_setopt(curl, CURLOPT_POST, 1L);
    ::curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method_.c_str());
    ::curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body_size_));
    ::curl_easy_setopt(curl, CURLOPT_READFUNCTION, &Exchange::on_read);
    ::curl_easy_setopt(curl, CURLOPT_READDATA, this);
    ::curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, &Exchange::on_seek);
    ::curl_easy_setopt(curl, CURLOPT_SEEKDATA, this);
  }

  bool note(Result<void> result) {
    if (!result.ok() && !error_) error_ = std::move(result).error();
    return !error_;
  }

  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self) {
    auto& exchange = *static_cast<Exchange*>(self);
    return exchange.note(exchange.body_.append({data, size * count})) ? size * count : 0;
  }

  // A status line begins a new head: those of 100 (Continue) and the like are passed over.
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self) {
    auto& exchange = *static_cast<Exchange*>(self);
    std::string_view line(data, size * count);
    if (line.starts_with("HTTP/")) exchange.headers_ = {};
    exchange.header_bytes_ += line.size();
    if (exchange.headers_.lines().size() >= kMaxHeaders || exchange.header_bytes_ > kMaxHeaderBytes) {
      exchange.note(fail(ErrorCode::HeaderTooLarge, "the header fields are larger than allowed"));
      return 0;
    }
    const std::size_t colon = line.find(':');
    while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
    if (colon != std::string_view::npos && colon < line.size() && !line.starts_with("HTTP/"))
      exchange.headers_.add(trim(line.substr(0, colon)), trim(line.substr(colon + 1)));
    return size * count;
  }

  static std::size_t on_read(char* data, std::size_t size, std::size_t count, void* self) {
    auto& exchange = *static_cast<Exchange*>(self);
    std::uint64_t at = exchange.sent_;
    for (const auto& part : exchange.request_.body) {
      if (at >= part->size()) {
        at -= part->size();
        continue;
      }
      const auto got = part->read_at(at, std::as_writable_bytes(std::span(data, size * count)));
      if (!got.ok() || *got == 0) return CURL_READFUNC_ABORT;
      exchange.sent_ += *got;
      return *got;
    }
    return 0;
  }

  static int on_seek(void* self, curl_off_t offset, int origin) {
    if (origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
    static_cast<Exchange*>(self)->sent_ = static_cast<std::uint64_t>(offset);
    return CURL_SEEKFUNC_OK;
  }

  // Called about once a second, and whenever something moves.
  static int on_progress(void* self, curl_off_t, curl_off_t down, curl_off_t, curl_off_t up) {
    auto& exchange = *static_cast<Exchange*>(self);
    const std::int64_t now = Clock::system().steady_us();
    if (down + up != exchange.moved_) {
      exchange.moved_ = down + up;
      exchange.moved_at_us_ = now;
    }
    exchange.idle_ = now - exchange.moved_at_us_ > exchange.options_.idle_ms * 1000;
    return exchange.idle_ || exchange.stopped_ ? 1 : 0;
  }

  const ClientOptions& options_;
  const ClientRequest& request_;
  AnswerBody body_;
  Headers headers_;
  HeaderList list_, resolve_;
  std::string method_;
  std::uint64_t body_size_ = 0, sent_ = 0;
  std::size_t header_bytes_ = 0;
  curl_off_t moved_ = 0;
  const std::atomic<bool>& stopped_;
  std::int64_t moved_at_us_;
  bool idle_ = false;
  std::optional<Error> error_;
};

Error error_of(CURLcode code, const Exchange& exchange, const std::string& name) {
  const std::string detail = ::curl_easy_strerror(code);
  if (exchange.error()) {
    const Error& error = *exchange.error();
    const bool ours = error.code == ErrorCode::Overloaded || error.code == ErrorCode::Internal;
    return fail(ours ? error.code : ErrorCode::BadGateway,
                name + " sent what cannot be taken: " + error.message, {}, error.detail);
  }
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return fail(ErrorCode::GatewayTimeout, name + " did not answer in time", {}, detail);
    case CURLE_ABORTED_BY_CALLBACK:
      return fail(exchange.idle() ? ErrorCode::GatewayTimeout : ErrorCode::BadGateway,
                  name + (exchange.idle() ? " fell silent" : " was not waited for"), {}, detail);
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
      return fail(ErrorCode::BadGateway, name + " cannot be reached", {}, detail);
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
      return fail(ErrorCode::BadGateway, "there is no trust between this gateway and " + name, {}, detail);
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
      return fail(ErrorCode::BadGateway, name + " broke the exchange off", {}, detail);
    default:
      return fail(ErrorCode::BadGateway, name + " sent no proper HTTP answer", {}, detail);
  }
}

}  // namespace

struct HttpClient::State {
  ClientOptions options;
  std::string origin;
  std::atomic<bool> stopped = false;
  std::mutex mutex;
  std::vector<Handle> idle;  // the last one used first: its connection is the most likely to live

  Handle borrow() {
    const std::lock_guard lock(mutex);
    if (idle.empty()) return Handle(::curl_easy_init());
    Handle handle = std::move(idle.back());
    idle.pop_back();
    return handle;
  }
  void give_back(Handle handle) {
    const std::lock_guard lock(mutex);
    if (idle.size() < options.idle_connections) idle.push_back(std::move(handle));
  }

  Result<ClientAnswer> exchange(const ClientRequest& request, const std::string& url) {
    if (stopped) return fail(ErrorCode::BadGateway, options.name + " was not waited for");
    Handle handle = borrow();
    if (!handle) return fail(ErrorCode::Overloaded, "no connection to " + options.name + " can be made");
    Exchange run(options, request, stopped);
    run.set_up(handle.get(), url);
    const CURLcode code = ::curl_easy_perform(handle.get());
    if (code != CURLE_OK) return error_of(code, run, options.name);  // its connection goes with the handle
    long status = 0;
    ::curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
    ClientAnswer answer = run.answer(static_cast<int>(status));
    // The handle forgets the exchange before that ends.
    ::curl_easy_reset(handle.get());
    give_back(std::move(handle));
    return answer;
  }
};

HttpClient::HttpClient(std::unique_ptr<State> state) : state_(std::move(state)) {}
HttpClient::~HttpClient() = default;
void HttpClient::stop() { state_->stopped = true; }
const ClientOptions& HttpClient::options() const { return state_->options; }

Result<std::unique_ptr<HttpClient>> HttpClient::make(ClientOptions options) {
  static const CURLcode started = ::curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) return fail(ErrorCode::Internal, "the HTTP client cannot start");
  auto state = std::make_unique<State>();
  state->origin = origin_of(options.base_url);
  if (state->origin.empty() || options.base_url.find_first_of("?# @") != std::string::npos)
    return fail(ErrorCode::ConfigInvalid, "the base URL must be http(s)://host[:port][/path]", options.name);
  while (options.base_url.ends_with('/')) options.base_url.pop_back();
  for (const auto& [name, value] : options.headers)
    if (!codec::is_token(name) || !is_field_value(value))
      return fail(ErrorCode::ConfigInvalid, "a header field cannot be sent", name);
  for (const auto* value : {&options.bearer, &options.user, &options.password, &options.address})
    if (!is_field_value(*value)) return fail(ErrorCode::ConfigInvalid, "credentials hold control characters");
  state->options = std::move(options);
  return std::unique_ptr<HttpClient>(new HttpClient(std::move(state)));
}

Result<ClientAnswer> HttpClient::send(const ClientRequest& request) const {
  TRY_VOID(check_request(request));
  std::string url = state_->options.base_url + request.target;
  for (int hop = 0;; ++hop) {
    ClientAnswer answer = TRY(state_->exchange(request, url));
    const bool safe = request.method == Method::Get || request.method == Method::Head;
    if (answer.status < 300 || answer.status > 308 || answer.status == 304 || !safe) return answer;
    const std::string to(answer.headers.get("Location"));
    if (to.starts_with('/') && !to.starts_with("//"))
      url = state_->origin + to;
    else if (origin_of(to) == state_->origin)
      url = to;
    else
      return fail(ErrorCode::BadGateway,
                  state_->options.name + " points to another server, where it is not followed");
    if (hop == kMaxRedirects)
      return fail(ErrorCode::BadGateway, state_->options.name + " redirects in a circle");
  }
}

}  // namespace gateway::http

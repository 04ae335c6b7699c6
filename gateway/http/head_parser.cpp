#include "gateway/http/head_parser.h"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <cstring>

#include "gateway/base/text.h"
#include "gateway/codec/media_type.h"

namespace gateway::http {
namespace {

namespace beast = boost::beast;
using beast::error_code;

Error malformed(std::string what, std::string where = {}) {
  return fail(ErrorCode::MalformedRequest, std::move(what), std::move(where));
}

// Collects what Beast reads. Beast itself refuses: bad tokens, control characters, bad and differing lengths,
// Content-Length together with Transfer-Encoding.
class Collector final : public beast::http::basic_parser<true> {
 public:
  explicit Collector(Head& head) : head_(head) {
    body_limit(boost::none);
    header_limit(UINT32_MAX);
  }
  std::string_view method;
  int version = 0;

 private:
  void on_request_impl(beast::http::verb, beast::string_view name, beast::string_view target,
                       int http_version, error_code&) override {
    method = {name.data(), name.size()};
    head_.target.assign(target.data(), target.size());
    version = http_version;
  }
  void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value,
                     error_code&) override {
    head_.headers.add({name.data(), name.size()}, {value.data(), value.size()});
  }
  void on_response_impl(int, beast::string_view, int, error_code&) override {}
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(beast::string_view, error_code&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view, error_code&) override { return 0; }
  void on_finish_impl(error_code&) override {}

  Head& head_;
};

// HTTP-version (RFC 9112 section 2.3): a version that is well-formed but not ours gets its own status.
Result<void> check_version(std::string_view request_line) {
  const std::string_view version = request_line.substr(request_line.rfind(' ') + 1);
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  const bool formed = version.size() == 8 && version.starts_with("HTTP/") && digit(version[5]) &&
                      version[6] == '.' && digit(version[7]);
  if (!formed) return malformed("the request line does not end with an HTTP version");
  if (version != "HTTP/1.1" && version != "HTTP/1.0")
    return fail(ErrorCode::VersionNotSupported, "only HTTP/1.1 and HTTP/1.0 are served",
                std::string(version));
  return {};
}

std::optional<Method> method_named(std::string_view name) {
  for (const Method method :
       {Method::Get, Method::Head, Method::Post, Method::Put, Method::Patch, Method::Delete, Method::Options})
    if (name == name_of(method)) return method;
  return std::nullopt;
}

// Message body length (RFC 9112 section 6.3), with nothing left to interpretation.
Result<void> read_framing(Head& head) {
  std::string_view length, coding;
  int lengths = 0, codings = 0;
  for (const auto& [name, value] : head.headers.lines()) {
    if (iequals(name, "Content-Length")) length = value, ++lengths;
    if (iequals(name, "Transfer-Encoding")) coding = value, ++codings;
  }
  if (lengths + codings > 1)
    return malformed("the length of the body is given more than once", "Content-Length, Transfer-Encoding");
  if (codings == 1) {
    if (head.http10) return malformed("HTTP/1.0 has no transfer codings", "Transfer-Encoding");
    if (!iequals(coding, "chunked"))
      return malformed("the only transfer coding is chunked", "Transfer-Encoding");
    head.framing = Framing::Chunked;
  }
  if (lengths == 1) {
    const bool digits =
        !length.empty() && length.size() < 19 &&
        std::all_of(length.begin(), length.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!digits) return malformed("the length of the body is not a plain number", "Content-Length");
    head.content_length = *parse_number<std::uint64_t>(length);
    head.framing = head.content_length ? Framing::Length : Framing::None;
  }
  return {};
}

// Connection options (RFC 9110 section 7.6.1): "close" wins over all.
void read_connection(Head& head) {
  bool close = false;
  bool stay = !head.http10;
  for (const auto& [name, value] : head.headers.lines()) {
    if (iequals(name, "Expect")) head.expects = true;
    if (!iequals(name, "Connection")) continue;
    for (const auto option : split(value, ',')) {
      if (iequals(trim(option), "close")) close = true;
      if (iequals(trim(option), "keep-alive")) stay = true;
    }
  }
  head.keep_alive = stay && !close;
}

Result<void> check_line(std::string_view line, bool first, const Limits& limits) {
  if (first && line.size() > limits.request_line)
    return fail(ErrorCode::UriTooLong, "the request line is too long");
  if (first && !codec::is_token(line.substr(0, 1)))
    return malformed("a request starts with the name of a method");
  if (!first && (line.starts_with(' ') || line.starts_with('\t')))
    return malformed("a field line is folded (RFC 9112 section 5.2)");
  return {};
}

// What no later byte can mend in a line that is still arriving.
Result<void> check_unfinished(std::string_view bytes, const HeadScan& scan, const Limits& limits) {
  if (scan.lines == 0 && !bytes.empty() && !codec::is_token(bytes.substr(0, 1)))
    return malformed("a request starts with the name of a method");
  if (scan.lines == 0 && bytes.size() > limits.request_line + 1)
    return fail(ErrorCode::UriTooLong, "the request line is too long");
  if (bytes.size() > limits.head)
    return fail(ErrorCode::HeaderTooLarge, "the head of the request is too long");
  return {};
}

}  // namespace

Result<std::size_t> find_head_end(std::string_view bytes, HeadScan& scan, const Limits& limits) {
  while (scan.scanned < bytes.size()) {
    const void* found = std::memchr(bytes.data() + scan.scanned, '\n', bytes.size() - scan.scanned);
    if (!found) break;
    const auto at = static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
    if (at == scan.line_start || bytes[at - 1] != '\r') return malformed("a line ends with a bare line feed");
    const std::string_view line = bytes.substr(scan.line_start, at - 1 - scan.line_start);
    TRY(check_line(line, scan.lines == 0, limits));
    scan.scanned = scan.line_start = at + 1;
    if (scan.scanned > limits.head)
      return fail(ErrorCode::HeaderTooLarge, "the head of the request is too long");
    if (line.empty()) return scan.scanned;
    if (++scan.lines > limits.fields + 1)
      return fail(ErrorCode::HeaderTooLarge, "the request has too many fields");
  }
  scan.scanned = bytes.size();
  TRY(check_unfinished(bytes, scan, limits));
  return std::size_t{0};
}

Result<Head> parse_head(std::string_view bytes) {
  TRY(check_version(bytes.substr(0, bytes.find('\r'))));
  Head head;
  Collector parser(head);
  error_code fault;
  const std::size_t used = parser.put(boost::asio::buffer(bytes.data(), bytes.size()), fault);
  if (fault || !parser.is_header_done() || used != bytes.size())
    return malformed("the request head is not well-formed: " +
                     (fault ? fault.message() : std::string("stray bytes")));
  head.http10 = parser.version == 10;
  TRY(read_framing(head));
  read_connection(head);
  const auto method = method_named(parser.method);
  if (!method)
    return fail(ErrorCode::NotSupported, "the method is not known here", std::string(parser.method));
  head.method = *method;
  return head;
}

}  // namespace gateway::http

#include "conformance/runner/request_text.h"

#include <algorithm>
#include <cstdio>
#include <string_view>

#include "gateway/base/bytes.h"
#include "gateway/base/text.h"

namespace conformance {
namespace {

using gateway::Result;

bool has_header(const SendStep& step, std::string_view name) {
  return std::any_of(step.headers.begin(), step.headers.end(),
                     [&](const auto& header) { return gateway::iequals(header.first, name); });
}

Result<std::string> body_of(const SendStep& step, const Variables& variables, const std::string& folder) {
  if (!step.body_file.empty()) return gateway::read_file(folder + "/" + step.body_file);
  return expand(step.body.value_or(""), variables);
}

// chunked-body (RFC 9112 section 7.1) in pieces of `size` bytes.
std::string in_chunks(std::string_view body, std::size_t size) {
  std::string out;
  while (!body.empty()) {
    const std::string_view piece = body.substr(0, size);
    char line[24];
    std::snprintf(line, sizeof line, "%zx\r\n", piece.size());
    out += line;
    out += piece;
    out += "\r\n";
    body.remove_prefix(piece.size());
  }
  return out + "0\r\n\r\n";
}

}  // namespace

Result<RequestText> request_text(const SendStep& step, const Variables& variables,
                                 const std::string& folder) {
  RequestText request;
  request.body = TRY(body_of(step, variables, folder));
  const bool has_body = step.body || !step.body_file.empty();
  request.head = step.method + " " + TRY(expand(step.target, variables)) + " " + step.version + "\r\n";
  if (step.host && !has_header(step, "Host")) request.head += "Host: " + variables.at("host") + "\r\n";
  for (const auto& [name, value] : step.headers)
    request.head += name + ": " + TRY(expand(value, variables)) + "\r\n";
  if (step.chunk) {
    request.body = in_chunks(request.body, step.chunk);
    request.head += "Transfer-Encoding: chunked\r\n";
  } else if (has_body && step.length && !has_header(step, "Content-Length")) {
    request.head += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  }
  request.head += "\r\n";
  if (step.cut) request.body.resize(std::min(request.body.size(), *step.cut));
  return request;
}

}  // namespace conformance

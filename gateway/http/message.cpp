#include "gateway/http/message.h"

#include <algorithm>

#include "gateway/base/json_text.h"
#include "gateway/base/text.h"

namespace gateway::http {

std::string_view name_of(Method method) {
  switch (method) {
    case Method::Get:
      return "GET";
    case Method::Head:
      return "HEAD";
    case Method::Post:
      return "POST";
    case Method::Put:
      return "PUT";
    case Method::Patch:
      return "PATCH";
    case Method::Delete:
      return "DELETE";
    case Method::Options:
      return "OPTIONS";
  }
  return "GET";
}

void Headers::set(std::string_view name, std::string_view value) {
  std::erase_if(lines_, [name](const auto& line) { return iequals(line.first, name); });
  add(name, value);
}

std::string_view Headers::get(std::string_view name) const {
  for (const auto& [key, value] : lines_)
    if (iequals(key, name)) return value;
  return {};
}

bool Headers::has(std::string_view name) const {
  return std::any_of(lines_.begin(), lines_.end(),
                     [name](const auto& line) { return iequals(line.first, name); });
}

std::string Headers::joined(std::string_view name) const {
  std::string out;
  for (const auto& [key, value] : lines_) {
    if (!iequals(key, name)) continue;
    if (!out.empty()) out += ", ";
    out += value;
  }
  return out;
}

std::string_view Request::param(std::string_view name) const {
  for (const auto& [key, value] : params)
    if (key == name) return value;
  return {};
}

const std::string* Request::query_value(std::string_view name) const {
  for (const auto& [key, value] : query)
    if (key == name) return &value;
  return nullptr;
}

Response Response::text(int status, std::string_view content_type, std::string body) {
  Response response;
  response.status = status;
  response.headers.add("Content-Type", content_type);
  response.body.emplace_back(std::move(body));
  return response;
}

std::uint64_t Response::body_size() const {
  std::uint64_t size = 0;
  for (const auto& piece : body) size += size_of(piece);
  return size;
}

std::uint64_t size_of(const Response::Piece& piece) {
  if (const auto* text = std::get_if<std::string>(&piece)) return text->size();
  if (const auto* range = std::get_if<FileRange>(&piece)) return range->length;
  return std::get<LazyPiece>(piece).length;
}

// RFC 9457 section 3.1; "code" and "where" are our extension members (section 3.2).
Response problem_response(const Error& error, const Request& request) {
  const ErrorFace& face = error.face();
  Value problem = Value::map();
  problem.set("type", "about:blank").set("title", face.title).set("status", face.http_status);
  problem.set("detail", error.message);
  if (!error.where.empty()) problem.set("where", error.where);
  if (!request.path.empty()) problem.set("instance", request.path);
  problem.set("code", face.name);
  if (!request.id.empty()) problem.set("request", request.id);
  return Response::text(face.http_status, "application/problem+json", to_json(problem));
}

}  // namespace gateway::http

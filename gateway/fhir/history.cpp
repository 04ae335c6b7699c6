#include "gateway/fhir/history.h"

#include <algorithm>
#include <chrono>

#include "gateway/base/text.h"
#include "gateway/codec/uri.h"
#include "gateway/fhir/conditional.h"
#include "gateway/fhir/interactions.h"
#include "mappers/fhir/json_writer.h"

namespace gateway::fhir {
namespace {

using mappers::fhir::JsonArray;
using mappers::fhir::JsonObject;

struct Asked {
  model::HistoryQuery query;
  QueryPairs used;  // for the links, without the place of the page
};

Result<std::uint64_t> number_of(const std::string& name, const std::string& value) {
  const auto number = parse_number<std::uint64_t>(value);
  if (!number) return fail(ErrorCode::InvalidParameter, "not a number: " + value, name);
  return *number;
}

Result<std::int64_t> time_of(const std::string& name, const std::string& value) {
  const auto time = instant_us(value);
  if (!time) return fail(ErrorCode::InvalidParameter, "not a FHIR instant: " + value, name);
  return *time;
}

// Choice: of _at the period that is meant begins with it; parameters that are not known are ignored, as in a
// search, unless handling=strict.
Result<Asked> read_parameters(const FhirFace& face, const http::Request& request) {
  Asked asked;
  asked.query.type = request.param("type");
  asked.query.id = request.param("id");
  asked.query.limit = face.config().default_count;
  for (const auto& [name, value] : request.query) {
    if (name == "_count")
      asked.query.limit = static_cast<std::uint32_t>(
          std::clamp<std::uint64_t>(TRY(number_of(name, value)), 1, face.config().max_count));
    else if (name == "_since")
      asked.query.since_us = TRY(time_of(name, value));
    else if (name == "_at")
      asked.query.at_us = TRY(time_of(name, value));
    else if (name == "_offset")
      asked.query.offset = TRY(number_of(name, value));
    else if (name == "_state")
      asked.query.up_to = static_cast<std::int64_t>(TRY(number_of(name, value)));
    else if (name != "_format" && name != "_pretty" && wants_strict(request))
      return fail(ErrorCode::InvalidParameter, "a history has no such parameter", name);
    if (name == "_count" || name == "_since" || name == "_at") asked.used.emplace_back(name, value);
  }
  return asked;
}

std::string_view status_of(const model::StoredResource& version) {
  if (version.deleted) return "204";
  return version.method == "POST" || version.version == 1 ? "201" : "200";
}

void append_version(std::string& out, const model::StoredResource& version, const std::string& base) {
  const std::string place = version.type + "/" + version.id;
  JsonObject entry(out);
  entry.text("fullUrl", base + "/" + place);
  if (!version.deleted) entry.member("resource") += version.json;
  {
    JsonObject request(entry.member("request"));
    request.text("method", version.method);
    request.text("url", version.method == "POST" ? version.type : place);
  }
  JsonObject response(entry.member("response"));
  response.plain("status", status_of(version));
  response.text("etag", etag_of(std::to_string(version.version)));
  response.plain("lastModified", iso8601(version.updated_us, true));
}

void append_links(JsonObject& bundle, const Asked& asked, const model::HistoryPage& page,
                  const std::string& url) {
  JsonArray links(bundle.member("link"));
  const auto link = [&](std::string_view relation, std::uint64_t offset) {
    QueryPairs pairs = asked.used;
    if (offset > 0) {
      pairs.emplace_back("_offset", std::to_string(offset));
      pairs.emplace_back("_state", std::to_string(page.state));
    }
    const std::string query = codec::write_query(pairs);
    JsonObject object(links.item());
    object.plain("relation", relation);
    object.text("url", query.empty() ? url : url + "?" + query);
  };
  link("self", asked.query.offset);
  const std::uint64_t end = asked.query.offset + page.versions.size();
  if (!page.versions.empty() && end < page.total) link("next", end);
}

std::string history_bundle(const Asked& asked, const model::HistoryPage& page, const std::string& base,
                           const std::string& url) {
  std::string json;
  {
    JsonObject bundle(json);
    bundle.plain("resourceType", "Bundle");
    bundle.plain("type", "history");
    bundle.number("total", page.total);
    append_links(bundle, asked, page, url);
    if (!page.versions.empty()) {
      JsonArray entries(bundle.member("entry"));
      for (const auto& version : page.versions) append_version(entries.item(), version, base);
    }
  }
  return json;
}

// The one version of what is rendered from the index.
Result<model::HistoryPage> index_page(const FhirFace& face, const http::Request& request) {
  model::HistoryPage page;
  const auto found =
      TRY(face.resources()->read(request.param("type"), request.param("id"), face.place(request)));
  if (!found)
    return fail(ErrorCode::NotFound, "there is no such resource", std::string(request.param("type")) + ".id");
  model::StoredResource version;
  version.type = found->type;
  version.id = found->id;
  version.version = parse_number<std::int64_t>(found->version).value_or(1);
  version.updated_us = found->updated_us;
  version.method = "PUT";
  version.json = found->json;
  page.versions.push_back(std::move(version));
  page.total = 1;
  return page;
}

Result<http::Response> history(const FhirFace& face, const http::Request& request) {
  const Asked asked = TRY(read_parameters(face, request));
  if (!asked.query.type.empty()) TRY_VOID(check_type(face, asked.query.type));
  const model::ResourceStore* store = face.resources()->store();
  model::HistoryPage page;
  if (store) page = TRY(store->history(asked.query));
  const bool nothing = page.total == 0 && asked.query.offset == 0;
  if (nothing && !asked.query.id.empty() && (!store || !TRY(store->read(asked.query.type, asked.query.id))))
    page = TRY(index_page(face, request));
  const std::string base = face.base(request);
  return json_response(
      history_bundle(asked, page, base, request.base_url + codec::percent_encode(request.path, "/:$")));
}

struct Parts {
  int year = 0;
  unsigned month = 1, day = 1;
  int hour = 0, minute = 0, second = 0, micro = 0, zone_minutes = 0;
};

std::optional<int> digits(std::string_view& text, std::size_t count) {
  if (text.size() < count || text.substr(0, count).find_first_not_of("0123456789") != text.npos)
    return std::nullopt;
  const auto number = parse_number<int>(text.substr(0, count));
  text.remove_prefix(count);
  return number;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

bool read_time(std::string_view& text, Parts& parts) {
  const auto hour = digits(text, 2);
  if (!hour || *hour > 23 || !take(text, ':')) return false;
  const auto minute = digits(text, 2);
  if (!minute || *minute > 59) return false;
  parts.hour = *hour;
  parts.minute = *minute;
  if (take(text, ':')) {
    const auto second = digits(text, 2);
    if (!second || *second > 60) return false;
    parts.second = *second;
    if (take(text, '.')) {
      int scale = 100'000;
      while (!text.empty() && text[0] >= '0' && text[0] <= '9') {
        parts.micro += (text[0] - '0') * scale;
        scale /= 10;
        text.remove_prefix(1);
      }
    }
  }
  return true;
}

bool read_zone(std::string_view& text, Parts& parts) {
  if (text.empty() || take(text, 'Z')) return true;
  const bool minus = text[0] == '-';
  if (!minus && text[0] != '+' && text[0] != ' ') return false;  // ' ': an unescaped '+'
  text.remove_prefix(1);
  const auto hour = digits(text, 2);
  if (!hour || !take(text, ':')) return false;
  const auto minute = digits(text, 2);
  if (!minute) return false;
  parts.zone_minutes = (*hour * 60 + *minute) * (minus ? -1 : 1);
  return true;
}

bool read_date(std::string_view& text, Parts& parts) {
  const auto year = digits(text, 4);
  if (!year) return false;
  parts.year = *year;
  if (!take(text, '-')) return text.empty();
  const auto month = digits(text, 2);
  if (!month) return false;
  parts.month = static_cast<unsigned>(*month);
  if (!take(text, '-')) return text.empty();
  const auto day = digits(text, 2);
  if (!day) return false;
  parts.day = static_cast<unsigned>(*day);
  return true;
}

}  // namespace

std::optional<std::int64_t> instant_us(std::string_view text) {
  Parts parts;
  if (!read_date(text, parts)) return std::nullopt;
  if (take(text, 'T') && (!read_time(text, parts) || !read_zone(text, parts))) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(parts.year), std::chrono::month(parts.month),
                                         std::chrono::day(parts.day)};
  if (!text.empty() || !date.ok()) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  const std::int64_t minutes = (days * 24 + parts.hour) * 60 + parts.minute - parts.zone_minutes;
  return (minutes * 60 + parts.second) * 1'000'000 + parts.micro;
}

void add_history_routes(http::Router& router, const FhirFace& face) {
  http::RouteInfo info = route_info("History, newest first");
  info.query.push_back({"_since", "versions from this moment on"});
  info.query.push_back({"_at", "versions that were current at this moment"});
  info.query.push_back({"_count", "versions a page"});
  const auto handler = [&face](const http::Request& request) { return history(face, request); };
  for (const char* path : {"/_history", "/{type}/_history", "/{type}/{id}/_history"})
    add_route(router, face, http::Method::Get, path, info, handler);
}

}  // namespace gateway::fhir

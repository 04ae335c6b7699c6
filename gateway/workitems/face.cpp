#include "gateway/workitems/face.h"

#include <algorithm>

#include "gateway/base/ids.h"
#include "gateway/base/text.h"
#include "gateway/codec/uri.h"
#include "gateway/http/websocket.h"
#include "gateway/workitems/attributes.h"
#include "gateway/workitems/filter.h"
#include "gateway/workitems/representation.h"
#include "gateway/workitems/search.h"

namespace gateway::workitems {
namespace {

using http::Method;
using http::Request;
using http::Response;

// PS3.5 section 9.1, but for leading zeros, which some systems make.
bool is_uid(std::string_view text) {
  const bool digits =
      std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
  return digits && !text.empty() && text.size() <= 64 && text.front() != '.' && text.back() != '.' &&
         text.find("..") == std::string_view::npos;
}

// PS3.5 section 6.2, AE.
bool is_aetitle(std::string_view text) {
  return !text.empty() && text.size() <= 16 && text.find_first_not_of(' ') != std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F && c != '\\'; });
}

// A UID from a UUID (PS3.5 annex B.2).
std::string new_uid(const Clock& clock) {
  unsigned __int128 number = 0;
  for (const char c : make_uuid7(clock.utc_us())) {
    if (c == '-') continue;
    number = number << 4 | static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10);
  }
  std::string digits;
  for (; number > 0; number /= 10) digits += static_cast<char>('0' + static_cast<int>(number % 10));
  return "2.25." + std::string(digits.rbegin(), digits.rend());
}

Result<std::string> uid_of(const Request& request) {
  std::string uid(request.param("workitem"));
  if (!is_uid(uid)) return fail(ErrorCode::InvalidParameter, "not a UID", uid);
  return uid;
}

Result<std::string> aetitle_of(const Request& request) {
  std::string aetitle(trim(request.param("aetitle")));
  if (!is_aetitle(aetitle))
    return fail(ErrorCode::InvalidParameter, "not an AE title of 1 to 16 characters", aetitle);
  return aetitle;
}

// "?1.2.3", "?workitem=1.2.3" and what older releases and other systems call it (section 11.4.1); empty when
// there is none.
Result<std::string> uid_of_new(const Request& request, const Value& data) {
  for (const auto& [name, value] : request.query) {
    const bool named = iequals(name, "workitem") || iequals(name, "AffectedSOPInstanceUID");
    const std::string& uid = named ? value : name;
    if (!named && (!value.empty() || !is_uid(name))) continue;
    if (!is_uid(uid)) return fail(ErrorCode::InvalidParameter, "not a UID", name);
    return uid;
  }
  const std::string uid = text(data, tag::kSopInstanceUid);
  if (!uid.empty() && !is_uid(uid))
    return fail(ErrorCode::InvalidBody, "not a UID", name_of(tag::kSopInstanceUid));
  return uid;
}

// The spelling changed with the releases of PS3.18.
std::string transaction_of(const Request& request) {
  for (const auto& [name, value] : request.query)
    if (iequals(name, "transaction-uid") || iequals(name, "transaction") || iequals(name, "transactionUID") ||
        name == "00081195")
      return value;
  return {};
}

// What all handlers share: where the service is, and how outcomes are said.
class Handlers {
 public:
  explicit Handlers(WorkitemFace& face) : face_(face) {}

  Result<Response> create(const Request& request) const;
  Result<Response> retrieve(const Request& request) const;
  Result<Response> update(const Request& request) const;
  Result<Response> change_state(const Request& request) const;
  Result<Response> request_cancel(const Request& request) const;
  Result<Response> search(const Request& request) const;
  Result<Response> subscribe(const Request& request) const;
  Result<Response> unsubscribe(const Request& request) const;
  Result<Response> suspend(const Request& request) const;
  Result<Response> open_notifications(const Request& request) const;

 private:
  std::string root(const Request& request) const { return request.base_url + face_.config().root; }
  std::string item_url(const Request& request, const std::string& uid) const {
    return root(request) + "/workitems/" + uid;
  }
  std::string socket_url(const Request& request, const std::string& aetitle) const {
    return "ws" + root(request).substr(4) + "/subscribers/" + codec::percent_encode(aetitle);
  }
  void warn(Response& response, const Request& request, const std::string& text) const {
    if (!text.empty()) response.headers.add("Warning", "299 " + root(request) + ": " + text);
  }
  Response respond(const Outcome& outcome, const Request& request) const;

  WorkitemFace& face_;
};

Response Handlers::respond(const Outcome& outcome, const Request& request) const {
  Response response;
  if (outcome.ok()) {
    response.status = outcome.status;
  } else {
    const ErrorCode code = outcome.status == 409 ? ErrorCode::Conflict : ErrorCode::InvalidBody;
    std::string why = outcome.warning;
    const std::string problems = joined(outcome.problems);
    if (!problems.empty()) why += (why.empty() ? "" : " ") + problems;
    response = http::problem_response(fail(code, std::move(why)), request);
  }
  warn(response, request, outcome.warning);
  return response;
}

// Section 11.4
Result<Response> Handlers::create(const Request& request) const {
  Value data = TRY(read_body(request, false));
  std::string uid = TRY(uid_of_new(request, data));
  if (uid.empty()) uid = new_uid(Clock::system());
  if (uid == kGlobalUid || uid == kFilteredUid)
    return fail(ErrorCode::Conflict, "this UID stands for the whole worklist", uid);
  const Outcome outcome = TRY(face_.service().create(uid, std::move(data)));
  Response response = respond(outcome, request);
  if (outcome.ok()) response.headers.add("Location", item_url(request, uid));
  return response;
}

// Section 11.5
Result<Response> Handlers::retrieve(const Request& request) const {
  const Form form = TRY(negotiate_form(request));
  const std::string uid = TRY(uid_of(request));
  const Value item = TRY(face_.service().retrieve(uid));
  Response response = TRY(write_items({item}, form));
  response.headers.add("Content-Location", item_url(request, uid));
  response.headers.add("Cache-Control", "no-cache");
  return response;
}

// Section 11.6
Result<Response> Handlers::update(const Request& request) const {
  const std::string uid = TRY(uid_of(request));
  Value change = TRY(read_body(request, false));
  const Outcome outcome = TRY(face_.service().update(uid, transaction_of(request), std::move(change)));
  Response response = respond(outcome, request);
  if (outcome.ok()) response.headers.add("Content-Location", item_url(request, uid));
  return response;
}

// Section 11.7
Result<Response> Handlers::change_state(const Request& request) const {
  const std::string uid = TRY(uid_of(request));
  Value change = TRY(read_body(request, false));
  const std::string given = transaction_of(request);
  if (!given.empty() && !has_value(change, tag::kTransactionUid))
    put_text(change, tag::kTransactionUid, given);
  const Outcome outcome = TRY(face_.service().change_state(uid, change));
  return respond(outcome, request);
}

// Section 11.8
Result<Response> Handlers::request_cancel(const Request& request) const {
  const std::string uid = TRY(uid_of(request));
  const Value reason = TRY(read_body(request, true));
  const Outcome outcome = TRY(face_.service().request_cancel(uid, reason));
  return respond(outcome, request);
}

// Section 11.9
Result<Response> Handlers::search(const Request& request) const {
  const Form form = TRY(negotiate_form(request));
  const std::uint32_t max_results = face_.config().max_results;
  const SearchRequest search = TRY(parse_search(request, max_results));
  const SearchResult result = TRY(run_search(face_.store(), search, max_results));
  Response response = TRY(write_items(result.items, form));
  response.headers.add("Cache-Control", "no-cache");
  if (result.more > 0)
    warn(response, request,
         "There are " + std::to_string(result.more) + " additional results that can be requested");
  return response;
}

// Section 11.10
Result<Response> Handlers::subscribe(const Request& request) const {
  const std::string uid = TRY(uid_of(request));
  model::Subscriber subscriber{TRY(aetitle_of(request)), false};
  if (const std::string* lock = request.query_value("deletionlock")) {
    if (*lock != "true" && *lock != "false")
      return fail(ErrorCode::InvalidParameter, "must be true or false", "deletionlock");
    subscriber.deletion_lock = *lock == "true";
  }
  std::string filter;
  if (uid == kFilteredUid) filter = TRY(subscription_filter(request.query));
  const Outcome outcome = TRY(face_.service().subscribe(uid, subscriber, filter));
  Response response = respond(outcome, request);
  response.headers.add("Content-Location", socket_url(request, subscriber.aetitle));
  return response;
}

// Section 11.11
Result<Response> Handlers::unsubscribe(const Request& request) const {
  const std::string uid = TRY(uid_of(request));
  const std::string aetitle = TRY(aetitle_of(request));
  const Outcome outcome = TRY(face_.service().unsubscribe(uid, aetitle));
  return respond(outcome, request);
}

// Section 11.12
Result<Response> Handlers::suspend(const Request& request) const {
  const std::string uid = TRY(uid_of(request));
  const std::string aetitle = TRY(aetitle_of(request));
  const Outcome outcome = TRY(face_.service().suspend(uid, aetitle));
  return respond(outcome, request);
}

// Section 8.10.4
Result<Response> Handlers::open_notifications(const Request& request) const {
  const std::string aetitle = TRY(aetitle_of(request));
  http::WebSocketOptions options;
  options.allows_origin = face_.config().allows_origin;
  options.max_message = 4096;
  options.max_queue = face_.config().max_queue_bytes;
  return http::accept_websocket(request, face_.notifications().handler_for(aetitle), std::move(options));
}

using Member = Result<Response> (Handlers::*)(const Request&) const;

struct RouteRow {
  Method method;
  const char* path;
  const char* summary;
  Member member;
  bool takes_body = false;
  bool body_optional = false;
  bool gives_items = false;
};

constexpr RouteRow kRoutes[] = {
    {Method::Post, "/workitems", "UPS-RS: create a work item", &Handlers::create, true},
    {Method::Get, "/workitems", "UPS-RS: search work items", &Handlers::search, false, false, true},
    {Method::Get, "/workitems/{workitem}", "UPS-RS: retrieve a work item", &Handlers::retrieve, false, false,
     true},
    {Method::Post, "/workitems/{workitem}", "UPS-RS: update a work item", &Handlers::update, true},
    {Method::Put, "/workitems/{workitem}", "UPS-RS: update a work item", &Handlers::update, true},
    {Method::Put, "/workitems/{workitem}/state", "UPS-RS: change the state of a work item",
     &Handlers::change_state, true},
    {Method::Post, "/workitems/{workitem}/cancelrequest", "UPS-RS: ask for the cancellation of a work item",
     &Handlers::request_cancel, true, true},
    {Method::Post, "/workitems/{workitem}/subscribers/{aetitle}", "UPS-RS: subscribe to events",
     &Handlers::subscribe},
    {Method::Delete, "/workitems/{workitem}/subscribers/{aetitle}", "UPS-RS: unsubscribe from events",
     &Handlers::unsubscribe},
    {Method::Post, "/workitems/{workitem}/subscribers/{aetitle}/suspend",
     "UPS-RS: suspend a subscription to the worklist", &Handlers::suspend},
    {Method::Get, "/subscribers/{aetitle}", "UPS-RS: open a notification connection (WebSocket)",
     &Handlers::open_notifications},
};

http::RouteInfo info_of(const RouteRow& row, const WorkitemConfig& config) {
  http::RouteInfo info;
  info.summary = row.summary;
  info.tag = "UPS-RS";
  info.body_optional = row.body_optional;
  if (row.takes_body) {
    info.consumes = body_types();
    info.body_limit = config.max_body_bytes;
  }
  if (row.gives_items) info.produces = {"application/dicom+json", "application/dicom+xml"};
  return info;
}

}  // namespace

void add_routes(http::Router& router, WorkitemFace& face) {
  const Handlers handlers(face);
  for (const RouteRow& row : kRoutes)
    router.add(
        row.method, face.config().root + row.path, info_of(row, face.config()),
        [handlers, member = row.member](const Request& request) { return (handlers.*member)(request); });
}

}  // namespace gateway::workitems

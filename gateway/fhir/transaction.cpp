#include "gateway/fhir/transaction.h"

#include <algorithm>
#include <map>
#include <optional>

#include "gateway/base/json_text.h"
#include "gateway/base/owned_bytes.h"
#include "gateway/base/text.h"
#include "gateway/fhir/audit_event_trail.h"
#include "gateway/fhir/conditional.h"
#include "gateway/fhir/interactions.h"
#include "gateway/fhir/transaction_entry.h"
#include "gateway/fhir/transaction_references.h"
#include "gateway/fhir/write_set.h"
#include "mappers/fhir/json_writer.h"

namespace gateway::fhir {
namespace {

using http::Method;
using Entries = std::vector<BundleEntry>;
using Answers = std::vector<EntryAnswer>;

Result<Entries> read_entries(const FhirFace& face, const Value& bundle, const std::string& base) {
  Entries entries;
  const Value* list = bundle.find("entry");
  if (!list || !list->as_list()) return entries;
  if (list->as_list()->size() > face.config().max_bundle_entries)
    return fail(ErrorCode::BodyTooLarge,
                "a Bundle has at most " + std::to_string(face.config().max_bundle_entries) + " entries",
                "Bundle.entry");
  for (const Value& entry : *list->as_list()) entries.push_back(TRY(read_entry(entry, entries.size(), base)));
  return entries;
}

// An entry as the request it stands for.
http::Request request_of(const BundleEntry& entry, const http::Request& whole, const FhirFace& face) {
  http::Request request;
  request.method = entry.method;
  request.path = face.config().root + "/" + entry.path;
  request.target = face.config().root + "/" + entry.url;
  request.query = entry.query;
  request.base_url = whole.base_url;
  request.remote = whole.remote;
  request.id = whole.id;
  request.secure = whole.secure;
  request.headers.add("Accept", kFhirJson);
  for (const auto& [name, value] : {std::pair("If-Match", &entry.if_match),
                                    {"If-None-Match", &entry.if_none_match},
                                    {"If-None-Exist", &entry.if_none_exist}})
    if (!value->empty()) request.headers.add(name, *value);
  for (const char* name : {"Prefer", "Authorization"})
    if (whole.headers.has(name)) request.headers.add(name, whole.headers.joined(name));
  request.body = std::make_shared<MemorySource>(std::string_view());
  return request;
}

std::string text_of(const http::Response& response) {
  std::string text;
  for (const auto& piece : response.body)
    if (const auto* part = std::get_if<std::string>(&piece)) text += *part;
  return text;
}

Result<http::Response> routed(const http::Router& router, http::Request& request) {
  const http::Route* route = TRY(router.match(request));
  if (request.method == Method::Post && request.param("type").empty() &&
      request.path.find('$') == std::string::npos)
    return fail(ErrorCode::InvalidBody, "a Bundle is no entry of a batch", "request.url");
  return route->handler(request);
}

EntryAnswer answer_of(const http::Response& response, const http::Request& request) {
  EntryAnswer answer;
  answer.status = response.status;
  if (response.headers.get("Content-Type").starts_with(kFhirJson) && request.method != Method::Head)
    answer.json = text_of(response);
  answer.location = response.headers.get("Location");
  answer.etag = response.headers.get("ETag");
  if (const auto updated = parse_http_date(response.headers.get("Last-Modified")))
    answer.updated_us = *updated;
  return answer;
}

// Answers entries through the routes of the face, as long as all answers together stay within the size of a
// Bundle and the face can take requests; what comes behind that is refused without being performed.
class Performer {
 public:
  Performer(const http::Router& router, const FhirFace& face, const http::Request& whole)
      : router_(router), face_(face), whole_(whole) {}
  EntryAnswer answer(const BundleEntry& entry);
  EntryAnswer refusal(const Error& error) const { return answer_of(outcome_response(error, whole_), whole_); }
  // An answer that was made elsewhere.
  void count(const EntryAnswer& answer) { bytes_ += answer.json.size(); }

 private:
  EntryAnswer perform(const BundleEntry& entry);

  const http::Router& router_;
  const FhirFace& face_;
  const http::Request& whole_;
  std::uint64_t bytes_ = 0;     // of the answers
  std::optional<Error> ended_;  // why no more is performed
};

EntryAnswer Performer::answer(const BundleEntry& entry) {
  if (!ended_ && bytes_ > face_.config().max_bundle_bytes)
    ended_ =
        fail(ErrorCode::BodyTooLarge, "not performed: the answers so far are all that a Bundle may hold");
  if (ended_) return refusal(*ended_);
  EntryAnswer answer = perform(entry);
  count(answer);
  return answer;
}

EntryAnswer Performer::perform(const BundleEntry& entry) {
  http::Request request = request_of(entry, whole_, face_);
  if (entry.method == Method::Patch) {
    const auto call = call_of(entry, face_.place(whole_));
    if (!call) return refusal(call.error());
    request.headers.add("Content-Type", call->patch_type);
    request.body = std::make_shared<OwnedText>(call->patch);
  } else if (entry.resource) {
    request.headers.add("Content-Type", kFhirJson);
    request.body = std::make_shared<OwnedText>(to_json(*entry.resource));
  }
  auto response = routed(router_, request);
  if (response) return answer_of(*response, request);
  if (response.error().code == ErrorCode::Overloaded) ended_ = response.error();  // each would wait as long
  return answer_of(outcome_response(response.error(), request), request);
}

std::string answer_bundle(std::string_view type, const Answers& answers) {
  std::string json = R"({"resourceType":"Bundle","type":")" + std::string(type) + "\"";
  if (!answers.empty()) {
    mappers::fhir::JsonArray list(json += ",\"entry\":");
    for (const EntryAnswer& answer : answers) append_answer(list.item(), answer);
  }
  return json += '}';
}

Result<http::Response> batch(const http::Router& router, const FhirFace& face, const http::Request& whole,
                             const Value& bundle) {
  Answers answers;
  const Value* list = bundle.find("entry");
  const std::size_t count = list && list->as_list() ? list->as_list()->size() : 0;
  if (count > face.config().max_bundle_entries)
    return fail(ErrorCode::BodyTooLarge, "the Bundle has too many entries", "Bundle.entry");
  Performer performer(router, face, whole);
  for (std::size_t i = 0; i < count; ++i) {
    const auto entry = read_entry((*list->as_list())[i], i, face.base(whole));
    answers.push_back(entry ? performer.answer(*entry) : performer.refusal(entry.error()));
  }
  return json_response(answer_bundle("batch-response", answers));
}

// FHIR R4 http 3.1.0.11.2: DELETE, POST, PUT and PATCH, then what only reads
int order_of(Method method) {
  switch (method) {
    case Method::Delete:
      return 0;
    case Method::Post:
      return 1;
    case Method::Put:
    case Method::Patch:
      return 2;
    default:
      return 3;
  }
}

class Transaction {
 public:
  Transaction(const FhirFace& face, const http::Request& whole, const Entries& entries)
      : face_(face), whole_(whole), entries_(entries), place_(face.place(whole)) {}

  // The answers of the writes, in their places; nothing has changed when it fails. `refused` is set to the
  // outcome when a resource is not acceptable.
  Result<void> write(Answers& answers, std::string& refused);

 private:
  struct Write {
    const BundleEntry* entry;
    Call call;
    std::vector<Decision> decisions;
  };
  using Touched = std::map<std::string, const Write*>;  // by "Patient/1", or by the criteria of a create
  Result<void> read_calls();
  Result<void> attempt(Answers& answers, std::string& refused, bool& again, int number);
  Result<void> decide(WriteSet& set, EntryReferences& references);
  Result<void> check_apart(const Write& write, Touched& touched);
  Result<Reply> stage(WriteSet& set, const Write& write, const Call& call, std::uint64_t& bytes);
  void add_outcomes(const WriteSet& set, Answers& answers) const;

  const FhirFace& face_;
  const http::Request& whole_;
  const Entries& entries_;
  const Place place_;
  std::vector<Write> writes_;
};

// The place of an error is the entry; that a method is not allowed there is a conflict of the whole.
Error of_entry(Error error, const BundleEntry& entry) {
  if (error.code == ErrorCode::MethodNotAllowed) error = fail(ErrorCode::Conflict, error.message);
  if (error.where.starts_with("Bundle.")) return error;
  error.message = entry.url + ": " + error.message;
  error.where = entry_where(entry.number);
  return error;
}

Result<void> Transaction::read_calls() {
  for (const BundleEntry& entry : entries_) {
    if (order_of(entry.method) == 3) continue;
    if (entry.path.find('$') != std::string::npos)
      return fail(ErrorCode::InvalidBody, "operations that may write are not part of transactions here",
                  entry_where(entry.number) + ".request.url");
    writes_.push_back({&entry, TRY(call_of(entry, place_)), {}});
  }
  std::stable_sort(writes_.begin(), writes_.end(), [](const Write& a, const Write& b) {
    return order_of(a.call.method) < order_of(b.call.method);
  });
  return {};
}

// "If any resource identities overlap in the steps, the transaction fails" (3.1.0.11.2). What a conditional
// create finds must also be there afterwards.
Result<void> Transaction::check_apart(const Write& write, Touched& touched) {
  const std::string here = entry_where(write.entry->number);
  const auto once = [&](const std::string& what) -> Result<void> {
    const auto [other, first] = touched.emplace(what, &write);
    if (first) return {};
    return fail(ErrorCode::InvalidBody,
                here + " and " + entry_where(other->second->entry->number) + " are about the same resource",
                here);
  };
  if (!write.entry->if_none_exist.empty()) TRY_VOID(once(write.call.type + "?" + write.entry->if_none_exist));
  for (const Decision& decision : write.decisions) {
    const std::string place = decision.type + "/" + decision.id;
    if (decision.kind != Decision::Kind::Nothing) {
      TRY_VOID(once(place));
      continue;
    }
    const auto other = touched.find(place);
    if (other == touched.end() || other->second->call.method != Method::Delete) continue;
    return fail(
        ErrorCode::InvalidBody,
        here + " finds " + place + ", which " + entry_where(other->second->entry->number) + " deletes", here);
  }
  return {};
}

Result<void> Transaction::decide(WriteSet& set, EntryReferences& references) {
  Touched touched;
  for (Write& write : writes_) {
    auto decisions = set.decide(write.call);
    if (!decisions) return of_entry(decisions.error(), *write.entry);
    write.decisions = std::move(*decisions);
    TRY_VOID(check_apart(write, touched));
    const std::string where = entry_where(write.entry->number);
    for (const Decision& decision : write.decisions) {
      const std::string place = decision.type + "/" + decision.id;
      if (decision.kind == Decision::Kind::Delete) references.add_deleted(place, where);
      if (write.call.method != Method::Delete) TRY_VOID(references.add(write.entry->full_url, place, where));
    }
  }
  return {};
}

EntryAnswer answer_of(const Reply& reply, Return wanted, const std::string& base) {
  EntryAnswer answer;
  answer.status = reply.status;
  if (wanted == Return::Representation) answer.json = reply.json;
  if (!reply.id.empty() && reply.status != 204) answer.full_url = base + "/" + reply.type + "/" + reply.id;
  if (reply.version.empty()) return answer;
  if (reply.status != 204) answer.location = location_of(reply);
  answer.etag = etag_of(reply.version);
  answer.updated_us = reply.updated_us;
  return answer;
}

// The last reply of a write, or the one that failed. A patch may be small and its result large: `bytes` adds
// up what is to be written.
Result<Reply> Transaction::stage(WriteSet& set, const Write& write, const Call& call, std::uint64_t& bytes) {
  Reply reply;
  reply.status = 204;
  for (const Decision& decision : write.decisions) {
    auto staged = set.stage(call, decision);
    if (!staged) return of_entry(staged.error(), *write.entry);
    reply = std::move(*staged);
    if (reply.failed()) return reply;
    bytes += reply.json.size();
  }
  if (bytes <= face_.config().max_bundle_bytes) return reply;
  return fail(ErrorCode::BodyTooLarge, "the resources of the transaction are more than a Bundle may hold",
              entry_where(write.entry->number));
}

void Transaction::add_outcomes(const WriteSet& set, Answers& answers) const {
  for (const Write& write : writes_) {
    std::vector<std::string> notes;
    for (const Decision& decision : write.decisions)
      for (std::string& note : set.notes(decision.type + "/" + decision.id)) notes.push_back(std::move(note));
    answers[write.entry->number].outcome = notes_json("done", notes);
  }
}

Result<void> Transaction::attempt(Answers& answers, std::string& refused, bool& again, int number) {
  WriteSet set = TRY(WriteSet::begin(face_));
  EntryReferences references(face_, place_);
  TRY_VOID(decide(set, references));
  const Return wanted = return_of(whole_);
  std::uint64_t bytes = 0;
  for (const Write& write : writes_) {
    Call call = write.call;
    const std::string where = entry_where(write.entry->number) + ".resource";
    TRY_VOID(references.rewrite(call.resource, write.entry->full_url, where));
    Reply reply = TRY(stage(set, write, call, bytes));
    if (reply.failed()) {
      refused = std::move(reply.json);
      return {};
    }
    answers[write.entry->number] = answer_of(reply, wanted, place_.base);
  }
  if (references.searched()) set.keep_state();
  const auto done = set.commit();
  if (done && wanted == Return::Outcome) add_outcomes(set, answers);
  if (done) return {};
  again = write_again(done.error(), Call(), number);
  return again ? Result<void>() : Result<void>(done.error());
}

Result<void> Transaction::write(Answers& answers, std::string& refused) {
  TRY_VOID(read_calls());
  if (writes_.empty()) return {};
  for (int number = 0;; ++number) {
    bool again = false;
    TRY_VOID(attempt(answers, refused, again, number));
    if (!again) return {};
  }
}

// What a transaction wrote, as if each entry had been a request.
void audit_writes(const FhirFace& face, const http::Request& whole, const Entries& entries,
                  const Answers& answers) {
  for (const BundleEntry& entry : entries) {
    if (!face.audit() || order_of(entry.method) == 3) continue;
    const EntryAnswer& answer = answers[entry.number];
    http::Request request = request_of(entry, whole, face);
    const std::string& place = answer.location.empty() ? entry.path : answer.location;
    const auto parts = split(place, '/');
    request.params = {{"type", std::string(parts[0])}};
    if (parts.size() > 1) request.params.emplace_back("id", std::string(parts[1]));
    http::Response response;
    response.status = answer.status;
    face.audit()->add(facts_of(request, response, answer.json, face.config().root));
  }
}

Result<http::Response> transaction(const http::Router& router, const FhirFace& face,
                                   const http::Request& whole, const Value& bundle) {
  const Entries entries = TRY(read_entries(face, bundle, face.base(whole)));
  Answers answers(entries.size());
  std::string refused;
  TRY_VOID(Transaction(face, whole, entries).write(answers, refused));
  if (!refused.empty()) {
    http::Response response = json_response(std::move(refused));
    response.status = 422;
    return response;
  }
  audit_writes(face, whole, entries, answers);
  Performer performer(router, face, whole);
  for (const EntryAnswer& answer : answers) performer.count(answer);
  for (const BundleEntry& entry : entries)
    if (order_of(entry.method) == 3) answers[entry.number] = performer.answer(entry);
  return json_response(answer_bundle("transaction-response", answers));
}

Result<http::Response> take_bundle(const http::Router& router, const FhirFace& face,
                                   const http::Request& request) {
  const Value bundle = TRY(read_resource(face, request, face.config().max_bundle_bytes));
  const std::string_view type = bundle.text("type");
  if (bundle.text("resourceType") != "Bundle" || (type != "batch" && type != "transaction"))
    return fail(ErrorCode::InvalidBody, "a Bundle of type batch or transaction is posted here",
                "Bundle.type");
  return type == "batch" ? batch(router, face, request, bundle) : transaction(router, face, request, bundle);
}

}  // namespace

void add_transaction_routes(http::Router& router, const FhirFace& face) {
  http::RouteInfo info = body_info("Batch or transaction", face.config().max_bundle_bytes);
  info.heavy = true;
  for (const char* path : {"", "/"})
    add_route(router, face, Method::Post, path, info,
              [&router, &face](const http::Request& request) { return take_bundle(router, face, request); });
}

}  // namespace gateway::fhir

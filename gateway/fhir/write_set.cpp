#include "gateway/fhir/write_set.h"

#include <algorithm>
#include <array>

#include "gateway/base/ids.h"
#include "gateway/base/json_text.h"
#include "gateway/codec/json.h"
#include "gateway/definitions/definitions.h"
#include "gateway/fhir/conditional.h"
#include "gateway/fhir/described_records.h"
#include "gateway/fhir/patch.h"
#include "gateway/fhir/subscription_notice.h"
#include "gateway/fhir/subscriptions.h"
#include "gateway/fhir/validate_route.h"
#include "mappers/fhir/report.h"

namespace gateway::fhir {
namespace {

constexpr std::string_view kReadMethods = "GET, HEAD, OPTIONS";
constexpr int kAttempts = 10;

std::string place_of(const std::string& type, const std::string& id) { return type + "/" + id; }

Error read_only(std::string reason) {
  return fail(ErrorCode::MethodNotAllowed, std::move(reason), std::string(kReadMethods));
}

// Ids of the form that the index gives: a later image must not meet a resource of a client there.
bool is_index_id(std::string_view type, std::string_view id) {
  const auto all_of = [](std::string_view text, std::string_view allowed) {
    return text.find_first_not_of(allowed) == std::string_view::npos;
  };
  if (type == "Patient") return id.size() == 32 && all_of(id, "0123456789abcdef");
  if (type == "Bundle" || type == "Binary" || type == "DocumentReference") return id.starts_with("mado-");
  return all_of(id, "0123456789.") ||
         (id.size() == 33 && id[0] == 'h' && all_of(id.substr(1), "0123456789abcdef"));
}

// The id in the body of an update must be that of the URL (FHIR R4 http 3.1.0.4).
Result<void> check_body(const Call& call) {
  const std::string_view type = call.resource.text("resourceType");
  if (type != call.type)
    return fail(ErrorCode::InvalidBody,
                "the resource is a " + std::string(type) + ", the URL names " + call.type,
                call.where.empty() ? call.type : call.where);
  if (call.method != http::Method::Put || call.id.empty()) return {};
  const std::string_view id = call.resource.text("id");
  if (id == call.id) return {};
  return fail(ErrorCode::InvalidBody,
              id.empty() ? std::string("an update has the id of the URL in the resource")
                         : "the id of the resource is not that of the URL",
              call.type + ".id");
}

std::int64_t next_version(const Decision& decision) {
  return decision.current ? decision.current->number + 1 : 1;
}

// A document does not change once it is there (FHIR R4 3.3).
bool is_document(const Decision& decision) {
  if (decision.type != "Bundle" || decision.kind != Decision::Kind::Update) return false;
  const auto current = codec::parse_json(decision.current->json);
  return current && current->text("type") == "document";
}

}  // namespace

bool is_resource_type(const FhirFace& face, std::string_view type) {
  const definitions::Definitions* definitions = face.parts().definitions;
  return definitions && definitions->is_resource(type) &&
         definitions->value_sets().contains("http://hl7.org/fhir/ValueSet/resource-types", "", type) !=
             definitions::Membership::No;
}

// FHIR R4: types that are no content of a server, or that this one makes itself.
Result<void> check_writable(const FhirFace& face, std::string_view type) {
  constexpr std::array<std::string_view, 8> kOurs = {
      "AuditEvent",       "CapabilityStatement", "CodeSystem",      "ConceptMap",
      "OperationOutcome", "Parameters",          "SearchParameter", "ValueSet"};
  if (!is_resource_type(face, type))
    return fail(ErrorCode::NotFound, "there is no resource type " + std::string(type), "resourceType");
  if (type == "StructureDefinition" || std::find(kOurs.begin(), kOurs.end(), type) != kOurs.end())
    return read_only(std::string(type) + " is not taken from clients");
  return {};
}

Value stamped(const Value& resource, const std::string& id, std::int64_t version, std::int64_t updated_us) {
  Value meta = Value::map();
  meta.set("versionId", std::to_string(version)).set("lastUpdated", iso8601(updated_us, true));
  if (const Value* sent = resource.find("meta"); sent && sent->as_map())
    for (const auto& [name, value] : *sent->as_map())
      if (name != "versionId" && name != "lastUpdated" && name != "_versionId" && name != "_lastUpdated")
        meta.set(name, value);
  Value::Map members;
  members.emplace_back("resourceType", std::string(resource.text("resourceType")));
  members.emplace_back("id", id);
  members.emplace_back("meta", std::move(meta));
  for (const auto& [name, value] : *resource.as_map())
    if (name != "resourceType" && name != "id" && name != "_id" && name != "meta")
      members.emplace_back(name, value);
  return Value(std::move(members));
}

Result<WriteSet> WriteSet::begin(const FhirFace& face) {
  const Resources* resources = face.resources();
  if (!resources || !resources->store())
    return fail(ErrorCode::NotSupported, "this server takes no resources");
  // Milliseconds, as meta.lastUpdated says it.
  return WriteSet(face, TRY(resources->store()->state()), face.now_us() / 1000 * 1000);
}

Result<std::vector<Decision>> WriteSet::decide(const Call& call) {
  TRY_VOID(check_writable(*face_, call.type));
  if (call.method == http::Method::Post || call.method == http::Method::Put) TRY_VOID(check_body(call));
  if (call.method == http::Method::Post) return decide_create(call);
  if (!call.id.empty()) return decide_by_id(call);
  if (call.criteria.empty())
    return fail(ErrorCode::PreconditionFailed, "without an id there must be criteria", call.type);
  return call.method == http::Method::Delete ? decide_deletes(call) : decide_by_criteria(call);
}

// FHIR R4 http 3.1.0.8, and 3.1.0.8.1 conditional create
Result<std::vector<Decision>> WriteSet::decide_create(const Call& call) {
  if (call.if_none_exist) {
    searched_ = true;
    const auto ids = TRY(face_->resources()->ids(call.type, *call.if_none_exist, call.place));
    if (ids.size() > 1)
      return fail(ErrorCode::PreconditionFailed, "more than one resource matches the condition",
                  "If-None-Exist");
    if (ids.size() == 1) {
      Decision found{Decision::Kind::Nothing, call.type, ids[0], {}};
      found.current = TRY(face_->resources()->read(call.type, ids[0], call.place));
      return std::vector<Decision>{std::move(found)};
    }
  }
  return std::vector<Decision>{{Decision::Kind::Create, call.type, make_uuid7(now_us_), {}}};
}

Result<Decision> WriteSet::existing(const Call& call, const std::string& id, Decision::Kind kind) {
  Decision decision{kind, call.type, id, TRY(face_->resources()->read(call.type, id, call.place))};
  const bool there = decision.current && !decision.current->deleted;
  if (there && !decision.current->read_only.empty()) return read_only(decision.current->read_only);
  if (there && call.if_none_match_any)
    return fail(ErrorCode::PreconditionFailed, "the resource exists already", "If-None-Match");
  TRY_VOID(check_version(call.if_match, there ? std::string_view(decision.current->version) : ""));
  return decision;
}

// FHIR R4 http 3.1.0.4 (update, also as create), 3.1.0.6 (delete), 3.1.0.7 (patch)
Result<std::vector<Decision>> WriteSet::decide_by_id(const Call& call) {
  if (!mappers::fhir::is_fhir_id(call.id))
    return fail(ErrorCode::InvalidParameter, "an id has 1 to 64 letters, digits, '-' and '.'",
                call.type + ".id");
  const bool deletes = call.method == http::Method::Delete;
  Decision decision = TRY(existing(call, call.id, deletes ? Decision::Kind::Delete : Decision::Kind::Update));
  const bool there = decision.current && !decision.current->deleted;
  if (there) return std::vector<Decision>{std::move(decision)};
  if (deletes) {
    decision.kind = Decision::Kind::Nothing;
  } else if (call.method == http::Method::Patch) {
    const bool gone = decision.current.has_value();
    return fail(gone ? ErrorCode::Gone : ErrorCode::NotFound, "there is nothing to patch",
                place_of(call.type, call.id));
  } else {
    if ((face_->resources()->in_index(call.type) && is_index_id(call.type, call.id)) ||
        mappers::fhir::is_report_id(call.id))
      return read_only("ids of this form belong to what is made from images: create it without an id");
    decision.kind = Decision::Kind::Create;
  }
  return std::vector<Decision>{std::move(decision)};
}

// FHIR R4 http 3.1.0.4.3 (conditional update), 3.1.0.7.2 (conditional patch)
Result<std::vector<Decision>> WriteSet::decide_by_criteria(const Call& call) {
  searched_ = true;
  const auto ids = TRY(face_->resources()->ids(call.type, call.criteria, call.place));
  if (ids.size() > 1)
    return fail(ErrorCode::PreconditionFailed, "more than one resource matches the criteria", call.type);
  const std::string sent(call.resource.text("id"));
  if (ids.size() == 1) {
    if (!sent.empty() && sent != ids[0])
      return fail(ErrorCode::InvalidBody, "the criteria match a resource with another id", call.type + ".id");
    return std::vector<Decision>{TRY(existing(call, ids[0], Decision::Kind::Update))};
  }
  if (call.method == http::Method::Patch)
    return fail(ErrorCode::NotFound, "nothing matches the criteria", call.type);
  if (sent.empty()) {
    TRY_VOID(check_version(call.if_match, ""));
    return std::vector<Decision>{{Decision::Kind::Create, call.type, make_uuid7(now_us_), {}}};
  }
  Call by_id = call;
  by_id.id = sent;
  auto decisions = TRY(decide_by_id(by_id));
  if (decisions[0].kind == Decision::Kind::Update)
    return fail(ErrorCode::Conflict, "a resource with this id exists, and does not match the criteria",
                call.type + ".id");
  return decisions;
}

// FHIR R4 http 3.1.0.6.1: several at once, up to a bound; all or none of them
Result<std::vector<Decision>> WriteSet::decide_deletes(const Call& call) {
  searched_ = true;
  const std::uint32_t most = face_->config().max_conditional_deletes;
  const auto ids = TRY(face_->resources()->ids(call.type, call.criteria, call.place, most + 1));
  if (ids.size() > most)
    return fail(ErrorCode::PreconditionFailed,
                "more than " + std::to_string(most) + " resources match the criteria", call.type);
  std::vector<Decision> decisions;
  for (const std::string& id : ids) {
    decisions.push_back(TRY(existing(call, id, Decision::Kind::Delete)));
    if (!decisions.back().current || decisions.back().current->deleted) decisions.pop_back();
  }
  return decisions;
}

Result<Reply> WriteSet::stage(const Call& call, const Decision& decision) {
  place_ = call.place;
  Reply reply;
  reply.type = decision.type;
  reply.id = decision.id;
  if (decision.kind == Decision::Kind::Nothing) {
    if (call.method == http::Method::Delete) {
      reply.status = 204;
    } else if (decision.current) {
      reply.json = decision.current->json;
      reply.version = decision.current->version;
      reply.updated_us = decision.current->updated_us;
      reply.located = true;
    }
    return reply;
  }
  if (decision.kind != Decision::Kind::Delete) {
    if (call.method != http::Method::Patch) return stage_text(call, decision, call.resource);
    // A patch sees no more than a reader: what it compares or copies could tell what is masked.
    const auto masked = TRY(with_masked_headers(decision.current->json));
    const Value current = TRY(codec::parse_json(masked ? *masked : decision.current->json));
    return stage_text(call, decision,
                      TRY(patched(current, call.patch_type, call.patch, *face_->parts().definitions)));
  }
  writes_.push_back(TRY(face_->resources()->make_write(decision.type, decision.id, decision.current->number,
                                                       now_us_, "DELETE", {}, Value(), call.place)));
  reply.status = 204;
  reply.version = std::to_string(decision.current->number + 1);
  reply.updated_us = now_us_;
  return reply;
}

Result<Reply> WriteSet::stage_text(const Call& call, const Decision& decision, Value resource) {
  if (is_document(decision))
    return fail(ErrorCode::Conflict, "a document is not changed: make a new one", "Bundle.type");
  const std::int64_t version = next_version(decision);
  resource = stamped(resource, decision.id, version, now_us_);
  Reply reply;
  if (auto refusal = TRY(refusal_of(*face_, resource, call.where))) {
    reply.status = 422;
    reply.json = std::move(*refusal);
    return reply;
  }
  if (decision.type == "Subscription") TRY_VOID(check_subscription(*face_, resource, writes_));
  reply.status = decision.kind == Decision::Kind::Create ? 201 : 200;
  reply.located = decision.kind == Decision::Kind::Create;
  reply.type = decision.type;
  reply.id = decision.id;
  reply.json = to_json(resource);
  reply.version = std::to_string(version);
  reply.updated_us = now_us_;
  writes_.push_back(TRY(face_->resources()->make_write(decision.type, decision.id, version - 1, now_us_,
                                                       std::string(http::name_of(call.method)), reply.json,
                                                       resource, call.place)));
  return reply;
}

Result<void> WriteSet::commit() {
  if (writes_.empty()) return {};
  DescribedRecords records = TRY(described_records(*face_, place_, writes_));
  TRY(face_->resources()->store()->commit(writes_, searched_ ? std::optional(state_) : std::nullopt,
                                          records.changes));
  notes_ = std::move(records.notes);
  if (Subscriptions* subscriptions = face_->subscriptions()) subscriptions->wake(place_);
  return {};
}

std::vector<std::string> WriteSet::notes(const std::string& resource) const {
  const auto found = notes_.find(resource);
  return found == notes_.end() ? std::vector<std::string>() : found->second;
}

// With If-Match the client asked for one version: that another came first is its answer. A conflict without a
// place is about anything else in the store.
bool write_again(const Error& error, const Call& call, int attempt) {
  if (error.code != ErrorCode::Conflict || attempt + 1 >= kAttempts) return false;
  return error.where.empty() || (!call.if_match && error.where.find('/') != std::string::npos);
}

Result<Reply> write(const FhirFace& face, const Call& call) {
  for (int attempt = 0;; ++attempt) {
    WriteSet set = TRY(WriteSet::begin(face));
    Reply reply;
    reply.status = 204;  // a conditional delete that finds nothing
    for (const Decision& decision : TRY(set.decide(call))) {
      reply = TRY(set.stage(call, decision));
      if (reply.failed()) return reply;
    }
    const auto done = set.commit();
    if (done) {
      reply.notes = set.notes(place_of(reply.type, reply.id));
      return reply;
    }
    if (write_again(done.error(), call, attempt)) continue;
    if (done.error().code != ErrorCode::Conflict || !call.if_match || done.error().where.empty())
      return done.error();
    return fail(ErrorCode::PreconditionFailed, "another version came first", "If-Match");
  }
}

}  // namespace gateway::fhir

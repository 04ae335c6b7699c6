// C-FIND, provider (PS3.4 annex C.4.1): the same index and the same matching as QIDO-RS.
#include <algorithm>

#include "gateway/base/json_text.h"
#include "gateway/codec/json.h"
#include "gateway/dimse/identifier.h"
#include "gateway/dimse/scp.h"
#include "mappers/dicom/json_encode.h"
#include "mappers/dicom/text_encoder.h"
#include "mappers/dicom/transfer_syntax.h"

namespace gateway::dimse {
namespace {

namespace dicom = mappers::dicom;
using model::Level;

constexpr std::uint32_t kPage = 2'000;
constexpr std::uint32_t kPatientStudies = 0x00201200, kPatientSeries = 0x00201202,
                        kPatientInstances = 0x00201204;
constexpr unsigned kLookEvery = 32;  // answers between two looks for a C-CANCEL

bool is_patient_root(std::string_view sop_class) {
  return sop_class == sop_class::kPatientRootFind || sop_class == sop_class::kPatientRootMove ||
         sop_class == sop_class::kPatientRootGet;
}

// The slots of stored JSON (gateway/model/ports.h).
std::string filled(std::string_view json, const model::SearchRow& row) {
  std::string out;
  for (const char c : json) {
    if (c == model::slot::kModalities) {
      std::string list;
      for (const std::string& modality : row.modalities)
        if (!modality.empty()) append_json_string(list.empty() ? list : list += ',', modality);
      out += list;
    } else if (c == model::slot::kNumberOfSeries) {
      out += std::to_string(row.series_count);
    } else if (c == model::slot::kNumberOfInstances) {
      out += std::to_string(row.instance_count);
    } else if (c != model::slot::kServiceRoot) {
      out += c;
    }
  }
  return out;
}

Value element(std::string_view vr, Value value) {
  Value made;
  made.set("vr", vr);
  const std::string* text = value.as_string();
  if (!text || !text->empty()) made.set("Value", Value::List{std::move(value)});
  return made;
}

Value name_element(const model::PersonName& name) {
  Value groups = Value::map();
  if (!name.alphabetic.empty()) groups.set("Alphabetic", name.alphabetic);
  if (!name.ideographic.empty()) groups.set("Ideographic", name.ideographic);
  if (!name.phonetic.empty()) groups.set("Phonetic", name.phonetic);
  return name.empty() ? element("PN", "") : element("PN", std::move(groups));
}

struct Planned {
  dicom::KeyPlan plan;
  bool all_supported = true;
};

// Optional keys that cannot be matched are passed over, and said so by status FF01 (C.4.1.1.4).
Planned plan_of(const Identifier& identifier, const dicom::PathOfTag& path_of_tag, Level level) {
  Planned planned;
  planned.all_supported = identifier.unmatched.empty();
  std::vector<dicom::MatchKey> usable;
  for (const dicom::MatchKey& key : identifier.keys) {
    if (dicom::plan_keys(level, {&key, 1}, path_of_tag, false).ok())
      usable.push_back(key);
    else
      planned.all_supported = false;
  }
  if (auto plan = dicom::plan_keys(level, usable, path_of_tag, false); plan.ok())
    planned.plan = std::move(*plan);
  else
    planned.all_supported = false;
  return planned;
}

}  // namespace

Result<Identifier> Scp::read_identifier(const Incoming& request) {
  if (!request.command.has_data())
    return fail(ErrorCode::InvalidParameter, "there is no identifier in this request");
  const std::string bytes = TRY(association_.receive_data(request.context));
  const Context& context = *association_.context(request.context);
  Identifier identifier = TRY(parse_identifier(bytes, context.transfer_syntax));
  const bool patient_root = is_patient_root(context.abstract_syntax);
  if (!association_.relational(context.abstract_syntax)) TRY_VOID(check_hierarchy(identifier, patient_root));
  return identifier;
}

Result<void> Scp::find(const Incoming& request) {
  const auto identifier = read_identifier(request);
  if (!identifier) {
    if (identifier.error().code == ErrorCode::BadGateway ||
        identifier.error().code == ErrorCode::GatewayTimeout)
      return identifier.error();
    return answer(request, status::kIdentifierMismatch, identifier.error().text());
  }
  return identifier->level == Level::Subject ? find_patients(request, *identifier)
                                             : find_rows(request, *identifier);
}

// In the character set of the request where it can be (C.4.1.1.3.2). False: the peer wants no more of them.
Result<bool> Scp::send_match(const Incoming& request, const Identifier& identifier, const Value& match) {
  const Context& context = *association_.context(request.context);
  const bool implicit_vr = dicom::traits_of_syntax(context.transfer_syntax).implicit_vr;
  const auto encoder = dicom::TextEncoder::make(identifier.character_set);
  const auto bytes =
      dicom::encode_data_set(answer_of(match, identifier, shared_.options.ae_title),
                             implicit_vr ? dicom::Encoding::ImplicitLittle : dicom::Encoding::ExplicitLittle,
                             encoder ? &*encoder : nullptr);
  if (!bytes) return bytes.error();
  TRY_VOID(association_.send(request.context, CommandSet::response(request.command, pending_status_, true),
                             *bytes, Association::When::Later));
  if (++answers_ % kLookEvery != 0) return true;
  return !TRY(cancelled(request.command.message_id()));
}

// What the index row does not say comes from the metadata of the first instance, where that speaks for all.
Result<Value> Scp::match_of_row(const model::SearchRow& row, const Identifier& identifier) const {
  Value match = TRY(codec::parse_json(filled(row.json, row)));
  std::optional<Value> metadata;
  for (const dicom::Tag tag : identifier.requested) {
    const std::string key = dicom::hex(tag);
    if (match.find(key) || !dicom::belongs_to(identifier.level, tag)) continue;
    if (!metadata) {
      const std::string text = TRY(shared_.parts.blobs.read(row.metadata));
      metadata = TRY(codec::parse_json(filled(text, row)));
    }
    if (const Value* value = metadata->find(key)) match.set(key, *value);
  }
  return match;
}

Result<void> Scp::find_rows(const Incoming& request, const Identifier& identifier) {
  const Planned planned = plan_of(identifier, shared_.parts.path_of_tag, identifier.level);
  pending_status_ = planned.all_supported ? status::kPending : status::kPendingWithWarning;
  model::Query query;
  query.level = identifier.level;
  query.by_id = true;
  query.limit = planned.plan.others.empty() ? kPage : static_cast<std::uint32_t>(dicom::kMaxCandidates);
  for (;;) {
    const auto found = dicom::find_rows(shared_.parts.index, shared_.parts.blobs, query, planned.plan, false);
    if (!found)
      return answer(request,
                    found.error().code == ErrorCode::InvalidParameter ? status::kUnableToProcess
                                                                      : status::kOutOfResources,
                    found.error().text());
    for (const model::SearchRow& row : found->rows) {
      const auto match = match_of_row(row, identifier);
      if (!match) return answer(request, status::kUnableToProcess, match.error().message);
      if (!TRY(send_match(request, identifier, *match)))
        return released_ ? Result<void>() : answer(request, status::kCancelled);
    }
    query.offset += found->rows.size();
    if (found->rows.size() < query.limit) return answer(request, status::kSuccess);
  }
}

// (0020,1200), (0020,1202), (0020,1204): what lies below a patient. An index that cannot tell leaves them
// out.
Result<void> Scp::count_related(const model::SubjectRow& row, const Identifier& identifier,
                                Value& match) const {
  const auto wanted = [&](std::uint32_t tag) {
    return std::find(identifier.requested.begin(), identifier.requested.end(), dicom::make_tag(tag)) !=
           identifier.requested.end();
  };
  if (row.key.empty() || (!wanted(kPatientStudies) && !wanted(kPatientSeries) && !wanted(kPatientInstances)))
    return {};
  std::uint64_t studies = 0, series = 0, instances = 0;
  model::Query query;
  query.limit = kPage;
  query.by_id = true;
  query.matches.push_back({"subject.key", model::Match::Kind::AnyOf, {row.key}, {}, {}});
  for (bool more = true; more; query.offset += kPage) {
    const auto rows = TRY(shared_.parts.index.studies(query, model::Depth::Study));
    for (const model::StudyRow& study : rows) series += study.series_count, instances += study.instance_count;
    studies += rows.size();
    more = rows.size() == kPage;
  }
  match.set("00201200", element("IS", Value(std::to_string(studies))));
  match.set("00201202", element("IS", Value(std::to_string(series))));
  match.set("00201204", element("IS", Value(std::to_string(instances))));
  return {};
}

// C.6.1.1.2: the level above studies, from the subjects of the index.
Result<void> Scp::find_patients(const Incoming& request, const Identifier& identifier) {
  const Planned planned = plan_of(identifier, shared_.parts.path_of_tag, Level::Subject);
  const bool exact = planned.all_supported && planned.plan.others.empty();
  pending_status_ = exact ? status::kPending : status::kPendingWithWarning;
  model::Query query;
  query.level = Level::Subject;
  query.limit = kPage;
  query.by_id = true;
  query.matches = planned.plan.matches;
  for (;;) {
    const auto rows = shared_.parts.index.subjects(query);
    if (!rows) return answer(request, status::kOutOfResources, rows.error().message);
    for (const model::SubjectRow& row : *rows) {
      Value match = Value::map();
      match.set("00100010", name_element(row.subject.name))
          .set("00100020", element("LO", row.subject.patient_id));
      match.set("00100021", element("LO", row.subject.issuer));
      match.set("00100030", element("DA", row.subject.birth_date))
          .set("00100040", element("CS", row.subject.sex));
      if (const auto counted = count_related(row, identifier, match); !counted)
        return answer(request, status::kOutOfResources, counted.error().message);
      if (!TRY(send_match(request, identifier, match)))
        return released_ ? Result<void>() : answer(request, status::kCancelled);
    }
    query.offset += rows->size();
    if (rows->size() < query.limit) return answer(request, status::kSuccess);
  }
}

}  // namespace gateway::dimse

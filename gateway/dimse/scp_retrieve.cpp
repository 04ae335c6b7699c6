// C-GET and C-MOVE, provider (PS3.4 annexes C.4.2 and C.4.3): each object is a C-STORE sub-operation, on the
// same association or on one to a destination of the configuration.
#include <algorithm>
#include <set>

#include "gateway/base/log.h"
#include "gateway/base/owned_bytes.h"
#include "gateway/dimse/identifier.h"
#include "gateway/dimse/implicit.h"
#include "gateway/dimse/scp.h"
#include "gateway/dimse/uncompressed.h"
#include "mappers/dicom/transfer_syntax.h"
#include "mappers/dicom/writer.h"

namespace gateway::dimse {
namespace {

namespace dicom = mappers::dicom;
using model::Level;

constexpr std::size_t kPrefetch = 32;  // objects that other systems may be asked for at once
// Lookups of one request: lists of UIDs at every level, which relational retrieval allows, multiply.
constexpr std::uint64_t kMostLookups = 20'000;

const std::vector<std::string>& any_if_empty(const std::vector<std::string>& uids) {
  static const std::vector<std::string> any = {""};
  return uids.empty() ? any : uids;
}

// The studies of patients (Patient Root, level PATIENT).
Result<std::vector<std::string>> studies_of(const model::ImageIndex& index, const Identifier& identifier) {
  if (identifier.level != Level::Subject) return identifier.study_uids;
  std::vector<std::string> uids;
  model::Query query;
  query.limit = 1'000;
  query.by_id = true;
  query.matches.push_back({"subject.patient_id", model::Match::Kind::AnyOf, identifier.patient_ids, {}, {}});
  for (;;) {
    const auto rows = TRY(index.search(query));
    for (const model::SearchRow& row : rows) uids.push_back(row.study_uid);
    if (rows.size() < query.limit) return uids;
    query.offset += rows.size();
  }
}

Result<std::vector<Selected>> select(const model::ImageIndex& index, const Identifier& identifier) {
  std::vector<Selected> selected;
  const std::vector<std::string> studies = TRY(studies_of(index, identifier));
  const auto add = [&](const model::InstanceLocation& at) {
    selected.push_back({{at.sop_class_uid, at.transfer_syntax_uid}, at.instance_uid, at.content});
    return true;
  };
  const auto& all_series = any_if_empty(identifier.series_uids);
  const auto& all_instances = any_if_empty(identifier.instance_uids);
  if (std::uint64_t{studies.size()} * all_series.size() > kMostLookups / all_instances.size())
    return fail(ErrorCode::DicomLimit, "the identifier names too many combinations of UIDs");
  for (const std::string& study : studies)
    for (const std::string& series : all_series)
      for (const std::string& instance : all_instances) TRY_VOID(index.locate(study, series, instance, add));
  return selected;
}

// Nothing that would mean "everything": the key of the level must be there (C.4.2.2.1, C.4.3.2.1).
bool is_complete(const Identifier& identifier) {
  switch (identifier.level) {
    case Level::Subject:
      return !identifier.patient_ids.empty();
    case Level::Study:
      return !identifier.study_uids.empty();
    case Level::Series:
      return !identifier.study_uids.empty() && !identifier.series_uids.empty();
    default:
      return !identifier.study_uids.empty() && !identifier.instance_uids.empty();
  }
}

Result<Outgoing> open_object(const model::BlobStore& blobs, const Selected& selected) {
  const model::BlobView view = TRY(blobs.open(selected.content));
  const auto file = std::make_shared<FileSource>(view.file, view.offset + view.length);
  return open_outgoing(std::make_shared<OwnedPart>(file, view.offset, view.length));
}

void prefetch(const model::BlobStore& blobs, std::span<const Selected> next) {
  std::vector<model::BlobRef> refs;
  for (const Selected& selected : next.first(std::min(kPrefetch, next.size())))
    refs.push_back(selected.content);
  blobs.prefetch(refs);
}

std::string failed_list(const SubOperations& counts, bool implicit_vr) {
  std::string list;
  for (const std::string& uid : counts.failed_uids) list += (list.empty() ? "" : "\\") + uid;
  std::string bytes;
  dicom::Draft()
      .set("FailedSOPInstanceUIDList", list)
      .encode(bytes, implicit_vr ? dicom::Encoding::ImplicitLittle : dicom::Encoding::ExplicitLittle);
  return bytes;
}

const DimsePeer* destination_of(const DimseServerOptions& options, const std::string& title) {
  for (const DimsePeer& peer : options.destinations)
    if (peer.ae_title == title) return &peer;
  return nullptr;
}

}  // namespace

void SubOperations::count(const StoreAnswer& answer, const std::string& uid) {
  constexpr std::size_t kMaxFailed = 4096;  // UIDs in the list of failures
  --remaining;
  ++(answer.failed() ? failed : is_warning(answer.status) ? warning : completed);
  if (answer.failed() && failed_uids.size() < kMaxFailed) failed_uids.push_back(uid);
}

void SubOperations::write(CommandSet& response, bool with_remaining) const {
  const auto number = [](std::uint64_t n) {
    return static_cast<std::uint16_t>(std::min<std::uint64_t>(n, 0xFFFF));
  };
  if (with_remaining) response.set(Item::Remaining, number(remaining));
  response.set(Item::Completed, number(completed)).set(Item::Failed, number(failed));
  response.set(Item::Warning, number(warning));
}

std::uint16_t SubOperations::status() const {
  if (failed == 0 && warning == 0) return status::kSuccess;
  return completed + warning == 0 ? status::kCannotSend : status::kSubOperationsFailed;
}

Result<void> Scp::retrieve(const Incoming& request, bool move) {
  const auto identifier = read_identifier(request);
  if (!identifier) {
    if (identifier.error().code == ErrorCode::BadGateway ||
        identifier.error().code == ErrorCode::GatewayTimeout)
      return identifier.error();
    return answer(request, status::kIdentifierMismatch, identifier.error().text());
  }
  if (!is_complete(*identifier))
    return answer(request, status::kIdentifierMismatch, "the identifier names nothing to retrieve");
  auto selected = select(shared_.parts.index, *identifier);
  if (!selected) return answer(request, status::kCannotCount, selected.error().message);
  if (!move) return send_selected(request, *selected, association_, nullptr);

  const std::string title = request.command.text(Item::MoveDestination);
  const DimsePeer* destination = destination_of(shared_.options, title);
  if (!destination)
    return answer(request, status::kUnknownDestination, "the destination " + title + " is not configured");
  if (selected->empty()) return answer(request, status::kSuccess);
  std::set<ObjectKind> kinds;
  for (const Selected& object : *selected) kinds.insert(object.kind);
  const auto contexts = proposal_for(kinds);
  const auto outbound =
      Association::request(*destination, shared_.options.ae_title, contexts, shared_.options.limits,
                           destination->tls ? shared_.client_tls : nullptr);
  if (!outbound) {
    log::warning("C-MOVE destination", {{"reason", outbound.error().text()}});
    return answer(request, status::kCannotSend, outbound.error().message);
  }
  const Originator originator{association_.calling_title(), request.command.message_id()};
  TRY_VOID(send_selected(request, *selected, **outbound, &originator));
  (*outbound)->release();
  return {};
}

// As it lies there, or decoded where the peer takes nothing else.
Result<Outgoing> Scp::open_for(const Association& outbound, const Selected& selected) const {
  Outgoing object = TRY(open_object(shared_.parts.blobs, selected));
  if (!shared_.parts.pixels || !must_be_decoded(outbound, object)) return object;
  return uncompressed(object, *shared_.parts.pixels, shared_.options.limits);
}

Result<void> Scp::send_selected(const Incoming& request, std::span<const Selected> selected,
                                Association& outbound, const Originator* originator) {
  SubOperations counts;
  counts.remaining = selected.size();
  bool cancel = false, broken = false;
  for (std::size_t i = 0; i < selected.size() && !cancel; ++i) {
    if (i % kPrefetch == 0) prefetch(shared_.parts.blobs, selected.subspan(i));
    StoreAnswer outcome;
    const auto object = open_for(outbound, selected[i]);
    if (!object) {
      outcome = {status::kProcessingFailure, object.error().text()};
    } else if (broken) {
      outcome = {status::kCannotSend, "the association to the destination is broken"};
    } else {
      auto sent = send_object(outbound, *object, originator, originator ? nullptr : &cancel);
      if (!sent && !originator) return std::move(sent).error();
      broken = !sent.ok();
      outcome = sent.ok() ? *sent : StoreAnswer{status::kCannotSend, sent.error().text()};
    }
    if (outcome.failed())
      log::warning("object not sent", {{"peer", outbound.peer()},
                                       {"instance", selected[i].instance_uid},
                                       {"status", outcome.status},
                                       {"reason", outcome.comment}});
    counts.count(outcome, selected[i].instance_uid);
    CommandSet pending = CommandSet::response(request.command, status::kPending);
    counts.write(pending, true);
    if (counts.remaining > 0) TRY_VOID(association_.send(request.context, pending));
    if (!cancel) cancel = TRY(cancelled(request.command.message_id()));
  }
  if (released_) return {};
  return send_outcome(request, counts, cancel);
}

Result<void> Scp::send_outcome(const Incoming& request, const SubOperations& counts, bool cancel) {
  const bool list = !counts.failed_uids.empty();
  const bool stopped = cancel && counts.remaining > 0;
  CommandSet response =
      CommandSet::response(request.command, stopped ? status::kCancelled : counts.status(), list);
  counts.write(response, stopped);
  if (!list) return association_.send(request.context, response);
  const auto& syntax = association_.context(request.context)->transfer_syntax;
  return association_.send(request.context, response,
                           failed_list(counts, dicom::traits_of_syntax(syntax).implicit_vr));
}

}  // namespace gateway::dimse

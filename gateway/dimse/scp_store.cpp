// C-STORE, provider (PS3.4 annex B). The data set is kept byte for byte behind a file meta information that
// depends on nothing but the object and its transfer syntax, so that sending it again is recognised.
#include "gateway/base/log.h"
#include "gateway/dimse/move_inbox.h"
#include "gateway/dimse/scp.h"
#include "gateway/dimse/spool.h"
#include "mappers/dicom/reader.h"
#include "mappers/dicom/writer.h"

namespace gateway::dimse {
namespace {

namespace dicom = mappers::dicom;
using model::ItemOutcome;

constexpr std::uint16_t kDataSetDoesNotMatch = 0xB007;  // PS3.4 table B.2-1, a warning

std::uint16_t status_of(const ItemOutcome& outcome, const std::string& instance) {
  switch (outcome.kind) {
    case ItemOutcome::Kind::Stored:
    case ItemOutcome::Kind::Identical:
      return outcome.sop_instance_uid == instance ? status::kSuccess : kDataSetDoesNotMatch;
    case ItemOutcome::Kind::Conflict:
      return status::kDuplicateInstance;
    default:
      return outcome.error ? outcome.error->face().dicom_status : status::kUnableToProcess;
  }
}

}  // namespace

Result<void> Scp::store(const Incoming& request) {
  const std::string instance = request.command.text(Item::AffectedSopInstance);
  const std::string sop_class = request.command.text(Item::AffectedSopClass);
  const Context& context = *association_.context(request.context);
  if (!request.command.has_data() || instance.empty())
    return refuse(request, status::kUnableToProcess, "there is no object in this request");
  if (sop_class != context.abstract_syntax)
    return refuse(request, status::kClassNotSupported, "the SOP class is not that of the context");
  Spool spool(shared_.options.limits);
  Result<void> spooled = spool.append(
      as_bytes(dicom::encode_file_meta({sop_class, instance, context.transfer_syntax, {}, {}, {}})));
  TRY_VOID(association_.receive_data(request.context, [&](ByteSpan piece) -> Result<void> {
    if (spooled.ok()) spooled = spool.append(piece);
    return {};
  }));
  auto object = spooled.ok() ? spool.finish() : Result<std::shared_ptr<const ByteSource>>(spooled.error());
  if (!object) return answer(request, object.error().face().dicom_status, object.error().message);
  return keep(request, std::move(*object));
}

// Objects that a fetch of ours waits for are its own; all others are taken in. Durable before the answer.
Result<void> Scp::keep(const Incoming& request, std::shared_ptr<const ByteSource> object) {
  if (const auto offered = offer_to_inbox(request.command, object))
    return offered->ok() ? answer(request, status::kSuccess)
                         : answer(request, offered->error().face().dicom_status, offered->error().message);
  if (!shared_.options.accept_storage)
    return answer(request, status::kClassNotSupported, "this node takes no objects");
  model::IngestItem item;
  item.label = "C-STORE";
  item.source = std::move(object);
  const auto outcomes = shared_.parts.ingest.ingest({&item, 1});
  if (!outcomes) {
    shared_.refused.add();
    log::error("object not stored", {{"peer", association_.peer()}, {"reason", outcomes.error().text()}});
    return answer(request, outcomes.error().face().dicom_status, outcomes.error().message);
  }
  const ItemOutcome& outcome = outcomes->front();
  const std::uint16_t status = status_of(outcome, request.command.text(Item::AffectedSopInstance));
  (status == status::kSuccess || is_warning(status) ? shared_.stored : shared_.refused).add();
  return answer(request, status, outcome.error ? outcome.error->text() : std::string());
}

std::optional<Result<void>> Scp::offer_to_inbox(const CommandSet& command,
                                                const std::shared_ptr<const ByteSource>& object) {
  MoveInbox* inbox = shared_.parts.inbox;
  if (!inbox || !inbox->anybody_waits()) return std::nullopt;
  const auto file = dicom::read_file(*object);
  if (!file) return std::nullopt;
  MoveInbox::Arrival arrival;
  arrival.originator = command.text(Item::MoveOriginator);
  arrival.message_id = command.number(Item::MoveOriginatorMessage).value_or(0);
  arrival.id = {file->data.text(dicom::tags::kStudyInstanceUid),
                file->data.text(dicom::tags::kSeriesInstanceUid),
                file->data.text(dicom::tags::kSopInstanceUid)};
  arrival.object = object;
  return inbox->offer(arrival);
}

}  // namespace gateway::dimse

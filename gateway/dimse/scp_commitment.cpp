// Storage Commitment Push Model, provider (PS3.4 annex J.3). What is in the index is durable, so the answer
// is known at once: it is reported on an association of its own where the requestor is a configured
// destination, else on that of the request.
#include "gateway/base/log.h"
#include "gateway/dimse/identifier.h"
#include "gateway/dimse/scp.h"
#include "mappers/dicom/reader.h"
#include "mappers/dicom/transfer_syntax.h"
#include "mappers/dicom/writer.h"

namespace gateway::dimse {
namespace {

namespace dicom = mappers::dicom;
namespace ts = mappers::dicom::transfer_syntax;

constexpr std::size_t kMaxReferences = 100'000;
constexpr std::size_t kMaxRequestBytes = 16u << 20;  // of these
constexpr dicom::Tag kTransaction = dicom::make_tag(0x00081195);
constexpr dicom::Tag kReferenced = dicom::make_tag(0x00081199);
constexpr dicom::Tag kReferencedClass = dicom::make_tag(0x00081150);
constexpr dicom::Tag kReferencedInstance = dicom::make_tag(0x00081155);

struct Verdict {
  std::string transaction;
  std::vector<dicom::Draft> there, missing;

  std::string encode(bool implicit_vr) const {
    dicom::Draft draft;
    draft.set("TransactionUID", transaction);
    if (!there.empty()) draft.set_items("ReferencedSOPSequence", there);
    if (!missing.empty()) draft.set_items("FailedSOPSequence", missing);
    std::string bytes;
    draft.encode(bytes, implicit_vr ? dicom::Encoding::ImplicitLittle : dicom::Encoding::ExplicitLittle);
    return bytes;
  }
};

// PS3.4 table J.3-1 and J.3-2.
Result<Verdict> judge(const dicom::DataSet& data, const model::ImageIndex& index) {
  Verdict verdict;
  verdict.transaction = data.text(kTransaction);
  const dicom::Element* references = data.find(kReferenced);
  if (verdict.transaction.empty() || !references || references->items.empty())
    return fail(ErrorCode::InvalidParameter, "the request names no transaction or no objects", "00081199");
  if (references->items.size() > kMaxReferences)
    return fail(ErrorCode::DicomLimit, "the request names too many objects", "00081199");
  for (const dicom::DataSet& item : references->items) {
    const std::string instance = item.text(kReferencedInstance);
    dicom::Draft draft;
    draft.set("ReferencedSOPClassUID", item.text(kReferencedClass)).set("ReferencedSOPInstanceUID", instance);
    if (TRY(index.find_instance(instance)))
      verdict.there.push_back(std::move(draft));
    else
      verdict.missing.push_back(std::move(draft.set_number("FailureReason", status::kNoSuchInstance)));
  }
  return verdict;
}

CommandSet report_request(Association& association, bool all_there) {
  CommandSet command = CommandSet::request(Operation::EventReport, association.next_message_id(),
                                           sop_class::kStorageCommitment, true);
  return command.set(Item::AffectedSopInstance, kCommitmentInstance)
      .set(Item::EventType, std::uint16_t{all_there ? std::uint16_t{1} : std::uint16_t{2}});
}

Result<void> report_on(Association& association, std::uint8_t context, const Verdict& verdict) {
  const auto& syntax = association.context(context)->transfer_syntax;
  TRY_VOID(association.send(context, report_request(association, verdict.missing.empty()),
                            verdict.encode(dicom::traits_of_syntax(syntax).implicit_vr)));
  const Incoming answer = TRY(association.receive_answer());
  if (!answer.command.is_response_to(Operation::EventReport))
    return fail(ErrorCode::BadGateway, association.peer() + " answered an event report with something else");
  if (answer.command.has_data()) TRY(association.receive_data(answer.context));
  return {};
}

Result<void> report_apart(const DimsePeer& peer, const ScpShared& shared, const Verdict& verdict) {
  const ProposedContext context{0,
                                std::string(sop_class::kStorageCommitment),
                                {std::string(ts::kExplicitLittle), std::string(ts::kImplicitLittle)},
                                true};
  const auto association =
      TRY(Association::request(peer, shared.options.ae_title, {&context, 1}, shared.options.limits,
                               peer.tls ? shared.client_tls : nullptr));
  if (association->contexts().empty())
    return fail(ErrorCode::BadGateway, association->peer() + " takes no storage commitment reports");
  TRY_VOID(report_on(*association, association->contexts().front().id, verdict));
  association->release();
  return {};
}

}  // namespace

Result<void> Scp::commit(const Incoming& request) {
  const Context& context = *association_.context(request.context);
  if (context.abstract_syntax != sop_class::kStorageCommitment || !request.command.has_data())
    return refuse(request, status::kUnrecognisedOperation, "only storage commitment is known here");
  std::string bytes = with_file_meta({}, context.transfer_syntax);
  const auto received = association_.receive_data(request.context, [&](ByteSpan piece) -> Result<void> {
    if (bytes.size() + piece.size() > kMaxRequestBytes)
      return fail(ErrorCode::DicomLimit, "the request names too many objects", "00081199");
    bytes += as_text(piece);
    return {};
  });
  if (!received && received.error().code != ErrorCode::DicomLimit) return received;
  if (!received) return answer(request, status::kInvalidArgument, received.error().message);
  if (request.command.number(Item::ActionType) != 1)
    return answer(request, status::kNoSuchAction, "the action is not known");
  const MemorySource source{std::string_view(bytes)};
  const auto file = dicom::read_file(source);
  if (!file) return answer(request, status::kInvalidArgument, file.error().message);
  const auto verdict = judge(file->data, shared_.parts.index);
  if (!verdict) return answer(request, status::kInvalidArgument, verdict.error().message);
  TRY_VOID(answer(request, status::kSuccess));
  for (const DimsePeer& peer : shared_.options.destinations) {
    if (peer.ae_title != association_.calling_title()) continue;
    if (const auto reported = report_apart(peer, shared_, *verdict); !reported)
      log::warning("storage commitment not reported", {{"reason", reported.error().text()}});
    return {};
  }
  return report_on(association_, request.context, *verdict);
}

}  // namespace gateway::dimse

#include "gateway/dimse/outgoing.h"

#include <vector>

#include "gateway/base/owned_bytes.h"
#include "gateway/dimse/implicit.h"
#include "mappers/dicom/explicit.h"
#include "mappers/dicom/joined_source.h"
#include "mappers/dicom/reader.h"
#include "mappers/dicom/transfer_syntax.h"

namespace gateway::dimse {
namespace {

namespace dicom = mappers::dicom;
namespace ts = mappers::dicom::transfer_syntax;

constexpr std::size_t kBlock = 120 << 10;  // under the largest PDU

// The syntax as stored first; then what native data can be turned into.
const Context* choose(const Association& association, const Outgoing& object) {
  for (const Context& context : association.contexts())
    if (context.abstract_syntax == object.sop_class && context.transfer_syntax == object.transfer_syntax)
      return &context;
  if (object.encapsulated) return nullptr;
  for (const auto syntax : {ts::kExplicitLittle, ts::kImplicitLittle})
    for (const Context& context : association.contexts())
      if (context.abstract_syntax == object.sop_class && context.transfer_syntax == syntax) return &context;
  return nullptr;
}

Result<void> send_bytes(Association& association, std::uint8_t context, const ByteSource& source,
                        std::uint64_t from) {
  std::vector<std::byte> block(kBlock);
  const std::uint64_t size = source.size();
  for (std::uint64_t at = from; at < size;) {
    const std::size_t got = TRY(source.read_at(at, block));
    if (got == 0) return fail(ErrorCode::Internal, "an object ended while it was sent");
    at += got;
    TRY_VOID(association.send_data(context, std::span(block).first(got), at >= size));
  }
  return from < size ? Result<void>() : association.send_data(context, {}, true);
}

// PS3.7 section 9.3.1.1.
CommandSet store_request(Association& association, const Outgoing& object, const Originator* originator) {
  CommandSet command =
      CommandSet::request(Operation::Store, association.next_message_id(), object.sop_class, true);
  command.set(Item::Priority, std::uint16_t{0}).set(Item::AffectedSopInstance, object.sop_instance);
  if (originator)
    command.set(Item::MoveOriginator, originator->title)
        .set(Item::MoveOriginatorMessage, originator->message_id);
  return command;
}

}  // namespace

Result<Outgoing> open_outgoing(std::shared_ptr<const ByteSource> object) {
  const dicom::File file = TRY(dicom::read_file(*object));
  Outgoing outgoing;
  outgoing.sop_class = file.data.text(dicom::tags::kSopClassUid);
  outgoing.sop_instance = file.data.text(dicom::tags::kSopInstanceUid);
  if (outgoing.sop_class.empty() || outgoing.sop_instance.empty())
    return fail(ErrorCode::DicomMissingAttribute, "the object has no SOP class or instance UID");
  // A receiver that parses while it reads, as DCMTK does, would wait for the rest for ever.
  if (file.truncated) return fail(ErrorCode::DicomTruncated, "the object ends early and is not sent");
  outgoing.transfer_syntax = dicom::effective_transfer_syntax(file);
  outgoing.data_offset = file.data_offset;
  outgoing.encapsulated = file.pixel_data && file.pixel_data->encapsulated;
  outgoing.object = std::move(object);
  return outgoing;
}

Result<std::shared_ptr<const ByteSource>> native_data_set(const Outgoing& object, bool implicit_vr) {
  const dicom::File file = TRY(dicom::read_file(*object.object));
  if (implicit_vr && !file.big_endian && !file.deflated) return implicit_data_set(file, object.object);
  const auto encoded = TRY(dicom::to_explicit_little_endian(file, *object.object));
  auto joined = std::make_shared<dicom::JoinedSource>();
  for (const dicom::Piece& piece : encoded.pieces) {
    if (const auto* text = std::get_if<std::string>(&piece)) joined->add(*text);
    if (const auto* range = std::get_if<dicom::SourceRange>(&piece))
      joined->add(std::make_shared<OwnedPart>(object.object, range->offset, range->length));
  }
  const dicom::File again = TRY(dicom::read_file(*joined));
  if (implicit_vr) return implicit_data_set(again, joined);
  return std::shared_ptr<const ByteSource>(
      std::make_shared<OwnedPart>(joined, again.data_offset, joined->size() - again.data_offset));
}

Result<StoreAnswer> send_object(Association& association, const Outgoing& object,
                                const Originator* originator, bool* cancel) {
  const Context* context = choose(association, object);
  if (!context)
    return StoreAnswer{status::kClassNotSupported, "no presentation context for " + object.sop_class +
                                                       " in " + object.transfer_syntax + " was accepted"};
  std::shared_ptr<const ByteSource> source = object.object;
  std::uint64_t from = object.data_offset;
  if (context->transfer_syntax != object.transfer_syntax) {
    auto native = native_data_set(object, context->transfer_syntax == ts::kImplicitLittle);
    if (!native) return StoreAnswer{native.error().face().dicom_status, native.error().text()};
    source = std::move(*native);
    from = 0;
  }
  const CommandSet command = store_request(association, object, originator);
  TRY_VOID(association.send(context->id, command));
  TRY_VOID(send_bytes(association, context->id, *source, from));
  Incoming answer = TRY(association.receive_answer());
  while (cancel && answer.command.is(Operation::Cancel)) {
    *cancel = true;
    answer = TRY(association.receive_answer());
  }
  if (!answer.command.is_response_to(Operation::Store) ||
      answer.command.number(Item::RespondedTo) != command.message_id())
    return fail(ErrorCode::BadGateway, association.peer() + " answered a C-STORE with something else");
  return StoreAnswer{answer.command.status(), answer.command.text(Item::ErrorComment)};
}

std::vector<ProposedContext> proposal_for(const std::set<ObjectKind>& kinds) {
  constexpr std::size_t kMaxContexts = 128;
  std::vector<ProposedContext> contexts;
  std::set<std::string> native_too;
  for (const ObjectKind& kind : kinds)
    if (native_too.insert(kind.sop_class).second && contexts.size() < kMaxContexts)
      contexts.push_back(
          {0, kind.sop_class, {std::string(ts::kExplicitLittle), std::string(ts::kImplicitLittle)}, false});
  // Both on their own, too: a peer that picks one of a list may pick the one that needs a conversion.
  for (const ObjectKind& kind : kinds)
    if (contexts.size() < kMaxContexts)
      contexts.push_back({0, kind.sop_class, {kind.transfer_syntax}, false});
  return contexts;
}

}  // namespace gateway::dimse

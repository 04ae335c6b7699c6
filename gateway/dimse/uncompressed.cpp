#include "gateway/dimse/uncompressed.h"

#include <algorithm>

#include "gateway/base/owned_bytes.h"
#include "gateway/dimse/spool.h"
#include "mappers/dicom/joined_source.h"
#include "mappers/dicom/recode.h"
#include "mappers/dicom/transfer_syntax.h"

namespace gateway::dimse {
namespace {

namespace dicom = mappers::dicom;
namespace ts = mappers::dicom::transfer_syntax;

void add_pieces(dicom::JoinedSource& joined, std::vector<dicom::Piece> pieces, const Outgoing& object) {
  for (dicom::Piece& piece : pieces) {
    if (auto* text = std::get_if<std::string>(&piece)) joined.add(std::move(*text));
    if (const auto* range = std::get_if<dicom::SourceRange>(&piece))
      joined.add(std::make_shared<OwnedPart>(object.object, range->offset, range->length));
  }
}

}  // namespace

bool must_be_decoded(const Association& association, const Outgoing& object) {
  if (!object.encapsulated) return false;
  const auto takes = [&](std::string_view syntax) {
    return std::any_of(
        association.contexts().begin(), association.contexts().end(), [&](const Context& context) {
          return context.abstract_syntax == object.sop_class && context.transfer_syntax == syntax;
        });
  };
  return !takes(object.transfer_syntax) && (takes(ts::kExplicitLittle) || takes(ts::kImplicitLittle));
}

Result<Outgoing> uncompressed(const Outgoing& object, pixel::PixelService& pixels,
                              const DimseLimits& limits) {
  if (!pixel::can_decode(object.transfer_syntax))
    return fail(ErrorCode::NotSupported, "there is no decoder for transfer syntax " + object.transfer_syntax);
  dicom::File file = TRY(dicom::read_file(*object.object));
  Spool spool(limits);
  dicom::Recoding recoding;
  recoding.transfer_syntax = ts::kExplicitLittle;
  recoding.codec = [&](const model::ImageFormat& format, ByteSpan stored) {
    return pixels.transcode(object.transfer_syntax, format, stored, ts::kExplicitLittle, {});
  };
  recoding.sink = [&](std::string_view bytes) { return spool.append(as_bytes(bytes)); };
  const dicom::NewPixels made = TRY(dicom::recode_frames(file, *object.object, recoding));
  const auto frames = TRY(spool.finish());
  auto envelope = TRY(dicom::envelope_of(file, *object.object, made));
  auto joined = std::make_shared<dicom::JoinedSource>();
  add_pieces(*joined, std::move(envelope.before), object);
  joined->add(frames);
  add_pieces(*joined, std::move(envelope.after), object);
  return open_outgoing(std::move(joined));
}

}  // namespace gateway::dimse

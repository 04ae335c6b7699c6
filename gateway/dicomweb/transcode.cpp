#include "gateway/dicomweb/transcode.h"

#include <algorithm>

#include "mappers/dicom/recode.h"
#include "mappers/dicom/transfer_syntax.h"

namespace gateway::dicomweb {
namespace {

using mappers::dicom::NewPixels;

constexpr std::size_t kBlock = 1 << 20;

bool is_native(std::string_view syntax) { return !mappers::dicom::traits_of_syntax(syntax).encapsulated; }

Error impossible(std::string_view to, const Error& why) {
  return fail(ErrorCode::NotAcceptable,
              "the pixels cannot be given in transfer syntax " + std::string(to) + ": " + why.message,
              why.where, why.detail);
}

Result<NewPixels> make_pixels(const OpenObject& object, std::string_view to, pixel::PixelService& service,
                              SpoolFile& spool) {
  mappers::dicom::Recoding recoding;
  recoding.transfer_syntax = to;
  recoding.lossy = !is_native(to) && pixel::is_lossy(to);
  recoding.codec = [&](const model::ImageFormat& format, ByteSpan stored) {
    return service.transcode(object.syntax(), format, stored, to, {});
  };
  recoding.sink = [&](std::string_view bytes) { return spool.append(bytes); };
  return mappers::dicom::recode_frames(object.file(), object.stream(), recoding);
}

Result<void> copy_range(const http::FileRange& range, SpoolFile& spool) {
  const FileSource file(range.file, range.offset + range.length);
  std::string block(kBlock, '\0');
  for (std::uint64_t done = 0; done < range.length;) {
    const std::size_t wanted = std::min<std::uint64_t>(block.size(), range.length - done);
    const std::size_t got =
        TRY(file.read_at(range.offset + done, std::as_writable_bytes(std::span(block.data(), wanted))));
    if (got == 0) return fail(ErrorCode::DicomTruncated, "a value ends early");
    TRY_VOID(spool.append(std::string_view(block).substr(0, got)));
    done += got;
  }
  return {};
}

Result<void> copy_piece(const http::Piece& piece, SpoolFile& spool) {
  if (const auto* text = std::get_if<std::string>(&piece)) return spool.append(*text);
  if (const auto* range = std::get_if<http::FileRange>(&piece)) return copy_range(*range, spool);
  for (const http::Piece& made : TRY(std::get<http::LazyPiece>(piece).make()))
    TRY_VOID(copy_piece(made, spool));
  return {};
}

Result<http::FileRange> spooled(const OpenObject& object, std::vector<mappers::dicom::Piece> pieces,
                                SpoolFile& spool) {
  const std::uint64_t start = spool.size();
  std::vector<http::Piece> all;
  object.append_pieces(all, std::move(pieces));
  for (const http::Piece& piece : all) TRY_VOID(copy_piece(piece, spool));
  return spool.since(start);
}

}  // namespace

bool can_transcode(std::string_view from, std::string_view to) {
  return pixel::can_decode(from) && (is_native(to) || pixel::can_encode(to));
}

Result<SpooledObject> transcode(OpenObject& object, std::string_view to, pixel::PixelService& service,
                                SpoolFile& spool) {
  SpooledObject made;
  const std::uint64_t start = spool.size();
  auto pixels = make_pixels(object, to, service, spool);
  const bool ours = !pixels && pixels.error().face().http_status == 503;
  if (!pixels) return ours ? std::move(pixels).error() : impossible(to, pixels.error());
  made.parts[1] = spool.since(start);
  auto envelope = TRY(mappers::dicom::envelope_of(object.file(), object.stream(), *pixels));
  made.parts[0] = TRY(spooled(object, std::move(envelope.before), spool));
  made.parts[2] = TRY(spooled(object, std::move(envelope.after), spool));
  return made;
}

}  // namespace gateway::dicomweb

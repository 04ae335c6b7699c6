#include "gateway/dicomweb/bulk_syntax.h"

#include <algorithm>

#include "gateway/base/text.h"
#include "gateway/dicomweb/web_syntax.h"
#include "mappers/dicom/transfer_syntax.h"

namespace gateway::dicomweb {
namespace {

using mappers::dicom::transfer_syntax::kExplicitLittle;

constexpr std::size_t kHead = 64 << 10;  // the marks that are looked for stand within this

std::uint8_t byte_at(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<std::uint8_t>(text[at]) : 0;
}

// The segment behind a marker of a JPEG-like stream, without its length; empty when there is none.
std::string_view segment(std::string_view stream, std::initializer_list<std::uint8_t> markers,
                         std::uint8_t* found = nullptr) {
  for (std::size_t at = 2; at + 4 <= stream.size();) {
    if (byte_at(stream, at) != 0xFF) return {};
    const std::uint8_t marker = byte_at(stream, at + 1);
    const std::size_t length = byte_at(stream, at + 2) * 256u + byte_at(stream, at + 3);
    if (length < 2) return {};
    if (std::find(markers.begin(), markers.end(), marker) != markers.end()) {
      if (found) *found = marker;
      return stream.substr(at + 4, length - 2);
    }
    at += 2 + length;
  }
  return {};
}

// ITU-T T.81: the frame header tells the process; of lossless ones predictor 1 has a syntax of its own.
std::string_view jpeg_syntax(std::string_view stream) {
  std::uint8_t process = 0;
  segment(stream, {0xC0, 0xC1, 0xC2, 0xC3}, &process);
  if (process == 0xC0) return "1.2.840.10008.1.2.4.50";
  if (process == 0xC1) return "1.2.840.10008.1.2.4.51";
  if (process == 0xC2) return "1.2.840.10008.1.2.4.55";
  const std::string_view scan = segment(stream, {0xDA});
  const std::size_t predictor = 1 + 2u * byte_at(scan, 0);
  const bool other = !scan.empty() && byte_at(scan, predictor) != 1;
  return other ? "1.2.840.10008.1.2.4.57" : "1.2.840.10008.1.2.4.70";
}

// ITU-T T.87: NEAR of the scan header is 0 for lossless.
std::string_view jls_syntax(std::string_view stream) {
  const std::string_view scan = segment(stream, {0xDA});
  const bool lossy = byte_at(scan, 1 + 2u * byte_at(scan, 0)) != 0;
  return lossy ? "1.2.840.10008.1.2.4.81" : "1.2.840.10008.1.2.4.80";
}

// ITU-T T.800: COD tells the wavelet: 1 is the reversible one.
bool is_reversible(std::string_view stream) {
  const std::string_view style = segment(stream, {0x52});
  return style.size() < 10 || byte_at(style, 9) == 1;
}

std::string_view sniff(std::string_view type, std::string_view stream) {
  if (type == "image/jpeg") return jpeg_syntax(stream);
  if (type == "image/jls") return jls_syntax(stream);
  if (type == "image/jp2") return is_reversible(stream) ? "1.2.840.10008.1.2.4.90" : "1.2.840.10008.1.2.4.91";
  if (type == "image/jpx") return is_reversible(stream) ? "1.2.840.10008.1.2.4.92" : "1.2.840.10008.1.2.4.93";
  if (type == "image/jphc")
    return is_reversible(stream) ? "1.2.840.10008.1.2.4.201" : "1.2.840.10008.1.2.4.203";
  if (type == "image/dicom-rle" || type == "image/x-dicom-rle") return "1.2.840.10008.1.2.5";
  if (type == "image/jxl") return "1.2.840.10008.1.2.4.112";
  if (type == "video/mpeg" || type == "video/mpeg2") return "1.2.840.10008.1.2.4.101";
  if (type == "video/mp4") return "1.2.840.10008.1.2.4.102";
  if (type == "video/h265") return "1.2.840.10008.1.2.4.107";
  return {};
}

// Some types have older or other names.
std::string known_type(std::string_view given) {
  std::string type = lower(given);
  if (type == "image/x-jls") return "image/jls";
  if (type == "image/x-dicom-rle") return "image/dicom-rle";
  if (type == "image/j2c") return "image/jp2";
  if (type == "image/jph") return "image/jphc";
  if (type == "video/mpeg2") return "video/mpeg";
  return type;
}

}  // namespace

Result<std::string> bulk_syntax(const codec::MediaType& given, std::string_view hint,
                                const ByteSource& content) {
  const std::string type = known_type(given.type);
  const std::string_view said = given.parameter("transfer-syntax");
  if (!said.empty() && !mappers::dicom::is_web_syntax(said))
    return fail(ErrorCode::UnsupportedMediaType, "bulk data of this transfer syntax are not taken",
                std::string(said.substr(0, 64)));
  const bool octets = type == kOctets;
  // Octets are uncompressed unless they say otherwise: that is how syntaxes without a media type are sent.
  if (octets) return said.empty() ? std::string(kExplicitLittle) : std::string(said);
  std::string head(std::min<std::uint64_t>(kHead, content.size()), '\0');
  head.resize(TRY(content.read_at(0, std::as_writable_bytes(std::span(head)))));
  const std::string_view seen = sniff(type, head);
  if (seen.empty())
    return fail(ErrorCode::UnsupportedMediaType, "bulk data of this media type are not taken", given.type);
  const auto is_of_type = [&type](std::string_view syntax) { return iequals(frame_type_of(syntax), type); };
  if (!said.empty() && is_of_type(said)) return std::string(said);
  if (!said.empty())
    return fail(ErrorCode::UnsupportedMediaType, "the transfer syntax does not go with the media type",
                std::string(said.substr(0, 64)));
  return std::string(is_of_type(hint) ? hint : seen);
}

}  // namespace gateway::dicomweb

#include "mappers/dicom/reader.h"

#include <algorithm>

#include "mappers/dicom/byte_order.h"
#include "mappers/dicom/data_reader.h"
#include "mappers/dicom/inflate.h"
#include "mappers/dicom/transfer_syntax.h"
#include "mappers/dicom/window.h"

namespace mappers::dicom {
namespace {

using gateway::ByteSource;
using gateway::ErrorCode;
using gateway::fail;
using gateway::Result;

constexpr std::uint64_t kPreamble = 128;
WireEncoding encoding_of(std::string_view uid) {
  const TransferSyntaxTraits traits = traits_of_syntax(uid);
  return {traits.implicit_vr, traits.big_endian};
}

std::string_view transfer_syntax_of(WireEncoding encoding) {
  if (encoding.implicit_vr) return transfer_syntax::kImplicitLittle;
  return encoding.big_endian ? transfer_syntax::kExplicitBig : transfer_syntax::kExplicitLittle;
}

// The first byte of the file meta information or data set; nothing when this is no DICOM (PS3.10
// section 7.1).
std::optional<std::uint64_t> find_start(Window& window, File& file) {
  const std::byte* prefix = window.view(kPreamble, 4);
  const bool has_prefix = prefix && gateway::as_text({prefix, 4}) == "DICM";
  // The four letters may be part of a value of a file without preamble.
  const bool behind =
      has_prefix && (plausible_start(window, kPreamble + 4) || window.size() < kPreamble + 12);
  if (behind || (has_prefix && !plausible_start(window, 0))) {
    file.had_preamble = true;
    return kPreamble + 4;
  }
  const std::byte* bare = window.view(0, 4);
  if (bare && gateway::as_text({bare, 4}) == "DICM" && plausible_start(window, 4)) return 4;
  if (plausible_start(window, 0)) return 0;
  return std::nullopt;
}

// The encoding of the data set: what the transfer syntax says unless the first element shows another.
WireEncoding choose_encoding(Window& window, std::uint64_t offset, File& file, DataReader& reader) {
  const auto seen = plausible_start(window, offset);
  if (file.transfer_syntax.empty()) {
    const WireEncoding encoding = seen.value_or(WireEncoding{true, false});  // PS3.5 section 10: the default
    file.transfer_syntax = transfer_syntax_of(encoding);
    reader.note("no transfer syntax is declared, it was guessed", offset);
    return encoding;
  }
  const WireEncoding declared = encoding_of(file.transfer_syntax);
  if (!seen || *seen == declared) return declared;
  const WireEncoding sniffed = sniff(window, offset, window.size(), declared);
  if (sniffed == declared && seen->big_endian == declared.big_endian) return declared;
  reader.note("the data set is not in the encoding of its transfer syntax", offset);
  return *seen;
}

// Reads the data set at `offset` of the window into `file`.
Result<void> read_body(Window& window, std::uint64_t offset, DataReader& reader, File& file) {
  const WireEncoding encoding = choose_encoding(window, offset, file, reader);
  file.implicit_vr = encoding.implicit_vr;
  file.big_endian = encoding.big_endian;
  file.data_end = reader.read_data(offset, encoding, file.data);
  if (reader.fault()) return *reader.fault();
  return {};
}

// PS3.5 section A.5. Offsets count in the inflated bytes from here on.
Result<void> read_deflated(const ByteSource& source, std::uint64_t offset, const ReadLimits& limits,
                           File& file) {
  const auto inflated = TRY(InflatedSource::open(source, offset, limits.max_inflated_bytes));
  Window window(*inflated, file.buffers, limits.max_header_bytes);
  DataReader reader(window, file, limits);
  TRY(read_body(window, 0, reader, file));
  if (!inflated->complete()) {
    file.truncated = true;
    reader.note("the deflated data are cut off", inflated->size());
  }
  return {};
}

Result<void> reject_empty(const File& file) {
  if (!file.data.elements().empty()) return {};
  if (file.had_preamble || file.had_meta)
    return fail(ErrorCode::DicomTruncated, "the file ends before its data set",
                "byte " + std::to_string(file.data_offset));
  return fail(ErrorCode::NotDicom, "the bytes hold no DICOM data element", "byte 0");
}

}  // namespace

Result<std::string> declared_transfer_syntax(const ByteSource& source) {
  constexpr std::uint64_t kMeta = 1 << 10;  // nothing behind the file meta information is asked for
  File file;
  const ReadLimits limits;
  Window window(source, file.buffers, limits.max_header_bytes, kMeta);
  const auto start = find_start(window, file);
  if (window.fault()) return *window.fault();
  if (!start || !file.had_preamble) return std::string();
  DataReader reader(window, file, limits);
  reader.read_meta(*start, file.meta);
  if (reader.fault()) return *reader.fault();
  return file.meta.text(tags::kTransferSyntaxUid);
}

Result<File> read_file(const ByteSource& source, const ReadLimits& limits) {
  File file;
  Window window(source, file.buffers, limits.max_header_bytes);
  const auto start = find_start(window, file);
  if (window.fault()) return *window.fault();
  if (!start) return fail(ErrorCode::NotDicom, "no DICOM prefix and no data element at the start", "byte 0");
  DataReader reader(window, file, limits);
  if (!file.had_preamble) reader.note("the preamble is missing", 0);
  file.data_offset = reader.read_meta(*start, file.meta);
  if (reader.fault()) return *reader.fault();
  file.had_meta = !file.meta.elements().empty();
  file.transfer_syntax = file.meta.text(tags::kTransferSyntaxUid);
  if (file.deflated) {
    TRY(read_deflated(source, file.data_offset, limits, file));
  } else {
    TRY(read_body(window, file.data_offset, reader, file));
  }
  TRY(reject_empty(file));
  return file;
}

}  // namespace mappers::dicom

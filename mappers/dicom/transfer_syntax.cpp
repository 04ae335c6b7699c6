#include "mappers/dicom/transfer_syntax.h"

#include "mappers/dicom/reader.h"

namespace mappers::dicom {
namespace {

using namespace transfer_syntax;

struct Row {
  std::string_view uid;
  TransferSyntaxTraits traits;
};

// PS3.6 table A-1, those that do not follow from the beginning of their UID.
constexpr Row kRows[] = {
    {kImplicitLittle, {true, false, false, false}},
    {kPrivateGe, {true, false, false, false}},
    {kExplicitBig, {false, true, false, false}},
    {kDeflated, {false, false, true, false}},
    {"1.2.840.10008.1.2.1.98", {false, false, false, true}},   // encapsulated uncompressed
    {"1.2.840.10008.1.2.4.94", {}},                            // JPIP: the pixels are elsewhere
    {"1.2.840.10008.1.2.4.95", {false, false, true, false}},   // the same, deflated
    {"1.2.840.10008.1.2.4.204", {}},                           // JPIP of high-throughput JPEG 2000
    {"1.2.840.10008.1.2.4.205", {false, false, true, false}},  // the same, deflated
    {"1.2.840.10008.1.2.5", {false, false, false, true}},      // RLE
};

// JPEG, MPEG and their kin; deflated frames.
constexpr std::string_view kEncapsulatedArcs[] = {"1.2.840.10008.1.2.4.", "1.2.840.10008.1.2.8."};

}  // namespace

TransferSyntaxTraits traits_of_syntax(std::string_view uid) {
  for (const Row& row : kRows) {
    if (row.uid == uid) return row.traits;
  }
  TransferSyntaxTraits traits;
  for (const std::string_view arc : kEncapsulatedArcs) traits.encapsulated |= uid.starts_with(arc);
  return traits;
}

bool is_web_syntax(std::string_view uid) {
  const TransferSyntaxTraits traits = traits_of_syntax(uid);
  return !uid.empty() && !traits.implicit_vr && !traits.big_endian && !traits.deflated;
}

std::string effective_transfer_syntax(const File& file) {
  if (file.deflated) return std::string(kDeflated);
  if (file.big_endian) return std::string(kExplicitBig);
  if (file.implicit_vr) return std::string(kImplicitLittle);
  return web_transfer_syntax(file);
}

std::string web_transfer_syntax(const File& file) {
  const std::string& declared = file.transfer_syntax;
  const bool native = file.pixel_data && !file.pixel_data->encapsulated;
  const bool contradicted = native && traits_of_syntax(declared).encapsulated;
  return is_web_syntax(declared) && !contradicted ? declared : std::string(kExplicitLittle);
}

}  // namespace mappers::dicom

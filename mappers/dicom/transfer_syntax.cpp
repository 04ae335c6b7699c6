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

constexpr NamedSyntax kNames[] = {
    {kImplicitLittle, "Implicit VR Little Endian"},
    {kExplicitLittle, "Explicit VR Little Endian"},
    {kDeflated, "Deflated Explicit VR Little Endian"},
    {kExplicitBig, "Explicit VR Big Endian (retired)"},
    {"1.2.840.10008.1.2.1.98", "Encapsulated Uncompressed Explicit VR Little Endian"},
    {"1.2.840.10008.1.2.4.50", "JPEG Baseline (Process 1)"},
    {"1.2.840.10008.1.2.4.51", "JPEG Extended (Process 2 and 4)"},
    {"1.2.840.10008.1.2.4.53", "JPEG Spectral Selection, Non-Hierarchical (Process 6 and 8) (retired)"},
    {"1.2.840.10008.1.2.4.55", "JPEG Full Progression, Non-Hierarchical (Process 10 and 12) (retired)"},
    {"1.2.840.10008.1.2.4.57", "JPEG Lossless, Non-Hierarchical (Process 14)"},
    {"1.2.840.10008.1.2.4.70", "JPEG Lossless, Non-Hierarchical, First-Order Prediction"},
    {"1.2.840.10008.1.2.4.80", "JPEG-LS Lossless"},
    {"1.2.840.10008.1.2.4.81", "JPEG-LS Lossy (Near-Lossless)"},
    {"1.2.840.10008.1.2.4.90", "JPEG 2000 (Lossless Only)"},
    {"1.2.840.10008.1.2.4.91", "JPEG 2000"},
    {"1.2.840.10008.1.2.4.92", "JPEG 2000 Part 2 Multi-component (Lossless Only)"},
    {"1.2.840.10008.1.2.4.93", "JPEG 2000 Part 2 Multi-component"},
    {"1.2.840.10008.1.2.4.100", "MPEG2 Main Profile / Main Level"},
    {"1.2.840.10008.1.2.4.101", "MPEG2 Main Profile / High Level"},
    {"1.2.840.10008.1.2.4.102", "MPEG-4 AVC/H.264 High Profile / Level 4.1"},
    {"1.2.840.10008.1.2.4.103", "MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1"},
    {"1.2.840.10008.1.2.4.104", "MPEG-4 AVC/H.264 High Profile / Level 4.2 for 2D Video"},
    {"1.2.840.10008.1.2.4.105", "MPEG-4 AVC/H.264 High Profile / Level 4.2 for 3D Video"},
    {"1.2.840.10008.1.2.4.106", "MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2"},
    {"1.2.840.10008.1.2.4.107", "HEVC/H.265 Main Profile / Level 5.1"},
    {"1.2.840.10008.1.2.4.108", "HEVC/H.265 Main 10 Profile / Level 5.1"},
    {"1.2.840.10008.1.2.4.110", "JPEG XL Lossless"},
    {"1.2.840.10008.1.2.4.111", "JPEG XL JPEG Recompression"},
    {"1.2.840.10008.1.2.4.112", "JPEG XL"},
    {"1.2.840.10008.1.2.4.201", "High-Throughput JPEG 2000 (Lossless Only)"},
    {"1.2.840.10008.1.2.4.202", "High-Throughput JPEG 2000 with RPCL Options (Lossless Only)"},
    {"1.2.840.10008.1.2.4.203", "High-Throughput JPEG 2000"},
    {"1.2.840.10008.1.2.5", "RLE Lossless"},
    {"1.2.840.10008.1.2.8.1", "Deflated Image Frame Compression"},
};

}  // namespace

std::span<const NamedSyntax> known_transfer_syntaxes() { return kNames; }

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

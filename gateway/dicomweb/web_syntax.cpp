#include "gateway/dicomweb/web_syntax.h"

#include "gateway/pixel/codec.h"
#include "mappers/dicom/transfer_syntax.h"

namespace gateway::dicomweb {
namespace {

struct Row {
  std::string_view syntax;
  std::string_view type;
  bool is_default;
  bool lossless;  // always
};

constexpr Row kRows[] = {
    {"1.2.840.10008.1.2.1", kOctets, true, true},
    {"1.2.840.10008.1.2.1.98", kOctets, false, true},  // encapsulated uncompressed
    {"1.2.840.10008.1.2.8.1", kOctets, false, true},   // deflated frames
    {"1.2.840.10008.1.2.4.70", "image/jpeg", true, true},
    {"1.2.840.10008.1.2.4.50", "image/jpeg", false, false},
    {"1.2.840.10008.1.2.4.51", "image/jpeg", false, false},
    {"1.2.840.10008.1.2.4.53", "image/jpeg", false, false},  // retired, but there are objects
    {"1.2.840.10008.1.2.4.55", "image/jpeg", false, false},
    {"1.2.840.10008.1.2.4.57", "image/jpeg", false, true},
    {"1.2.840.10008.1.2.5", "image/dicom-rle", true, true},
    {"1.2.840.10008.1.2.4.80", "image/jls", true, true},
    {"1.2.840.10008.1.2.4.81", "image/jls", false, false},
    {"1.2.840.10008.1.2.4.90", "image/jp2", true, true},
    {"1.2.840.10008.1.2.4.91", "image/jp2", false, false},
    {"1.2.840.10008.1.2.4.92", "image/jpx", true, true},
    {"1.2.840.10008.1.2.4.93", "image/jpx", false, false},
    {"1.2.840.10008.1.2.4.201", "image/jphc", true, true},
    {"1.2.840.10008.1.2.4.202", "image/jphc", false, true},
    {"1.2.840.10008.1.2.4.203", "image/jphc", false, false},
    {"1.2.840.10008.1.2.4.110", "image/jxl", true, true},
    {"1.2.840.10008.1.2.4.111", "image/jxl", false, false},
    {"1.2.840.10008.1.2.4.112", "image/jxl", false, false},
    {"1.2.840.10008.1.2.4.100", "video/mpeg", false, false},
    {"1.2.840.10008.1.2.4.101", "video/mpeg", true, false},
    {"1.2.840.10008.1.2.4.102", "video/mp4", true, false},
    {"1.2.840.10008.1.2.4.103", "video/mp4", false, false},
    {"1.2.840.10008.1.2.4.104", "video/mp4", false, false},
    {"1.2.840.10008.1.2.4.105", "video/mp4", false, false},
    {"1.2.840.10008.1.2.4.106", "video/mp4", false, false},
    {"1.2.840.10008.1.2.4.107", "video/h265", true, false},
    {"1.2.840.10008.1.2.4.108", "video/h265", false, false},
};

const Row* find(std::string_view syntax) {
  for (const Row& row : kRows)
    if (row.syntax == syntax) return &row;
  return nullptr;
}

std::vector<std::string_view> find_targets() {
  std::vector<std::string_view> targets{mappers::dicom::transfer_syntax::kExplicitLittle};
  for (const Row& row : kRows)
    if (row.syntax != targets.front() && pixel::can_encode(row.syntax)) targets.push_back(row.syntax);
  return targets;
}

}  // namespace

std::string_view frame_type_of(std::string_view syntax) {
  const Row* row = find(syntax);
  return row ? row->type : kOctets;
}

bool is_default_of_its_type(std::string_view syntax) {
  const Row* row = find(syntax);
  return row && row->is_default;
}

bool may_be_lossy(std::string_view syntax) {
  const Row* row = find(syntax);
  return !row || !row->lossless;
}

const std::vector<std::string_view>& target_syntaxes() {
  static const std::vector<std::string_view> targets = find_targets();
  return targets;
}

}  // namespace gateway::dicomweb

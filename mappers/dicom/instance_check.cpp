#include "mappers/dicom/instance_check.h"

#include <algorithm>

namespace mappers::dicom {
namespace {

using gateway::ErrorCode;
using gateway::fail;
using gateway::Result;

constexpr std::string_view kMediaStorageDirectory = "1.2.840.10008.1.3.10";
constexpr Tag kMediaStorageSopClass = make_tag(0x00020002);
constexpr Tag kDirectoryRecords = make_tag(0x00041220);
constexpr std::size_t kMaxUidLength = 64;

struct Identifier {
  Tag tag;
  std::string_view keyword;
};

constexpr Identifier kIdentifiers[] = {
    {tags::kSopClassUid, "SOPClassUID"},
    {tags::kSopInstanceUid, "SOPInstanceUID"},
    {tags::kStudyInstanceUid, "StudyInstanceUID"},
    {tags::kSeriesInstanceUid, "SeriesInstanceUID"},
};

bool fits_in_url(std::string_view uid) {
  return std::all_of(uid.begin(), uid.end(),
                     [](char c) { return c > ' ' && c < '\x7F' && c != '/' && c != '\\'; });
}

Result<void> check_identifier(const DataSet& data, const Identifier& identifier) {
  const std::string uid = data.text(identifier.tag);
  const std::string keyword(identifier.keyword);
  const auto refuse = [&](const char* why) {
    return fail(ErrorCode::DicomMissingAttribute, keyword + why, hex(identifier.tag));
  };
  if (uid.empty()) return refuse(data.has(identifier.tag) ? " is empty" : " is missing");
  if (uid.size() > kMaxUidLength) return refuse(" is longer than 64 characters");
  if (!fits_in_url(uid)) return refuse(" holds characters that no identifier may have");
  return {};
}

// PS3.5 section 9.1: digits in components without leading zeros.
bool is_valid_uid(std::string_view uid) {
  bool at_start = true;
  for (std::size_t i = 0; i < uid.size(); ++i) {
    const bool ends = i + 1 == uid.size() || uid[i + 1] == '.';
    if (uid[i] == '.') {
      if (at_start) return false;
      at_start = true;
      continue;
    }
    if (uid[i] < '0' || uid[i] > '9' || (at_start && uid[i] == '0' && !ends)) return false;
    at_start = false;
  }
  return !at_start;
}

}  // namespace

Result<void> check_storable(const File& file) {
  if (file.data.has(kDirectoryRecords) || file.meta.text(kMediaStorageSopClass) == kMediaStorageDirectory)
    return fail(ErrorCode::DicomNotAnInstance, "a DICOMDIR is an index of files, not an instance",
                hex(kDirectoryRecords));
  if (file.truncated) {
    const bool pixels = file.pixel_data && file.pixel_data->truncated;
    return fail(ErrorCode::DicomTruncated, pixels ? "the pixel data end early" : "the data set ends early",
                file.findings.empty() ? std::string() : file.findings.back().where);
  }
  for (const Identifier& identifier : kIdentifiers) TRY(check_identifier(file.data, identifier));
  return {};
}

std::vector<Finding> odd_uids(const File& file) {
  std::vector<Finding> odd;
  for (const Identifier& identifier : kIdentifiers) {
    if (!is_valid_uid(file.data.text(identifier.tag)))
      odd.push_back({std::string(identifier.keyword) + " is no valid UID", hex(identifier.tag)});
  }
  return odd;
}

}  // namespace mappers::dicom

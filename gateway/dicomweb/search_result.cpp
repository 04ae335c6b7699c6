#include "gateway/dicomweb/search_result.h"

#include <algorithm>
#include <array>

#include "gateway/dicomweb/json_members.h"
#include "gateway/dicomweb/slots.h"

namespace gateway::dicomweb {
namespace {

using mappers::dicom::Tag;
using model::Level;

// Attributes of tables 10.6.3-3 (study) and 10.6.3-4 (series) that results of lower levels repeat, sorted.
constexpr std::array<std::string_view, 12> kStudyResult = {"00080005", "00080020", "00080030", "00080050",
                                                           "00080090", "00080201", "00100010", "00100020",
                                                           "00100030", "00100040", "0020000D", "00200010"};
constexpr std::array<std::string_view, 6> kSeriesResult = {"00080060", "0008103E", "0020000E",
                                                           "00200011", "00400244", "00400245"};

template <class List>
bool contains(const List& list, std::string_view tag) {
  return std::binary_search(list.begin(), list.end(), tag);
}

// What an instance says of its study or series is true of all below it only for some attributes.
bool is_wanted(std::string_view tag, const SearchRequest& search) {
  const auto parsed = mappers::dicom::parse_tag(tag);
  if (!parsed || !mappers::dicom::belongs_to(search.query.level, *parsed)) return false;
  if (search.include_all || search.include.contains(tag)) return true;
  // Tables 10.6.3-3 to 10.6.3-5: results across studies (series) carry the attributes of their study
  // (series).
  return (search.with_study && contains(kStudyResult, tag)) ||
         (search.with_series && contains(kSeriesResult, tag));
}

// Whether a result needs more than what was rendered for it at ingest.
bool needs_metadata(const SearchRequest& search, const model::SearchRow& row) {
  if (row.metadata.kind == model::BlobRef::Kind::None) return false;
  if (search.include_all || search.with_study || search.with_series) return true;
  for (const std::string& tag : search.include)
    if (row.json.find("\"" + tag + "\":") == std::string::npos) return true;
  return false;
}

}  // namespace

Result<void> append_result(std::string& out, const model::SearchRow& row, const SearchRequest& search,
                           const DicomwebFace& face, std::string_view root) {
  if (!needs_metadata(search, row)) {
    append_row(out, row.json, row, root);
    return {};
  }
  const std::string metadata = TRY(face.blobs().read(row.metadata));
  const auto wanted = [&](std::string_view tag) { return is_wanted(tag, search); };
  append_row(out, merged(row.json, metadata, wanted), row, root);
  return {};
}

}  // namespace gateway::dicomweb

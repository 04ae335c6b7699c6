// QIDO-RS (PS3.18 section 10.6).
#include <algorithm>
#include <array>

#include "gateway/dicomweb/handlers.h"
#include "gateway/dicomweb/json_members.h"
#include "gateway/dicomweb/large_answer.h"
#include "gateway/dicomweb/search_request.h"
#include "gateway/dicomweb/slots.h"

namespace gateway::dicomweb {
namespace {

using model::Level;

// Attributes of the patient and study modules (PS3.3 C.7.1, C.7.2) outside of the groups 0010, 0012 and 0032,
// sorted.
constexpr std::array<std::string_view, 18> kStudyAttributes = {
    "00080005", "00080020", "00080030", "00080050", "00080051", "00080080",
    "00080081", "00080090", "00080096", "00080201", "00081030", "00081032",
    "00081048", "00081060", "0020000D", "00200010", "00380010", "00400012"};
// Attributes of the series and equipment modules (PS3.3 C.7.3, C.7.5), sorted.
constexpr std::array<std::string_view, 24> kSeriesAttributes = {
    "00080021", "00080031", "00080060", "00080068", "00080070", "00081010", "00081040", "0008103E",
    "0008103F", "00081050", "00081070", "00081090", "00082218", "00180015", "00181000", "00181020",
    "00181030", "00185100", "0020000E", "00200011", "00200052", "00200060", "00400244", "00400275"};

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

bool is_study_attribute(std::string_view tag) {
  const std::string_view group = tag.substr(0, 4);
  return group == "0010" || group == "0012" || group == "0032" || contains(kStudyAttributes, tag);
}

// What an instance says about its study or series; the rest would not be true of all below it.
bool belongs_to(Level level, std::string_view tag) {
  if (level == Level::Instance) return true;
  return is_study_attribute(tag) || (level == Level::Series && contains(kSeriesAttributes, tag));
}

bool is_wanted(std::string_view tag, const SearchRequest& search) {
  if (!belongs_to(search.query.level, tag)) return false;
  if (search.include_all || search.include.contains(tag)) return true;
  // Tables 10.6.3-3 to 10.6.3-5: results across studies (series) carry the attributes of their study
  // (series).
  return (search.with_study && contains(kStudyResult, tag)) ||
         (search.with_series && contains(kSeriesResult, tag));
}

// Whether a result needs more than what was rendered for it at ingest.
bool needs_metadata(const SearchRequest& search, std::string_view json) {
  if (search.include_all || search.with_study || search.with_series) return true;
  for (const std::string& tag : search.include)
    if (json.find("\"" + tag + "\":") == std::string_view::npos) return true;
  return false;
}

Result<void> append_result(LargeAnswer& answer, const model::SearchRow& row, const SearchRequest& search,
                           const DicomwebFace& face, std::string_view root) {
  answer.text() += answer.size() == 0 ? '[' : ',';
  if (needs_metadata(search, row.json)) {
    const std::string metadata = TRY(face.blobs().read(row.metadata));
    const auto wanted = [&](std::string_view tag) { return is_wanted(tag, search); };
    append_row(answer.text(), merged(row.json, metadata, wanted), row, root);
  } else {
    append_row(answer.text(), row.json, row, root);
  }
  return answer.settle();
}

// Section 8.3.4.4: what our own limit cut off is announced with its number; a page that the client asked for
// is not.
Result<void> announce_rest(const SearchRequest& search, std::size_t shown, const DicomwebFace& face,
                           std::string_view root, http::Response& response) {
  std::uint64_t rest = TRY(face.index().count(search.query));
  rest -= std::min<std::uint64_t>(rest, search.query.offset + shown);
  if (rest > 0)
    response.headers.add("Warning", "299 " + std::string(root) + ": There are " + std::to_string(rest) +
                                        " additional results that can be requested");
  return {};
}

Result<http::Response> search(const http::Request& request, Level level, const DicomwebFace& face) {
  TRY_VOID(accept_json(request));
  const std::string root = face.service_root(request);
  const SearchRequest search =
      TRY(parse_search(request, level, {face.path_of_tag(), face.config().max_results, root}));
  const std::vector<model::SearchRow> rows = TRY(face.index().search(search.query));
  LargeAnswer answer(face.config().spool_folder);
  answer.text().reserve(rows.size() * 1024 + 16);
  for (const model::SearchRow& row : rows) TRY_VOID(append_result(answer, row, search, face, root));
  answer.text() += rows.empty() ? "[]" : "]";
  http::Response response = TRY(answer.finish(kDicomJson));
  if (rows.size() == face.config().max_results)
    TRY_VOID(announce_rest(search, rows.size(), face, root, response));
  for (const std::string& warning : search.warnings) response.headers.add("Warning", "299 " + warning);
  return response;
}

}  // namespace

http::Handler search_handler(model::Level level, const DicomwebFace& face) {
  return [level, &face](const http::Request& request) { return search(request, level, face); };
}

}  // namespace gateway::dicomweb

// QIDO-RS (PS3.18 section 10.6).
#include <algorithm>
#include <array>

#include "gateway/dicomweb/handlers.h"
#include "gateway/dicomweb/json_members.h"
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

// Section 10.6.1.2: attributes beyond the usual ones come from the metadata of the (first) instance.
Result<void> append_included(std::string& out, const model::SearchRow& row, const SearchRequest& search,
                             const DicomwebFace& face, std::string_view root) {
  const std::string metadata = TRY(face.blobs().read(row.metadata));
  const std::string json = merged(row.json, metadata, [&](std::string_view tag) {
    return belongs_to(search.query.level, tag) && (search.include_all || search.include.contains(tag));
  });
  append_row(out, json, row, root);
  return {};
}

Result<http::Response> search(const http::Request& request, Level level, const DicomwebFace& face) {
  TRY_VOID(accept_json(request));
  const std::string root = face.service_root(request);
  SearchRequest search =
      TRY(parse_search(request, level, {face.path_of_tag(), face.config().max_results, root}));
  const std::uint32_t limit = search.query.limit;
  search.query.limit = limit + 1;  // one more tells whether there are more
  std::vector<model::SearchRow> rows = TRY(face.index().search(search.query));
  const bool more = rows.size() > limit;
  if (more) rows.pop_back();
  std::string body = "[";
  body.reserve(rows.size() * 1024 + 16);
  for (const model::SearchRow& row : rows) {
    if (body.size() > 1) body += ',';
    if (search.include_all || !search.include.empty())
      TRY_VOID(append_included(body, row, search, face, root));
    else
      append_row(body, row.json, row, root);
  }
  body += ']';
  http::Response response = http::Response::text(200, kDicomJson, std::move(body));
  // Section 8.3.4.4: a page that the client asked for is no surprise; a cut by our own limit is.
  if (more && limit == face.config().max_results)
    search.warnings.push_back(root + ": There are additional results that can be requested");
  for (const std::string& warning : search.warnings) response.headers.add("Warning", "299 " + warning);
  return response;
}

}  // namespace

http::Handler search_handler(model::Level level, const DicomwebFace& face) {
  return [level, &face](const http::Request& request) { return search(request, level, face); };
}

}  // namespace gateway::dicomweb

// QIDO-RS (PS3.18 section 10.6).
#include <algorithm>
#include <array>

#include "gateway/base/clock.h"
#include "gateway/base/ids.h"
#include "gateway/dicomweb/handlers.h"
#include "gateway/dicomweb/large_answer.h"
#include "gateway/dicomweb/representation.h"
#include "gateway/dicomweb/search_request.h"
#include "gateway/dicomweb/search_result.h"
#include "mappers/dicom/native_xml.h"

namespace gateway::dicomweb {
namespace {

using mappers::dicom::FoundRows;
using model::Level;

constexpr std::string_view kDicomXml = "application/dicom+xml";
constexpr std::string_view kCsv = "text/csv";

// Section 10.6.3: what search results come as. `application/json` counts as the first: many clients send it.
const std::array<Offer, 4> kOffers = {
    Offer{AnswerForm::SinglePart, kDicomJson, {}}, Offer{AnswerForm::SinglePart, "application/json", {}},
    Offer{AnswerForm::Multipart, kDicomXml, {}}, Offer{AnswerForm::SinglePart, kCsv, {}}};

// What one answer is made from.
struct Answering {
  const SearchRequest& search;
  const std::vector<model::SearchRow>& rows;
  const DicomwebFace& face;
  const std::string& root;

  // Calls `use` with the JSON of each result.
  template <class Use>
  Result<void> each(const Use& use) const {
    std::string json;
    for (const model::SearchRow& row : rows) {
      json.clear();
      TRY_VOID(append_result(json, row, search, face, root));
      TRY_VOID(use(json));
    }
    return {};
  }
};

Result<http::Response> answer_json(const Answering& answering) {
  LargeAnswer answer(answering.face.config().spool_folder);
  answer.text().reserve(answering.rows.size() * 1024 + 16);
  for (const model::SearchRow& row : answering.rows) {
    answer.text() += answer.size() == 0 ? '[' : ',';
    TRY_VOID(append_result(answer.text(), row, answering.search, answering.face, answering.root));
    TRY_VOID(answer.settle());
  }
  answer.text() += answering.rows.empty() ? "[]" : "]";
  return answer.finish(kDicomJson);
}

// A part for each result. There is no multipart body without a part, so no result is 204.
Result<http::Response> answer_xml(const Answering& answering) {
  if (answering.rows.empty()) {
    http::Response none;
    none.status = 204;
    return none;
  }
  LargeAnswer answer(answering.face.config().spool_folder);
  const std::string boundary = make_uuid7(Clock::system().utc_us());
  const auto add_part = [&](const std::string& json) -> Result<void> {
    answer.text() += "--" + boundary + "\r\nContent-Type: " + std::string(kDicomXml) + "\r\n\r\n";
    TRY_VOID(mappers::dicom::append_native_xml(answer.text(), json));
    answer.text() += "\r\n";
    return answer.settle();
  };
  TRY_VOID(answering.each(add_part));
  answer.text() += "--" + boundary + "--\r\n";
  return answer.finish("multipart/related; type=\"" + std::string(kDicomXml) + "\"; boundary=" + boundary);
}

// Twice over the results, so that memory does not grow with them: the columns are known after the last one.
Result<http::Response> answer_csv(const Answering& answering) {
  CsvTable table;
  TRY_VOID(answering.each([&](const std::string& json) { return table.note(json); }));
  LargeAnswer answer(answering.face.config().spool_folder);
  if (!answering.rows.empty()) table.append_header(answer.text());
  const auto add_row = [&](const std::string& json) -> Result<void> {
    TRY_VOID(table.append_row(answer.text(), json));
    return answer.settle();
  };
  TRY_VOID(answering.each(add_row));
  return answer.finish("text/csv; charset=utf-8; header=present");
}

Result<http::Response> answer_as(const Offer& offer, const Answering& answering) {
  if (offer.type == kDicomXml) return answer_xml(answering);
  if (offer.type == kCsv) return answer_csv(answering);
  return answer_json(answering);
}

void warn(http::Response& response, std::string_view root, std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  response.headers.add("Warning", "299 " + std::string(root) + ": " + text);
}

// Section 8.3.4.4: results that were not returned are announced, with their number where it was our own limit
// that cut them off. To count what is left behind each page that a client asks for would cost more than the
// page. What sources behind the index have to say is passed on.
void add_warnings(const FoundRows& found, std::string_view root, http::Response& response) {
  if (found.more > 0)
    warn(response, root,
         "There are " + std::to_string(found.more) + " additional results that can be requested");
  else if (found.notes.cut)
    warn(response, root, "There are additional results that can be requested");
  for (const std::string& warning : found.notes.warnings) warn(response, root, warning);
}

// One row more than the client's limit shows whether there are more.
Result<FoundRows> find_page(const SearchRequest& search, const DicomwebFace& face) {
  model::Query query = search.query;
  const std::uint32_t limit = query.limit;
  if (!search.own_limit && limit > 0) ++query.limit;
  FoundRows found =
      TRY(mappers::dicom::find_rows(face.index(), face.blobs(), query, search.plan, search.own_limit));
  if (found.rows.size() > limit) {
    found.rows.pop_back();
    found.notes.cut = true;
  }
  return found;
}

Result<http::Response> search(const http::Request& request, Level level, const DicomwebFace& face) {
  const Preference preference = TRY(Preference::of(request));
  const Offer* offer = preference.choose(kOffers);
  if (!offer) return not_acceptable(kOffers, "search results are");
  const SearchRequest search =
      TRY(parse_search(request, level, {face.path_of_tag(), face.config().max_results}));
  auto found = find_page(search, face);
  if (!found.ok()) return named_as_given(request, std::move(found).error());
  const std::string root = face.service_root(request);
  http::Response response = TRY(answer_as(*offer, {search, found->rows, face, root}));
  add_warnings(*found, root, response);
  return response;
}

std::vector<http::Parameter> search_parameters() {
  return {{"{attribute}",
           "a matching key by tag, keyword or path, e.g. PatientID=X, 00100020=X, "
           "RequestAttributesSequence.RequestedProcedureID=X"},
          {"includefield", "further attributes by tag, keyword or path, comma-separated, or 'all'"},
          {"limit", "at most this many results"},
          {"offset", "skip this many results"},
          {"fuzzymatching", "true: person names also by sound, word by word"},
          {"emptyvaluematching", "true: the value \"\" (two quotation marks) matches what is empty"},
          {"multiplevaluematching",
           "true: of values separated by backslashes or commas each has to be there (PS3.4 C.2.2.2.8)"},
          {"accept", "media types, in place of the Accept field"}};
}

struct SearchPath {
  const char* path;
  model::Level level;
};

constexpr std::array kSearchPaths = {
    SearchPath{"/studies", Level::Study},
    SearchPath{"/series", Level::Series},
    SearchPath{"/instances", Level::Instance},
    SearchPath{"/studies/{study}/series", Level::Series},
    SearchPath{"/studies/{study}/instances", Level::Instance},
    SearchPath{"/studies/{study}/series/{series}/instances", Level::Instance},
};

}  // namespace

bool is_search_path(std::string_view path_below_root) {
  return std::any_of(kSearchPaths.begin(), kSearchPaths.end(),
                     [&](const SearchPath& search) { return search.path == path_below_root; });
}

void add_search_routes(http::Router& router, const DicomwebFace& face) {
  for (const auto& [path, level] : kSearchPaths)
    router.add(
        http::Method::Get, face.config().root + path,
        route_info("QIDO-RS: search " + std::string(path),
                   {std::string(kDicomJson), "multipart/related", std::string(kCsv)}, search_parameters()),
        [level = level, &face](const http::Request& request) { return search(request, level, face); });
}

}  // namespace gateway::dicomweb

#include "gateway/sources/dicomweb_source.h"

#include <unordered_set>

#include "gateway/base/clock.h"
#include "gateway/base/ids.h"
#include "gateway/base/json_text.h"
#include "gateway/base/text.h"
#include "gateway/sources/dicomweb_message.h"
#include "gateway/sources/json_array.h"
#include "mappers/dicom/reader.h"

namespace gateway::sources {
namespace {

using model::RemoteFetchReport;
using model::RemoteQueryReport;

constexpr std::string_view kJson = "application/dicom+json";
constexpr std::string_view kObjects = "multipart/related; type=\"application/dicom\"; transfer-syntax=*";
// Servers that cut their pages cut them at larger numbers: fewer answers than these are all there are.
constexpr std::uint64_t kSmallestPage = 10;
constexpr std::uint64_t kMaxStoreAnswer = 64 << 20;

// What a status means for the one who asked this gateway.
Error status_error(const http::ClientAnswer& answer, const std::string& name) {
  const std::string status = " (" + std::to_string(answer.status) + ")";
  switch (answer.status) {
    case 404:
      return fail(ErrorCode::NotFound, name + " does not have this");
    case 410:
      return fail(ErrorCode::Gone, name + " does not have this any more");
    case 401:
    case 403:
      return fail(ErrorCode::BadGateway, name + " does not let this gateway in" + status);
    case 408:
    case 504:
      return fail(ErrorCode::GatewayTimeout, name + " did not answer in time" + status);
    default:
      return fail(ErrorCode::BadGateway, name + " failed to answer" + status);
  }
}

// Errors about the content of an answer are errors of who sent it.
Error blame(const Error& error, const std::string& name) {
  if (error.code == ErrorCode::BadGateway || error.code == ErrorCode::GatewayTimeout ||
      error.code == ErrorCode::Internal)
    return error;
  return fail(ErrorCode::BadGateway, name + " sent what cannot be read: " + error.message, error.where,
              error.detail);
}

// The objects of an answer, checked and in the form of the port. False from `use` ends it.
Result<std::uint64_t> pass_on(const ByteSource& body,
                              const std::function<bool(const Value&, std::string)>& use) {
  std::uint64_t count = 0;
  TRY_VOID(for_each_object(body, [&](std::string_view text) -> Result<bool> {
    const Value value = TRY(read_answer(text));
    ++count;
    return use(value, to_json(value));
  }));
  return count;
}

std::string_view uid_tag(model::Level level) {
  return level == model::Level::Study ? "0020000D" : level == model::Level::Series ? "0020000E" : "00080018";
}

std::uint64_t key_of(const Value& answer, std::string_view tag) {
  const Value* member = answer.find(tag);
  const std::string text = member ? to_json(*member) : std::string();
  return stable_hash(as_bytes(text));
}

// 206 (PS3.18 section 10.4.3.1): something is missing, though nobody says what. Who keeps
// account of what was taken must not take it for the whole.
void note_part(const http::ClientAnswer& answer, const std::string& name, RemoteFetchReport& report) {
  if (answer.status != 206) return;
  ++report.failed;
  report.problems.push_back(name + " sent a part only (206)");
}

void note_warning(const http::ClientAnswer& answer, const std::string& name, RemoteQueryReport& report) {
  const std::string text = answer.headers.joined("Warning");
  if (text.empty() || text.find("additional results") != std::string::npos) return;
  const std::string warning = name + ": " + text.substr(0, 300);
  if (is_utf8(warning) &&
      std::find(report.warnings.begin(), report.warnings.end(), warning) == report.warnings.end())
    report.warnings.push_back(warning);
}

}  // namespace

// One search over as many pages as it takes.
class DicomwebSource::Search {
 public:
  Search(const model::RemoteQuery& query, const std::function<bool(std::string)>& use)
      : query_(query), use_(use) {}

  std::uint64_t wanted(std::uint64_t page) const {
    return query_.limit ? std::min(page, query_.limit - taken_) : page;
  }
  std::uint64_t taken() const { return taken_; }
  bool stopped() const { return stopped_; }
  bool full() const { return query_.limit && taken_ >= query_.limit; }

  // How many answers were new: a server that does not know `offset` gives the first page again.
  Result<std::uint64_t> take_page(const ByteSource& body) {
    const std::uint64_t before = taken_;
    TRY_VOID(pass_on(body, [&](const Value& value, std::string json) {
      if (!seen_.insert(key_of(value, uid_tag(query_.level))).second) return true;
      ++taken_;
      stopped_ = !use_(std::move(json));
      return !stopped_ && !full();
    }));
    return taken_ - before;
  }

 private:
  const model::RemoteQuery& query_;
  const std::function<bool(std::string)>& use_;
  std::unordered_set<std::uint64_t> seen_;
  std::uint64_t taken_ = 0;
  bool stopped_ = false;
};

Result<std::unique_ptr<DicomwebSource>> DicomwebSource::make(DicomwebOptions options) {
  options.page = std::max<std::uint64_t>(options.page, 1);
  auto client = TRY(http::HttpClient::make(options.client));
  return std::unique_ptr<DicomwebSource>(new DicomwebSource(std::move(options), std::move(client)));
}

Result<http::ClientAnswer> DicomwebSource::get(const std::string& target, std::string_view accept,
                                               std::uint64_t at_most) {
  http::ClientRequest request;
  request.target = target;
  request.headers.emplace_back("Accept", accept);
  request.max_answer_bytes = at_most;
  http::ClientAnswer answer = TRY(client_->send(request));
  if (answer.status != 200 && answer.status != 204 && answer.status != 206)
    return status_error(answer, name());
  return answer;
}

Result<void> DicomwebSource::check() {
  model::RemoteQuery query;
  query.limit = 1;
  TRY(find(query, [](std::string) { return true; }));
  return {};
}

// A page shorter than asked may be the last one, or as long as the server lets pages be.
Result<void> DicomwebSource::find_pages(const model::RemoteQuery& query, Search& search,
                                        RemoteQueryReport& report) {
  const std::string target = search_target(query);
  while (!search.full() && !search.stopped()) {
    const std::uint64_t wanted = search.wanted(options_.page);
    std::string page = target + (target.find('?') == std::string::npos ? '?' : '&');
    page += "limit=" + std::to_string(wanted);
    if (search.taken()) page += "&offset=" + std::to_string(search.taken());
    const http::ClientAnswer answer = TRY(get(page, kJson, options_.max_search_bytes));
    note_warning(answer, name(), report);
    if (answer.status == 204 || answer.body->size() == 0) break;
    const auto taken = search.take_page(*answer.body);
    if (!taken.ok()) return blame(taken.error(), name());
    if (*taken < std::min(wanted, kSmallestPage)) break;
  }
  return {};
}

// PS3.18 section 10.6.
Result<RemoteQueryReport> DicomwebSource::find(const model::RemoteQuery& query,
                                               const std::function<bool(std::string json)>& use) {
  RemoteQueryReport report;
  Search search(query, use);
  TRY_VOID(find_pages(query, search, report));
  if (const auto wider = without_encoding(query); wider && search.taken() == 0)
    TRY_VOID(find_pages(*wider, search, report));
  report.cut = search.full();
  return report;
}

// PS3.18 section 10.4.1.1: instance, series or study, no more than is asked for.
Result<RemoteFetchReport> DicomwebSource::fetch(const model::RemoteId& id, const TakeObject& take) {
  const http::ClientAnswer answer = TRY(get(resource_of(id), kObjects, 0));
  if (answer.status == 204) return fail(ErrorCode::NotFound, name() + " does not have this");
  RemoteFetchReport report;
  const auto objects = objects_of(answer.body, answer.headers.get("Content-Type"));
  if (!objects.ok()) return blame(objects.error(), name());
  for (const auto& object : *objects) {
    TRY(take(object));
    ++report.received;
  }
  note_part(answer, name(), report);
  return report;
}

// PS3.18 section 10.4.1.1.2.
Result<RemoteFetchReport> DicomwebSource::metadata(const model::RemoteId& id,
                                                   const std::function<bool(std::string json)>& use) {
  const http::ClientAnswer answer =
      TRY(get(resource_of(id) + "/metadata", kJson, options_.max_metadata_bytes));
  if (answer.status == 204) return fail(ErrorCode::NotFound, name() + " does not have this");
  RemoteFetchReport report;
  const auto count =
      pass_on(*answer.body, [&](const Value&, std::string json) { return use(std::move(json)); });
  if (!count.ok()) return blame(count.error(), name());
  report.received = *count;
  note_part(answer, name(), report);
  return report;
}

// PS3.18 section 10.5. 409 has an outcome for each instance, too.
Result<std::vector<model::RemoteStoreOutcome>> DicomwebSource::store(
    std::span<const std::shared_ptr<const ByteSource>> objects) {
  std::vector<std::string> uids;
  for (const auto& object : objects)
    uids.push_back(TRY(mappers::dicom::read_file(*object)).data.text(mappers::dicom::tags::kSopInstanceUid));
  StoreBody body = store_body(objects, make_uuid7(Clock::system().utc_us()));
  http::ClientRequest request;
  request.method = http::Method::Post;
  request.target = "/studies";
  request.headers = {{"Content-Type", body.content_type}, {"Accept", std::string(kJson)}};
  request.body = std::move(body.pieces);
  request.max_answer_bytes = kMaxStoreAnswer;
  const http::ClientAnswer answer = TRY(client_->send(request));
  if (answer.status != 200 && answer.status != 202 && answer.status != 409)
    return status_error(answer, name());
  std::string text(answer.body->size(), '\0');
  TRY(answer.body->read_at(0, std::as_writable_bytes(std::span(text))));
  auto outcomes = store_outcomes(text, uids);
  if (!outcomes.ok()) return blame(outcomes.error(), name());
  return outcomes;
}

}  // namespace gateway::sources

// STOW-RS (PS3.18 section 10.5) of application/dicom.
//
// Every part of the request is accounted for: in the Referenced SOP Sequence (0008,1199) when it is stored
// and durable, in the Failed SOP Sequence (0008,1198) with a reason when it is not. Choice: parts whose UIDs
// could not be read are items of (0008,1198) without those UIDs, rather than of (0008,119A), which clients do
// not look at.
#include <algorithm>

#include "gateway/base/json_text.h"
#include "gateway/base/text.h"
#include "gateway/codec/media_type.h"
#include "gateway/codec/multipart.h"
#include "gateway/codec/uri.h"
#include "gateway/dicomweb/handlers.h"

namespace gateway::dicomweb {
namespace {

using model::IngestItem;
using model::ItemOutcome;

constexpr std::size_t kBatch = 256;  // items of one durable write

// A part of the request body; keeps the body alive.
class PartSource final : public ByteSource {
 public:
  PartSource(std::shared_ptr<const ByteSource> body, std::uint64_t offset, std::uint64_t length)
      : body_(std::move(body)), slice_(*body_, offset, length) {}
  std::uint64_t size() const override { return slice_.size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    return slice_.read_at(offset, into);
  }
  ByteSpan contiguous() const override { return slice_.contiguous(); }

 private:
  std::shared_ptr<const ByteSource> body_;
  SliceSource slice_;
};

IngestItem item_of(const http::Request& request, std::string label,
                   std::shared_ptr<const ByteSource> source) {
  IngestItem item;
  item.label = std::move(label);
  item.source = std::move(source);
  item.required_study_uid = request.param("study");
  return item;
}

// Section 10.5.1: one item per part, or one for a single-part body. Whatever else a part claims to be, its
// bytes decide.
Result<std::vector<IngestItem>> items_of(const http::Request& request) {
  const auto type = TRY(codec::parse_media_type(request.headers.joined("Content-Type")));
  if (type.type == kDicom) return std::vector{item_of(request, "body", request.body)};
  const std::string_view root = type.parameter("type");
  if (type.type != "multipart/related" || !(root.empty() || iequals(root, kDicom)))
    return fail(ErrorCode::UnsupportedMediaType,
                "store takes application/dicom, alone or in multipart/related", "Content-Type");
  std::vector<IngestItem> items;
  for (const codec::Part& part : TRY(codec::parse_multipart(*request.body, type.parameter("boundary"))))
    items.push_back(item_of(request, "part " + std::to_string(items.size() + 1),
                            std::make_shared<PartSource>(request.body, part.offset, part.length)));
  if (items.empty()) return fail(ErrorCode::InvalidBody, "the request holds no part to store", "body");
  return items;
}

ItemOutcome failed(const IngestItem& item, const Error& error) {
  ItemOutcome outcome;
  outcome.label = item.label;
  outcome.error = error;
  return outcome;
}

Result<std::vector<ItemOutcome>> ingest_all(std::vector<IngestItem> items, model::Ingest& ingest) {
  std::vector<ItemOutcome> outcomes;
  std::optional<Error>
      fault;  // of a batch behind one that is stored already: the rest is accounted for as failed
  for (std::size_t at = 0; at < items.size(); at += kBatch) {
    const auto batch = std::span(items).subspan(at, std::min(kBatch, items.size() - at));
    auto done = fault ? Result<std::vector<ItemOutcome>>(*fault) : ingest.ingest(batch);
    if (!done && outcomes.empty()) return std::move(done).error();
    if (!done) {
      fault = std::move(done).error();
      for (const IngestItem& item : batch) outcomes.push_back(failed(item, *fault));
      continue;
    }
    for (ItemOutcome& outcome : *done) outcomes.push_back(std::move(outcome));
  }
  return outcomes;
}

bool succeeded(const ItemOutcome& outcome) {
  return outcome.kind == ItemOutcome::Kind::Stored || outcome.kind == ItemOutcome::Kind::Identical;
}

void append_text_member(std::string& out, std::string_view tag, std::string_view vr, std::string_view value) {
  if (value.empty()) return;
  if (out.back() != '{') out += ',';
  out += "\"" + std::string(tag) + "\":{\"vr\":\"" + std::string(vr) + "\",\"Value\":[";
  append_json_string(out, value);
  out += "]}";
}

// UIDs that break the rules of PS3.5 section 9 are kept, so they are escaped like any text.
std::string study_url(std::string_view root, std::string_view uid) {
  return std::string(root) + "/studies/" + codec::percent_encode(uid);
}

// Table 10.5.3-1, items of the sequences.
void append_item(std::string& out, const ItemOutcome& outcome, std::string_view root) {
  out += '{';
  append_text_member(out, "00081150", "UI", outcome.sop_class_uid);
  append_text_member(out, "00081155", "UI", outcome.sop_instance_uid);
  if (succeeded(outcome)) {
    append_text_member(out, "00081190", "UR",
                       study_url(root, outcome.study_uid) + "/series/" +
                           codec::percent_encode(outcome.series_uid) + "/instances/" +
                           codec::percent_encode(outcome.sop_instance_uid));
  } else {
    const int status = outcome.error ? outcome.error->face().dicom_status : 0x0110;
    out += out.back() == '{' ? "" : ",";
    out += "\"00081197\":{\"vr\":\"US\",\"Value\":[" + std::to_string(status) + "]}";
  }
  out += '}';
}

void append_sequence(std::string& out, std::string_view tag, const std::vector<ItemOutcome>& outcomes,
                     bool success, std::string_view root) {
  std::string items;
  for (const ItemOutcome& outcome : outcomes) {
    if (succeeded(outcome) != success) continue;
    if (!items.empty()) items += ',';
    append_item(items, outcome, root);
  }
  if (items.empty()) return;
  if (out.back() != '{') out += ',';
  out += "\"" + std::string(tag) + "\":{\"vr\":\"SQ\",\"Value\":[" + items + "]}";
}

// (0008,1190) names the study when all that was stored is of one.
void append_study_url(std::string& out, const std::vector<ItemOutcome>& outcomes, std::string_view root) {
  std::string_view study;
  for (const ItemOutcome& outcome : outcomes) {
    if (!succeeded(outcome)) continue;
    if (!study.empty() && study != outcome.study_uid) return;
    study = outcome.study_uid;
  }
  if (!study.empty()) append_text_member(out, "00081190", "UR", study_url(root, study));
}

// Section 10.5.3, table 10.5.3-1: 200 all stored, 202 some, 409 none. What went wrong with each failed part
// is said in Warning fields too, since (0008,1197) is only a number.
http::Response answer(const std::vector<ItemOutcome>& outcomes, std::string_view root) {
  const auto stored = static_cast<std::size_t>(std::count_if(outcomes.begin(), outcomes.end(), succeeded));
  const int status = stored == outcomes.size() ? 200 : stored > 0 ? 202 : 409;
  std::string body = "{";
  append_study_url(body, outcomes, root);
  append_sequence(body, "00081198", outcomes, false, root);
  append_sequence(body, "00081199", outcomes, true, root);
  body += '}';
  http::Response response = http::Response::text(status, kDicomJson, std::move(body));
  constexpr std::size_t kMaxWarnings = 20;
  for (const ItemOutcome& outcome : outcomes) {
    if (succeeded(outcome) || !outcome.error || response.headers.lines().size() > kMaxWarnings) continue;
    response.headers.add("Warning",
                         "299 " + std::string(root) + ": " + outcome.label + ": " + outcome.error->text());
  }
  return response;
}

Result<http::Response> store(const http::Request& request, const DicomwebFace& face) {
  TRY_VOID(accept_json(request));
  std::vector<IngestItem> items = TRY(items_of(request));
  const auto outcomes = TRY(ingest_all(std::move(items), face.ingest()));
  return answer(outcomes, face.service_root(request));
}

}  // namespace

http::Handler store_handler(const DicomwebFace& face) {
  return [&face](const http::Request& request) { return store(request, face); };
}

}  // namespace gateway::dicomweb

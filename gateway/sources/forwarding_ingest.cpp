#include "gateway/sources/forwarding_ingest.h"

#include <cstdio>

#include "mappers/dicom/instance_check.h"
#include "mappers/dicom/reader.h"

namespace gateway::sources {
namespace {

using model::IngestItem;
using model::ItemOutcome;
namespace tags = mappers::dicom::tags;

bool is_success(std::uint16_t status) { return status == 0 || (status & 0xF000) == 0xB000; }

std::string status_text(const model::RemoteStoreOutcome& outcome) {
  char hex[8];
  std::snprintf(hex, sizeof hex, "%04X", outcome.dicom_status);
  return std::string(hex) + (outcome.message.empty() ? "" : " " + outcome.message);
}

}  // namespace

// An item on its way to the source.
struct ForwardingIngest::Sending {
  std::size_t place = 0;
  std::shared_ptr<const ByteSource> object;
  std::string sop_class_uid;
  model::RemoteId id;
  std::optional<Error> error;
};

Result<void> ForwardingIngest::send(std::vector<Sending>& sendings) {
  std::vector<std::shared_ptr<const ByteSource>> objects;
  for (const Sending& sending : sendings) objects.push_back(sending.object);
  const auto outcomes = TRY(keeper_.remote->store(objects));
  if (outcomes.size() != sendings.size())
    return fail(ErrorCode::BadGateway, keeper_.name() + " did not say what became of each object");
  for (std::size_t i = 0; i < sendings.size(); ++i)
    if (!is_success(outcomes[i].dicom_status))
      sendings[i].error = fail(ErrorCode::BadGateway,
                               keeper_.name() + " did not take the object: " + status_text(outcomes[i]));
  return {};
}

// Which items are to go to the source. Others are judged where they are read again.
Result<std::vector<ForwardingIngest::Sending>> ForwardingIngest::choose(
    std::span<const IngestItem> items) const {
  std::vector<Sending> sendings;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const IngestItem& item = items[i];
    if (item.remote || !item.external_path.empty()) continue;
    const auto file = mappers::dicom::read_file(*item.source);
    if (!file.ok() || !mappers::dicom::check_storable(*file).ok()) continue;
    const auto text = [&](mappers::dicom::Tag tag) { return file->data.text(tag); };
    Sending sending{i, item.source, text(tags::kSopClassUid), {}, {}};
    sending.id = {text(tags::kStudyInstanceUid), text(tags::kSeriesInstanceUid), text(tags::kSopInstanceUid)};
    const bool misplaced =
        !item.required_study_uid.empty() && item.required_study_uid != sending.id.study_uid;
    if (misplaced || TRY(index_.find_instance(sending.id.instance_uid))) continue;
    sendings.push_back(std::move(sending));
  }
  return sendings;
}

Result<std::shared_ptr<const model::RemoteContent>> ForwardingIngest::content_of(
    const Sending& sending) const {
  auto remote = std::make_shared<model::RemoteContent>();
  remote->content = TRY(remote_ref(keeper_.name(), sending.id));
  remote->identity = keeper_.options.identity;
  remote->ae_title = keeper_.ae_title();
  blobs_.keep_if_room(remote->content, *sending.object);
  return std::shared_ptr<const model::RemoteContent>(std::move(remote));
}

ItemOutcome ForwardingIngest::refused(const IngestItem& item, const Sending& sending) {
  ItemOutcome outcome;
  outcome.label = item.label;
  outcome.error = sending.error;
  outcome.study_uid = sending.id.study_uid;
  outcome.series_uid = sending.id.series_uid;
  outcome.sop_class_uid = sending.sop_class_uid;
  outcome.sop_instance_uid = sending.id.instance_uid;
  return outcome;
}

Result<std::vector<ItemOutcome>> ForwardingIngest::ingest(std::span<const IngestItem> items) {
  auto sendings = TRY(choose(items));
  if (!sendings.empty()) TRY(send(sendings));
  std::vector<IngestItem> batch(items.begin(), items.end());
  for (const Sending& sending : sendings)
    if (!sending.error) batch[sending.place].remote = TRY(content_of(sending));
  // What the source did not take is left out, from behind so that places stay, and gets its own outcome.
  for (auto sending = sendings.rbegin(); sending != sendings.rend(); ++sending)
    if (sending->error) batch.erase(batch.begin() + static_cast<std::ptrdiff_t>(sending->place));
  auto outcomes = TRY(ingest_.ingest(batch));
  for (const Sending& sending : sendings)
    if (sending.error)
      outcomes.insert(outcomes.begin() + static_cast<std::ptrdiff_t>(sending.place),
                      refused(items[sending.place], sending));
  return outcomes;
}

}  // namespace gateway::sources

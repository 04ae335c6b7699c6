#include "gateway/ingest/describer.h"

#include <algorithm>
#include <array>

#include "gateway/base/json_text.h"
#include "gateway/base/owned_bytes.h"
#include "gateway/ingest/inventory.h"
#include "mappers/dicom/json.h"
#include "mappers/dicom/json_encode.h"
#include "mappers/dicom/qido.h"
#include "mappers/dicom/reader.h"
#include "mappers/dicom/record_json.h"

namespace gateway::ingest {
namespace {

namespace dicom = mappers::dicom;

constexpr std::size_t kMostAddress = 2048;

// PS3.3 section C.4.23.1.1
void mark_unavailable(std::string& json) {
  constexpr std::string_view kOnline = R"("00080056":{"vr":"CS","Value":["ONLINE"]})";
  constexpr std::string_view kUnavailable = R"("00080056":{"vr":"CS","Value":["UNAVAILABLE"]})";
  if (const auto at = json.find(kOnline); at != std::string::npos)
    json.replace(at, kOnline.size(), kUnavailable);
}

Result<model::JsonTemplates> templates_of(const dicom::File& file, bool reached) {
  dicom::QidoTemplates rendered = TRY(dicom::render_qido(file));
  if (!reached)
    for (std::string* json : {&rendered.study, &rendered.series, &rendered.instance}) mark_unavailable(*json);
  return model::JsonTemplates{std::move(rendered.study), std::move(rendered.series),
                              std::move(rendered.instance)};
}

Error unusable(const Error& error) {
  return fail(ErrorCode::InvalidParameter, "DICOM cannot hold what is said: " + error.message, error.where,
              error.detail);
}

}  // namespace

// The rendered bytes are at least those of one instance as often as there are instances.
Result<void> Describer::check_size(const model::Description& description) const {
  const model::StudyRow& row = description.row;
  const std::string* longest = &description.address;
  for (const std::string& address : description.series_addresses)
    if (address.size() > longest->size()) longest = &address;
  if (longest->size() > kMostAddress)
    return fail(ErrorCode::InvalidParameter,
                "an address is longer than " + std::to_string(kMostAddress) + " bytes", description.resource);
  std::size_t bytes = 0;
  for (const model::SeriesRow& series : row.series) {
    const std::string above =
        to_json(dicom::json_of_records({row.subject.subject, row.study, series.series, {}}));
    const std::size_t entries = series.instances.size() + 1;
    if (above.size() > (options_.max_bytes - bytes) / entries)
      return fail(ErrorCode::InvalidParameter, "what study and series say is too much for so many instances",
                  description.resource);
    bytes += above.size() * entries;
  }
  return {};
}

// Bytes are made and read again, so that everything is rendered by what renders objects.
Result<model::IndexEntry> Describer::entry_of(const model::ImagingObject& object,
                                              std::string_view address) const {
  const auto bytes = dicom::encode_data_set(dicom::json_of_records(object));
  if (!bytes) return unusable(bytes.error());
  const OwnedText source(*bytes);
  const auto file = dicom::read_file(source);
  if (!file) return unusable(file.error());
  model::IndexEntry entry;
  entry.object = object;
  entry.json = TRY(templates_of(*file, options_.reaches(address)));
  entry.inventory = inventory_of(*file);
  std::string metadata;
  TRY_VOID(dicom::append_dicom_json(metadata, *file));
  const std::array pieces = {as_bytes(metadata)};
  entry.metadata = TRY(blobs_.append(pieces));
  if (object.instance.uid.empty()) return entry;
  entry.content = TRY(
      options_.reference(std::string(address), {object.study.uid, object.series.uid, object.instance.uid}));
  return entry;
}

Result<model::DescribedSeries> Describer::series_of(const model::Description& description,
                                                    std::size_t index) const {
  const model::SeriesRow& row = description.row.series[index];
  const auto& own = description.series_addresses;
  const std::string& address = index < own.size() && !own[index].empty() ? own[index] : description.address;
  model::ImagingObject object{description.row.subject.subject, description.row.study, row.series, {}};
  model::DescribedSeries series;
  series.head = TRY(entry_of(object, address));
  series.instance_count = std::max<std::uint64_t>(row.instance_count, row.instances.size());
  for (const model::Instance& instance : row.instances) {
    object.instance = instance;
    series.instances.push_back(TRY(entry_of(object, address)));
  }
  return series;
}

Result<std::shared_ptr<const model::DescribedStudy>> Describer::describe(
    const model::Description& description) {
  TRY_VOID(check_size(description));
  const model::StudyRow& row = description.row;
  auto study = std::make_shared<model::DescribedStudy>();
  study->resource = description.resource;
  study->address = description.address;
  study->head = TRY(entry_of({row.subject.subject, row.study, {}, {}}, description.address));
  study->modalities = row.modalities;
  study->series_count = std::max<std::uint64_t>(row.series_count, row.series.size());
  study->instance_count = row.instance_count;
  for (std::size_t i = 0; i < row.series.size(); ++i) study->series.push_back(TRY(series_of(description, i)));
  TRY_VOID(blobs_.sync());
  return std::shared_ptr<const model::DescribedStudy>(std::move(study));
}

}  // namespace gateway::ingest

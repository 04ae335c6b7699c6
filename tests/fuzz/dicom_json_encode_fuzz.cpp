// Any bytes as DICOM JSON: whatever encodes is read without harm, and its JSON can be parsed again.
#include <cstdlib>

#include "mappers/dicom/json.h"
#include "mappers/dicom/json_encode.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mappers::dicom;
  const auto objects = parse_dicom_json({reinterpret_cast<const char*>(data), size});
  if (!objects.ok()) return 0;
  for (const auto& object : *objects) {
    (void)encode_data_set(object, Encoding::ImplicitLittle).ok();
    const auto file = file_of_metadata(object, "1.2.840.10008.1.2.1");
    if (!file.ok()) continue;
    std::string json;
    JsonOptions options;
    options.inline_limit = 1 << 20;
    if (!append_dicom_json(json, file->file.data, "http://h", options).ok()) continue;
    const auto again = parse_dicom_json(json);
    if (!again.ok() || again->size() != 1) std::abort();
    (void)encode_data_set(again->front()).ok();
  }
  return 0;
}

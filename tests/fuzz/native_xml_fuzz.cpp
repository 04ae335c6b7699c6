// Any bytes as a Native DICOM Model: what is read is DICOM JSON, and writing and reading it again gives the
// same.
#include "mappers/dicom/native_xml.h"

#include <cstdlib>

#include "mappers/dicom/json_encode.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mappers::dicom;
  const auto json = read_native_xml({reinterpret_cast<const char*>(data), size});
  if (!json.ok()) return 0;
  const auto objects = parse_dicom_json(*json);
  if (!objects.ok() || objects->size() != 1) std::abort();
  (void)encode_data_set(objects->front()).ok();
  std::string xml;
  if (!append_native_xml(xml, *json).ok()) std::abort();
  const auto again = read_native_xml(xml);
  if (!again.ok() || *again != *json) std::abort();
  return 0;
}

// The DICOM reader and everything rendered from it, on any bytes. Seeds: the files of the shared DICOM
// corpus.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "mappers/dicom/attribute_set.h"
#include "mappers/dicom/explicit.h"
#include "mappers/dicom/instance_check.h"
#include "mappers/dicom/json.h"
#include "mappers/dicom/qido.h"
#include "mappers/dicom/reader.h"

using namespace mappers::dicom;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const gateway::MemorySource source(gateway::ByteSpan(reinterpret_cast<const std::byte*>(data), size));
  ReadLimits limits;
  limits.max_inflated_bytes = 1 << 20;
  const auto file = read_file(source, limits);
  if (!file.ok()) return 0;
  std::string json;
  (void)append_dicom_json(json, *file).ok();
  if (!gateway::is_utf8(json)) std::abort();
  const auto qido = render_qido(*file);
  if (qido.ok() && !gateway::is_utf8(qido->study + qido->series + qido->instance)) std::abort();
  attribute_set(file->data);
  odd_uids(*file);
  (void)check_storable(*file).ok();
  (void)to_explicit_little_endian(*file, source).ok();
  return 0;
}

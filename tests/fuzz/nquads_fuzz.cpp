// The N-Quads reader on any bytes: it must answer, and what it reads must survive all our writers.
#include "tests/fuzz/rdf_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  return fuzz::read_write_read(text, gateway::codec::RdfFormat::NQuads);
}

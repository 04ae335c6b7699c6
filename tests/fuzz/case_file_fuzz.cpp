// Any text either parses as a case file or is refused with a line.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "conformance/runner/case_file.h"
#include "conformance/runner/text_template.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto cases = conformance::parse_case_file(text, "fuzz");
  if (cases.ok() == false && cases.error().where.empty()) std::abort();
  (void)conformance::expand(text, {{"host", "h"}});
  (void)conformance::printable(text);
  return 0;
}

// What DIMSE peers send and this code reads: command sets, identifiers of queries and their answers.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "gateway/base/text.h"
#include "gateway/dimse/command.h"
#include "gateway/dimse/identifier.h"
#include "gateway/dimse/query_encoding.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gateway::dimse;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto command = CommandSet::parse(gateway::as_bytes(text));
  if (command.ok() && !CommandSet::parse(gateway::as_bytes(command->encode())).ok()) std::abort();
  for (const char* syntax : {"1.2.840.10008.1.2", "1.2.840.10008.1.2.1"}) {
    const auto identifier = parse_identifier(text, syntax);
    if (identifier.ok()) {
      static_cast<void>(check_hierarchy(*identifier, true));
      answer_of(gateway::Value::map(), *identifier, "TITLE");
    }
    const auto json = json_of_answer(text, syntax);
    if (json.ok() && !gateway::is_utf8(*json)) std::abort();
  }
  return 0;
}

// Any bytes: the XML reader comes to an end, what it gives is UTF-8, and starts and ends are balanced.
#include "gateway/codec/xml.h"

#include <cstdlib>

#include "gateway/base/text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using gateway::codec::XmlReader;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto reader = XmlReader::open(text);
  if (!reader.ok()) return 0;
  std::size_t depth = 0;
  for (;;) {
    const auto event = reader->next();
    if (!event.ok()) return 0;
    if (*event == XmlReader::Event::Done) break;
    if (*event == XmlReader::Event::Start && ++depth > 128) std::abort();
    if (*event == XmlReader::Event::End && depth-- == 0) std::abort();
    if (*event == XmlReader::Event::Text && !gateway::is_utf8(reader->text())) std::abort();
    for (const auto& attribute : reader->attributes())
      if (!gateway::is_utf8(attribute.value)) std::abort();
  }
  if (depth != 0) std::abort();
  return 0;
}

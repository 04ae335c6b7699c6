// Frames of WebSocket clients, whole and cut into pieces: the same events, nothing beyond the limits.
#include <cstdlib>
#include <string>
#include <vector>

#include "gateway/base/text.h"
#include "gateway/http/websocket_frame.h"

namespace {

using namespace gateway;
using namespace gateway::http;

constexpr std::uint32_t kLimit = 1000;

void check(bool holds) {
  if (!holds) std::abort();
}

std::string events_of(std::string_view bytes, std::size_t step) {
  FrameReader reader(kLimit);
  std::string seen;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(step, bytes.size()))) {
    std::string_view piece = bytes.substr(0, step);
    while (const auto event = reader.next(piece)) {
      check(event->text.size() <= kLimit);
      check(event->kind != FrameEvent::Kind::Message || is_utf8(event->text));
      seen += std::to_string(static_cast<int>(event->kind)) + ":" + std::to_string(event->code) + ":" +
              event->text + ";";
      if (event->kind == FrameEvent::Kind::Fault) return seen;
    }
    check(piece.empty());
  }
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t step = data[0] % 32 + 1;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  check(events_of(bytes, bytes.size()) == events_of(bytes, step));
  return 0;
}

// Whatever a source answers is read or refused: lists of DICOM JSON objects, rows made of them, store
// responses, multipart bodies, harvest states, references.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "gateway/base/json_text.h"
#include "gateway/codec/json.h"
#include "gateway/sources/answers.h"
#include "gateway/sources/dicomweb_message.h"
#include "gateway/sources/harvest_state.h"
#include "gateway/sources/json_array.h"
#include "gateway/sources/live_row.h"
#include "gateway/sources/remote_ref.h"

namespace {

using namespace gateway;

// What passes the check can be written and read again, and makes a row or none.
void check_answer(std::string_view object) {
  auto value = sources::read_answer(object);
  if (!value.ok()) return;
  const auto again = sources::read_answer(to_json(*value));
  if (!again.ok() || !(*again == *value)) std::abort();
  sources::apply_identity({"ISSUER", "P-", "ORDERS"}, *value);
  for (const model::Level level : {model::Level::Study, model::Level::Series, model::Level::Instance}) {
    const auto row = sources::make_row(level, *value, "AE");
    if (row.ok() && sources::uid_of(*row, level).empty()) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto body = std::make_shared<MemorySource>(text);
  (void)sources::for_each_object(*body,
                                 [](std::string_view object) -> Result<bool> {
                                   check_answer(object);
                                   return true;
                                 },
                                 {1 << 16, 1000});
  check_answer(text);
  const std::vector<std::string> uids = {"1.2", "1.3"};
  if (const auto outcomes = sources::store_outcomes(text, uids); outcomes.ok() && outcomes->size() != 2)
    std::abort();
  (void)sources::objects_of(body, "multipart/related; boundary=B");
  (void)sources::objects_of(body, text.substr(0, 200));
  const auto state = sources::parse_state(text);
  if (!(sources::parse_state(sources::to_text(state)) == state)) std::abort();
  model::BlobRef ref;
  ref.kind = model::BlobRef::Kind::Remote;
  ref.name = text;
  (void)sources::parse_remote_ref(ref);
  return 0;
}

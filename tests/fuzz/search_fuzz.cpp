// Search requests: any query string is parsed or refused, what is parsed can be planned for every level, and
// matching any text with it neither crashes nor disagrees with itself about the same object as a tree. The
// input is the query string, and behind its first line the text of an object.
#include <array>
#include <cstdlib>

#include "gateway/codec/json.h"
#include "gateway/codec/uri.h"
#include "gateway/dicomweb/search_request.h"
#include "gateway/model/person_name.h"
#include "mappers/dicom/date_time.h"
#include "mappers/dicom/matching.h"

namespace {

using namespace gateway;

void check(bool holds) {
  if (!holds) std::abort();
}

std::optional<std::string> path_of(std::uint32_t tag) {
  switch (tag) {
    case 0x00100010:
      return "subject.name";
    case 0x00100020:
      return "subject.patient_id";
    case 0x00080020:
      return "study.date";
    case 0x00080030:
      return "study.time";
    case 0x00200013:
      return "instance.number";
    default:
      return std::nullopt;
  }
}

void match_all(std::string_view object, const dicomweb::SearchRequest& search) {
  // A key may be written with escapes, which only the tree sees through.
  const bool plain = object.find_first_of("\\\x01\x02\x03\x04\x05\x06\x07") == std::string_view::npos;
  const auto tree = codec::parse_json(object);
  for (const auto& key : search.plan.others) {
    const bool by_text = mappers::dicom::matches_text(object, key);
    if (plain && tree.ok() && tree->as_map()) check(by_text == mappers::dicom::matches(*tree, key));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto line = text.find('\n');
  const std::string_view object = line == std::string_view::npos ? std::string_view() : text.substr(line + 1);
  const dicomweb::PathOfTag path_of_tag = path_of;
  http::Request request;
  if (auto query = codec::parse_query(text.substr(0, line))) {
    request.query = std::move(*query);
    for (const model::Level level : {model::Level::Study, model::Level::Series, model::Level::Instance}) {
      const auto search = dicomweb::parse_search(request, level, {path_of_tag, 100});
      if (!search.ok()) continue;
      check(search->query.limit <= 100);
      match_all(object, *search);
    }
  }
  for (const model::NameWord& word : model::name_words(object))
    check(!word.text.empty() && word.component < 5);
  const auto instant = mappers::dicom::parse_instant(text.substr(0, line));
  if (instant) check(instant->first_us <= instant->last_us);
  return 0;
}

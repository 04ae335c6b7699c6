#include "gateway/store/blob_ref.h"

#include <charconv>

namespace gateway::store {
namespace {

constexpr std::string_view kKinds = "NSFXR";  // in the order of BlobRef::Kind

template <class Number>
Number take_number(std::string_view& text) {
  Number number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (text.starts_with(' ')) text.remove_prefix(1);
  return fault == std::errc{} ? number : 0;
}

}  // namespace

std::string blob_ref_text(const model::BlobRef& ref) {
  std::string text(1, kKinds[static_cast<std::size_t>(ref.kind)]);
  text += std::to_string(ref.offset) + ' ' + std::to_string(ref.length) + ' ' +
          std::to_string(ref.modified_us) + ' ';
  return text + ref.name;
}

model::BlobRef parse_blob_ref(std::string_view text) {
  model::BlobRef ref;
  const std::size_t kind = text.empty() ? 0 : kKinds.find(text.front());
  if (text.empty() || kind == std::string_view::npos) return ref;
  ref.kind = static_cast<model::BlobRef::Kind>(kind);
  text.remove_prefix(1);
  ref.offset = take_number<std::uint64_t>(text);
  ref.length = take_number<std::uint64_t>(text);
  ref.modified_us = take_number<std::int64_t>(text);
  ref.name = text;
  return ref;
}

bool is_blob_name(std::string_view name) {
  return name.size() >= 8 && name.size() <= 64 &&
         name.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace gateway::store

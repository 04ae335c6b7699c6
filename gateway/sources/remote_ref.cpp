#include "gateway/sources/remote_ref.h"

#include <algorithm>

#include "gateway/base/text.h"

namespace gateway::sources {
namespace {

constexpr std::size_t kMaxName = 64;

bool is_word(std::string_view text, std::size_t at_most) {
  return !text.empty() && text.size() <= at_most &&
         std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return c > 0x20 && c < 0x7F && c != '/' && c != '\\'; });
}

}  // namespace

bool is_source_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxName && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' ||
           c == '-' || c == '_';
  });
}

Result<model::BlobRef> remote_ref(const std::string& source, const model::RemoteId& id) {
  for (const std::string* uid : {&id.study_uid, &id.series_uid, &id.instance_uid})
    if (!is_word(*uid, kMaxName))
      return fail(ErrorCode::InvalidParameter, "a UID of " + source + " cannot be used", *uid);
  if (source.empty() || source.find_first_of(" \t\r\n") != std::string::npos)
    return fail(ErrorCode::InvalidParameter, "an address of objects cannot be used", source);
  model::BlobRef ref;
  ref.kind = model::BlobRef::Kind::Remote;
  ref.name = source + ' ' + id.study_uid + ' ' + id.series_uid + ' ' + id.instance_uid;
  return ref;
}

Result<model::BlobRef> remote_ref_at(const std::string& address, const model::RemoteId& id) {
  const bool is_web = address.starts_with("http://") || address.starts_with("https://");
  return remote_ref(is_web ? address : std::string(kNowhere), id);
}

std::optional<RemoteRef> parse_remote_ref(const model::BlobRef& ref) {
  if (ref.kind != model::BlobRef::Kind::Remote) return std::nullopt;
  const auto words = split(ref.name, ' ');
  if (words.size() != 4) return std::nullopt;
  return RemoteRef{std::string(words[0]),
                   {std::string(words[1]), std::string(words[2]), std::string(words[3])}};
}

}  // namespace gateway::sources

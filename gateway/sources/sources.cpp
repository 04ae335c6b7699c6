#include "gateway/sources/sources.h"

#include "gateway/base/text.h"
#include "gateway/sources/remote_ref.h"

namespace gateway::sources {
namespace {

// Scheme and host have no case (RFC 3986 section 6.2.2.1); a slash at the end says nothing here.
std::string normal(std::string_view address) {
  while (address.ends_with('/')) address.remove_suffix(1);
  const std::size_t scheme = address.find("://");
  const std::size_t path = scheme == std::string_view::npos ? 0 : address.find('/', scheme + 3);
  const std::size_t host_end = path == std::string_view::npos ? address.size() : path;
  return lower(address.substr(0, host_end)) + std::string(address.substr(host_end));
}

}  // namespace

Result<void> Sources::add(std::unique_ptr<model::RemoteSource> source, const SourceOptions& options) {
  const std::string name = source->name();
  if (!is_source_name(name))
    return fail(ErrorCode::ConfigInvalid, "a source is named by letters, digits, '.', '-' and '_'", name);
  if (find(name)) return fail(ErrorCode::ConfigInvalid, "two sources have the same name", name);
  auto entry = std::make_unique<Source>();
  entry->options = options;
  entry->remote = std::make_unique<GuardedSource>(std::move(source), options.breaker, clock_, metrics_);
  sources_.push_back(std::move(entry));
  return {};
}

const Source* Sources::find(std::string_view name) const {
  for (const auto& source : sources_)
    if (source->name() == name) return source.get();
  return nullptr;
}

const Source* Sources::at(std::string_view address) const {
  if (address.empty()) return nullptr;
  for (const auto& source : sources_)
    if (const std::string own = source->remote->address(); !own.empty() && normal(own) == normal(address))
      return source.get();
  return nullptr;
}

const Source* Sources::meant(std::string_view place) const {
  return is_source_name(place) ? find(place) : at(place);
}

void Sources::stop() const {
  for (const auto& source : sources_) source->remote->stop();
}

}  // namespace gateway::sources

#include "gateway/sources/sources.h"

#include "gateway/sources/remote_ref.h"

namespace gateway::sources {

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

void Sources::stop() const {
  for (const auto& source : sources_) source->remote->stop();
}

}  // namespace gateway::sources

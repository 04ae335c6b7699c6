#include "gateway/dicomweb/answer_cache.h"

#include "gateway/dicomweb/spool_file.h"

namespace gateway::dicomweb {
namespace {

// The body as a range of a file; nothing when it is neither text nor a file already.
std::optional<http::FileRange> in_file(const http::Response& response, const std::string& folder) {
  if (response.body.size() != 1) return std::nullopt;
  if (const auto* range = std::get_if<http::FileRange>(&response.body.front())) return *range;
  const auto* text = std::get_if<std::string>(&response.body.front());
  if (!text) return std::nullopt;
  const auto spool = SpoolFile::make(folder);
  if (!spool || !(*spool)->append(*text)) return std::nullopt;
  return (*spool)->since(0);
}

}  // namespace

void AnswerCache::drop(Entries::iterator entry) {
  bytes_ -= entry->body.length;
  by_key_.erase(entry->key);
  entries_.erase(entry);
}

std::optional<http::Response> AnswerCache::find(const std::string& key, std::int64_t version) {
  const std::lock_guard lock(mutex_);
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return std::nullopt;
  if (found->second->version != version) {
    drop(found->second);
    return std::nullopt;
  }
  entries_.splice(entries_.begin(), entries_, found->second);
  http::Response response;
  response.headers = found->second->headers;
  response.body.emplace_back(found->second->body);
  return response;
}

void AnswerCache::keep(const std::string& key, std::int64_t version, http::Response& response) {
  const std::uint64_t size = response.body_size();
  if (response.status != 200 || size < limits_.least || size > limits_.bytes / 4) return;
  auto body = in_file(response, spool_folder_);
  if (!body) return;
  response.body.clear();
  response.body.emplace_back(*body);
  const std::lock_guard lock(mutex_);
  if (const auto old = by_key_.find(key); old != by_key_.end()) drop(old->second);
  entries_.push_front({key, version, response.headers, std::move(*body)});
  by_key_[key] = entries_.begin();
  bytes_ += size;
  while (entries_.size() > limits_.entries || bytes_ > limits_.bytes) drop(std::prev(entries_.end()));
}

}  // namespace gateway::dicomweb

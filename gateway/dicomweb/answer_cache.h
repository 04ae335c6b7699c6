// AnswerCache: assembled answers that cost more to make than to send, until the index changes.
//
// Measured in processor time: the metadata of a study of 50 instances (600 kB) took 0.83 ms to join and send,
// where nginx sends as many bytes of a file in 0.1 ms to 0.24 ms; from here it takes 0.08 ms. The answers lie
// in files without a name, so they take page cache and no memory. Thread-safe.
#pragma once

#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "gateway/http/message.h"

namespace gateway::dicomweb {

class AnswerCache {
 public:
  struct Limits {
    std::size_t entries = 64;  // a descriptor each
    std::uint64_t bytes = 256ull << 20;
    std::uint64_t least = 64 << 10;  // smaller answers are made anew
  };
  explicit AnswerCache(std::string spool_folder) : AnswerCache(std::move(spool_folder), Limits{}) {}
  AnswerCache(std::string spool_folder, Limits limits)
      : spool_folder_(std::move(spool_folder)), limits_(limits) {}

  // The answer of a key, if it was made at this version of the index.
  std::optional<http::Response> find(const std::string& key, std::int64_t version);
  // Keeps an answer of 200 if that is worth it; its body then lies in a file. What cannot be kept stays as it
  // is.
  void keep(const std::string& key, std::int64_t version, http::Response& response);

 private:
  struct Entry {
    std::string key;
    std::int64_t version = 0;
    http::Headers headers;
    http::FileRange body;
  };
  using Entries = std::list<Entry>;
  void drop(Entries::iterator entry);

  const std::string spool_folder_;
  const Limits limits_;
  std::mutex mutex_;
  Entries entries_;  // most recently used first
  std::unordered_map<std::string, Entries::iterator> by_key_;
  std::uint64_t bytes_ = 0;
};

}  // namespace gateway::dicomweb

// The connections of one process to the index: one writer under a lock, and a bounded pool of readers.
//
// Thread-safe. A lease must not be held while code of others runs (a callback may want a connection too).
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/store/database.h"

namespace gateway::store {

class Connections {
 public:
  // Opens the writer and brings the schema up to date.
  static Result<std::unique_ptr<Connections>> open(const std::string& path, bool fsync);

  class Reader {
   public:
    Reader(Connections& pool, std::unique_ptr<Database> database)
        : pool_(&pool), database_(std::move(database)) {}
    Reader(Reader&&) noexcept = default;
    Reader& operator=(Reader&&) = delete;
    ~Reader() {
      if (database_) pool_->give_back(std::move(database_));
    }
    Database& operator*() { return *database_; }

   private:
    Connections* pool_;
    std::unique_ptr<Database> database_;
  };

  class Writer {
   public:
    explicit Writer(Connections& pool) : lock_(pool.writer_mutex_), database_(*pool.writer_) {}
    Database& operator*() { return database_; }

   private:
    std::unique_lock<std::mutex> lock_;
    Database& database_;
  };

  // Error: StoreBusy when every reader stays in use for long.
  Result<Reader> reader();
  Writer writer() { return Writer(*this); }

 private:
  Connections(std::string path, std::unique_ptr<Database> writer)
      : path_(std::move(path)), writer_(std::move(writer)) {}
  void give_back(std::unique_ptr<Database> database);

  const std::string path_;
  std::mutex writer_mutex_;
  std::unique_ptr<Database> writer_;
  std::mutex pool_mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Database>> idle_;  // the last one used is taken first: its cache is warm
  unsigned open_readers_ = 0;
};

}  // namespace gateway::store

// A thin wrapper over one SQLite connection: prepared statements with $1-style parameters, kept for reuse;
// transactions.
//
// SQL text never holds values, only parameters. A Database and all it hands out belong to one thread at a
// time. Errors: StoreBusy when another process holds the lock too long, else StoreFailed with SQLite's text
// as the detail.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace gateway::store {

struct PreparedStatement;

// A statement on loan from its Database, which outlives it. Rows are valid until the next step() or reset().
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  // `n` is the number behind the '$'. Text is not copied: the caller keeps it until the statement is reset.
  Statement& bind(int n, std::int64_t value);
  Statement& bind(int n, std::string_view text);
  Statement& bind(int n, const std::optional<std::int64_t>& value);
  Statement& bind_copy(int n, const std::string& text);
  Statement& bind_bytes(int n, std::string_view bytes);  // not copied either

  Result<bool> step();  // true: there is a row
  Result<void> run();   // steps to the end and resets
  void reset();

  std::int64_t integer(int column) const;  // columns count from 0
  std::optional<std::int64_t> optional_integer(int column) const;
  std::string_view text(int column) const;
  std::string_view bytes(int column) const;
  std::string string(int column) const { return std::string(text(column)); }

 private:
  friend class Database;
  Statement(sqlite3* connection, PreparedStatement* prepared, bool owned);
  void note(int status);
  int position(int n) const;
  sqlite3* connection_;
  PreparedStatement* prepared_;
  bool owned_;  // not kept by the Database: the same text was on loan already
  int fault_ = 0;
};

class Database {
 public:
  enum class Access : std::uint8_t { Read, Write };
  // Creates the file when `access` is Write. `cache_kib` bounds the page cache of this connection.
  static Result<std::unique_ptr<Database>> open(const std::string& path, Access access, int cache_kib,
                                                bool fsync = true);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  Result<Statement> prepare(std::string_view sql);
  // Runs statements without parameters.
  Result<void> execute(const std::string& script);

 private:
  friend class Transaction;
  explicit Database(sqlite3* connection);
  void evict();
  sqlite3* connection_;
  std::map<std::string, std::unique_ptr<PreparedStatement>, std::less<>> statements_;
  std::uint64_t uses_ = 0;
};

// Rolls back unless committed. Read transactions see one moment; Write ones wait for other writers at the
// start.
class Transaction {
 public:
  static Result<Transaction> begin(Database& database, Database::Access access);
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Result<void> commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

}  // namespace gateway::store

#include "gateway/store/database.h"

#include <sqlite3.h>

#include <algorithm>
#include <utility>

#include "gateway/base/text.h"

namespace gateway::store {

struct PreparedStatement {
  sqlite3_stmt* raw = nullptr;
  std::vector<int> positions;  // of parameter $n at index n; SQLite counts by first appearance in the text
  bool lent = false;
  std::uint64_t last_use = 0;
  PreparedStatement() = default;
  PreparedStatement(const PreparedStatement&) = delete;
  PreparedStatement& operator=(const PreparedStatement&) = delete;
  ~PreparedStatement() { ::sqlite3_finalize(raw); }
};

namespace {

constexpr std::size_t kMaxStatements = 64;  // per connection; each takes about 10 kB
constexpr int kBusyTimeoutMs = 5000;
// Measured with tests/bench/store_bench.cpp at 100,000 instances: 4 KiB pages make walks (statistics, a
// series) 1.3 to 1.7 times dearer, because few rows with JSON of 1 to 2 kB fit; 16 KiB read the same, but
// small durable commits drop from 70,000 to 53,000 rows a second.
constexpr int kPageSize = 8192;

// SQLite counts its allocations under one lock for all connections, which costs a quarter of the processor
// time of a search page with eight readers; nobody asks for the counts. Only the first call in the process
// is heard, and only before SQLite is used otherwise.
void quicken() {
  static const int status = ::sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(status);
}

Error sql_error(sqlite3* connection, int status) {
  const int primary = status & 0xFF;
  std::string detail = ::sqlite3_errstr(status);
  if (connection) detail += std::string(": ") + ::sqlite3_errmsg(connection);
  if (primary == SQLITE_BUSY || primary == SQLITE_LOCKED)
    return fail(ErrorCode::StoreBusy, "another process holds the index", {}, std::move(detail));
  if (primary == SQLITE_FULL)
    return fail(ErrorCode::StoreFailed, "no space is left for the index", {}, std::move(detail));
  return fail(ErrorCode::StoreFailed, "the index cannot be read or written", {}, std::move(detail));
}

Result<std::unique_ptr<PreparedStatement>> compile(sqlite3* connection, std::string_view sql) {
  auto prepared = std::make_unique<PreparedStatement>();
  const int status = ::sqlite3_prepare_v3(connection, sql.data(), static_cast<int>(sql.size()),
                                          SQLITE_PREPARE_PERSISTENT, &prepared->raw, nullptr);
  if (status != SQLITE_OK) return sql_error(connection, status);
  const int count = ::sqlite3_bind_parameter_count(prepared->raw);
  prepared->positions.assign(static_cast<std::size_t>(count) + 1, 0);
  for (int i = 1; i <= count; ++i) {
    const char* name = ::sqlite3_bind_parameter_name(prepared->raw, i);
    const auto n = name ? parse_number<std::size_t>(std::string_view(name + 1)) : std::nullopt;
    if (n && *n < prepared->positions.size()) prepared->positions[*n] = i;
  }
  return prepared;
}

}  // namespace

Statement::Statement(sqlite3* connection, PreparedStatement* prepared, bool owned)
    : connection_(connection), prepared_(prepared), owned_(owned) {
  prepared_->lent = true;
}

Statement::Statement(Statement&& other) noexcept
    : connection_(other.connection_),
      prepared_(std::exchange(other.prepared_, nullptr)),
      owned_(other.owned_),
      fault_(other.fault_) {}

Statement::~Statement() {
  if (!prepared_) return;
  if (owned_) {
    delete prepared_;
    return;
  }
  ::sqlite3_reset(prepared_->raw);
  ::sqlite3_clear_bindings(prepared_->raw);
  prepared_->lent = false;
}

void Statement::note(int status) {
  if (status != SQLITE_OK && fault_ == 0) fault_ = status;
}

// Position 0 does not exist: binding there is the fault SQLITE_RANGE.
int Statement::position(int n) const {
  const auto index = static_cast<std::size_t>(n);
  return index < prepared_->positions.size() ? prepared_->positions[index] : 0;
}

Statement& Statement::bind(int n, std::int64_t value) {
  note(::sqlite3_bind_int64(prepared_->raw, position(n), value));
  return *this;
}

Statement& Statement::bind(int n, std::string_view text) {
  // A null pointer would bind NULL: an empty view may have one.
  note(::sqlite3_bind_text64(prepared_->raw, position(n), text.data() ? text.data() : "", text.size(),
                             SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}

Statement& Statement::bind(int n, const std::optional<std::int64_t>& value) {
  if (value) return bind(n, *value);
  note(::sqlite3_bind_null(prepared_->raw, position(n)));
  return *this;
}

Statement& Statement::bind_copy(int n, const std::string& text) {
  note(::sqlite3_bind_text64(prepared_->raw, position(n), text.data(), text.size(), SQLITE_TRANSIENT,
                             SQLITE_UTF8));
  return *this;
}

Statement& Statement::bind_bytes(int n, std::string_view bytes) {
  note(::sqlite3_bind_blob64(prepared_->raw, position(n), bytes.data() ? bytes.data() : "", bytes.size(),
                             SQLITE_STATIC));
  return *this;
}

Result<bool> Statement::step() {
  if (fault_ != 0) return sql_error(connection_, fault_);
  const int status = ::sqlite3_step(prepared_->raw);
  if (status == SQLITE_ROW) return true;
  if (status == SQLITE_DONE) return false;
  return sql_error(connection_, status);
}

Result<void> Statement::run() {
  while (TRY(step())) {
  }
  reset();
  return {};
}

void Statement::reset() { ::sqlite3_reset(prepared_->raw); }

std::int64_t Statement::integer(int column) const { return ::sqlite3_column_int64(prepared_->raw, column); }

std::optional<std::int64_t> Statement::optional_integer(int column) const {
  if (::sqlite3_column_type(prepared_->raw, column) == SQLITE_NULL) return std::nullopt;
  return integer(column);
}

std::string_view Statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(::sqlite3_column_text(prepared_->raw, column));
  if (!text) return {};
  return {text, static_cast<std::size_t>(::sqlite3_column_bytes(prepared_->raw, column))};
}

std::string_view Statement::bytes(int column) const {
  const auto* bytes = static_cast<const char*>(::sqlite3_column_blob(prepared_->raw, column));
  if (!bytes) return {};
  return {bytes, static_cast<std::size_t>(::sqlite3_column_bytes(prepared_->raw, column))};
}

Database::Database(sqlite3* connection) : connection_(connection) {}

Database::~Database() {
  statements_.clear();
  ::sqlite3_close_v2(connection_);
}

Result<std::unique_ptr<Database>> Database::open(const std::string& path, Access access, int cache_kib,
                                                 bool fsync) {
  quicken();
  sqlite3* connection = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                    (access == Access::Write ? SQLITE_OPEN_CREATE : 0);
  const int status = ::sqlite3_open_v2(path.c_str(), &connection, flags, nullptr);
  std::unique_ptr<Database> database(new Database(connection));
  if (status != SQLITE_OK) return sql_error(connection, status);
  ::sqlite3_busy_timeout(connection, kBusyTimeoutMs);
  // LIKE with case is PostgreSQL's meaning of it, so the same text works on both.
  std::string setup = "PRAGMA cache_size = -" + std::to_string(cache_kib) +
                      "; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY; PRAGMA case_sensitive_like = ON;";
  if (access == Access::Write)
    setup = "PRAGMA page_size = " + std::to_string(kPageSize) +
            "; PRAGMA journal_mode = WAL; PRAGMA synchronous = " + (fsync ? "FULL" : "OFF") +
            "; PRAGMA wal_autocheckpoint = 2000; PRAGMA journal_size_limit = 67108864; " + setup;
  else
    setup += " PRAGMA query_only = ON;";
  TRY(database->execute(setup));
  return database;
}

Result<Statement> Database::prepare(std::string_view sql) {
  auto found = statements_.find(sql);
  if (found != statements_.end() && found->second->lent)
    return Statement(connection_, TRY(compile(connection_, sql)).release(), true);
  if (found == statements_.end()) {
    if (statements_.size() >= kMaxStatements) evict();
    found = statements_.emplace(std::string(sql), TRY(compile(connection_, sql))).first;
  }
  found->second->last_use = ++uses_;
  return Statement(connection_, found->second.get(), false);
}

void Database::evict() {
  auto oldest = statements_.end();
  for (auto it = statements_.begin(); it != statements_.end(); ++it) {
    if (it->second->lent) continue;
    if (oldest == statements_.end() || it->second->last_use < oldest->second->last_use) oldest = it;
  }
  if (oldest != statements_.end()) statements_.erase(oldest);
}

Result<void> Database::execute(const std::string& script) {
  const int status = ::sqlite3_exec(connection_, script.c_str(), nullptr, nullptr, nullptr);
  if (status != SQLITE_OK) return sql_error(connection_, status);
  return {};
}

Result<Transaction> Transaction::begin(Database& database, Database::Access access) {
  Statement begin = TRY(database.prepare(access == Database::Access::Write ? "BEGIN IMMEDIATE" : "BEGIN"));
  TRY(begin.run());
  return Transaction(database);
}

Transaction::Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
  // SQLite may have rolled back by itself after a fault; then this fails, which changes nothing.
  if (database_) ::sqlite3_exec(database_->connection_, "ROLLBACK", nullptr, nullptr, nullptr);
}

Result<void> Transaction::commit() {
  Statement commit = TRY(database_->prepare("COMMIT"));
  TRY(commit.run());
  database_ = nullptr;
  return {};
}

}  // namespace gateway::store

#include "gateway/store/commitment_store.h"

namespace gateway::store {
namespace {

constexpr std::int64_t kKeptUs = 90ll * 24 * 3600 * 1'000'000;

}  // namespace

Result<void> CommitmentStore::keep(const std::string& transaction_uid, const std::string& result) {
  auto connection = connections_.writer();
  Transaction transaction = TRY(Transaction::begin(*connection, Database::Access::Write));
  const std::int64_t now = clock_.utc_us();
  Statement sweep = TRY((*connection).prepare("DELETE FROM commitment WHERE created_us < $1"));
  TRY(sweep.bind(1, now - kKeptUs).run());
  {
    Statement read = TRY((*connection).prepare("SELECT 1 FROM commitment WHERE transaction_uid = $1"));
    if (TRY(read.bind(1, transaction_uid).step()))
      return fail(ErrorCode::Conflict, "the transaction UID is in use", transaction_uid);
  }
  Statement write = TRY((*connection)
                            .prepare("INSERT INTO commitment (transaction_uid, result, created_us) "
                                     "VALUES ($1, $2, $3)"));
  TRY(write.bind(1, transaction_uid).bind(2, result).bind(3, now).run());
  return transaction.commit();
}

Result<std::string> CommitmentStore::result(const std::string& transaction_uid) const {
  auto reader = TRY(connections_.reader());
  Statement read = TRY((*reader).prepare("SELECT result FROM commitment WHERE transaction_uid = $1"));
  if (TRY(read.bind(1, transaction_uid).step())) return read.string(0);
  return fail(ErrorCode::NotFound, "there is no such storage commitment request", transaction_uid);
}

}  // namespace gateway::store

#include "gateway/store/disclosure_store.h"

namespace gateway::store {

Result<model::DisclosureLog::Admission> DisclosureStore::admit(const model::AskedQuestion& question,
                                                               std::int64_t since_us, std::int64_t now_us,
                                                               std::uint64_t most) {
  auto connection = connections_.writer();
  Transaction transaction = TRY(Transaction::begin(*connection, Database::Access::Write));
  Admission admission;
  {
    Statement count = TRY((*connection)
                              .prepare("SELECT count(*), coalesce(sum(CASE WHEN digest = $4 THEN 1 ELSE 0 "
                                       "END), 0) FROM asked_question "
                                       "WHERE requester = $1 AND dataset = $2 AND asked_us >= $3"));
    count.bind(1, question.requester).bind(2, question.dataset).bind(3, since_us).bind(4, question.digest);
    TRY(count.step());
    admission.questions = static_cast<std::uint64_t>(count.integer(0));
    admission.asked_before = count.integer(1) > 0;
  }
  admission.admitted = admission.asked_before || admission.questions < most;
  if (!admission.admitted || admission.asked_before) return admission;
  Statement write =
      TRY((*connection)
              .prepare(
                  "INSERT INTO asked_question (requester, dataset, digest, asked_us) VALUES ($1, $2, $3, $4) "
                  "ON CONFLICT (requester, dataset, digest) DO UPDATE SET asked_us = excluded.asked_us"));
  write.bind(1, question.requester).bind(2, question.dataset).bind(3, question.digest).bind(4, now_us);
  TRY_VOID(write.run());
  TRY_VOID(transaction.commit());
  ++admission.questions;
  return admission;
}

}  // namespace gateway::store

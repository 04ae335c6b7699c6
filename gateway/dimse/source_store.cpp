// Sending objects to a PACS (PS3.4 annex B): one association for all of them, as long as it holds.
#include <optional>

#include "gateway/dimse/association_pool.h"
#include "gateway/dimse/outgoing.h"
#include "gateway/dimse/source.h"

namespace gateway::dimse {
namespace {

using model::RemoteStoreOutcome;

constexpr unsigned kMaxBroken = 3;

RemoteStoreOutcome failed(const Error& error) { return {error.face().dicom_status, error.text()}; }

}  // namespace

Result<std::vector<RemoteStoreOutcome>> DimseSource::store(
    std::span<const std::shared_ptr<const ByteSource>> objects) {
  std::vector<RemoteStoreOutcome> outcomes(objects.size());
  std::vector<std::pair<std::size_t, Outgoing>> sendable;
  std::set<ObjectKind> kinds;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    auto object = open_outgoing(objects[i]);
    if (!object) {
      outcomes[i] = failed(object.error());
      continue;
    }
    kinds.insert({object->sop_class, object->transfer_syntax});
    sendable.emplace_back(i, std::move(*object));
  }
  if (sendable.empty()) return outcomes;
  const auto contexts = proposal_for(kinds);
  std::optional<AssociationPool::Lease> association(TRY(pool_->with(contexts)));
  // An object that breaks the association is not to take the others with it; a peer that breaks one after the
  // other is left alone.
  unsigned broken_in_a_row = 0;
  std::optional<Error> fault;
  for (const auto& [i, object] : sendable) {
    if (!association && broken_in_a_row < kMaxBroken) {
      auto again = pool_->with(contexts);
      if (again)
        association.emplace(std::move(*again));
      else
        fault = again.error();
    }
    auto answer = association ? send_object(**association, object) : Result<StoreAnswer>(*fault);
    outcomes[i] = answer.ok() ? RemoteStoreOutcome{answer->status, answer->comment} : failed(answer.error());
    if (answer.ok()) {
      broken_in_a_row = 0;
    } else if (association) {
      fault = answer.error();
      ++broken_in_a_row;
      association->abandon();
      association.reset();
    }
  }
  return outcomes;
}

}  // namespace gateway::dimse

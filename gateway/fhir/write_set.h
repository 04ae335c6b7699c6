// WriteSet: what a request is about to change, decided against what is stored, and committed as one
// transaction (FHIR R4 http 3.1.0.4 to 3.1.0.11).
//
// First decide(): which resource a call is about and what happens to it; then stage(), which gives the
// version to write its text; then commit(). Between the first and the last the store may change: commit()
// then fails with Conflict, and all of it is to be done again (write_again() tells whether). One thread; the
// face must outlive it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gateway/fhir/write_call.h"
#include "gateway/model/resource_port.h"

namespace gateway::fhir {

// What becomes of one resource.
struct Decision {
  enum class Kind : std::uint8_t {
    Create,  // a first version, or one after a deletion
    Update,
    Delete,
    Nothing,  // a conditional create that found one, a delete of what is not there
  };
  Kind kind = Kind::Nothing;
  std::string type, id;
  std::optional<FoundResource> current;  // also a deletion
};

class WriteSet {
 public:
  // Error: NotSupported for a face without a store.
  static Result<WriteSet> begin(const FhirFace& face);

  // One decision, but for a conditional delete that finds several or none. Errors: NotFound, Conflict,
  // PreconditionFailed, InvalidParameter, MethodNotAllowed for what clients cannot change (with the reason).
  Result<std::vector<Decision>> decide(const Call& call);
  // The resource of a decided call is checked and becomes a version; nothing is written yet. A reply that
  // failed() has the findings. Errors: as patched(), and those of the store.
  Result<Reply> stage(const Call& call, const Decision& decision);
  // All or nothing, durable when it returns. Error: Conflict as ResourceStore::commit.
  Result<void> commit();
  // What was decided outside came from a search, too: nothing may have changed since begin().
  void keep_state() { searched_ = true; }

  const std::vector<model::ResourceWrite>& writes() const { return writes_; }
  // After commit(): what the image records of a resource ("ImagingStudy/1") do not hold.
  std::vector<std::string> notes(const std::string& resource) const;

 private:
  explicit WriteSet(const FhirFace& face, std::int64_t state, std::int64_t now_us)
      : face_(&face), state_(state), now_us_(now_us) {}
  Result<std::vector<Decision>> decide_create(const Call& call);
  Result<std::vector<Decision>> decide_by_id(const Call& call);
  Result<std::vector<Decision>> decide_by_criteria(const Call& call);
  Result<std::vector<Decision>> decide_deletes(const Call& call);
  Result<Decision> existing(const Call& call, const std::string& id, Decision::Kind kind);
  Result<Reply> stage_text(const Call& call, const Decision& decision, Value resource);

  const FhirFace* face_;
  std::int64_t state_;
  std::int64_t now_us_;
  Place place_;            // of the last call
  bool searched_ = false;  // a decision came from a search: the whole state must stay
  std::vector<model::ResourceWrite> writes_;
  std::map<std::string, std::vector<std::string>> notes_;
};

// Whether a failed attempt number `attempt` (from 0) is to be made again: somebody else wrote in between.
bool write_again(const Error& error, const Call& call, int attempt);

// Decides, stages and commits one call, again when others write in between. Of a conditional delete of
// several the reply is that of the last.
Result<Reply> write(const FhirFace& face, const Call& call);

// `resource` with this id and version, its head in the order of the standard.
Value stamped(const Value& resource, const std::string& id, std::int64_t version, std::int64_t updated_us);

// Whether it is a type of R4: packs also define types of later releases.
bool is_resource_type(const FhirFace& face, std::string_view type);

// Whether clients may send resources of this type. Error: NotFound for no type of R4, MethodNotAllowed with
// the reason.
Result<void> check_writable(const FhirFace& face, std::string_view type);

}  // namespace gateway::fhir

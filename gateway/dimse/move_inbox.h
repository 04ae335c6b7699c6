// MoveInbox: where objects that arrive by C-STORE meet the C-MOVE of ours that asked for them.
//
// A fetch opens a Waiting for the time of its C-MOVE; the server offers what arrives. Matching is by Move
// Originator (0000,1030) and (0000,1031); where the peer leaves those out, by the UIDs of the object.
// Thread-safe.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "gateway/model/source_port.h"

namespace gateway::dimse {

class MoveInbox {
 public:
  // Takes the object of one C-STORE; its error becomes the status of the response.
  using Take = std::function<Result<void>(std::shared_ptr<const ByteSource> object)>;

  class Waiting {
   public:
    Waiting(MoveInbox& inbox, std::string our_title, std::uint16_t message_id, model::RemoteId id, Take take);
    ~Waiting();  // returns when nothing of it is in use any more
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;

   private:
    friend class MoveInbox;
    MoveInbox& inbox_;
    std::string our_title_;
    std::uint16_t message_id_;
    model::RemoteId id_;
    Take take_;
    std::mutex busy_;        // one object at a time
    std::size_t users_ = 0;  // calls of take_ that run
  };

  struct Arrival {
    std::string originator;        // (0000,1030), empty when absent
    std::uint16_t message_id = 0;  // (0000,1031)
    model::RemoteId id;            // of the object
    std::shared_ptr<const ByteSource> object;
  };
  // Nothing when nobody waits for it: then it is an ordinary object.
  std::optional<Result<void>> offer(const Arrival& arrival);
  bool anybody_waits() const;

 private:
  Waiting* find(const Arrival& arrival);
  mutable std::mutex mutex_;
  std::condition_variable used_;
  std::vector<Waiting*> waiting_;
};

}  // namespace gateway::dimse

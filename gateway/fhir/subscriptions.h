// Subscriptions: topic subscriptions by rest-hook (Subscriptions R5 Backport 1.1.0 on FHIR R4).
//
// One thread looks for what is new, in the image index and among the resources that clients sent, numbers the
// events of each subscription and keeps them, then delivers them in order. So an event is delivered at least
// once, also over a restart; a receiver that fails is tried again with growing pauses, and given up after
// kMaxFailures (status error). Each gets one message a round at most; a round that took kRoundUs ends, and
// the next begins behind who was told last, so that slow receivers do not hold up the look for what is new.
// The last kKeptEvents can be asked for again. Thread-safe; the face must outlive it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "gateway/fhir/face.h"
#include "gateway/fhir/subscription_notice.h"

namespace gateway::http {
class HttpClient;
}

namespace gateway::fhir {

class Subscriptions {
 public:
  static constexpr std::size_t kKeptEvents = 50;    // and those that wait to be delivered, up to
  static constexpr std::size_t kMaxWaiting = 5000;  // beyond it the oldest go: a gap in the numbers
  static constexpr std::size_t kMaxSubscriptions = 500;
  static constexpr int kMaxFailures = 12;               // pauses of 1 s, 2 s, 4 s, ... up to 5 minutes
  static constexpr std::int64_t kRoundUs = 20'000'000;  // after which nobody else is told in a round
  static constexpr std::int64_t kSettleUs = 2'000'000;  // that a study is left alone while images come in

  explicit Subscriptions(const FhirFace& face) : face_(face) {}
  ~Subscriptions() { stop(); }
  void start();
  void stop();  // within about a second, whatever receivers do
  // Something was written: do not wait for the next look. `place`: how this server is called from outside.
  void wake(const Place& place);

  // One round: handshakes, new events, deliveries that are due, heartbeats. Errors: those of the stores.
  Result<void> step();

  // Of $status and $events. Nothing for a subscription that is not served.
  struct Log {
    Channel channel;
    std::int64_t total = 0;
    std::vector<Event> events;  // the last ones, ascending
  };
  std::optional<Log> log(const std::string& id) const;
  // JSON of what an event is about; empty when it is there no more.
  std::string focus_json(const Event& event, const Place& place) const;

 private:
  struct Feed {
    Log log;
    std::int64_t delivered = 0;  // number of the last event that was delivered
    std::int64_t version = 0;    // of what is kept
    int failures = 0;
    std::int64_t next_us = 0, sent_us = 0, kept_us = 0;
    bool changed = false;  // there are events that are not kept
    bool moved = false;    // delivered further than what is kept says
    bool told = false;     // in this round
  };
  struct Fresh {
    const Topic* topic;
    Event event;
  };
  struct Cursor {
    std::int64_t study = 0, studies_us = 0, resources_us = 0;
  };
  // What is new; it counts as seen only when its events were assigned.
  struct Look {
    Cursor cursor;
    std::vector<Fresh> events;
    std::set<std::string> seen;
    bool moved = false;        // the cursor is to be kept
    std::size_t versions = 0;  // that were looked at
  };

  void run();
  Result<void> refresh();
  Result<void> take_up(const model::StoredResource& stored, std::map<std::string, Feed>& into);
  Result<void> load_feed(const std::string& id, Feed& feed);
  Result<void> load_cursor();
  Result<void> handshakes();
  Result<Look> fresh() const;
  Result<void> fresh_studies(Look& into) const;
  Result<void> fresh_resources(const std::string& type, Look& into) const;
  Result<void> take_version(const model::StoredResource& version, Look& into) const;
  Result<void> assign(const std::vector<Fresh>& events);
  Result<bool> concerns(const Channel& channel, const Fresh& event) const;
  void take(Look look);
  void trim(Feed& feed);
  Result<void> keep(bool all);
  void deliver();
  void heartbeats();
  bool has_time() const { return face_.clock().steady_us() - round_us_ < kRoundUs; }
  template <class Each>
  void in_turn(Each&& each);
  bool tell(Feed& feed, NoticeKind kind, const std::vector<Event>& events);
  Result<void> send(const Feed& feed, NoticeKind kind, const std::vector<Event>& events);
  Result<int> post(const Channel& channel, std::string notice);
  Result<void> set_status(const std::string& id, std::string_view status, const std::string& error);
  void failed(Feed& feed, const Error& error);
  void turn(Feed& feed, std::string_view status);

  const FhirFace& face_;
  mutable std::mutex mutex_;  // of changes of feeds_, which the thread makes and others copy
  std::map<std::string, Feed> feeds_;
  std::string last_;                  // whom the last message went to
  std::int64_t round_us_ = 0;         // when the round began to send, on the steady clock
  Place place_;                       // of the last write; kept, since notifications name this server
  std::int64_t cursor_version_ = -1;  // -1: not read yet
  Cursor cursor_;
  std::set<std::string> seen_;  // versions near the cursor that were events already
  bool cursor_changed_ = false;

  std::mutex step_;
  std::mutex wait_;
  std::condition_variable changed_;
  std::atomic<bool> stopping_ = false;
  bool woken_ = false;  // under wait_, as what follows
  Place told_place_;
  http::HttpClient* sending_ = nullptr;  // what stop() ends
  std::thread thread_;
};

// Of one that is about to be written, behind the writes `staged`: it must be one that is served. It becomes
// `requested` unless it is active already, with this endpoint; masked headers get their values again. Errors:
// as read_channel, also for a filter that cannot be searched; TooManyRequests beyond kMaxSubscriptions; those
// of the stores.
Result<void> check_subscription(const FhirFace& face, Value& subscription,
                                std::span<const model::ResourceWrite> staged);

void add_subscription_routes(http::Router& router, const FhirFace& face);

}  // namespace gateway::fhir

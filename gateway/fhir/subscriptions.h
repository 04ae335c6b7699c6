// Subscriptions: topic subscriptions by rest-hook (Subscriptions R5 Backport 1.1.0 on FHIR R4).
//
// One thread looks for what is new, in the image index and among the resources that clients sent, numbers the
// events of each subscription and keeps them, then delivers them in order. So an event is delivered at least
// once, also over a restart; a receiver that fails is tried again with growing pauses, and given up after
// kMaxFailures (status error). The last kKeptEvents of each can be asked for again. Thread-safe; the face
// must outlive it.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "gateway/fhir/face.h"
#include "gateway/fhir/subscription_notice.h"

namespace gateway::fhir {

class Subscriptions {
 public:
  static constexpr std::size_t kKeptEvents = 200;
  static constexpr std::size_t kMaxSubscriptions = 500;
  static constexpr int kMaxFailures = 12;               // pauses of 1 s, 2 s, 4 s, ... up to 5 minutes
  static constexpr std::int64_t kSettleUs = 2'000'000;  // that a study is left alone while images come in

  explicit Subscriptions(const FhirFace& face) : face_(face) {}
  ~Subscriptions() { stop(); }
  void start();
  void stop();
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
  std::string focus_json(const Event& event) const;

 private:
  struct Feed {
    Log log;
    std::int64_t delivered = 0;  // number of the last event that was delivered
    std::int64_t version = 0;    // of what is kept
    int failures = 0;
    std::int64_t next_us = 0, sent_us = 0;
    bool changed = false;
  };
  struct Fresh {
    const Topic* topic;
    Event event;
  };

  void run();
  Result<void> refresh();
  Result<void> load_feed(const std::string& id, Feed& feed);
  Result<void> load_cursor();
  Result<void> handshakes();
  Result<std::vector<Fresh>> fresh();
  Result<void> fresh_studies(std::vector<Fresh>& into);
  Result<void> fresh_resources(const std::string& type, std::vector<Fresh>& into);
  Result<void> take_version(const model::StoredResource& version, std::vector<Fresh>& into);
  Result<void> assign(const std::vector<Fresh>& events);
  Result<bool> concerns(const Channel& channel, const Fresh& event) const;
  Result<void> keep();
  void deliver();
  void heartbeats();
  Result<void> send(const Channel& channel, NoticeKind kind, const std::vector<Event>& events,
                    std::int64_t total) const;
  Result<void> set_status(const std::string& id, std::string_view status, const std::string& error);
  void failed(Feed& feed, const Error& error);

  const FhirFace& face_;
  mutable std::mutex mutex_;  // of feeds_ between the thread and those who ask
  std::map<std::string, Feed> feeds_;
  Place place_;                       // of the last write; kept, since notifications name this server
  std::int64_t cursor_version_ = -1;  // -1: not read yet
  std::int64_t last_study_ = 0, studies_us_ = 0, resources_us_ = 0;
  std::set<std::string> seen_;  // versions near the cursor that were events already
  bool cursor_changed_ = false;

  std::mutex step_;
  std::mutex wait_;
  std::condition_variable changed_;
  bool stopping_ = false, woken_ = false;
  Place told_place_;  // under wait_
  std::thread thread_;
};

// Errors: as read_channel; TooManyRequests.
Result<void> check_subscription(const FhirFace& face, const Value& subscription);

void add_subscription_routes(http::Router& router, const FhirFace& face);

}  // namespace gateway::fhir

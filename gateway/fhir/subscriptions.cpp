#include "gateway/fhir/subscriptions.h"

#include <algorithm>

#include "gateway/base/log.h"
#include "gateway/base/owned_bytes.h"
#include "gateway/codec/json.h"
#include "gateway/fhir/write_set.h"
#include "gateway/http/client.h"

namespace gateway::fhir {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kMaxPauseUs = 300 * kSecond;
constexpr std::size_t kEventsANotice = 100;

// Scheme and authority; the rest.
std::pair<std::string, std::string> parts_of(const std::string& url) {
  const auto slash = url.find('/', url.find("://") + 3);
  if (slash == std::string::npos) return {url, "/"};
  return {url.substr(0, slash), url.substr(slash)};
}

}  // namespace

void Subscriptions::start() {
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
}

void Subscriptions::stop() {
  {
    const std::lock_guard lock(wait_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Subscriptions::wake(const Place& place) {
  {
    const std::lock_guard lock(wait_);
    woken_ = true;
    told_place_ = place;
  }
  changed_.notify_all();
}

void Subscriptions::run() {
  while (true) {
    {
      std::unique_lock lock(wait_);
      changed_.wait_for(lock, std::chrono::seconds(1), [&] { return stopping_ || woken_; });
      if (stopping_) return;
      woken_ = false;
    }
    if (const auto done = step(); !done)
      log::warning("subscriptions wait", {{"reason", done.error().text()}, {"detail", done.error().detail}});
  }
}

Result<void> Subscriptions::step() {
  const std::lock_guard lock(step_);
  TRY_VOID(load_cursor());
  {
    const std::lock_guard waiting(wait_);
    if (!told_place_.base.empty() && told_place_.base != place_.base) {
      place_ = told_place_;
      cursor_changed_ = true;
    }
  }
  TRY_VOID(refresh());
  TRY_VOID(handshakes());
  const std::vector<Fresh> events = TRY(fresh());
  TRY_VOID(assign(events));
  TRY_VOID(keep());
  deliver();
  heartbeats();
  return keep();
}

// The Subscriptions as they are stored now.
Result<void> Subscriptions::refresh() {
  const model::ResourceStore& store = *face_.resources()->store();
  model::ResourceQuery query;
  query.types = {"Subscription"};
  query.limit = kMaxSubscriptions;
  std::vector<std::int64_t> rows;
  for (const auto& hit : TRY(store.find(query))) rows.push_back(hit.row);
  std::map<std::string, Feed> feeds;
  for (const auto& stored : TRY(store.load(rows))) {
    auto channel = read_channel(TRY(codec::parse_json(stored.json)), face_.config().notify_hosts);
    if (!channel) continue;
    if (channel->end_us != 0 && channel->end_us <= face_.now_us()) channel->status = "off";
    Feed feed;
    if (const auto known = feeds_.find(stored.id); known != feeds_.end())
      feed = known->second;
    else
      TRY_VOID(load_feed(stored.id, feed));
    feed.log.channel = std::move(*channel);
    feeds.emplace(stored.id, std::move(feed));
  }
  const std::lock_guard lock(mutex_);
  feeds_ = std::move(feeds);
  return {};
}

Result<void> Subscriptions::handshakes() {
  for (auto& [id, feed] : feeds_) {
    if (feed.log.channel.status != "requested") continue;
    const auto sent = send(feed.log.channel, NoticeKind::Handshake, {}, feed.log.total);
    feed.log.channel.status = sent ? "active" : "error";
    feed.sent_us = face_.now_us();
    feed.failures = 0;
    TRY_VOID(set_status(id, feed.log.channel.status, sent ? std::string() : sent.error().message));
  }
  return {};
}

// Filters are searches: the event concerns those whose search finds its focus.
Result<bool> Subscriptions::concerns(const Channel& channel, const Fresh& event) const {
  if (channel.topic != event.topic->url || channel.status != "active") return false;
  const auto slash = event.event.focus.find('/');
  for (const std::string& filter : channel.filters) {
    QueryPairs criteria = TRY(criteria_of(filter, "Subscription.criteria"));
    criteria.emplace_back("_id", event.event.focus.substr(slash + 1));
    const auto ids = face_.resources()->ids(event.topic->type, criteria, place_);
    if (!ids) {  // a filter that cannot be searched matches nothing
      log::warning("subscription filter", {{"subscription", channel.id}, {"reason", ids.error().text()}});
      return false;
    }
    if (ids->empty()) return false;
  }
  return true;
}

Result<void> Subscriptions::assign(const std::vector<Fresh>& events) {
  for (auto& [id, feed] : feeds_)
    for (const Fresh& each : events) {
      if (!TRY(concerns(feed.log.channel, each))) continue;
      const auto same = [&](const Event& known) {  // of before a restart
        return known.focus == each.event.focus && known.time_us == each.event.time_us;
      };
      if (std::any_of(feed.log.events.begin(), feed.log.events.end(), same)) continue;
      Event event = each.event;
      const std::lock_guard lock(mutex_);
      event.number = ++feed.log.total;
      feed.log.events.push_back(std::move(event));
      feed.changed = true;
    }
  return {};
}

std::string Subscriptions::focus_json(const Event& event) const {
  const auto slash = event.focus.find('/');
  const auto found =
      face_.resources()->read(event.focus.substr(0, slash), event.focus.substr(slash + 1), place_);
  return found && *found ? (*found)->json : std::string();
}

Result<void> Subscriptions::send(const Channel& channel, NoticeKind kind, const std::vector<Event>& events,
                                 std::int64_t total) const {
  std::vector<std::string> resources;
  if (channel.content == Content::FullResource)
    for (const Event& event : events) resources.push_back(focus_json(event));
  const auto [host, target] = parts_of(channel.endpoint);
  http::ClientOptions options;
  options.name = "subscriber of " + channel.id;
  options.base_url = host;
  options.headers = channel.headers;
  options.connect_ms = options.idle_ms = options.total_ms = channel.timeout_s * 1000;
  options.max_answer_bytes = 64 << 10;
  const auto client = TRY(http::HttpClient::make(std::move(options)));
  http::ClientRequest request;
  request.method = http::Method::Post;
  request.target = target;
  request.headers = {{"Content-Type", "application/fhir+json; charset=utf-8"}};
  request.body = {std::make_shared<OwnedText>(
      notification(channel, kind, events, resources, total, place_.base, face_.now_us()))};
  const auto answer = TRY(client->send(request));
  if (answer.status >= 200 && answer.status < 300) return {};
  return fail(ErrorCode::BadGateway, "the endpoint answered " + std::to_string(answer.status));
}

void Subscriptions::failed(Feed& feed, const Error& error) {
  const std::int64_t pause = std::min(kMaxPauseUs, kSecond << std::min(feed.failures, 20));
  feed.next_us = face_.now_us() + pause;
  ++feed.failures;
  log::warning(
      "notification failed",
      {{"subscription", feed.log.channel.id}, {"failures", feed.failures}, {"reason", error.text()}});
  if (feed.failures < kMaxFailures) return;
  feed.log.channel.status = "error";
  const auto kept = set_status(feed.log.channel.id, "error", error.message);
  if (!kept) feed.failures = kMaxFailures - 1;  // told at the next failure
}

// In order of the numbers; the next ones only when these arrived.
void Subscriptions::deliver() {
  for (auto& [id, feed] : feeds_) {
    if (feed.log.channel.status != "active") continue;
    while (feed.delivered < feed.log.total && feed.next_us <= face_.now_us()) {
      std::vector<Event> due;
      for (const Event& event : feed.log.events)
        if (event.number > feed.delivered && due.size() < kEventsANotice) due.push_back(event);
      if (due.empty()) break;
      if (const auto sent = send(feed.log.channel, NoticeKind::Event, due, feed.log.total); !sent) {
        failed(feed, sent.error());
        break;
      }
      feed.delivered = due.back().number;
      feed.failures = 0;
      feed.sent_us = face_.now_us();
      feed.changed = true;
    }
  }
}

void Subscriptions::heartbeats() {
  for (auto& [id, feed] : feeds_) {
    const Channel& channel = feed.log.channel;
    const bool due = channel.heartbeat_s > 0 && channel.status == "active" &&
                     feed.next_us <= face_.now_us() &&
                     feed.sent_us + channel.heartbeat_s * kSecond <= face_.now_us();
    if (!due) continue;
    feed.sent_us = face_.now_us();
    if (const auto sent = send(channel, NoticeKind::Heartbeat, {}, feed.log.total); !sent)
      failed(feed, sent.error());
  }
}

std::optional<Subscriptions::Log> Subscriptions::log(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = feeds_.find(id);
  if (found == feeds_.end()) return std::nullopt;
  return found->second.log;
}

Result<void> check_subscription(const FhirFace& face, const Value& subscription) {
  const Channel channel = TRY(read_channel(subscription, face.config().notify_hosts));
  if (channel.status == "requested" || channel.status == "off" || channel.status == "active") return {};
  return fail(ErrorCode::Unprocessable, "a subscription is requested, or off", "Subscription.status");
}

}  // namespace gateway::fhir

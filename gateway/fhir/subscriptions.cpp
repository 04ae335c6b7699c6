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

constexpr std::uint32_t kMostLoaded = 1000;
constexpr std::size_t kLoadBytes = 16 << 20;  // by one call of the store

// Scheme and authority; the rest.
std::pair<std::string, std::string> parts_of(const std::string& url) {
  const auto end = url.find_first_of("/?", url.find("://") + 3);
  if (end == std::string::npos) return {url, "/"};
  return {url.substr(0, end), url.substr(end)};
}

// Whether the filter itself is at fault, and will be the next time, too.
bool blames_filter(const Error& error) {
  const ErrorFace& face = error.face();
  return error.code == ErrorCode::NotSupported || (face.http_status < 500 && !face.retry);
}

// Filters are searches: this one, of one resource.
Result<bool> finds(const FhirFace& face, std::string_view type, const std::string& filter,
                   const std::string& id, const Place& place) {
  QueryPairs criteria = TRY(criteria_of(filter, "Subscription.criteria"));
  if (std::all_of(criteria.begin(), criteria.end(), [](const auto& each) { return each.second.empty(); }))
    return fail(ErrorCode::InvalidParameter, "the filter has no value", "Subscription.criteria");
  criteria.emplace_back("_id", id);
  const auto ids = TRY(face.resources()->ids(type, criteria, place));
  return !ids.empty();
}

// Strict: each is tried for an id that need not be there.
Result<void> check_filters(const FhirFace& face, const Channel& channel) {
  for (const std::string& filter : channel.filters) {
    const auto found = finds(face, find_topic(channel.topic)->type, filter, "0", Place());
    if (found) continue;
    if (!blames_filter(found.error())) return found.error();
    return fail(ErrorCode::Unprocessable, "the filter cannot be searched: " + found.error().text(),
                "Subscription.criteria");
  }
  return {};
}

Result<void> check_room(const FhirFace& face, std::span<const model::ResourceWrite> staged) {
  model::ResourceQuery query;
  query.types = {"Subscription"};
  std::uint64_t count = TRY(face.resources()->store()->count(query));
  for (const model::ResourceWrite& write : staged)
    if (write.type == "Subscription" && write.expected == 0) ++count;
  if (count < Subscriptions::kMaxSubscriptions) return {};
  return fail(ErrorCode::TooManyRequests,
              "this server has " + std::to_string(Subscriptions::kMaxSubscriptions) +
                  " subscriptions: delete one first",
              "Subscription");
}

}  // namespace

void Subscriptions::start() {
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
}

void Subscriptions::stop() {
  {
    const std::lock_guard lock(wait_);
    stopping_ = true;
    if (sending_) sending_->stop();
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
  const std::lock_guard lock(step_);
  if (const auto kept = keep(true); !kept)
    log::warning("deliveries may be repeated", {{"reason", kept.error().text()}});
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
  round_us_ = face_.clock().steady_us();
  TRY_VOID(handshakes());
  Look look = TRY(fresh());
  TRY_VOID(assign(look.events));
  take(std::move(look));
  TRY_VOID(keep(false));
  deliver();
  heartbeats();
  return {};
}

// The Subscriptions as they are stored now: a few more than are taken when some came at once.
Result<void> Subscriptions::refresh() {
  const model::ResourceStore& store = *face_.resources()->store();
  model::ResourceQuery query;
  query.types = {"Subscription"};
  query.limit = kMostLoaded;
  std::vector<std::int64_t> rows;
  for (const auto& hit : TRY(store.find(query))) rows.push_back(hit.row);
  std::map<std::string, Feed> feeds;
  for (std::span<const std::int64_t> rest(rows); !rest.empty();) {
    const auto loaded = TRY(store.load(rest, kLoadBytes));
    for (const auto& stored : loaded.resources) TRY_VOID(take_up(stored, feeds));
    rest = rest.subspan(std::max<std::size_t>(1, loaded.examined));
  }
  const std::lock_guard lock(mutex_);
  feeds_ = std::move(feeds);
  return {};
}

// One of them, unless it is not served: its host may be named no more.
Result<void> Subscriptions::take_up(const model::StoredResource& stored, std::map<std::string, Feed>& into) {
  auto channel = read_channel(TRY(codec::parse_json(stored.json)), face_.config().notify_hosts);
  if (!channel) return {};
  if (channel->end_us != 0 && channel->end_us <= face_.now_us()) channel->status = "off";
  Feed feed;
  if (const auto known = feeds_.find(stored.id); known != feeds_.end())
    feed = known->second;
  else
    TRY_VOID(load_feed(stored.id, feed));
  feed.log.channel = std::move(*channel);
  feed.told = false;
  into.emplace(stored.id, std::move(feed));
  return {};
}

Result<void> Subscriptions::handshakes() {
  for (auto& [id, feed] : feeds_) {
    if (stopping_ || !has_time()) return {};
    if (feed.log.channel.status != "requested") continue;
    feed.told = true;
    const auto sent = send(feed, NoticeKind::Handshake, {});
    if (!sent && stopping_) return {};  // asked again by whoever starts next
    turn(feed, sent ? "active" : "error");
    feed.sent_us = face_.now_us();
    feed.failures = 0;
    TRY_VOID(set_status(id, feed.log.channel.status, sent ? std::string() : sent.error().message));
  }
  return {};
}

// An event concerns those whose filters all find its focus. A filter that cannot be searched, which was
// written before a search parameter went, finds nothing; that the store is busy is no reason to lose events.
Result<bool> Subscriptions::concerns(const Channel& channel, const Fresh& event) const {
  if (channel.topic != event.topic->url || channel.status != "active") return false;
  const std::string id = event.event.focus.substr(event.event.focus.find('/') + 1);
  for (const std::string& filter : channel.filters) {
    const auto found = finds(face_, event.topic->type, filter, id, place_);
    if (!found && !blames_filter(found.error())) return found.error();
    if (!found)
      log::warning("subscription filter", {{"subscription", channel.id}, {"reason", found.error().text()}});
    if (!found || !*found) return false;
  }
  return true;
}

// All or none: what failed half-way is assigned anew.
Result<void> Subscriptions::assign(const std::vector<Fresh>& events) {
  std::vector<std::pair<Feed*, const Event*>> assigned;
  for (auto& [id, feed] : feeds_)
    for (const Fresh& each : events) {
      if (!TRY(concerns(feed.log.channel, each))) continue;
      const auto same = [&](const Event& known) {  // of before a restart
        return known.focus == each.event.focus && known.time_us == each.event.time_us;
      };
      if (std::none_of(feed.log.events.begin(), feed.log.events.end(), same))
        assigned.emplace_back(&feed, &each.event);
    }
  const std::lock_guard lock(mutex_);
  for (const auto& [feed, event] : assigned) {
    feed->log.events.push_back(*event);
    feed->log.events.back().number = ++feed->log.total;
    feed->changed = true;
  }
  return {};
}

std::string Subscriptions::focus_json(const Event& event, const Place& place) const {
  const auto slash = event.focus.find('/');
  const auto found =
      face_.resources()->read(event.focus.substr(0, slash), event.focus.substr(slash + 1), place);
  return found && *found ? (*found)->json : std::string();
}

// The status of the answer.
Result<int> Subscriptions::post(const Channel& channel, std::string notice) {
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
  request.body = {std::make_shared<OwnedText>(std::move(notice))};
  {
    const std::lock_guard lock(wait_);
    if (stopping_) return fail(ErrorCode::BadGateway, "the server stops");
    sending_ = client.get();
  }
  const auto answer = client->send(request);
  {
    const std::lock_guard lock(wait_);
    sending_ = nullptr;
  }
  if (!answer) return answer.error();
  return answer->status;
}

// The message of the error is what Subscription.error tells: no more than that, since whoever subscribes
// could look around with it in networks where this server stands.
Result<void> Subscriptions::send(const Feed& feed, NoticeKind kind, const std::vector<Event>& events) {
  const Channel& channel = feed.log.channel;
  std::vector<std::string> resources;
  if (channel.content == Content::FullResource)
    for (const Event& event : events) resources.push_back(focus_json(event, place_));
  const auto status = post(
      channel, notification(channel, kind, events, resources, feed.log.total, place_.base, face_.now_us()));
  if (!status) return fail(status.error().code, "not delivered", {}, status.error().text());
  if (*status >= 200 && *status < 300) return {};
  return fail(ErrorCode::BadGateway, "not delivered: " + std::to_string(*status / 100) + "xx", {},
              "the endpoint answered " + std::to_string(*status));
}

void Subscriptions::turn(Feed& feed, std::string_view status) {
  const std::lock_guard lock(mutex_);
  feed.log.channel.status = status;
}

void Subscriptions::failed(Feed& feed, const Error& error) {
  const std::int64_t pause = std::min(kMaxPauseUs, kSecond << std::min(feed.failures, 20));
  feed.next_us = face_.now_us() + pause;
  ++feed.failures;
  log::warning(
      "notification failed",
      {{"subscription", feed.log.channel.id}, {"failures", feed.failures}, {"reason", error.detail}});
  if (feed.failures < kMaxFailures) return;
  turn(feed, "error");
  const auto kept = set_status(feed.log.channel.id, "error", error.message);
  if (!kept) feed.failures = kMaxFailures - 1;  // told at the next failure
}

// One message, and what became of it. That this server stops is no fault of the receiver.
bool Subscriptions::tell(Feed& feed, NoticeKind kind, const std::vector<Event>& events) {
  if (stopping_) return false;
  feed.told = true;
  const auto sent = send(feed, kind, events);
  if (!sent && !stopping_) failed(feed, sent.error());
  if (!sent) return false;
  feed.failures = 0;
  feed.sent_us = face_.now_us();
  return true;
}

// All feeds, as long as the round has time; beginning behind the one that was told last.
template <class Each>
void Subscriptions::in_turn(Each&& each) {
  auto at = feeds_.upper_bound(last_);
  for (std::size_t left = feeds_.size(); left > 0 && has_time(); --left, ++at) {
    if (at == feeds_.end()) at = feeds_.begin();
    const bool told = at->second.told;
    each(at->second);
    if (at->second.told && !told) last_ = at->first;
  }
}

// In order of the numbers; the next ones only when these arrived.
void Subscriptions::deliver() {
  in_turn([this](Feed& feed) {
    if (feed.told || feed.log.channel.status != "active" || feed.next_us > face_.now_us()) return;
    std::vector<Event> due;
    for (const Event& event : feed.log.events)
      if (event.number > feed.delivered && due.size() < kEventsANotice) due.push_back(event);
    if (due.empty() || !tell(feed, NoticeKind::Event, due)) return;
    feed.delivered = due.back().number;
    feed.moved = true;
  });
}

void Subscriptions::heartbeats() {
  in_turn([this](Feed& feed) {
    const Channel& channel = feed.log.channel;
    const bool due = !feed.told && channel.heartbeat_s > 0 && channel.status == "active" &&
                     feed.next_us <= face_.now_us() &&
                     feed.sent_us + channel.heartbeat_s * kSecond <= face_.now_us();
    if (due) tell(feed, NoticeKind::Heartbeat, {});
  });
}

std::optional<Subscriptions::Log> Subscriptions::log(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = feeds_.find(id);
  if (found == feeds_.end()) return std::nullopt;
  return found->second.log;
}

Result<void> check_subscription(const FhirFace& face, Value& subscription,
                                std::span<const model::ResourceWrite> staged) {
  const auto stored =
      TRY(face.resources()->store()->read("Subscription", std::string(subscription.text("id"))));
  Value before;
  if (stored && !stored->deleted) before = TRY(codec::parse_json(stored->json));
  TRY_VOID(unmask_headers(subscription, before));
  const Channel channel = TRY(read_channel(subscription, face.config().notify_hosts));
  if (channel.status != "requested" && channel.status != "off" && channel.status != "active")
    return fail(ErrorCode::Unprocessable, "a subscription is requested, or off", "Subscription.status");
  TRY_VOID(check_filters(face, channel));
  if (before.is_null()) TRY_VOID(check_room(face, staged));
  // Only a handshake makes it active.
  const Value* known = before.find("channel");
  const bool goes_on =
      before.text("status") == "active" && known && known->text("endpoint") == channel.endpoint;
  if (channel.status == "active" && !goes_on) subscription.set("status", "requested");
  return {};
}

}  // namespace gateway::fhir

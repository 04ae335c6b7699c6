#include "gateway/sources/remote_blobs.h"

#include <algorithm>
#include <chrono>

#include "gateway/base/log.h"
#include "mappers/dicom/reader.h"

namespace gateway::sources {
namespace {

using model::BlobRef;
using model::BlobView;

constexpr std::uint64_t kMaxRead = 256ull << 20;
constexpr std::size_t kFlightsAtOnce = 8;  // from one source

// What "not there" means for an object that the index knows.
Error missing(const Error& error, const std::string& source) {
  if (error.code != ErrorCode::NotFound && error.code != ErrorCode::Gone) return error;
  return fail(ErrorCode::Gone, source + " does not have the object any more", error.where, error.detail);
}

// A description may name any address: none is asked but those of the configuration.
Error no_source(const RemoteRef& remote) {
  if (is_source_name(remote.source))
    return fail(ErrorCode::BadGateway, "the source " + remote.source + " is not configured any more");
  if (remote.source == kNowhere)
    return fail(ErrorCode::BadGateway, "nobody said where the object is retrieved from",
                remote.id.instance_uid);
  return fail(ErrorCode::BadGateway,
              "the object is said to be at " + remote.source + ", which is no source of this gateway",
              remote.id.instance_uid);
}

Error late(const Source& source) {
  return fail(ErrorCode::GatewayTimeout, source.name() + " did not send the object in time");
}

Error given_up(const Source& source) {
  return fail(ErrorCode::Overloaded, "too much is asked of " + source.name() + " at once");
}

// Nobody waits any more for what did not even begin: the source has enough to do.
bool is_forsaken(const Progress& progress, const Source& source) {
  const auto wait = std::chrono::milliseconds(source.options.wait_ms);
  return std::chrono::steady_clock::now() - progress.last() > wait;
}

}  // namespace

// Lands a flight whatever happens, so that nobody waits for it in vain.
class RemoteBlobs::Landing {
 public:
  Landing(Flights& flights, const Source& source, std::shared_ptr<Flights::Flight> flight)
      : flights_(flights), source_(source), flight_(std::move(flight)) {}
  ~Landing() { flights_.land(*flight_, given_up(source_)); }
  Landing(const Landing&) = delete;
  Landing& operator=(const Landing&) = delete;

 private:
  Flights& flights_;
  const Source& source_;
  const std::shared_ptr<Flights::Flight> flight_;
};

Result<std::string> instance_uid_of(const ByteSource& object) {
  mappers::dicom::ReadLimits limits;
  limits.max_value_bytes = 1024;
  const auto file = TRY(mappers::dicom::read_file(object, limits));
  return file.data.text(mappers::dicom::tags::kSopInstanceUid);
}

Result<BlobView> RemoteBlobs::open(const BlobRef& ref) const {
  if (ref.kind != BlobRef::Kind::Remote) return store_.open(ref);
  const auto remote = parse_remote_ref(ref);
  if (!remote) return fail(ErrorCode::StoreFailed, "a reference to another system cannot be read");
  if (auto here = cache_.find(ref.name)) return std::move(*here);
  const Source* source = sources_.meant(remote->source);
  if (!source) return no_source(*remote);
  const auto boarding = flights_.board(ref.name);
  if (boarding.first) fly(*source, *remote, ref.name, boarding.flight);
  if (auto landed = boarding.flight->wait(source->options.wait_ms)) return std::move(*landed);
  // A source that always answers too late is one that fails: else each of thousands would be waited for.
  if (boarding.flight->progress().blame()) source->remote->blame(late(*source));
  return late(*source);
}

// A few threads for each source, so that one that stands still does not keep the others from their turn.
Crew& RemoteBlobs::crew_of(const Source& source) const {
  const std::lock_guard lock(mutex_);
  auto& crew = crews_[&source];
  if (!crew) crew = std::make_unique<Crew>(kFlightsAtOnce);
  return *crew;
}

void RemoteBlobs::fly(const Source& source, const RemoteRef& remote, const std::string& key,
                      const std::shared_ptr<Flights::Flight>& flight) const {
  const auto landing = std::make_shared<const Landing>(flights_, source, flight);
  crew_of(source).add([this, &source, remote, key, flight, landing] {
    if (is_forsaken(flight->progress(), source)) return flights_.land(*flight, late(source));
    flight->progress().made();
    auto here = cache_.find(key);  // another flight may have landed since somebody looked
    flights_.land(*flight, here ? Result<BlobView>(std::move(*here)) : fetch_one(source, remote, key));
  });
}

// Exactly one object is asked for; a source that sends another one, or several, is not believed.
Result<BlobView> RemoteBlobs::fetch_one(const Source& source, const RemoteRef& remote,
                                        const std::string& key) const {
  std::optional<BlobView> view;
  const auto take = [&](const std::shared_ptr<const ByteSource>& object) -> Result<void> {
    const auto uid = instance_uid_of(*object);
    if (!uid.ok())
      return fail(ErrorCode::BadGateway,
                  remote.source + " sent what is no DICOM object: " + uid.error().message);
    if (*uid != remote.id.instance_uid)
      return fail(ErrorCode::BadGateway, remote.source + " sent another object than it was asked for");
    if (!view) view = TRY(cache_.put(key, *object));
    return {};
  };
  const auto fetched = source.remote->fetch(remote.id, take);
  if (!fetched.ok()) return missing(fetched.error(), remote.source);
  if (view) return std::move(*view);
  const std::string why = fetched->problems.empty() ? "" : ": " + fetched->problems.front();
  if (fetched->failed) return fail(ErrorCode::BadGateway, remote.source + " failed to send the object" + why);
  return fail(ErrorCode::Gone, remote.source + " does not have the object any more" + why);
}

Result<std::string> RemoteBlobs::read(const BlobRef& ref) const {
  if (ref.kind != BlobRef::Kind::Remote) return store_.read(ref);
  const BlobView view = TRY(open(ref));
  if (view.length > kMaxRead)
    return fail(ErrorCode::DicomLimit, "the object is too large to be read at once");
  std::string bytes(view.length, '\0');
  const FileSource file(view.file, view.offset + view.length);
  const std::size_t got = TRY(file.read_at(view.offset, std::as_writable_bytes(std::span(bytes))));
  if (got != bytes.size()) return fail(ErrorCode::Internal, "a cached object is shorter than it was");
  return bytes;
}

Result<std::uint64_t> RemoteBlobs::length(const BlobRef& ref) const {
  if (ref.kind != BlobRef::Kind::Remote) return store_.length(ref);
  if (ref.length) return ref.length;
  if (const auto known = cache_.length(ref.name)) return *known;
  return TRY(open(ref)).length;
}

void RemoteBlobs::keep_if_room(const BlobRef& ref, const ByteSource& object) const {
  const CacheView cache = cache_.view();
  if (cache.bytes + object.size() > cache.limit || cache_.contains(ref.name)) return;
  if (const auto kept = cache_.put(ref.name, object); !kept.ok())
    log::warning("source_cache_failed", {{"reason", kept.error().message}, {"detail", kept.error().detail}});
}

void RemoteBlobs::prefetch(std::span<const BlobRef> refs) const {
  struct Series {
    Wanted missing;
    std::uint64_t all = 0, bytes = 0;
  };
  std::map<std::pair<std::string, std::string>, Series> series;  // source and series UID
  std::map<std::string, std::string> study_of;
  for (const BlobRef& ref : refs) {
    const auto remote = parse_remote_ref(ref);
    if (!remote) continue;
    Series& one = series[{remote->source, remote->id.series_uid}];
    study_of[remote->id.series_uid] = remote->id.study_uid;
    ++one.all;
    one.bytes += ref.length;
    if (!cache_.contains(ref.name)) one.missing[remote->id.instance_uid] = ref.name;
  }
  for (auto& [name, one] : series) {
    const Source* source = sources_.meant(name.first);
    // What does not fit the cache would be gone before it is read.
    const bool fits = one.bytes <= cache_.view().limit / 2;
    if (!source || one.all < 2 || one.missing.size() != one.all || !fits) continue;
    fetch_series(*source, {study_of[name.second], name.second, {}}, std::move(one.missing));
  }
}

// One transfer for several objects. Those that have not come when it ends are landed with the reason.
class RemoteBlobs::SeriesFlight {
 public:
  SeriesFlight(const RemoteBlobs& blobs, const Source& source, model::RemoteId series)
      : blobs_(blobs), source_(source), series_(std::move(series)) {}
  ~SeriesFlight() {
    for (const auto& [uid, one] : wanted_) blobs_.flights_.land(*one.flight, why_not_);
  }
  SeriesFlight(const SeriesFlight&) = delete;
  SeriesFlight& operator=(const SeriesFlight&) = delete;

  // Those that nobody fetches already.
  void board(Wanted wanted) {
    for (auto& [uid, key] : wanted) {
      auto boarding = blobs_.flights_.board(key, progress_);
      if (!boarding.first) continue;
      wanted_.emplace(uid, One{std::move(key), std::move(boarding.flight)});
    }
  }
  std::vector<std::shared_ptr<Flights::Flight>> flights() const {
    std::vector<std::shared_ptr<Flights::Flight>> all;
    for (const auto& [uid, one] : wanted_) all.push_back(one.flight);
    return all;
  }

  void run() {
    if (is_forsaken(*progress_, source_)) {
      why_not_ = late(source_);
      return;
    }
    progress_->made();
    const auto fetched = source_.remote->fetch(
        series_, [&](const std::shared_ptr<const ByteSource>& object) { return take(*object); });
    why_not_ = !fetched.ok()
                   ? missing(fetched.error(), source_.name())
                   : fail(ErrorCode::BadGateway, source_.name() + " sent its series without this object");
    if (!fetched.ok())
      log::warning("source_prefetch_failed",
                   {{"source", source_.name()}, {"reason", fetched.error().message}});
  }

 private:
  Result<void> take(const ByteSource& object) {
    const auto uid = instance_uid_of(object);
    const auto found = uid.ok() ? wanted_.find(*uid) : wanted_.end();
    if (found != wanted_.end()) {
      blobs_.flights_.land(*found->second.flight, blobs_.cache_.put(found->second.key, object));
      wanted_.erase(found);
    }
    progress_->made();
    return {};
  }

  const RemoteBlobs& blobs_;
  const Source& source_;
  const model::RemoteId series_;
  const std::shared_ptr<Progress> progress_ = std::make_shared<Progress>();
  struct One {
    std::string key;  // of the cache
    std::shared_ptr<Flights::Flight> flight;
  };
  std::map<std::string, One> wanted_;  // by instance UID
  Error why_not_ = given_up(source_);
};

// Who waits for one of them gets it when it arrives; what did not arrive is fetched alone by who opens it.
void RemoteBlobs::fetch_series(const Source& source, const model::RemoteId& series, Wanted wanted) const {
  auto transfer = std::make_shared<SeriesFlight>(*this, source, series);
  transfer->board(std::move(wanted));
  const auto flights = transfer->flights();
  if (flights.empty()) return;
  crew_of(source).add([transfer] { transfer->run(); });
  transfer.reset();  // it lands them all when it ends, or when nobody has taken it
  for (const auto& flight : flights)
    if (!flight->wait(source.options.wait_ms)) return;
}

}  // namespace gateway::sources

#include "gateway/sources/remote_blobs.h"

#include <algorithm>

#include "gateway/base/log.h"
#include "mappers/dicom/reader.h"

namespace gateway::sources {
namespace {

using model::BlobRef;
using model::BlobView;

constexpr std::uint64_t kMaxRead = 256ull << 20;

// What "not there" means for an object that the index knows.
Error missing(const Error& error, const std::string& source) {
  if (error.code != ErrorCode::NotFound && error.code != ErrorCode::Gone) return error;
  return fail(ErrorCode::Gone, source + " does not have the object any more", error.where, error.detail);
}

// Lands a flight whatever happens, so that nobody waits for it in vain.
class Landing {
 public:
  Landing(Flights& flights, const std::string& key) : flights_(flights), key_(key) {}
  ~Landing() { flights_.land(key_, fail(ErrorCode::Internal, "the fetching of an object was given up")); }
  Landing(const Landing&) = delete;
  Landing& operator=(const Landing&) = delete;

 private:
  Flights& flights_;
  const std::string key_;
};

}  // namespace

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
  const Source* source = sources_.find(remote->source);
  if (!source)
    return fail(ErrorCode::BadGateway, "the source " + remote->source + " is not configured any more");
  const auto boarding = flights_.board(ref.name);
  if (boarding.first) {
    const Landing landing(flights_, ref.name);
    auto here = cache_.find(ref.name);  // another flight may have landed since we looked
    flights_.land(ref.name, here ? Result<BlobView>(std::move(*here)) : fetch_one(*remote, ref.name));
  }
  if (auto landed = boarding.flight->wait(source->options.wait_ms)) return std::move(*landed);
  return fail(ErrorCode::GatewayTimeout, remote->source + " did not send the object in time");
}

// Exactly one object is asked for; a source that sends another one, or several, is not believed.
Result<BlobView> RemoteBlobs::fetch_one(const RemoteRef& remote, const std::string& key) const {
  const Source& source = *sources_.find(remote.source);
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
    const Source* source = sources_.find(name.first);
    // What does not fit the cache would be gone before it is read.
    const bool fits = one.bytes <= cache_.view().limit / 2;
    if (!source || one.all < 2 || one.missing.size() != one.all || !fits) continue;
    fetch_series(*source, {study_of[name.second], name.second, {}}, std::move(one.missing));
  }
}

// Those of the series that nobody fetches already. Who waits for one of them gets it when it arrives; what
// did not arrive is fetched alone by who opens it.
void RemoteBlobs::fetch_series(const Source& source, const model::RemoteId& series, Wanted wanted) const {
  std::erase_if(wanted, [&](const auto& one) { return !flights_.board(one.second).first; });
  if (wanted.empty()) return;
  const auto fetched =
      source.remote->fetch(series, [&](const std::shared_ptr<const ByteSource>& object) -> Result<void> {
        const auto uid = instance_uid_of(*object);
        const auto found = uid.ok() ? wanted.find(*uid) : wanted.end();
        if (found == wanted.end()) return {};
        flights_.land(found->second, cache_.put(found->second, *object));
        wanted.erase(found);
        return {};
      });
  const Error error =
      !fetched.ok() ? missing(fetched.error(), source.name())
                    : fail(ErrorCode::BadGateway, source.name() + " sent its series without this object");
  for (const auto& [uid, key] : wanted) flights_.land(key, error);
  if (!fetched.ok())
    log::warning("source_prefetch_failed", {{"source", source.name()}, {"reason", fetched.error().message}});
}

}  // namespace gateway::sources

// Sources: the other systems behind this gateway, as they are configured.
//
// Filled at start, then const and thread-safe. Owns the sources; clock and metrics must outlive it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/sources/guarded_source.h"

namespace gateway::sources {

struct SourceOptions {
  // Harvest: what it holds is copied into the index, from time to time. Live: every search asks it.
  enum class Mode : std::uint8_t { Harvest, Live };
  // What a harvest moves: metadata only, where the source gives them, or the objects (which tells digests,
  // lengths, transfer syntaxes and frame positions, too).
  enum class Take : std::uint8_t { Metadata, Objects };
  Mode mode = Mode::Harvest;
  Take take = Take::Metadata;
  std::int64_t interval_s = 3600;     // between harvests; 0: only when asked to
  std::string earliest = "19700101";  // the oldest study date that windows of dates reach
  std::uint64_t list_limit = 5'000;   // with more studies than these the list is asked for by dates
  std::int64_t wait_ms = 30'000;      // how long one search or read waits for it
  std::string ae_title;               // (0008,0054) of its results; empty: its name
  bool store = false;                 // objects that are stored here are sent there
  model::RemoteIdentity identity;
  BreakerOptions breaker;
};

struct Source {
  SourceOptions options;
  std::unique_ptr<GuardedSource> remote;
  const std::string& name() const { return remote->name(); }
  const std::string& ae_title() const { return options.ae_title.empty() ? name() : options.ae_title; }
};

class Sources {
 public:
  Sources(const Clock& clock, Metrics& metrics) : clock_(clock), metrics_(metrics) {}
  // Error: ConfigInvalid for a name that cannot be one, or is there already.
  Result<void> add(std::unique_ptr<model::RemoteSource> source, const SourceOptions& options);
  const std::vector<std::unique_ptr<Source>>& all() const { return sources_; }
  const Source* find(std::string_view name) const;  // nullptr when there is none
  // The one at this service root; nullptr when there is none: addresses that others write are never asked.
  const Source* at(std::string_view address) const;
  // By name, else by address: what a reference to another system says (remote_ref.h).
  const Source* meant(std::string_view place) const;
  // Ends what any of them is doing, soon.
  void stop() const;

 private:
  const Clock& clock_;
  Metrics& metrics_;
  std::vector<std::unique_ptr<Source>> sources_;
};

}  // namespace gateway::sources

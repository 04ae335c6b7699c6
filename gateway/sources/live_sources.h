// LiveSources: asks all sources that are searched live, at the same time, each for as long as it may take.
//
// Thread-safe. Sources and clock must outlive it. A source that does not answer is named in the result; the
// others count.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gateway/sources/answer_cache.h"
#include "gateway/sources/crew.h"
#include "gateway/sources/live_search.h"

namespace gateway::sources {

struct LiveResult {
  const Source* source = nullptr;
  std::shared_ptr<const LiveAnswer> answer;  // nullptr: see `error`
  std::optional<Error> error;
};

class LiveSources {
 public:
  LiveSources(const Sources& sources, TagOfPath tag_of_path, const Clock& clock);
  ~LiveSources();
  bool empty() const { return sources_.empty(); }
  // In the order of the configuration. A source that cannot be asked this has an error NotSupported.
  std::vector<LiveResult> ask(const model::Query& query, std::uint64_t wanted);

 private:
  struct Question;
  const std::vector<const Source*> sources_;
  const TagOfPath tag_of_path_;
  AnswerCache cache_;
  Crew crew_;
};

// When every source that was asked failed: its error; of several GatewayTimeout if that is what all did, else
// BadGateway, naming them. Nothing when one of them answered or none could be asked.
std::optional<Error> all_failed(const std::vector<LiveResult>& results);

}  // namespace gateway::sources

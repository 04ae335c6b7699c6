// The JSON-LD contexts of profiles/jsonld, by their addresses: what a document may name without anything
// being fetched. Read once when the program starts; constant after that, so thread-safe.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "gateway/base/result.h"
#include "gateway/base/value.h"
#include "gateway/codec/rdf_read.h"

namespace gateway::codec {

class ShippedContexts {
 public:
  // Error: ProfileInvalid with file and line.
  static Result<ShippedContexts> load(const std::string& folder);
  // For read_rdf. It shares the contexts, so it may outlive this.
  ContextSource source() const;
  std::size_t size() const { return by_address_->size(); }

 private:
  using Contexts = std::map<std::string, Value, std::less<>>;
  std::shared_ptr<const Contexts> by_address_;
};

}  // namespace gateway::codec

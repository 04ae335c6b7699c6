// Internal to the reader of JSON-LD: the terms that one context defines (JSON-LD 1.1 Processing Algorithms
// and API, section 4.2). Used once, by one thread; result, context and budget must outlive it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

#include "gateway/base/result.h"
#include "gateway/base/value.h"
#include "gateway/codec/rdf_context.h"

namespace gateway::codec {

class TermMaker {
 public:
  TermMaker(JsonLdContext& result, const Value::Map& local, bool all_protected, bool override_protected,
            std::size_t& budget);
  // Errors: InvalidBody naming the term, BodyTooLarge when the budget is spent.
  Result<void> define_all();

 private:
  using Previous = std::shared_ptr<const TermDefinition>;
  Result<void> define(std::string_view term);
  Result<void> define_if_here(std::string_view term);
  Result<std::optional<std::string>> expand(std::string_view value);
  Result<void> fill(std::string_view term, const Value& value, TermDefinition& into, bool& ignore);
  Result<void> fill_reverse(const Value& value, TermDefinition& into, bool& ignore);
  Result<void> fill_id(std::string_view term, const Value& value, TermDefinition& into, bool& ignore);
  Result<void> fill_from_name(std::string_view term, TermDefinition& into);
  Result<void> fill_type(const Value& type, TermDefinition& into);
  Result<void> fill_rest(std::string_view term, const Value& value, TermDefinition& into);
  Result<void> fill_index(const Value& value, TermDefinition& into);
  Result<void> keep(std::string_view term, TermDefinition made, const Previous& before);

  JsonLdContext& result_;
  const bool all_protected_, override_protected_;
  std::size_t& budget_;
  std::unordered_map<std::string_view, const Value*> local_;
  enum class State : std::uint8_t { Begun, Done };
  std::unordered_map<std::string_view, State> states_;
  unsigned depth_ = 0;
};

}  // namespace gateway::codec

// Internal to the reader of JSON-LD: contexts (JSON-LD 1.1 Processing Algorithms and API, sections 4
// and 5.2).
//
// Contexts are values that never change once made, shared by those who use them. The cost of making them is
// bounded over a whole document, for a context of a few bytes copies all terms of the one around it. One
// processor per document and thread; the document and the shipped contexts must outlive it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include "gateway/base/result.h"
#include "gateway/base/value.h"
#include "gateway/codec/rdf_read.h"

namespace gateway::codec {

enum Container : std::uint8_t {
  kInGraph = 1,
  kInId = 2,
  kInIndex = 4,
  kInLanguage = 8,
  kInList = 16,
  kInSet = 32,
  kInType = 64
};

struct TermDefinition {
  std::optional<std::string> iri;  // absent: the term is to be ignored
  bool prefix = false, is_protected = false, reverse = false;
  std::uint8_t container = 0;
  std::optional<std::string> type;
  bool says_language = false;
  std::string language;  // with says_language; empty for null
  std::string index, nest;
  const Value* context = nullptr;  // its own, for what stands below
  bool same_but_protection(const TermDefinition& other) const;
};

struct JsonLdContext {
  std::map<std::string, std::shared_ptr<const TermDefinition>, std::less<>> terms;
  std::optional<std::string> base, vocab;
  std::string language;
  std::shared_ptr<const JsonLdContext> previous;
  const TermDefinition* find(std::string_view term) const;
};
using ContextPtr = std::shared_ptr<const JsonLdContext>;

bool is_keyword(std::string_view text);
// "@" and letters: kept for later versions of JSON-LD.
bool looks_like_keyword(std::string_view text);
// Section 5.2, for a context that is complete. Nothing: to be ignored.
std::optional<std::string> expand_iri(const JsonLdContext& context, std::string_view value,
                                      bool document_relative, bool vocab);

class ContextProcessor {
 public:
  ContextProcessor(std::string_view base, const ContextSource& source);
  const ContextPtr& initial() const { return initial_; }

  struct Options {
    bool override_protected = false, propagate = true;
    bool keep = false;  // the same pair will come again
  };
  // Section 4.1. Errors: InvalidBody, NotSupported for contexts that are not shipped, BodyTooLarge.
  Result<ContextPtr> process(const ContextPtr& active, const Value& local, Options options);

 private:
  class Builder;
  Result<ContextPtr> processed(const ContextPtr& active, const Value& local, Options options);
  Result<void> take(JsonLdContext& result, const ContextPtr& active, const Value& local,
                    const Options& options, unsigned remote_depth);
  Result<void> take_map(JsonLdContext& result, const Value& local, const Options& options, bool remote);
  Result<void> take_settings(JsonLdContext& result, const Value& local, bool remote);
  Result<void> take_base(JsonLdContext& result, const Value& base);
  Result<void> spend(std::size_t cost);

  const ContextSource& source_;
  ContextPtr initial_;
  std::size_t budget_;
  using Key = std::tuple<const JsonLdContext*, const Value*, bool, bool>;
  struct Kept {
    ContextPtr active, made;  // the active one, so that its address stays its own
  };
  std::map<Key, Kept> kept_;
};

}  // namespace gateway::codec

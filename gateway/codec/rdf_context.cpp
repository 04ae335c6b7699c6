#include "gateway/codec/rdf_context.h"

#include <algorithm>

#include "gateway/base/text.h"
#include "gateway/codec/rdf_iri.h"
#include "gateway/codec/rdf_terms.h"

namespace gateway::codec {
namespace {

// Terms copied or defined, and sixteen bytes of their IRIs each.
constexpr std::size_t kBudget = 4'000'000;
constexpr std::size_t kMostKept = 1'000;
constexpr unsigned kDeepestRemote = 8;

Error too_long(std::string_view iri) {
  return fail(ErrorCode::BodyTooLarge, "the JSON-LD context: " + too_long_iri(iri));
}

// What a copy of a context costs.
std::size_t cost_of(const JsonLdContext& context) {
  std::size_t bytes = context.language.size();
  bytes += context.base ? context.base->size() : 0;
  bytes += context.vocab ? context.vocab->size() : 0;
  for (const auto& [term, unused] : context.terms) bytes += term.size();
  return context.terms.size() + 1 + bytes / 16;
}

Error fault(std::string what, std::string_view where = {}) {
  return fail(ErrorCode::InvalidBody, "the JSON-LD context " + std::move(what),
              std::string(where.substr(0, 200)));
}

bool any_protected(const JsonLdContext& context) {
  return std::any_of(context.terms.begin(), context.terms.end(),
                     [](const auto& entry) { return entry.second->is_protected; });
}

}  // namespace

bool TermDefinition::same_but_protection(const TermDefinition& other) const {
  const bool contexts = context && other.context ? *context == *other.context : context == other.context;
  return contexts && iri == other.iri && prefix == other.prefix && reverse == other.reverse &&
         container == other.container && type == other.type && says_language == other.says_language &&
         language == other.language && index == other.index && nest == other.nest;
}

const TermDefinition* JsonLdContext::find(std::string_view term) const {
  const auto found = terms.find(term);
  return found == terms.end() ? nullptr : found->second.get();
}

bool is_keyword(std::string_view text) {
  static constexpr std::string_view kKeywords[] = {
      "@base",      "@container", "@context",  "@direction", "@graph", "@id",      "@import", "@included",
      "@index",     "@json",      "@language", "@list",      "@nest",  "@none",    "@prefix", "@propagate",
      "@protected", "@reverse",   "@set",      "@type",      "@value", "@version", "@vocab"};
  return text.starts_with('@') &&
         std::find(std::begin(kKeywords), std::end(kKeywords), text) != std::end(kKeywords);
}

bool looks_like_keyword(std::string_view text) {
  return text.size() > 1 && text[0] == '@' && std::all_of(text.begin() + 1, text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
         });
}

std::optional<std::string> expand_iri(const JsonLdContext& context, std::string_view value,
                                      bool document_relative, bool vocab) {
  if (is_keyword(value)) return std::string(value);
  if (looks_like_keyword(value)) return std::nullopt;
  if (const TermDefinition* known = context.find(value);
      known && (vocab || (known->iri && is_keyword(*known->iri))))
    return known->iri;
  if (const auto colon = value.find(':', 1); colon != std::string_view::npos) {
    const std::string_view prefix = value.substr(0, colon), suffix = value.substr(colon + 1);
    if (prefix == "_" || suffix.starts_with("//")) return std::string(value);
    const TermDefinition* known = context.find(prefix);
    if (known && known->iri && known->prefix) return *known->iri + std::string(suffix);
    if (has_scheme(value)) return std::string(value);
  }
  if (vocab && context.vocab) return *context.vocab + std::string(value);
  if (document_relative && context.base) return resolve_iri(*context.base, value);
  return std::string(value);
}

ContextProcessor::ContextProcessor(std::string_view base, const ContextSource& source)
    : source_(source), budget_(kBudget) {
  JsonLdContext initial;
  if (!base.empty()) initial.base = base;
  initial_ = std::make_shared<const JsonLdContext>(std::move(initial));
}

Result<void> ContextProcessor::spend(std::size_t cost) {
  if (cost > budget_)
    return fail(ErrorCode::BodyTooLarge, "the JSON-LD contexts of the document are too many");
  budget_ -= cost;
  return {};
}

Result<ContextPtr> ContextProcessor::process(const ContextPtr& active, const Value& local, Options options) {
  if (!options.keep) return processed(active, local, options);
  const Key key{active.get(), &local, options.override_protected, options.propagate};
  if (const auto known = kept_.find(key); known != kept_.end()) return known->second.made;
  ContextPtr made = TRY(processed(active, local, options));
  if (kept_.size() < kMostKept) kept_.emplace(key, Kept{active, made});
  return made;
}

Result<ContextPtr> ContextProcessor::processed(const ContextPtr& active, const Value& local,
                                               Options options) {
  TRY_VOID(spend(cost_of(*active)));
  JsonLdContext result = *active;
  if (const Value* propagate = local.find("@propagate")) {
    if (!propagate->as_bool()) return fault("has an @propagate that is no boolean");
    options.propagate = *propagate->as_bool();
  }
  if (!options.propagate && !result.previous) result.previous = active;
  TRY_VOID(take(result, active, local, options, 0));
  return std::make_shared<const JsonLdContext>(std::move(result));
}

// Section 4.1.2 step 5; numbers are those of its parts.
Result<void> ContextProcessor::take(JsonLdContext& result, const ContextPtr& active, const Value& local,
                                    const Options& options, unsigned remote_depth) {
  if (const Value::List* list = local.as_list()) {
    for (const Value& item : *list) {
      if (item.as_list()) return fault("is a list in a list");
      TRY_VOID(take(result, active, item, options, remote_depth));
    }
    return {};
  }
  if (local.is_null()) {  // 5.1
    if (!options.override_protected && any_protected(result)) return fault("undoes protected terms");
    JsonLdContext fresh = *initial_;
    if (!options.propagate) fresh.previous = result.previous;  // set before: the one around all of these
    result = std::move(fresh);
    return {};
  }
  if (const std::string* address = local.as_string()) {  // 5.2
    const std::string url = resolve_iri(initial_->base.value_or(""), *address);
    const Value* document = source_ ? source_(url) : nullptr;
    const Value* shipped = document ? document->find("@context") : nullptr;
    if (!shipped || remote_depth >= kDeepestRemote)
      return fail(ErrorCode::NotSupported, "a JSON-LD context that is not shipped here is never fetched",
                  url.substr(0, 200));
    return take(result, active, *shipped, options, remote_depth + 1);
  }
  if (!local.as_map()) return fault("is neither map, list, address nor null");
  return take_map(result, local, options, remote_depth > 0);
}

Result<void> ContextProcessor::take_map(JsonLdContext& result, const Value& local, const Options& options,
                                        bool remote) {
  TRY_VOID(take_settings(result, local, remote));
  bool all_protected = false;
  if (const Value* given = local.find("@protected")) {
    if (!given->as_bool()) return fault("has an @protected that is no boolean");
    all_protected = *given->as_bool();
  }
  TermMaker maker(result, *local.as_map(), all_protected, options.override_protected, budget_);
  return maker.define_all();
}

Result<void> ContextProcessor::take_base(JsonLdContext& result, const Value& base) {
  if (base.is_null()) {
    result.base.reset();
    return {};
  }
  if (!base.as_string()) return fault("has an @base that is no IRI");
  if (is_too_long(*base.as_string())) return too_long(*base.as_string());
  std::string text = resolve_iri(result.base.value_or(""), *base.as_string());
  if (is_too_long(text)) return too_long(text);
  if (!is_whole_iri(text)) return fault("has an @base that is no IRI", text);
  TRY_VOID(spend(text.size() / 16));
  result.base = std::move(text);
  return {};
}

// Steps 5.5 to 5.11.
Result<void> ContextProcessor::take_settings(JsonLdContext& result, const Value& local, bool remote) {
  if (const Value* version = local.find("@version");
      version && (!version->as_decimal() || version->as_decimal()->text != "1.1"))
    return fault("is of another version than 1.1");
  if (local.find("@import"))
    return fail(ErrorCode::NotSupported, "@import in a JSON-LD context is not taken");
  if (const Value* base = local.find("@base"); base && !remote) TRY_VOID(take_base(result, *base));
  if (const Value* vocab = local.find("@vocab")) {
    if (!vocab->is_null() && !vocab->as_string()) return fault("has an @vocab that is no IRI");
    std::optional<std::string> text;
    if (vocab->as_string()) text = expand_iri(result, *vocab->as_string(), true, true);
    if (text && is_too_long(*text)) return too_long(*text);
    if (text && !text->starts_with("_:") && !is_whole_iri(*text))
      return fault("has an @vocab that is no IRI", *text);
    TRY_VOID(spend(text ? text->size() / 16 : 0));
    result.vocab = std::move(text);
  }
  if (const Value* language = local.find("@language")) {
    const std::string* tag = language->as_string();
    if (!language->is_null() && (!tag || !is_language_tag(*tag)))
      return fault("has an @language that is no tag");
    result.language = tag ? lower(*tag) : "";
  }
  if (const Value* direction = local.find("@direction"))
    if (!direction->is_null() && direction != nullptr && local.text("@direction") != "ltr" &&
        local.text("@direction") != "rtl")
      return fault("has an @direction that is neither ltr nor rtl");
  return {};
}

}  // namespace gateway::codec

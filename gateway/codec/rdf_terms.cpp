#include "gateway/codec/rdf_terms.h"

#include <algorithm>

#include "gateway/base/text.h"
#include "gateway/codec/rdf_iri.h"

namespace gateway::codec {
namespace {

constexpr unsigned kDeepestTerm = 64;  // of terms defined by terms

bool is_iri_or_blank(std::string_view text) { return text.starts_with("_:") || is_whole_iri(text); }

std::size_t colon_inside(std::string_view term) { return term.find(':', 1); }

bool ends_in_delimiter(std::string_view iri) {
  return !iri.empty() && std::string_view(":/?#[]@").find(iri.back()) != std::string_view::npos;
}

std::string shortened(std::string_view text) { return std::string(text.substr(0, 200)); }

Error fault(std::string what, std::string_view where = {}) {
  return fail(ErrorCode::InvalidBody, "a term of the JSON-LD context " + std::move(what), shortened(where));
}

std::uint8_t container_of(std::string_view name) {
  static constexpr std::pair<std::string_view, Container> kNames[] = {
      {"@graph", kInGraph}, {"@id", kInId},   {"@index", kInIndex}, {"@language", kInLanguage},
      {"@list", kInList},   {"@set", kInSet}, {"@type", kInType}};
  for (const auto& [known, bit] : kNames)
    if (name == known) return bit;
  return 0;
}

// Step 18: which containers go together.
bool container_allowed(std::uint8_t bits) {
  const auto without_set = static_cast<std::uint8_t>(bits & ~kInSet);
  if ((bits & kInList) && bits != kInList) return false;
  if (without_set == (kInGraph | kInId) || without_set == (kInGraph | kInIndex)) return true;
  return bits != 0 && (without_set & (without_set - 1)) == 0;
}

Result<std::uint8_t> read_container(const Value& value) {
  std::uint8_t bits = 0;
  const Value::List one{value};
  for (const Value& item : value.as_list() ? *value.as_list() : one) {
    const std::uint8_t bit = item.as_string() ? container_of(*item.as_string()) : std::uint8_t{0};
    if (bit == 0) return fault("has a container that is not known");
    bits |= bit;
  }
  if (!container_allowed(bits)) return fault("has containers that do not go together");
  return bits;
}

}  // namespace

TermMaker::TermMaker(JsonLdContext& result, const Value::Map& local, bool all_protected,
                     bool override_protected, std::size_t& budget)
    : result_(result),
      all_protected_(all_protected),
      override_protected_(override_protected),
      budget_(budget) {
  static constexpr std::string_view kSettings[] = {"@base",      "@direction", "@import",  "@language",
                                                   "@propagate", "@protected", "@version", "@vocab"};
  for (const auto& [key, value] : local)
    if (std::find(std::begin(kSettings), std::end(kSettings), key) == std::end(kSettings))
      local_.emplace(key, &value);
}

Result<void> TermMaker::define_all() {
  for (const auto& [term, value] : local_) TRY_VOID(define(term));
  return {};
}

// Section 4.2.2; numbers are those of its steps.
Result<void> TermMaker::define(std::string_view term) {
  const auto [state, fresh] = states_.try_emplace(term, State::Begun);  // 1, 2
  if (!fresh && state->second == State::Done) return {};
  if (!fresh) return fault("is defined by itself", term);
  if (term.empty()) return fault("is empty");
  if (++depth_ > kDeepestTerm) return fault("is defined by too long a chain of others", term);
  const Value& value = *local_.at(term);
  const bool type_keyword = term == "@type";  // 4, 5
  if (is_keyword(term) && !type_keyword) return fault("is a keyword", term);
  Previous before;  // 6
  if (const auto known = result_.terms.find(term); known != result_.terms.end()) {
    before = known->second;
    result_.terms.erase(known);
  }
  if (!value.is_null() && !value.as_string() && !value.as_map())
    return fault("is neither IRI, map nor null", term);
  TermDefinition made;
  bool ignore = !type_keyword && looks_like_keyword(term);
  if (!ignore) {
    auto filled = fill(term, value, made, ignore);
    if (!filled && filled.error().where.empty()) filled.error().where = term.substr(0, 200);
    TRY_VOID(std::move(filled));
  }
  if (!ignore) TRY_VOID(keep(term, std::move(made), before));
  states_[term] = State::Done;
  --depth_;
  return {};
}

Result<void> TermMaker::keep(std::string_view term, TermDefinition made, const Previous& before) {
  std::size_t bytes = term.size() + made.language.size() + made.index.size() + made.nest.size();
  for (const auto* iri : {&made.iri, &made.type})
    if (*iri) {
      if (is_too_long(**iri)) return fail(ErrorCode::BodyTooLarge, too_long_iri(**iri), shortened(term));
      bytes += (*iri)->size();
    }
  const std::size_t cost = 1 + bytes / 16;
  if (cost > budget_)
    return fail(ErrorCode::BodyTooLarge, "the JSON-LD contexts of the document are too many");
  budget_ -= cost;
  if (!override_protected_ && before && before->is_protected) {  // 26
    if (!made.same_but_protection(*before)) return fault("is protected", term);
    made.is_protected = true;
  }
  result_.terms[std::string(term)] = std::make_shared<const TermDefinition>(std::move(made));
  return {};
}

Result<void> TermMaker::define_if_here(std::string_view term) {
  const auto here = local_.find(term);
  return here == local_.end() ? Result<void>() : define(here->first);
}

// Section 5.2 while the context is in the making: what the value rests on is defined first.
Result<std::optional<std::string>> TermMaker::expand(std::string_view value) {
  if (!is_keyword(value) && !looks_like_keyword(value) && !value.empty()) {
    if (const auto state = states_.find(value); state == states_.end() || state->second != State::Done)
      TRY_VOID(define_if_here(value));
    if (const auto colon = colon_inside(value); colon != std::string_view::npos) {
      const std::string_view prefix = value.substr(0, colon);
      if (prefix != "_" && !value.substr(colon + 1).starts_with("//")) TRY_VOID(define_if_here(prefix));
    }
  }
  return expand_iri(result_, value, false, true);
}

// Steps 7 to 25; `ignore`: the term is as if it were not there.
Result<void> TermMaker::fill(std::string_view term, const Value& value, TermDefinition& into, bool& ignore) {
  static constexpr std::string_view kKnown[] = {"@id",        "@reverse",   "@container", "@context",
                                                "@direction", "@index",     "@language",  "@nest",
                                                "@prefix",    "@protected", "@type"};
  const Value::Map none;
  for (const auto& [key, entry] : value.as_map() ? *value.as_map() : none)
    if (std::find(std::begin(kKnown), std::end(kKnown), key) == std::end(kKnown) ||
        (term == "@type" && key != "@container" && key != "@protected"))
      return fault("has an entry that may not stand there: " + key.substr(0, 100));
  into.is_protected = all_protected_;
  if (const Value* given = value.find("@protected")) {  // 10
    if (!given->as_bool()) return fault("has an @protected that is no boolean");
    into.is_protected = *given->as_bool();
  }
  if (const Value* type = value.find("@type")) TRY_VOID(fill_type(*type, into));  // 11
  if (value.find("@reverse")) return fill_reverse(value, into, ignore);           // 12
  const Value* id = value.as_map() ? value.find("@id") : &value;
  if (term == "@type") {
    if (!value.as_map() || value.text("@container", "@set") != "@set") return fault("cannot be redefined so");
    into.iri = "@type";  // 16
  } else if (id && !(id->as_string() && *id->as_string() == term)) {
    TRY_VOID(fill_id(term, value, into, ignore));
    if (ignore) return {};
  } else {
    TRY_VOID(fill_from_name(term, into));
  }
  return fill_rest(term, value, into);
}

Result<void> TermMaker::fill_type(const Value& type, TermDefinition& into) {
  if (!type.as_string()) return fault("has an @type that is no IRI");
  const auto name = TRY(expand(*type.as_string()));
  static constexpr std::string_view kKeywords[] = {"@id", "@json", "@none", "@vocab"};
  const bool keyword =
      name && std::find(std::begin(kKeywords), std::end(kKeywords), *name) != std::end(kKeywords);
  if (!name || (!keyword && !is_whole_iri(*name))) return fault("has an @type that is no IRI");
  into.type = *name;
  return {};
}

Result<void> TermMaker::fill_reverse(const Value& value, TermDefinition& into, bool& ignore) {
  const Value& reverse = *value.find("@reverse");
  if (value.find("@id") || value.find("@nest") || !reverse.as_string())
    return fault("has an @reverse that may not stand there");
  ignore = looks_like_keyword(*reverse.as_string());
  if (ignore) return {};
  const auto name = TRY(expand(*reverse.as_string()));
  if (!name || !is_iri_or_blank(*name)) return fault("has an @reverse that is no IRI");
  into.iri = *name;
  into.reverse = true;
  if (const Value* container = value.find("@container"); container && !container->is_null()) {
    into.container = TRY(read_container(*container));
    if (into.container != kInSet && into.container != kInIndex)
      return fault("has an @reverse in a container");
  }
  return {};
}

// Step 13; a plain text is an @id too.
Result<void> TermMaker::fill_id(std::string_view term, const Value& value, TermDefinition& into,
                                bool& ignore) {
  const Value& id = value.as_map() ? *value.find("@id") : value;
  if (id.is_null()) return {};
  if (!id.as_string()) return fault("has an @id that is no IRI");
  const std::string& text = *id.as_string();
  ignore = !is_keyword(text) && looks_like_keyword(text);
  if (ignore) return {};
  const auto name = TRY(expand(text));
  if (!name || *name == "@context" || (!is_keyword(*name) && !is_iri_or_blank(*name)))
    return fault("has an @id that is no IRI");
  into.iri = *name;
  const bool plain = colon_inside(term) == std::string_view::npos && term.find('/') == std::string_view::npos;
  if (!plain && term.find(':', 1) != term.size() - 1) {
    states_[local_.find(term)->first] = State::Done;
    const auto itself = TRY(expand(term));
    if (itself != name) return fault("looks like another IRI than it is given");
  }
  into.prefix = plain && value.as_string() && (ends_in_delimiter(*name) || name->starts_with("_:"));
  return {};
}

// Steps 14 to 17.
Result<void> TermMaker::fill_from_name(std::string_view term, TermDefinition& into) {
  if (const auto colon = colon_inside(term); colon != std::string_view::npos) {
    const std::string_view prefix = term.substr(0, colon);
    TRY_VOID(define_if_here(prefix));
    const TermDefinition* known = result_.find(prefix);
    into.iri = known && known->iri ? *known->iri + std::string(term.substr(colon + 1)) : std::string(term);
  } else if (term.find('/') != std::string_view::npos) {
    into.iri = expand_iri(result_, term, false, true);
  } else if (result_.vocab) {
    into.iri = *result_.vocab + std::string(term);
  }
  if (!into.iri || !is_iri_or_blank(*into.iri)) return fault("stands for no IRI");
  return {};
}

// Steps 18 to 24.
Result<void> TermMaker::fill_rest(std::string_view term, const Value& value, TermDefinition& into) {
  if (const Value* container = value.find("@container"); container && !container->is_null()) {
    into.container = TRY(read_container(*container));
    if ((into.container & kInType) && !into.type) into.type = "@id";
    if ((into.container & kInType) && into.type != "@id" && into.type != "@vocab")
      return fault("has a type that its container does not bear");
  }
  TRY_VOID(fill_index(value, into));
  into.context = value.find("@context");
  if (const Value* language = value.find("@language"); language && !value.find("@type")) {
    const std::string* tag = language->as_string();
    if (!language->is_null() && (!tag || !is_language_tag(*tag)))
      return fault("has an @language that is no tag");
    into.says_language = true;
    into.language = tag ? lower(*tag) : "";
  }
  if (const Value* nest = value.find("@nest")) {
    if (!nest->as_string() || (is_keyword(*nest->as_string()) && *nest->as_string() != "@nest"))
      return fault("has an @nest that may not stand there");
    into.nest = *nest->as_string();
  }
  if (const Value* prefix = value.find("@prefix")) {
    const bool plain =
        colon_inside(term) == std::string_view::npos && term.find('/') == std::string_view::npos;
    if (!prefix->as_bool() || !plain) return fault("has an @prefix that may not stand there");
    into.prefix = *prefix->as_bool();
    if (into.prefix && into.iri && is_keyword(*into.iri)) return fault("makes a keyword a prefix");
  }
  return {};
}

Result<void> TermMaker::fill_index(const Value& value, TermDefinition& into) {
  const Value* index = value.find("@index");
  if (!index) return {};
  if (!(into.container & kInIndex) || !index->as_string())
    return fault("has an @index that may not stand there");
  const auto name = TRY(expand(*index->as_string()));
  if (!name || !is_whole_iri(*name)) return fault("has an @index that is no IRI");
  into.index = *index->as_string();
  return {};
}

}  // namespace gateway::codec

#include "gateway/shacl/term_table.h"

#include <functional>

namespace gateway::shacl {

TermTable::TermTable(std::shared_ptr<const TermTable> base)
    : base_(std::move(base)), first_(base_ ? base_->size() : 0), ids_(64, Hash{this}, Equal{this}) {}

std::size_t TermTable::Hash::operator()(const codec::Term& term) const {
  const std::hash<std::string_view> hash;
  // Datatypes repeat and languages are short: their first and last bytes tell them apart well enough.
  std::size_t sum = hash(term.text) + static_cast<std::size_t>(term.kind) * 0x9E3779B97F4A7C15u;
  sum = sum * 31 + term.datatype.size() * 7 + (term.datatype.empty() ? 0 : term.datatype.back());
  return sum * 31 + hash(term.language);
}

std::optional<TermId> TermTable::find(const codec::Term& term) const {
  if (base_)
    if (const auto id = base_->find(term)) return id;
  const auto it = ids_.find(term);
  if (it == ids_.end()) return std::nullopt;
  return *it;
}

TermId TermTable::intern(codec::Term term) {
  if (const auto id = find(term)) return *id;
  const TermId id = size();
  terms_.push_back(std::move(term));
  ids_.insert(id);
  return id;
}

TermId TermTable::intern_iri(std::string_view iri) {
  return intern({codec::Term::Kind::Iri, std::string(iri), {}, {}});
}

}  // namespace gateway::shacl

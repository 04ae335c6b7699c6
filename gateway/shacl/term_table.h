// TermTable: RDF terms as small numbers, so that graphs compare numbers and not texts.
//
// A table may stand on a frozen one whose numbers it continues: shapes and vocabularies are numbered once and
// shared by all validations. Not thread-safe while it grows; const use is.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <unordered_set>

#include "gateway/codec/rdf.h"

namespace gateway::shacl {

using TermId = std::uint32_t;
inline constexpr TermId kNoTerm = ~TermId{0};

class TermTable {
 public:
  explicit TermTable(std::shared_ptr<const TermTable> base = nullptr);
  TermTable(const TermTable&) = delete;
  TermTable& operator=(const TermTable&) = delete;

  TermId intern(codec::Term term);
  TermId intern_iri(std::string_view iri);
  std::optional<TermId> find(const codec::Term& term) const;
  const codec::Term& at(TermId id) const { return id < first_ ? base_->at(id) : terms_[id - first_]; }
  // All terms of this table but not of the one below; nothing may be asked of it afterwards.
  std::deque<codec::Term> release() && { return std::move(terms_); }
  TermId size() const { return first_ + static_cast<TermId>(terms_.size()); }

 private:
  struct Hash {
    using is_transparent = void;
    const TermTable* table;
    std::size_t operator()(const codec::Term& term) const;
    std::size_t operator()(TermId id) const { return (*this)(table->at(id)); }
  };
  struct Equal {
    using is_transparent = void;
    const TermTable* table;
    bool operator()(TermId a, TermId b) const { return a == b; }
    bool operator()(const codec::Term& a, TermId b) const { return a == table->at(b); }
    bool operator()(TermId a, const codec::Term& b) const { return table->at(a) == b; }
  };

  std::shared_ptr<const TermTable> base_;
  TermId first_ = 0;
  std::deque<codec::Term> terms_;
  std::unordered_set<TermId, Hash, Equal> ids_;
};

}  // namespace gateway::shacl

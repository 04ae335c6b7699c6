// DataGraph: the triples that are validated, by number and in two orders (subject first, predicate first), in
// layers: the document above the vocabularies it leans on.
//
// Filled, frozen, then read only: const use is thread-safe. A layer is shared, never copied. The two orders
// are what SHACL Core asks for; it never starts from an object alone.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "gateway/shacl/report.h"
#include "gateway/shacl/term_table.h"

namespace gateway::shacl {

struct IdTriple {
  TermId s, p, o;
  auto operator<=>(const IdTriple&) const = default;
};

// One set of triples with its name.
class Layer {
 public:
  Layer(Origin origin, std::string name) : origin_(origin), name_(std::move(name)) {}

  void add(TermId s, TermId p, TermId o) { spo_.push_back({s, p, o}); }
  // Sorts, drops repetitions, builds the second order. Nothing may be added afterwards.
  void freeze();

  Origin origin() const { return origin_; }
  const std::string& name() const { return name_; }
  std::size_t size() const { return spo_.size(); }
  std::span<const IdTriple> all() const { return spo_; }
  std::span<const IdTriple> of_subject(TermId s) const;
  std::span<const IdTriple> objects(TermId s, TermId p) const;   // read .o
  std::span<const IdTriple> subjects(TermId p, TermId o) const;  // read .s
  std::span<const IdTriple> of_predicate(TermId p) const;        // by object

 private:
  Origin origin_;
  std::string name_;
  std::vector<IdTriple> spo_, pos_;
};

class DataGraph {
 public:
  DataGraph(std::shared_ptr<const TermTable> terms, std::vector<std::shared_ptr<const Layer>> layers)
      : terms_(std::move(terms)), layers_(std::move(layers)) {}

  const TermTable& terms() const { return *terms_; }
  std::span<const std::shared_ptr<const Layer>> layers() const { return layers_; }

  // What is in several layers comes once; the order is that of the numbers of terms within a layer.
  void objects(TermId s, TermId p, std::vector<TermId>& into) const;
  void subjects(TermId p, TermId o, std::vector<TermId>& into) const;
  bool contains(TermId s, TermId p, TermId o) const;
  // The first layer in which the node is a subject; null when there is none.
  const Layer* home_of(TermId node) const;

 private:
  bool is_repeated(std::size_t layer, const IdTriple& triple) const;

  std::shared_ptr<const TermTable> terms_;
  std::vector<std::shared_ptr<const Layer>> layers_;
};

}  // namespace gateway::shacl

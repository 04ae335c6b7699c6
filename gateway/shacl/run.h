// Run: one validation of one data graph; internal to gateway/shacl.
//
// A check either collects rows or only asks whether a node conforms; the second ends at the first fault and
// is remembered. One object per validation; one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "gateway/shacl/data_graph.h"
#include "gateway/shacl/profile.h"
#include "gateway/shacl/report.h"
#include "gateway/shacl/validate.h"

namespace gateway::shacl {

class Run {
 public:
  // `own_nodes`: no rows about nodes that only a vocabulary describes.
  Run(const Profile& profile, const DataGraph& data, const ValidateLimits& limits, bool own_nodes);

  // All shapes with targets, each on each of its focus nodes. Error: Unprocessable.
  Result<Report> all();

 private:
  // One shape on one focus node. `rows` null: only whether it conforms is asked.
  struct Check {
    const Shape& shape;
    TermId focus;
    std::span<const TermId> values;
    std::vector<Row>* rows;
    bool met = true;

    bool done() const { return !met && !rows; }
  };

  std::vector<TermId> focus_nodes(const Shape& shape);
  void add_instances(TermId type, std::vector<TermId>& into);
  const std::unordered_set<TermId>& with_subclasses(TermId type);
  bool is_instance(TermId node, TermId type);

  bool validate(ShapeId id, TermId focus, std::vector<Row>* rows);
  bool conforms(ShapeId id, TermId focus);
  bool enter(ShapeId id, TermId focus);
  void evaluate(Check& check, const Constraint& constraint);
  bool value_is_met(const Constraint& constraint, TermId value);
  bool evaluate_sets(Check& check, const Constraint& constraint);
  bool logic_is_met(const Constraint& constraint, TermId value);

  bool matches(const Constraint& constraint, TermId value);
  bool has_length(const Constraint& constraint, TermId value);
  bool is_compared(const Constraint& constraint, TermId value);
  bool has_language(const Constraint& constraint, TermId value);
  void count_values(Check& check, const Constraint& constraint);
  void count_qualified(Check& check, const Constraint& constraint);
  void unique_languages(Check& check, const Constraint& constraint);
  void equal_sets(Check& check, const Constraint& constraint);
  void disjoint_sets(Check& check, const Constraint& constraint);
  void ordered_sets(Check& check, const Constraint& constraint);
  void closed_node(Check& check, const Constraint& constraint);
  void node_shape(Check& check, const Constraint& constraint);
  void properties(Check& check, const Constraint& constraint);
  void graph_has(Check& check, const Constraint& constraint);

  // A fault: a row if rows are wanted.
  Row* refuse(Check& check, const Constraint& constraint, std::optional<TermId> value = std::nullopt);
  bool has_room(const Check& check);
  Origin origin_of(TermId focus) const;
  void set_origin(Row& row, TermId focus) const;
  std::vector<TermId> objects(TermId subject, TermId predicate);
  bool spend(std::size_t count);

  const Profile& profile_;
  const DataGraph& data_;
  const ValidateLimits& limits_;
  const bool own_nodes_;
  std::size_t steps_;
  TermId type_, subclass_;
  std::optional<Error> failed_;
  Report report_;
  const Layer* home_ = nullptr;  // of the focus node that a target gave
  // Pairs of shape and node that are being checked, innermost last; and whether one was met again.
  std::unordered_set<std::uint64_t> open_;
  bool assumed_ = false;
  std::unordered_map<std::uint64_t, bool> known_;
  std::vector<std::uint64_t> provisional_;
  std::unordered_map<TermId, std::unordered_set<TermId>> subclasses_;
};

}  // namespace gateway::shacl

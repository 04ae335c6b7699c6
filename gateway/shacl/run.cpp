#include "gateway/shacl/run.h"

#include <algorithm>

#include "gateway/shacl/messages.h"
#include "gateway/shacl/path_eval.h"
#include "gateway/shacl/vocabulary.h"

namespace gateway::shacl {
namespace {

TermId known_iri(const TermTable& terms, const std::string& iri) {
  return terms.find({codec::Term::Kind::Iri, iri, {}, {}}).value_or(kNoTerm);
}

std::uint64_t pair_of(ShapeId shape, TermId node) { return std::uint64_t{shape} << 32 | node; }

}  // namespace

Run::Run(const Profile& profile, const DataGraph& data, const ValidateLimits& limits, bool own_nodes)
    : profile_(profile), data_(data), limits_(limits), own_nodes_(own_nodes), steps_(limits.max_steps) {
  type_ = known_iri(data.terms(), rdf("type"));
  subclass_ = known_iri(data.terms(), rdfs("subClassOf"));
}

Result<Report> Run::all() {
  report_.profile = profile_.name();
  report_.not_evaluated = profile_.shapes().not_evaluated;
  const auto& shapes = profile_.shapes().all;
  for (ShapeId id = 0; id < shapes.size(); ++id) {
    if (shapes[id].targets.empty() || shapes[id].deactivated) continue;
    for (const TermId focus : focus_nodes(shapes[id])) {
      ++report_.focus_nodes;
      home_ = data_.home_of(focus);
      validate(id, focus, &report_.rows);
      if (failed_) return std::move(*failed_);
    }
  }
  if (steps_ == 0) return fail(ErrorCode::Unprocessable, "the validation needs more steps than are allowed");
  return std::move(report_);
}

bool Run::spend(std::size_t count) {
  const bool enough = steps_ > count;
  steps_ -= std::min(steps_, count);
  if (!enough && !failed_)
    failed_ = fail(ErrorCode::Unprocessable, "the validation needs more steps than are allowed");
  return enough;
}

std::vector<TermId> Run::objects(TermId subject, TermId predicate) {
  std::vector<TermId> found;
  data_.objects(subject, predicate, found);
  spend(1 + found.size());
  return found;
}

// W3C SHACL section 2.1.3: what all targets of a shape name, each node once.
std::vector<TermId> Run::focus_nodes(const Shape& shape) {
  std::vector<TermId> found;
  for (const Target& target : shape.targets) {
    switch (target.kind) {
      case Target::Kind::Class:
        add_instances(target.term, found);
        break;
      case Target::Kind::Node:
        found.push_back(target.term);
        break;
      case Target::Kind::SubjectsOf:
      case Target::Kind::ObjectsOf:
        for (const auto& layer : data_.layers())
          for (const IdTriple& triple : layer->of_predicate(target.term))
            found.push_back(target.kind == Target::Kind::SubjectsOf ? triple.s : triple.o);
        break;
    }
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  spend(found.size());
  return found;
}

void Run::add_instances(TermId type, std::vector<TermId>& into) {
  for (const TermId one : with_subclasses(type)) data_.subjects(type_, one, into);
}

// A class and all below it by rdfs:subClassOf; circles end.
const std::unordered_set<TermId>& Run::with_subclasses(TermId type) {
  const auto [it, is_new] = subclasses_.try_emplace(type);
  if (!is_new) return it->second;
  it->second.insert(type);
  std::vector<TermId> pending{type};
  while (!pending.empty()) {
    std::vector<TermId> below;
    data_.subjects(subclass_, pending.back(), below);
    pending.pop_back();
    spend(1 + below.size());
    for (const TermId one : below)
      if (it->second.insert(one).second) pending.push_back(one);
  }
  return it->second;
}

bool Run::is_instance(TermId node, TermId type) {
  const auto& types = with_subclasses(type);
  const auto of_node = objects(node, type_);
  return std::any_of(of_node.begin(), of_node.end(), [&](TermId one) { return types.contains(one); });
}

// Section 3.4.3 leaves circles of shapes to the engine: a pair that is being checked counts as met.
bool Run::enter(ShapeId id, TermId focus) {
  if (open_.size() >= limits_.max_depth && !failed_)
    failed_ = fail(ErrorCode::Unprocessable, "shapes within shapes go deeper than is allowed");
  if (failed_) return false;
  if (open_.insert(pair_of(id, focus)).second) return true;
  assumed_ = true;
  return false;
}

bool Run::validate(ShapeId id, TermId focus, std::vector<Row>* rows) {
  const Shape& shape = profile_.shapes().all[id];
  if (shape.deactivated || !enter(id, focus)) return true;
  std::vector<TermId> values{focus};
  if (shape.path) values = value_nodes(data_, focus, *shape.path, steps_);
  Check check{shape, focus, values, rows};
  for (const Constraint& constraint : shape.constraints) {
    if (failed_ || check.done() || !spend(1)) break;
    evaluate(check, constraint);
  }
  open_.erase(pair_of(id, focus));
  return check.met;
}

// Remembered. A yes that rests on a pair which is still open holds until that pair turns out not to conform:
// then all that was said since is forgotten.
bool Run::conforms(ShapeId id, TermId focus) {
  const std::uint64_t pair = pair_of(id, focus);
  if (const auto it = known_.find(pair); it != known_.end()) return it->second;
  const std::size_t mark = provisional_.size();
  const bool outer = std::exchange(assumed_, false);
  const bool met = validate(id, focus, nullptr);
  if (!met) {
    for (std::size_t i = mark; i < provisional_.size(); ++i) known_.erase(provisional_[i]);
    provisional_.resize(mark);
  } else if (assumed_) {
    provisional_.push_back(pair);
  }
  if (!failed_ && !open_.contains(pair)) known_.emplace(pair, met);
  if (open_.empty()) provisional_.clear();
  assumed_ = assumed_ || outer;
  return met;
}

// Rows that are not wanted take no room from others, and details have little.
bool Run::has_room(const Check& check) {
  if (check.rows != &report_.rows) return check.rows->size() < kMaxDetails;
  if (own_nodes_ && origin_of(check.focus) == Origin::Background) return false;
  if (report_.rows.size() < limits_.max_rows) return true;
  ++report_.dropped_rows;
  return false;
}

Row* Run::refuse(Check& check, const Constraint& constraint, std::optional<TermId> value) {
  check.met = false;
  if (!check.rows || !has_room(check)) return nullptr;
  Row row;
  row.severity = check.shape.severity;
  row.component = name_of(constraint.component);
  row.focus = data_.terms().at(check.focus);
  row.path = check.shape.path ? check.shape.path : check.shape.report;
  if (value) row.value = data_.terms().at(*value);
  row.message = check.shape.message.empty() ? message_of(constraint, check.values.size(), data_.terms())
                                            : check.shape.message;
  row.shape = data_.terms().at(check.shape.node);
  set_origin(row, check.focus);
  return &check.rows->emplace_back(std::move(row));
}

// A node that nothing describes belongs to what led to it; one that a target made up, to the shapes.
Origin Run::origin_of(TermId focus) const {
  const Layer* home = data_.home_of(focus);
  if (!home) home = home_;
  return home ? home->origin() : Origin::Shapes;
}

void Run::set_origin(Row& row, TermId focus) const {
  const Layer* home = data_.home_of(focus);
  if (!home) home = home_;
  row.origin = origin_of(focus);
  if (home) row.source = home->name();
}

}  // namespace gateway::shacl

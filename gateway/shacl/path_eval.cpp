#include "gateway/shacl/path_eval.h"

#include <algorithm>
#include <unordered_set>

namespace gateway::shacl {
namespace {

// Nodes in the order in which they were found, none twice.
class Found {
 public:
  void add(const std::vector<TermId>& more) {
    for (const TermId id : more) add(id);
  }
  bool add(TermId id) {
    if (!seen_.insert(id).second) return false;
    nodes_.push_back(id);
    return true;
  }
  std::vector<TermId> take() { return std::move(nodes_); }

 private:
  std::vector<TermId> nodes_;
  std::unordered_set<TermId> seen_;
};

class Walk {
 public:
  Walk(const DataGraph& data, std::size_t& steps) : data_(data), steps_(steps) {}

  // Nodes reached from one node; none twice.
  std::vector<TermId> from(TermId node, const Path& path, bool inverse) {
    switch (path.kind) {
      case Path::Kind::Predicate:
        return edge(node, path.id, inverse);
      case Path::Kind::Inverse:
        return from(node, path.parts[0], !inverse);
      case Path::Kind::Sequence:
        return sequence(node, path, inverse);
      case Path::Kind::Alternative:
        return alternative(node, path, inverse);
      case Path::Kind::ZeroOrMore:
        return closure(node, path.parts[0], inverse, true);
      case Path::Kind::OneOrMore:
        return closure(node, path.parts[0], inverse, false);
      case Path::Kind::ZeroOrOne:
        break;
    }
    Found found;
    found.add(node);
    found.add(from(node, path.parts[0], inverse));
    return found.take();
  }

 private:
  bool spend(std::size_t count) {
    const bool enough = steps_ > count;
    steps_ -= std::min(steps_, count);
    return enough;
  }

  std::vector<TermId> edge(TermId node, TermId predicate, bool inverse) {
    std::vector<TermId> found;
    if (predicate == kNoTerm || !spend(1)) return found;
    if (inverse)
      data_.subjects(predicate, node, found);
    else
      data_.objects(node, predicate, found);
    spend(found.size());
    return found;
  }

  std::vector<TermId> alternative(TermId node, const Path& path, bool inverse) {
    Found found;
    for (const Path& part : path.parts) found.add(from(node, part, inverse));
    return found.take();
  }

  // An inverted sequence is walked from its end.
  std::vector<TermId> sequence(TermId node, const Path& path, bool inverse) {
    std::vector<TermId> at{node};
    for (std::size_t i = 0; i < path.parts.size(); ++i) {
      const Path& part = path.parts[inverse ? path.parts.size() - 1 - i : i];
      Found next;
      for (const TermId one : at) next.add(from(one, part, inverse));
      at = next.take();
    }
    return at;
  }

  std::vector<TermId> closure(TermId node, const Path& path, bool inverse, bool with_start) {
    Found found;
    if (with_start) found.add(node);
    std::vector<TermId> pending{node};
    while (!pending.empty() && steps_ > 0) {
      const TermId at = pending.back();
      pending.pop_back();
      for (const TermId next : from(at, path, inverse))
        if (found.add(next)) pending.push_back(next);
    }
    return found.take();
  }

  const DataGraph& data_;
  std::size_t& steps_;
};

}  // namespace

std::vector<TermId> value_nodes(const DataGraph& data, TermId focus, const Path& path, std::size_t& steps) {
  return Walk(data, steps).from(focus, path, false);
}

}  // namespace gateway::shacl

#include "gateway/shacl/data_graph.h"

#include <algorithm>
#include <tuple>

namespace gateway::shacl {
namespace {

bool by_predicate(const IdTriple& a, const IdTriple& b) {
  return std::tie(a.p, a.o, a.s) < std::tie(b.p, b.o, b.s);
}

bool holds(const Layer& layer, const IdTriple& triple) {
  const auto all = layer.all();
  return std::binary_search(all.begin(), all.end(), triple);
}

}  // namespace

void Layer::freeze() {
  std::sort(spo_.begin(), spo_.end());
  spo_.erase(std::unique(spo_.begin(), spo_.end()), spo_.end());
  spo_.shrink_to_fit();
  pos_ = spo_;
  std::sort(pos_.begin(), pos_.end(), by_predicate);
}

std::span<const IdTriple> Layer::of_subject(TermId s) const {
  const auto [from, to] = std::equal_range(spo_.begin(), spo_.end(), IdTriple{s, 0, 0},
                                           [](const auto& a, const auto& b) { return a.s < b.s; });
  return {from, to};
}

std::span<const IdTriple> Layer::objects(TermId s, TermId p) const {
  const auto [from, to] =
      std::equal_range(spo_.begin(), spo_.end(), IdTriple{s, p, 0},
                       [](const auto& a, const auto& b) { return std::tie(a.s, a.p) < std::tie(b.s, b.p); });
  return {from, to};
}

std::span<const IdTriple> Layer::subjects(TermId p, TermId o) const {
  const auto [from, to] =
      std::equal_range(pos_.begin(), pos_.end(), IdTriple{0, p, o},
                       [](const auto& a, const auto& b) { return std::tie(a.p, a.o) < std::tie(b.p, b.o); });
  return {from, to};
}

std::span<const IdTriple> Layer::of_predicate(TermId p) const {
  const auto [from, to] = std::equal_range(pos_.begin(), pos_.end(), IdTriple{0, p, 0},
                                           [](const auto& a, const auto& b) { return a.p < b.p; });
  return {from, to};
}

// Within a layer nothing repeats; across layers a triple counts where it comes first.
bool DataGraph::is_repeated(std::size_t layer, const IdTriple& triple) const {
  for (std::size_t i = 0; i < layer; ++i)
    if (holds(*layers_[i], triple)) return true;
  return false;
}

void DataGraph::objects(TermId s, TermId p, std::vector<TermId>& into) const {
  for (std::size_t i = 0; i < layers_.size(); ++i)
    for (const IdTriple& triple : layers_[i]->objects(s, p))
      if (!is_repeated(i, triple)) into.push_back(triple.o);
}

void DataGraph::subjects(TermId p, TermId o, std::vector<TermId>& into) const {
  for (std::size_t i = 0; i < layers_.size(); ++i)
    for (const IdTriple& triple : layers_[i]->subjects(p, o))
      if (!is_repeated(i, triple)) into.push_back(triple.s);
}

bool DataGraph::contains(TermId s, TermId p, TermId o) const {
  return is_repeated(layers_.size(), {s, p, o});
}

const Layer* DataGraph::home_of(TermId node) const {
  for (const auto& layer : layers_)
    if (!layer->of_subject(node).empty()) return layer.get();
  return nullptr;
}

}  // namespace gateway::shacl

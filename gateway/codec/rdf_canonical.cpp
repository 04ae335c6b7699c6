#include "gateway/codec/rdf_canonical.h"

#include <algorithm>
#include <map>

#include "gateway/base/ids.h"
#include "gateway/codec/rdf_names.h"

namespace gateway::codec {
namespace {

constexpr unsigned kDeepestPath = 512;  // from one look-alike node to the next: one call within another
// A call hashes the neighbours of its node and copies names, so these are bounded too.
constexpr std::size_t kWorkOfCall = 16, kNamesOfWork = 16;

using Node = std::size_t;  // an index of the blank nodes, in the order of their labels

// Section 4.5: names given in the order of asking.
class Issuer {
 public:
  explicit Issuer(const char* prefix) : prefix_(prefix) {}
  const std::string* known(Node node) const {
    const auto found = names_.find(node);
    return found == names_.end() ? nullptr : &found->second;
  }
  const std::string& issue(Node node) {
    const auto [at, made] = names_.try_emplace(node);
    if (!made) return at->second;
    at->second = "_:" + std::string(prefix_) + std::to_string(order_.size());
    order_.push_back(node);
    return at->second;
  }
  const std::vector<Node>& order() const { return order_; }

 private:
  const char* prefix_;
  std::map<Node, std::string> names_;
  std::vector<Node> order_;
};

struct Hashed {
  std::string hash;
  Issuer issuer;
};

// Sections 4.4 to 4.8; the functions have the names of the algorithms.
class Canonicalizer {
 public:
  Canonicalizer(std::span<const Quad> quads, std::size_t max_calls)
      : quads_(quads), calls_left_(max_calls), work_left_(max_calls * kWorkOfCall) {
    for (const Quad& quad : quads_)
      for (const Term* term : blank_nodes(quad)) labels_.try_emplace(term->text);
    Node next = 0;
    for (auto& [label, node] : labels_) node = next++;
    quads_of_.resize(labels_.size());
    first_degree_.resize(labels_.size());
    for (const Quad& quad : quads_)
      for (const Term* term : blank_nodes(quad)) mention(labels_.at(term->text), quad);
  }

  Result<std::string> canonicalize() {
    std::map<std::string, std::vector<Node>> look_alikes;  // step 3
    for (Node node = 0; node < quads_of_.size(); ++node)
      look_alikes[first_degree_[node] = hash_first_degree_quads(node)].push_back(node);
    for (const auto& [hash, nodes] : look_alikes)  // step 4
      if (nodes.size() == 1) canonical_.issue(nodes.front());
    for (const auto& [hash, nodes] : look_alikes)  // step 5
      if (nodes.size() > 1) TRY_VOID(name_look_alikes(nodes));
    return written();
  }

 private:
  static std::vector<const Term*> blank_nodes(const Quad& quad) {
    std::vector<const Term*> found;
    if (quad.triple.subject.kind == Term::Kind::Blank) found.push_back(&quad.triple.subject);
    if (quad.triple.object.kind == Term::Kind::Blank) found.push_back(&quad.triple.object);
    if (quad.graph && quad.graph->kind == Term::Kind::Blank) found.push_back(&*quad.graph);
    return found;
  }

  void mention(Node node, const Quad& quad) {
    auto& mentions = quads_of_[node];
    if (mentions.empty() || mentions.back() != &quad) mentions.push_back(&quad);
  }

  Result<void> name_look_alikes(const std::vector<Node>& nodes) {
    std::vector<Hashed> found;
    for (const Node node : nodes) {
      if (canonical_.known(node)) continue;
      Issuer temporary("b");
      temporary.issue(node);
      found.push_back(TRY(hash_n_degree_quads(node, temporary, 0)));
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const Hashed& a, const Hashed& b) { return a.hash < b.hash; });
    for (const Hashed& result : found)
      for (const Node node : result.issuer.order()) canonical_.issue(node);
    return {};
  }

  // One line of canonical N-Quads (section 5), blank nodes as `name` says.
  static std::string line(const Quad& quad, const auto& name) {
    std::string out;
    const auto append = [&](const Term& term) {
      term.kind == Term::Kind::Blank ? void(out += name(term)) : append_term(out, term);
      out += ' ';
    };
    append(quad.triple.subject);
    append(quad.triple.predicate);
    append(quad.triple.object);
    if (quad.graph) append(*quad.graph);
    return out += ".\n";
  }

  std::string written() {
    const auto name = [this](const Term& term) { return canonical_.issue(labels_.at(term.text)); };
    std::vector<std::string> lines;
    lines.reserve(quads_.size());
    for (const Quad& quad : quads_) lines.push_back(line(quad, name));
    std::sort(lines.begin(), lines.end());
    lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
    std::string out;
    for (const std::string& text : lines) out += text;
    return out;
  }

  // Section 4.6.
  std::string hash_first_degree_quads(Node node) const {
    const auto name = [&](const Term& term) { return labels_.at(term.text) == node ? "_:a" : "_:z"; };
    std::vector<std::string> lines;
    for (const Quad* quad : quads_of_[node]) lines.push_back(line(*quad, name));
    std::sort(lines.begin(), lines.end());
    std::string all;
    for (const std::string& text : lines) all += text;
    return sha256_hex(all);
  }

  // Section 4.7.
  std::string hash_related_blank_node(Node related, const Quad& quad, const Issuer& issuer,
                                      char position) const {
    std::string input(1, position);
    if (position != 'g') input.append("<").append(quad.triple.predicate.text).append(">");
    if (const std::string* name = canonical_.known(related))
      input += *name;
    else if (const std::string* temporary = issuer.known(related))
      input += *temporary;
    else
      input += first_degree_[related];
    return sha256_hex(input);
  }

  std::map<std::string, std::vector<Node>> related_nodes(Node node, const Issuer& issuer) const {
    std::map<std::string, std::vector<Node>> found;
    const auto look = [&](const Quad& quad, const Term& term, char position) {
      if (term.kind != Term::Kind::Blank) return;
      const Node related = labels_.at(term.text);
      if (related != node) found[hash_related_blank_node(related, quad, issuer, position)].push_back(related);
    };
    for (const Quad* quad : quads_of_[node]) {
      look(*quad, quad->triple.subject, 's');
      look(*quad, quad->triple.object, 'o');
      if (quad->graph) look(*quad, *quad->graph, 'g');
    }
    return found;
  }

  // Section 4.8.
  Result<Hashed> hash_n_degree_quads(Node node, Issuer issuer, unsigned depth) {
    std::string data;
    if (!spend(quads_of_[node].size())) return too_hard();
    for (const auto& [hash, related] : related_nodes(node, issuer)) {
      data += hash;
      std::string chosen_path;
      Issuer chosen = issuer;
      std::vector<Node> permutation = related;
      std::sort(permutation.begin(), permutation.end());
      do {
        if (depth >= kDeepestPath || calls_left_ == 0) return too_hard();
        --calls_left_;
        if (!spend(permutation.size() + issuer.order().size() / kNamesOfWork)) return too_hard();
        TRY_VOID(try_permutation(permutation, issuer, depth, chosen_path, chosen));
      } while (std::next_permutation(permutation.begin(), permutation.end()));
      data += chosen_path;
      issuer = std::move(chosen);
    }
    return Hashed{sha256_hex(data), std::move(issuer)};
  }

  // Step 5.4: keeps the path of this permutation when it is the least so far.
  Result<void> try_permutation(const std::vector<Node>& permutation, Issuer issuer, unsigned depth,
                               std::string& chosen_path, Issuer& chosen) {
    const auto hopeless = [&](const std::string& path) {
      return !chosen_path.empty() && path.size() >= chosen_path.size() && path > chosen_path;
    };
    std::string path;
    std::vector<Node> unnamed;
    for (const Node related : permutation) {
      if (const std::string* name = canonical_.known(related)) {
        path += *name;
      } else {
        if (!issuer.known(related)) unnamed.push_back(related);
        path += issuer.issue(related);
      }
      if (hopeless(path)) return {};
    }
    for (const Node related : unnamed) {
      Hashed result = TRY(hash_n_degree_quads(related, issuer, depth + 1));
      path.append(issuer.issue(related)).append("<").append(result.hash).append(">");
      issuer = std::move(result.issuer);
      if (hopeless(path)) return {};
    }
    if (chosen_path.empty() || path < chosen_path) {
      chosen_path = std::move(path);
      chosen = std::move(issuer);
    }
    return {};
  }

  bool spend(std::size_t work) {
    if (work > work_left_) return false;
    work_left_ -= work;
    return true;
  }

  static Error too_hard() {
    return fail(ErrorCode::Unprocessable, "too many blank nodes look alike to give them canonical names");
  }

  std::span<const Quad> quads_;
  std::size_t calls_left_, work_left_;
  std::map<std::string, Node, std::less<>> labels_;
  std::vector<std::vector<const Quad*>> quads_of_;  // by node
  std::vector<std::string> first_degree_;           // by node
  Issuer canonical_{"c14n"};
};

}  // namespace

Result<std::string> canonical_nquads(std::span<const Quad> quads, std::size_t max_calls) {
  return Canonicalizer(quads, max_calls).canonicalize();
}

Result<std::string> canonical_nquads(const Graph& graph, std::size_t max_calls) {
  std::vector<Quad> quads;
  quads.reserve(graph.size());
  for (const Triple& triple : graph.triples()) quads.push_back({triple, std::nullopt});
  return canonical_nquads(quads, max_calls);
}

Result<bool> isomorphic(const Graph& left, const Graph& right) {
  if (left.size() != right.size()) return false;
  const std::string one = TRY(canonical_nquads(left));
  return one == TRY(canonical_nquads(right));
}

}  // namespace gateway::codec

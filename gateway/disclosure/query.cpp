#include "gateway/disclosure/query.h"

#include <algorithm>

namespace gateway::disclosure {
namespace {

using Kind = Query::Kind;

constexpr int kMaxDepth = 32;
constexpr std::size_t kMaxParts = 4096;
constexpr std::size_t kAllSubsets = 6;
constexpr std::size_t kMaxRelated = 64;

// Lengths before the texts: no choice of keys and values makes two queries read the same.
void append_text(std::string& out, const std::string& text) {
  out += std::to_string(text.size()) + ':' + text;
}

void append_query(std::string& out, const Query& query) {
  constexpr char kLetters[] = {'&', '|', '^', '!', '='};
  out += kLetters[static_cast<std::size_t>(query.kind)];
  if (query.kind == Kind::Condition) {
    append_text(out, query.key);
    append_text(out, query.test);
    for (const std::string& value : query.values) append_text(out, value);
    out += ';';
    return;
  }
  out += '(';
  for (const Query& child : query.children) append_query(out, child);
  out += ')';
}

bool is_group(const Query& query) { return query.kind == Kind::And || query.kind == Kind::Or; }

void sort_unique(std::vector<std::string>& values) {
  std::ranges::sort(values);
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

class Canonicalizer {
 public:
  Result<Query> make(const Query& query, int depth) {
    if (depth > kMaxDepth) return fail(ErrorCode::InvalidParameter, "the query is nested too deep");
    if (++parts_ > kMaxParts) return fail(ErrorCode::InvalidParameter, "the query has too many parts");
    if (query.kind == Kind::Condition) return condition(query);
    if (query.kind == Kind::Not) return negation(query, depth);
    return group(query, depth);
  }

 private:
  // One of several values is the same as any of them in a group.
  Result<Query> condition(const Query& query) {
    parts_ += query.values.size();
    if (parts_ > kMaxParts) return fail(ErrorCode::InvalidParameter, "the query has too many values");
    Query out = query;
    if (query.test != "=") return out;
    sort_unique(out.values);
    if (out.values.size() <= 1) return out;
    Query any{Kind::Or, {}, {}, {}, {}};
    for (const std::string& value : out.values)
      any.children.push_back({Kind::Condition, {}, query.key, query.test, {value}});
    return any;
  }

  Result<Query> negation(const Query& query, int depth) {
    if (query.children.size() != 1)
      return fail(ErrorCode::InvalidParameter, "a negation needs exactly one part");
    Query child = TRY(make(query.children[0], depth + 1));
    if (child.kind == Kind::Not) return Query(child.children[0]);
    Query out{Kind::Not, {}, {}, {}, {}};
    out.children.push_back(std::move(child));
    return out;
  }

  Result<Query> group(const Query& query, int depth) {
    Query out{query.kind, {}, {}, {}, {}};
    for (const Query& part : query.children) {
      Query child = TRY(make(part, depth + 1));
      if (is_group(child) && child.children.empty()) continue;  // neutral
      if (is_group(query) && child.kind == query.kind)
        std::ranges::move(child.children, std::back_inserter(out.children));
      else
        out.children.push_back(std::move(child));
    }
    if (out.children.empty()) return Query{};
    std::vector<std::pair<std::string, Query>> keyed;
    for (Query& child : out.children) {
      std::string text = canonical_text(child);
      keyed.emplace_back(std::move(text), std::move(child));
    }
    std::ranges::stable_sort(keyed, {}, &std::pair<std::string, Query>::first);
    out.children.clear();
    const std::string* last = nullptr;
    for (auto& [text, child] : keyed) {
      if (last && *last == text && is_group(query)) continue;
      last = &text;
      out.children.push_back(std::move(child));
    }
    if (out.children.size() == 1) return Query(out.children[0]);
    return out;
  }

  std::size_t parts_ = 0;
};

Query joined(Kind kind, std::vector<Query> parts) {
  if (parts.empty()) return Query{};
  if (parts.size() == 1) return std::move(parts[0]);
  return {kind, std::move(parts), {}, {}, {}};
}

// The parts whose bit is set.
Query subset(const Query& query, std::uint64_t bits) {
  std::vector<Query> parts;
  for (std::size_t i = 0; i < query.children.size(); ++i)
    if (bits >> i & 1) parts.push_back(query.children[i]);
  return joined(query.kind, std::move(parts));
}

}  // namespace

Result<Query> canonical(const Query& query) { return Canonicalizer().make(query, 0); }

std::string canonical_text(const Query& canonical) {
  std::string text;
  append_query(text, canonical);
  return text;
}

std::vector<Query> related(const Query& canonical) {
  std::vector<Query> out = {Query{}};
  if (!is_group(canonical)) return out;
  const std::size_t parts = canonical.children.size();
  if (parts <= kAllSubsets) {
    for (std::uint64_t bits = 1; bits + 1 < (std::uint64_t{1} << parts); ++bits)
      out.push_back(subset(canonical, bits));
    return out;
  }
  for (std::size_t left_out = 0; left_out < parts && out.size() < kMaxRelated; ++left_out) {
    std::vector<Query> others;
    for (std::size_t i = 0; i < parts; ++i)
      if (i != left_out) others.push_back(canonical.children[i]);
    out.push_back(joined(canonical.kind, std::move(others)));
  }
  return out;
}

}  // namespace gateway::disclosure

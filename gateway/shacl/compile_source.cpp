#include <algorithm>

#include "gateway/base/text.h"
#include "gateway/shacl/compile_parts.h"

namespace gateway::shacl {
namespace {

class PathReader {
 public:
  explicit PathReader(ShapeSource& source) : source_(source) {}

  Result<Path> read(const codec::Term& node, unsigned depth) {
    if (depth > kMaxPathDepth || ++parts_ > kMaxPathParts) return source_.fault(node, "a path is too deep");
    if (node.kind == codec::Term::Kind::Literal) return source_.fault(node, "a path is a literal");
    if (node.kind == codec::Term::Kind::Iri && node.text != rdf("nil"))
      return Path{Path::Kind::Predicate, node.text, source_.terms.intern(node), {}};
    if (!source_.graph.objects(node, rdf("first")).empty())
      return sequence(Path::Kind::Sequence, node, depth);
    struct Form {
      const char* parameter;
      Path::Kind kind;
    };
    static constexpr Form kForms[] = {{"inversePath", Path::Kind::Inverse},
                                      {"zeroOrMorePath", Path::Kind::ZeroOrMore},
                                      {"oneOrMorePath", Path::Kind::OneOrMore},
                                      {"zeroOrOnePath", Path::Kind::ZeroOrOne}};
    for (const Form& form : kForms)
      for (const codec::Term& inner : source_.graph.objects(node, sh(form.parameter))) {
        Path path{form.kind, {}, kNoTerm, {}};
        path.parts.push_back(TRY(read(inner, depth + 1)));
        return path;
      }
    for (const codec::Term& head : source_.graph.objects(node, sh("alternativePath")))
      return sequence(Path::Kind::Alternative, head, depth);
    return source_.fault(node, "a node is no property path");
  }

 private:
  Result<Path> sequence(Path::Kind kind, const codec::Term& head, unsigned depth) {
    const auto members = TRY(source_.list(head, head));
    Path path{kind, {}, kNoTerm, {}};
    for (const codec::Term& member : members) {
      Path part = TRY(read(member, depth + 1));
      path.parts.push_back(std::move(part));
    }
    if (path.parts.empty()) return source_.fault(head, "a path is an empty list");
    return path;
  }

  ShapeSource& source_;
  std::size_t parts_ = 0;
};

// Words of a query: parted by spaces, curly brackets by themselves.
std::vector<std::string> words_of(std::string_view query) {
  std::vector<std::string> words;
  bool inside = false;
  for (const char c : query) {
    const bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    const bool alone = c == '{' || c == '}';
    if (!space && (alone || !inside)) words.emplace_back();
    if (!space) words.back() += c;
    inside = !space && !alone;
  }
  return words;
}

std::string without_brackets(const std::string& iri) {
  return iri.size() < 2 ? std::string() : iri.substr(1, iri.size() - 2);
}

// A name of a query as an IRI; empty for variables and unknown prefixes.
std::string expanded(const std::string& name, const std::map<std::string, std::string>& prefixes) {
  if (name == "a") return rdf("type");
  if (name.starts_with('<')) return without_brackets(name);
  const std::size_t colon = name.find(':') + 1;
  const auto prefix = prefixes.find(name.substr(0, colon));
  return prefix == prefixes.end() ? std::string() : prefix->second + name.substr(colon);
}

}  // namespace

Error ShapeSource::fault(const codec::Term& shape, std::string what) const {
  const bool named = shape.kind == codec::Term::Kind::Iri;
  return fail(ErrorCode::Unprocessable, "the shapes are not well-formed: " + std::move(what),
              named ? shape.text : "a shape without a name");
}

Result<std::vector<codec::Term>> ShapeSource::list(const codec::Term& shape, const codec::Term& head) const {
  std::vector<codec::Term> members;
  std::set<codec::Term> seen;
  codec::Term at = head;
  while (at.text != rdf("nil") || at.kind != codec::Term::Kind::Iri) {
    const auto first = graph.objects(at, rdf("first"));
    const auto rest = graph.objects(at, rdf("rest"));
    if (first.size() != 1 || rest.size() != 1 || !seen.insert(at).second)
      return fault(shape, "a list does not end, or has two ends");
    if (members.size() >= kMaxListLength) return fault(shape, "a list is too long");
    members.push_back(first[0]);
    at = rest[0];
  }
  return members;
}

bool ShapeSource::is_class(const codec::Term& node) const {
  std::set<codec::Term> seen;
  std::vector<codec::Term> pending = graph.objects(node, rdf("type"));
  while (!pending.empty()) {
    const codec::Term type = pending.back();
    pending.pop_back();
    if (type.text == rdfs("Class")) return true;
    if (!seen.insert(type).second) continue;
    for (const codec::Term& above : graph.objects(type, rdfs("subClassOf"))) pending.push_back(above);
  }
  return false;
}

Result<Path> read_path(ShapeSource& source, const codec::Term& node) {
  return PathReader(source).read(node, 0);
}

// Takes the text apart instead of comparing it: names may be prefixed or full, spaces and the names of
// variables may differ.
std::optional<std::string> class_that_must_exist(std::string_view query) {
  const std::vector<std::string> words = words_of(query);
  std::map<std::string, std::string> prefixes;
  std::size_t at = 0;
  for (; at + 2 < words.size() && iequals(words[at], "PREFIX"); at += 3)
    prefixes[words[at + 1]] = without_brackets(words[at + 2]);
  static const std::vector<std::string> kForm{"SELECT", "$this", "WHERE", "{", "FILTER", "NOT", "EXISTS",
                                              "{",      "?",     "type",  "C", "}",      "}"};
  constexpr std::size_t kVariable = 8, kType = 9, kClass = 10;
  if (words.size() - at != kForm.size()) return std::nullopt;
  for (std::size_t i = 0; i < kForm.size(); ++i)
    if ((i < kVariable || i > kClass) && !iequals(words[at + i], kForm[i])) return std::nullopt;
  const std::string& variable = words[at + kVariable];
  if (!variable.starts_with('?') && !variable.starts_with('$')) return std::nullopt;
  if (expanded(words[at + kType], prefixes) != rdf("type")) return std::nullopt;
  std::string wanted = expanded(words[at + kClass], prefixes);
  if (wanted.empty()) return std::nullopt;
  return wanted;
}

}  // namespace gateway::shacl

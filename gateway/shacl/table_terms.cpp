#include "gateway/shacl/table_terms.h"

#include <algorithm>

#include "gateway/base/text.h"
#include "gateway/shacl/path.h"
#include "gateway/shacl/vocabulary.h"

namespace gateway::shacl {
namespace {

constexpr unsigned kMaxDepth = 32;

// What ends the name of a predicate in a path.
bool ends_name(char c) { return c == '/' || c == '|' || c == ')' || c == '*' || c == '+' || c == '?'; }

// Path ::= Sequence ("|" Sequence)*; Sequence ::= Step ("/" Step)*; Step ::= "^" Step | Primary [*+?].
class PathText {
 public:
  using Name = std::function<Result<codec::Term>(std::string_view)>;
  PathText(std::string_view text, Name name) : rest_(text), name_(std::move(name)) {}

  Result<Path> read() {
    Path path = TRY(chain(Path::Kind::Alternative, 0));
    if (!rest_.empty()) return fail(ErrorCode::ProfileInvalid, "a path does not end where it should");
    return path;
  }

 private:
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  Result<Path> chain(Path::Kind kind, unsigned depth) {
    if (depth > kMaxDepth) return fail(ErrorCode::ProfileInvalid, "a path is too deep");
    const bool outer = kind == Path::Kind::Alternative;
    Path path{kind, {}, kNoTerm, {}};
    do {
      Path part = TRY(outer ? chain(Path::Kind::Sequence, depth) : step(depth));
      path.parts.push_back(std::move(part));
    } while (take(outer ? '|' : '/'));
    if (path.parts.size() == 1) return Path(path.parts[0]);
    return path;
  }

  Result<Path> step(unsigned depth) {
    if (depth > kMaxDepth) return fail(ErrorCode::ProfileInvalid, "a path is too deep");
    if (take('^')) return wrap(Path::Kind::Inverse, TRY(step(depth + 1)));
    Path path = TRY(primary(depth));
    if (take('*')) return wrap(Path::Kind::ZeroOrMore, std::move(path));
    if (take('+')) return wrap(Path::Kind::OneOrMore, std::move(path));
    if (take('?')) return wrap(Path::Kind::ZeroOrOne, std::move(path));
    return path;
  }

  Result<Path> primary(unsigned depth) {
    if (take('(')) {
      Path inner = TRY(chain(Path::Kind::Alternative, depth + 1));
      if (!take(')')) return fail(ErrorCode::ProfileInvalid, "a bracket is missing in a path");
      return inner;
    }
    std::size_t end = rest_.starts_with('<') ? rest_.find('>') + 1 : 0;
    while (end < rest_.size() && !ends_name(rest_[end])) ++end;
    const codec::Term term = TRY(name_(rest_.substr(0, end)));
    rest_.remove_prefix(end);
    return Path{Path::Kind::Predicate, term.text, kNoTerm, {}};
  }

  static Path wrap(Path::Kind kind, Path inner) {
    Path path{kind, {}, kNoTerm, {}};
    path.parts.push_back(std::move(inner));
    return path;
  }

  std::string_view rest_;
  Name name_;
};

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const char c = text[++i];
    out += c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : c;
  }
  return out;
}

}  // namespace

Error TableText::fault(std::string what) const {
  return fail(ErrorCode::ProfileInvalid, std::move(what), std::string(file_) + ":" + std::to_string(number_));
}

Result<const TableLine*> TableText::next() {
  if (std::exchange(again_, false)) return &line_;
  while (!rest_.empty()) {
    const std::size_t end = rest_.find('\n');
    std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    ++number_;
    line_.depth = std::min(text.find_first_not_of('\t'), text.size());
    text.remove_prefix(line_.depth);
    if (text.empty() || text.starts_with('#')) continue;
    line_.fields = split(text, '\t');
    if (line_.fields[0] != "prefix") return &line_;
    if (line_.fields.size() != 3) return fault("a prefix needs a name and an IRI");
    prefixes_[std::string(line_.fields[1])] = line_.fields[2];
  }
  return nullptr;
}

Result<std::string> TableText::iri(std::string_view text) const {
  if (text.starts_with('<') && text.ends_with('>')) return std::string(text.substr(1, text.size() - 2));
  const std::size_t colon = text.find(':');
  const auto prefix = prefixes_.find(text.substr(0, colon));
  if (colon == std::string_view::npos || prefix == prefixes_.end())
    return fault("\"" + std::string(text) + "\" is no name with a known prefix");
  return prefix->second + std::string(text.substr(colon + 1));
}

Result<codec::Term> TableText::literal(std::string_view text) const {
  const std::size_t end = text.rfind('"');
  if (end == 0) return fault("a quotation mark is missing");
  const std::string form = unescaped(text.substr(1, end - 1));
  const std::string_view rest = text.substr(end + 1);
  if (rest.empty()) return codec::literal(form);
  if (rest.starts_with('@')) return codec::text_in(form, rest.substr(1));
  if (!rest.starts_with("^^")) return fault("what follows a text is neither a language nor a type");
  const std::string type = TRY(iri(rest.substr(2)));
  return codec::literal(form, type);
}

Result<codec::Term> TableText::term(std::string_view text) const {
  if (text.empty()) return fault("a name is missing");
  if (text.starts_with('"')) return literal(text);
  if (text == "true" || text == "false") return codec::literal(text, xsd("boolean"));
  if (parse_number<std::uint64_t>(text)) return codec::literal(text, xsd("integer"));
  if (!text.starts_with('<') && text.find(':') == std::string_view::npos) return codec::iri(sh(text));
  const std::string full = TRY(iri(text));
  return codec::iri(full);
}

Result<codec::Term> TableText::path(std::string_view text, codec::Graph& graph, std::size_t& blanks) const {
  const auto path = PathText(text, [this](std::string_view name) { return term(name); }).read();
  if (!path) return fault(path.error().message);
  return add_path(*path, graph, blanks);
}

}  // namespace gateway::shacl

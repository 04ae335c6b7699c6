#include "gateway/shacl/path.h"

#include "gateway/shacl/vocabulary.h"

namespace gateway::shacl {
namespace {

std::string short_name(const std::string& iri, const codec::Prefixes& prefixes) {
  const std::pair<const std::string, std::string>* best = nullptr;
  for (const auto& prefix : prefixes)
    if (iri.starts_with(prefix.second) && (!best || prefix.second.size() > best->second.size()))
      best = &prefix;
  if (!best) return "<" + iri + ">";
  return best->first + ":" + iri.substr(best->second.size());
}

std::string in_brackets(const Path& path, const codec::Prefixes& prefixes) {
  const bool plain = path.parts.size() < 2;
  return plain ? to_text(path, prefixes) : "(" + to_text(path, prefixes) + ")";
}

std::string joined(const Path& path, const codec::Prefixes& prefixes, char separator) {
  std::string text;
  for (const Path& part : path.parts) {
    if (!text.empty()) text += separator;
    text += in_brackets(part, prefixes);
  }
  return text;
}

codec::Term new_node(std::size_t& blanks) { return codec::blank("p" + std::to_string(++blanks)); }

codec::Term add_list(const Path& path, codec::Graph& graph, std::size_t& blanks) {
  codec::Term rest = codec::iri(rdf("nil"));
  for (auto part = path.parts.rbegin(); part != path.parts.rend(); ++part) {
    const codec::Term item = add_path(*part, graph, blanks);
    const codec::Term cell = new_node(blanks);
    graph.add(cell, rdf("first"), item);
    graph.add(cell, rdf("rest"), rest);
    rest = cell;
  }
  return rest;
}

std::string_view parameter_of(Path::Kind kind) {
  switch (kind) {
    case Path::Kind::Inverse:
      return "inversePath";
    case Path::Kind::Alternative:
      return "alternativePath";
    case Path::Kind::ZeroOrMore:
      return "zeroOrMorePath";
    case Path::Kind::OneOrMore:
      return "oneOrMorePath";
    case Path::Kind::ZeroOrOne:
      return "zeroOrOnePath";
    default:
      return {};
  }
}

}  // namespace

std::string to_text(const Path& path, const codec::Prefixes& prefixes) {
  switch (path.kind) {
    case Path::Kind::Predicate:
      return short_name(path.predicate, prefixes);
    case Path::Kind::Inverse:
      return "^" + in_brackets(path.parts[0], prefixes);
    case Path::Kind::Sequence:
      return joined(path, prefixes, '/');
    case Path::Kind::Alternative:
      return joined(path, prefixes, '|');
    case Path::Kind::ZeroOrMore:
      return in_brackets(path.parts[0], prefixes) + "*";
    case Path::Kind::OneOrMore:
      return in_brackets(path.parts[0], prefixes) + "+";
    case Path::Kind::ZeroOrOne:
      return in_brackets(path.parts[0], prefixes) + "?";
  }
  return {};
}

codec::Term add_path(const Path& path, codec::Graph& graph, std::size_t& blanks) {
  if (path.is_predicate()) return codec::iri(path.predicate);
  if (path.kind == Path::Kind::Sequence) return add_list(path, graph, blanks);
  const codec::Term node = new_node(blanks);
  const codec::Term value = path.kind == Path::Kind::Alternative ? add_list(path, graph, blanks)
                                                                 : add_path(path.parts[0], graph, blanks);
  graph.add(node, sh(parameter_of(path.kind)), value);
  return node;
}

}  // namespace gateway::shacl

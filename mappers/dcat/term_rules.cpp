#include "mappers/dcat/term_rules.h"

#include <algorithm>
#include <array>

#include "gateway/base/text.h"
#include "mappers/dcat/vocabulary.h"

namespace mappers::dcat {
namespace {

using gateway::codec::Graph;
using gateway::codec::Term;
using gateway::codec::Triple;

constexpr std::array<std::string_view, 6> kAuthorityLists = {
    "healthcategories", "health-theme", "coding-system", "standard", "publisher-type", "health-activity"};
constexpr std::string_view kAcceptanceHost =
    "https://hdeu-dcat.acceptance.data.health.europa.eu/resource/authority/";

// Two spellings of one namespace, the wrong one first.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kSpellings = {{
    {"https://www.iana.org/assignments/media-types/", "http://www.iana.org/assignments/media-types/"},
    {"https://w3id.org/dpv/pd#", "https://w3id.org/dpv/dpv-pd#"},
}};
constexpr std::string_view kDataUse =
    "https://eucaim.github.io/eucaim_dcat_ap/releases/controlled-vocabularies/data-use-conditions/";

// The published vocabulary of data-use conditions has no '#', the profile that refers to it has.
std::optional<std::string> respelled(std::string_view iri) {
  for (const auto& [wrong, right] : kSpellings)
    if (iri.starts_with(wrong)) return std::string(right) + std::string(iri.substr(wrong.size()));
  if (iri.starts_with(kDataUse) && iri.size() > kDataUse.size() && iri[kDataUse.size()] != '#')
    return std::string(kDataUse) + "#" + std::string(iri.substr(kDataUse.size()));
  return std::nullopt;
}

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Term without_scheme(const Term& value, std::string_view scheme) {
  if (value.kind == Term::Kind::Blank || !value.text.starts_with(scheme)) return value;
  return gateway::codec::literal(std::string_view(value.text).substr(scheme.size()));
}

Term with_scheme(const Term& value, std::string_view scheme) {
  // Only what is plain words, and could be an address or a number: anything else would come back changed.
  const std::string_view wanted = scheme == "tel:" ? "0123456789" : "@";
  if (value.kind != Term::Kind::Literal || value.datatype != expand("xsd:string") ||
      value.text.find_first_of(wanted) == std::string::npos ||
      (scheme != "tel:" && value.text.find_first_of(" <>\"{}|\\^`%\t\n\r") != std::string::npos))
    return value;
  std::string text = std::string(gateway::trim(value.text));
  if (scheme == "tel:") std::erase(text, ' ');
  return gateway::codec::iri(text.starts_with(scheme) ? text : std::string(scheme) + text);
}

// The hosts of the pilot were bare numbers with port 1101: the last two steps of the path tell list and code.
std::string_view behind_pilot_host(std::string_view iri) {
  const auto scheme = iri.find("://");
  if (scheme == std::string_view::npos) return {};
  const auto rest = iri.substr(scheme + 3);
  const auto slash = rest.find('/');
  if (slash == std::string_view::npos) return {};
  const auto host = rest.substr(0, slash);
  const auto numeric = [](char c) { return (c >= '0' && c <= '9') || c == '.'; };
  if (!host.ends_with(":1101") || !std::all_of(host.begin(), host.end() - 5, numeric)) return {};
  const auto code = iri.rfind('/');
  const auto list = iri.rfind('/', code - 1);
  return iri.substr(list + 1);
}

}  // namespace

std::optional<std::string> count_digits(std::string_view lexical) {
  std::string_view text = gateway::trim(lexical);
  if (text.starts_with('+')) text.remove_prefix(1);
  if (const auto dot = text.find('.'); dot != std::string_view::npos) {
    const auto decimals = text.substr(dot + 1);
    if (!std::all_of(decimals.begin(), decimals.end(), [](char c) { return c == '0'; })) return std::nullopt;
    text = text.substr(0, dot);
  }
  if (!is_digits(text)) return std::nullopt;
  while (text.size() > 1 && text.front() == '0') text.remove_prefix(1);
  return std::string(text);
}

Term canonical_value(const Term& value, Form form) {
  if (form == Form::Email) return without_scheme(value, "mailto:");
  if (form == Form::Phone) return without_scheme(value, "tel:");
  // Words that look like numbers stay words here: only a repair makes numbers of them.
  const bool number = value.datatype == expand("xsd:integer") || value.datatype == expand("xsd:decimal") ||
                      value.datatype == expand("xsd:nonNegativeInteger") ||
                      value.datatype == expand("xsd:int") || value.datatype == expand("xsd:long");
  if (form == Form::Count && value.kind == Term::Kind::Literal && number)
    if (const auto digits = count_digits(value.text))
      return gateway::codec::literal(*digits, expand("xsd:nonNegativeInteger"));
  return value;
}

Term written_value(const Term& value, Form form) {
  if (form == Form::Mailto) return with_scheme(value, "mailto:");
  if (form == Form::Tel) return with_scheme(value, "tel:");
  if (form == Form::Decimal && value.datatype == expand("xsd:nonNegativeInteger"))
    return gateway::codec::literal(value.text, expand("xsd:decimal"));
  return value;
}

std::optional<std::string> rehosted(std::string_view iri, std::string_view host) {
  if (auto right = respelled(iri)) return right;
  std::string_view rest;
  for (const std::string_view known : {kAuthorityHost, kAcceptanceHost})
    if (iri.starts_with(known)) rest = iri.substr(known.size());
  if (rest.empty()) rest = behind_pilot_host(iri);
  const std::string_view list = rest.substr(0, rest.find('/'));
  if (std::find(kAuthorityLists.begin(), kAuthorityLists.end(), list) == kAuthorityLists.end())
    return std::nullopt;
  std::string moved = std::string(host) + std::string(rest);
  if (moved == iri) return std::nullopt;
  return moved;
}

Graph rehosted(const Graph& graph, std::string_view host) {
  const auto mapped = [&](const Term& term) {
    if (term.kind != Term::Kind::Iri) return term;
    const auto moved = rehosted(term.text, host);
    return moved ? gateway::codec::iri(*moved) : term;
  };
  Graph result;
  for (const Triple& triple : graph.triples())
    result.add(mapped(triple.subject), triple.predicate.text, mapped(triple.object));
  return result;
}

std::string shown(const Term& term) { return term.kind == Term::Kind::Blank ? "_:" + term.text : term.text; }

}  // namespace mappers::dcat

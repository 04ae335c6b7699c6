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

namespace {

// Digits that stand at a place, as a number from `least` to `most`.
bool digits_at(std::string_view text, std::size_t at, std::size_t count, int least, int most) {
  if (text.size() < at + count) return false;
  int number = 0;
  for (const char c : text.substr(at, count)) {
    if (c < '0' || c > '9') return false;
    number = number * 10 + (c - '0');
  }
  return number >= least && number <= most;
}

int days_of(int year, int month) {
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  if (month == 2) return leap ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// Nothing, "Z", "+02:00".
bool is_zone(std::string_view text) {
  if (text.empty() || text == "Z") return true;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return false;
  return text.substr(1) == "14:00" || (digits_at(text, 1, 2, 0, 13) && digits_at(text, 4, 2, 0, 59));
}

// "12:30:00", "12:30:00.25Z".
bool is_time(std::string_view text) {
  if (!digits_at(text, 0, 2, 0, 23) || !digits_at(text, 3, 2, 0, 59) || !digits_at(text, 6, 2, 0, 59))
    return false;
  if (text[2] != ':' || text[5] != ':') return false;
  text.remove_prefix(8);
  if (text.starts_with('.')) {
    const auto end = std::min(text.find_first_not_of("0123456789", 1), text.size());
    if (end == 1) return false;
    text.remove_prefix(end);
  }
  return is_zone(text);
}

// Numbers with the given letters, in their order, each at most once; whether there was one.
bool take_parts(std::string_view& text, std::string_view letters) {
  bool any = false;
  while (!text.empty() && text[0] != 'T') {
    auto end = std::min(text.find_first_not_of("0123456789"), text.size());
    if (end == 0) return false;
    bool fraction = false;
    if (end < text.size() && text[end] == '.') {
      const auto start = end + 1;
      end = std::min(text.find_first_not_of("0123456789", start), text.size());
      fraction = true;
      if (end == start) return false;
    }
    const auto letter = end < text.size() ? letters.find(text[end]) : std::string_view::npos;
    if (letter == std::string_view::npos || (fraction && text[end] != 'S')) return false;
    letters.remove_prefix(letter + 1);
    text.remove_prefix(end + 1);
    any = true;
  }
  return any;
}

}  // namespace

std::string_view date_type(std::string_view text) {
  if (!digits_at(text, 0, 4, 1, 9999)) return {};
  if (text.size() == 4) return "xsd:gYear";
  if (text[4] != '-' || !digits_at(text, 5, 2, 1, 12)) return {};
  if (text.size() == 7) return "xsd:gYearMonth";
  const int year = gateway::parse_number<int>(text.substr(0, 4)).value_or(0);
  const int month = gateway::parse_number<int>(text.substr(5, 2)).value_or(0);
  if (text[7] != '-' || !digits_at(text, 8, 2, 1, days_of(year, month))) return {};
  if (text.size() == 10) return "xsd:date";
  return text[10] == 'T' && is_time(text.substr(11)) ? "xsd:dateTime" : std::string_view();
}

bool is_duration(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  if (!text.starts_with('P')) return false;
  text.remove_prefix(1);
  const bool days = take_parts(text, "YMD");
  if (text.empty()) return days;
  if (!text.starts_with('T')) return false;
  text.remove_prefix(1);
  return take_parts(text, "HMS") && text.empty();
}

}  // namespace mappers::dcat

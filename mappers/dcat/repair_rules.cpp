#include "mappers/dcat/repair_rules.h"

#include <algorithm>
#include <array>

#include "gateway/base/text.h"
#include "mappers/dcat/term_rules.h"
#include "mappers/dcat/vocabulary.h"

namespace mappers::dcat {
namespace {

using gateway::codec::Term;

// Namespaces of HealthDCAT-AP that were in use before or beside the present one; the longest first.
constexpr std::array<std::string_view, 5> kOldNamespaces = {
    "http://data.europa.eu/r5r/healthdcatap#", "https://healthdcat-ap.github.io/ns#",
    "https://healthdcat-ap.github.io/", "http://healthdcat-ap.eu/ns#", "https://w3id.org/healthdcat-ap#"};

// Names of other vocabularies that are often mistyped.
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kMistyped = {{
    {"adms:schemeAgency", "adms:schemaAgency"},
    {"foaf:agent", "foaf:Agent"},
    {"foaf:organization", "foaf:Organization"},
    {"healthdcatap:minimumTypicalAge", "healthdcatap:minTypicalAge"},
    {"healthdcatap:maximumTypicalAge", "healthdcatap:maxTypicalAge"},
}};

constexpr std::string_view kMediaTypes = "http://www.iana.org/assignments/media-types/";

// The name of the namespace as the releases spell it, when only its case or a colon at its end is wrong.
std::string spelled(const Releases& releases, std::string_view local) {
  const std::string space = expand("healthdcatap:");
  while (local.ends_with(':')) local.remove_suffix(1);
  const std::string wanted = gateway::lower(local);
  for (const Release& release : releases.all)
    for (const ReleaseRow& row : release.rows())
      if (row.property.starts_with(space) && gateway::lower(row.property.substr(space.size())) == wanted)
        return row.property;
  return space + std::string(local);
}

Term typed(std::string_view text, std::string_view type) {
  return gateway::codec::literal(text, expand(type));
}

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// An e-mail address without scheme and blanks; empty: it is none.
std::string address_of(std::string_view text) {
  text = gateway::trim(text);
  for (const std::string_view scheme : {"mailto:", "mailto%3A"})
    if (text.starts_with(scheme)) text = text.substr(scheme.size());
  while (text.starts_with("%20")) text.remove_prefix(3);
  while (text.ends_with("%20")) text.remove_suffix(3);
  text = gateway::trim(text);
  const auto at = text.find('@');
  const bool one = at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
                   text.find('@', at + 1) == std::string_view::npos;
  return one && text.find_first_of(" /\t<>") == std::string_view::npos ? std::string(text) : std::string();
}

Repaired<Term> as_email(const Term& value, Form form) {
  const std::string address = address_of(value.text);
  if (address.empty()) return std::nullopt;
  const Term right =
      form == Form::Mailto ? gateway::codec::iri("mailto:" + address) : gateway::codec::literal(address);
  return std::pair{right, std::string_view("email")};
}

// A literal that is an address of the web, where the profile wants an IRI.
Repaired<Term> as_iri(const Term& value, std::string_view of) {
  if (value.kind != Term::Kind::Literal) return std::nullopt;
  const std::string text(gateway::trim(value.text));
  if (of == "dct:MediaType" && text.find(' ') == std::string::npos && text.find(':') == std::string::npos &&
      std::count(text.begin(), text.end(), '/') == 1 && text.front() != '/' && text.back() != '/')
    return std::pair{gateway::codec::iri(std::string(kMediaTypes) + text), std::string_view("media-type")};
  const bool web = text.starts_with("http://") || text.starts_with("https://");
  if (!web || !gateway::codec::is_absolute_iri(text)) return std::nullopt;
  return std::pair{gateway::codec::iri(text), std::string_view("iri-from-literal")};
}

Repaired<Term> as_number(const Term& value, Form form) {
  if (form == Form::Count) {
    const auto digits = count_digits(value.text);
    return digits ? Repaired<Term>({typed(*digits, "xsd:nonNegativeInteger"), "count"}) : std::nullopt;
  }
  const std::string text(gateway::trim(value.text));
  const auto dot = text.find('.');
  const bool plain = is_digits(text.substr(0, dot)) &&
                     (dot == std::string::npos || is_digits(std::string_view(text).substr(dot + 1)));
  return plain ? Repaired<Term>({typed(text, "xsd:decimal"), "decimal"}) : std::nullopt;
}

Repaired<Term> as_boolean(const Term& value) {
  const std::string text = gateway::lower(gateway::trim(value.text));
  if (text == "true" || text == "1") return std::pair{typed("true", "xsd:boolean"), "boolean"};
  if (text == "false" || text == "0") return std::pair{typed("false", "xsd:boolean"), "boolean"};
  return std::nullopt;
}

Repaired<Term> as_date(const Term& value) {
  const std::string_view text = gateway::trim(value.text);
  const std::string_view type = date_type(text);
  return type.empty() ? std::nullopt : Repaired<Term>({typed(text, type), "date"});
}

Repaired<Term> as_hex(const Term& value) {
  const std::string text = gateway::lower(gateway::trim(value.text));
  if (text.empty() || text.size() % 2 || text.find_first_not_of("0123456789abcdef") != std::string::npos)
    return std::nullopt;
  return std::pair{typed(text, "xsd:hexBinary"), "checksum"};
}

Repaired<Term> as_duration(const Term& value) {
  const std::string_view text = gateway::trim(value.text);
  if (!is_duration(text)) return std::nullopt;
  return std::pair{typed(text, "xsd:duration"), "duration"};
}

Repaired<Term> in_form(const Term& value, Form form, std::string_view of) {
  if (form == Form::Email || form == Form::Mailto) return as_email(value, form);
  if (form == Form::Iri || form == Form::Code || form == Form::Node) return as_iri(value, of);
  if (value.kind == Term::Kind::Blank) return std::nullopt;
  if ((form == Form::Word || form == Form::Text) && value.kind == Term::Kind::Iri)
    return std::pair{gateway::codec::literal(value.text), "literal-from-iri"};
  if (value.kind != Term::Kind::Literal) return std::nullopt;
  if (form == Form::Count || form == Form::Decimal) return as_number(value, form);
  if (form == Form::Boolean) return as_boolean(value);
  if (form == Form::Date) return as_date(value);
  if (form == Form::Hex) return as_hex(value);
  if (form == Form::Duration) return as_duration(value);
  return std::nullopt;
}

}  // namespace

Repaired<std::string> repaired_name(const Releases& releases, std::string_view iri) {
  const std::string space = expand("healthdcatap:");
  for (const std::string_view old : kOldNamespaces)
    if (iri.starts_with(old) && iri.size() > old.size() &&
        iri.find_first_of("/#", old.size()) == std::string_view::npos)
      return std::pair{spelled(releases, iri.substr(old.size())), "namespace"};
  for (const auto& [wrong, right] : kMistyped)
    if (iri == expand(wrong)) return std::pair{expand(right), "property-name"};
  if (!iri.starts_with(space)) return std::nullopt;
  const std::string right = spelled(releases, iri.substr(space.size()));
  return right == iri ? std::nullopt : Repaired<std::string>({right, "property-name"});
}

Repaired<Term> repaired_term(const Term& term) {
  if (term.kind == Term::Kind::Literal) {
    if (term.language.find('_') == std::string::npos) return std::nullopt;
    Term right = term;
    std::replace(right.language.begin(), right.language.end(), '_', '-');
    return std::pair{right, "language-tag"};
  }
  if (term.kind != Term::Kind::Iri) return std::nullopt;
  std::string text = term.text;
  while (text.ends_with("%20")) text.resize(text.size() - 3);
  while (text.starts_with("%20")) text.erase(0, 3);
  if (text != term.text && gateway::codec::is_absolute_iri(text))
    return std::pair{gateway::codec::iri(text), "iri-spaces"};
  if (const auto moved = rehosted(term.text, kAuthorityHost)) {
    const bool media = moved->starts_with(kMediaTypes);
    const bool personal = moved->starts_with(expand("dpvpd:"));
    return std::pair{gateway::codec::iri(*moved), media ? "media-type" : personal ? "personal-data" : "host"};
  }
  return std::nullopt;
}

Repaired<Term> repaired_value(const Term& value, Form form, std::string_view of) {
  auto repaired = in_form(value, form, of);
  return repaired && repaired->first == value ? std::nullopt : repaired;
}

}  // namespace mappers::dcat

// Internal to mappers/dcat: the forms in which one value is written, and turning one into another.
// Thread-safe (no state).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/codec/rdf.h"
#include "mappers/dcat/record.h"

namespace mappers::dcat {

// The value as records hold it: an e-mail without mailto:, a count without decimals.
gateway::codec::Term canonical_value(const gateway::codec::Term& value, Form form);
// The value in the form of a release. Unchanged when it cannot be had in that form.
gateway::codec::Term written_value(const gateway::codec::Term& value, Form form);
// "912" of "912", "+912", "912.00"; nothing when it is no number that counts.
std::optional<std::string> count_digits(std::string_view lexical);

// The type of XML Schema whose lexical form the text has (XML Schema 1.1 Part 2, section 3.3): "xsd:gYear",
// "xsd:gYearMonth", "xsd:date" or "xsd:dateTime"; empty: no such day or time.
std::string_view date_type(std::string_view text);
// Whether the text is an xsd:duration: "P1M", "PT36H", "-P1Y2MT0.5S".
bool is_duration(std::string_view text);

// The IRI of a code of the authority lists of HealthData@EU under `host`, when it stands under another host
// that was in use; IRIs of media types, personal data and data-use conditions as their publishers spell them.
// Else nothing. `host` ends with '/'.
std::optional<std::string> rehosted(std::string_view iri, std::string_view host);
inline constexpr std::string_view kAuthorityHost =
    "https://hdeu-dcat.data.health.europa.eu/resource/authority/";
// The same graph with every such IRI under `host`.
gateway::codec::Graph rehosted(const gateway::codec::Graph& graph, std::string_view host);

// "_:b1" or the text of the term.
std::string shown(const gateway::codec::Term& term);

}  // namespace mappers::dcat

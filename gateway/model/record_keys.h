// Keys over lists in records, which no single field can be matched by: all identifiers of a subject, and all
// accession numbers of the orders of a series. Kept by the index under the names below (query.h), AnyOf only.
// Pure functions.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/model/records.h"

namespace gateway::model {

inline constexpr std::string_view kSubjectIdentifiers = "subject.identifiers";
inline constexpr std::string_view kSeriesOrders = "series.orders";
inline constexpr std::array<std::string_view, 2> kRecordKeys = {kSubjectIdentifiers, kSeriesOrders};

// The identifiers of a subject with the issuers that faces show: (0010,0024) goes before (0010,0021).
std::vector<Identifier> identifiers_of(const Subject& subject);

// What one identifier is found by: its value, its issuer, both.
std::string key_of_value(std::string_view value);
std::string key_of_issuer(std::string_view issuer);
std::string key_of(std::string_view issuer, std::string_view value);

std::vector<std::string> identifier_keys(const Subject& subject);
std::vector<std::string> order_keys(const Series& series);  // accession numbers, each once

}  // namespace gateway::model

// Internal to the crawler: addresses, and what leads from one document to the next. Pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/codec/rdf.h"

namespace gateway::catalogue {

// "https://host:port" of an http(s) address, lower case; empty for any other.
std::string origin_of(std::string_view address);
// A Location, which may be relative (RFC 3986 section 5.2, the cases that servers send).
std::string resolve(const std::string& base, std::string_view reference);

struct Link {
  std::string address, kind;
};
// Members of LDP containers, catalogues, datasets, distributions and services that a graph names.
std::vector<Link> links_of(const codec::Graph& graph);
// hydra:next and its older name, as IRIs or as text.
std::vector<std::string> next_pages(const codec::Graph& graph);
// What the document at this address is, by its types.
std::string kind_of(const codec::Graph& graph, const std::string& address, const std::string& expected);
// The statements about a node and about what it leads to, of several graphs; datasets are not entered.
codec::Graph around(const codec::Term& node, std::span<const codec::Graph* const> graphs);

}  // namespace gateway::catalogue

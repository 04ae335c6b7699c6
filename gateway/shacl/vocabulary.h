// Names of the vocabularies that the engine itself speaks: SHACL, RDF, RDFS, XSD, OWL, and what this house
// adds.
#pragma once

#include <string>
#include <string_view>

namespace gateway::shacl {

inline constexpr std::string_view kShacl = "http://www.w3.org/ns/shacl#";
inline constexpr std::string_view kRdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
inline constexpr std::string_view kRdfs = "http://www.w3.org/2000/01/rdf-schema#";
inline constexpr std::string_view kXsd = "http://www.w3.org/2001/XMLSchema#";
inline constexpr std::string_view kOwl = "http://www.w3.org/2002/07/owl#";
// An annotation of shapes: where rows of a shape without a path point. Other engines overlook it.
inline constexpr std::string_view kResultPath = "urn:ehds-gateway:shapes#resultPath";

inline std::string sh(std::string_view name) { return std::string(kShacl).append(name); }
inline std::string rdf(std::string_view name) { return std::string(kRdf).append(name); }
inline std::string rdfs(std::string_view name) { return std::string(kRdfs).append(name); }
inline std::string xsd(std::string_view name) { return std::string(kXsd).append(name); }
inline std::string owl(std::string_view name) { return std::string(kOwl).append(name); }

}  // namespace gateway::shacl

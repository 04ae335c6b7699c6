// What the documents of the catalogue are held to, as SHACL shapes (FAIR Data Point: "/spec"), and the
// profile that they follow. Pure functions.
#pragma once

#include <string>

#include "gateway/catalogue/face.h"
#include "gateway/codec/rdf.h"

namespace gateway::catalogue {

// A node shape `iri`/spec#shape for resources of this kind: of datasets, with the properties that the profile
// release demands at each access level; of the others, what a FAIR Data Point has to say.
codec::Graph spec_graph(const mappers::dcat::RenderContext& context, Kind kind, const std::string& iri);

// "healthdcat-ap-r8", the last part of the profile's address.
std::string profile_name(const mappers::dcat::RenderContext& context);
std::string profile_iri(const mappers::dcat::RenderContext& context);
// prof:Profile (W3C Profiles Vocabulary) with the shapes as its resource.
codec::Graph profile_graph(const mappers::dcat::RenderContext& context);

}  // namespace gateway::catalogue

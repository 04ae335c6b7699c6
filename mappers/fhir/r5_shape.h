// The R5 shape of R4 resources and back (FHIR R5 5.0.0 against R4 4.0.1), for partners that know only R5:
// ImagingStudy, DocumentReference, Endpoint, DiagnosticReport, Patient, Observation, and Bundles of them.
//
// What the other release has no place for is listed, and kept as a cross-version extension where FHIR allows
// it, so that it returns on the way back. Resources of other types, and members that both releases share,
// stay as they are. Pure functions; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/base/value.h"

namespace mappers::fhir {

struct Loss {
  std::string path;    // "ImagingStudy.interpreter[0]", in the given resource
  std::string reason;  // one sentence
};

struct Shaped {
  gateway::Value resource;
  std::vector<Loss> losses;
};

// Error: Unprocessable for what is no resource or is nested too deeply.
gateway::Result<Shaped> to_r5(const gateway::Value& resource);
gateway::Result<Shaped> from_r5(const gateway::Value& resource);

}  // namespace mappers::fhir

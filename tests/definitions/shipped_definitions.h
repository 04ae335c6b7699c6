// The shipped packs and the small profiles of tests/golden/validator, loaded once a test program.
#pragma once

#include <memory>

#include "gateway/definitions/validator.h"

namespace tests {

inline const gateway::Result<std::unique_ptr<gateway::definitions::Validator>>& shipped_validator() {
  using namespace gateway::definitions;
  static const auto validator = []() -> gateway::Result<std::unique_ptr<Validator>> {
    Sources sources;
    sources.folder = SOURCE_DIR "/profiles/fhir";
    sources.packs = Definitions::shipped_packs();
    sources.packages = {SOURCE_DIR "/tests/golden/validator/definitions"};
    return std::make_unique<Validator>(TRY(Definitions::load(sources)));
  }();
  return validator;
}

}  // namespace tests

// The definitions that the gateway ships, loaded once for all tests of a program.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "gateway/definitions/definitions.h"

namespace tests {

inline const gateway::definitions::Definitions& r4_definitions() {
  using gateway::definitions::Definitions;
  static const auto loaded = [] {
    gateway::definitions::Sources sources;
    sources.folder = SOURCE_DIR "/profiles/fhir";
    sources.packs = Definitions::shipped_packs();
    auto result = Definitions::load(sources);
    if (!result.ok()) {
      ADD_FAILURE() << result.error().text();
      return std::make_shared<const Definitions>();
    }
    return *result;
  }();
  return *loaded;
}

}  // namespace tests

// The definitions that the gateway ships, loaded once, for fuzz targets.
#pragma once

#include <cstdlib>
#include <memory>

#include "gateway/definitions/definitions.h"

namespace tests {

inline const gateway::definitions::Definitions& fuzz_definitions() {
  using gateway::definitions::Definitions;
  static const std::shared_ptr<const Definitions> kLoaded = [] {
    gateway::definitions::Sources sources;
    sources.folder = SOURCE_PROFILES "/fhir";
    sources.packs = Definitions::shipped_packs();
    auto loaded = Definitions::load(sources);
    if (!loaded) std::abort();
    return *loaded;
  }();
  return *kLoaded;
}

}  // namespace tests

// The shipped releases and the definition that states everything, for the tests of this folder.
#pragma once

#include "gateway/base/bytes.h"
#include "mappers/dcat/release.h"
#include "tests/mappers/dcat/sample.h"

namespace mappers::dcat::sample {

inline const Releases& releases() {
  static const auto loaded = Releases::load(SOURCE_DIR "/profiles/dcat");
  if (!loaded) ADD_FAILURE() << loaded.error().text();
  return *loaded;
}

inline const Release& release(std::string_view name) {
  const Release* found = releases().find(name);
  if (!found) ADD_FAILURE() << name;
  return *found;
}

inline std::string everything_text() {
  const auto text = gateway::read_file(SOURCE_DIR "/tests/golden/dcat/everything.toml");
  if (!text) ADD_FAILURE() << text.error().text();
  return text ? *text : std::string();
}

inline DatasetView everything() { return view(everything_text()); }

}  // namespace mappers::dcat::sample

// The DICOM conformance statement (PS3.2), generated from the tables that the code itself runs by: routes,
// transfer syntaxes, codecs, matching keys, character sets, error codes, configuration keys.
#pragma once

#include <string>

#include "gateway/app/config.h"
#include "gateway/http/router.h"
#include "mappers/engine/table.h"

namespace gateway::app {

// Markdown, in the structure of PS3.2 annex A. `router` holds the routes that are served.
std::string conformance_statement(const Config& config, const http::Router& router,
                                  const mappers::engine::Table& table);

}  // namespace gateway::app

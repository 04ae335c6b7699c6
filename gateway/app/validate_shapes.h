// RDF documents for `validate --shapes`: files, folders and URLs, against shapes files and shipped releases.
//
// Shapes files of one call are one shapes graph, merged by IRI; every release stands for itself.
#pragma once

#include <string>

#include "gateway/app/commands.h"

namespace gateway::app {

// Prints a report for each document and shapes graph; the exit code as that of `validate`.
int validate_shapes(const ValidateOptions& options, const std::string& profiles);

}  // namespace gateway::app

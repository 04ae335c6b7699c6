// `convert --to RELEASE [--repair] FILE|-`: a metadata description in any syntax, from the release it is in
// to another one, with a report of what became of every statement.
#pragma once

#include <string_view>

#include "gateway/app/commands.h"
#include "gateway/base/result.h"

namespace gateway::app {

// Whether --to names something that is made of images; everything else is a release of a metadata profile.
bool is_made_of_images(std::string_view to);
// The exit code: kFindings when the release has no place for something. The report goes to standard error,
// with
// --json as JSON. Errors: InvalidParameter naming the releases, and those of reading.
Result<int> convert_description(const ConvertOptions& options);

}  // namespace gateway::app

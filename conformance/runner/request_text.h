// The bytes of a send step. Pure but for a body that comes from a file.
#pragma once

#include <string>

#include "conformance/runner/case_file.h"
#include "conformance/runner/text_template.h"

namespace conformance {

struct RequestText {
  std::string head;  // request line, fields and the empty line
  std::string body;  // framed, and cut where the step says so
};

gateway::Result<RequestText> request_text(const SendStep& step, const Variables& variables,
                                          const std::string& folder);

}  // namespace conformance

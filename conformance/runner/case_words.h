// The steps of a case that fit one line: options, expectations, let and fixture. Used by case_file.cpp only.
// Errors: InvalidBody saying what is wrong; the caller adds the place. Pure functions.
#pragma once

#include <string_view>
#include <vector>

#include "conformance/runner/case_file.h"

namespace conformance {

std::vector<std::string_view> words_of(std::string_view text);  // between blanks, none empty

gateway::Result<void> apply_send_option(SendStep& step, std::string_view word);
gateway::Result<void> apply_raw_option(RawStep& step, std::string_view word);
gateway::Result<ExpectStep> parse_expect(std::string_view rest);
gateway::Result<LetStep> parse_let(std::string_view rest);
gateway::Result<FixtureStep> parse_fixture(std::string_view rest);

}  // namespace conformance

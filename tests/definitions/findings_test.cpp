// Findings: bounded, without repetition, as an OperationOutcome.
#include "gateway/definitions/findings.h"

#include <gtest/gtest.h>

#include "gateway/base/json_text.h"

namespace {

using namespace gateway;
using namespace gateway::definitions;

TEST(Findings, keeps_the_same_finding_once) {
  Findings findings;
  findings.error("value", "Patient.id", "wrong");
  findings.error("value", "Patient.id", "wrong");
  findings.error("value", "Patient.name", "wrong");
  findings.warning("value", "Patient.name", "odd");
  EXPECT_EQ(findings.errors(), 2u);
  EXPECT_EQ(findings.warnings(), 1u);
  EXPECT_EQ(findings.list().size(), 3u);
}

TEST(Findings, counts_what_is_beyond_the_bound) {
  Findings findings(2);
  for (int i = 0; i < 5; ++i) findings.error("value", "Patient", std::to_string(i));
  EXPECT_EQ(findings.list().size(), 2u);
  EXPECT_EQ(findings.errors(), 5u);
  EXPECT_EQ(findings.dropped(), 3u);
  const Value outcome = operation_outcome(findings);
  EXPECT_EQ(outcome.find("issue")->as_list()->size(), 3u);
}

TEST(Findings, become_an_operation_outcome) {
  Findings findings;
  findings.add(
      {Finding::Severity::Error, "invariant", "Patient.contact[0]", "failed", "http://x.org/p", "pat-1"});
  EXPECT_EQ(
      to_json(operation_outcome(findings)),
      R"({"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"invariant",)"
      R"("details":{"text":"failed [http://x.org/p, pat-1]"},"diagnostics":"failed [http://x.org/p, pat-1]",)"
      R"("expression":["Patient.contact[0]"]}]})");
  EXPECT_EQ(to_text(findings.list()[0]), "error at Patient.contact[0]: failed [http://x.org/p, pat-1]");
}

TEST(Findings, say_that_all_is_well) {
  EXPECT_EQ(to_json(operation_outcome(Findings())),
            R"({"resourceType":"OperationOutcome","issue":[{"severity":"information","code":"informational",)"
            R"("details":{"text":"All OK"},"diagnostics":"All OK"}]})");
}

}  // namespace

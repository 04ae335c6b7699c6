// Expressions checked against types, without a resource: which names there are, and what needs an order.
#include "gateway/fhirpath/check.h"

#include <gtest/gtest.h>

#include "gateway/definitions/element_types.h"
#include "tests/support/r4_definitions.h"

namespace gateway::fhirpath {
namespace {

struct Case {
  const char* type;
  const char* expression;
  const char* fault;  // a part of it; empty: there is none
};
void PrintTo(const Case& row, std::ostream* out) { *out << row.expression; }
class FhirPathCheck : public ::testing::TestWithParam<Case> {};

TEST_P(FhirPathCheck, FindsNamesThatNoTypeHas) {
  const auto [type, text, fault] = GetParam();
  const auto expression = Expression::compile(text);
  ASSERT_TRUE(expression.ok()) << expression.error().text();
  const auto checked = check(*expression, type, definitions::ElementTypes(tests::r4_definitions()));
  const std::string told = checked.ok() ? "" : checked.error().message;
  if (*fault == '\0')
    EXPECT_EQ(told, "");
  else
    EXPECT_NE(told.find(fault), std::string::npos) << told;
}

constexpr const char* kNone = "has no element";

INSTANTIATE_TEST_SUITE_P(
    Names, FhirPathCheck,
    ::testing::Values(
        Case{"Patient", "contact.name.given", ""}, Case{"Patient", "contact.name.givn", kNone},
        Case{"Patient", "Patient.contact.where(relationship.exists()).telecom.value", ""},
        Case{"Patient", "Patient.contact.where(relation.exists())", kNone},
        Case{"Patient", "DomainResource.text.div", ""}, Case{"Patient", "Device.udiCarrier", "is no Device"},
        Case{"Patient", "deceased", ""}, Case{"Patient", "deceasedBoolean", kNone},
        Case{"Patient", "birthDate.extension('u').value.code", ""},
        Case{"Patient", "birthDate.nothing", kNone}, Case{"Patient", "contained.anything", ""},
        Case{"Patient", "managingOrganization.resolve().anything", ""},
        Case{"Patient", "%resource.anything | name.family", ""},
        Case{"Patient", "(name | contact.name).family", ""},
        Case{"Patient", "name.select(given | famly)", kNone},
        Case{"Patient", "link.other.reference = 'x' and link.kind.empty()", kNone},
        Case{"Patient", "name.given.combine($this.name.family)", ""},
        Case{"ImagingStudy", "series.instance.sopClass.code", ""},
        Case{"ImagingStudy", "series.repeat(instance).title", ""},
        Case{"Questionnaire", "item.item.item.linkId", ""}, Case{"Questionnaire", "item.item.link", kNone},
        Case{"Bundle", "entry.resource.anything", ""}, Case{"Observation", "(value as Quantity).unit", ""},
        Case{"Observation", "(value as Period).unit", kNone},
        Case{"Observation", "value.ofType(Quantity).start", kNone},
        Case{"Observation", "component.value.unit", ""}, Case{"Unknown", "anything.goes", ""}));

INSTANTIATE_TEST_SUITE_P(
    OrderAndConditions, FhirPathCheck,
    ::testing::Values(Case{"Patient", "name.first()", ""},
                      Case{"Patient", "children().first()", "has no order"},
                      Case{"Patient", "descendants()[0]", "has no order"},
                      Case{"Patient", "descendants().where(true).take(1)", "has no order"},
                      Case{"Patient", "name.select(children()).count()", ""},
                      Case{"Patient", "iif(active, 1, 2)", ""}, Case{"Patient", "iif({}, 1, 2)", ""},
                      Case{"Patient", "iif(name.exists(), name.given, 'none')", ""},
                      Case{"Patient", "iif(gender, 1, 2)", "true or false"},
                      Case{"Patient", "iif(5, 1, 2)", "true or false"}));

TEST(FhirPathCheckPlace, SaysWhere) {
  const auto expression = Expression::compile("name.where(use = 'usual').famly");
  const auto checked = check(*expression, "Patient", definitions::ElementTypes(tests::r4_definitions()));
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().where, "character 27");
  EXPECT_EQ(checked.error().message, "HumanName has no element famly");
}

}  // namespace
}  // namespace gateway::fhirpath

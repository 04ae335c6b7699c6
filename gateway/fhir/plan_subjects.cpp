#include <algorithm>
#include <array>

#include "gateway/fhir/plan_parts.h"
#include "gateway/store/person_name.h"
#include "mappers/fhir/names.h"

namespace gateway::fhir {
namespace {

using mappers::fhir::NameParts;

enum class NamePart : std::uint8_t { Family, Given, Any };

bool begins(const std::string& text, const std::string& folded) {
  return !text.empty() && store::fold_case(text).starts_with(folded);
}

bool part_begins(const NameParts& parts, NamePart which, const std::string& folded) {
  if (which == NamePart::Family) return begins(parts.family, folded);
  const bool given = begins(parts.given, folded) || begins(parts.middle, folded);
  if (which == NamePart::Given) return given;
  return given || begins(parts.family, folded) || begins(parts.prefix, folded) ||
         begins(parts.suffix, folded);
}

// A pattern over a whole component group that finds at least the names in which the part begins with `value`.
std::string pattern_of(std::string value, NamePart which) {
  for (char& c : value)
    if (c == '*' || c == '^' || c == '=' || c == '\\') c = '?';
  if (which == NamePart::Family) return value + "*";
  return (which == NamePart::Given ? "*^" : "*") + value + "*";
}

Result<void> plan_name(const Criterion& criterion, NamePart which, SubjectPlan& plan) {
  std::vector<std::string> patterns, folded;
  for (const auto alternative : alternatives(criterion.value)) {
    const std::string value = unescape(alternative);
    patterns.push_back(pattern_of(value, which));
    folded.push_back(store::fold_case(value));
  }
  plan.any_of("subject.name", std::move(patterns));
  plan.filters.push_back([folded = std::move(folded), which](const model::SubjectRow& row) {
    const auto& name = row.subject.name;
    for (const auto* group : {&name.alphabetic, &name.ideographic, &name.phonetic}) {
      const NameParts parts = mappers::fhir::name_parts(*group);
      for (const auto& value : folded)
        if (part_begins(parts, which, value)) return true;
    }
    return false;
  });
  return {};
}

Result<void> plan_birth_date(const Criterion& criterion, const PlanContext& context, SubjectPlan& plan) {
  auto dates = TRY(dates_of(criterion, context, true));
  if (auto bounds = day_bounds(dates)) {
    plan_bounds(std::move(*bounds), "subject.birth_date", plan);
    return {};
  }
  plan.filters.push_back([dates = std::move(dates)](const model::SubjectRow& row) {
    const auto span = mappers::fhir::span_of(mappers::fhir::fhir_date(row.subject.birth_date));
    return span && any_matches(dates, *span);
  });
  return {};
}

void plan_gender(const Criterion& criterion, SubjectPlan& plan) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kSexes = {
      {{"male", "M"}, {"female", "F"}, {"other", "O"}, {"unknown", ""}}};
  std::vector<std::string> sexes;
  for (const Token& token : tokens_of(criterion)) {
    const auto code = token.code_in("http://hl7.org/fhir/administrative-gender");
    for (const auto& [gender, sex] : kSexes)
      if (code && (code->empty() || *code == gender)) sexes.emplace_back(sex);
  }
  plan.any_of("subject.sex", std::move(sexes));
}

void plan_id(const Criterion& criterion, SubjectPlan& plan) {
  std::vector<std::string> keys;
  for (const auto value : alternatives(criterion.value)) keys.push_back(unescape(value));
  plan.any_of("subject.key", std::move(keys));
}

// False: there is no rule for it.
Result<bool> plan_one(const Criterion& criterion, const PlanContext& context, SubjectPlan& plan) {
  const std::string_view code = criterion.parameter->code;
  if (!criterion.modifier.empty()) return false;
  if (code == "_lastUpdated")
    TRY_VOID(plan_last_updated(criterion, context, "subject.updated", plan));
  else if (code == "birthdate")
    TRY_VOID(plan_birth_date(criterion, context, plan));
  else if (code == "family")
    TRY_VOID(plan_name(criterion, NamePart::Family, plan));
  else if (code == "given")
    TRY_VOID(plan_name(criterion, NamePart::Given, plan));
  else if (code == "name")
    TRY_VOID(plan_name(criterion, NamePart::Any, plan));
  else if (code == "_id")
    plan_id(criterion, plan);
  else if (code == "identifier")
    plan_patient_identifier(criterion, context, plan);
  else if (code == "gender")
    plan_gender(criterion, plan);
  else
    return false;
  return true;
}

}  // namespace

Result<SubjectPlan> plan_subjects(const std::vector<Criterion>& criteria, const PlanContext& context) {
  SubjectPlan plan;
  for (const Criterion& criterion : criteria)
    if (!TRY(plan_one(criterion, context, plan))) plan.rest.push_back(&criterion);
  return plan;
}

}  // namespace gateway::fhir

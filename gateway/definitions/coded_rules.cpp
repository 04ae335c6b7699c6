// Codes: bindings to value sets, codes and displays of code systems.
#include "gateway/base/text.h"
#include "gateway/definitions/type_rules.h"

namespace gateway::definitions {
namespace {

std::string shown(std::string_view system, std::string_view code) {
  return quoted((system.empty() ? std::string() : std::string(system) + "#") + std::string(code));
}

struct Verdict {
  bool any_code = false;
  bool member = false;
  bool unknown = false;
  std::string seen;  // the codes looked at
};

void judge(const RuleContext& context, std::string_view set, std::string_view system, std::string_view code,
           Verdict& verdict) {
  if (code.empty()) return;
  verdict.any_code = true;
  const Membership membership = context.definitions.value_sets().contains(set, system, code);
  if (membership == Membership::Yes) verdict.member = true;
  if (membership == Membership::Unknown) verdict.unknown = true;
  verdict.seen += (verdict.seen.empty() ? "" : ", ") + shown(system, code);
}

Verdict judge_entry(const RuleContext& context, const Entry& entry, std::string_view set) {
  Verdict verdict;
  const ResourceTree& tree = context.tree;
  const std::string_view type = entry.type->type;
  if (entry.is_primitive()) {
    judge(context, set, {}, entry.text(), verdict);
  } else if (type == "CodeableConcept") {
    for (const Entry& coding : tree.children(entry))
      if (coding.name == "coding")
        judge(context, set, tree.child_text(coding, "system"), tree.child_text(coding, "code"), verdict);
  } else {
    judge(context, set, tree.child_text(entry, "system"), tree.child_text(entry, "code"), verdict);
  }
  return verdict;
}

bool is_bindable(const Entry& entry) {
  if (!entry.type) return false;
  const std::string_view type = entry.type->type;
  return type == "code" || type == "Coding" || type == "CodeableConcept" || type == "Quantity";
}

// Whether a later release of the system may have codes that are not known here. Those of FHIR itself are
// fixed.
bool may_grow(std::string_view system) {
  constexpr std::string_view kTerminology = "http://terminology.hl7.org/CodeSystem/";
  if (system.starts_with("http://hl7.org/fhir/")) return false;
  if (!system.starts_with(kTerminology)) return true;
  const std::string_view name = system.substr(kTerminology.size());
  return name.starts_with("v2-") || name.starts_with("v3-");
}

// elementdefinition-maxValueSet: codes beyond the set of the binding are taken from this one (4.1.5.2).
void check_largest_set(RuleContext& context, const Entry& entry, const std::string& set,
                       const Structure* profile) {
  if (set.empty() || !context.definitions.value_sets().value_set(set)) return;
  const Verdict verdict = judge_entry(context, entry, set);
  if (!verdict.any_code || verdict.member || verdict.unknown) return;
  context.error("code-invalid", entry,
                verdict.seen + " is not in the largest value set allowed, " + quoted(set, 200), profile);
}

}  // namespace

void check_binding(RuleContext& context, const Entry& entry, const Binding& binding,
                   const Structure* profile) {
  if (!is_bindable(entry) || (entry.is_primitive() && entry.text().empty())) return;
  check_largest_set(context, entry, binding.max_value_set, profile);
  if (binding.strength != Strength::Required && binding.strength != Strength::Extensible) return;
  if (!context.definitions.value_sets().value_set(binding.value_set)) return;
  const bool required = binding.strength == Strength::Required;
  const Verdict verdict = judge_entry(context, entry, binding.value_set);
  if (verdict.member || verdict.unknown) return;
  const std::string set = quoted(binding.value_set, 200);
  if (!verdict.any_code) {
    // Text alone will do where the set is extensible (4.1.5.2).
    if (required && entry.type->type != "Quantity")
      context.error("code-invalid", entry, "no code is given, and one is required from the value set " + set,
                    profile);
    return;
  }
  const std::string what = verdict.seen + " is not in the value set " + set;
  if (required)
    context.error("code-invalid", entry, what + ", and a code is required from it", profile);
  else
    context.warning("code-invalid", entry, what + ", and a code should come from it unless none is suitable",
                    profile);
}

Membership membership_of(const RuleContext& context, const Entry& entry, std::string_view value_set) {
  if (!is_bindable(entry)) return Membership::Unknown;
  const Verdict verdict = judge_entry(context, entry, value_set);
  if (verdict.member) return Membership::Yes;
  return verdict.unknown ? Membership::Unknown : Membership::No;
}

void check_coding(RuleContext& context, const Entry& coding) {
  const ResourceTree& tree = context.tree;
  const std::string_view system = tree.child_text(coding, "system"), code = tree.child_text(coding, "code");
  if (system.empty()) return;
  const ValueSets& sets = context.definitions.value_sets();
  const CodeSystem* known = sets.code_system(system);
  if (system.find(':') == std::string_view::npos)
    return context.error("invalid", coding, "The system must be absolute, not " + quoted(system));
  if (!known && sets.value_set(system))
    return context.error("invalid", coding, quoted(system, 200) + " is a value set, not a code system");
  if (code.empty() || !known || known->content != CodeSystem::Content::Complete) return;
  const CodeConcept* meaning = known->find(code);
  if (!meaning) {
    context.tell(may_grow(system) ? Finding::Severity::Warning : Finding::Severity::Error, "code-invalid",
                 coding,
                 "Unknown code " + quoted(code) + " in the code system " + quoted(system, 200) +
                     (known->version.empty() ? "" : " (version " + known->version + ")"));
    return;
  }
  const std::string_view display = tree.child_text(coding, "display");
  if (!display.empty() && !meaning->display.empty() && !iequals(display, meaning->display))
    context.warning("invalid", coding,
                    "Wrong display name " + quoted(display) + " for " + shown(system, code) + ": it is " +
                        quoted(meaning->display));
}

void check_identifier(RuleContext& context, const Entry& identifier) {
  const ResourceTree& tree = context.tree;
  const std::string_view system = tree.child_text(identifier, "system");
  const std::string_view value = tree.child_text(identifier, "value");
  if (!system.empty() && system.find(':') == std::string_view::npos)
    context.error("invalid", identifier, "The system must be absolute, not " + quoted(system));
  if (system == "urn:ietf:rfc:3986" && !value.empty() && value.find(':') == std::string_view::npos)
    context.error("invalid", identifier,
                  "In the system 'urn:ietf:rfc:3986' the value must be a full URI, not " + quoted(value));
}

}  // namespace gateway::definitions

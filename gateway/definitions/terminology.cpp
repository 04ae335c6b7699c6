#include "gateway/definitions/terminology.h"

#include <algorithm>

#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "gateway/definitions/terminology_parts.h"

namespace gateway::definitions {
namespace {

constexpr std::size_t kMaxExpansion = 10'000;  // codes of one answer

Error not_here(std::string_view what, const std::string& url) {
  return fail(ErrorCode::NotFound, "this server has no " + std::string(what) + " " + url, "url");
}

bool has_text(const Coding& coding, const std::string& wanted) {
  return lower(coding.display).find(wanted) != std::string::npos ||
         lower(coding.code).find(wanted) != std::string::npos;
}

Value contains_of(const Coding& coding) {
  Value item;
  if (!coding.system.empty()) item.set("system", coding.system);
  if (coding.abstract) item.set("abstract", true);
  item.set("code", coding.code);
  if (!coding.display.empty()) item.set("display", coding.display);
  return item;
}

Value expansion_of(const ExpandRequest& request, const std::vector<Coding>& codes) {
  const std::size_t begin = std::min(request.offset, codes.size());
  const std::size_t end = begin + std::min(request.count.value_or(codes.size()), codes.size() - begin);
  Value expansion;
  expansion.set("timestamp", iso8601(request.now_us)).set("total", codes.size());
  if (request.offset > 0 || request.count) expansion.set("offset", request.offset);
  Value used = Value::list();
  if (!request.filter.empty())
    used.push(Value::map().set("name", "filter").set("valueString", request.filter));
  if (request.count) used.push(Value::map().set("name", "count").set("valueInteger", *request.count));
  if (!used.as_list()->empty()) expansion.set("parameter", std::move(used));
  Value contains = Value::list();
  for (std::size_t i = begin; i < end; ++i) contains.push(contains_of(codes[i]));
  if (!contains.as_list()->empty()) expansion.set("contains", std::move(contains));
  return expansion;
}

// What is said of one coding: whether it is in, its display, and what is wrong with it.
struct Verdict {
  bool in = false;
  std::string display, message;
};

// A display that is given has to be that of the code, blanks and case aside (FHIR R4 4.9.18.2, display).
Verdict judged(const Coding& coding, std::string_view display) {
  Verdict verdict{true, std::string(display), ""};
  if (coding.display.empty() || display.empty() || iequals(trim(coding.display), trim(display)))
    return verdict;
  verdict.in = false;
  verdict.message = "the display of " + coding.code + " is \"" + std::string(display) + "\"";
  return verdict;
}

Value parameters_of(const Verdict& verdict) {
  Value parameters = parameters_resource();
  add_parameter(parameters, "result", "valueBoolean", verdict.in);
  if (!verdict.message.empty()) add_parameter(parameters, "message", "valueString", verdict.message);
  if (!verdict.display.empty()) add_parameter(parameters, "display", "valueString", verdict.display);
  return parameters;
}

// The first that is in, else what is said of the last.
template <class Judge>
Result<Value> any_of(const std::vector<Coding>& codings, Judge judge) {
  if (codings.empty())
    return fail(ErrorCode::InvalidParameter, "a code, coding or codeableConcept is needed", "code");
  Verdict last;
  for (const Coding& coding : codings) {
    last = TRY(judge(coding));
    if (last.in) break;
  }
  return parameters_of(last);
}

// Of a code without a system the display that the value set has for it.
std::string display_of(const ValueSets& sets, const std::string& url, const Coding& coding) {
  if (!coding.system.empty()) return std::string(sets.display(coding.system, coding.code));
  if (const auto codes = sets.expansion(url))
    for (const Coding& listed : *codes)
      if (listed.code == coding.code) return listed.display;
  return "";
}

std::string shown(const Coding& coding) {
  return coding.system.empty() ? coding.code : coding.system + "|" + coding.code;
}

}  // namespace

Value parameters_resource() {
  return Value::map().set("resourceType", "Parameters").set("parameter", Value::list());
}

void add_parameter(Value& parameters, std::string_view name, std::string_view type, Value value) {
  add_part(parameters, "parameter", Value::map().set("name", name).set(type, std::move(value)));
}

void add_part(Value& whole, std::string_view list, Value part) {
  for (auto& [key, value] : *whole.as_map())
    if (key == list) value.push(std::move(part));
}

// FHIR R4 4.9.18.1
Result<Value> Terminology::expand(const ExpandRequest& request) const {
  const ValueSets& sets = definitions_.value_sets();
  const ValueSet* set = sets.value_set(request.url);
  if (!set) return not_here("value set", request.url);
  auto codes = sets.expansion(request.url);
  if (!codes)
    return fail(ErrorCode::Unprocessable,
                "the codes of this value set cannot all be listed from what is held here", "url");
  if (!request.filter.empty()) {
    const std::string wanted = lower(request.filter);
    std::erase_if(*codes, [&](const Coding& coding) { return !has_text(coding, wanted); });
  }
  if (!request.count && codes->size() > kMaxExpansion)
    return fail(ErrorCode::Unprocessable,
                "the value set has " + std::to_string(codes->size()) + " codes: give a filter or a count",
                "count");
  Value resource;
  resource.set("resourceType", "ValueSet").set("url", set->url);
  if (!set->version.empty()) resource.set("version", set->version);
  if (!set->name.empty()) resource.set("name", set->name);
  resource.set("status", "unknown").set("expansion", expansion_of(request, *codes));
  return resource;
}

// FHIR R4 4.9.18.2
Result<Value> Terminology::validate_in_value_set(const ValidateCodeRequest& request) const {
  const ValueSets& sets = definitions_.value_sets();
  const ValueSet* set = sets.value_set(request.url);
  if (!set) return not_here("value set", request.url);
  return any_of(request.codings, [&](const Coding& coding) -> Result<Verdict> {
    switch (sets.contains(request.url, coding.system, coding.code)) {
      case Membership::Yes:
        return judged(coding, display_of(sets, request.url, coding));
      case Membership::No:
        return Verdict{false, "", shown(coding) + " is not in the value set " + set->url};
      case Membership::Unknown:
        break;
    }
    return fail(ErrorCode::Unprocessable,
                "whether " + shown(coding) + " is in the value set cannot be told from what is held here",
                "url");
  });
}

// FHIR R4 4.8.18.2
Result<Value> Terminology::validate_in_code_system(const ValidateCodeRequest& request) const {
  const CodeSystem* system = definitions_.value_sets().code_system(request.url);
  if (!system) return not_here("code system", request.url);
  return any_of(request.codings, [&](const Coding& coding) -> Result<Verdict> {
    if (!coding.system.empty() && coding.system != system->url)
      return Verdict{false, "", shown(coding) + " is of another code system"};
    if (const CodeConcept* found = system->find(coding.code)) return judged(coding, found->display);
    if (system->content == CodeSystem::Content::Complete)
      return Verdict{false, "", "there is no code " + coding.code + " in " + system->url};
    return fail(ErrorCode::Unprocessable,
                "the code system is not held here in full: nothing is known of " + coding.code, "code");
  });
}

// FHIR R4 4.8.18.1
Result<Value> Terminology::lookup(const Coding& coding, std::string_view version) const {
  if (coding.system.empty() || coding.code.empty())
    return fail(ErrorCode::InvalidParameter, "a system and a code, or a coding, are needed",
                coding.code.empty() ? "code" : "system");
  const std::string canonical = version.empty() ? coding.system : coding.system + "|" + std::string(version);
  const CodeSystem* system = definitions_.value_sets().code_system(canonical);
  if (!system) return not_here("code system", canonical);
  const std::uint32_t index = system->index_of(coding.code);
  if (index == CodeConcept::kNoParent)
    return fail(ErrorCode::NotFound, "there is no code " + coding.code + " in " + system->url, "code");
  const CodeConcept& found = system->concepts[index];
  Value parameters = parameters_resource();
  add_parameter(parameters, "name", "valueString", system->name.empty() ? system->url : system->name);
  if (!system->version.empty()) add_parameter(parameters, "version", "valueString", system->version);
  add_parameter(parameters, "display", "valueString", found.display.empty() ? found.code : found.display);
  const auto property = [&](const char* name, const char* type, Value value) {
    Value part = Value::map().set("name", "property").set("part", Value::list());
    add_part(part, "part", Value::map().set("name", "code").set("valueCode", name));
    add_part(part, "part", Value::map().set("name", "value").set(type, std::move(value)));
    add_part(parameters, "parameter", std::move(part));
  };
  if (found.abstract) property("notSelectable", "valueBoolean", true);
  if (found.parent != CodeConcept::kNoParent)
    property("parent", "valueCode", system->concepts[found.parent].code);
  for (const CodeConcept& other : system->concepts)
    if (other.parent == index) property("child", "valueCode", other.code);
  return parameters;
}

}  // namespace gateway::definitions

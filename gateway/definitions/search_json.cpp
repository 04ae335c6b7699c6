#include "gateway/definitions/official_json.h"

namespace gateway::definitions {

namespace {

const Value::List kNone;

}  // namespace

const Value::List& list_of(const Value& value, std::string_view name) {
  const Value* found = value.find(name);
  return found && found->as_list() ? *found->as_list() : kNone;
}

std::vector<std::string> texts_of(const Value& value, std::string_view name) {
  std::vector<std::string> texts;
  for (const Value& item : list_of(value, name))
    if (const std::string* text = item.as_string()) texts.push_back(*text);
  return texts;
}

bool flag_of(const Value& value, std::string_view name, bool otherwise) {
  const Value* found = value.find(name);
  const bool* flag = found ? found->as_bool() : nullptr;
  return flag ? *flag : otherwise;
}

// FHIR R4 SearchParameter: the expression is one union over all bases.
Result<SearchParameter> search_parameter_from(const Value& resource) {
  SearchParameter made;
  made.url = resource.text("url");
  made.code = resource.text("code");
  made.bases = texts_of(resource, "base");
  made.targets = texts_of(resource, "target");
  const auto type = search_type(resource.text("type"));
  if (made.url.empty() || made.code.empty() || made.bases.empty() || !type)
    return fail(ErrorCode::ProfileInvalid, "A SearchParameter needs url, code, base and type", made.url);
  made.type = *type;
  const std::string_view expression = resource.text("expression");
  for (const std::string& base : made.bases)
    if (std::string part = part_for(expression, base); !part.empty())
      made.expressions.emplace_back(base, std::move(part));
  for (const Value& component : list_of(resource, "component"))
    made.components.push_back(
        {std::string(component.text("definition")), std::string(component.text("expression"))});
  return made;
}

}  // namespace gateway::definitions

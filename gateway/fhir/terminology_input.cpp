#include "gateway/fhir/terminology_input.h"

#include <algorithm>

#include "gateway/base/text.h"
#include "gateway/definitions/json_form.h"
#include "gateway/definitions/xml_form.h"
#include "gateway/fhir/respond.h"
#include "gateway/fhir/write_call.h"

namespace gateway::fhir {
namespace {

constexpr std::uint64_t kMaxBody = 1 << 20;
constexpr std::string_view kOfTheAnswer = " _format _pretty _summary _elements ";

// `names` are set apart by blanks, with one at either end.
bool is_among(std::string_view names, std::string_view name) {
  return name.find(' ') == std::string_view::npos &&
         names.find(" " + std::string(name) + " ") != std::string_view::npos;
}

definitions::Coding coding_of(const Value& value) {
  return {std::string(value.text("system")), std::string(value.text("code")),
          std::string(value.text("display"))};
}

}  // namespace

Result<void> OperationInput::add_parameters(const Value& parameters) {
  if (parameters.text("resourceType") != "Parameters")
    return fail(ErrorCode::InvalidBody, "an operation takes a Parameters resource", "Parameters");
  const Value* list = parameters.find("parameter");
  if (!list || !list->as_list()) return {};
  for (const Value& parameter : *list->as_list()) {
    const std::string name(parameter.text("name"));
    if (const Value::Map* members = parameter.as_map())
      for (const auto& [key, value] : *members)
        if (key.starts_with("value") || key == "resource") given_.emplace_back(name, value);
  }
  return {};
}

Result<OperationInput> OperationInput::read(const http::Request& request,
                                            const definitions::Definitions& definitions,
                                            std::string_view known) {
  OperationInput input;
  for (const auto& [name, value] : request.query) input.given_.emplace_back(name, value);
  if (request.body->size() > 0) {
    const std::string body = TRY(body_text(request, kMaxBody));
    const Format format = TRY(body_format(request.headers.joined("Content-Type"), body));
    const Value parameters = TRY(format == Format::Xml ? definitions::from_xml(body, definitions)
                                                       : definitions::from_json(body, definitions));
    TRY_VOID(input.add_parameters(parameters));
  }
  const std::string names = " " + std::string(known) + " ";
  std::erase_if(input.given_, [](const auto& entry) { return is_among(kOfTheAnswer, entry.first); });
  for (const auto& entry : input.given_)
    if (!is_among(names, entry.first))
      return fail(ErrorCode::InvalidParameter, "this operation has no parameter " + entry.first, entry.first);
  return input;
}

const Value* OperationInput::value(std::string_view name) const {
  const auto found =
      std::find_if(given_.begin(), given_.end(), [&](const auto& entry) { return entry.first == name; });
  return found == given_.end() ? nullptr : &found->second;
}

std::string OperationInput::text(std::string_view name) const {
  const Value* found = value(name);
  return found && found->as_string() ? *found->as_string() : "";
}

Result<std::optional<std::size_t>> OperationInput::number(std::string_view name) const {
  const Value* found = value(name);
  if (!found) return std::optional<std::size_t>();
  std::optional<std::size_t> number;
  if (const auto* integer = found->as_int(); integer && *integer >= 0)
    number = static_cast<std::size_t>(*integer);
  if (const auto* written = found->as_string()) number = parse_number<std::size_t>(*written);
  if (!number) return fail(ErrorCode::InvalidParameter, "this is a number of 0 or more", std::string(name));
  return number;
}

Result<bool> OperationInput::flag(std::string_view name) const {
  const Value* found = value(name);
  if (!found) return false;
  if (const bool* given = found->as_bool()) return *given;
  if (text(name) == "true" || text(name) == "false") return text(name) == "true";
  return fail(ErrorCode::InvalidParameter, "this is true or false", std::string(name));
}

Result<std::vector<definitions::Coding>> OperationInput::codings(std::string_view system_name) const {
  std::vector<definitions::Coding> all;
  if (const std::string code = text("code"); !code.empty())
    all.push_back({text(system_name), code, text("display")});
  for (const char* name : {"coding", "codeableConcept"}) {
    const Value* given = value(name);
    if (!given) continue;
    if (!given->as_map()) return fail(ErrorCode::InvalidParameter, "this parameter can be posted only", name);
    const Value* inner = given->find("coding");
    if (!inner) all.push_back(coding_of(*given));
    if (inner && inner->as_list())
      for (const Value& coding : *inner->as_list()) all.push_back(coding_of(coding));
  }
  std::erase_if(all, [](const definitions::Coding& coding) { return coding.code.empty(); });
  return all;
}

}  // namespace gateway::fhir

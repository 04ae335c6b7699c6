#include "gateway/fhir/patch.h"

#include "gateway/base/text.h"
#include "gateway/codec/json.h"
#include "gateway/codec/media_type.h"
#include "gateway/definitions/json_form.h"
#include "gateway/definitions/xml_form.h"
#include "gateway/fhir/fhirpath_patch.h"
#include "gateway/fhir/json_patch.h"

namespace gateway::fhir {
namespace {

// FHIR has no empty objects and lists: what a removal leaves of them goes too. What stands beside a list of
// primitives keeps its places.
bool pruned(Value& value) {
  if (Value::List* list = value.as_list()) {
    std::erase_if(*list, pruned);
    return list->empty();
  }
  if (Value::Map* map = value.as_map()) {
    std::erase_if(
        *map, [](Value::Member& member) { return !member.first.starts_with('_') && pruned(member.second); });
    return map->empty();
  }
  return false;
}

Result<Value> by_media_type(const Value& resource, std::string_view content_type, std::string_view body,
                            const definitions::Definitions& definitions) {
  const auto type = TRY(codec::parse_media_type(content_type)).type;
  if (type == kJsonPatch) return apply_json_patch(resource, TRY(codec::parse_json(body)));
  if (type == "application/fhir+json" || type == "application/json")
    return apply_fhirpath_patch(resource, TRY(definitions::from_json(body, definitions)), definitions);
  if (type == "application/fhir+xml" || type == "application/xml")
    return apply_fhirpath_patch(resource, TRY(definitions::from_xml(body, definitions)), definitions);
  return fail(ErrorCode::UnsupportedMediaType,
              "a patch is application/json-patch+json, application/fhir+json or application/fhir+xml",
              "Content-Type");
}

}  // namespace

Result<Value> patched(const Value& resource, std::string_view content_type, std::string_view body,
                      const definitions::Definitions& definitions) {
  Value result = TRY(by_media_type(resource, content_type, body, definitions));
  pruned(result);
  for (const std::string_view fixed : {"resourceType", "id"}) {
    const Value* before = resource.find(fixed);
    const Value* after = result.find(fixed);
    if (before ? !after || *before != *after : after != nullptr)
      return fail(ErrorCode::Unprocessable, "a patch cannot change " + std::string(fixed),
                  std::string(fixed));
  }
  TRY_VOID(definitions::check_json(result, definitions));
  return result;
}

std::string patch_where(std::size_t operation, std::string_view path) {
  return "operation " + std::to_string(operation) + ", " + std::string(path);
}

}  // namespace gateway::fhir

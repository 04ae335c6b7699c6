#include "mappers/fhir/r5_shape.h"

#include <algorithm>
#include <array>

#include "gateway/base/text.h"
#include "mappers/fhir/r5_shape_parts.h"

namespace mappers::fhir {
namespace {

using gateway::Result;
using gateway::Value;

constexpr unsigned kMaxNested = 16;            // resources in each other
constexpr unsigned kMaxDepth = 128;            // of lists and objects
constexpr std::int64_t kMaxSize = 2147483647;  // of an unsignedInt

enum class Direction : bool { ToR5, FromR5 };

constexpr std::array<std::string_view, 5> kReshaped = {"ImagingStudy", "Endpoint", "DocumentReference",
                                                       "DiagnosticReport", "Observation"};
constexpr std::array<std::string_view, 4> kAttachments = {"attachment", "photo", "presentedForm",
                                                          "valueAttachment"};

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& all, std::string_view name) {
  return std::find(all.begin(), all.end(), name) != all.end();
}

class Shaper {
 public:
  Shaper(Direction direction, std::vector<Loss>& losses) : direction_(direction), losses_(losses) {}

  Result<void> resource(Value& value, const std::string& around, unsigned nested) {
    Value::Map* map = value.as_map();
    const std::string type(value.text("resourceType"));
    if (!map || type.empty())
      return gateway::fail(gateway::ErrorCode::Unprocessable, "this is no resource", around);
    if (nested > kMaxNested)
      return gateway::fail(gateway::ErrorCode::Unprocessable, "resources are nested too deeply", around);
    const std::string path = around.empty() ? type : around;
    Shaping shaping(*map, path, losses_);
    TRY_VOID(inner_resources(shaping, nested));
    if (type == "Patient" || contains(kReshaped, type)) TRY_VOID(attachments(*map, path, 0));
    if (direction_ == Direction::ToR5) {
      if (contains(kReshaped, type)) drop_profiles(shaping);
      shape_to_r5(shaping, type);
    } else {
      shape_from_r5(shaping, type);
    }
    return {};
  }

 private:
  Result<void> inner_resources(Shaping& shaping, unsigned nested) {
    Result<void> all;
    const auto visit = [&](Value& value, const std::string& path) {
      if (all.ok()) all = resource(value, path, nested + 1);
    };
    for (auto& [key, value] : shaping.map()) {
      Value::List* list = value.as_list();
      if (!list || (key != "contained" && key != "entry")) continue;
      for (std::size_t i = 0; i < list->size(); ++i) {
        const std::string path = shaping.path() + "." + key + "[" + std::to_string(i) + "]";
        Value::Map* entry = (*list)[i].as_map();
        if (key == "contained") visit((*list)[i], path);
        if (key == "entry" && entry)
          for (auto& [name, inside] : *entry)
            if (name == "resource") visit(inside, path + ".resource");
      }
    }
    return all;
  }

  // What claims to conform to a profile of R4 does not do so in another shape.
  void drop_profiles(Shaping& shaping) {
    for (auto& [key, value] : shaping.map()) {
      if (key != "meta" || !value.find("profile")) continue;
      Shaping meta(*value.as_map(), shaping.path() + ".meta", losses_);
      meta.take("profile");
      meta.lose("profile", "the profiles are those of R4");
    }
    std::erase_if(shaping.map(), [](const Value::Member& member) {
      const Value::Map* meta = member.second.as_map();
      return member.first == "meta" && meta && meta->empty();
    });
  }

  // Attachment.size is an unsignedInt in R4, an integer64 in R5, which JSON writes as a string.
  Result<void> attachments(Value::Map& map, const std::string& path, unsigned depth) {
    if (depth > kMaxDepth)
      return gateway::fail(gateway::ErrorCode::Unprocessable, "the resource is nested too deeply", path);
    for (auto& [key, value] : map) {
      if (key == "contained" || key == "resource") continue;
      const bool is_attachment = contains(kAttachments, key);
      const auto visit = [&](Value& item, const std::string& at) -> Result<void> {
        Value::Map* inside = item.as_map();
        if (!inside) return {};
        if (is_attachment) attachment(*inside, at);
        return attachments(*inside, at, depth + 1);
      };
      Value::List* list = value.as_list();
      if (!list) TRY_VOID(visit(value, path + "." + key));
      for (std::size_t i = 0; list && i < list->size(); ++i)
        TRY_VOID(visit((*list)[i], path + "." + key + "[" + std::to_string(i) + "]"));
    }
    return {};
  }

  void attachment(Value::Map& map, const std::string& path) {
    Shaping shaping(map, path, losses_);
    const Value size = shaping.take("size");
    if (direction_ == Direction::ToR5) {
      if (const auto* number = size.as_int()) shaping.put("size", std::to_string(*number));
      return;
    }
    const auto number =
        size.as_string() ? gateway::parse_number<std::int64_t>(*size.as_string()) : std::nullopt;
    if (number && *number <= kMaxSize)
      shaping.put("size", *number);
    else if (!size.is_null())
      shaping.lose("size", "R4 has no number so large");
    for (const char* name : {"height", "width", "frames", "pages"})
      shaping.keep_member(kR5, std::string("Attachment.") + name, "PositiveInt");
    shaping.keep_member(kR5, "Attachment.duration", "Decimal");
  }

  const Direction direction_;
  std::vector<Loss>& losses_;
};

Result<Shaped> shaped(const Value& resource, Direction direction) {
  Shaped result{resource, {}};
  TRY_VOID(Shaper(direction, result.losses).resource(result.resource, "", 0));
  return result;
}

}  // namespace

Result<Shaped> to_r5(const Value& resource) { return shaped(resource, Direction::ToR5); }
Result<Shaped> from_r5(const Value& resource) { return shaped(resource, Direction::FromR5); }

}  // namespace mappers::fhir

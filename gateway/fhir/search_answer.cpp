#include "gateway/fhir/search_answer.h"

#include "gateway/base/json_text.h"
#include "gateway/codec/json.h"
#include "mappers/fhir/json_writer.h"

namespace gateway::fhir {
namespace {

using mappers::fhir::JsonArray;
using mappers::fhir::JsonObject;

constexpr std::size_t kBytesAnEntry = 256;  // around a resource

void append_resource(std::string& out, const std::string& json, const definitions::Subset& wanted,
                     const definitions::Definitions& definitions) {
  const auto resource = wanted.whole() ? Result<Value>(Value()) : codec::parse_json(json);
  if (wanted.whole() || !resource)
    out += json;
  else
    append_json(out, definitions::subset(*resource, wanted, definitions));
}

// Included resources stay whole but for _summary (3.1.1.5.9: _elements is of the matches).
void append_entry(JsonArray& entries, const PageEntry& entry, std::string_view mode, const std::string& base,
                  const definitions::Subset& wanted, const definitions::Definitions& definitions) {
  JsonObject object(entries.item());
  object.text("fullUrl", base + "/" + entry.type + "/" + entry.id);
  append_resource(object.member("resource"), *entry.text, wanted, definitions);
  object.member("search") += "{\"mode\":\"" + std::string(mode) + "\"}";
}

// What the answer does not say: 3.1.1.5.4 lets a server limit what it includes.
void append_cut(JsonArray& entries) {
  JsonObject object(entries.item());
  object.member("resource") +=
      R"({"resourceType":"OperationOutcome","issue":[{"severity":"warning","code":"too-costly","details":)"
      R"({"text":"more resources would have been included than this server includes in one answer"}}]})";
  object.member("search") += R"({"mode":"outcome"})";
}

void append_links(JsonObject& bundle, const SearchRequest& request, const SearchPage& page) {
  JsonArray links(bundle.member("link"));
  const auto link = [&](std::string_view relation, const std::string& token) {
    JsonObject object(links.item());
    object.plain("relation", relation);
    object.text("url", page_link(request, token));
  };
  link("self", request.page);
  if (request.count_only) return;
  link("first", {});
  if (page.previous) link("previous", *page.previous);
  if (page.next) link("next", *page.next);
}

std::size_t size_of(const SearchPage& page, const Included& included) {
  std::size_t bytes = 1024;
  for (const auto* entries : {&page.matches, &included.entries})
    for (const PageEntry& entry : *entries) bytes += entry.text->size() + kBytesAnEntry;
  return bytes;
}

void append_entries(JsonObject& bundle, const SearchRequest& request, const SearchPage& page,
                    const Included& included, const std::string& base,
                    const definitions::Definitions& definitions) {
  JsonArray entries(bundle.member("entry"));
  definitions::Subset beside = request.subset;
  beside.elements.clear();
  for (const PageEntry& entry : page.matches)
    append_entry(entries, entry, "match", base, request.subset, definitions);
  for (const PageEntry& entry : included.entries)
    append_entry(entries, entry, "include", base, beside, definitions);
  if (included.cut) append_cut(entries);
}

}  // namespace

StudyTexts::Text wanted_text(const StudyTexts::Text& json, const definitions::Subset& wanted,
                             const definitions::Definitions& definitions) {
  if (wanted.whole()) return json;
  auto part = std::make_shared<std::string>();
  append_resource(*part, *json, wanted, definitions);
  return part;
}

std::string search_bundle(const SearchRequest& request, const SearchPage& page, const Included& included,
                          const std::string& base, const definitions::Definitions& definitions) {
  std::string json;
  json.reserve(size_of(page, included));
  {
    JsonObject bundle(json);
    bundle.plain("resourceType", "Bundle");
    bundle.plain("type", "searchset");
    if (request.total != Total::None || request.count_only) bundle.number("total", page.total);
    append_links(bundle, request, page);
    if (!page.matches.empty()) append_entries(bundle, request, page, included, base, definitions);
  }
  return json;
}

}  // namespace gateway::fhir

#include "gateway/fhir/export_writer.h"

#include <algorithm>

#include "gateway/base/json_text.h"
#include "gateway/codec/json.h"
#include "gateway/fhir/compartment.h"
#include "gateway/fhir/history.h"
#include "gateway/fhir/subscription_notice.h"
#include "mappers/fhir/json_writer.h"

namespace gateway::fhir {
namespace {

constexpr const char* kPage = "500";

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

// The id of a Patient of this server, from "Patient/1", also below its base or of a version; else empty.
std::string_view local_patient(std::string_view reference, const std::string& base) {
  constexpr std::string_view kType = "Patient/";
  if (reference.starts_with(base + "/")) reference.remove_prefix(base.size() + 1);
  if (!reference.starts_with(kType)) return {};
  reference = reference.substr(kType.size(), reference.find("/_history/") - kType.size());
  return reference.find('/') == std::string_view::npos ? reference : std::string_view();
}

}  // namespace

Result<std::vector<std::string>> ExportWriter::types() const {
  std::set<std::string> all = {"Endpoint", "ImagingStudy", "Patient"};
  if (const model::ResourceStore* store = face_.resources()->store())
    for (const auto& [type, count] : TRY(store->types())) all.insert(type);
  for (const std::string& type : request_.types) all.insert(type);
  for (const char* internal : {"AuditEvent", "Parameters", "Subscription"})
    if (!contains(request_.types, internal)) all.erase(internal);
  const auto in_patient = compartment_types("Patient");
  std::vector<std::string> wanted;
  for (const std::string& type : all) {
    const bool chosen = request_.types.empty() || contains(request_.types, type);
    if (chosen && (!request_.patients_only || contains(in_patient, type))) wanted.push_back(type);
  }
  return wanted;
}

// The patients that are members of the Group.
Result<std::vector<std::string>> ExportWriter::members() const {
  const auto group = TRY(face_.resources()->read("Group", *request_.group, request_.place));
  if (!group || group->deleted) return fail(ErrorCode::NotFound, "there is no such Group", "Group.id");
  const Value value = TRY(codec::parse_json(group->json));
  std::vector<std::string> ids;
  const Value* list = value.find("member");
  if (!list || !list->as_list()) return ids;
  for (const Value& member : *list->as_list()) {
    const Value* entity = member.find("entity");
    const std::string_view reference = entity ? entity->text("reference") : std::string_view();
    const Value* inactive = member.find("inactive");
    if (inactive && inactive->as_bool() && *inactive->as_bool()) continue;
    if (const auto id = local_patient(reference, request_.place.base); !id.empty()) ids.emplace_back(id);
  }
  return ids;
}

Result<ExportWriter::File> ExportWriter::open(const std::string& name) const {
  File file(std::fopen((folder_ + "/" + name).c_str(), "wb"), std::fclose);
  if (!file) return fail(ErrorCode::StoreFailed, "a file of the export cannot be written", {}, folder_);
  return file;
}

// What was only buffered may fail now.
Result<void> ExportWriter::close(File file) const {
  if (std::fclose(file.release()) == 0) return {};
  return fail(ErrorCode::StoreFailed, "a file of the export cannot be written", {}, folder_);
}

Result<void> ExportWriter::write_line(File& file, std::string_view text) {
  bytes_ += text.size() + 1;
  if (bytes_ > face_.config().max_export_bytes)
    return fail(ErrorCode::BodyTooLarge, "the export is larger than this server allows: narrow it by _type");
  if (std::fwrite(text.data(), 1, text.size(), file.get()) != text.size() ||
      std::fputc('\n', file.get()) == EOF)
    return fail(ErrorCode::StoreFailed, "a file of the export cannot be written");
  return {};
}

QueryPairs ExportWriter::base_query() const {
  QueryPairs query = {{"_count", kPage}, {"_total", "none"}};
  if (!request_.since.empty()) query.emplace_back("_lastUpdated", "ge" + request_.since);
  if (!request_.elements.empty()) query.emplace_back("_elements", request_.elements);
  return query;
}

// Headers of subscriptions may be credentials (subscription_notice.h).
Result<void> ExportWriter::write_page(const FoundTexts& page, Output& output, File& file,
                                      std::set<std::string>& seen) {
  for (const FoundTexts::Text& each : page.resources) {
    if (!seen.insert(each.id).second) continue;
    const auto masked = TRY(with_masked_headers(*each.json));
    TRY_VOID(write_line(file, masked ? *masked : *each.json));
    ++output.count;
  }
  return {};
}

Result<void> ExportWriter::export_search(const SearchScope& scope, const QueryPairs& query, Output& output,
                                         File& file, std::set<std::string>& seen) {
  QueryPairs paged = query;
  while (true) {
    if (!tell_(output.type + ": " + std::to_string(output.count) + " resources"))
      return fail(ErrorCode::Gone, "the export was ended");
    auto page = TRY(face_.resources()->texts(scope, paged, true, request_.place));
    TRY_VOID(write_page(page, output, file, seen));
    if (!page.next) return {};
    paged = query;
    paged.push_back(std::move(*page.next));
  }
}

// One file a type. A search for each filter of the type, and for each patient of a Group.
Result<void> ExportWriter::export_type(const std::string& type, const std::vector<std::string>& owners) {
  Output output{type, type + ".ndjson", 0};
  File file = TRY(open(output.name));
  std::vector<QueryPairs> queries;
  for (const auto& [filtered, pairs] : request_.filters) {
    if (filtered != type) continue;
    queries.push_back(base_query());
    queries.back().insert(queries.back().end(), pairs.begin(), pairs.end());
  }
  if (queries.empty()) queries.push_back(base_query());
  std::vector<SearchScope> scopes;
  for (const std::string& owner : owners) scopes.push_back({type, "Patient", owner});
  if (!request_.group) scopes.push_back({type, {}, {}});
  std::set<std::string> seen;
  for (const SearchScope& scope : scopes)
    for (const QueryPairs& query : queries) TRY_VOID(export_search(scope, query, output, file, seen));
  TRY_VOID(close(std::move(file)));
  if (output.count > 0) outputs_.push_back(std::move(output));
  return {};
}

// Bulk Data 2.0.0, response "deleted": Bundles of what was deleted since _since
Result<void> ExportWriter::export_deleted(const std::vector<std::string>& types) {
  const model::ResourceStore* store = face_.resources()->store();
  const auto since = instant_us(request_.since);
  if (!store || !since || request_.group) return {};
  Output output{"Bundle", "deleted.ndjson", 0};
  File file = TRY(open(output.name));
  for (const std::string& type : types) {
    model::HistoryQuery query;
    query.type = type;
    query.since_us = *since;
    query.limit = 1000;
    std::set<std::string> seen;  // newest first: only the newest version of each counts
    while (true) {
      const auto page = TRY(store->history(query));
      for (const auto& version : page.versions) {
        if (!seen.insert(version.id).second || !version.deleted) continue;
        TRY_VOID(write_line(file, R"({"resourceType":"Bundle","type":"transaction","entry":[{"request":)"
                                  R"({"method":"DELETE","url":")" +
                                      version.type + "/" + version.id + "\"}}]}"));
        ++output.count;
      }
      query.offset += page.versions.size();
      query.up_to = page.state;
      if (page.versions.empty() || query.offset >= page.total) break;
    }
  }
  TRY_VOID(close(std::move(file)));
  if (output.count > 0) deleted_.push_back(std::move(output));
  return {};
}

Result<std::string> ExportWriter::run() {
  started_us_ = face_.now_us();
  const auto wanted = TRY(types());
  std::vector<std::string> owners;
  if (request_.group) owners = TRY(members());
  for (const std::string& type : wanted) TRY_VOID(export_type(type, owners));
  if (!request_.since.empty()) TRY_VOID(export_deleted(wanted));
  return manifest();
}

std::string ExportWriter::manifest() const {
  using mappers::fhir::JsonArray;
  using mappers::fhir::JsonObject;
  std::string json;
  {
    JsonObject object(json);
    object.plain("transactionTime", iso8601(started_us_, true));
    object.text("request", request_.url);
    object.flag("requiresAccessToken", false);
    const auto list = [&](std::string_view name, const std::vector<Output>& outputs) {
      JsonArray items(object.member(name));
      for (const Output& output : outputs) {
        JsonObject item(items.item());
        item.text("type", output.type);
        item.text("url", request_.place.base + "/$export-file/" + id_ + "/" + output.name);
        item.number("count", output.count);
      }
    };
    list("output", outputs_);
    list("deleted", deleted_);
    list("error", {});
  }
  return json;
}

}  // namespace gateway::fhir

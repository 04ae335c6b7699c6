#include "gateway/definitions/package_reader.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <vector>

#include "gateway/base/bytes.h"
#include "gateway/codec/json.h"
#include "gateway/definitions/official_json.h"

namespace gateway::definitions {

namespace {

namespace fs = std::filesystem;

// Puts the file before the place that a reader named.
Error in_file(Error error, const std::string& file) {
  error.where = error.where.empty() ? file : file + ": " + error.where;
  if (error.code == ErrorCode::InvalidBody) error.code = ErrorCode::ProfileInvalid;
  return error;
}

template <class Made>
Result<void> take(Result<Made> made, const std::string& pack, Definitions& into) {
  if (!made) return std::move(made).error();
  made->pack = pack;
  into.add(std::move(*made));
  return {};
}

Result<void> take_resource(const Value& resource, const std::string& pack, const PackageLimits& limits,
                           Definitions& into) {
  const std::string_view type = resource.text("resourceType");
  if (type == "StructureDefinition") return take(structure_from(resource, limits), pack, into);
  if (type == "CodeSystem") return take(code_system_from(resource, limits), pack, into);
  if (type == "ValueSet") return take(value_set_from(resource), pack, into);
  if (type == "ConceptMap") return take(concept_map_from(resource), pack, into);
  if (type == "SearchParameter") return take(search_parameter_from(resource), pack, into);
  return {};
}

// The .json files below a folder, in order of their names.
Result<std::vector<fs::path>> files_below(const fs::path& folder, const PackageLimits& limits) {
  std::vector<fs::path> files;
  std::error_code fault;
  fs::recursive_directory_iterator walk(folder, fault);
  for (; !fault && walk != fs::recursive_directory_iterator(); walk.increment(fault)) {
    if (walk.depth() > static_cast<int>(limits.max_depth))
      return fail(ErrorCode::BodyTooLarge, "A package has too many levels of folders",
                  walk->path().filename());
    if (walk->path().extension() != ".json" || !walk->is_regular_file()) continue;
    files.push_back(walk->path());
    if (files.size() > limits.max_files)
      return fail(ErrorCode::BodyTooLarge, "A package has too many files", folder.filename().string());
  }
  if (fault)
    return fail(ErrorCode::NotFound, "A package cannot be read", folder.filename().string(), fault.message());
  std::ranges::sort(files);
  return files;
}

}  // namespace

Result<void> read_package_file(std::string_view json, const std::string& file, const std::string& pack,
                               const PackageLimits& limits, Definitions& into) {
  const auto parsed = codec::parse_json(json, {limits.max_file_bytes, limits.max_depth});
  if (!parsed) return in_file(parsed.error(), file);
  if (parsed->text("resourceType") != "Bundle") {
    if (auto taken = take_resource(*parsed, pack, limits, into); !taken) return in_file(taken.error(), file);
    return {};
  }
  std::size_t number = 0;
  for (const Value& entry : list_of(*parsed, "entry")) {
    const Value* resource = entry.find("resource");
    if (!resource) continue;
    if (auto taken = take_resource(*resource, pack, limits, into); !taken)
      return in_file(taken.error(), file + " entry " + std::to_string(number));
    ++number;
  }
  return {};
}

Result<void> read_package(const std::string& path, const PackageLimits& limits, Definitions& into) {
  std::error_code fault;
  const bool single = fs::is_regular_file(path, fault);
  if (!single && !fs::is_directory(path, fault))
    return fail(ErrorCode::NotFound, "There is no such package", fs::path(path).filename().string(), path);
  const std::vector<fs::path> files = single ? std::vector<fs::path>{path} : TRY(files_below(path, limits));
  std::size_t total = 0;
  const std::string pack = fs::path(path).filename().string();
  for (const fs::path& file : files) {
    const auto text = read_file(file.string(), limits.max_file_bytes);
    if (!text) return in_file(text.error(), file.filename().string());
    total += text->size();
    if (total > limits.max_total_bytes)
      return fail(ErrorCode::BodyTooLarge, "A package is too large", file.filename().string());
    TRY_VOID(read_package_file(*text, file.filename().string(), pack, limits, into));
  }
  into.add_pack(pack);
  return {};
}

}  // namespace gateway::definitions

#include "gateway/shacl/library.h"

#include <algorithm>
#include <filesystem>

#include "gateway/base/bytes.h"
#include "gateway/codec/rdf_contexts.h"
#include "gateway/codec/toml.h"
#include "gateway/shacl/shape_table.h"

namespace gateway::shacl {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kBackground = "background";

constexpr std::size_t kLongestName = 64;

// A name from outside never leaves the folder.
bool is_plain_name(std::string_view name) {
  return !name.empty() && name.size() <= kLongestName &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-") == std::string_view::npos &&
         !name.starts_with('.');
}

bool exists(const std::string& file) {
  std::error_code ignored;
  return fs::exists(file, ignored);
}

std::string folder_of(const std::string& file) { return file.substr(0, file.rfind('/')); }

Result<void> add_shape_file(ProfileBuilder& builder, const std::string& file) {
  const std::string text = TRY(read_file(file));
  const auto graph = TRY(read_shape_table(text, file, folder_of(file)));
  builder.add_shapes(graph);
  return {};
}

Result<void> add_vocabulary_file(ProfileBuilder& builder, const std::string& file) {
  const std::string text = TRY(read_file(file));
  const auto graph = TRY(read_vocabulary_table(text, file));
  builder.add_background(graph);
  return {};
}

std::vector<std::string> texts_of(const Value& table, std::string_view key) {
  std::vector<std::string> texts;
  const Value* list = table.find(key);
  if (!list || !list->as_list()) return texts;
  for (const Value& one : *list->as_list())
    if (one.as_string()) texts.push_back(*one.as_string());
  return texts;
}

const Value::List& levels_of(const codec::TomlDocument& profile) {
  static const Value::List kNone;
  const Value* levels = profile.root.find("level");
  return levels && levels->as_list() ? *levels->as_list() : kNone;
}

Result<codec::TomlDocument> read_release(const std::string& folder, std::string_view release) {
  const std::string file = folder + "/" + std::string(release) + "/profile.toml";
  if (!is_plain_name(release) || !exists(file))
    return fail(ErrorCode::NotFound, "there are no shapes for the release \"" + std::string(release) + "\"");
  const std::string text = TRY(read_file(file));
  auto profile = TRY(codec::parse_toml(text, file));
  if (levels_of(profile).empty()) return fail(ErrorCode::ProfileInvalid, "a release has no level", file);
  return profile;
}

const Value* find_level(const codec::TomlDocument& profile, std::string_view name) {
  const Value::List& levels = levels_of(profile);
  const auto level =
      std::find_if(levels.begin(), levels.end(), [&](const Value& one) { return one.text("name") == name; });
  return level == levels.end() ? nullptr : &*level;
}

Error unknown_level(const codec::TomlDocument& profile, std::string_view name) {
  std::string known;
  for (const Value& level : levels_of(profile))
    known += (known.empty() ? "" : ", ") + std::string(level.text("name"));
  return fail(ErrorCode::NotFound, "the release has no level \"" + std::string(name) +
                                       "\"; it has: " + (known.empty() ? "none" : known));
}

}  // namespace

Result<std::vector<ReleaseInfo>> Library::releases() const {
  std::vector<ReleaseInfo> all;
  std::error_code fault;
  for (const auto& entry : fs::directory_iterator(folder_, fault)) {
    const std::string name = entry.path().filename().string();
    if (!exists((entry.path() / "profile.toml").string())) continue;
    const auto profile = TRY(read_release(folder_, name));
    ReleaseInfo info{name, std::string(profile.root.text("title")), {}};
    for (const Value& level : levels_of(profile))
      if (!level.text("name").empty()) info.levels.emplace_back(level.text("name"));
    all.push_back(std::move(info));
  }
  if (fault) return fail(ErrorCode::ProfileInvalid, "the shapes of this program cannot be read", {}, folder_);
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.release < b.release; });
  return all;
}

bool Library::has(std::string_view release) const {
  const std::string_view name = release.substr(0, release.find(':'));
  return is_plain_name(name) && exists(folder_ + "/" + std::string(name) + "/profile.toml");
}

Result<void> Library::add_background(ProfileBuilder& builder) const {
  std::vector<std::string> files;
  std::error_code fault;
  for (const auto& entry : fs::directory_iterator(folder_ + "/" + std::string(kBackground), fault))
    if (entry.path().extension() == ".tsv") files.push_back(entry.path().string());
  if (fault)
    return fail(ErrorCode::ProfileInvalid, "the vocabularies of this program cannot be read", {}, folder_);
  std::sort(files.begin(), files.end());
  for (const std::string& file : files) TRY_VOID(add_vocabulary_file(builder, file));
  return {};
}

Result<std::shared_ptr<const Profile>> Library::profile(std::string_view release,
                                                        std::string_view level) const {
  const auto description = TRY(read_release(folder_, release));
  if (level.empty()) return load(release, levels_of(description)[0]);
  const Value* chosen = find_level(description, level);
  if (!chosen) return unknown_level(description, level);
  return load(release, *chosen);
}

Result<std::shared_ptr<const Profile>> Library::profile_for(std::string_view release,
                                                            std::string_view claimed) const {
  const auto description = TRY(read_release(folder_, release));
  const Value* chosen = find_level(description, claimed);
  return load(release, chosen ? *chosen : levels_of(description)[0]);
}

Result<codec::ContextSource> Library::contexts() const {
  const std::lock_guard lock(mutex_);
  if (!contexts_) {
    const std::string folder = (fs::path(folder_) / ".." / "jsonld").string();
    contexts_ = TRY(codec::ShippedContexts::load(folder)).source();
  }
  return contexts_;
}

// A lock over the compilation: two that ask for the same profile at once wait for one, which is then shared.
Result<std::shared_ptr<const Profile>> Library::load(std::string_view release, const Value& level) const {
  std::string name(release);
  if (const std::string_view own = level.text("name"); !own.empty()) name += ":" + std::string(own);
  const std::lock_guard lock(mutex_);
  if (const auto it = profiles_.find(name); it != profiles_.end()) return it->second;
  ProfileBuilder builder(name);
  const std::string folder = folder_ + "/" + std::string(release);
  for (const std::string& file : texts_of(level, "shapes"))
    TRY_VOID(add_shape_file(builder, folder + "/" + file));
  for (const std::string& file : texts_of(level, "vocabularies"))
    TRY_VOID(add_vocabulary_file(builder, folder + "/" + file));
  TRY_VOID(add_background(builder));
  auto profile = TRY(builder.build());
  profiles_.emplace(std::move(name), profile);
  return profile;
}

}  // namespace gateway::shacl

#include "gateway/app/validate_shapes.h"

#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>

#include "gateway/app/console.h"
#include "gateway/app/fetch.h"
#include "gateway/app/parts.h"
#include "gateway/base/bytes.h"
#include "gateway/base/json_text.h"
#include "gateway/codec/rdf_read.h"
#include "gateway/ingest/folder_walk.h"
#include "gateway/shacl/library.h"
#include "gateway/shacl/validate.h"

namespace gateway::app {
namespace {

constexpr const char* kAccept =
    "text/turtle, application/n-triples;q=0.9, application/trig;q=0.9, application/ld+json;q=0.8, "
    "application/rdf+xml;q=0.7";

struct Source {
  std::string name, text;
  codec::RdfFormat format;
};

Error unknown_format(const std::string& name) {
  return fail(ErrorCode::UnsupportedMediaType, "this is no RDF in a known form", name);
}

Result<Source> read_source(const std::string& name) {
  Source source{name, {}, codec::RdfFormat::Turtle};
  std::optional<codec::RdfFormat> format;
  if (is_url(name)) {
    Fetched fetched = TRY(fetch(name, kAccept));
    format = codec::format_of_media_type(fetched.content_type);
    source.text = std::move(fetched.text);
  } else {
    source.text = TRY(read_file(name));
    format = codec::format_of_name(name);
  }
  if (!format) format = codec::guess_format(source.text);
  if (!format) return unknown_format(name);
  source.format = *format;
  return source;
}

std::string base_of(const std::string& name) {
  std::error_code ignored;
  return is_url(name) ? name : "file://" + std::filesystem::absolute(name, ignored).string();
}

bool exists(const std::string& name) {
  std::error_code ignored;
  return std::filesystem::exists(name, ignored);
}

// What documents are held against: the files as one graph, and each release.
struct Rules {
  std::shared_ptr<const shacl::Profile> files;
  std::vector<std::string> releases;
};

// A name that is neither a file nor a release with such a level.
Result<void> check_release(const std::string& name, const shacl::Library& library) {
  if (!library.has(name))
    return fail(ErrorCode::NotFound, "there is no such file, and no such release: see `ehds-gateway shapes`",
                name);
  const std::size_t colon = name.find(':');
  if (colon == std::string::npos) return {};
  if (const auto profile = library.profile(name.substr(0, colon), name.substr(colon + 1)); !profile)
    return profile.error();
  return {};
}

Result<Rules> read_rules(const std::vector<std::string>& names, const shacl::Library& library) {
  Rules rules;
  std::string joined;
  std::vector<Source> sources;
  for (const std::string& name : names) {
    if (!is_url(name) && !exists(name)) {
      TRY_VOID(check_release(name, library));
      rules.releases.push_back(name);
      continue;
    }
    sources.push_back(TRY(read_source(name)));
    joined += (joined.empty() ? "" : " + ") + name;
  }
  if (sources.empty()) return rules;
  shacl::ProfileBuilder builder(joined);
  const auto contexts = TRY(library.contexts());
  for (const Source& source : sources)
    TRY_VOID(builder.add_shapes(source.text, source.format, base_of(source.name), contexts));
  TRY_VOID(library.add_background(builder));
  rules.files = TRY(builder.build());
  return rules;
}

class Checker {
 public:
  Checker(const Rules& rules, const shacl::Library& library, bool json)
      : rules_(rules), library_(library), json_(json) {}

  void check(const std::string& name) {
    const auto source = read_source(name);
    if (!source) return unreadable(name, source.error());
    shacl::DocumentOptions options;
    options.base = base_of(name);
    options.name = name;
    if (source->format == codec::RdfFormat::JsonLd) {
      auto contexts = library_.contexts();
      if (!contexts) return unreadable(name, contexts.error());
      options.contexts = std::move(*contexts);
    }
    bool valid = true;
    if (rules_.files)
      valid &= show(name, shacl::validate_document(source->text, source->format, *rules_.files, options));
    for (const std::string& release : rules_.releases)
      valid &= show(name, shacl::validate_document(source->text, source->format, library_, release, options));
    count(valid);
  }

  void unreadable(const std::string& name, const Error& error) {
    show(name, error);
    count(false);
    // What is no RDF is a finding; what cannot be got at all, a failure.
    if (error.code != ErrorCode::UnsupportedMediaType) unreadable_ = true;
  }

  int end() const {
    std::fprintf(stderr, "%s of %s are valid\n", human_count(all_ - invalid_).c_str(),
                 human_count(all_).c_str());
    if (unreadable_) return kFailed;
    return invalid_ == 0 && all_ > 0 ? kOk : kFindings;
  }

 private:
  void count(bool valid) {
    ++all_;
    if (!valid) ++invalid_;
  }

  bool show(const std::string& name, const Result<shacl::Report>& report) const {
    const bool valid = report && report->valid();
    if (json_) {
      Value line = Value::map().set("path", name).set("kind", "RDF").set("valid", valid);
      if (report)
        line.set("report", shacl::to_json_value(*report));
      else
        line.set("error", report.error().text());
      std::printf("%s\n", to_json(line).c_str());
      return valid;
    }
    std::printf("%s: RDF, %s\n", name.c_str(), valid ? "valid" : "not valid");
    const std::string text = report ? shacl::to_text(*report) : "error: " + report.error().text() + "\n";
    std::string_view rest = text;
    while (!rest.empty()) {
      const std::size_t end = rest.find('\n');
      std::printf("  %.*s\n", static_cast<int>(end), rest.data());
      rest.remove_prefix(end + 1);
    }
    return valid;
  }

  const Rules& rules_;
  const shacl::Library& library_;
  bool json_;
  std::size_t all_ = 0, invalid_ = 0;
  bool unreadable_ = false;
};

}  // namespace

int validate_shapes(const ValidateOptions& options, const std::string& profiles) {
  const shacl::Library library(profiles + "/shapes");
  const auto rules = read_rules(options.shapes, library);
  if (!rules) return report(rules.error());
  Checker checker(*rules, library, options.common.json);
  for (const std::string& path : options.paths) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(path, ignored)) {
      checker.check(path);
      continue;
    }
    ingest::FolderWalk walk({path});
    while (const auto entry = walk.next()) {
      if (entry->problem)
        checker.unreadable(entry->path, *entry->problem);
      else if (codec::format_of_name(entry->path))
        checker.check(entry->path);
    }
  }
  return checker.end();
}

// `shapes`: what is shipped, or one profile as Turtle for any engine.
int shapes(const ShapesOptions& options) {
  const auto config = configure(options.common);
  if (!config) return report(config.error());
  const shacl::Library library(find_profiles(config->profiles_folder) + "/shapes");
  if (options.profile.empty()) {
    const auto releases = library.releases();
    if (!releases) return report(releases.error());
    for (const shacl::ReleaseInfo& release : *releases) {
      std::string levels;
      for (const std::string& level : release.levels) levels += (levels.empty() ? "" : ", ") + level;
      std::printf("%-20s %s%s\n", release.release.c_str(), release.title.c_str(),
                  levels.empty() ? "" : (" (" + levels + ")").c_str());
    }
    return kOk;
  }
  const std::size_t colon = options.profile.find(':');
  const std::string level = colon == std::string::npos ? "" : options.profile.substr(colon + 1);
  const auto profile = library.profile(options.profile.substr(0, colon), level);
  if (!profile) return report(profile.error());
  std::printf("%s", codec::write_turtle((*profile)->graph(), shacl::usual_prefixes()).c_str());
  return kOk;
}

}  // namespace gateway::app

#include "conformance/runner/options.h"

#include <algorithm>
#include <filesystem>

#include "gateway/base/bytes.h"
#include "gateway/base/text.h"

namespace conformance {
namespace {

using gateway::ErrorCode;
using gateway::fail;
using gateway::Result;
namespace fs = std::filesystem;

Result<void> set_root(Variables& roots, std::string_view text) {
  const auto equal = text.find('=');
  if (equal == std::string_view::npos || equal == 0)
    return fail(ErrorCode::InvalidParameter, "--root takes NAME=PATH", std::string(text));
  std::string_view path = text.substr(equal + 1);
  while (path.ends_with('/')) path.remove_suffix(1);
  roots[std::string(text.substr(0, equal))] = path;
  return {};
}

// Applies an option that takes a value.
Result<void> apply(Options& options, std::string_view name, const std::string& value) {
  if (name == "--base")
    options.base = value;
  else if (name == "--root")
    TRY(set_root(options.run.roots, value));
  else if (name == "--suite")
    options.suites.push_back(value);
  else if (name == "--without")
    options.run.without.insert(value);
  else if (name == "--with")
    options.run.with.insert(value);
  else if (name == "--junit")
    options.junit = value;
  else if (name == "--ca")
    options.run.endpoint.ca_file = value;
  else if (name == "--max-skipped") {
    options.max_skipped = gateway::parse_number<std::size_t>(value);
    if (!options.max_skipped) return fail(ErrorCode::InvalidParameter, "--max-skipped takes a number", value);
  } else if (name == "--jobs") {
    const auto jobs = gateway::parse_number<unsigned>(value);
    if (!jobs || *jobs < 1 || *jobs > 64)
      return fail(ErrorCode::InvalidParameter, "--jobs takes 1 to 64", value);
    options.run.jobs = *jobs;
  } else {
    return fail(ErrorCode::InvalidParameter, "no such option", std::string(name));
  }
  return {};
}

Result<void> finish(Options& options) {
  if (options.help) return {};
  if (options.paths.empty()) return fail(ErrorCode::InvalidParameter, "no case file or folder is named");
  if (options.list) return {};
  if (options.base.empty()) return fail(ErrorCode::InvalidParameter, "--base is missing");
  Endpoint endpoint = TRY(parse_base_url(options.base));
  endpoint.ca_file = options.run.endpoint.ca_file;
  endpoint.insecure = options.run.endpoint.insecure;
  options.run.endpoint = std::move(endpoint);
  // Without another wish, what takes a POST is the store service of DICOMweb.
  const std::string dicomweb = options.run.roots["dicomweb"];
  options.run.roots.emplace("post", dicomweb == "none" ? "none" : dicomweb + "/studies");
  return {};
}

Result<std::vector<std::string>> case_files(const std::string& path) {
  std::error_code fault;
  if (!fs::is_directory(path, fault)) return std::vector<std::string>{path};
  std::vector<std::string> files;
  for (auto it = fs::recursive_directory_iterator(path, fault);
       !fault && it != fs::recursive_directory_iterator(); it.increment(fault))
    if (it->path().extension() == ".case") files.push_back(it->path().string());
  if (fault) return fail(ErrorCode::NotFound, "the folder cannot be read", path);
  std::sort(files.begin(), files.end());
  return files;
}

bool wanted(const Options& options, const std::string& name) {
  return options.suites.empty() ||
         std::any_of(options.suites.begin(), options.suites.end(), [&](const std::string& suite) {
           return name == suite || name.starts_with(suite + "/");
         });
}

}  // namespace

std::string usage() {
  return "usage: ehds-conformance --base URL [option...] FOLDER|FILE...\n"
         "Runs black-box cases against an HTTP server and reports what does not conform.\n\n"
         "  --base URL         http://HOST:PORT or https://HOST:PORT\n"
         "  --root NAME=PATH   where a face lies: dicomweb=/dicomweb, fhir=/fhir, catalogue=/catalogue;\n"
         "                     get=/health: any resource; post: any that takes a body;\n"
         "                     NAME=none skips the cases that need it\n"
         "  --suite NAME       only cases whose name is NAME or begins with NAME/; may be repeated\n"
         "  --without NEED     skip cases with this need (store, data, ...); --with slow runs the slow ones "
         "too\n"
         "  --max-skipped N    fail when more cases are skipped\n"
         "  --jobs N           cases side by side (4)\n"
         "  --ca FILE          PEM certificates to trust instead of the system's; --insecure: trust any\n"
         "  --json             one JSON document instead of lines\n"
         "  --junit FILE       JUnit XML besides\n"
         "  --list             print the cases and their clauses, run nothing\n\n"
         "Exit code: 0 all passed, 1 something failed, nothing passed or too much was skipped, 2 usage or a "
         "faulty case file.\n";
}

Result<Options> parse_options(std::span<const char* const> arguments) {
  Options options;
  options.run.roots = {
      {"dicomweb", "/dicomweb"}, {"fhir", "/fhir"}, {"catalogue", "/catalogue"}, {"get", "/health"}};
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view word = arguments[i];
    if (word == "--json")
      options.json = true;
    else if (word == "--list")
      options.list = true;
    else if (word == "--insecure")
      options.run.endpoint.insecure = true;
    else if (word == "--help" || word == "-h")
      options.help = true;
    else if (!word.starts_with("--"))
      options.paths.emplace_back(word);
    else if (i + 1 == arguments.size())
      return fail(ErrorCode::InvalidParameter, "a value is missing", std::string(word));
    else
      TRY(apply(options, word, arguments[++i]));
  }
  TRY(finish(options));
  return options;
}

Result<std::vector<Case>> load_cases(const Options& options) {
  std::vector<Case> cases;
  for (const std::string& path : options.paths) {
    for (const std::string& file : TRY(case_files(path))) {
      const std::string text = TRY(gateway::read_file(file, 1u << 20));
      for (Case& test : TRY(parse_case_file(text, file)))
        if (wanted(options, test.name)) cases.push_back(std::move(test));
    }
  }
  if (cases.empty()) return fail(ErrorCode::NotFound, "there is no case to run");
  return cases;
}

}  // namespace conformance

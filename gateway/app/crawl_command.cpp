// `crawl`: walks somebody's catalogue and reports.
#include <cstdio>
#include <fstream>

#include "gateway/app/commands.h"
#include "gateway/app/console.h"
#include "gateway/app/parts.h"
#include "gateway/base/json_text.h"
#include "gateway/catalogue/crawl.h"

namespace gateway::app {
namespace {

constexpr std::uint64_t kMostSeconds = 86'400;

Result<void> write_file(const std::string& path, const std::string& text) {
  if (path.empty()) return {};
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.flush();
  if (!file) return fail(ErrorCode::ConfigInvalid, "cannot be written", path);
  return {};
}

// "healthdcat-ap-r8" or "healthdcat-ap-r8:public": found out before anything is fetched.
Result<void> check_profile(const shacl::Library& shapes, const std::string& name) {
  if (name.empty()) return {};
  if (!shapes.has(name)) return fail(ErrorCode::ConfigInvalid, "no shapes of this release are there", name);
  const std::size_t colon = name.find(':');
  if (colon == std::string::npos) return {};
  if (const auto profile = shapes.profile(name.substr(0, colon), name.substr(colon + 1)); !profile)
    return fail(ErrorCode::ConfigInvalid, profile.error().message, name);
  return {};
}

Result<int> run(const CrawlOptions& options) {
  const Config config = TRY(configure(options.common));
  const shacl::Library shapes(find_profiles(config.profiles_folder) + "/shapes");
  TRY_VOID(check_profile(shapes, options.profile));
  catalogue::CrawlOptions crawling;
  crawling.contexts = TRY(shapes.contexts());
  crawling.profile = options.profile;
  crawling.limits.max_documents = options.max_documents;
  crawling.limits.max_us = static_cast<std::int64_t>(std::min(options.max_seconds, kMostSeconds)) * 1'000'000;
  const auto fetch = TRY(catalogue::http_fetch(options.url, crawling.limits));
  const auto report =
      TRY(catalogue::crawl(options.url, fetch, options.profile.empty() ? nullptr : &shapes, crawling));
  const std::string json = to_json(to_value(report), true) + "\n";
  const bool to_output = options.json_file == "-";
  if (!to_output) TRY_VOID(write_file(options.json_file, json));
  TRY_VOID(write_file(options.html_file, catalogue::crawl_page(report)));
  std::fputs(to_output ? json.c_str() : to_text(report).c_str(), stdout);
  return report.count(catalogue::FindingLevel::Error) == 0 && report.complete ? kOk : kFindings;
}

}  // namespace

int crawl(const CrawlOptions& options) {
  const auto done = run(options);
  if (done) return *done;
  report(done.error());
  const ErrorCode code = done.error().code;
  return code == ErrorCode::ConfigInvalid || code == ErrorCode::InvalidParameter ? kUsage : kFailed;
}

}  // namespace gateway::app

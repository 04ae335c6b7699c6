#include "gateway/app/validate_fhir.h"

#include <span>

#include "gateway/app/parts.h"
#include "gateway/base/text.h"
#include "gateway/codec/json.h"
#include "gateway/definitions/xml_form.h"
#include "gateway/http/client.h"

namespace gateway::app {
namespace {

using definitions::Findings;

constexpr std::uint64_t kMaxBytes = 64u << 20;

// "http://host:1/a/b?c" as its origin and the rest.
std::pair<std::string, std::string> split_url(const std::string& url) {
  const std::size_t host = url.find("//") + 2;
  const std::size_t path = url.find_first_of("/?", host);
  if (path == std::string::npos) return {url, "/"};
  return {url.substr(0, path), url.substr(path)};
}

struct Fetched {
  std::string text;
  bool xml = false;
};

Result<Fetched> fetch(const std::string& url) {
  const auto [origin, target] = split_url(url);
  http::ClientOptions options;
  options.name = origin;
  options.base_url = origin;
  options.total_ms = 60'000;
  options.max_answer_bytes = options.in_memory_bytes = kMaxBytes;
  const auto client = TRY(http::HttpClient::make(std::move(options)));
  http::ClientRequest request;
  request.target = target;
  request.headers = {{"Accept", "application/fhir+json, application/fhir+xml;q=0.9"}};
  const http::ClientAnswer answer = TRY(client->send(request));
  if (answer.status != 200)
    return fail(ErrorCode::BadGateway, "the server answered " + std::to_string(answer.status), url);
  Fetched fetched;
  fetched.text.resize(answer.body->size());
  fetched.text.resize(TRY(
      answer.body->read_at(0, std::as_writable_bytes(std::span(fetched.text.data(), fetched.text.size())))));
  fetched.xml = answer.headers.get("Content-Type").find("xml") != std::string_view::npos;
  return fetched;
}

ResourceVerdict unreadable(std::string name, const Error& error) {
  ResourceVerdict verdict{std::move(name), {}, Findings()};
  verdict.findings.add({definitions::Finding::Severity::Fatal, "structure", {}, error.text(), {}, {}});
  return verdict;
}

}  // namespace

Result<std::unique_ptr<FhirValidation>> FhirValidation::open(const std::string& profiles,
                                                             const ValidateOptions& options) {
  definitions::Sources sources;
  sources.folder = profiles + "/fhir";
  sources.packs = definitions::Definitions::shipped_packs();
  sources.packages = options.packs;
  auto loaded = TRY(definitions::Definitions::load(sources));
  std::unique_ptr<FhirValidation> validation(new FhirValidation(std::move(loaded)));
  validation->options_.profiles = options.fhir_profiles;
  return validation;
}

bool FhirValidation::is_url(std::string_view path) {
  return path.starts_with("http://") || path.starts_with("https://");
}

bool FhirValidation::is_fhir_file(std::string_view path) {
  return path.ends_with(".json") || path.ends_with(".xml") || path.ends_with(".ndjson");
}

std::vector<ResourceVerdict> FhirValidation::check(const std::string& path) const {
  std::vector<ResourceVerdict> verdicts;
  if (is_url(path)) {
    const auto fetched = fetch(path);
    verdicts.push_back(fetched ? check_text(path, fetched->text, fetched->xml)
                               : unreadable(path, fetched.error()));
    return verdicts;
  }
  const auto text = read_file(path);
  if (!text) {
    verdicts.push_back(unreadable(path, text.error()));
  } else if (path.ends_with(".ndjson")) {
    std::size_t line = 0;
    for (const std::string_view one : split(*text, '\n'))
      if (++line; !trim(one).empty())
        verdicts.push_back(check_text(path + ":" + std::to_string(line), one, false));
  } else {
    verdicts.push_back(check_text(path, *text, path.ends_with(".xml")));
  }
  return verdicts;
}

ResourceVerdict FhirValidation::check_text(std::string name, std::string_view text, bool xml) const {
  const auto resource = xml ? definitions::from_xml(text, validator_.definitions()) : codec::parse_json(text);
  if (!resource) return unreadable(std::move(name), resource.error());
  return {std::move(name), std::string(resource->text("resourceType")),
          validator_.validate(*resource, options_)};
}

}  // namespace gateway::app

#include "gateway/app/validate_fhir.h"

#include "gateway/app/fetch.h"
#include "gateway/app/parts.h"
#include "gateway/base/text.h"
#include "gateway/codec/json.h"
#include "gateway/definitions/xml_form.h"

namespace gateway::app {
namespace {

using definitions::Findings;

constexpr const char* kAccept = "application/fhir+json, application/fhir+xml;q=0.9";

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

bool FhirValidation::is_url(std::string_view path) { return app::is_url(path); }

bool FhirValidation::is_fhir_file(std::string_view path) {
  return path.ends_with(".json") || path.ends_with(".xml") || path.ends_with(".ndjson");
}

std::vector<ResourceVerdict> FhirValidation::check(const std::string& path) const {
  std::vector<ResourceVerdict> verdicts;
  if (is_url(path)) {
    const auto fetched = fetch(path, kAccept);
    verdicts.push_back(
        fetched ? check_text(path, fetched->text, fetched->content_type.find("xml") != std::string::npos)
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

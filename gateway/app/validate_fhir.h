// FHIR resources for `validate`: files and URLs, JSON, XML or one resource a line, against the shipped packs
// and those given with --pack.
//
// One object per command; one thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/app/commands.h"
#include "gateway/base/result.h"
#include "gateway/definitions/validator.h"

namespace gateway::app {

// What was found in one resource.
struct ResourceVerdict {
  std::string name;  // the file or URL; ":LINE" behind it in a file of many
  std::string type;  // "ImagingStudy", or empty
  definitions::Findings findings;
};

class FhirValidation {
 public:
  // Errors: ProfileInvalid, and what reading the packs gives.
  static Result<std::unique_ptr<FhirValidation>> open(const std::string& profiles,
                                                      const ValidateOptions& options);

  static bool is_url(std::string_view path);
  static bool is_fhir_file(std::string_view path);  // .json, .xml or .ndjson

  // Every resource there. What cannot be read at all is a finding too.
  std::vector<ResourceVerdict> check(const std::string& path) const;

 private:
  explicit FhirValidation(std::shared_ptr<const definitions::Definitions> definitions)
      : validator_(std::move(definitions)) {}
  ResourceVerdict check_text(std::string name, std::string_view text, bool xml) const;

  definitions::Validator validator_;
  definitions::ValidationOptions options_;
};

}  // namespace gateway::app

// ExportWriter: the files and the manifest of one bulk export. One object a job, one thread.
#pragma once

#include <cstdio>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "gateway/fhir/export.h"

namespace gateway::fhir {

class ExportWriter {
 public:
  // `tell` is called with the progress, and returns false to end the job.
  ExportWriter(const FhirFace& face, const ExportRequest& request, std::string id, std::string folder,
               std::function<bool(std::string)> tell)
      : face_(face),
        request_(request),
        id_(std::move(id)),
        folder_(std::move(folder)),
        tell_(std::move(tell)) {}

  // The manifest. Errors: those of the search; BodyTooLarge beyond the bound of bytes; Gone when ended.
  Result<std::string> run();

 private:
  struct Output {
    std::string type, name;
    std::uint64_t count = 0;
  };
  using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

  Result<std::vector<std::string>> types() const;
  Result<std::vector<std::string>> members() const;
  Result<void> export_type(const std::string& type, const std::vector<std::string>& owners);
  Result<void> export_search(const SearchScope& scope, const QueryPairs& query, Output& output, File& file,
                             std::set<std::string>& seen);
  Result<void> write_page(const FoundTexts& page, Output& output, File& file, std::set<std::string>& seen);
  Result<void> export_deleted(const std::vector<std::string>& types);
  Result<void> write_line(File& file, std::string_view text);
  Result<File> open(const std::string& name) const;
  Result<void> close(File file) const;
  QueryPairs base_query() const;
  std::string manifest() const;

  const FhirFace& face_;
  const ExportRequest& request_;
  const std::string id_, folder_;
  const std::function<bool(std::string)> tell_;
  std::int64_t started_us_ = 0;
  std::uint64_t bytes_ = 0;
  std::vector<Output> outputs_, deleted_;
};

}  // namespace gateway::fhir

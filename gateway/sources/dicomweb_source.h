// DicomwebSource: another DICOMweb server (PS3.18 sections 10.4 to 10.6) as a source of images.
//
// Pages through answers of which the server sends only so many at once; fetches exactly the level that is
// asked; what comes back is checked before it is believed. Thread-safe; every exchange has the deadlines of
// its HTTP client. Errors name the source; NotFound and Gone when it does not have (any more) what is asked.
#pragma once

#include <memory>
#include <string>

#include "gateway/http/client.h"
#include "gateway/model/source_port.h"

namespace gateway::sources {

struct DicomwebOptions {
  http::ClientOptions client;  // its name is that of the source, its base URL the service root
  std::uint64_t page = 500;    // answers asked for at once
  std::uint64_t max_search_bytes = 256 << 20;     // of one page
  std::uint64_t max_metadata_bytes = 2ull << 30;  // of one series or study
};

class DicomwebSource final : public model::RemoteSource {
 public:
  // Error: ConfigInvalid.
  static Result<std::unique_ptr<DicomwebSource>> make(DicomwebOptions options);
  const std::string& name() const override { return options_.client.name; }
  std::string kind() const override { return "dicomweb"; }
  std::string address() const override { return options_.client.base_url; }
  Result<void> check() override;
  Result<model::RemoteQueryReport> find(const model::RemoteQuery& query,
                                        const std::function<bool(std::string json)>& use) override;
  Result<model::RemoteFetchReport> fetch(const model::RemoteId& id, const TakeObject& take) override;
  Result<model::RemoteFetchReport> metadata(const model::RemoteId& id,
                                            const std::function<bool(std::string json)>& use) override;
  Result<std::vector<model::RemoteStoreOutcome>> store(
      std::span<const std::shared_ptr<const ByteSource>> objects) override;
  void stop() override { client_->stop(); }

 private:
  DicomwebSource(DicomwebOptions options, std::unique_ptr<http::HttpClient> client)
      : options_(std::move(options)), client_(std::move(client)) {}
  class Search;
  Result<void> find_pages(const model::RemoteQuery& query, Search& search, model::RemoteQueryReport& report);
  Result<http::ClientAnswer> get(const std::string& target, std::string_view accept, std::uint64_t at_most);

  const DicomwebOptions options_;
  const std::unique_ptr<http::HttpClient> client_;
};

}  // namespace gateway::sources

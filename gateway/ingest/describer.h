// Describer: entries of the image index for studies that no DICOM object tells of (model/described_port.h):
// what is known of them is rendered as if their objects had said it. What study and series say is rendered
// again for each instance: a description that would become too large is refused (InvalidParameter).
//
// Thread-safe; the blob store must outlive it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/model/described_port.h"
#include "gateway/model/source_port.h"

namespace gateway::ingest {

struct DescriberOptions {
  // The reference to an object at an address, which may be empty. Error: InvalidParameter.
  std::function<Result<model::BlobRef>(const std::string& address, const model::RemoteId& id)> reference;
  // Whether objects can be retrieved from there: else their availability (0008,0056) is UNAVAILABLE.
  std::function<bool(std::string_view address)> reaches = [](std::string_view) { return false; };
  std::size_t max_bytes = std::size_t{256} * 1024 * 1024;  // of what is rendered for one description
};

class Describer final : public model::StudyDescriber {
 public:
  Describer(model::BlobStore& blobs, DescriberOptions options)
      : blobs_(blobs), options_(std::move(options)) {}
  Result<std::shared_ptr<const model::DescribedStudy>> describe(
      const model::Description& description) override;

 private:
  Result<void> check_size(const model::Description& description) const;
  Result<model::IndexEntry> entry_of(const model::ImagingObject& object, std::string_view address) const;
  Result<model::DescribedSeries> series_of(const model::Description& description, std::size_t index) const;

  model::BlobStore& blobs_;
  const DescriberOptions options_;
};

}  // namespace gateway::ingest

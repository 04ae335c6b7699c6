// The DICOMweb face (PS3.18): search (QIDO-RS), retrieve (WADO-RS) and store (STOW-RS) over the image index.
//
// Routes below the service root, normally /dicomweb. Answers are assembled from JSON that was rendered at
// ingest; only the service root, counts and modalities are filled in per request (slots.h). Thread-safe: the
// face keeps no state, but for answers that are made once (answer_cache.h).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "gateway/http/router.h"
#include "gateway/model/commitment_port.h"
#include "gateway/model/ingest_port.h"
#include "gateway/model/ports.h"

namespace gateway::pixel {
class PixelService;
}

namespace gateway::dicomweb {

struct DicomwebConfig {
  std::string root = "/dicomweb";
  std::uint32_t max_results = 10'000;           // of one search answer; more gives Warning 299
  std::uint64_t max_answer_bytes = 4ull << 30;  // of one answer of metadata; more is refused by name
  std::string spool_folder = "/tmp";            // for answers of more than a few MiB
  std::uint64_t max_store_bytes = 16ull << 30;  // of one STOW-RS request
};

// Descriptor path of a DICOM attribute, e.g. 0x00100020 to "subject.patient_id": from the mapping table, so
// that what can be searched is what was mapped.
using PathOfTag = std::function<std::optional<std::string>(std::uint32_t tag)>;

// What the face works with. All of it must outlive the face.
struct DicomwebParts {
  const model::ImageIndex* index = nullptr;
  const model::BlobStore* blobs = nullptr;
  model::Ingest* ingest = nullptr;
  pixel::PixelService* pixels = nullptr;
  model::CommitmentStore* commitments = nullptr;  // null: no storage commitment
  PathOfTag path_of_tag = {};
};

class DicomwebFace {
 public:
  explicit DicomwebFace(DicomwebParts parts, DicomwebConfig config = {})
      : parts_(std::move(parts)), config_(std::move(config)) {}

  const model::ImageIndex& index() const { return *parts_.index; }
  const model::BlobStore& blobs() const { return *parts_.blobs; }
  model::Ingest& ingest() const { return *parts_.ingest; }
  pixel::PixelService& pixels() const { return *parts_.pixels; }
  model::CommitmentStore* commitments() const { return parts_.commitments; }
  const PathOfTag& path_of_tag() const { return parts_.path_of_tag; }
  const DicomwebConfig& config() const { return config_; }
  std::string service_root(const http::Request& request) const { return request.base_url + config_.root; }

 private:
  DicomwebParts parts_;
  DicomwebConfig config_;
};

// Adds all routes of the face. Called once, before serving.
void add_routes(http::Router& router, const DicomwebFace& face);

// Where an answer may have to be waited for when objects lie in other systems: their retrieval; with
// `searches`, when those are asked at every search, that, too.
void make_remote_routes_heavy(http::Router& router, const DicomwebFace& face, bool searches);

}  // namespace gateway::dicomweb

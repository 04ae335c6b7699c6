// The DICOMweb face (PS3.18): search (QIDO-RS), retrieve (WADO-RS) and store (STOW-RS) over the image index.
//
// Routes below the service root, normally /dicomweb. Answers are assembled from JSON that was rendered at
// ingest; only the service root, counts and modalities are filled in per request (slots.h). Thread-safe: the
// face keeps no state of its own. Index, blobs and ingest must outlive it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "gateway/http/router.h"
#include "gateway/model/ingest_port.h"
#include "gateway/model/ports.h"

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

class DicomwebFace {
 public:
  DicomwebFace(const model::ImageIndex& index, const model::BlobStore& blobs, model::Ingest& ingest,
               PathOfTag path_of_tag, DicomwebConfig config = {})
      : index_(index),
        blobs_(blobs),
        ingest_(ingest),
        path_of_tag_(std::move(path_of_tag)),
        config_(std::move(config)) {}

  const model::ImageIndex& index() const { return index_; }
  const model::BlobStore& blobs() const { return blobs_; }
  model::Ingest& ingest() const { return ingest_; }
  const PathOfTag& path_of_tag() const { return path_of_tag_; }
  const DicomwebConfig& config() const { return config_; }
  std::string service_root(const http::Request& request) const { return request.base_url + config_.root; }

 private:
  const model::ImageIndex& index_;
  const model::BlobStore& blobs_;
  model::Ingest& ingest_;
  PathOfTag path_of_tag_;
  DicomwebConfig config_;
};

// Adds all routes of the face. Called once, before serving.
void add_routes(http::Router& router, const DicomwebFace& face);

}  // namespace gateway::dicomweb

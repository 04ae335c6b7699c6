// The catalogue face: a FAIR Data Point over the published datasets (root, catalogue, datasets,
// distributions, data service), in Turtle, JSON-LD, RDF/XML, N-Triples and, for people, HTML.
//
// Only published datasets can be seen. Figures follow the index within two seconds: while images arrive, a
// dataset is counted at most that often, by one thread. Documents are cached under the version of definitions
// and counts they were made from. Thread-safe; what it refers to must outlive it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/clock.h"
#include "gateway/base/result.h"
#include "gateway/catalogue/dataset_service.h"
#include "gateway/codec/rdf.h"
#include "gateway/http/router.h"
#include "gateway/model/ports.h"

namespace gateway::catalogue {

enum class Kind : std::uint8_t { Root, Catalogue, Dataset, Distribution, Service };

struct Document {
  std::string body;
  std::string etag;              // quoted, strong: of the bytes
  std::int64_t rendered_us = 0;  // when this content was first made here
};

class Catalogue {
 public:
  Catalogue(const DatasetService& datasets, const model::ImageIndex& index,
            const Clock& clock = Clock::system());
  ~Catalogue();

  // No format: HTML. `id` is that of the path, empty for the root. Errors: NotFound, and those of the store:
  // never a document with fewer datasets than there are (a harvester would delete what is missing).
  Result<std::shared_ptr<const Document>> document(Kind kind, std::string_view id,
                                                   std::optional<codec::RdfFormat> format,
                                                   std::string_view base_url) const;
  const DatasetOptions& options() const { return datasets_.options(); }

 private:
  struct Cache;
  struct Source;
  Result<Source> source(Kind kind, std::string_view id) const;
  Result<void> add_figures(Source& source) const;
  Result<std::string> render(Kind kind, std::string_view id, std::optional<codec::RdfFormat> format,
                             std::string_view base_url, const Source& source) const;

  const DatasetService& datasets_;
  const model::ImageIndex& index_;
  const Clock& clock_;
  std::unique_ptr<Cache> cache_;
};

// Adds the routes below options().path. The catalogue must outlive the router.
void add_routes(http::Router& router, const Catalogue& catalogue);

}  // namespace gateway::catalogue

// The catalogue face: a FAIR Data Point over the published datasets (root, catalogue, datasets,
// distributions, data service), with feeds, search and pages for people.
//
// Only published datasets can be seen; a withdrawn one is Gone. Documents are cached under the version of the
// definitions and counts they were made from. Thread-safe; what it refers to must outlive it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/base/result.h"
#include "gateway/catalogue/shelf.h"
#include "gateway/codec/rdf.h"
#include "gateway/http/router.h"

namespace gateway::catalogue {

enum class Kind : std::uint8_t { Root, Catalogue, Dataset, Distribution, Service };

// Which document about a resource: itself, the shapes it is held to, or itself with all below it.
enum class Part : std::uint8_t { Self, Spec, Expanded };

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

  // `id` is that of the path, empty for the root. Errors: NotFound, Gone, Unprocessable for an expansion that
  // would not end, and those of the store: never a document with fewer datasets than there are (a harvester
  // would delete what is missing).
  Result<std::shared_ptr<const Document>> document(Kind kind, Part part, std::string_view id,
                                                   codec::RdfFormat format, std::string_view base_url) const;
  Result<codec::Graph> graph(Kind kind, Part part, std::string_view id, std::string_view base_url) const;

  // The row that a path names: a dataset, or that of a distribution "{dataset}-{number from 1}" and its index
  // from 0. Errors: NotFound, Gone.
  struct Place {
    model::DatasetRow row;
    std::size_t distribution = 0;
  };
  Result<Place> place(Kind kind, std::string_view id) const;
  // NotFound unless the catalogue or service has this id.
  Result<void> check_id(Kind kind, std::string_view id) const;

  const Shelf& shelf() const { return shelf_; }
  const DatasetService& datasets() const { return datasets_; }
  const DatasetOptions& options() const { return datasets_.options(); }
  mappers::dcat::RenderContext context(std::string_view base_url) const {
    return datasets_.context(base_url);
  }

 private:
  struct Cache;
  struct Source;
  Result<Source> source(Kind kind, Part part, std::string_view id) const;
  Result<codec::Graph> render(Kind kind, Part part, std::string_view id, std::string_view base_url,
                              const Source& source) const;

  const DatasetService& datasets_;
  const Clock& clock_;
  Shelf shelf_;
  std::unique_ptr<Cache> cache_;
};

// The IRI of a resource below `context.base`.
std::string iri_of(const mappers::dcat::RenderContext& context, Kind kind, std::string_view id);

// Adds all routes below options().path. The catalogue must outlive the router.
void add_routes(http::Router& router, const Catalogue& catalogue);

}  // namespace gateway::catalogue

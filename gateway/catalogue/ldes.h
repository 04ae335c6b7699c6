// The event stream of the catalogue (Linked Data Event Streams; DCAT-AP Feeds of SEMIC): the last thing that
// happened to every dataset that could ever be seen, with explicit deletes.
//
// An activity is named after its dataset and what it says, so it never changes: another content is another
// activity. Datasets keep their places when others come or go, so a walk over the pages loses none.
// Thread-safe; refers to the catalogue.
#pragma once

#include <string>
#include <string_view>

#include "gateway/base/result.h"
#include "gateway/catalogue/answer.h"
#include "gateway/catalogue/cache.h"
#include "gateway/catalogue/face.h"

namespace gateway::catalogue {

class EventStream {
 public:
  explicit EventStream(const Catalogue& catalogue) : catalogue_(catalogue) {}
  // Pages count from 1. Errors: NotFound for a page behind the last, and those of the store.
  Result<Body> page(std::size_t page, const Offer& offer, std::string_view base_url) const;

 private:
  const Catalogue& catalogue_;
  mutable VersionedCache<Document> pages_{64, 64u << 20};
};

}  // namespace gateway::catalogue

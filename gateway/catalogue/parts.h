// Internal to the catalogue: what its routes work with, and who adds and answers which of them.
//
// Handlers share one Parts; it refers to the catalogue. Thread-safe.
#pragma once

#include <memory>
#include <string>

#include "gateway/catalogue/answer.h"
#include "gateway/catalogue/face.h"
#include "gateway/catalogue/feed.h"
#include "gateway/catalogue/ldes.h"
#include "gateway/catalogue/search_index.h"

namespace gateway::catalogue {

struct Parts {
  explicit Parts(const Catalogue& of) : catalogue(of), search(of), feed(of, search), events(of) {}
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  const Catalogue& catalogue;
  SearchIndex search;
  Feed feed;
  EventStream events;
};

// feed, event stream, search, sitemap, robots.
void add_feed_routes(http::Router& router, const std::shared_ptr<const Parts>& parts);
// Versions, differences, label, yearly checks, validation.
void add_page_routes(http::Router& router, const std::shared_ptr<const Parts>& parts);

// The page for people of a resource.
Result<Body> html_page(const Parts& parts, Kind kind, std::string_view id, const http::Request& request);
// A resource as another release of the metadata profile has it.
Result<http::Response> answer_in_release(const Parts& parts, Kind kind, const std::string& id,
                                         std::string_view profile, const Offer& offer,
                                         const http::Request& request);

}  // namespace gateway::catalogue

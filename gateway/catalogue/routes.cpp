// The FAIR Data Point (specification 1.2): resources, their shapes, expansions, state and children.
#include <array>

#include "gateway/catalogue/answer.h"
#include "gateway/catalogue/children.h"
#include "gateway/catalogue/face.h"
#include "gateway/catalogue/parts.h"
#include "gateway/catalogue/spec.h"

namespace gateway::catalogue {
namespace {

using http::Request;
using http::Response;

struct Layer {
  Kind kind;
  std::string_view path;   // below the catalogue's
  std::string_view child;  // name of its children in paths; empty: none
  std::string_view summary;
};

constexpr std::array kLayers = {
    Layer{Kind::Root, "", "catalog", "FAIR Data Point: what this catalogue is and which catalogues it has"},
    Layer{Kind::Catalogue, "/catalog/{id}", "dataset", "A catalogue with its published datasets"},
    Layer{Kind::Dataset, "/dataset/{id}", "distribution",
          "A dataset by HealthDCAT-AP Release 8, with its variables"},
    Layer{Kind::Distribution, "/distribution/{id}", "", "One form in which a dataset can be had"},
    Layer{Kind::Service, "/service/{id}", "", "The service that the images come from"},
};

// RFC 6906: which profile a document follows; RFC 8288 for its other forms.
void add_links(Response& response, const mappers::dcat::RenderContext& context, const std::string& iri) {
  std::string links = "<" + profile_iri(context) + ">; rel=\"profile\"";
  for (const Offer& offer : document_offers())
    links += ", <" + iri + "?format=" + std::string(offer.name) + ">; rel=\"alternate\"; type=\"" +
             std::string(offer.media_type) + "\"";
  response.headers.set("Link", links);
}

Result<Response> answer(const Parts& parts, Kind kind, Part part, const Request& request) {
  const Catalogue& catalogue = parts.catalogue;
  std::string id(request.param("id"));
  const std::string suffix = take_suffix(id, document_offers());
  const auto offers = part == Part::Self ? document_offers() : rdf_offers();
  const Offer offer = TRY(choose(request, offers, suffix));
  const auto context = catalogue.context(request.base_url);
  if (!offer.format) {
    Response page = respond(request, offer, TRY(html_page(parts, kind, id, request)));
    add_links(page, context, iri_of(context, kind, id));
    return page;
  }
  if (const std::string* profile = request.query_value("profile"); profile && part == Part::Self)
    return answer_in_release(parts, kind, id, *profile, offer, request);
  const auto document = TRY(catalogue.document(kind, part, id, *offer.format, request.base_url));
  Response response = respond(request, offer, {document->body, document->etag, document->rendered_us});
  if (part == Part::Self) add_links(response, context, iri_of(context, kind, id));
  return response;
}

Result<Response> redirect_to(const Request& request, const std::string& path) {
  Response response;
  response.status = 308;
  response.headers.set("Location", request.base_url + path);
  return response;
}

class RouteMaker {
 public:
  RouteMaker(http::Router& router, std::shared_ptr<const Parts> parts)
      : router_(router), parts_(std::move(parts)), base_(parts_->catalogue.options().path) {}

  void add(const Layer& layer) {
    const std::string path = base_ + std::string(layer.path);
    const auto parts = parts_;
    const Kind kind = layer.kind;
    get(kind == Kind::Root ? path + "/" : path, std::string(layer.summary), document_offers(),
        [parts, kind](const Request& request) { return answer(*parts, kind, Part::Self, request); },
        {{"profile", "release of the metadata profile to write it in"}});
    get(path + "/spec", "The shapes that it is held to", rdf_offers(),
        [parts, kind](const Request& request) { return answer(*parts, kind, Part::Spec, request); });
    get(path + "/expanded", "It with all that belongs to it", rdf_offers(),
        [parts, kind](const Request& request) { return answer(*parts, kind, Part::Expanded, request); });
    get(path + "/meta", "State, versions and place of this record", report_offers().first(1),
        [parts, kind](const Request& request) { return answer_meta(*parts, kind, request); });
    if (!layer.child.empty())
      get(path + "/page/" + std::string(layer.child), "Its children, page by page", rdf_offers(),
          [parts, kind](const Request& request) { return answer_children(*parts, kind, request); },
          {{"page", "from 0"}, {"size", "children on a page, at most 100"}});
    if (kind == Kind::Root) return;
    router_.add(http::Method::Get, path + "/", redirect_info(),
                [](const Request& request) { return redirect_to(request, without_slash(request.path)); });
  }

  void add_profile() {
    const auto parts = parts_;
    for (const std::string path : {"/profile/{id}", "/profile/{id}/spec"})
      get(base_ + path, "The profile that descriptions follow", rdf_offers(),
          [parts](const Request& request) -> Result<Response> {
            const auto context = parts->catalogue.context(request.base_url);
            if (request.param("id") != profile_name(context))
              return fail(ErrorCode::NotFound, "there is no such profile", std::string(request.param("id")));
            const Offer offer = TRY(choose(request, rdf_offers()));
            const std::string iri = profile_iri(context);
            return respond(request, offer,
                           {TRY(codec::write_rdf(profile_graph(context), *offer.format,
                                                 document_prefixes(context, iri), iri)),
                            ""});
          });
  }

  void add_bare_address() {
    router_.add(http::Method::Get, base_, redirect_info(),
                [base = base_](const Request& request) { return redirect_to(request, base + "/"); });
  }

 private:
  static std::string without_slash(std::string path) {
    while (path.size() > 1 && path.back() == '/') path.pop_back();
    return path;
  }
  static http::RouteInfo redirect_info() {
    http::RouteInfo info;
    info.summary = "Leads to the address without, for the root with, a slash";
    info.tag = "Catalogue";
    return info;
  }
  void get(const std::string& path, std::string summary, std::span<const Offer> offers, http::Handler handler,
           std::vector<http::Parameter> parameters = {}) {
    router_.add(http::Method::Get, path, route_info(std::move(summary), offers, std::move(parameters)),
                std::move(handler), render_error);
  }

  http::Router& router_;
  std::shared_ptr<const Parts> parts_;
  const std::string base_;
};

}  // namespace

void add_routes(http::Router& router, const Catalogue& catalogue) {
  const auto parts = std::make_shared<const Parts>(catalogue);
  RouteMaker maker(router, parts);
  for (const Layer& layer : kLayers) maker.add(layer);
  maker.add_profile();
  maker.add_bare_address();
  add_feed_routes(router, parts);
  add_page_routes(router, parts);
}

}  // namespace gateway::catalogue

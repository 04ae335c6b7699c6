// Bundles: full URLs, links, and what documents, messages and search results must look like (FHIR R4 2.36).
#include <algorithm>
#include <map>
#include <unordered_set>

#include "gateway/definitions/primitive_rules.h"
#include "gateway/definitions/type_rules.h"

namespace gateway::definitions {
namespace {

class BundleCheck {
 public:
  BundleCheck(RuleContext& context, const Entry& bundle)
      : context_(context), tree_(context.tree), bundle_(bundle), kind_(tree_.child_text(bundle, "type")) {}

  void run() {
    check_links();
    for (const Entry& child : tree_.children(bundle_))
      if (child.name == "entry") entries_.push_back(&child);
    for (const Entry* entry : entries_) check_full_url(*entry);
    if (kind_ != "history") check_unique();
    if (kind_ == "document") check_start("Composition", "document");
    if (kind_ == "message") check_start("MessageHeader", "message");
    if (kind_ == "document") check_references(first_resource());
    if (kind_ == "document") check_document(context_, bundle_);
    if (kind_ == "searchset") check_search_set();
    if (kind_ == "transaction" || kind_ == "batch") check_requests();
  }

 private:
  const Entry* first_resource() const {
    return entries_.empty() ? nullptr : tree_.child(*entries_.front(), "resource");
  }

  // A relation stands once, "self" and those of paging at least (2.36.5).
  void check_links() {
    std::map<std::string_view, int> seen;
    for (const Entry& link : tree_.children(bundle_)) {
      if (link.name != "link") continue;
      const std::string_view relation = tree_.child_text(link, "relation");
      const bool single = relation == "self" || relation == "first" || relation == "last" ||
                          relation == "next" || relation == "previous" || relation == "prev";
      if (single && ++seen[relation] == 2)
        context_.error("invalid", link, "The link relation " + quoted(relation) + " can occur only once");
    }
  }

  // fullUrl is absolute and agrees with the id of the resource (2.36.4).
  void check_full_url(const Entry& entry) {
    const Entry* url = tree_.child(entry, "fullUrl");
    const Entry* resource = tree_.child(entry, "resource");
    if (!url) {
      if (resource && kind_ != "transaction" && kind_ != "batch" && kind_ != "transaction-response" &&
          kind_ != "batch-response" && kind_ != "searchset")
        context_.warning("required", entry, "An entry with a resource should have a fullUrl");
      return;
    }
    const std::string_view text = url->text();
    if (text.empty()) return;  // told as a value
    if (text.find(':') == std::string_view::npos)
      return context_.error("invalid", *url, "The fullUrl must be an absolute URL, not " + quoted(text));
    if (resource && resource->is_resource()) check_id(*url, *resource, text);
  }

  // One entry for each fullUrl and version, but in a history (2.36.4).
  void check_unique() {
    std::unordered_set<std::string> seen;
    for (const Entry* entry : entries_) {
      const std::string_view url = tree_.child_text(*entry, "fullUrl");
      const Entry* resource = tree_.child(*entry, "resource");
      const Entry* meta = resource ? tree_.child(*resource, "meta") : nullptr;
      const std::string_view version = meta ? tree_.child_text(*meta, "versionId") : std::string_view();
      if (!url.empty() && !seen.insert(std::string(url) + "|" + std::string(version)).second)
        context_.error("invariant", *entry, "The fullUrl " + quoted(url) + " stands in more than one entry",
                       nullptr, "bdl-7");
    }
  }

  void check_id(const Entry& url, const Entry& resource, std::string_view text) {
    const std::string_view id = tree_.child_text(resource, "id");
    const std::size_t slash = text.rfind('/');
    if (id.empty() || !text.starts_with("http") || slash == std::string_view::npos) return;
    const std::string_view before = text.substr(0, slash);
    const std::string_view type = before.substr(std::min(before.rfind('/') + 1, before.size()));
    if (!context_.definitions.is_resource(type)) return;
    if (type != resource.type->type || text.substr(slash + 1) != id)
      context_.error("invalid", url,
                     "The fullUrl " + quoted(text) + " does not agree with the resource, " +
                         resource.type->type + "/" + std::string(id));
  }

  void check_start(std::string_view type, std::string_view what) {
    const Entry* resource = first_resource();
    if (entries_.empty())
      return context_.error("invalid", bundle_,
                            "A " + std::string(what) + " needs a first entry, a " + std::string(type));
    if (!resource || !resource->type || resource->type->type != type)
      context_.error("invalid", *entries_.front(),
                     "The first entry of a " + std::string(what) + " must be a " + std::string(type));
  }

  // What the Composition refers to is in the document (2.36.9, 3.3.1).
  void check_references(const Entry* at) {
    if (!at) return;
    if (at->type && at->type->type == "Reference") return check_inside(*at);
    for (const Entry& child : tree_.children(*at))
      if (child.name != "extension" && child.name != "contained") check_references(&child);
  }
  void check_inside(const Entry& reference) {
    const std::string_view text = tree_.child_text(reference, "reference");
    if (text.empty() || text.starts_with('#') || text.starts_with("urn:uuid:") ||
        text.starts_with("urn:oid:"))
      return;  // told wherever they stand
    if (!tree_.resolve(text, reference))
      context_.error(
          "not-found", reference,
          "Can't find " + quoted(text) + " in the Bundle: a document holds what its Composition refers to");
  }

  // Matches have ids and are of the type that the self link asks for (3.1.1).
  void check_search_set() {
    const std::string_view wanted = searched_type();
    for (const Entry* entry : entries_) {
      const Entry* resource = tree_.child(*entry, "resource");
      if (!resource || !resource->is_resource()) continue;
      const Entry* search = tree_.child(*entry, "search");
      const std::string_view mode = search ? tree_.child_text(*search, "mode") : std::string_view();
      if (resource->type->type == "OperationOutcome") continue;
      if (!tree_.child(*resource, "id"))
        context_.error("invalid", *resource, "Resources in search results must have ids");
      if (!wanted.empty() && mode == "match" && resource->type->type != wanted)
        context_.error(
            "invalid", *resource,
            resource->type->type + " does not match the search, which is for " + std::string(wanted));
    }
  }

  std::string_view searched_type() const {
    for (const Entry& link : tree_.children(bundle_)) {
      if (link.name != "link" || tree_.child_text(link, "relation") != "self") continue;
      std::string_view url = tree_.child_text(link, "url");
      url = url.substr(0, url.find('?'));
      const std::size_t slash = url.rfind('/');
      const std::string_view last = slash == std::string_view::npos ? url : url.substr(slash + 1);
      return context_.definitions.is_resource(last) ? last : std::string_view();
    }
    return {};
  }

  // A create or update brings a resource (3.1.0.11).
  void check_requests() {
    for (const Entry* entry : entries_) {
      const Entry* request = tree_.child(*entry, "request");
      const std::string_view method = request ? tree_.child_text(*request, "method") : std::string_view();
      const bool needs = method == "POST" || method == "PUT";
      const std::string_view url = request ? tree_.child_text(*request, "url") : std::string_view();
      if (needs && !tree_.child(*entry, "resource") && url.find('$') == std::string_view::npos)
        context_.error("required", *entry, "A " + std::string(method) + " needs a resource");
    }
  }

  RuleContext& context_;
  const ResourceTree& tree_;
  const Entry& bundle_;
  std::string_view kind_;
  std::vector<const Entry*> entries_;
};

}  // namespace

void check_bundle(RuleContext& context, const Entry& bundle) { BundleCheck(context, bundle).run(); }

}  // namespace gateway::definitions

// References: their form, what they name and whether it is there.
#include <algorithm>
#include <unordered_set>

#include "gateway/definitions/primitive_rules.h"
#include "gateway/definitions/type_rules.h"

namespace gateway::definitions {
namespace {

constexpr std::string_view kHistory = "_history";

bool has_scheme(std::string_view url) {
  const std::size_t colon = url.find(':');
  return colon != std::string_view::npos && colon > 0 &&
         url.substr(0, colon).find('/') == std::string_view::npos;
}

// "Type/id" at the end of a URL, with or without "/_history/v"; the type, or empty.
std::string_view type_in_url(std::string_view url, const Definitions& definitions) {
  std::vector<std::string_view> parts;
  for (std::size_t end = url.size(); parts.size() < 4;) {
    const std::size_t slash = url.substr(0, end).rfind('/');
    parts.push_back(url.substr(slash == std::string_view::npos ? 0 : slash + 1,
                               slash == std::string_view::npos ? end : end - slash - 1));
    if (slash == std::string_view::npos) break;
    end = slash;
  }
  const std::size_t skip = parts.size() == 4 && parts[1] == kHistory ? 2 : 0;
  if (parts.size() < skip + 2 || !is_resource_id(parts[skip])) return {};
  std::string_view type = parts[skip + 1];
  if (const std::size_t colon = type.rfind(':'); colon != std::string_view::npos)
    type.remove_prefix(colon + 1);
  return definitions.is_resource(type) ? type : std::string_view();
}

// "Patient?identifier=x", in transactions only (3.1.0.11.2).
bool is_conditional(std::string_view reference, const Definitions& definitions) {
  const std::size_t mark = reference.find('?');
  if (mark == std::string_view::npos || !definitions.is_resource(reference.substr(0, mark))) return false;
  for (std::string_view rest = reference.substr(mark + 1); !rest.empty();) {
    const std::size_t end = std::min(rest.find('&'), rest.size());
    const std::size_t equals = rest.substr(0, end).find('=');
    if (equals == std::string_view::npos || equals == 0 || rest[0] == '?') return false;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return true;
}

bool in_transaction(const ResourceTree& tree) {
  const std::string_view type = tree.child_text(tree.root(), "type");
  return tree.root().type && tree.root().type->type == "Bundle" && (type == "transaction" || type == "batch");
}

const Entry* bundle_around(const ResourceTree& tree, const Entry& entry) {
  for (const Entry* at = &entry; at; at = tree.parent(*at))
    if (at->is_resource() && at->type->type == "Bundle") return at;
  return nullptr;
}

void check_relative(RuleContext& context, const Entry& entry, std::string_view text) {
  if (text.find('?') != std::string_view::npos) {
    if (!is_conditional(text, context.definitions))
      context.error("invalid", entry,
                    "The query of the conditional reference " + quoted(text) + " is not valid");
    else if (!in_transaction(context.tree))
      context.error("invalid", entry,
                    "A conditional reference (" + quoted(text) + ") stands in a transaction only");
    return;
  }
  if (type_in_url(text, context.definitions).empty() || text.starts_with('/'))
    context.error("invalid", entry,
                  "Relative references must be of the form [ResourceType]/[id], not " + quoted(text));
}

// A URN is an entry of the Bundle (2.36.4.1); a mere collection may be without it.
void check_urn(RuleContext& context, const Entry& reference, std::string_view text, const Entry* target) {
  if (target || !(text.starts_with("urn:uuid:") || text.starts_with("urn:oid:"))) return;
  const Entry* bundle = bundle_around(context.tree, reference);
  if (!bundle) return;
  const std::string_view kind = context.tree.child_text(*bundle, "type");
  const bool lax = kind == "collection" || kind == "searchset" || kind == "history";
  context.tell(lax ? Finding::Severity::Warning : Finding::Severity::Error, "not-found", reference,
               "The URN " + quoted(text) + " is not in the Bundle");
}

bool allows(const RuleContext& context, const Entry& reference, std::string_view type) {
  bool limited = false;
  for (const TypeRef& ref : reference.element->types) {
    if (ref.code != "Reference") continue;
    for (const std::string& target : ref.targets) {
      limited = true;
      const Structure* structure = context.definitions.structure(target);
      if (!structure || context.definitions.is_a(type, structure->type)) return true;
    }
  }
  return !limited;
}

}  // namespace

std::string_view target_type(const ResourceTree& tree, const Entry& reference) {
  const std::string_view text = tree.child_text(reference, "reference");
  if (!text.empty())
    if (const Entry* target = tree.resolve(text, reference))
      return target->type ? target->type->type : std::string_view();
  if (const std::string_view type = type_in_url(text, tree.definitions()); !type.empty()) return type;
  const std::string_view stated = tree.child_text(reference, "type");
  return tree.definitions().is_resource(stated) ? stated : std::string_view();
}

void check_reference(RuleContext& context, const Entry& reference) {
  const ResourceTree& tree = context.tree;
  const Entry* entry = tree.child(reference, "reference");
  const std::string_view text = entry ? entry->text() : std::string_view();
  const std::string_view type = target_type(tree, reference);
  if (!type.empty() && !allows(context, reference, type))
    context.error("structure", reference, "A reference to " + std::string(type) + " is not allowed here");
  const std::string_view stated = tree.child_text(reference, "type");
  if (!stated.empty() && !type.empty() && stated != type && context.definitions.is_resource(stated))
    context.error("structure", reference,
                  "The stated type " + quoted(stated) + " is not that of the target, " + std::string(type));
  if (text.empty()) return;
  std::size_t matches = 0;
  const Entry* target = tree.resolve(text, reference, &matches);
  if (text.starts_with('#')) {
    if (!target)
      context.error("not-found", reference,
                    "Unable to resolve " + quoted(text) + ": no contained resource has that id", nullptr,
                    "ref-1");
    return;
  }
  if (matches > 1)
    context.error("invalid", reference, "Multiple matches in the Bundle for the reference " + quoted(text));
  if (!has_scheme(text)) return check_relative(context, *entry, text);
  check_urn(context, reference, text, target);
}

void check_canonical(RuleContext& context, const Entry& canonical) {
  const std::string_view text = canonical.text();
  if (text.size() > 1 && text[0] == '#' && !context.tree.resolve(text, canonical))
    context.error("not-found", canonical,
                  "Unable to resolve " + quoted(text) + ": no contained resource has that id");
}

void check_contained(RuleContext& context, const Entry& resource) {
  const ResourceTree& tree = context.tree;
  // What the resource and those it contains refer to: Reference.reference, canonical, uri and url (dom-3).
  std::unordered_set<std::string_view> names;
  const auto collect = [&](auto&& self, const Entry& at) -> void {
    if (at.is_primitive() && at.text().starts_with('#'))
      names.insert(at.text().substr(0, at.text().find('|')));
    for (const Entry& child : tree.children(at)) self(self, child);
  };
  const auto refers_to_container = [&](auto&& self, const Entry& at) -> bool {
    if (at.is_primitive()) return at.text() == "#";
    const auto inner = tree.children(at);
    return std::any_of(inner.begin(), inner.end(), [&](const Entry& child) { return self(self, child); });
  };
  bool collected = false;
  for (const Entry& inner : tree.children(resource)) {
    if (inner.name != "contained" || !inner.is_resource()) continue;
    if (!collected) collect(collect, resource);
    collected = true;
    if (tree.child(inner, "contained"))
      context.error("invariant", inner, "A contained resource cannot contain resources", nullptr, "dom-2");
    if (const Entry* meta = tree.child(inner, "meta")) {
      if (tree.child(*meta, "versionId") || tree.child(*meta, "lastUpdated"))
        context.error("invariant", inner, "A contained resource cannot have a version or time of change",
                      nullptr, "dom-4");
      if (tree.child(*meta, "security"))
        context.error("invariant", inner, "A contained resource cannot have security labels", nullptr,
                      "dom-5");
    }
    const std::string_view id = tree.child_text(inner, "id");
    const std::string name = "#" + std::string(id);
    if (!names.contains(name) && !refers_to_container(refers_to_container, inner))
      context.error("invariant", inner,
                    "The contained resource " + quoted(name) +
                        " is not referred to, nor does it refer to its container",
                    nullptr, "dom-3");
  }
}

}  // namespace gateway::definitions

#include "gateway/fhirpath/equality.h"
#include "gateway/fhirpath/functions.h"
#include "gateway/fhirpath/html_check.h"

namespace gateway::fhirpath {
namespace {

using Text = std::optional<std::string>;

// FHIR R4 2.9.1.3: the functions that FHIR adds.

bool run_extension(const Call& call) {
  Text url;
  if (!call.text_argument(0, url)) return false;
  if (!url) return true;
  for (const Item& item : call.input) {
    const Node* node = std::get_if<Node>(&item);
    if (!node) continue;
    Collection extensions;
    node->tree->children(*node, "extension", extensions);
    for (Item& extension : extensions) {
      const Node& place = std::get<Node>(extension);
      Collection urls;
      place.tree->children(place, "url", urls);
      const auto found = urls.size() == 1 ? scalar_of(urls[0]) : std::nullopt;
      const auto* text = found ? std::get_if<std::string>(&*found) : nullptr;
      if (text && *text == *url) call.out.push_back(std::move(extension));
    }
    if (!call.evaluator.spend(call.node.position, extensions.size() + 1)) return false;
  }
  return true;
}

// The value of a single primitive.
std::optional<Scalar> single_value(const Collection& input) {
  if (input.size() != 1) return std::nullopt;
  const Node* node = std::get_if<Node>(&input[0]);
  return node ? node->tree->scalar(*node) : std::optional(std::get<Scalar>(input[0]));
}

bool run_has_value(const Call& call) { return call.answer(single_value(call.input).has_value()); }

bool run_get_value(const Call& call) {
  auto value = single_value(call.input);
  return !value || call.answer(std::move(*value));
}

bool run_resolve(const Call& call) {
  const Services* services = call.evaluator.environment().services;
  if (!services) return true;
  for (const Item& item : call.input) services->resolve(item, call.out);
  return call.evaluator.spend(call.node.position, call.input.size());
}

// memberOf() and conformsTo(): what is not known is empty.
template <std::optional<bool> (Services::*ask)(const Item&, std::string_view) const>
bool run_ask(const Call& call) {
  Text canonical;
  if (!call.text_argument(0, canonical)) return false;
  const Services* services = call.evaluator.environment().services;
  if (call.input.empty() || !canonical || !services) return true;
  if (call.input.size() > 1) return call.refuse(call.node.name + "() takes one item, not several");
  const auto known = (services->*ask)(call.input[0], *canonical);
  return !known || call.answer(*known);
}

bool run_html_checks(const Call& call) {
  Text text;
  if (!call.input_text(text)) return false;
  return !text || call.answer(is_plain_xhtml(*text));
}

constexpr Function kFunctions[] = {
    {"conformsTo", 1, 1, run_ask<&Services::conforms_to>},
    {"extension", 1, 1, run_extension},
    {"getValue", 0, 0, run_get_value},
    {"hasValue", 0, 0, run_has_value},
    {"htmlChecks", 0, 0, run_html_checks},
    {"memberOf", 1, 1, run_ask<&Services::member_of>},
    {"resolve", 0, 0, run_resolve},
};

}  // namespace

std::span<const Function> fhir_functions() { return kFunctions; }

}  // namespace gateway::fhirpath

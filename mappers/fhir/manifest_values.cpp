#include "mappers/fhir/manifest_values.h"

#include <algorithm>

#include "gateway/base/text.h"
#include "mappers/fhir/systems.h"

namespace mappers::fhir::mado {
namespace {

constexpr std::string_view kOidUrn = "urn:oid:";

std::string letters_of(std::string_view text) {
  std::string out;
  for (const char c : gateway::lower(text))
    if (c != '-') out += c;
  return out;
}

}  // namespace

const Value* member(const Value* node, std::string_view key) { return node ? node->find(key) : nullptr; }

const Value::List& list_of(const Value* node, std::string_view key) {
  static const Value::List kNone;
  const Value* found = member(node, key);
  return found && found->as_list() ? *found->as_list() : kNone;
}

std::string text_of(const Value* node, std::string_view key) {
  return node ? std::string(node->text(key)) : std::string();
}

std::string uid_of(std::string_view text) {
  text = gateway::trim(text);
  if (text.starts_with(kOidUrn)) text.remove_prefix(kOidUrn.size());
  return is_oid(text) ? std::string(text) : std::string();
}

Code code_of(const Value* node, const RenderOptions& options) {
  if (!node) return {};
  const auto& codings = list_of(node, "coding");
  const std::string words = text_of(node, "text");
  const Value* coding = codings.empty() ? node : &codings.front();
  Code code{text_of(coding, "code"), {}, text_of(coding, "display")};
  if (code.value.empty() && words.empty()) return {};
  if (code.value.empty()) return {{}, std::string(kTextScheme), words};
  code.scheme = scheme_of(text_of(coding, "system"), options);
  if (code.meaning.empty()) code.meaning = words.empty() ? code.value : words;
  return code;
}

bool has_type(const Value& identifier, std::string_view system, std::string_view code) {
  const auto& codings = list_of(identifier.find("type"), "coding");
  return std::any_of(codings.begin(), codings.end(), [&](const Value& coding) {
    return coding.text("system") == system && coding.text("code") == code;
  });
}

IssuedNumber issued_of(const Value& identifier, const RenderOptions& options) {
  return {text_of(&identifier, "value"), issuer_of(identifier.text("system"), options),
          text_of(identifier.find("assigner"), "display")};
}

bool is_extension(const Value& extension, std::string_view ihe_name, std::string_view eu_name) {
  const std::string_view url = extension.text("url");
  const std::string name = letters_of(url.substr(url.rfind('/') + 1));
  return name == letters_of(ihe_name) || name == letters_of(eu_name);
}

BundleIndex::BundleIndex(const Value& bundle) {
  for (const Value& entry : list_of(&bundle, "entry")) {
    const Value* resource = entry.find("resource");
    const std::string type = text_of(resource, "resourceType");
    if (type.empty()) continue;
    by_type_[type].push_back(resource);
    if (const std::string url = text_of(&entry, "fullUrl"); !url.empty()) by_url_.emplace(url, resource);
    if (const std::string id = text_of(resource, "id"); !id.empty())
      by_url_.emplace(type + "/" + id, resource);
  }
}

const Value* BundleIndex::resolve(const Value* reference, const Value* within) const {
  const std::string target = text_of(reference, "reference");
  if (target.starts_with('#')) {
    for (const Value& inner : list_of(within, "contained"))
      if (inner.text("id") == std::string_view(target).substr(1)) return &inner;
    return nullptr;
  }
  if (const auto found = by_url_.find(target); found != by_url_.end()) return found->second;
  // "urn:Endpoint/1", "https://host/fhir/Endpoint/1": the type and id at its end
  const auto id = target.rfind('/');
  if (id == std::string::npos || id == 0) return nullptr;
  const auto type = target.find_last_of("/:", id - 1);
  const auto found = by_url_.find(target.substr(type == std::string::npos ? 0 : type + 1));
  return found == by_url_.end() ? nullptr : found->second;
}

const std::vector<const Value*>& BundleIndex::of_type(std::string_view type) const {
  static const std::vector<const Value*> kNone;
  const auto found = by_type_.find(type);
  return found == by_type_.end() ? kNone : found->second;
}

}  // namespace mappers::fhir::mado

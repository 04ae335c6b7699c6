#include "mappers/dicom/kos_schemes.h"

#include <functional>
#include <set>
#include <string>
#include <unordered_map>

#include "gateway/base/ids.h"
#include "gateway/model/manifest_codes.h"

namespace mappers::dicom::kos {
namespace {

using gateway::model::Code;
using gateway::model::kTextScheme;
using gateway::model::Manifest;

constexpr std::string_view kPrivate = "99";  // how private designators begin
constexpr std::string_view kOidUrn = "urn:oid:";
constexpr std::size_t kMaxDesignator = 16;  // characters of SH

void for_each_code(Manifest& manifest, const std::function<void(Code&)>& use) {
  for (auto* codes : {&manifest.modalities, &manifest.regions, &manifest.procedures})
    for (Code& code : *codes) use(code);
  for (auto& series : manifest.series) {
    for (Code* code : {&series.modality, &series.body_site, &series.laterality}) use(*code);
    for (auto& instance : series.instances) use(instance.title);
  }
}

std::string item_uri(const DataSet& item) {
  if (const std::string uid = item.text(make_tag(0x0008010C)); !uid.empty())
    return std::string(kOidUrn) + uid;
  const Element* resources = item.find(make_tag(0x00080109));
  if (!resources) return {};
  for (const DataSet& resource : resources->items)
    if (resource.text(make_tag(0x0008010A)) == "FHIR") return resource.text(make_tag(0x0008010E));
  return {};
}

// What the private designators of a document stand for; the first item of each counts.
std::unordered_map<std::string, std::string> uris_of(const DataSet& data) {
  std::unordered_map<std::string, std::string> uris;
  const Element* schemes = data.find(make_tag(0x00080110));
  if (!schemes) return uris;
  for (const DataSet& item : schemes->items)
    if (std::string name = item.text(make_tag(0x00080102)); name.starts_with(kPrivate))
      uris.try_emplace(std::move(name), item_uri(item));
  return uris;
}

}  // namespace

std::string designator_of(const std::string& uri) {
  return std::string(kPrivate) + gateway::sha256_hex(uri).substr(0, 10);
}

Draft scheme_item(const std::string& uri) {
  Draft item;
  item.set("CodingSchemeDesignator", designator_of(uri));
  if (uri.starts_with(kOidUrn)) return item.set("CodingSchemeUID", uri.substr(kOidUrn.size()));
  Draft resource;
  resource.set("CodingSchemeURLType", "FHIR").set("CodingSchemeURL", uri);
  return item.set_items("CodingSchemeResourcesSequence", {resource});
}

std::string uri_of(const DataSet& data, const std::string& designator) {
  const Element* schemes = data.find(make_tag(0x00080110));
  if (!schemes || !designator.starts_with(kPrivate)) return {};
  for (const DataSet& item : schemes->items)
    if (item.text(make_tag(0x00080102)) == designator) return item_uri(item);
  return {};
}

std::vector<Draft> name_schemes(Manifest& manifest) {
  std::set<std::string> uris;
  for_each_code(manifest, [&](Code& code) {
    if (code.value.empty() && !code.meaning.empty())
      code = {gateway::sha256_hex(code.meaning).substr(0, 16), std::string(kTextScheme), code.meaning};
    if (code.scheme.find(':') == std::string::npos && code.scheme.size() <= kMaxDesignator) return;
    uris.insert(code.scheme);
    code.scheme = designator_of(code.scheme);
  });
  std::vector<Draft> items;
  for (const std::string& uri : uris) items.push_back(scheme_item(uri));
  return items;
}

void resolve_schemes(const DataSet& data, Manifest& manifest) {
  const auto uris = uris_of(data);
  for_each_code(manifest, [&](Code& code) {
    if (code.scheme == kTextScheme) code.value.clear();
    if (const auto found = uris.find(code.scheme); found != uris.end() && !found->second.empty())
      code.scheme = found->second;
  });
}

}  // namespace mappers::dicom::kos

#include "mappers/fhir/systems.h"

#include <algorithm>

#include "gateway/codec/uri.h"

namespace mappers::fhir {
namespace {

// scheme ":" something, without blanks (RFC 3986 section 3); a scheme of one letter would be a drive of
// Windows.
bool is_uri(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon < 2 || colon + 1 == text.size()) return false;
  const auto scheme_char = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '-' || c == '.';
  };
  const bool letter = (text[0] | 0x20) >= 'a' && (text[0] | 0x20) <= 'z';
  return letter &&
         std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colon), scheme_char) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return c > 0x20 && c < 0x7F && c != '"' && c != '|'; });
}

std::string local(const RenderOptions& options, std::string_view kind, std::string_view name = {}) {
  std::string urn = options.local_namespace + ":" + std::string(kind);
  if (!name.empty()) urn += ":" + gateway::codec::percent_encode(name);
  return urn;
}

}  // namespace

bool is_oid(std::string_view text) {
  if (text.size() < 3 || text.size() > 128 || text[0] < '0' || text[0] > '2') return false;
  bool dots = false, starts = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '.') {
      if (starts) return false;  // an empty component
      dots = starts = true;
      continue;
    }
    if (c < '0' || c > '9') return false;
    const bool last = i + 1 == text.size() || text[i + 1] == '.';
    if (starts && c == '0' && !last) return false;  // a leading zero
    starts = false;
  }
  return dots && !starts;
}

std::string issuer_system(std::string_view issuer, std::string_view nobody, const RenderOptions& options) {
  if (issuer.empty()) return local(options, nobody);
  if (is_oid(issuer)) return "urn:oid:" + std::string(issuer);
  return is_uri(issuer) ? std::string(issuer) : local(options, "issuer", issuer);
}

std::string patient_system(std::string_view issuer, const RenderOptions& options) {
  return issuer_system(issuer, "patient-id", options);
}

std::string accession_system(std::string_view issuer, const RenderOptions& options) {
  return issuer_system(issuer, "accession-number", options);
}

std::string coding_system(std::string_view designator, const RenderOptions& options,
                          std::span<const gateway::model::Code> schemes) {
  if (designator.empty()) return {};
  if (const Concept* known = options.terminology->schemes.find(designator)) return known->code;
  if (is_uri(designator)) return std::string(designator);  // of a source that is no DICOM object
  for (const auto& scheme : schemes)
    if (scheme.scheme == designator && is_oid(scheme.value)) return "urn:oid:" + scheme.value;
  return local(options, "coding-scheme", designator);
}

std::string designator_of(std::string_view system, const RenderOptions& options) {
  if (const std::string* known = options.terminology->schemes.source_of(system)) return *known;
  const std::string prefix = local(options, "coding-scheme") + ":";
  if (!system.starts_with(prefix)) return {};
  const auto decoded = gateway::codec::percent_decode(system.substr(prefix.size()));
  return decoded ? *decoded : std::string();
}

std::string body_part_system(const RenderOptions& options) { return local(options, "body-part-examined"); }

std::string issuer_of(std::string_view system, std::string_view nobody, const RenderOptions& options) {
  if (system == local(options, nobody)) return {};
  const std::string prefix = local(options, "issuer") + ":";
  if (system.starts_with(prefix))
    if (const auto decoded = gateway::codec::percent_decode(system.substr(prefix.size()))) return *decoded;
  constexpr std::string_view kOid = "urn:oid:";
  const bool oid = system.starts_with(kOid) && is_oid(system.substr(kOid.size()));
  return std::string(oid ? system.substr(kOid.size()) : system);
}

std::vector<std::string> issuers_of(std::string_view system, const RenderOptions& options) {
  if (system == local(options, "patient-id")) return {""};
  std::vector<std::string> issuers;
  const std::string prefix = local(options, "issuer") + ":";
  if (system.starts_with(prefix)) {
    const auto decoded = gateway::codec::percent_decode(system.substr(prefix.size()));
    if (decoded) issuers.push_back(*decoded);
  }
  constexpr std::string_view kOid = "urn:oid:";
  if (system.starts_with(kOid) && is_oid(system.substr(kOid.size())))
    issuers.emplace_back(system.substr(kOid.size()));
  issuers.emplace_back(system);
  std::erase_if(issuers,
                [&](const std::string& issuer) { return patient_system(issuer, options) != system; });
  return issuers;
}

}  // namespace mappers::fhir

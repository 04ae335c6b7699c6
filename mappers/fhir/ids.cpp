#include <algorithm>
#include <array>

#include "gateway/base/ids.h"
#include "mappers/fhir/render.h"

namespace mappers::fhir {

namespace {

constexpr std::array<bool, 256> kIdCharacters = [] {
  std::array<bool, 256> allowed{};
  for (const char c : std::string_view("0123456789-.ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"))
    allowed[static_cast<unsigned char>(c)] = true;
  return allowed;
}();

}  // namespace

bool is_fhir_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return kIdCharacters[static_cast<unsigned char>(c)];
  });
}

std::string imaging_study_id(std::string_view study_uid) {
  if (is_fhir_id(study_uid)) return std::string(study_uid);
  return "h" + gateway::sha256_hex(study_uid).substr(0, 32);
}

// RFC 9562 section 5.8: version 8 in the 13th digit, variant 10xx in the 17th
std::string urn_of(std::string_view type, std::string_view id) {
  std::string hex = gateway::sha256_hex(std::string(type) + "/" + std::string(id)).substr(0, 32);
  hex[12] = '8';
  hex[16] = "89ab"[hex[16] % 4];
  return "urn:uuid:" + hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" +
         hex.substr(16, 4) + "-" + hex.substr(20);
}

}  // namespace mappers::fhir

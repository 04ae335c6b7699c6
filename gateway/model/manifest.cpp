#include "gateway/model/manifest.h"

#include <algorithm>

#include "gateway/base/ids.h"

namespace gateway::model {
namespace {

constexpr std::size_t kMaxNotes = 200;

// Decimal digits of 32 hexadecimal ones.
std::string decimal_of(std::string_view hex) {
  unsigned __int128 number = 0;
  for (const char c : hex) number = number * 16 + static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10);
  std::string digits;
  for (; number != 0; number /= 10) digits += static_cast<char>('0' + static_cast<int>(number % 10));
  std::reverse(digits.begin(), digits.end());
  return digits;
}

}  // namespace

void add_note(ManifestNotes& notes, ManifestNote::Kind kind, std::string what, std::string where) {
  ManifestNote note{kind, std::move(what), std::move(where)};
  if (notes.size() < kMaxNotes && std::find(notes.begin(), notes.end(), note) == notes.end())
    notes.push_back(std::move(note));
}

// RFC 9562 section 5.8: version 8 in the 13th digit, variant 10xx in the 17th
std::string derived_uid(std::string_view text) {
  std::string hex = sha256_hex(text).substr(0, 32);
  hex[12] = '8';
  hex[16] = "89ab"[hex[16] % 4];
  return "2.25." + decimal_of(hex);
}

std::string series_url(std::string_view base, std::string_view study_uid, std::string_view series_uid) {
  std::string url(base);
  url += "/studies/";
  url += study_uid;
  url += "/series/";
  url += series_uid;
  return url;
}

std::string retrieve_base(std::string_view url) {
  url = url.substr(0, url.find("/studies/"));
  if (url.ends_with("/studies")) url.remove_suffix(8);
  while (url.ends_with('/')) url.remove_suffix(1);
  return std::string(url);
}

std::vector<RetrieveTarget> retrieve_targets(const Manifest& manifest) {
  std::vector<RetrieveTarget> targets;
  for (const ManifestSeries& series : manifest.series)
    if (!series.retrieve_url.empty())
      targets.push_back({series_url(series.retrieve_url, manifest.study_uid, series.uid), series.location_uid,
                         series.uid, series.instances.size()});
  return targets;
}

}  // namespace gateway::model

// Composing DICOM bytes by hand for tests: what a writer would never produce, too. Values are given as they
// lie in a file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/base/bytes.h"
#include "mappers/dicom/json.h"
#include "mappers/dicom/reader.h"

namespace dicom_test {

inline constexpr std::uint32_t kUndefined = 0xFFFFFFFF;

inline std::string number(std::uint64_t value, std::size_t bytes, bool big = false) {
  std::string text(bytes, '\0');
  for (std::size_t i = 0; i < bytes; ++i)
    text[big ? bytes - 1 - i : i] = static_cast<char>(value >> (8 * i) & 0xFF);
  return text;
}

inline std::string tag_bytes(std::uint32_t tag, bool big = false) {
  return number(tag >> 16, 2, big) + number(tag & 0xFFFF, 2, big);
}

inline bool is_long(std::string_view vr) {
  return std::string_view("OB OD OF OL OV OW SQ SV UC UN UR UT UV").find(vr) != std::string_view::npos;
}

inline std::string explicit_header(std::uint32_t tag, std::string_view vr, std::uint32_t length,
                                   bool big = false) {
  std::string text = tag_bytes(tag, big) + std::string(vr);
  return is_long(vr) ? text + number(0, 2) + number(length, 4, big) : text + number(length, 2, big);
}

inline std::string element(std::uint32_t tag, std::string_view vr, std::string_view value, bool big = false) {
  return explicit_header(tag, vr, static_cast<std::uint32_t>(value.size()), big) + std::string(value);
}

inline std::string implicit(std::uint32_t tag, std::string_view value) {
  return tag_bytes(tag) + number(value.size(), 4) + std::string(value);
}

// An item, or with another tag a delimiter.
inline std::string item(std::string_view content, std::uint32_t length, bool big = false) {
  return tag_bytes(0xFFFEE000, big) + number(length, 4, big) + std::string(content);
}
inline std::string item(std::string_view content) {
  return item(content, static_cast<std::uint32_t>(content.size()));
}
inline std::string item_end() { return tag_bytes(0xFFFEE00D) + number(0, 4); }
inline std::string sequence_end() { return tag_bytes(0xFFFEE0DD) + number(0, 4); }

inline std::string file_of(std::string_view transfer_syntax, std::string_view data) {
  std::string uid(transfer_syntax);
  if (uid.size() % 2) uid += '\0';
  const std::string syntax = element(0x00020010, "UI", uid);
  return std::string(128, '\0') + "DICM" + element(0x00020000, "UL", number(syntax.size(), 4)) + syntax +
         std::string(data);
}
inline std::string explicit_file(std::string_view data) { return file_of("1.2.840.10008.1.2.1", data); }
inline std::string implicit_file(std::string_view data) { return file_of("1.2.840.10008.1.2", data); }

// Reads from memory. The bytes must outlive the File.
inline gateway::Result<mappers::dicom::File> read(std::string_view bytes,
                                                  const mappers::dicom::ReadLimits& limits = {}) {
  return mappers::dicom::read_file(gateway::MemorySource(bytes), limits);
}

inline std::string json_of(std::string_view bytes) {
  const auto file = read(bytes);
  if (!file.ok()) return file.error().text();
  std::string json;
  const auto made = mappers::dicom::append_dicom_json(json, *file);
  return made.ok() ? json : made.error().text();
}

inline bool has_finding(const mappers::dicom::File& file, std::string_view part) {
  for (const auto& finding : file.findings) {
    if (finding.what.find(part) != std::string::npos) return true;
  }
  return false;
}

}  // namespace dicom_test

#include "conformance/runner/fixture.h"

#include <algorithm>
#include <cstdint>
#include <map>

#include "conformance/runner/text_template.h"
#include "gateway/base/bytes.h"
#include "gateway/base/text.h"

namespace conformance {
namespace {

using gateway::ErrorCode;
using gateway::fail;
using gateway::Result;

constexpr std::size_t kMaxFixture = 64u << 20;

void append_u16(std::string& out, std::size_t value) {
  out += static_cast<char>(value & 0xFF);
  out += static_cast<char>(value >> 8 & 0xFF);
}

void append_u32(std::string& out, std::size_t value) {
  append_u16(out, value & 0xFFFF);
  append_u16(out, value >> 16);
}

// One element in Explicit VR Little Endian (PS3.5 section 7.1.2), padded to even length.
void append_element(std::string& out, std::uint32_t tag, std::string_view vr, std::string value) {
  if (value.size() % 2) value += vr == "UI" || vr == "OB" ? '\0' : ' ';
  append_u16(out, tag >> 16);
  append_u16(out, tag & 0xFFFF);
  out += vr;
  if (vr == "OB" || vr == "OW") {
    append_u16(out, 0);
    append_u32(out, value.size());
  } else {
    append_u16(out, value.size());
  }
  out += value;
}

std::string u16(std::size_t value) {
  std::string bytes;
  append_u16(bytes, value);
  return bytes;
}

// "0020000d"
std::string tag_text(std::uint32_t tag) {
  const char bytes[] = {static_cast<char>(tag >> 24), static_cast<char>(tag >> 16),
                        static_cast<char>(tag >> 8), static_cast<char>(tag)};
  return gateway::hex({bytes, 4});
}

struct Element {
  std::string_view vr;
  std::string value;
};

constexpr std::string_view kSecondaryCapture = "1.2.840.10008.5.1.4.1.1.7";
constexpr std::string_view kExplicitLittleEndian = "1.2.840.10008.1.2.1";

// The File Meta Information (PS3.10 section 7.1) with its preamble, or without what `kind` says.
std::string meta_header(const std::string& uid, std::string_view kind, const std::string& syntax) {
  if (kind == "none") return {};
  std::string group;
  append_element(group, 0x00020001, "OB", std::string("\0\1", 2));
  append_element(group, 0x00020002, "UI", std::string(kSecondaryCapture));
  append_element(group, 0x00020003, "UI", uid);
  if (kind != "no-syntax") append_element(group, 0x00020010, "UI", syntax);
  append_element(group, 0x00020012, "UI", "2.25.282375427493812374");
  std::string out = kind == "no-preamble" ? "" : std::string(128, '\0') + "DICM";
  std::string length;
  append_u32(length, group.size());
  if (kind != "no-length") append_element(out, 0x00020000, "UL", length);
  return out + group;
}

using Keys = std::map<std::string, std::string, std::less<>>;

std::map<std::uint32_t, Element> elements_of(Keys& keys, std::size_t size) {
  std::string pixels(size * size, '\0');
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<char>((i % size) * 255 / size);
  return {{0x00080005, {"CS", "ISO_IR 192"}},
          {0x00080016, {"UI", std::string(kSecondaryCapture)}},
          {0x00080018, {"UI", keys["uid"]}},
          {0x00080020, {"DA", keys["date"]}},
          {0x00080030, {"TM", "101500"}},
          {0x00080050, {"SH", keys["accession"]}},
          {0x00080060, {"CS", keys["modality"]}},
          {0x00080064, {"CS", "WSD"}},
          {0x00080090, {"PN", ""}},
          {0x00081030, {"LO", keys["description"]}},
          {0x00100010, {"PN", keys["name"]}},
          {0x00100020, {"LO", keys["patient"]}},
          {0x00100030, {"DA", "19600102"}},
          {0x00100040, {"CS", "O"}},
          {0x0020000D, {"UI", keys["study"]}},
          {0x0020000E, {"UI", keys["series"]}},
          {0x00200010, {"SH", "1"}},
          {0x00200011, {"IS", "1"}},
          {0x00200013, {"IS", keys["number"]}},
          {0x00280002, {"US", u16(1)}},
          {0x00280004, {"CS", "MONOCHROME2"}},
          {0x00280010, {"US", u16(size)}},
          {0x00280011, {"US", u16(size)}},
          {0x00280100, {"US", u16(8)}},
          {0x00280101, {"US", u16(8)}},
          {0x00280102, {"US", u16(7)}},
          {0x00280103, {"US", u16(0)}},
          {0x7FE00010, {"OB", pixels}}};
}

Result<std::string> make_dicom(const Arguments& arguments) {
  Keys keys = {{"uid", ""},
               {"study", ""},
               {"series", ""},
               {"patient", "CONFORMANCE"},
               {"name", "Conformance^Case"},
               {"modality", "OT"},
               {"date", "20260102"},
               {"accession", "CONF-1"},
               {"number", "1"},
               {"description", "conformance"},
               {"size", "16"},
               {"omit", ""},
               {"meta", "whole"},
               {"syntax", std::string(kExplicitLittleEndian)},
               {"insert", ""},
               {"cut", ""}};
  for (const auto& [key, value] : arguments) {
    if (!keys.contains(key)) return fail(ErrorCode::InvalidParameter, "dicom has no key " + printable(key));
    keys[key] = value;
  }
  if (keys["uid"].empty()) return fail(ErrorCode::InvalidParameter, "dicom needs uid=");
  if (keys["study"].empty()) keys["study"] = keys["uid"] + "1";
  if (keys["series"].empty()) keys["series"] = keys["study"] + "1";
  const auto size = gateway::parse_number<std::uint16_t>(keys["size"]);
  if (!size || *size == 0 || *size > 4096) return fail(ErrorCode::InvalidParameter, "size is 1 to 4096");
  std::string out = meta_header(keys["uid"], keys["meta"], keys["syntax"]);
  for (auto& [tag, element] : elements_of(keys, *size)) {
    if (gateway::iequals(keys["omit"], tag_text(tag))) continue;
    if (tag == 0x7FE00010) out += keys["insert"];
    append_element(out, tag, element.vr, std::move(element.value));
  }
  if (const auto cut = gateway::parse_number<std::size_t>(keys["cut"]))
    out.resize(std::min(out.size(), *cut));
  return out;
}

std::uint32_t crc32_of(std::string_view text) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (const char c : text) {
    crc ^= static_cast<std::uint8_t>(c);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
  }
  return ~crc;
}

// RFC 1952 section 2.3 around the stored blocks of RFC 1951 section 3.2.4.
Result<std::string> make_gzip(const Arguments& arguments) {
  constexpr std::size_t kBlock = 0xFFFF;
  if (arguments.size() != 1 || arguments[0].first != "text")
    return fail(ErrorCode::InvalidParameter, "gzip takes text=");
  const std::string_view text = arguments[0].second;
  std::string out("\x1F\x8B\x08\0\0\0\0\0\0\xFF", 10);
  std::size_t at = 0;
  do {
    const std::string_view block = text.substr(at, kBlock);
    at += block.size();
    out += at == text.size() ? '\1' : '\0';
    append_u16(out, block.size());
    append_u16(out, ~block.size());
    out += block;
  } while (at < text.size());
  append_u32(out, crc32_of(text));
  append_u32(out, text.size());
  return out;
}

Result<std::string> make_repeat(const Arguments& arguments) {
  std::string text = "x";
  std::size_t count = 1;
  for (const auto& [key, value] : arguments) {
    const auto number = gateway::parse_number<std::size_t>(value);
    if (key == "text")
      text = value;
    else if (key == "count" && number)
      count = *number;
    else
      return fail(ErrorCode::InvalidParameter, "repeat takes text= and count=, not " + printable(key));
  }
  if (text.empty() || count > kMaxFixture / text.size())
    return fail(ErrorCode::InvalidParameter, "too long a text");
  std::string out;
  out.reserve(text.size() * count);
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

}  // namespace

Result<std::string> make_fixture(std::string_view generator, const Arguments& arguments,
                                 const std::string& folder) {
  if (generator == "dicom") return make_dicom(arguments);
  if (generator == "repeat") return make_repeat(arguments);
  if (generator == "gzip") return make_gzip(arguments);
  if (generator == "file" && arguments.size() == 1 && arguments[0].first == "path")
    return gateway::read_file(folder + "/" + arguments[0].second, kMaxFixture);
  return fail(ErrorCode::InvalidParameter, "no such generator: " + printable(generator));
}

}  // namespace conformance

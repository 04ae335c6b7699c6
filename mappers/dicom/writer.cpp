#include "mappers/dicom/writer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include "mappers/dicom/dictionary.h"
#include "mappers/dicom/transfer_syntax.h"

namespace mappers::dicom {
namespace {

using gateway::ErrorCode;

constexpr std::string_view kImplementationClassUid = "2.25.218031946572390874612903471203874512301";
constexpr std::string_view kImplementationVersion = "EHDS_GATEWAY_1";
constexpr std::size_t kShortLengthLimit = 0xFFFE;

template <class Integer>
void append_little(std::string& out, Integer value) {
  const auto wide = static_cast<std::uint64_t>(value);
  for (std::size_t i = 0; i < sizeof(Integer); ++i) out.push_back(static_cast<char>(wide >> (8 * i) & 0xFF));
}

// The VRs with a 32-bit length field in explicit encodings (PS3.5 section 7.1.2).
bool has_long_length(std::string_view vr) {
  static constexpr std::array<std::string_view, 13> kLong = {"OB", "OD", "OF", "OL", "OV", "OW", "SQ",
                                                             "SV", "UC", "UN", "UR", "UT", "UV"};
  return std::find(kLong.begin(), kLong.end(), vr) != kLong.end();
}

// PS3.5 section 6.2: UIDs and byte strings are padded with NUL, other text with a space.
char padding_of(std::string_view vr) { return vr == "UI" || vr == "UN" || vr[0] == 'O' ? '\0' : ' '; }

void append_tag(std::string& out, std::uint32_t tag) {
  append_little(out, static_cast<std::uint16_t>(tag >> 16));
  append_little(out, static_cast<std::uint16_t>(tag));
}

void append_header(std::string& out, std::uint32_t tag, std::string_view vr, std::size_t length,
                   Encoding encoding) {
  append_tag(out, tag);
  if (encoding == Encoding::ExplicitLittle) {
    out.append(vr);
    if (!has_long_length(vr)) return append_little(out, static_cast<std::uint16_t>(length));
    append_little(out, std::uint16_t{0});
  }
  append_little(out, static_cast<std::uint32_t>(length));
}

template <class Float, class Bits>
void append_float(std::string& out, double value) {
  const auto narrow = static_cast<Float>(value);
  Bits bits = 0;
  static_assert(sizeof bits == sizeof narrow);
  std::memcpy(&bits, &narrow, sizeof bits);
  append_little(out, bits);
}

// One number of a binary VR; false when the VR is no such VR.
bool append_binary(std::string& out, std::string_view vr, double value) {
  if (vr == "US" || vr == "SS")
    return append_little(out, static_cast<std::uint16_t>(std::llround(value))), true;
  if (vr == "UL" || vr == "SL")
    return append_little(out, static_cast<std::uint32_t>(std::llround(value))), true;
  if (vr == "AT") return append_tag(out, static_cast<std::uint32_t>(std::llround(value))), true;
  if (vr == "FL" || vr == "OF") return append_float<float, std::uint32_t>(out, value), true;
  if (vr == "FD" || vr == "OD") return append_float<double, std::uint64_t>(out, value), true;
  return false;
}

std::string encode_numbers(std::string_view vr, const double* begin, const double* end) {
  std::string out;
  for (const double* value = begin; value != end; ++value) {
    if (append_binary(out, vr, *value)) continue;
    if (value != begin) out.push_back('\\');
    out += vr == "IS" ? std::to_string(std::llround(*value)) : decimal_text(*value);
  }
  return out;
}

}  // namespace

std::string_view transfer_syntax_of(Encoding encoding) {
  return encoding == Encoding::ExplicitLittle ? transfer_syntax::kExplicitLittle
                                              : transfer_syntax::kImplicitLittle;
}

// PS3.10 section 7.1.
std::string encode_file_meta(const FileMeta& facts) {
  Draft meta;
  meta.set_bytes("FileMetaInformationVersion", "OB", std::string("\0\1", 2))
      .set("MediaStorageSOPClassUID", facts.sop_class)
      .set("MediaStorageSOPInstanceUID", facts.sop_instance)
      .set("TransferSyntaxUID", facts.transfer_syntax);
  const bool ours = facts.implementation_class.empty();
  meta.set("ImplementationClassUID", ours ? kImplementationClassUid : facts.implementation_class);
  const std::string_view version = ours ? kImplementationVersion : facts.implementation_version;
  if (!version.empty()) meta.set("ImplementationVersionName", version);
  std::string body;
  meta.encode(body, Encoding::ExplicitLittle);
  body += facts.rest;
  std::string out(128, '\0');
  out += "DICM";
  append_header(out, 0x00020000, "UL", 4, Encoding::ExplicitLittle);
  append_little(out, static_cast<std::uint32_t>(body.size()));
  return out += body;
}

std::string decimal_text(double value) {
  std::array<char, 32> buffer{};
  if (value == 0) value = 0;  // no "-0"
  const auto end = std::to_chars(buffer.begin(), buffer.end(), value, std::chars_format::general, 9).ptr;
  return {buffer.begin(), end};
}

void Draft::note_fault(std::string_view what, std::string_view keyword) {
  if (fault_.empty()) fault_ = std::string(what) + " " + std::string(keyword);
}

// The entry of a keyword, made when it is absent; null when the dictionary does not know it.
Draft::Entry* Draft::place(std::string_view keyword) {
  const DictionaryEntry* known = find_keyword(keyword);
  if (known == nullptr) return note_fault("unknown keyword", keyword), nullptr;
  const auto tag = known->tag.value();
  auto at = std::lower_bound(entries_.begin(), entries_.end(), tag,
                             [](const Entry& entry, std::uint32_t wanted) { return entry.tag < wanted; });
  if (at == entries_.end() || at->tag != tag) {
    at = entries_.insert(at, Entry{});
    at->tag = tag;
  }
  const std::string_view vr = name(known->vr);
  std::copy_n(vr.begin(), 2, at->vr);
  at->value.clear();
  at->items.clear();
  return &*at;
}

Draft& Draft::set(std::string_view keyword, std::string_view value) {
  Entry* entry = place(keyword);
  if (entry == nullptr) return *this;
  if (value.size() > kShortLengthLimit && !has_long_length({entry->vr, 2})) {
    note_fault("value too long for", keyword);
    return *this;
  }
  entry->value = value;
  return *this;
}

Draft& Draft::set(std::string_view keyword, std::initializer_list<double> values) {
  if (Entry* entry = place(keyword))
    entry->value = encode_numbers({entry->vr, 2}, values.begin(), values.end());
  return *this;
}

Draft& Draft::set_numbers(std::string_view keyword, const std::vector<double>& values) {
  if (Entry* entry = place(keyword)) {
    entry->value = encode_numbers({entry->vr, 2}, values.data(), values.data() + values.size());
  }
  return *this;
}

Draft& Draft::set_bytes(std::string_view keyword, std::string_view vr, std::string bytes) {
  if (Entry* entry = place(keyword)) {
    std::copy_n(vr.begin(), 2, entry->vr);
    entry->value = std::move(bytes);
  }
  return *this;
}

Draft& Draft::set_items(std::string_view keyword, std::vector<Draft> items) {
  for (const Draft& item : items) {
    if (!item.fault_.empty()) note_fault(item.fault_ + " in", keyword);
  }
  if (Entry* entry = place(keyword)) entry->items = std::move(items);
  return *this;
}

void Draft::put(Entry entry) {
  const auto at = std::lower_bound(entries_.begin(), entries_.end(), entry.tag,
                                   [](const Entry& have, std::uint32_t wanted) { return have.tag < wanted; });
  if (at != entries_.end() && at->tag == entry.tag) {
    *at = std::move(entry);
  } else {
    entries_.insert(at, std::move(entry));
  }
}

Draft& Draft::merge(const Draft& other) {
  for (const Entry& entry : other.entries_) put(entry);
  if (fault_.empty()) fault_ = other.fault_;
  return *this;
}

bool Draft::has(std::string_view keyword) const {
  const DictionaryEntry* known = find_keyword(keyword);
  return known != nullptr && std::any_of(entries_.begin(), entries_.end(),
                                         [&](const Entry& entry) { return entry.tag == known->tag.value(); });
}

std::string_view Draft::text(std::string_view keyword) const {
  const DictionaryEntry* known = find_keyword(keyword);
  if (known == nullptr) return {};
  for (const Entry& entry : entries_) {
    if (entry.tag == known->tag.value()) return entry.value;
  }
  return {};
}

void Draft::encode(std::string& out, Encoding encoding) const {
  std::string items;
  for (const Entry& entry : entries_) {
    const std::string_view vr(entry.vr, 2);
    if (entry.is_sequence()) {
      items.clear();
      for (const Draft& item : entry.items) {
        std::string body;
        item.encode(body, encoding);
        append_tag(items, 0xFFFEE000);
        append_little(items, static_cast<std::uint32_t>(body.size()));
        items += body;
      }
      append_header(out, entry.tag, vr, items.size(), encoding);
      out += items;
      continue;
    }
    const std::size_t padded = entry.value.size() + entry.value.size() % 2;
    append_header(out, entry.tag, vr, padded, encoding);
    out += entry.value;
    if (padded != entry.value.size()) out.push_back(padding_of(vr));
  }
}

gateway::Result<std::string> encode_part10(const Draft& data, Encoding encoding) {
  if (!data.fault().empty())
    return gateway::fail(ErrorCode::Internal, "The data set cannot be written", data.fault());
  if (data.text("SOPClassUID").empty() || data.text("SOPInstanceUID").empty()) {
    return gateway::fail(ErrorCode::DicomMissingAttribute,
                         "A DICOM file needs SOPClassUID and SOPInstanceUID", "00080016, 00080018");
  }
  std::string out = encode_file_meta(
      {data.text("SOPClassUID"), data.text("SOPInstanceUID"), transfer_syntax_of(encoding), {}, {}, {}});
  const std::size_t pixels = data.text("PixelData").size();
  out.reserve(out.size() + pixels + 8192);
  data.encode(out, encoding);
  return out;
}

}  // namespace mappers::dicom

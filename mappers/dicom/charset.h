// Specific Character Set (0008,0005): from the bytes of a DICOM text value to UTF-8 (PS3.5 section 6.1, PS3.3
// C.12.1.1.2).
//
// All defined terms, with and without code extensions (ISO 2022). Escape sequences are obeyed even when their
// set was not declared, since writers forget to. Unknown or undeclared bytes are read as UTF-8 when they are
// UTF-8, else as Latin-1; text never fails to decode. Multi-byte sets go through iconv, one descriptor per
// thread and set. A CharacterSet is a small plain value.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mappers::dicom {

enum class Coding : std::uint8_t {
  Ascii,
  Latin1,
  Latin2,
  Latin3,
  Latin4,
  Latin5,
  Latin9,
  Greek,
  Arabic,
  Hebrew,
  Cyrillic,
  Thai,
  JisX0201,
  Utf8,
  Gb18030,
  Gbk,
  JisX0208,
  JisX0212,
  KsX1001,
  Gb2312,
  Unknown,
};

// Which bytes take an ISO 2022 text back to the first set, besides control characters (PS3.5
// section 6.1.2.5.3).
enum class Delimiters : std::uint8_t { None, Backslash, PersonName };

// The values of (0008,0005) that are understood, without and with code extensions (PS3.3 tables C.12-2 to
// C.12-5).
std::span<const std::string_view> defined_terms();

// True when text is the same in every character set: no high bytes, no escape sequences.
bool is_plain_ascii(std::string_view text);

class CharacterSet {
 public:
  // From the raw value, e.g. "\ISO 2022 IR 87". `fault` says what was not understood, else stays as it is.
  static CharacterSet parse(std::string_view raw, std::string* fault = nullptr);

  Coding first() const { return codings_[0]; }
  bool is_default() const { return count_ <= 1 && codings_[0] == Coding::Ascii; }
  // Appends `raw` as UTF-8.
  void decode(std::string& out, std::string_view raw, Delimiters delimiters) const;
  std::string decode(std::string_view raw, Delimiters delimiters) const;
  // Finds the next `delimiter` byte (backslash, '^' or '=') that is not part of a multi-byte character, from
  // `from`.
  std::size_t find_delimiter(std::string_view raw, char delimiter, std::size_t from = 0) const;
  // PS3.18 F.2.4: values split at byte 5C before they are decoded.
  std::vector<std::string_view> split(std::string_view raw, char delimiter = '\\') const;

 private:
  bool is_gb() const;
  static constexpr std::size_t kMaxCodings = 8;
  std::array<Coding, kMaxCodings> codings_{Coding::Ascii};
  std::uint8_t count_ = 1;
};

}  // namespace mappers::dicom

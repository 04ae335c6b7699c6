#include "mappers/dicom/charset_convert.h"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "gateway/base/text.h"

namespace mappers::dicom {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::size_t kCodings = static_cast<std::size_t>(Coding::Unknown) + 1;

// The name iconv knows, by Coding; null where it is not asked.
constexpr const char* kIconvNames[kCodings] = {
    nullptr,      nullptr,      "ISO-8859-2", "ISO-8859-3", "ISO-8859-4", "ISO-8859-9", "ISO-8859-15",
    "ISO-8859-7", "ISO-8859-6", "ISO-8859-8", "ISO-8859-5", "TIS-620",    nullptr,      nullptr,
    "GB18030",    "GBK",        "EUC-JP",     "EUC-JP",     "EUC-KR",     "GB2312",     nullptr};

// One descriptor per coding, opened at first use and closed with the thread.
class Descriptors {
 public:
  Descriptors() { open_.fill(nullptr); }
  ~Descriptors() {
    for (iconv_t descriptor : open_) {
      if (usable(descriptor)) iconv_close(descriptor);
    }
  }
  iconv_t get(Coding coding) {
    iconv_t& descriptor = open_[static_cast<std::size_t>(coding)];
    if (descriptor == nullptr)
      descriptor = iconv_open("UTF-8", kIconvNames[static_cast<std::size_t>(coding)]);
    return descriptor;
  }
  static bool usable(iconv_t descriptor) { return descriptor != nullptr && descriptor != failed(); }

 private:
  static iconv_t failed() { return reinterpret_cast<iconv_t>(-1); }
  std::array<iconv_t, kCodings> open_;
};

void convert_by_iconv(std::string& out, std::string_view run, Coding coding) {
  thread_local Descriptors descriptors;
  iconv_t descriptor = descriptors.get(coding);
  if (!Descriptors::usable(descriptor)) return convert_unknown(out, run);
  iconv(descriptor, nullptr, nullptr, nullptr, nullptr);
  char* in = const_cast<char*>(run.data());
  std::size_t left = run.size();
  while (left > 0) {
    char buffer[256];
    char* to = buffer;
    std::size_t room = sizeof buffer;
    const std::size_t done = iconv(descriptor, &in, &left, &to, &room);
    out.append(buffer, to);
    if (done != static_cast<std::size_t>(-1) || errno == E2BIG) continue;
    out += kReplacement;  // a bad or cut off character: go on behind its first byte
    ++in;
    --left;
  }
}

using RightHalf = std::array<char32_t, 128>;

RightHalf load_right_half(Coding coding) {
  RightHalf table;
  for (unsigned i = 0; i < table.size(); ++i) {
    const char byte = static_cast<char>(0x80 + i);
    std::string utf8;
    convert_by_iconv(utf8, {&byte, 1}, coding);
    const auto at = [&](std::size_t k) { return char32_t{static_cast<std::uint8_t>(utf8[k])}; };
    if (utf8.size() == 2) table[i] = (at(0) & 0x1F) << 6 | (at(1) & 0x3F);
    if (utf8.size() == 3) table[i] = (at(0) & 0x0F) << 12 | (at(1) & 0x3F) << 6 | (at(2) & 0x3F);
    if (utf8.size() == 1) table[i] = at(0);
  }
  return table;
}

// Tables of the single-byte sets that are not Latin-1, filled from iconv once per process.
const RightHalf& right_half(Coding coding) {
  static const auto tables = [] {
    std::array<RightHalf, kCodings> all{};
    for (auto c = static_cast<std::size_t>(Coding::Latin2); c <= static_cast<std::size_t>(Coding::Thai); ++c)
      all[c] = load_right_half(static_cast<Coding>(c));
    return all;
  }();
  return tables[static_cast<std::size_t>(coding)];
}

void convert_single_bytes(std::string& out, std::string_view run, Coding coding) {
  const RightHalf& table = right_half(coding);
  for (const char c : run) {
    const auto byte = static_cast<std::uint8_t>(c);
    gateway::append_utf8(out, byte < 0x80 ? byte : table[byte - 0x80u]);
  }
}

void convert_latin1(std::string& out, std::string_view run) {
  for (const char c : run) gateway::append_utf8(out, static_cast<std::uint8_t>(c));
}

// JIS X 0201: half-width Katakana on the right. On the left only two signs differ from ASCII (yen, overline);
// they stay ASCII, as everybody uses them.
void convert_jis_x0201(std::string& out, std::string_view run) {
  for (const char c : run) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (byte < 0x80) {
      out += c;
    } else if (byte >= 0xA1 && byte <= 0xDF) {
      gateway::append_utf8(out, 0xFF61u + byte - 0xA1u);
    } else {
      out += kReplacement;
    }
  }
}

// Two-byte sets as EUC: the right half of the code table, behind SS3 for the supplementary Kanji.
void convert_double_bytes(std::string& out, std::string_view run, Coding coding) {
  std::string euc;
  euc.reserve(run.size() * 3 / 2 + 2);
  for (std::size_t i = 0; i < run.size(); i += 2) {
    if (coding == Coding::JisX0212) euc += '\x8F';
    for (const char c : run.substr(i, 2)) euc += static_cast<char>(static_cast<std::uint8_t>(c) | 0x80);
  }
  convert_by_iconv(out, euc, coding);
}

}  // namespace

bool is_double_byte_g0(Coding coding) { return coding == Coding::JisX0208 || coding == Coding::JisX0212; }

bool has_right_half(Coding coding) {
  return (coding >= Coding::Latin1 && coding <= Coding::JisX0201) || coding == Coding::KsX1001 ||
         coding == Coding::Gb2312;
}

void convert_unknown(std::string& out, std::string_view run) {
  if (gateway::is_utf8(run)) {
    out += run;
  } else {
    convert_latin1(out, run);
  }
}

void convert_run(std::string& out, std::string_view run, Coding coding) {
  switch (coding) {
    case Coding::Ascii:
    case Coding::Utf8:
    case Coding::Unknown:
      return convert_unknown(out, run);
    case Coding::Latin1:
      return convert_latin1(out, run);
    case Coding::JisX0201:
      return convert_jis_x0201(out, run);
    case Coding::JisX0208:
    case Coding::JisX0212:
      return convert_double_bytes(out, run, coding);
    case Coding::KsX1001:
    case Coding::Gb2312:
    case Coding::Gb18030:
    case Coding::Gbk:
      return convert_by_iconv(out, run, coding);
    default:
      return convert_single_bytes(out, run, coding);
  }
}

}  // namespace mappers::dicom

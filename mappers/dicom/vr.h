// Value representations (PS3.5 section 6.2) and their traits, from one table. Plain values, no state.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace mappers::dicom {

// VR_ROW(name, kind, unit bytes, 32-bit length in explicit encoding, several values)
#define DICOM_VR_TABLE(VR_ROW)         \
  VR_ROW(AE, Ascii, 1, false, true)    \
  VR_ROW(AS, Ascii, 1, false, true)    \
  VR_ROW(AT, Tag, 4, false, true)      \
  VR_ROW(CS, Ascii, 1, false, true)    \
  VR_ROW(DA, Ascii, 1, false, true)    \
  VR_ROW(DS, Number, 1, false, true)   \
  VR_ROW(DT, Ascii, 1, false, true)    \
  VR_ROW(FD, Real, 8, false, true)     \
  VR_ROW(FL, Real, 4, false, true)     \
  VR_ROW(IS, Number, 1, false, true)   \
  VR_ROW(LO, Text, 1, false, true)     \
  VR_ROW(LT, Text, 1, false, false)    \
  VR_ROW(OB, Binary, 1, true, false)   \
  VR_ROW(OD, Binary, 8, true, false)   \
  VR_ROW(OF, Binary, 4, true, false)   \
  VR_ROW(OL, Binary, 4, true, false)   \
  VR_ROW(OV, Binary, 8, true, false)   \
  VR_ROW(OW, Binary, 2, true, false)   \
  VR_ROW(PN, Text, 1, false, true)     \
  VR_ROW(SH, Text, 1, false, true)     \
  VR_ROW(SL, Signed, 4, false, true)   \
  VR_ROW(SQ, Items, 1, true, false)    \
  VR_ROW(SS, Signed, 2, false, true)   \
  VR_ROW(ST, Text, 1, false, false)    \
  VR_ROW(SV, Signed, 8, true, true)    \
  VR_ROW(TM, Ascii, 1, false, true)    \
  VR_ROW(UC, Text, 1, true, true)      \
  VR_ROW(UI, Ascii, 1, false, true)    \
  VR_ROW(UL, Unsigned, 4, false, true) \
  VR_ROW(UN, Binary, 1, true, false)   \
  VR_ROW(UR, Ascii, 1, true, false)    \
  VR_ROW(US, Unsigned, 2, false, true) \
  VR_ROW(UT, Text, 1, true, false)     \
  VR_ROW(UV, Unsigned, 8, true, true)

enum class VR : std::uint8_t {
#define VR_ROW(name, kind, unit, long_length, several) name,
  DICOM_VR_TABLE(VR_ROW)
#undef VR_ROW
};

// How the bytes of a value are to be understood. Text depends on the character set, Ascii does not;
// Number is a number written as text.
enum class VrKind : std::uint8_t { Ascii, Text, Number, Tag, Signed, Unsigned, Real, Binary, Items };

struct VrTraits {
  char name[3];
  VrKind kind;
  std::uint8_t unit;  // bytes that swap together
  bool long_length;   // 32-bit length field (PS3.5 Table 7.1-1)
  bool several;       // the value splits at a backslash or in units
};

inline constexpr VrTraits kVrTraits[] = {
#define VR_ROW(name, kind, unit, long_length, several) {#name, VrKind::kind, unit, long_length, several},
    DICOM_VR_TABLE(VR_ROW)
#undef VR_ROW
};

constexpr const VrTraits& traits(VR vr) { return kVrTraits[static_cast<std::uint8_t>(vr)]; }
constexpr std::string_view name(VR vr) { return {traits(vr).name, 2}; }

// PS3.18 Table F.2.3-1: the VRs whose values may be given by BulkDataURI. Others have to stay at hand.
constexpr bool may_be_bulk(VR vr) {
  switch (vr) {
    case VR::AE:
    case VR::AS:
    case VR::AT:
    case VR::CS:
    case VR::DA:
    case VR::DT:
    case VR::LO:
    case VR::PN:
    case VR::SH:
    case VR::TM:
    case VR::UI:
    case VR::UR:
    case VR::SQ:
      return false;
    default:
      return true;
  }
}

std::optional<VR> parse_vr(std::string_view two_letters);

}  // namespace mappers::dicom

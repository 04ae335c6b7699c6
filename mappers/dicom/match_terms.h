// What the parser of matching keys and the matcher share. Internal to matching. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "mappers/dicom/matching.h"

namespace mappers::dicom {

enum class Comparison : std::uint8_t { Text, Name, Date, Time, Instant, Number, Tag, None };

constexpr Comparison comparison_of(VR vr) {
  switch (vr) {
    case VR::PN:
      return Comparison::Name;
    case VR::DA:
      return Comparison::Date;
    case VR::TM:
      return Comparison::Time;
    case VR::DT:
      return Comparison::Instant;
    case VR::AT:
      return Comparison::Tag;
    default:
      break;
  }
  switch (traits(vr).kind) {
    case VrKind::Number:
    case VrKind::Signed:
    case VrKind::Unsigned:
    case VrKind::Real:
      return Comparison::Number;
    case VrKind::Ascii:
    case VrKind::Text:
      return Comparison::Text;
    default:
      return Comparison::None;
  }
}

// A decimal number of IS, DS or a binary VR; blanks around it and a leading '+' are allowed.
std::optional<double> parse_real(std::string_view text);

gateway::Result<std::vector<MatchTerm>> parse_terms(const TagPath& path, std::string_view value, VR vr,
                                                    const MatchOptions& options);

}  // namespace mappers::dicom

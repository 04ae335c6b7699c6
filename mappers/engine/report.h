// MappingReport: what the rules did with one source. Nothing is lost in silence: every value that was there
// and did not reach the record has a note. Notes name rules and reasons, never values. A plain value; reuse
// it by clear().
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mappers::engine {

struct RuleInfo;

struct RuleNote {
  const RuleInfo* rule = nullptr;  // lives as long as the table
  std::string_view reason;         // static text
  // "study.date from 00080020: not a date (dicom.map.csv:12)"
  std::string text() const;
};

struct MappingReport {
  std::uint32_t applied = 0;      // rules that filled their field
  std::uint32_t defaulted = 0;    // of these: the value is not in the code table, which says "keep"
  std::vector<RuleNote> dropped;  // a value was there and is not acceptable: the field stays empty
  std::vector<RuleNote> failed;   // the same for values that the record cannot do without
  void clear() {
    applied = defaulted = 0;
    dropped.clear();
    failed.clear();
  }
};

}  // namespace mappers::engine

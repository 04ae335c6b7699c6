// A small writer of DICOM Part 10 files (PS3.10 section 7), Explicit or Implicit VR Little Endian (PS3.5
// Annex A).
//
// A Draft is a data set being composed: attributes are set by keyword in any order, the dictionary knows tag
// and VR, encoding puts them in ascending order, pads them and counts lengths. Text is given in the bytes of
// the object's own SpecificCharacterSet. The first fault (unknown keyword, value too long) is kept and
// reported by encode_part10. A Draft is a plain value and owns what it holds; use one object from one thread
// at a time.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"

namespace mappers::dicom {

enum class Encoding : std::uint8_t { ExplicitLittle, ImplicitLittle };

// The transfer syntax UID of an encoding.
std::string_view transfer_syntax_of(Encoding encoding);

class Draft {
 public:
  // Text of a text VR, '\\' between values; replaces an earlier value. An empty text is an element of length
  // zero.
  Draft& set(std::string_view keyword, std::string_view value = {});
  // Numbers, written as the VR asks: IS and DS as decimal text, US SS UL SL FL FD AT in binary.
  Draft& set(std::string_view keyword, std::initializer_list<double> values);
  Draft& set_number(std::string_view keyword, double value) { return set(keyword, {value}); }
  Draft& set_numbers(std::string_view keyword, const std::vector<double>& values);
  // Bytes as they are, with an explicit VR (OB, OW, UN): pixel data and the like.
  Draft& set_bytes(std::string_view keyword, std::string_view vr, std::string bytes);
  Draft& set_items(std::string_view keyword, std::vector<Draft> items);
  // Sets every attribute of another draft here.
  Draft& merge(const Draft& other);

  bool has(std::string_view keyword) const;
  // The value as it will be written, without padding; empty when absent.
  std::string_view text(std::string_view keyword) const;
  // What went wrong first, or empty.
  const std::string& fault() const { return fault_; }

  // Appends the data set in the given encoding.
  void encode(std::string& out, Encoding encoding) const;

 private:
  struct Entry;
  Entry* place(std::string_view keyword);
  void put(Entry entry);
  void note_fault(std::string_view what, std::string_view keyword);

  std::vector<Entry> entries_;  // ascending by tag
  std::string fault_;
};

struct Draft::Entry {
  std::uint32_t tag = 0;
  char vr[2] = {'U', 'N'};
  std::string value;
  std::vector<Draft> items;

  bool is_sequence() const { return vr[0] == 'S' && vr[1] == 'Q'; }
};

// Decimal text of a number in at most 16 characters (VR DS), independent of the locale.
std::string decimal_text(double value);

// What goes into the File Meta Information. Without an implementation class it names this gateway.
struct FileMeta {
  std::string_view sop_class, sop_instance, transfer_syntax;
  std::string_view implementation_class, implementation_version;
  std::string_view rest;  // further elements, encoded, above (0002,0013)
};
// Preamble, prefix and File Meta Information.
std::string encode_file_meta(const FileMeta& facts);

// The whole file: preamble, File Meta Information, data set. SOPClassUID and SOPInstanceUID must be set.
gateway::Result<std::string> encode_part10(const Draft& data, Encoding encoding = Encoding::ExplicitLittle);

}  // namespace mappers::dicom

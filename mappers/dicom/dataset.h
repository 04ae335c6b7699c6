// DataSet and Element: a DICOM data set as it lies in a file (PS3.5 section 7), values undecoded.
//
// Values are spans into the source's memory or into buffers of the File that was read; they live as long as
// those. Large values and pixel data are left in the source: `by_reference`, with offset and length. Reading
// is thread-safe.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/bytes.h"
#include "mappers/dicom/charset.h"
#include "mappers/dicom/tag.h"
#include "mappers/dicom/vr.h"

namespace mappers::dicom {

using gateway::ByteSpan;

class DataSet;

struct Element {
  Tag tag;
  VR vr = VR::UN;
  bool by_reference = false;      // `bytes` is empty, the value is at `offset` of File::stream
  bool big_endian = false;        // byte order of `bytes`
  bool undefined_length = false;  // encapsulated, or a sequence closed by a delimiter
  std::uint64_t offset = 0;       // of the value
  std::uint64_t length = 0;       // of the value
  ByteSpan bytes;
  std::vector<DataSet> items;  // SQ only

  std::string_view raw() const { return gateway::as_text(bytes); }
  bool empty() const { return length == 0 && items.empty(); }
};

// Component groups of a PN value, decoded, '^' between components (PS3.5 section 6.2.1.1).
struct PersonName {
  std::string alphabetic, ideographic, phonetic;
  bool operator==(const PersonName&) const = default;
};

class DataSet {
 public:
  // In ascending order of tags, each tag once.
  const std::vector<Element>& elements() const { return elements_; }
  const CharacterSet& character_set() const { return character_set_; }
  const Element* find(Tag tag) const;  // nullptr when absent
  bool has(Tag tag) const { return find(tag) != nullptr; }
  // Path of tags and item indexes: at({0x00081140, 0, 0x00081155}). nullptr when any step is absent.
  const Element* at(std::span<const std::uint32_t> path) const;
  const Element* at(std::initializer_list<std::uint32_t> path) const {
    return at(std::span(path.begin(), path.size()));
  }

  // Values in UTF-8 without padding; empty when absent. Binary numbers are written in decimal.
  std::string text(Tag tag) const;  // the first value
  std::vector<std::string> texts(Tag tag) const;
  std::optional<std::int64_t> integer(
      Tag tag) const;                           // the first value: IS, DS without fraction, binary integers
  std::optional<double> number(Tag tag) const;  // the first value: DS, IS, FL, FD, binary integers
  std::vector<double> numbers(Tag tag) const;
  std::optional<PersonName> person_name(Tag tag) const;

  // For readers and writers that build a data set.
  std::vector<Element>& mutable_elements() { return elements_; }
  // Sorts by tag and keeps the last element of each (PS3.5 section 7.1). True when anything had to be done.
  bool put_in_order();
  void set_character_set(const CharacterSet& set) { character_set_ = set; }

 private:
  std::vector<Element> elements_;
  CharacterSet character_set_;
};

// The values of one element as text, as DataSet::texts does.
std::vector<std::string> element_texts(const Element& element, const CharacterSet& set);
PersonName decode_person_name(std::string_view raw, const CharacterSet& set);
// Removes padding: spaces and NULs at the end; for `vr` where blanks have no meaning also at the start.
std::string_view trim_padding(std::string_view raw, VR vr);
// One unit of a binary value in host order.
std::uint64_t load_unit(const Element& element, std::size_t index);
double load_real(const Element& element, std::size_t index);
std::int64_t load_signed(const Element& element, std::size_t index);

}  // namespace mappers::dicom

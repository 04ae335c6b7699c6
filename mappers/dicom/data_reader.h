// DataReader: walks the elements of a data set, with its sequences and encapsulated values (PS3.5 section 7).
// Internal to the reader.
//
// Every function moves forward only and returns the position behind what it read; a fatal fault is kept in
// fault() and ends all walking. Depth is bounded by ReadLimits::max_depth, which bounds the recursion too.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mappers/dicom/element_header.h"
#include "mappers/dicom/reader.h"
#include "mappers/dicom/window.h"

namespace mappers::dicom {

class DataReader {
 public:
  // Findings, truncation and pixel data are noted in `file`.
  DataReader(Window& window, File& file, const ReadLimits& limits)
      : window_(window), file_(file), limits_(limits) {}

  // The file meta information at `offset`: all elements of group 0002.
  std::uint64_t read_meta(std::uint64_t offset, DataSet& meta);
  std::uint64_t read_data(std::uint64_t offset, WireEncoding encoding, DataSet& data);
  const std::optional<gateway::Error>& fault() const { return fault_; }
  void note(std::string what, std::uint64_t offset);

 private:
  // Where a data set ends: at `end`, or, when `delimited`, at an item delimitation item.
  struct Extent {
    std::uint64_t end;
    bool delimited;
  };
  enum class Step : std::uint8_t { Element, Skip, Done };

  std::uint64_t read_elements(std::uint64_t offset, Extent extent, WireEncoding encoding, DataSet& data);
  Step next(std::uint64_t& offset, const Extent& extent, WireEncoding encoding, ElementHeader& header);
  Step delimiter(std::uint64_t& offset, const Extent& extent, const ElementHeader& header);
  std::uint64_t read_value(std::uint64_t offset, const ElementHeader& header, WireEncoding encoding,
                           const Extent& extent, DataSet& data);
  bool looks_like_items(std::uint64_t offset, std::uint32_t length);
  std::uint64_t read_plain(std::uint64_t offset, std::uint64_t length, Element& element);
  std::uint64_t read_undefined(std::uint64_t offset, Element& element, WireEncoding encoding, bool was_un,
                               const DataSet& parent);
  std::uint64_t read_sequence(std::uint64_t offset, Extent extent, WireEncoding encoding, Element& element,
                              const DataSet& parent);
  std::uint64_t read_item(std::uint64_t offset, std::uint32_t length, WireEncoding encoding, Element& element,
                          const DataSet& parent);
  std::uint64_t read_fragments(std::uint64_t offset, WireEncoding encoding, Element& element);
  void resolve_vr(Element& element, bool was_un, bool implicit_vr);
  void take_notice(const Element& element, DataSet& data);
  void note_pixel_data(const Element& element);
  bool count_one(std::uint64_t offset);
  void cut_short(std::uint64_t offset, const char* what);
  void stop(gateway::ErrorCode code, std::string message, std::uint64_t offset);
  std::string where(std::uint64_t offset) const;

  Window& window_;
  File& file_;
  const ReadLimits& limits_;
  std::vector<std::pair<Tag, std::uint32_t>> path_;  // open sequences and the item each is at
  std::uint32_t count_ = 0;
  std::uint32_t fragments_ = 0;
  bool signed_pixels_ = false;  // of the data set that is being read, or of one around it
  bool undeclared_text_ = false;
  bool ended_ = false;  // truncated, or a fault: nothing more is read
  std::optional<gateway::Error> fault_;
};

}  // namespace mappers::dicom

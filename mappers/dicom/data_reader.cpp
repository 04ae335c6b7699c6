#include "mappers/dicom/data_reader.h"

#include <algorithm>

#include "mappers/dicom/byte_order.h"
#include "mappers/dicom/dictionary.h"
#include "mappers/dicom/transfer_syntax.h"

namespace mappers::dicom {
namespace {

using gateway::ErrorCode;

constexpr const char* kDisorder = "elements are out of order or repeated";
constexpr std::size_t kTypicalElements = 96;
constexpr std::size_t kTypicalItemElements = 4;

bool has_high_bytes(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return (c & '\x80') != 0; });
}

}  // namespace

std::uint64_t DataReader::read_meta(std::uint64_t offset, DataSet& meta) {
  std::uint64_t declared_end = 0;
  while (!ended_) {
    const std::byte* p = window_.view(offset, 8);
    if (!p || load_tag(p, false).group != 0x0002) break;
    if (declared_end != 0 && offset >= declared_end && file_.deflated)
      break;  // the rest may look like anything
    ElementHeader header;
    if (next(offset, {window_.size(), false}, {}, header) != Step::Element) break;
    offset = read_value(offset, header, {}, {window_.size(), false}, meta);
    const Element* last = meta.elements().empty() ? nullptr : &meta.elements().back();
    if (!last) continue;
    if (last->tag.element == 0 && last->bytes.size() == 4)
      declared_end = offset + load32(last->bytes.data(), false);
    if (last->tag == tags::kTransferSyntaxUid)
      file_.deflated = traits_of_syntax(trim_padding(last->raw(), VR::UI)).deflated;
  }
  if (meta.put_in_order()) note(kDisorder, offset);
  if (declared_end != 0 && declared_end != offset)
    note("the group length of the file meta information is wrong", offset);
  return offset;
}

std::uint64_t DataReader::read_data(std::uint64_t offset, WireEncoding encoding, DataSet& data) {
  data.mutable_elements().reserve(kTypicalElements);
  return read_elements(offset, {window_.size(), false}, encoding, data);
}

std::uint64_t DataReader::read_elements(std::uint64_t offset, Extent extent, WireEncoding encoding,
                                        DataSet& data) {
  while (!ended_) {
    ElementHeader header;
    const Step step = next(offset, extent, encoding, header);
    if (step == Step::Done) break;
    if (step == Step::Element) offset = read_value(offset, header, encoding, extent, data);
  }
  if (data.put_in_order()) note(kDisorder, offset);
  return offset;
}

// Reads the header at `offset` and moves behind it.
DataReader::Step DataReader::next(std::uint64_t& offset, const Extent& extent, WireEncoding encoding,
                                  ElementHeader& header) {
  if (offset >= extent.end) {
    if (extent.delimited) cut_short(offset, "an item is not closed");
    return Step::Done;
  }
  bool nonsense = false;
  const auto read = read_header(window_, offset, extent.end, encoding, &nonsense);
  if (!read) {
    if (window_.fault())
      stop(ErrorCode::Internal, "", offset);
    else if (nonsense)
      stop(ErrorCode::DicomMalformed, "no data element can be recognised", offset);
    else if (extent.delimited)
      cut_short(offset, "an item is not closed");
    else if (path_.empty())
      note("bytes that are no element follow the data set", offset);
    else
      cut_short(offset, "an element is cut off");
    return Step::Done;
  }
  header = *read;
  if (header.tag.group == 0xFFFE) return delimiter(offset, extent, header);
  if (header.tag.value() == 0 && header.length == 0 && path_.empty()) {
    note("zero bytes follow the data set", offset);
    return Step::Done;
  }
  if (header.irregularity) note(header.irregularity, offset);
  if (!count_one(offset)) return Step::Done;
  offset += header.size;
  return Step::Element;
}

// An item or a delimiter where an element is due (PS3.5 section 7.5).
DataReader::Step DataReader::delimiter(std::uint64_t& offset, const Extent& extent,
                                       const ElementHeader& header) {
  if (header.tag == tags::kItemDelimitation && extent.delimited) {
    offset += 8;
    return Step::Done;
  }
  if (header.tag == tags::kSequenceDelimitation && extent.delimited) {
    note("an item is closed by a sequence delimitation", offset);
    return Step::Done;  // left for the sequence
  }
  note("an item or delimiter outside of a sequence is skipped", offset);
  offset += 8;
  return count_one(offset) ? Step::Skip : Step::Done;
}

std::uint64_t DataReader::read_value(std::uint64_t offset, const ElementHeader& header, WireEncoding encoding,
                                     const Extent& extent, DataSet& data) {
  auto& elements = data.mutable_elements();
  if (path_.size() == 1 && elements.capacity() == 0) elements.reserve(kTypicalItemElements);
  Element& element = elements.emplace_back();
  element.tag = header.tag;
  element.vr = header.vr;
  element.big_endian = encoding.big_endian;
  element.offset = offset;
  element.length = header.length;
  const bool was_un = header.vr == VR::UN && !encoding.implicit_vr;
  resolve_vr(element, was_un, encoding.implicit_vr);
  if (element.vr == VR::SQ && !looks_like_items(offset, header.length)) {
    note("a sequence holds something else than items", offset);
    element.vr = VR::UN;
  }
  if (header.length == kUndefinedLength) {
    element.undefined_length = true;
    offset = read_undefined(offset, element, encoding, was_un, data);
  } else if (element.vr == VR::SQ) {
    const std::uint64_t end = offset + header.length;
    if (end > extent.end) note("a sequence is longer than what holds it", offset);
    if (was_un) encoding = {true, false};  // CP-246
    offset = read_sequence(offset, {std::min(end, window_.size()), false}, encoding, element, data);
    if (end > window_.size()) cut_short(offset, "a sequence is cut off");
  } else {
    if (offset + header.length > extent.end && extent.end < window_.size())
      note("a value is longer than the item that holds it", offset);
    offset = read_plain(offset, header.length, element);
  }
  // The vector did not grow meanwhile: items have vectors of their own.
  if (fault_ || (ended_ && element.vr != VR::SQ && !is_pixel_data(element.tag))) {
    elements.pop_back();
  } else {
    take_notice(element, data);
  }
  return offset;
}

// A value under a sequence's tag may be none: retired attributes had another VR once.
bool DataReader::looks_like_items(std::uint64_t offset, std::uint32_t length) {
  if (length == kUndefinedLength || length == 0) return true;
  const std::byte* p = length < 8 ? nullptr : window_.view(offset, 8);
  return p && (load16(p, false) == 0xFFFE || load16(p, true) == 0xFFFE);
}

std::uint64_t DataReader::read_plain(std::uint64_t offset, std::uint64_t length, Element& element) {
  const std::uint64_t left = window_.size() - std::min(offset, window_.size());
  const bool pixels = path_.empty() && is_pixel_data(element.tag);
  if (length > left) {
    element.by_reference = true;
    cut_short(offset, pixels ? "the pixel data are cut off" : "a value is cut off");
    return window_.size();
  }
  if (pixels && file_.transfer_syntax == transfer_syntax::kPrivateGe) element.big_endian = true;
  if (pixels || (length > limits_.max_value_bytes && may_be_bulk(element.vr))) {
    element.by_reference = true;
  } else if (length > limits_.max_text_bytes && !may_be_bulk(element.vr)) {
    stop(ErrorCode::DicomLimit, "a text value is longer than allowed", offset);
    return offset;
  } else if (length != 0) {
    const std::byte* p = window_.view(offset, length);
    if (!p) {
      stop(ErrorCode::Internal, "the value cannot be read", offset);
      return offset;
    }
    element.bytes = {p, static_cast<std::size_t>(length)};
  }
  return offset + length;
}

// PS3.5 section 7.5.1, A.4 and CP-246.
std::uint64_t DataReader::read_undefined(std::uint64_t offset, Element& element, WireEncoding encoding,
                                         bool was_un, const DataSet& parent) {
  const Extent extent{window_.size(), true};
  const VR vr = element.vr;
  if (vr == VR::UN || (vr == VR::SQ && was_un)) {
    element.vr = VR::SQ;
    // Implicit little endian, unless the first item shows otherwise.
    const std::byte* p = window_.view(offset, 8);
    const bool big = p && load_tag(p, true) == tags::kItem;
    return read_sequence(offset, extent, {true, big}, element, parent);
  }
  if (vr == VR::SQ) return read_sequence(offset, extent, encoding, element, parent);
  if (traits(vr).kind == VrKind::Binary) return read_fragments(offset, encoding, element);
  const std::byte* p = window_.view(offset, 8);
  if (p && load_tag(p, encoding.big_endian) == tags::kItem) {
    note("a sequence under another VR", offset);
    element.vr = VR::SQ;
    return read_sequence(offset, extent, encoding, element, parent);
  }
  stop(ErrorCode::DicomMalformed, "undefined length of a value that cannot have it", offset);
  return offset;
}

std::uint64_t DataReader::read_sequence(std::uint64_t offset, Extent extent, WireEncoding encoding,
                                        Element& element, const DataSet& parent) {
  if (path_.size() >= limits_.max_depth) {
    stop(ErrorCode::DicomLimit, "sequences are nested deeper than allowed", offset);
    return offset;
  }
  const std::uint64_t start = offset;
  path_.emplace_back(element.tag, 0);
  while (!ended_ && (extent.delimited || offset < extent.end)) {
    const std::byte* p = window_.view(offset, 8);
    if (!p) {
      if (window_.fault())
        stop(ErrorCode::Internal, "", offset);
      else
        cut_short(offset, "a sequence is not closed");
      break;
    }
    const Tag tag = load_tag(p, encoding.big_endian);
    if (tag == tags::kItem) {
      offset = read_item(offset + 8, load32(p + 4, encoding.big_endian), encoding, element, parent);
      ++path_.back().second;
    } else if (tag == tags::kSequenceDelimitation) {
      offset += 8;
      if (!extent.delimited) note("a sequence of defined length has a delimiter", offset);
      break;
    } else if (tag == tags::kItemDelimitation) {
      note("an item delimitation between items is skipped", offset);
      offset += 8;
      if (!count_one(offset)) break;
    } else {
      note("a sequence holds something else than items", offset);
      if (!extent.delimited) offset = extent.end;
      break;
    }
  }
  path_.pop_back();
  element.length = offset - start;
  return offset;
}

std::uint64_t DataReader::read_item(std::uint64_t offset, std::uint32_t length, WireEncoding encoding,
                                    Element& element, const DataSet& parent) {
  if (!count_one(offset)) return offset;
  DataSet& item = element.items.emplace_back();
  item.set_character_set(parent.character_set());
  Extent extent{window_.size(), true};
  if (length != kUndefinedLength) {
    if (length > window_.size() - offset) note("an item is longer than the file", offset);
    extent = {std::min<std::uint64_t>(offset + length, window_.size()), false};
  }
  if (extent.end > offset) encoding = sniff(window_, offset, extent.end, encoding);
  const bool outer = signed_pixels_;  // what an item says holds in it only
  offset = read_elements(offset, extent, encoding, item);
  signed_pixels_ = outer;
  return offset;
}

// PS3.5 section A.4: items without elements, the first of which is the basic offset table.
std::uint64_t DataReader::read_fragments(std::uint64_t offset, WireEncoding encoding, Element& element) {
  const std::uint64_t start = offset;
  const std::uint32_t before = fragments_;
  element.by_reference = true;
  if (encoding.implicit_vr) element.vr = VR::OB;  // the dictionary's OW is meant for native values
  for (;;) {
    const std::byte* p = window_.peek8(offset);
    if (!p) {
      cut_short(offset, "encapsulated data are not closed");
      break;
    }
    const Tag tag = load_tag(p, encoding.big_endian);
    const std::uint32_t length = load32(p + 4, encoding.big_endian);
    if (tag == tags::kSequenceDelimitation) {
      offset += 8;
      break;
    }
    if (tag != tags::kItem || length == kUndefinedLength || length > window_.size() - offset - 8) {
      cut_short(offset, tag == tags::kItem ? "a fragment is cut off" : "no fragment where one is due");
      break;
    }
    offset += 8 + std::uint64_t{length};
    if (++fragments_ > limits_.max_fragments) {
      stop(ErrorCode::DicomLimit, "more fragments than allowed", offset);
      break;
    }
  }
  element.length = offset - start;
  if (path_.empty() && is_pixel_data(element.tag)) {
    note_pixel_data(element);
    file_.pixel_data->fragments = fragments_ - before > 0 ? fragments_ - before - 1 : 0;
  }
  return offset;
}

// PS3.5 sections 6.2.2 and A.1: what the encoding does not say, the dictionary and the data set do.
void DataReader::resolve_vr(Element& element, bool was_un, bool implicit_vr) {
  if (!was_un && !implicit_vr) return;
  if (was_un) {
    const VR known = dicom::implicit_vr(element.tag);
    const std::uint8_t unit = traits(known).unit;
    if (known == VR::UN || (element.length != kUndefinedLength && element.length % unit != 0)) return;
    element.vr = known;
    element.big_endian = false;  // CP-246: UN is implicit little endian
  }
  if (element.vr != VR::US || !signed_pixels_) return;
  const DictionaryEntry* entry = find(element.tag);
  if (entry && (entry->choice == VrChoice::UsOrSs || entry->choice == VrChoice::UsOrSsOrOw))
    element.vr = VR::SS;
}

// What later elements depend on.
void DataReader::take_notice(const Element& element, DataSet& data) {
  if (element.tag == tags::kSpecificCharacterSet) {
    std::string fault;
    data.set_character_set(CharacterSet::parse(element.raw(), &fault));
    if (!fault.empty()) note(std::move(fault), element.offset);
  } else if (element.tag == tags::kPixelRepresentation && element.bytes.size() == 2) {
    signed_pixels_ = load16(element.bytes.data(), element.big_endian) == 1;
  } else if (path_.empty() && is_pixel_data(element.tag) && !file_.pixel_data) {
    note_pixel_data(element);
  } else if (!undeclared_text_ && traits(element.vr).kind == VrKind::Text &&
             data.character_set().is_default() && has_high_bytes(element.raw())) {
    undeclared_text_ = true;
    note("text is not in the default character set, but no other is declared", element.offset);
  }
}

void DataReader::note_pixel_data(const Element& element) {
  PixelData& pixels = file_.pixel_data.emplace();
  pixels.tag = element.tag;
  pixels.vr = element.vr;
  pixels.offset = element.offset;
  pixels.length = element.length;
  pixels.encapsulated = element.undefined_length;
  pixels.truncated = ended_;
}

bool DataReader::count_one(std::uint64_t offset) {
  if (++count_ <= limits_.max_elements) return true;
  stop(ErrorCode::DicomLimit, "more data elements than allowed", offset);
  return false;
}

void DataReader::cut_short(std::uint64_t offset, const char* what) {
  file_.truncated = true;
  ended_ = true;
  if (window_.fault()) return stop(ErrorCode::Internal, "", offset);
  note(what, offset);
}

void DataReader::stop(ErrorCode code, std::string message, std::uint64_t offset) {
  ended_ = true;
  if (fault_) return;
  fault_ = window_.fault() ? *window_.fault() : gateway::fail(code, std::move(message), where(offset));
}

std::string DataReader::where(std::uint64_t offset) const {
  std::string text = "byte " + std::to_string(offset);
  for (std::size_t i = 0; i < path_.size(); ++i) {
    text += i == 0 ? " in " : "/";
    append_hex(text, path_[i].first);
    text += '/' + std::to_string(path_[i].second);
  }
  return text;
}

void DataReader::note(std::string what, std::uint64_t offset) {
  if (file_.findings.size() < limits_.max_findings)
    file_.findings.push_back({std::move(what), where(offset)});
}

}  // namespace mappers::dicom

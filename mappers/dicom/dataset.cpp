#include "mappers/dicom/dataset.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "gateway/base/text.h"
#include "mappers/dicom/byte_order.h"

namespace mappers::dicom {
namespace {

bool is_text_kind(VrKind kind) {
  return kind == VrKind::Ascii || kind == VrKind::Text || kind == VrKind::Number;
}

std::string_view first_raw(const Element& element, const CharacterSet& set) {
  const std::string_view raw = element.raw();
  if (!traits(element.vr).several) return raw;
  return raw.substr(0, set.find_delimiter(raw, '\\'));
}

std::string decode_value(std::string_view raw, VR vr, const CharacterSet& set) {
  std::string_view value = trim_padding(raw, vr);
  while (vr == VR::PN && value.ends_with('=')) value.remove_suffix(1);  // empty component groups
  return set.decode(value, vr == VR::PN ? Delimiters::PersonName : Delimiters::Backslash);
}

std::size_t unit_count(const Element& element) { return element.bytes.size() / traits(element.vr).unit; }

std::string unit_text(const Element& element, std::size_t index) {
  switch (traits(element.vr).kind) {
    case VrKind::Unsigned:
      return std::to_string(load_unit(element, index));
    case VrKind::Signed:
      return std::to_string(load_signed(element, index));
    case VrKind::Tag:
      return hex(load_tag(element.bytes.data() + index * 4, element.big_endian));
    case VrKind::Real: {
      char digits[32];
      const auto end = std::to_chars(digits, digits + sizeof digits, load_real(element, index)).ptr;
      return {digits, end};
    }
    default:
      return {};
  }
}

// IS and DS allow a plus sign, which from_chars does not.
std::optional<double> text_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  return gateway::parse_number<double>(text);
}

std::optional<double> unit_number(const Element& element, std::size_t index) {
  switch (traits(element.vr).kind) {
    case VrKind::Unsigned:
      return static_cast<double>(load_unit(element, index));
    case VrKind::Signed:
      return static_cast<double>(load_signed(element, index));
    case VrKind::Real:
      return load_real(element, index);
    default:
      return std::nullopt;
  }
}

}  // namespace

std::string_view trim_padding(std::string_view raw, VR vr) {
  while (!raw.empty() && (raw.back() == ' ' || raw.back() == '\0')) raw.remove_suffix(1);
  if (vr == VR::AE || vr == VR::IS || vr == VR::DS) {
    while (!raw.empty() && raw.front() == ' ') raw.remove_prefix(1);
  }
  return raw;
}

std::uint64_t load_unit(const Element& element, std::size_t index) {
  const std::size_t unit = traits(element.vr).unit;
  const std::byte* p = element.bytes.data() + index * unit;
  switch (unit) {
    case 2:
      return load16(p, element.big_endian);
    case 4:
      return load32(p, element.big_endian);
    case 8:
      return load64(p, element.big_endian);
    default:
      return std::to_integer<std::uint64_t>(*p);
  }
}

std::int64_t load_signed(const Element& element, std::size_t index) {
  const std::uint64_t unit = load_unit(element, index);
  switch (traits(element.vr).unit) {
    case 2:
      return static_cast<std::int16_t>(unit);
    case 4:
      return static_cast<std::int32_t>(unit);
    default:
      return static_cast<std::int64_t>(unit);
  }
}

double load_real(const Element& element, std::size_t index) {
  const std::uint64_t unit = load_unit(element, index);
  if (traits(element.vr).unit == 4) return double{std::bit_cast<float>(static_cast<std::uint32_t>(unit))};
  return std::bit_cast<double>(unit);
}

PersonName decode_person_name(std::string_view raw, const CharacterSet& set) {
  PersonName name;
  std::string* const groups[] = {&name.alphabetic, &name.ideographic, &name.phonetic};
  std::size_t from = 0;
  for (std::string* group : groups) {
    const std::size_t end = set.find_delimiter(raw, '=', from);
    *group = decode_value(raw.substr(from, end == std::string_view::npos ? end : end - from), VR::PN, set);
    if (end == std::string_view::npos) break;
    from = end + 1;
  }
  return name;
}

std::vector<std::string> element_texts(const Element& element, const CharacterSet& set) {
  std::vector<std::string> values;
  if (element.bytes.empty()) return values;
  if (!is_text_kind(traits(element.vr).kind)) {
    for (std::size_t i = 0; i < unit_count(element); ++i) values.push_back(unit_text(element, i));
  } else if (traits(element.vr).several) {
    for (const std::string_view raw : set.split(element.raw()))
      values.push_back(decode_value(raw, element.vr, set));
  } else {
    values.push_back(decode_value(element.raw(), element.vr, set));
  }
  return values;
}

bool DataSet::put_in_order() {
  const auto not_ascending = [](const Element& a, const Element& b) { return a.tag >= b.tag; };
  if (std::adjacent_find(elements_.begin(), elements_.end(), not_ascending) == elements_.end()) return false;
  std::stable_sort(elements_.begin(), elements_.end(),
                   [](const Element& a, const Element& b) { return a.tag < b.tag; });
  std::vector<Element> kept;
  kept.reserve(elements_.size());
  for (Element& element : elements_) {
    if (!kept.empty() && kept.back().tag == element.tag) kept.pop_back();
    kept.push_back(std::move(element));
  }
  elements_ = std::move(kept);
  return true;
}

const Element* DataSet::find(Tag tag) const {
  const auto place = std::lower_bound(elements_.begin(), elements_.end(), tag,
                                      [](const Element& e, Tag t) { return e.tag < t; });
  return place != elements_.end() && place->tag == tag ? &*place : nullptr;
}

const Element* DataSet::at(std::span<const std::uint32_t> path) const {
  const DataSet* level = this;
  for (std::size_t i = 0; i < path.size(); i += 2) {
    const Element* element = level->find(make_tag(path[i]));
    if (!element || i + 1 == path.size()) return element;
    if (path[i + 1] >= element->items.size()) return nullptr;
    level = &element->items[path[i + 1]];
  }
  return nullptr;
}

std::string DataSet::text(Tag tag) const {
  const Element* element = find(tag);
  if (!element || element->bytes.empty()) return {};
  if (is_text_kind(traits(element->vr).kind))
    return decode_value(first_raw(*element, character_set_), element->vr, character_set_);
  return unit_count(*element) > 0 ? unit_text(*element, 0) : std::string();
}

std::vector<std::string> DataSet::texts(Tag tag) const {
  const Element* element = find(tag);
  return element ? element_texts(*element, character_set_) : std::vector<std::string>();
}

std::vector<double> DataSet::numbers(Tag tag) const {
  std::vector<double> values;
  const Element* element = find(tag);
  if (!element) return values;
  if (is_text_kind(traits(element->vr).kind)) {
    for (const std::string& text : element_texts(*element, character_set_)) {
      if (const auto value = text_number(text)) values.push_back(*value);
    }
    return values;
  }
  for (std::size_t i = 0; i < unit_count(*element); ++i) {
    if (const auto value = unit_number(*element, i)) values.push_back(*value);
  }
  return values;
}

std::optional<double> DataSet::number(Tag tag) const {
  const Element* element = find(tag);
  if (!element || element->bytes.empty()) return std::nullopt;
  if (is_text_kind(traits(element->vr).kind))
    return text_number(trim_padding(first_raw(*element, character_set_), VR::DS));
  return unit_count(*element) > 0 ? unit_number(*element, 0) : std::nullopt;
}

std::optional<std::int64_t> DataSet::integer(Tag tag) const {
  constexpr double kExact = 9007199254740992.0;  // 2^53
  const auto value = number(tag);
  if (!value || *value != std::trunc(*value) || std::abs(*value) > kExact) return std::nullopt;
  return static_cast<std::int64_t>(*value);
}

std::optional<PersonName> DataSet::person_name(Tag tag) const {
  const Element* element = find(tag);
  if (!element || element->bytes.empty()) return std::nullopt;
  return decode_person_name(first_raw(*element, character_set_), character_set_);
}

}  // namespace mappers::dicom

#include "mappers/dicom/presentation.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "mappers/dicom/inflate.h"
#include "mappers/dicom/lookup_table.h"

namespace mappers::dicom {
namespace {

using gateway::ByteSource;
using gateway::Result;
using gateway::model::LookupTable;
using gateway::model::Overlay;
using gateway::model::Presentation;
using gateway::model::ValueRange;
using gateway::model::Window;

constexpr std::uint64_t kMaxTable = 2 << 17;  // bytes of a table; longer ones cannot be right
constexpr std::uint64_t kMaxProfile = 16 << 20;
constexpr std::uint64_t kMaxOverlayBits = 1ull << 28;

constexpr Tag kPixelSpacing = make_tag(0x00280030), kImagerSpacing = make_tag(0x00181164),
              kAspectRatio = make_tag(0x00280034), kCenter = make_tag(0x00281050),
              kWidth = make_tag(0x00281051), kFunction = make_tag(0x00281056),
              kIntercept = make_tag(0x00281052), kSlope = make_tag(0x00281053),
              kTables = make_tag(0x00283010), kDescriptor = make_tag(0x00283002),
              kTableData = make_tag(0x00283006), kIccProfile = make_tag(0x00282000);

// Values that the reader left in the source, because they are large.
class Values {
 public:
  Values(const File& file, const ByteSource& source) : file_(file), source_(source) {}

  // `length` bytes of a value from `offset` on; fewer at its end.
  Result<std::string> read(const Element& element, std::uint64_t offset, std::uint64_t length) {
    if (offset >= element.length) return std::string();
    length = std::min(length, element.length - offset);
    if (!element.by_reference) return std::string(element.raw().substr(offset, length));
    const ByteSource* stream = TRY(this->stream());
    std::string bytes(length, '\0');
    bytes.resize(TRY(stream->read_at(element.offset + offset, std::as_writable_bytes(std::span(bytes)))));
    return bytes;
  }

 private:
  Result<const ByteSource*> stream() {
    if (!file_.deflated) return &source_;
    if (!inflated_)
      inflated_ = TRY(InflatedSource::open(source_, file_.data_offset, ReadLimits{}.max_inflated_bytes));
    return inflated_.get();
  }
  const File& file_;
  const ByteSource& source_;
  std::unique_ptr<InflatedSource> inflated_;
};

const DataSet* item_of(const DataSet& data, std::uint32_t sequence, std::size_t index) {
  const Element* element = data.find(make_tag(sequence));
  return element && index < element->items.size() ? &element->items[index] : nullptr;
}

// The data sets that may hold the attributes of a functional group, nearest first (PS3.3 C.7.6.16).
std::vector<const DataSet*> places_of(const DataSet& data, std::uint32_t macro, std::uint32_t frame) {
  std::vector<const DataSet*> places;
  for (const auto& [groups, index] : {std::pair{0x52009230u, frame}, std::pair{0x52009229u, 0u}})
    if (const DataSet* group = item_of(data, groups, index))
      if (const DataSet* item = item_of(*group, macro, 0)) places.push_back(item);
  places.push_back(&data);
  return places;
}

// The nearest place that has the attribute; the data set itself when none has.
const DataSet& place_with(const DataSet& data, std::uint32_t macro, std::uint32_t frame, Tag tag) {
  for (const DataSet* place : places_of(data, macro, frame))
    if (place->has(tag)) return *place;
  return data;
}

Result<std::optional<LookupTable>> read_table(const DataSet& data, Tag descriptor, Tag values_tag,
                                              Values& values, bool signed_input, bool segmented = false) {
  const Element* element = data.find(values_tag);
  if (!element) return std::optional<LookupTable>();
  const std::string bytes = TRY(values.read(*element, 0, kMaxTable));
  return segmented ? segmented_table(data.find(descriptor), element, bytes, signed_input)
                   : lookup_table(data.find(descriptor), element, bytes, signed_input);
}

// PS3.3 C.11.1, C.7.6.16.2.9.
Result<void> read_modality(const DataSet& data, std::uint32_t frame, bool is_signed, Values& values,
                           Presentation& out) {
  if (const DataSet* item = item_of(data, 0x00283000, 0)) {
    out.modality = TRY(read_table(*item, kDescriptor, kTableData, values, is_signed));
    if (out.modality) return {};
  }
  const DataSet& place = place_with(data, 0x00289145, frame, kSlope);
  const double slope = place.number(kSlope).value_or(1), intercept = place.number(kIntercept).value_or(0);
  if (std::isfinite(slope) && slope != 0) out.slope = slope;
  if (std::isfinite(intercept)) out.intercept = intercept;
  return {};
}

Window::Function function_of(std::string_view name) {
  if (name == "SIGMOID") return Window::Function::Sigmoid;
  if (name == "LINEAR_EXACT") return Window::Function::LinearExact;
  return Window::Function::Linear;
}

// PS3.3 C.11.2, C.7.6.16.2.10.
Result<void> read_voi(const DataSet& data, std::uint32_t frame, bool is_signed, Values& values,
                      Presentation& out) {
  const DataSet& place = place_with(data, 0x00289132, frame, kCenter);
  const auto centers = place.numbers(kCenter), widths = place.numbers(kWidth);
  const auto function = function_of(place.text(kFunction));
  for (std::size_t i = 0; i < std::min(centers.size(), widths.size()); ++i)
    if (std::isfinite(centers[i]) && std::isfinite(widths[i]) && widths[i] > 0)
      out.windows.push_back({centers[i], widths[i], function});
  const Element* tables = place_with(data, 0x00289132, frame, kTables).find(kTables);
  if (!tables) return {};
  const bool negative = !out.modality && (is_signed || out.intercept < 0);
  for (const DataSet& item : tables->items) {
    // The first value mapped is signed when what comes out of the modality LUT is; explicit US says no.
    const Element* descriptor = item.find(kDescriptor);
    const bool sign = negative && descriptor && descriptor->vr != VR::US;
    if (auto table = TRY(read_table(item, kDescriptor, kTableData, values, sign)))
      out.voi_tables.push_back(std::move(*table));
    if (out.voi_tables.size() == 1) break;  // the first is used
  }
  return {};
}

// Pixel Padding Value has the sign of the pixels, whatever its VR says (PS3.3 C.7.5.1.1.2).
std::optional<double> padding_value(const DataSet& data, std::uint32_t tag, bool is_signed) {
  const auto value = data.number(make_tag(tag));
  if (value && is_signed && *value > 32767 && *value < 65536) return *value - 65536;
  return value;
}

void read_padding(const DataSet& data, bool is_signed, Presentation& out) {
  const auto value = padding_value(data, 0x00280120, is_signed);
  if (!value) return;
  const double limit = padding_value(data, 0x00280121, is_signed).value_or(*value);
  out.padding = ValueRange{std::min(*value, limit), std::max(*value, limit)};
}

Result<void> read_palette(const DataSet& data, bool is_signed, Values& values, Presentation& out) {
  for (std::uint32_t color = 0; color < 3; ++color) {
    const Tag descriptor = make_tag(0x00281101 + color);
    auto table = TRY(read_table(data, descriptor, make_tag(0x00281201 + color), values, is_signed));
    if (!table)
      table = TRY(read_table(data, descriptor, make_tag(0x00281221 + color), values, is_signed, true));
    if (table) out.palette[color] = std::move(*table);
  }
  const std::string shown = data.text(make_tag(0x00089205));  // Pixel Presentation
  out.supplemental_palette = shown == "COLOR" || shown == "MIXED";
  return {};
}

// Bits `first` to `first + count` of a value, moved to the start of a byte.
std::string bits_from(std::string bytes, unsigned shift) {
  if (shift == 0) return bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const unsigned low = static_cast<unsigned char>(bytes[i]);
    const unsigned high = i + 1 < bytes.size() ? static_cast<unsigned char>(bytes[i + 1]) : 0u;
    bytes[i] = static_cast<char>((low | high << 8) >> shift);
  }
  return bytes;
}

void swap_words(std::string& bytes) {
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) std::swap(bytes[i], bytes[i + 1]);
}

// PS3.3 C.9.2 and C.9.3: one plane for all frames, or one each from Image Frame Origin on.
Result<std::optional<Overlay>> read_overlay(const DataSet& data, std::uint16_t group, std::uint32_t frame,
                                            Values& values) {
  const auto tag = [group](std::uint16_t element) { return Tag{group, element}; };
  const auto rows = data.integer(tag(0x0010)), columns = data.integer(tag(0x0011));
  if (!rows || !columns || *rows <= 0 || *columns <= 0 || *rows > 65535 || *columns > 65535)
    return std::optional<Overlay>();
  Overlay overlay;
  overlay.rows = static_cast<std::uint32_t>(*rows), overlay.columns = static_cast<std::uint32_t>(*columns);
  const auto origin = data.numbers(tag(0x0050));
  if (origin.size() == 2 && std::abs(origin[0]) < 65536 && std::abs(origin[1]) < 65536)
    overlay.top = static_cast<std::int32_t>(origin[0]), overlay.left = static_cast<std::int32_t>(origin[1]);
  const Element* bits = data.find(tag(0x3000));
  if (!bits || bits->empty()) {
    overlay.pixel_bit =
        static_cast<int>(std::clamp<std::int64_t>(data.integer(tag(0x0102)).value_or(0), 0, 64));
    return std::optional(overlay);
  }
  const std::int64_t frames = data.integer(tag(0x0015)).value_or(0);
  const std::int64_t index = frames > 0 ? frame - (data.integer(tag(0x0051)).value_or(1) - 1) : 0;
  if (index < 0 || (frames > 0 && index >= frames)) return std::optional<Overlay>();
  const std::uint64_t count = std::uint64_t{overlay.rows} * overlay.columns;
  if (count > kMaxOverlayBits) return std::optional<Overlay>();
  const std::uint64_t first = static_cast<std::uint64_t>(index) * count;
  const std::uint64_t byte = first / 16 * 2;  // words, so that they can be swapped
  overlay.bits = TRY(values.read(*bits, byte, count / 8 + 6));
  if (bits->big_endian && bits->vr == VR::OW) swap_words(overlay.bits);
  overlay.bits.erase(0, std::min<std::size_t>((first / 8) % 2, overlay.bits.size()));
  overlay.bits = bits_from(std::move(overlay.bits), static_cast<unsigned>(first % 8));
  overlay.bits.resize(std::min<std::size_t>(overlay.bits.size(), (count + 7) / 8));
  return std::optional(overlay);
}

// PS3.3 C.7.6.3.1.7: the ratio, else the distances between pixels.
double pixel_aspect(const DataSet& data, std::uint32_t frame) {
  std::vector<double> sides = data.numbers(kAspectRatio);
  if (sides.size() != 2) sides = place_with(data, 0x00289110, frame, kPixelSpacing).numbers(kPixelSpacing);
  if (sides.size() != 2) sides = data.numbers(kImagerSpacing);
  if (sides.size() != 2 || !(sides[0] > 0) || !(sides[1] > 0)) return 1;
  const double aspect = sides[0] / sides[1];
  return aspect > 0.01 && aspect < 100 ? aspect : 1;
}

// Of the image, or of its optical path (PS3.3 C.8.12.5).
Result<std::string> read_profile(const DataSet& data, Values& values) {
  const Element* profile = data.find(kIccProfile);
  if (const DataSet* path = item_of(data, 0x00480105, 0); !profile && path) profile = path->find(kIccProfile);
  if (!profile || profile->length > kMaxProfile) return std::string();
  return values.read(*profile, 0, kMaxProfile);
}

}  // namespace

Result<Presentation> presentation_of(const File& file, const ByteSource& source, std::uint32_t frame) {
  const DataSet& data = file.data;
  Values values(file, source);
  const bool is_signed = data.integer(tags::kPixelRepresentation).value_or(0) == 1;
  Presentation out;
  TRY_VOID(read_modality(data, frame, is_signed, values, out));
  TRY_VOID(read_voi(data, frame, is_signed, values, out));
  out.inverse = data.text(make_tag(0x20500020)) == "INVERSE";
  read_padding(data, is_signed, out);
  if (data.has(make_tag(0x00281101))) TRY_VOID(read_palette(data, is_signed, values, out));
  for (std::uint16_t group = 0x6000; group < 0x6020; group += 2) {
    if (!data.has({group, 0x0010})) continue;
    if (auto overlay = TRY(read_overlay(data, group, frame, values)))
      out.overlays.push_back(std::move(*overlay));
  }
  out.pixel_aspect = pixel_aspect(data, frame);
  out.icc_profile = TRY(read_profile(data, values));
  return out;
}

std::uint32_t representative_frame(const DataSet& data, std::uint32_t frames) {
  const std::int64_t stated = data.integer(make_tag(0x00286010)).value_or(0);
  if (stated >= 1 && stated <= frames) return static_cast<std::uint32_t>(stated - 1);
  return frames / 2;
}

// PS3.3 C.7.6.5.1.2: the vector says how long after the one before it each frame comes; the first is 0. The
// last frame is shown as long as the one before it.
double frame_duration_ms(const DataSet& data, std::uint32_t frame) {
  const auto vector = data.numbers(make_tag(0x00181065));
  const std::size_t next = std::min<std::size_t>(frame + 1ull, vector.empty() ? 0 : vector.size() - 1);
  if (frame < vector.size() && vector[next] > 0) return vector[next];
  if (const auto time = data.number(make_tag(0x00181063)); time && *time > 0) return *time;
  for (const std::uint32_t rate : {0x00180040u, 0x00082144u})
    if (const auto per_second = data.number(make_tag(rate)); per_second && *per_second > 0)
      return 1000 / *per_second;
  return 100;
}

}  // namespace mappers::dicom

#include "mappers/dicom/json.h"

#include <array>
#include <cstring>
#include <optional>

#include "gateway/base/json_text.h"
#include "gateway/model/ports.h"
#include "mappers/dicom/json_values.h"

namespace mappers::dicom {
namespace {

using gateway::ErrorCode;
using gateway::fail;
using gateway::Result;

// File meta information and command elements are no part of a data set (PS3.18 F.2.1), nor are group lengths.
bool is_left_out(Tag tag) { return tag.element == 0 || tag.group == 0x0002 || tag.group == 0x0000; }

// One segment of a URL path (RFC 3986 section 3.3); identifiers that are no UIDs may hold anything.
void append_segment(std::string& out, std::string_view text) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  constexpr std::size_t kLongest =
      64;  // of a UID; longer ones are never stored, but repeated in every URL here
  for (const char c : text.substr(0, kLongest)) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       c == '.' || c == '-' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += kDigits[static_cast<std::uint8_t>(c) >> 4];
      out += kDigits[static_cast<std::uint8_t>(c) & 15];
    }
  }
}

// Writes data sets member by member. The path of open items is kept as text, for BulkDataURI.
class JsonWriter {
 public:
  JsonWriter(std::string& out, std::string_view bulk_root, const JsonOptions& options)
      : out_(out), end_(out.size() + options.max_bytes), bulk_root_(bulk_root), options_(options) {}

  // Recursion is as deep as the reader let the sequences be.
  void data_set(const DataSet& data) {
    out_ += '{';
    bool first = true;
    for (const Element& element : data.elements()) {
      if (is_left_out(element.tag)) continue;
      if (is_full(element.tag)) break;
      if (!first) out_ += ',';
      first = false;
      member(element, data.character_set());
    }
    out_ += '}';
  }

  void member(const Element& element, const CharacterSet& set) {
    open_member(element);
    if (!element.empty() || element.vr == VR::SQ) value(element, set);
    out_ += '}';
  }

  // After the writing: DicomLimit when it was given up half-way.
  Result<void> result() {
    if (out_.size() > end_ && !too_much_) too_much_ = Tag{};
    if (!too_much_) return {};
    return fail(ErrorCode::DicomLimit, "the DICOM JSON of the object is larger than allowed",
                hex(*too_much_));
  }

 private:
  // One value is bounded by the reader, so that looking between elements and items is enough.
  bool is_full(Tag tag) {
    if (out_.size() > end_ && !too_much_) too_much_ = tag;
    return too_much_.has_value();
  }

  void open_member(const Element& element) {
    char text[] = "\"00000000\":{\"vr\":\"XX\"";
    write_hex(text + 1, element.tag);
    std::memcpy(text + 18, traits(element.vr).name, 2);
    out_.append(text, sizeof text - 1);
  }

  void value(const Element& element, const CharacterSet& set) {
    const VrKind kind = traits(element.vr).kind;
    if (kind == VrKind::Items) return items(element);
    if (element.by_reference) return bulk(element.tag);
    if (element.tag == tags::kSpecificCharacterSet) {  // the text here is UTF-8
      if (!trim_padding(element.raw(), VR::CS).empty()) out_ += ",\"Value\":[\"ISO_IR 192\"]";
      return;
    }
    switch (kind) {
      case VrKind::Binary:
        return binary(element);
      case VrKind::Ascii:
      case VrKind::Text:
      case VrKind::Number:
        return texts(element, set);
      default:
        return units(element);
    }
  }

  void items(const Element& element) {
    if (element.items.empty()) return;
    out_ += ",\"Value\":[";
    const std::size_t length = path_.size();
    for (std::size_t i = 0; i < element.items.size(); ++i) {
      if (is_full(element.tag)) break;
      if (i) out_ += ',';
      path_ += '/';
      append_hex(path_, element.tag);
      path_ += '/' + std::to_string(i);
      data_set(element.items[i]);
      path_.resize(length);
    }
    out_ += ']';
  }

  void bulk(Tag tag) {
    out_ += ",\"BulkDataURI\":\"";
    out_ += bulk_root_;
    out_ += path_;
    out_ += '/';
    append_hex(out_, tag);
    out_ += '"';
  }

  void binary(const Element& element) {
    if (element.length > options_.inline_limit || is_pixel_data(element.tag)) return bulk(element.tag);
    out_ += ",\"InlineBinary\":\"";
    append_base64(out_, element);
    out_ += '"';
  }

  void units(const Element& element) {
    const std::size_t count = element.bytes.size() / traits(element.vr).unit;
    if (count == 0) return;
    out_ += ",\"Value\":[";
    for (std::size_t i = 0; i < count; ++i) {
      if (i) out_ += ',';
      append_unit(out_, element, i);
    }
    out_ += ']';
  }

  // PS3.18 F.2.4: values split before they are decoded; an empty one among others is null (F.2.5).
  void texts(const Element& element, const CharacterSet& set) {
    std::string_view raw = trim_padding(element.raw(), element.vr);
    if (raw.empty()) return;
    out_ += ",\"Value\":[";
    const bool several = traits(element.vr).several;
    for (std::size_t from = 0;;) {
      const std::size_t end = several ? set.find_delimiter(raw, '\\', from) : std::string_view::npos;
      const bool last = end == std::string_view::npos;
      one_text(trim_padding(raw.substr(from, last ? end : end - from), element.vr), element.vr, set);
      if (last) break;
      out_ += ',';
      from = end + 1;
    }
    out_ += ']';
  }

  void one_text(std::string_view raw, VR vr, const CharacterSet& set) {
    if (raw.empty()) {
      out_ += "null";
    } else if (vr == VR::PN) {
      person_name(raw, set);
    } else if (traits(vr).kind == VrKind::Number) {
      append_number_text(out_, raw);
    } else {
      const bool one_value = !traits(vr).several;
      string(raw, set, one_value ? Delimiters::None : Delimiters::Backslash);
    }
  }

  void string(std::string_view raw, const CharacterSet& set, Delimiters delimiters) {
    if (is_plain_ascii(raw)) return gateway::append_json_string(out_, raw);
    text_.clear();
    set.decode(text_, raw, delimiters);
    gateway::append_json_string(out_, text_);
  }

  // PS3.18 F.2.2: an object of the component groups that are not empty.
  void person_name(std::string_view raw, const CharacterSet& set) {
    static constexpr std::array<std::string_view, 3> kGroups = {
        "\"Alphabetic\":", "\"Ideographic\":", "\"Phonetic\":"};
    const std::size_t start = out_.size();
    std::size_t from = 0;
    for (const std::string_view name : kGroups) {
      const std::size_t end = set.find_delimiter(raw, '=', from);
      const bool last = end == std::string_view::npos;
      const std::string_view group = trim_padding(raw.substr(from, last ? end : end - from), VR::PN);
      if (!group.empty()) {
        out_ += out_.size() == start ? '{' : ',';
        out_ += name;
        string(group, set, Delimiters::PersonName);
      }
      if (last) break;
      from = end + 1;
    }
    out_ += out_.size() == start ? "null" : "}";
  }

  std::string& out_;
  const std::uint64_t end_;  // size of `out_` that is enough
  std::optional<Tag> too_much_;
  const std::string_view bulk_root_;
  const JsonOptions options_;
  std::string path_;  // "/tag/item" of every open item
  std::string text_;
};

}  // namespace

void append_study_path(std::string& out, const DataSet& data) {
  out += gateway::model::slot::kServiceRoot;
  out += "/studies/";
  append_segment(out, data.text(tags::kStudyInstanceUid));
}

void append_series_path(std::string& out, const DataSet& data) {
  append_study_path(out, data);
  out += "/series/";
  append_segment(out, data.text(tags::kSeriesInstanceUid));
}

void append_instance_path(std::string& out, const DataSet& data) {
  append_series_path(out, data);
  out += "/instances/";
  append_segment(out, data.text(tags::kSopInstanceUid));
}

Result<void> append_dicom_json(std::string& out, const DataSet& data, std::string_view bulk_root,
                               const JsonOptions& options) {
  JsonWriter writer(out, bulk_root, options);
  writer.data_set(data);
  return writer.result();
}

Result<void> append_dicom_json(std::string& out, const File& file, const JsonOptions& options) {
  std::string bulk_root;
  bulk_root.reserve(256);
  append_instance_path(bulk_root, file.data);
  bulk_root += "/bulkdata";
  return append_dicom_json(out, file.data, bulk_root, options);
}

Result<void> append_json_member(std::string& out, const Element& element, const CharacterSet& set,
                                const JsonOptions& options) {
  JsonWriter writer(out, {}, options);
  writer.member(element, set);
  return writer.result();
}

}  // namespace mappers::dicom

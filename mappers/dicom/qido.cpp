#include "mappers/dicom/qido.h"

#include <algorithm>
#include <span>

#include "gateway/model/ports.h"
#include "mappers/dicom/json.h"

namespace mappers::dicom {
namespace {

using gateway::Result;
namespace slot = gateway::model::slot;

constexpr std::uint64_t kMaxTemplate = 1 << 20;  // an honest one has about 1 KiB

enum class Source : std::uint8_t {
  Required,  // of the data set; empty when absent
  Optional,  // of the data set; left out when absent or empty; the others are made up
  Availability,
  StudyUrl,
  SeriesUrl,
  InstanceUrl,
  Modalities,
  SeriesCount,
  InstanceCount,
};

struct Row {
  Tag tag;
  VR vr;
  Source source;
};

constexpr Row row(std::uint32_t tag, VR vr, Source source) { return {make_tag(tag), vr, source}; }

// PS3.18 Table 10.6.3-3, and what study lists of viewers ask for.
constexpr Row kStudy[] = {
    row(0x00080005, VR::CS, Source::Optional),      row(0x00080020, VR::DA, Source::Required),
    row(0x00080030, VR::TM, Source::Required),      row(0x00080050, VR::SH, Source::Required),
    row(0x00080056, VR::CS, Source::Availability),  row(0x00080061, VR::CS, Source::Modalities),
    row(0x00080090, VR::PN, Source::Required),      row(0x00080201, VR::SH, Source::Optional),
    row(0x00081030, VR::LO, Source::Optional),      row(0x00081190, VR::UR, Source::StudyUrl),
    row(0x00100010, VR::PN, Source::Required),      row(0x00100020, VR::LO, Source::Required),
    row(0x00100021, VR::LO, Source::Optional),      row(0x00100030, VR::DA, Source::Required),
    row(0x00100040, VR::CS, Source::Required),      row(0x0020000D, VR::UI, Source::Required),
    row(0x00200010, VR::SH, Source::Required),      row(0x00201206, VR::IS, Source::SeriesCount),
    row(0x00201208, VR::IS, Source::InstanceCount),
};

// PS3.18 Table 10.6.3-4, and what series lists of viewers ask for.
constexpr Row kSeries[] = {
    row(0x00080005, VR::CS, Source::Optional),      row(0x00080021, VR::DA, Source::Optional),
    row(0x00080031, VR::TM, Source::Optional),      row(0x00080056, VR::CS, Source::Availability),
    row(0x00080060, VR::CS, Source::Required),      row(0x00080201, VR::SH, Source::Optional),
    row(0x0008103E, VR::LO, Source::Optional),      row(0x00081190, VR::UR, Source::SeriesUrl),
    row(0x00180015, VR::CS, Source::Optional),      row(0x0020000D, VR::UI, Source::Required),
    row(0x0020000E, VR::UI, Source::Required),      row(0x00200011, VR::IS, Source::Required),
    row(0x00201209, VR::IS, Source::InstanceCount), row(0x00400244, VR::DA, Source::Optional),
    row(0x00400245, VR::TM, Source::Optional),      row(0x00400275, VR::SQ, Source::Optional),
};

// PS3.18 Table 10.6.3-5.
constexpr Row kInstance[] = {
    row(0x00080005, VR::CS, Source::Optional), row(0x00080016, VR::UI, Source::Required),
    row(0x00080018, VR::UI, Source::Required), row(0x00080056, VR::CS, Source::Availability),
    row(0x00080201, VR::SH, Source::Optional), row(0x00081190, VR::UR, Source::InstanceUrl),
    row(0x0020000D, VR::UI, Source::Required), row(0x0020000E, VR::UI, Source::Required),
    row(0x00200013, VR::IS, Source::Required), row(0x00280008, VR::IS, Source::Optional),
    row(0x00280010, VR::US, Source::Optional), row(0x00280011, VR::US, Source::Optional),
    row(0x00280100, VR::US, Source::Optional),
};

// One result object. Rows and elements ascend, so one walk over both is enough.
class Renderer {
 public:
  explicit Renderer(const DataSet& data) : data_(data) {}

  Result<std::string> render(std::span<const Row> rows) {
    out_.clear();
    out_.reserve(1024);
    out_ += '{';
    const auto& elements = data_.elements();
    auto element = elements.begin();
    for (const Row& row : rows) {
      while (element != elements.end() && element->tag < row.tag) ++element;
      const bool present = element != elements.end() && element->tag == row.tag;
      TRY(add(row, present ? &*element : nullptr));
    }
    out_ += '}';
    return out_;
  }

 private:
  Result<void> add(const Row& row, const Element* element) {
    if (row.source == Source::Optional && (!element || element->empty())) return {};
    separate();
    if (row.source > Source::Optional) {
      made_up(row);
    } else if (element && !element->by_reference) {
      return append_json_member(out_, *element, data_.character_set(), room());
    } else {
      member(row, {}, {});
    }
    return {};
  }

  // What is no attribute of the instance.
  void made_up(const Row& row) {
    switch (row.source) {
      case Source::StudyUrl:
        return url(row, append_study_path);
      case Source::SeriesUrl:
        return url(row, append_series_path);
      case Source::InstanceUrl:
        return url(row, append_instance_path);
      case Source::Modalities:
        return member(row, {}, slot::kModalities);
      case Source::SeriesCount:
        return member(row, {}, slot::kNumberOfSeries);
      case Source::InstanceCount:
        return member(row, {}, slot::kNumberOfInstances);
      default:
        return member(row, "\"ONLINE\"", {});
    }
  }

  JsonOptions room() const {
    JsonOptions options;
    options.max_bytes = kMaxTemplate - std::min<std::uint64_t>(out_.size(), kMaxTemplate);
    return options;
  }

  void separate() {
    if (out_.back() != '{') out_ += ',';
  }

  void open(const Row& row) {
    out_ += '"';
    append_hex(out_, row.tag);
    out_ += "\":{\"vr\":\"";
    out_ += name(row.vr);
    out_ += '"';
  }

  void member(const Row& row, std::string_view value, char value_slot) {
    open(row);
    if (!value.empty() || value_slot) {
      out_ += ",\"Value\":[";
      out_ += value;
      if (value_slot) out_ += value_slot;
      out_ += ']';
    }
    out_ += '}';
  }

  void url(const Row& row, void (*append_path)(std::string&, const DataSet&)) {
    open(row);
    out_ += ",\"Value\":[\"";
    append_path(out_, data_);
    out_ += "\"]}";
  }

  const DataSet& data_;
  std::string out_;
};

}  // namespace

Result<QidoTemplates> render_qido(const File& file) {
  Renderer renderer(file.data);
  QidoTemplates templates;
  templates.study = TRY(renderer.render(kStudy));
  templates.series = TRY(renderer.render(kSeries));
  templates.instance = TRY(renderer.render(kInstance));
  return templates;
}

}  // namespace mappers::dicom

#include "gateway/dicomweb/annotate.h"

#include <algorithm>

#include "gateway/pixel/draw_text.h"
#include "mappers/dicom/tag.h"

namespace gateway::dicomweb {
namespace {

using mappers::dicom::DataSet;
using mappers::dicom::make_tag;

// What is known of these attributes, one behind the other.
std::string joined(const DataSet& data,
                   std::initializer_list<std::pair<const char*, std::uint32_t>> attributes) {
  std::string line;
  for (const auto& [label, tag] : attributes) {
    const std::string value = data.text(make_tag(tag));
    if (value.empty()) continue;
    line += (line.empty() ? "" : "  ") + std::string(label) + value;
  }
  return line;
}

void add(std::vector<std::string>& lines, std::string line) {
  if (!line.empty()) lines.push_back(std::move(line));
}

std::vector<std::string> patient_lines(const DataSet& data) {
  std::vector<std::string> lines;
  if (const auto name = data.person_name(mappers::dicom::tags::kPatientName)) {
    std::string text = name->alphabetic;
    std::replace(text.begin(), text.end(), '^', ' ');
    add(lines, text);
  }
  add(lines, joined(data, {{"ID ", 0x00100020}}));
  add(lines, joined(data, {{"born ", 0x00100030}, {"", 0x00100040}, {"", 0x00101010}}));
  return lines;
}

std::vector<std::string> technique_lines(const DataSet& data, std::uint32_t frame, std::uint32_t frames) {
  std::vector<std::string> lines;
  add(lines, joined(data, {{"", 0x00080060}, {"", 0x00080020}, {"", 0x00081030}}));
  std::string numbers = joined(data, {{"series ", 0x00200011}, {"image ", 0x00200013}});
  if (frames > 1)
    numbers +=
        (numbers.empty() ? "frame " : "  frame ") + std::to_string(frame + 1) + "/" + std::to_string(frames);
  add(lines, numbers);
  add(lines, joined(data, {{"location ", 0x00201041}, {"thickness ", 0x00180050}, {"kV ", 0x00180060}}));
  return lines;
}

}  // namespace

void annotate(const RenderRequest& request, const DataSet& data, std::uint32_t frame, std::uint32_t frames,
              pixel::Image& image) {
  if (request.patient) draw_lines(image, patient_lines(data), pixel::Corner::TopLeft);
  if (request.technique) draw_lines(image, technique_lines(data, frame, frames), pixel::Corner::BottomLeft);
}

}  // namespace gateway::dicomweb

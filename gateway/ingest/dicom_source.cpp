#include "gateway/ingest/dicom_source.h"

#include "mappers/dicom/transfer_syntax.h"

namespace gateway::ingest {

using mappers::dicom::DataSet;
using mappers::dicom::Element;
using mappers::dicom::make_tag;

namespace {

using mappers::dicom::effective_transfer_syntax;

constexpr std::uint32_t kTransferSyntax = 0x00020010;

}  // namespace

const DataSet& DicomSource::data(Level level, Tag tag) const {
  const bool meta = (tag >> 16) == 0x0002 && level == &file_.data;
  return meta ? file_.meta : *static_cast<const DataSet*>(level);
}

bool DicomSource::has(Level level, Tag tag) const {
  if (tag == kTransferSyntax) return true;
  const Element* element = data(level, tag).find(make_tag(tag));
  return element && !element->empty();
}

// Elements are in the order of their tags, too: one walk over both.
void DicomSource::look_up(std::span<const Tag> tags, std::span<bool> present) const {
  auto element = file_.data.elements().begin();
  const auto end = file_.data.elements().end();
  for (std::size_t i = 0; i < tags.size(); ++i) {
    if ((tags[i] >> 16) == 0x0002) {
      present[i] = has(root(), tags[i]);
      continue;
    }
    while (element != end && element->tag.value() < tags[i]) ++element;
    present[i] = element != end && element->tag.value() == tags[i] && !element->empty();
  }
}

std::string DicomSource::text(Level level, Tag tag) const {
  return tag == kTransferSyntax ? effective_transfer_syntax(file_) : data(level, tag).text(make_tag(tag));
}

std::vector<std::string> DicomSource::texts(Level level, Tag tag) const {
  if (tag == kTransferSyntax) return {effective_transfer_syntax(file_)};
  return data(level, tag).texts(make_tag(tag));
}

std::optional<std::int64_t> DicomSource::integer(Level level, Tag tag) const {
  return data(level, tag).integer(make_tag(tag));
}

model::PersonName DicomSource::person_name(Level level, Tag tag) const {
  auto name = data(level, tag).person_name(make_tag(tag));
  if (!name) return {};
  return {std::move(name->alphabetic), std::move(name->ideographic), std::move(name->phonetic)};
}

std::size_t DicomSource::item_count(Level level, Tag tag) const {
  const Element* element = data(level, tag).find(make_tag(tag));
  return element ? element->items.size() : 0;
}

DicomSource::Level DicomSource::item(Level level, Tag tag, std::size_t index) const {
  return &data(level, tag).find(make_tag(tag))->items[index];
}

}  // namespace gateway::ingest

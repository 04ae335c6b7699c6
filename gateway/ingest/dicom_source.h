// DicomSource: a DICOM file as what mapping rules read from (mappers/engine/source.h).
//
// Group 0002 is read from the file meta information, everything else from the data set; the transfer syntax
// is that of the bytes as they were found, whatever the file declares (mappers/dicom/transfer_syntax.h). The
// file must outlive the source. Thread-safe.
#pragma once

#include "mappers/dicom/reader.h"
#include "mappers/engine/source.h"

namespace gateway::ingest {

class DicomSource final : public mappers::engine::Source {
 public:
  explicit DicomSource(const mappers::dicom::File& file) : file_(file) {}
  Level root() const override { return &file_.data; }
  bool has(Level level, Tag tag) const override;
  void look_up(std::span<const Tag> tags, std::span<bool> present) const override;
  std::string text(Level level, Tag tag) const override;
  std::vector<std::string> texts(Level level, Tag tag) const override;
  std::optional<std::int64_t> integer(Level level, Tag tag) const override;
  model::PersonName person_name(Level level, Tag tag) const override;
  std::size_t item_count(Level level, Tag tag) const override;
  Level item(Level level, Tag tag, std::size_t index) const override;

 private:
  const mappers::dicom::DataSet& data(Level level, Tag tag) const;

  const mappers::dicom::File& file_;
};

}  // namespace gateway::ingest

// The DICOMDIR of a file-set (PS3.3 annex F, PS3.10 section 8): a directory of its patients, studies, series
// and instances, written from canonical records.
//
// Instances are added grouped: all of a series, then the next one. Text is UTF-8 and each record says so. One
// object per file-set, used by one thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/model/records.h"
#include "mappers/dicom/writer.h"

namespace mappers::dicom {

class DicomDirectory {
 public:
  // `file_id`: components of at most 8 characters A-Z, 0-9 and '_'. `transfer_syntax` is that of the file.
  void add(const gateway::model::ImagingObject& object, const std::vector<std::string>& file_id,
           std::string_view transfer_syntax);
  // The file. `file_set_uid` names it; equal ones make equal files. Errors: of the writer.
  gateway::Result<std::string> finish(std::string_view file_set_uid) const;

 private:
  struct Record {
    Draft keys;
    std::size_t parent = 0;  // of itself: a root record
    std::size_t level = 0;   // 0 patient, 1 study, 2 series, 3 instance
    std::string uid;         // what makes it one with an earlier record
  };
  std::size_t place(std::size_t level, std::size_t parent, const std::string& uid, Draft keys);

  std::vector<Record> records_;  // depth first
  std::size_t last_[4] = {};     // the current record of each level
};

// The directory record type of an instance (PS3.3 table F.4-1 and F.5).
std::string_view directory_record_type(std::string_view sop_class_uid);

}  // namespace mappers::dicom

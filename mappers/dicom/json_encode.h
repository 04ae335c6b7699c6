// The way back from the DICOM JSON model (PS3.18 annex F) to the bytes of a data set (PS3.5 section 7).
//
// Text is UTF-8, so (0008,0005) says ISO_IR 192 where it is there or any text is not plain ASCII. Numbers may
// be strings and the other way round (F.2.3); digits are kept as they were given. Wrong types, values out of
// range and values that the VR cannot hold are errors that name the tag path. Group lengths and groups 0000
// and 0002 are left out. Sequences have undefined lengths. Bulk data are never copied into memory.
// Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/bytes.h"
#include "gateway/base/result.h"
#include "gateway/base/value.h"
#include "mappers/dicom/reader.h"
#include "mappers/dicom/text_encoder.h"
#include "mappers/dicom/writer.h"

namespace mappers::dicom {

// What a BulkDataURI stands for.
struct BulkValue {
  // The value, in little endian order. When `encapsulated`: one part a fragment, of compressed pixel data.
  std::vector<std::shared_ptr<const gateway::ByteSource>> parts;
  bool encapsulated = false;
};
// `path` is that of the element, "00081140/0/00420011". No value: the element is written without one. An
// error ends the encoding.
using BulkResolver =
    std::function<gateway::Result<std::optional<BulkValue>>(std::string_view uri, std::string_view path)>;

// One or more data sets: an array of objects, or one object (PS3.18 F.2). Errors: InvalidBody, BodyTooLarge.
gateway::Result<std::vector<gateway::Value>> parse_dicom_json(std::string_view text);

// The data set without file meta information: identifiers of DIMSE, work items. Bulk data are written
// without value. Text that needs a character set is in that of `encoder` where all of it fits, else in UTF-8.
// Error: InvalidBody; `where` is the tag path.
gateway::Result<std::string> encode_data_set(const gateway::Value& json,
                                             Encoding encoding = Encoding::ExplicitLittle,
                                             const TextEncoder* encoder = nullptr);

// A Part 10 object, Explicit VR Little Endian.
struct EncodedObject {
  std::shared_ptr<const gateway::ByteSource> bytes;
  bool encapsulated = false;  // some bulk value was
};
// `transfer_syntax`: what the file meta information is to say. Errors: InvalidBody, DicomMissingAttribute
// (SOP class or instance), those of the resolver.
gateway::Result<EncodedObject> encode_object(const gateway::Value& json, std::string_view transfer_syntax,
                                             const BulkResolver& resolve);

// Metadata that another server gave, read as if its file had been (bulk data without value): for mapping and
// indexing. `file` views `bytes`. Errors: as encode_object and read_file.
struct MetadataFile {
  std::unique_ptr<const std::string> bytes;
  File file;
};
gateway::Result<MetadataFile> file_of_metadata(const gateway::Value& json, std::string_view transfer_syntax);

}  // namespace mappers::dicom

// OpenObject: a stored object, opened and its header read; and its ranges as pieces of an answer.
//
// A deflated data set is inflated to a spool file first, so that everything else sees plain bytes: offsets of
// file() count in stream(). One object per request; the pieces it gives live on their own.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gateway/dicomweb/blob_source.h"
#include "gateway/http/message.h"
#include "gateway/model/ports.h"
#include "mappers/dicom/explicit.h"
#include "mappers/dicom/reader.h"

namespace gateway::dicomweb {

class OpenObject {
 public:
  // Errors: of BlobStore::open and mappers::dicom::read_file; Overloaded without room to inflate.
  static Result<OpenObject> open(const model::BlobRef& content, const model::BlobStore& blobs,
                                 const std::string& spool_folder);

  mappers::dicom::File& file() { return file_; }
  const mappers::dicom::File& file() const { return file_; }
  const ByteSource& stream() const { return *source_; }
  const std::shared_ptr<const BlobSource>& shared_stream() const { return source_; }
  // Explicit VR little endian, or a compressed syntax.
  const std::string& syntax() const { return syntax_; }

  // A range of stream(), little endian. Large ranges that have to be swapped become lazy pieces.
  void append_range(std::vector<http::Piece>& out, const mappers::dicom::SourceRange& range) const;
  void append_pieces(std::vector<http::Piece>& out, std::vector<mappers::dicom::Piece> pieces) const;

 private:
  OpenObject(model::BlobView view, std::shared_ptr<const BlobSource> source, mappers::dicom::File file);
  Result<void> inflate(const std::string& spool_folder);

  model::BlobView view_;
  std::shared_ptr<const BlobSource> source_;
  mappers::dicom::File file_;
  std::string syntax_;
};

}  // namespace gateway::dicomweb

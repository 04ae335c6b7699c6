#include "gateway/dicomweb/open_object.h"

#include <algorithm>

#include "gateway/dicomweb/spool_file.h"
#include "mappers/dicom/inflate.h"
#include "mappers/dicom/transfer_syntax.h"

namespace gateway::dicomweb {
namespace {

using mappers::dicom::SourceRange;

constexpr std::uint64_t kBlock = 1 << 20;  // a multiple of every unit that is swapped

Result<std::vector<http::Piece>> swapped(const model::BlobView& view, const SourceRange& range) {
  std::string bytes(range.length, '\0');
  const FileSource file(view.file, view.offset + view.length);
  const std::size_t got =
      TRY(file.read_at(view.offset + range.offset, std::as_writable_bytes(std::span(bytes))));
  if (got != bytes.size()) return fail(ErrorCode::DicomTruncated, "a value ends early");
  for (auto at = bytes.begin(); bytes.end() - at >= range.swap_unit; at += range.swap_unit)
    std::reverse(at, at + range.swap_unit);
  std::vector<http::Piece> pieces;
  pieces.emplace_back(std::move(bytes));
  return pieces;
}

}  // namespace

OpenObject::OpenObject(model::BlobView view, std::shared_ptr<const BlobSource> source,
                       mappers::dicom::File file)
    : view_(std::move(view)), source_(std::move(source)), file_(std::move(file)) {}

Result<OpenObject> OpenObject::open(const model::BlobRef& content, const model::BlobStore& blobs,
                                    const std::string& spool_folder) {
  model::BlobView view = TRY(blobs.open(content));
  auto source = std::make_shared<const BlobSource>(view);
  auto file = TRY(mappers::dicom::read_file(*source));
  OpenObject object(std::move(view), std::move(source), std::move(file));
  if (object.file_.deflated) TRY_VOID(object.inflate(spool_folder));
  object.syntax_ = mappers::dicom::web_transfer_syntax(object.file_);
  return object;
}

Result<void> OpenObject::inflate(const std::string& spool_folder) {
  const auto inflated = TRY(mappers::dicom::InflatedSource::open(
      *source_, file_.data_offset, mappers::dicom::ReadLimits{}.max_inflated_bytes));
  const auto spool = TRY(SpoolFile::make(spool_folder));
  std::string block(kBlock, '\0');
  while (spool->size() < inflated->size()) {
    const std::size_t got = TRY(inflated->read_at(spool->size(), std::as_writable_bytes(std::span(block))));
    if (got == 0) return fail(ErrorCode::DicomTruncated, "the deflated data are cut off");
    TRY_VOID(spool->append(std::string_view(block).substr(0, got)));
  }
  view_ = {spool->file(), 0, spool->size()};
  source_ = std::make_shared<const BlobSource>(view_);
  file_.deflated = false;
  file_.transfer_syntax = mappers::dicom::transfer_syntax::kExplicitLittle;
  file_.data_offset = 0;
  return {};
}

void OpenObject::append_range(std::vector<http::Piece>& out, const SourceRange& range) const {
  if (range.swap_unit <= 1) {
    out.emplace_back(http::FileRange{view_.file, view_.offset + range.offset, range.length});
    return;
  }
  for (std::uint64_t at = 0; at < range.length; at += kBlock) {
    const SourceRange part{range.offset + at, std::min(kBlock, range.length - at), range.swap_unit};
    out.emplace_back(http::LazyPiece{part.length, [view = view_, part] { return swapped(view, part); }});
  }
}

void OpenObject::append_pieces(std::vector<http::Piece>& out,
                               std::vector<mappers::dicom::Piece> pieces) const {
  for (auto& piece : pieces) {
    if (auto* text = std::get_if<std::string>(&piece))
      out.emplace_back(std::move(*text));
    else
      append_range(out, std::get<SourceRange>(piece));
  }
}

}  // namespace gateway::dicomweb

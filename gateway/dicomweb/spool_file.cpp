#include "gateway/dicomweb/spool_file.h"

#include "gateway/base/nameless_file.h"

namespace gateway::dicomweb {
namespace {

Error no_room(const Error& error) {
  return fail(ErrorCode::Overloaded, "there is no room for an answer of this size", {}, error.detail);
}

}  // namespace

Result<std::shared_ptr<SpoolFile>> SpoolFile::make(const std::string& folder) {
  auto file = make_nameless_file(folder);
  if (!file) return no_room(file.error());
  return std::shared_ptr<SpoolFile>(new SpoolFile(std::move(*file)));
}

Result<void> SpoolFile::append(std::string_view bytes) {
  if (auto written = write_at(*file_, size_, as_bytes(bytes)); !written) return no_room(written.error());
  size_ += bytes.size();
  return {};
}

}  // namespace gateway::dicomweb

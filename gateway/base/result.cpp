#include "gateway/base/result.h"

#include <array>

namespace gateway {
namespace {

constexpr std::array kFaces = {
#define ERROR_ROW(code, http, fhir, dicom, ebms, retry, title) \
  ErrorFace{ErrorCode::code, #code, http, fhir, dicom, ebms, retry, title},
#include "gateway/base/error_table.def"
#undef ERROR_ROW
};

}  // namespace

const ErrorFace& face_of(ErrorCode code) { return kFaces[static_cast<std::size_t>(code)]; }

std::size_t error_code_count() { return kFaces.size(); }

std::string Error::text() const {
  std::string text = message.empty() ? std::string(face().title) : message;
  if (!where.empty()) text += " (" + where + ")";
  return text;
}

}  // namespace gateway

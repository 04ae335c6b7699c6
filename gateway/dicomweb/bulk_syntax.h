// The transfer syntax of a bulk data part of STOW-RS: by its media type, its transfer-syntax parameter, what
// the metadata say, and the marks of the code stream itself (PS3.18 section 8.7.3.3). Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "gateway/base/bytes.h"
#include "gateway/base/result.h"
#include "gateway/codec/media_type.h"

namespace gateway::dicomweb {

// The UID; Explicit VR Little Endian for uncompressed bytes. `hint` is the syntax that the metadata name, or
// empty. Error: UnsupportedMediaType for types that are no bulk data and for syntaxes that the web has not.
Result<std::string> bulk_syntax(const codec::MediaType& type, std::string_view hint,
                                const ByteSource& content);

}  // namespace gateway::dicomweb

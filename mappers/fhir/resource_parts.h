// Parts that several resources share: meta, identifiers, codings, absent values. Private to this folder.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mappers/fhir/json_writer.h"

namespace mappers::fhir {

// meta.versionId and meta.lastUpdated; nothing for records that no index keeps (updated_us 0).
void add_meta(JsonObject& resource, std::string_view version, std::int64_t updated_us);

// {"system","code","display"}; empty parts are left out. `code` is made a FHIR code.
void append_coding(std::string& out, std::string_view system, std::string_view code,
                   std::string_view display = {});

// An element that R4 requires and the source does not know: only the extension data-absent-reason.
void append_absent(std::string& out, std::string_view reason = "unknown");

// {"display": text} with "type": a reference that only says a name.
void append_display_reference(std::string& out, std::string_view type, std::string_view display);

}  // namespace mappers::fhir

// Parts that several resources share: meta, identifiers, codings, concepts, absent values. For the renderers
// of this folder.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "mappers/fhir/json_writer.h"
#include "mappers/fhir/render.h"

namespace mappers::fhir {

// meta.versionId and meta.lastUpdated, unless no index keeps the record (updated_us 0); and the profile that
// the resource claims, "url|version".
void add_meta(JsonObject& resource, std::string_view version, std::int64_t updated_us,
              std::string_view profile = {});

// {"system","code","display"}; empty parts are left out. `code` is made a FHIR code.
void append_coding(std::string& out, std::string_view system, std::string_view code,
                   std::string_view display = {});
// {"coding":[{...}]}
void append_coded(std::string& out, std::string_view system, std::string_view code,
                  std::string_view display = {});

// An element that R4 requires and the source does not know: only the extension data-absent-reason.
void append_absent(std::string& out, std::string_view reason = "unknown");

// {"display": text} with "type": a reference that only says a name.
void append_display_reference(std::string& out, std::string_view type, std::string_view display);

// What a code of DICOM is in FHIR: the system of its scheme, SNOMED-RT identifiers as SNOMED CT where the
// table has them. `schemes` are Series::coding_schemes. Without a code only the display is there.
struct Coding {
  std::string system, code, display;
};
Coding coding_of(const gateway::model::Code& code, const RenderOptions& options,
                 std::span<const gateway::model::Code> schemes = {});

// A coded concept as CodeableConcept; the text is the meaning, else the code. False when there is nothing.
bool append_concept(std::string& out, const gateway::model::Code& code, const RenderOptions& options,
                    std::span<const gateway::model::Code> schemes = {});
// A member that lists concepts, left out when none says anything.
void add_concepts(JsonObject& object, std::string_view member, std::span<const gateway::model::Code> codes,
                  const RenderOptions& options, std::span<const gateway::model::Code> schemes = {});

// Numbers that systems of a hospital give, with the codes of their types (HL7 v2 table 0203).
enum class NumberKind : std::uint8_t { Accession, Placer, Filler, Visit };
// An Identifier; the system is the issuer, else a local one of that kind. Accession has DCM 121022 as well.
void append_number(std::string& out, NumberKind kind, const gateway::model::Identifier& number,
                   const RenderOptions& options);

// A person by name and by the code that identifies him or her (PS3.3 section 10.1): a logical reference.
// False when there is neither.
bool append_person(std::string& out, const gateway::model::PersonName& name, const gateway::model::Code* id,
                   const RenderOptions& options);

// A number of DICOM (DS, IS) as JSON allows it; empty when it is none.
std::string decimal_of(std::string_view text);

}  // namespace mappers::fhir

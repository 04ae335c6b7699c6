// Data types of FHIR R4 read into parts of records. For read_imaging_study.cpp and its likes; pure functions.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/value.h"
#include "mappers/fhir/render.h"

namespace mappers::fhir {

// The items of a list member; of anything else none.
const gateway::Value::List& items_of(const gateway::Value& object, std::string_view member);

// Coding, and the first coding of a CodeableConcept, whose text is the meaning where there is no display. The
// scheme is the designator, else the system itself. Nothing without a code and a meaning.
std::optional<gateway::model::Code> read_code(const gateway::Value& coded, const RenderOptions& options);
std::vector<gateway::model::Code> read_codes(const gateway::Value& object, std::string_view member,
                                             const RenderOptions& options);
// Whether one of the codings of a CodeableConcept is this one.
bool has_coding(const gateway::Value& concept_value, std::string_view system, std::string_view code);

// "urn:oid:1.2.3" and "1.2.3" as "1.2.3".
std::string read_uid(std::string_view text);

// An Identifier; `nobody` as in issuer_system().
gateway::model::Identifier read_number(const gateway::Value& identifier, std::string_view nobody,
                                       const RenderOptions& options);

// dateTime as DA, TM and offset; parts that DICOM cannot say are empty.
struct ReadMoment {
  std::string date, time, offset;
};
ReadMoment read_moment(std::string_view date_time);

// The names of a list of HumanName: the first of each representation.
gateway::model::PersonName read_names(const gateway::Value::List& names);

// The extension with one of these URLs; nullptr: none.
template <class Urls>
const gateway::Value* find_extension(const gateway::Value& element, const Urls& urls) {
  for (const gateway::Value& extension : items_of(element, "extension"))
    for (const std::string_view url : urls)
      if (extension.text("url") == url) return &extension;
  return nullptr;
}

// Adds "<path><member>: no record has it" for each member that is none of `known`.
void note_losses(const gateway::Value& object, std::string_view path,
                 std::initializer_list<std::string_view> known, std::vector<std::string>& losses);

}  // namespace mappers::fhir

// Values of a DICOM JSON object that a source gave. Pure functions; whatever has another form counts as
// absent.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/value.h"
#include "gateway/model/source_port.h"

namespace gateway::sources {

// Tags as keys of the model.
namespace key {
inline constexpr std::string_view kStudyUid = "0020000D";
inline constexpr std::string_view kSeriesUid = "0020000E";
inline constexpr std::string_view kInstanceUid = "00080018";
inline constexpr std::string_view kTransferSyntaxes = "00083002";
inline constexpr std::string_view kModality = "00080060";
inline constexpr std::string_view kModalities = "00080061";
inline constexpr std::string_view kStudySeries = "00201206";
inline constexpr std::string_view kStudyInstances = "00201208";
inline constexpr std::string_view kSeriesInstances = "00201209";
inline constexpr std::string_view kPatientId = "00100020";
inline constexpr std::string_view kPatientIssuer = "00100021";
inline constexpr std::string_view kAccession = "00080050";
inline constexpr std::string_view kAccessionIssuer = "00080051";
}  // namespace key

std::vector<std::string> texts_of(const Value& object, std::string_view tag);
std::string text_of(const Value& object, std::string_view tag);  // the first one, or empty
// Counts are IS: a number, or text (PS3.18 F.2.3).
std::optional<std::uint64_t> count_of(const Value& object, std::string_view tag);
model::RemoteId id_of(const Value& object);
// Makes identifiers of an answer read as those of the index.
void apply_identity(const model::RemoteIdentity& identity, Value& object);

}  // namespace gateway::sources

#include "mappers/dcat/selection.h"

#include <algorithm>
#include <array>

#include "gateway/base/text.h"

namespace mappers::dcat {
namespace {

using gateway::ErrorCode;
using gateway::fail;
using gateway::model::Match;

enum class Form : std::uint8_t { Text, Date };
struct Row {
  std::string_view keyword;
  std::string_view field;
  Form form = Form::Text;
};

constexpr std::array kRows = {
    Row{"PatientID", "subject.patient_id"},
    Row{"IssuerOfPatientID", "subject.issuer"},
    Row{"PatientSex", "subject.sex"},
    Row{"PatientBirthDate", "subject.birth_date", Form::Date},
    Row{"StudyInstanceUID", "study.uid"},
    Row{"StudyDate", "study.date", Form::Date},
    Row{"AccessionNumber", "study.accession_number"},
    Row{"StudyID", "study.study_id"},
    Row{"StudyDescription", "study.description"},
    Row{"ClinicalTrialProtocolID", "study.trial_protocol_id"},
    Row{"ModalitiesInStudy", "study.modalities"},
    Row{"SeriesInstanceUID", "series.uid"},
    Row{"Modality", "series.modality"},
    Row{"SeriesDescription", "series.description"},
    Row{"SeriesDate", "series.date", Form::Date},
    Row{"BodyPartExamined", "series.body_part"},
    Row{"Laterality", "series.laterality"},
    Row{"Manufacturer", "series.manufacturer"},
    Row{"ManufacturerModelName", "series.model_name"},
    Row{"StationName", "series.station_name"},
    Row{"InstitutionName", "series.institution"},
    Row{"DeviceSerialNumber", "series.device_serial"},
    Row{"ProtocolName", "series.protocol_name"},
};

bool is_date(std::string_view text) {
  return text.size() == 8 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// PS3.4 C.2.2.2.5: range matching of dates; a single date is a range of one day.
gateway::Result<Match> date_match(const Row& row, std::string_view value) {
  Match match{
      .field = std::string(row.field), .kind = Match::Kind::Range, .values = {}, .low = {}, .high = {}};
  const auto dash = value.find('-');
  match.low = value.substr(0, dash);
  match.high = dash == std::string_view::npos ? value : value.substr(dash + 1);
  const bool ends = (match.low.empty() || is_date(match.low)) && (match.high.empty() || is_date(match.high));
  if (!ends || (match.low.empty() && match.high.empty()) ||
      (!match.low.empty() && !match.high.empty() && match.low > match.high))
    return fail(ErrorCode::InvalidParameter,
                "'" + std::string(value) + "' is no date YYYYMMDD and no range of dates");
  return match;
}

}  // namespace

gateway::Result<Match> parse_selection(std::string_view keyword, const std::vector<std::string>& values) {
  const auto row =
      std::find_if(kRows.begin(), kRows.end(), [&](const Row& r) { return r.keyword == keyword; });
  if (row == kRows.end())
    return fail(ErrorCode::InvalidParameter, "'" + std::string(keyword) + "' cannot be selected by");
  const auto blank = [](const std::string& value) { return gateway::trim(value).empty(); };
  if (values.empty() || std::any_of(values.begin(), values.end(), blank))
    return fail(ErrorCode::InvalidParameter, "a selection needs values");
  if (row->form == Form::Date) {
    if (values.size() == 1) return date_match(*row, values.front());
    return fail(ErrorCode::InvalidParameter, "a date is selected by one date or one range");
  }
  Match match{
      .field = std::string(row->field), .kind = Match::Kind::AnyOf, .values = values, .low = {}, .high = {}};
  const auto wild = [](const std::string& value) { return value.find_first_of("*?") != std::string::npos; };
  if (std::none_of(values.begin(), values.end(), wild)) return match;
  if (row->field == "study.modalities")  // the index knows whole modalities of a study only
    return fail(ErrorCode::InvalidParameter, "takes no wild cards: list the modalities");
  if (values.size() > 1)
    return fail(ErrorCode::InvalidParameter, "a value with wild cards must be the only one");
  match.kind = Match::Kind::Wildcard;
  return match;
}

std::vector<std::string_view> selection_keywords() {
  std::vector<std::string_view> keywords;
  for (const Row& row : kRows) keywords.push_back(row.keyword);
  return keywords;
}

}  // namespace mappers::dcat

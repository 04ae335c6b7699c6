#include "mappers/fhir/read_imaging_study.h"

#include <algorithm>

#include "gateway/base/text.h"
#include "mappers/fhir/names.h"
#include "mappers/fhir/packs.h"
#include "mappers/fhir/read_parts.h"
#include "mappers/fhir/read_series.h"
#include "mappers/fhir/systems.h"

namespace mappers::fhir {
namespace {

using gateway::ErrorCode;
using gateway::Result;
using gateway::Value;
using gateway::model::Code;
using gateway::model::PersonName;
using gateway::model::Request;
using gateway::model::SeriesRow;
using gateway::model::Study;
using gateway::model::Subject;

// Whether an identifier has this code of HL7 v2 table 0203, or of DCM, as its type.
bool is_of_type(const Value& identifier, std::string_view system, std::string_view code) {
  const Value* type = identifier.find("type");
  return type && has_coding(*type, system, code);
}

bool is_study_uid(const Value& identifier) {
  return identifier.text("system") == kDicomUid || is_of_type(identifier, kDcm, "110180");
}

bool is_accession(const Value& identifier) {
  return is_of_type(identifier, kIdentifierType, "ACSN") || is_of_type(identifier, kDcm, "121022");
}

class StudyReader {
 public:
  StudyReader(const Value& resource, const RenderOptions& options, const Resolve& resolve)
      : resource_(resource), context_(resource, options, resolve), options_(options) {}

  Result<ReadStudy> read() {
    if (resource_.text("resourceType") != "ImagingStudy")
      return gateway::fail(ErrorCode::InvalidParameter, "not an ImagingStudy",
                           std::string(resource_.text("resourceType")));
    read_identifiers();
    if (study_.uid.empty())
      return gateway::fail(ErrorCode::InvalidParameter, "an ImagingStudy without a Study Instance UID",
                           "ImagingStudy.identifier");
    read_study();
    read_people();
    read_subject();
    TRY_VOID(read_all_series());
    read_order();
    read_endpoints();
    check_counts();
    note_losses(resource_, "",
                {"resourceType",
                 "id",
                 "meta",
                 "contained",
                 "extension",
                 "identifier",
                 "status",
                 "modality",
                 "subject",
                 "encounter",
                 "started",
                 "basedOn",
                 "referrer",
                 "interpreter",
                 "endpoint",
                 "numberOfSeries",
                 "numberOfInstances",
                 "procedureReference",
                 "procedureCode",
                 "location",
                 "reasonCode",
                 "description",
                 "series"},
                result_.losses);
    return std::move(result_);
  }

 private:
  void lose(std::string_view what, std::string_view why) {
    result_.losses.push_back(std::string(what) + ": " + std::string(why));
  }

  std::vector<Code> codes_of(const Value& object, std::string_view member) {
    for (const Value& item : items_of(object, member)) note_codings(item, member);
    return read_codes(object, member, options_);
  }

  void note_codings(const Value& coded, std::string_view member) {
    if (items_of(coded, "coding").size() > 1)
      lose(member, "a code of DICOM has one coding: the first is kept");
  }

  // The accession number may be here as well: the core mapping of R4 says so.
  void read_identifiers() {
    for (const Value& identifier : items_of(resource_, "identifier")) {
      const std::string_view value = identifier.text("value");
      const Value* type = identifier.find("type");
      if (is_study_uid(identifier)) {
        if (study_.uid.empty()) study_.uid = read_uid(value);
      } else if (is_accession(identifier)) {
        take_accession(identifier);
      } else if (!value.empty() && study_.study_id.empty() && type && type->text("text") == "Study ID") {
        study_.study_id = value;
      } else {
        lose("identifier", "\"" + std::string(value) + "\" is none that a study has");
      }
    }
  }

  void take_accession(const Value& identifier) {
    if (!study_.accession_number.empty()) return;
    const auto number = read_number(identifier, "accession-number", options_);
    study_.accession_number = number.value;
    study_.accession_issuer = number.issuer;
  }

  void read_study() {
    const std::string_view started = resource_.text("started");
    const ReadMoment moment = read_moment(started);
    study_.date = moment.date;
    study_.time = moment.time;
    study_.timezone_offset = moment.offset;
    if (!started.empty() && moment.date.empty()) lose("started", "DICOM has no dates without a day");
    study_.description = resource_.text("description");
    if (const auto status = resource_.text("status"); !status.empty() && status != "available")
      lose("status", "\"" + std::string(status) + "\" is none that DICOM objects have");
    study_.procedures = codes_of(resource_, "procedureCode");
    for (const Code& code : codes_of(resource_, "reasonCode")) {
      if (code.value.empty() && study_.reason.empty())
        study_.reason = code.meaning;
      else
        study_.reasons.push_back(code);
    }
    if (const Value* encounter = resource_.find("encounter")) {
      const Value* identifier = encounter->find("identifier");
      const auto number =
          identifier ? read_number(*identifier, "admission-id", options_) : gateway::model::Identifier{};
      study_.admission_id = number.value;
      study_.admission_issuer = number.issuer;
      if (number.value.empty()) lose("encounter", "a reference without an identifier");
    }
    if (const Value* location = resource_.find("location"))
      study_.performed_location = context_.name_of(*location);
    for (const Value& modality : items_of(resource_, "modality"))
      if (const auto code = read_code(modality, options_)) result_.row.modalities.push_back(code->value);
  }

  void read_people() {
    if (const Value* referrer = resource_.find("referrer"))
      context_.read_person(*referrer, study_.referring_physician, study_.referring_physician_ids);
    for (const Value& interpreter : items_of(resource_, "interpreter")) {
      PersonName name;
      context_.read_person(interpreter, name, study_.interpreter_ids);
      if (!name.empty()) study_.interpreters.push_back(std::move(name));
    }
  }

  void read_subject() {
    const Value* reference = resource_.find("subject");
    const Value* patient = reference ? context_.target(*reference) : nullptr;
    if (patient && patient->text("resourceType") == "Patient") {
      result_.row.subject.subject = read_patient(*patient, options_, result_.losses);
    } else if (const Value* identifier = reference ? reference->find("identifier") : nullptr) {
      Subject& subject = result_.row.subject.subject;
      const auto id = read_number(*identifier, "patient-id", options_);
      subject.patient_id = id.value;
      subject.issuer = id.issuer;
    } else {
      lose("subject", "the patient is not at hand");
    }
  }

  Result<void> read_all_series() {
    std::size_t index = 0;
    for (const Value& item : items_of(resource_, "series")) {
      const std::string path = "series[" + std::to_string(index++) + "].";
      SeriesRow series = TRY(read_series(item, path, study_.timezone_offset, context_, result_.losses));
      result_.row.instance_count += series.instance_count;
      add_modality(series.series.modality);
      result_.row.series.push_back(std::move(series));
    }
    result_.row.series_count = result_.row.series.size();
    std::ranges::sort(result_.row.modalities);
    return {};
  }

  void add_modality(const std::string& modality) {
    auto& all = result_.row.modalities;
    if (!modality.empty() && std::ranges::find(all, modality) == all.end()) all.push_back(modality);
  }

  // basedOn, and procedureReference of the performed procedure step. Orders and steps are attributes of
  // series in DICOM: the first one gets them.
  void read_order() {
    auto& series = result_.row.series;
    bool first = true;
    for (const Value& order : items_of(resource_, "basedOn")) {
      const Value* identifier = order.find("identifier");
      if (identifier && is_accession(*identifier)) take_accession(*identifier);
      const Value* request = context_.target(order);
      const bool known = request && request->text("resourceType") == "ServiceRequest";
      if (known && !series.empty()) series.front().series.requests.push_back(read_request(*request));
      if (known && series.empty()) lose("basedOn", "an order is told by series, and there are none");
      if (!known && (!identifier || !first)) lose("basedOn", "an order that is not at hand");
      first = false;
    }
    if (const Value* procedure = resource_.find("procedureReference")) {
      const Value* identifier = procedure->find("identifier");
      const std::string uid = identifier ? read_uid(identifier->text("value")) : std::string();
      if (is_oid(uid) && !series.empty())
        series.front().series.performed_step = uid;
      else
        lose("procedureReference", "not a performed procedure step");
    }
  }

  Request read_request(const Value& resource) {
    Request request;
    for (const Value& identifier : items_of(resource, "identifier")) {
      const Value* type = identifier.find("type");
      if (is_accession(identifier)) {
        request.accession = read_number(identifier, "accession-number", options_);
        take_accession(identifier);
      } else if (is_of_type(identifier, kIdentifierType, "PLAC")) {
        request.placer = read_number(identifier, "placer-order-number", options_);
      } else if (is_of_type(identifier, kIdentifierType, "FILL")) {
        request.filler = read_number(identifier, "filler-order-number", options_);
      } else if (type && type->text("text") == "Requested Procedure ID") {
        request.procedure_id = identifier.text("value");
      }
    }
    if (const Value* code = resource.find("code")) {
      const auto read = read_code(*code, options_);
      if (read && read->value.empty()) request.description = read->meaning;
      if (read && !read->value.empty()) {
        const std::string_view text = code->text("text");
        if (text != read->meaning && text != read->value) request.description = text;
        request.codes.push_back(*read);
      }
      note_codings(*code, "code");
    }
    for (Code& code : codes_of(resource, "orderDetail")) request.codes.push_back(std::move(code));
    for (Code& code : codes_of(resource, "reasonCode")) {
      if (code.value.empty() && request.reason.empty())
        request.reason = code.meaning;
      else
        request.reasons.push_back(std::move(code));
    }
    return request;
  }

  std::string address_of(const Value& element) {
    for (const Value& reference : items_of(element, "endpoint")) {
      const Value* endpoint = context_.target(reference);
      const std::string address = endpoint ? wado_address(*endpoint) : std::string();
      if (!address.empty()) return address;
    }
    return {};
  }

  // Of the study, else of the first series that has one.
  void read_endpoints() {
    result_.retrieve_address = address_of(resource_);
    for (const Value& series : items_of(resource_, "series")) {
      std::string address = address_of(series);
      if (result_.retrieve_address.empty()) result_.retrieve_address = address;
      if (address == result_.retrieve_address) address.clear();
      result_.series_addresses.push_back(std::move(address));
    }
  }

  void check_counts() {
    const auto check = [&](std::string_view member, std::uint64_t listed) {
      const Value* count = resource_.find(member);
      const std::int64_t* said = count ? count->as_int() : nullptr;
      if (said && *said != static_cast<std::int64_t>(listed))
        lose(member, "says " + std::to_string(*said) + ", listed are " + std::to_string(listed));
    };
    check("numberOfSeries", result_.row.series_count);
    check("numberOfInstances", result_.row.instance_count);
  }

  const Value& resource_;
  ReadContext context_;
  const RenderOptions& options_;
  ReadStudy result_;
  Study& study_ = result_.row.study;
};

std::string_view sex_of(std::string_view gender) {
  if (gender == "male") return "M";
  if (gender == "female") return "F";
  return gender == "other" ? "O" : "";
}

PersonName names_of(const Value& patient, std::vector<std::string>& losses) {
  const auto& names = items_of(patient, "name");
  PersonName name = read_names(names);
  std::size_t kept = 0;
  for (const std::string* group : {&name.alphabetic, &name.ideographic, &name.phonetic})
    kept += group->empty() ? 0 : 1;
  if (kept > 0 && names.size() > kept)
    losses.push_back("Patient.name: only the first of each representation is kept");
  return name;
}

// Address: its text, else its parts as one writes them.
std::string address_text(const Value& address) {
  std::string text(address.text("text"));
  if (!text.empty()) return text;
  const auto add = [&text](std::string_view part) {
    if (!part.empty()) text += (text.empty() ? "" : ", ") + std::string(part);
  };
  for (const Value& line : items_of(address, "line"))
    if (const std::string* words = line.as_string()) add(*words);
  for (const char* part : {"postalCode", "city", "district", "state", "country"}) add(address.text(part));
  return text;
}

}  // namespace

Result<ReadStudy> read_imaging_study(const Value& resource, const RenderOptions& options,
                                     const Resolve& resolve) {
  return StudyReader(resource, options, resolve).read();
}

std::vector<gateway::model::ImagingObject> ReadStudy::objects() const {
  std::vector<gateway::model::ImagingObject> objects;
  for (const SeriesRow& series : row.series)
    for (const auto& instance : series.instances)
      objects.push_back({row.subject.subject, row.study, series.series, instance});
  return objects;
}

Subject read_patient(const Value& resource, const RenderOptions& options, std::vector<std::string>& losses) {
  Subject subject;
  for (const Value& identifier : items_of(resource, "identifier")) {
    auto id = read_number(identifier, "patient-id", options);
    if (id.value.empty()) continue;
    const Value* type = identifier.find("type");
    id.type = type ? type->text("text") : "";
    if (!subject.patient_id.empty()) {
      subject.other_ids.push_back(std::move(id));
      continue;
    }
    subject.patient_id = id.value;
    subject.issuer = id.issuer;
  }
  subject.name = names_of(resource, losses);
  subject.birth_date = read_moment(resource.text("birthDate")).date;
  if (!resource.text("birthDate").empty() && subject.birth_date.empty())
    losses.push_back("Patient.birthDate: DICOM has no dates without a day");
  subject.sex = sex_of(resource.text("gender"));
  for (const Value& contact : items_of(resource, "telecom")) {
    if (contact.text("system") == "phone" && !contact.text("value").empty())
      subject.telephones += (subject.telephones.empty() ? "" : "\\") + std::string(contact.text("value"));
    else
      losses.push_back("Patient.telecom: only telephone numbers are kept");
  }
  if (const auto& addresses = items_of(resource, "address"); !addresses.empty()) {
    subject.address = address_text(addresses.front());
    if (addresses.size() > 1) losses.push_back("Patient.address: only the first is kept");
  }
  note_losses(resource, "Patient.",
              {"resourceType", "id", "meta", "identifier", "name", "birthDate", "_birthDate", "gender",
               "telecom", "address"},
              losses);
  return subject;
}

std::string wado_address(const Value& endpoint) {
  if (endpoint.text("resourceType") != "Endpoint") return {};
  const Value* type = endpoint.find("connectionType");
  std::string_view code = type ? type->text("code") : "";
  if (const auto& types = items_of(endpoint, "connectionType"); !types.empty())  // R5: a list of concepts
    code = items_of(types[0], "coding").empty() ? "" : items_of(types[0], "coding")[0].text("code");
  std::string_view address = endpoint.text("address");
  if (code != "dicom-wado-rs" || address == "http://notspecified") return {};
  address = address.substr(0, address.find("/studies"));
  while (address.ends_with('/')) address.remove_suffix(1);
  return std::string(address);
}

}  // namespace mappers::fhir

// DICOM to FHIR, one test for each row of the mapping: what a data set says, and what the resource says then.
#include "mappers/fhir/service_request.h"
#include "tests/mappers/fhir/dicom_rows.h"

namespace mappers::fhir {
namespace {

using testing::at;
using testing::code;
using testing::Draft;
using testing::image;
using testing::options;
using testing::patient_of;
using testing::study_of;
using testing::Value;
namespace model = gateway::model;

constexpr const char* kDcmSystem = "http://dicom.nema.org/resources/ontology/DCM";

// Person Identification Macro (PS3.3 section 10.1)
Draft person(std::string_view id) {
  Draft item;
  item.set_items("PersonIdentificationCodeSequence", {code(id, "99STAFF", "Staff")});
  return item;
}

Draft issuer(std::string_view id, std::string_view type) {
  Draft item;
  return item.set("UniversalEntityID", id).set("UniversalEntityIDType", type);
}

// The contained resource that a reference names.
Value contained(const Value& study, const std::string& reference) {
  for (const Value& resource : *study.find("contained")->as_list())
    if ("#" + std::string(resource.text("id")) == reference) return resource;
  ADD_FAILURE() << "no contained " << reference;
  return {};
}

TEST(DicomToFhir, StudyUidIsTheIdentifier) {
  const Value study = study_of(image());
  EXPECT_EQ(at(study, "identifier.0.system"), "urn:dicom:uid");
  EXPECT_EQ(at(study, "identifier.0.value"), "urn:oid:1.2.3");
  EXPECT_EQ(at(study, "identifier.0.type.coding.0"),
            R"({"system":"http://dicom.nema.org/resources/ontology/DCM","code":"110180",)"
            R"("display":"Study Instance UID"})");
  EXPECT_EQ(at(study, "meta.profile.0"),
            "http://hl7.eu/fhir/imaging/StructureDefinition/ImagingStudyEuImaging|1.0.0-ballot");
}

TEST(DicomToFhir, AccessionNumberIsTheOrderWithTwoCodings) {
  auto draft = image();
  draft.set("AccessionNumber", "A-1");
  draft.set_items("IssuerOfAccessionNumberSequence", {issuer("1.2.276.0.76", "ISO")});
  const Value study = study_of(draft);
  EXPECT_EQ(at(study, "identifier.1"), "");
  EXPECT_EQ(at(study, "basedOn.0.identifier.type.coding.0.code"), "ACSN");
  EXPECT_EQ(at(study, "basedOn.0.identifier.type.coding.0.system"),
            "http://terminology.hl7.org/CodeSystem/v2-0203");
  EXPECT_EQ(at(study, "basedOn.0.identifier.type.coding.1.code"), "121022");
  EXPECT_EQ(at(study, "basedOn.0.identifier.type.coding.1.system"), kDcmSystem);
  EXPECT_EQ(at(study, "basedOn.0.identifier.system"), "urn:oid:1.2.276.0.76");
  EXPECT_EQ(at(study, "basedOn.0.identifier.value"), "A-1");
  EXPECT_EQ(at(study, "basedOn.0.identifier.assigner"), "");
}

TEST(DicomToFhir, IssuersAreUrisByTheirType) {
  auto draft = image();
  draft.set("AccessionNumber", "A-1");
  const auto system = [&](std::string_view id, std::string_view type) {
    draft.set_items("IssuerOfAccessionNumberSequence", {issuer(id, type)});
    return at(study_of(draft), "basedOn.0.identifier.system");
  };
  EXPECT_EQ(system("https://ris.example/acc", "URI"), "https://ris.example/acc");
  EXPECT_EQ(system("f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "UUID"),
            "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6");
  EXPECT_EQ(system("ris.example", "DNS"), "urn:x-local:issuer:ris.example");
}

TEST(DicomToFhir, StudyIdIsAnIdentifierByText) {
  EXPECT_EQ(at(study_of(image().set("StudyID", "S-7")), "identifier.1"),
            R"({"type":{"text":"Study ID"},"value":"S-7"})");
}

TEST(DicomToFhir, StatusIsAvailableAndCancelledWhenOnlyARejectionIsLeft) {
  EXPECT_EQ(at(study_of(image()), "status"), "available");
  auto note = image();
  note.set("SOPClassUID", "1.2.840.10008.5.1.4.1.1.88.59").set("Modality", "KO");
  note.set_items("ConceptNameCodeSequence", {code("113001", "DCM", "Rejected for Quality Reasons")});
  EXPECT_EQ(at(study_of(note), "status"), "cancelled");
  EXPECT_EQ(at(study_of({image("1.2.3.1.2"), note}), "status"), "available");
  model::StudyRow none;
  none.study.uid = "1.2.3";
  none.subject.key = "k";
  EXPECT_EQ(at(testing::rendered(none), "status"), "registered");
  EXPECT_EQ(at(testing::rendered(none), "numberOfInstances"), "0");
  EXPECT_EQ(at(testing::rendered(none), "series"), "");
}

TEST(DicomToFhir, ModalitiesAreThoseOfTheSeries) {
  const Value study = study_of({image(), image("1.2.3.2.1", "1.2.3.2").set("Modality", "PT")});
  EXPECT_EQ(at(study, "modality.0"),
            std::string(R"({"system":")") + kDcmSystem + R"(","code":"CT","display":"Computed Tomography"})");
  EXPECT_EQ(at(study, "modality.1.code"), "PT");
  EXPECT_EQ(at(study, "modality.2"), "");
}

TEST(DicomToFhir, EncounterIsTheAdmissionWithItsIssuer) {
  auto draft = image();
  draft.set("AdmissionID", "V-1").set_items("IssuerOfAdmissionIDSequence", {issuer("1.2.40", "ISO")});
  const Value study = study_of(draft);
  EXPECT_EQ(at(study, "encounter.type"), "Encounter");
  EXPECT_EQ(at(study, "encounter.identifier.type.coding.0.code"), "VN");
  EXPECT_EQ(at(study, "encounter.identifier.system"), "urn:oid:1.2.40");
  EXPECT_EQ(at(study, "encounter.identifier.value"), "V-1");
}

TEST(DicomToFhir, StartedHasTheOffsetOfTheObject) {
  auto draft = image();
  const auto started = [&](const char* time, const char* offset) {
    draft.set("StudyDate", "20240701").set("StudyTime", time).set("TimezoneOffsetFromUTC", offset);
    return at(study_of(draft), "started");
  };
  EXPECT_EQ(started("093000.5", "+0530"), "2024-07-01T09:30:00.5+05:30");
  EXPECT_EQ(started("0930", "-0330"), "2024-07-01T09:30:00-03:30");
  EXPECT_EQ(started("", "+0100"), "2024-07-01");
  EXPECT_EQ(started("093000", ""), "2024-07-01");
}

TEST(DicomToFhir, StartedHasTheConfiguredZoneWithDaylightSaving) {
  auto zoned = options();
  const auto zone = TimeZone::load("Europe/Vienna");
  if (!zone.ok()) GTEST_SKIP() << zone.error().text();
  zoned.zone = std::make_shared<TimeZone>(*zone);
  auto draft = image();
  const auto started = [&](const char* date, const char* time) {
    return at(study_of(draft.set("StudyDate", date).set("StudyTime", time), zoned), "started");
  };
  EXPECT_EQ(started("20240701", "093000"), "2024-07-01T09:30:00+02:00");
  EXPECT_EQ(started("20240101", "093000"), "2024-01-01T09:30:00+01:00");
  EXPECT_EQ(started("20240331", "015959"), "2024-03-31T01:59:59+01:00");
  EXPECT_EQ(started("20240331", "030000"), "2024-03-31T03:00:00+02:00");
  draft.set("TimezoneOffsetFromUTC", "-0500");
  EXPECT_EQ(started("20240701", "093000"), "2024-07-01T09:30:00-05:00");
}

TEST(DicomToFhir, ReferrerAndInterpretersAreNamedAndIdentified) {
  auto draft = image();
  draft.set("ReferringPhysicianName", "Curie^Marie^^Dr.");
  draft.set_items("ReferringPhysicianIdentificationSequence", {person("D-1")});
  draft.set("NameOfPhysiciansReadingStudy", "Reader^One\\Reader^Two");
  draft.set_items("PhysiciansReadingStudyIdentificationSequence", {person("D-2"), person("D-3")});
  const Value study = study_of(draft);
  EXPECT_EQ(at(study, "referrer"),
            R"({"type":"Practitioner","identifier":{"system":"urn:x-local:coding-scheme:99STAFF",)"
            R"("value":"D-1"},"display":"Dr. Marie Curie"})");
  EXPECT_EQ(at(study, "interpreter.0.display"), "One Reader");
  EXPECT_EQ(at(study, "interpreter.0.identifier.value"), "D-2");
  EXPECT_EQ(at(study, "interpreter.1.display"), "Two Reader");
  EXPECT_EQ(at(study, "interpreter.1.identifier.value"), "D-3");
}

TEST(DicomToFhir, EndpointIsOfTheStudyAndOfEverySeries) {
  const Value study = study_of(image());
  EXPECT_EQ(at(study, "endpoint.0.reference"), "Endpoint/dicom-wado-rs");
  EXPECT_EQ(at(study, "series.0.endpoint.0.reference"), "Endpoint/dicom-wado-rs");
}

TEST(DicomToFhir, SeriesAndInstancesAreCounted) {
  const Value study = study_of({image(), image("1.2.3.1.2"), image("1.2.3.2.1", "1.2.3.2")});
  EXPECT_EQ(at(study, "numberOfSeries"), "2");
  EXPECT_EQ(at(study, "numberOfInstances"), "3");
  EXPECT_EQ(at(study, "series.0.numberOfInstances"), "2");
  EXPECT_EQ(at(study, "series.1.numberOfInstances"), "1");
}

TEST(DicomToFhir, EveryProcedureCodeIsThereWithItsSystem) {
  auto draft = image();
  draft.set_items("ProcedureCodeSequence", {code("24627-2", "LN", "CT Chest"), code("P5-0808E", "SRT"),
                                            code("X1", "99LOCAL", "House code"), code("X2", "99UNKNOWN")});
  Draft scheme;
  scheme.set("CodingSchemeDesignator", "99LOCAL").set("CodingSchemeUID", "1.2.276.0.99");
  draft.set_items("CodingSchemeIdentificationSequence", {scheme});
  const Value study = study_of(draft);
  EXPECT_EQ(at(study, "procedureCode.0"),
            R"({"coding":[{"system":"http://loinc.org","code":"24627-2","display":"CT Chest"}],)"
            R"("text":"CT Chest"})");
  EXPECT_EQ(at(study, "procedureCode.2.coding.0.system"), "urn:oid:1.2.276.0.99");
  EXPECT_EQ(at(study, "procedureCode.3.coding.0.system"), "urn:x-local:coding-scheme:99UNKNOWN");
  EXPECT_EQ(at(study, "procedureCode.3.text"), "X2");
  EXPECT_EQ(at(study, "procedureCode.4"), "");
}

TEST(DicomToFhir, ProcedureReferenceIsThePerformedStep) {
  auto draft = image();
  Draft step;
  step.set("ReferencedSOPClassUID", "1.2.840.10008.3.1.2.3.3").set("ReferencedSOPInstanceUID", "1.2.3.9");
  draft.set_items("ReferencedPerformedProcedureStepSequence", {step});
  EXPECT_EQ(at(study_of(draft), "procedureReference"),
            R"({"type":"Procedure","identifier":{"system":"urn:dicom:uid","value":"urn:oid:1.2.3.9"}})");
}

TEST(DicomToFhir, ReasonsAreCodesAndTextEachOnce) {
  auto draft = image();
  Draft request;
  request.set("ReasonForTheRequestedProcedure", "Cough");
  request.set_items("ReasonForRequestedProcedureCodeSequence", {code("49727002", "SCT", "Cough")});
  draft.set_items("RequestAttributesSequence", {request});
  draft.set("ReasonForTheRequestedProcedure", "Follow-up");
  const Value study = study_of(draft);
  EXPECT_EQ(at(study, "reasonCode.0.coding.0.code"), "49727002");
  EXPECT_EQ(at(study, "reasonCode.1"), R"({"text":"Follow-up"})");
  EXPECT_EQ(at(study, "reasonCode.2"), "");
  EXPECT_EQ(at(study, "reasonReference"), "");
}

TEST(DicomToFhir, LocationIsWhereItWasPerformedElseTheDepartment) {
  auto draft = image().set("InstitutionalDepartmentName", "Radiology");
  EXPECT_EQ(at(study_of(draft), "location"), R"({"type":"Location","display":"Radiology"})");
  draft.set("PerformedLocation", "Room 7");
  EXPECT_EQ(at(study_of(draft), "location.display"), "Room 7");
}

TEST(DicomToFhir, DescriptionIsTheDescriptionAndNoNote) {
  const Value study = study_of(image().set("StudyDescription", "CT of the chest"));
  EXPECT_EQ(at(study, "description"), "CT of the chest");
  EXPECT_EQ(at(study, "note"), "");
}

TEST(DicomToFhir, OrdersHaveTheirNumbersCodesAndReasons) {
  auto draft = image();
  Draft request;
  request.set("AccessionNumber", "A-1").set("PlacerOrderNumberImagingServiceRequest", "PL-1");
  request.set("FillerOrderNumberImagingServiceRequest", "FI-1").set("RequestedProcedureID", "RP-1");
  request.set_items("OrderPlacerIdentifierSequence", {issuer("1.2.41", "ISO")});
  request.set_items("OrderFillerIdentifierSequence", {issuer("1.2.42", "ISO")});
  request.set_items("RequestedProcedureCodeSequence", {code("24627-2", "LN", "CT Chest")});
  request.set("RequestedProcedureDescription", "Chest, for Dr Who");
  Draft other;
  other.set("AccessionNumber", "A-2");
  draft.set("AccessionNumber", "A-1").set_items("ReferencedRequestSequence", {request, other});
  const Value study = study_of(draft);
  EXPECT_EQ(at(study, "basedOn.0.identifier.value"), "A-1");
  EXPECT_EQ(at(study, "basedOn.1.identifier.value"), "A-2");
  EXPECT_EQ(at(study, "basedOn.2"), "");
  const Value order = contained(study, at(study, "basedOn.0.reference"));
  EXPECT_EQ(at(order, "resourceType"), "ServiceRequest");
  EXPECT_EQ(at(order, "identifier.0.value"), "A-1");
  EXPECT_EQ(at(order, "identifier.1.type.coding.0.code"), "PLAC");
  EXPECT_EQ(at(order, "identifier.1.system"), "urn:oid:1.2.41");
  EXPECT_EQ(at(order, "identifier.1.value"), "PL-1");
  EXPECT_EQ(at(order, "identifier.2.type.coding.0.code"), "FILL");
  EXPECT_EQ(at(order, "identifier.2.system"), "urn:oid:1.2.42");
  EXPECT_EQ(at(order, "identifier.3.value"), "RP-1");
  EXPECT_EQ(at(order, "code.coding.0.code"), "24627-2");
  EXPECT_EQ(at(order, "code.text"), "Chest, for Dr Who");
  EXPECT_EQ(at(order, "category.0.coding.0.code"), "363679005");
  EXPECT_EQ(at(order, "subject.reference"), at(study, "subject.reference"));
}

TEST(DicomToFhir, OrdersThatContradictEachOtherStaySeparate) {
  model::StudyRow row;
  model::Request first, second, more;
  first.placer.value = "PL-1";
  second.placer.value = "PL-2";
  more.placer.value = "PL-2";
  more.accession.value = "A-1";
  row.series.emplace_back().series.requests = {first, second, more};
  const auto orders = orders_of(row);
  ASSERT_EQ(orders.size(), 2u);
  EXPECT_EQ(orders[0], first);
  EXPECT_EQ(orders[1], more);
}

TEST(DicomToFhirSeries, HasUidNumberModalityAndDescription) {
  auto draft = image().set_number("SeriesNumber", 3).set("SeriesDescription", "Lung 1.0");
  const Value study = study_of(draft);
  EXPECT_EQ(at(study, "series.0.uid"), "1.2.3.1");
  EXPECT_EQ(at(study, "series.0.number"), "3");
  EXPECT_EQ(at(study, "series.0.modality.code"), "CT");
  EXPECT_EQ(at(study, "series.0.description"), "Lung 1.0");
  EXPECT_EQ(at(study_of(image()), "series.0.number"), "");
}

TEST(DicomToFhirSeries, StartedIsTheSeriesNotTheAcquisition) {
  auto draft = image().set("SeriesDate", "20240701").set("SeriesTime", "101500");
  draft.set("AcquisitionDate", "20240702").set("TimezoneOffsetFromUTC", "+0200");
  EXPECT_EQ(at(study_of(draft), "series.0.started"), "2024-07-01T10:15:00+02:00");
}

TEST(DicomToFhirSeries, BodySiteIsTheCodedRegionFirst) {
  auto draft = image().set("BodyPartExamined", "CHEST");
  EXPECT_EQ(at(study_of(draft), "series.0.bodySite.code"), "816094009");
  EXPECT_EQ(at(study_of(image().set("BodyPartExamined", "WHOLE BODY")), "series.0.bodySite.code"),
            "38266002");
  draft.set_items("AnatomicRegionSequence", {code("T-28000", "SRT", "Lung")});
  const Value study = study_of(draft);
  EXPECT_EQ(at(study, "series.0.bodySite"),
            R"({"system":"http://snomed.info/sct","code":"39607008","display":"Lung"})");
}

TEST(DicomToFhirSeries, LateralityIsOfTheSeriesTheRegionOrItsImages) {
  const auto side = [](const Draft& draft) { return at(study_of(draft), "series.0.laterality.code"); };
  EXPECT_EQ(side(image().set("Laterality", "L")), "7771000");
  Draft region = code("76752008", "SCT", "Breast");
  region.set_items("AnatomicRegionModifierSequence", {code("G-A100", "SRT", "Right")});
  EXPECT_EQ(side(image().set_items("AnatomicRegionSequence", {region})), "24028007");
  EXPECT_EQ(side(image().set("ImageLaterality", "L")), "7771000");
  const Value both =
      study_of({image().set("ImageLaterality", "L"), image("1.2.3.1.2").set("ImageLaterality", "R")});
  EXPECT_EQ(at(both, "series.0.laterality.code"), "51440002");
  EXPECT_EQ(side(image().set("Laterality", "U")), "");
}

TEST(DicomToFhirSeries, PerformersAreSlicedByFunction) {
  auto draft = image()
                   .set("PerformingPhysicianName", "Roentgen^Wilhelm\\Curie^Marie")
                   .set("OperatorsName", "Op^A\\Op^B");
  draft.set_items("PerformingPhysicianIdentificationSequence", {person("D-1")});
  draft.set("InstitutionName", "Clinic")
      .set("InstitutionAddress", "Main Street 1")
      .set("Manufacturer", "Maker");
  draft.set_items("InstitutionCodeSequence", {code("H1", "99LOCAL", "Clinic")});
  const Value study = study_of(draft);
  const auto function = [&](int i) {
    return at(study, "series.0.performer." + std::to_string(i) + ".function.coding.0.code");
  };
  EXPECT_EQ(function(0) + function(1) + function(2) + function(3) + function(4) + function(5) + function(6),
            "PRFSPRFSPRFSPRFDEVLOCCST");
  const Value role = contained(study, at(study, "series.0.performer.0.actor.reference"));
  EXPECT_EQ(at(role, "practitioner.display"), "Wilhelm Roentgen");
  EXPECT_EQ(at(role, "practitioner.identifier.value"), "D-1");
  EXPECT_EQ(at(study, "series.0.performer.1.actor.display"), "Marie Curie");
  EXPECT_EQ(at(study, "series.0.performer.3.actor.display"), "B Op");
  const Value place = contained(study, at(study, "series.0.performer.5.actor.reference"));
  EXPECT_EQ(at(place, "name"), "Clinic");
  EXPECT_EQ(at(place, "identifier.0.value"), "H1");
  EXPECT_EQ(at(place, "address.0.text"), "Main Street 1");
  EXPECT_EQ(at(study, "series.0.performer.6.actor.reference"),
            at(study, "series.0.performer.5.actor.reference"));
}

TEST(DicomToFhirSeries, AnOperatorAloneIsThePerformer) {
  const Value study = study_of(image().set("OperatorsName", "Op^A"));
  EXPECT_EQ(at(study, "series.0.performer.0.function.coding.0.code"), "PRF");
  EXPECT_EQ(at(study, "series.0.performer.0.actor.display"), "A Op");
}

TEST(DicomToFhirSeries, DeviceSaysWhatMadeTheImages) {
  auto draft =
      image().set("Manufacturer", "Maker").set("ManufacturerModelName", "M9").set("StationName", "CT2");
  draft.set("DeviceSerialNumber", "SN-1").set("SoftwareVersions", "5.1\\5.2").set("DeviceUID", "1.2.3.77");
  Draft udi;
  draft.set_items("UDISequence", {udi.set("UniqueDeviceIdentifier", "(01)00844588003288")});
  draft.set("GantryID", "G-2").set("DeviceID", "DEV-3").set("InstitutionName", "Clinic");
  const Value study = study_of(draft);
  const Value device = contained(study, at(study, "series.0.performer.0.actor.reference"));
  EXPECT_EQ(at(device, "extension.0.valueCodeableConcept.coding.0.code"), "314789007");
  EXPECT_EQ(at(device, "identifier.0"), R"({"system":"urn:dicom:uid","value":"urn:oid:1.2.3.77"})");
  EXPECT_EQ(at(device, "identifier.1.value"), "DEV-3");
  EXPECT_EQ(at(device, "identifier.2.value"), "G-2");
  EXPECT_EQ(at(device, "udiCarrier.0.carrierHRF"), "(01)00844588003288");
  EXPECT_EQ(at(device, "manufacturer"), "Maker");
  EXPECT_EQ(at(device, "serialNumber"), "SN-1");
  EXPECT_EQ(at(device, "deviceName.0"), R"({"name":"CT2","type":"user-friendly-name"})");
  EXPECT_EQ(at(device, "deviceName.1"), R"({"name":"M9","type":"model-name"})");
  EXPECT_EQ(at(device, "version.1.value"), "5.2");
  EXPECT_EQ(at(contained(study, at(device, "owner.reference")), "name"), "Clinic");
}

TEST(DicomToFhirSeries, OneDeviceOfManySeriesIsContainedOnce) {
  const Value study = study_of(
      {image().set("Manufacturer", "Maker"), image("1.2.3.2.1", "1.2.3.2").set("Manufacturer", "Maker")});
  EXPECT_EQ(study.find("contained")->as_list()->size(), 1u);
}

TEST(DicomToFhirSeries, SpecimensAreThoseOfTheImages) {
  Draft specimen, issued;
  specimen.set("SpecimenIdentifier", "SP-1").set("SpecimenShortDescription", "Liver");
  specimen.set_items("IssuerOfTheSpecimenIdentifierSequence", {issued.set("LocalNamespaceEntityID", "PATH")});
  Draft unnumbered;
  unnumbered.set("SpecimenUID", "1.2.3.55");
  const Value study =
      study_of({image().set_items("SpecimenDescriptionSequence", {specimen}),
                image("1.2.3.1.2").set_items("SpecimenDescriptionSequence", {specimen, unnumbered})});
  EXPECT_EQ(at(study, "series.0.specimen.0"),
            R"({"type":"Specimen","identifier":{"system":"urn:x-local:issuer:PATH","value":"SP-1"},)"
            R"("display":"Liver"})");
  EXPECT_EQ(at(study, "series.0.specimen.1.identifier"),
            R"({"system":"urn:dicom:uid","value":"urn:oid:1.2.3.55"})");
  EXPECT_EQ(at(study, "series.0.specimen.2"), "");
}

TEST(DicomToFhirSeries, AcquisitionParametersAreAnExtension) {
  auto draft = image().set("KVP", "120").set("ExposureTime", "500").set("XRayTubeCurrent", "200");
  const Value study = study_of(draft);
  EXPECT_TRUE(at(study, "series.0.extension.0.url").ends_with("mii-ex-bildgebung-modalitaet-ct"));
  EXPECT_EQ(at(study, "series.0.extension.0.extension.0"),
            R"({"url":"KVP","valueQuantity":{"value":120,"unit":"kilovolt",)"
            R"("system":"http://unitsofmeasure.org","code":"kV"}})");
  EXPECT_EQ(at(study_of(image().set("KVP", "")), "series.0.extension"), "");
}

TEST(DicomToFhirInstance, HasUidSopClassAndNumber) {
  const Value study = study_of(image().set_number("InstanceNumber", 17));
  EXPECT_EQ(at(study, "series.0.instance.0"),
            R"({"uid":"1.2.3.1.1","sopClass":{"system":"urn:ietf:rfc:3986",)"
            R"("code":"urn:oid:1.2.840.10008.5.1.4.1.1.2"},"number":17})");
}

TEST(DicomToFhirInstance, TitleIsThatOfTheDocumentElseTheImageType) {
  const auto title = [](const Draft& draft) { return at(study_of(draft), "series.0.instance.0.title"); };
  auto draft = image().set("ImageType", "ORIGINAL\\PRIMARY\\AXIAL");
  EXPECT_EQ(title(draft), "ORIGINAL\\PRIMARY\\AXIAL");
  EXPECT_EQ(title(draft.set("ContentLabel", "LABEL")), "LABEL");
  EXPECT_EQ(title(draft.set("DocumentTitle", "Report")), "Report");
  draft.set("SOPClassUID", "1.2.840.10008.5.1.4.1.1.88.11");
  EXPECT_EQ(title(draft.set_items("ConceptNameCodeSequence", {code("18748-4", "LN", "Imaging report")})),
            "Imaging report");
}

TEST(DicomToFhirInstance, DescriptionAndNumberOfFramesAreExtensionsOfThePack) {
  auto draft = image().set("ContentDescription", "Key images").set_number("NumberOfFrames", 12);
  const Value eu = study_of(draft);
  EXPECT_EQ(at(eu, "series.0.instance.0.extension.0"),
            R"({"url":"http://hl7.eu/fhir/imaging/StructureDefinition/)"
            R"(ImagingStudyEuImagingInstanceDescription","valueString":"Key images"})");
  EXPECT_EQ(at(eu, "series.0.instance.0.extension.1"),
            R"({"url":"http://hl7.eu/fhir/imaging/StructureDefinition/NumberOfFrames","valueInteger":12})");
  auto mado = options();
  mado.pack = Pack::Mado;
  EXPECT_EQ(at(study_of(draft, mado), "series.0.instance.0.extension.1.url"),
            "https://profiles.ihe.net/RAD/MADO/StructureDefinition/MadoNumberOfFrames");
}

TEST(DicomToFhirInstance, KeyObjectsHaveTheirTitleAsCode) {
  auto draft = image().set("SOPClassUID", "1.2.840.10008.5.1.4.1.1.88.59").set("Modality", "KO");
  draft.set_items("ConceptNameCodeSequence", {code("113000", "DCM", "Of Interest")});
  const Value study = study_of(draft);
  EXPECT_EQ(at(study, "series.0.instance.0.title"), "Of Interest");
  EXPECT_EQ(at(study, "series.0.instance.0.extension.0.url"),
            "https://profiles.ihe.net/RAD/MADO/StructureDefinition/MadoKeyObjectDocumentTitle");
  EXPECT_EQ(at(study, "series.0.instance.0.extension.0.valueCodeableConcept.coding.0.code"), "113000");
  draft.set_items("ConceptNameCodeSequence", {code("X", "99LOCAL", "Mine")});
  EXPECT_EQ(at(study_of(draft), "series.0.instance.0.extension"), "");
}

TEST(DicomToFhir, AnatomicalRegionsAreDerivedEachOnce) {
  const Value study = study_of({image().set("BodyPartExamined", "CHEST"),
                                image("1.2.3.2.1", "1.2.3.2").set("BodyPartExamined", "LUNG"),
                                image("1.2.3.3.1", "1.2.3.3").set("BodyPartExamined", "CHESTABDOMEN")});
  EXPECT_EQ(at(study, "extension.0.url"),
            "http://hl7.eu/fhir/imaging/StructureDefinition/AnatomicalRegionExtension");
  EXPECT_EQ(at(study, "extension.0.valueCodeableConcept.coding.0.code"), "67734004");
  EXPECT_EQ(at(study, "extension.1.valueCodeableConcept.coding.0.code"), "63337009");
  EXPECT_EQ(at(study, "extension.2"), "");
  EXPECT_EQ(at(study_of(image()), "extension"), "");
}

TEST(DicomToFhirPatient, HasEveryIdWithTheSystemOfItsIssuer) {
  auto draft = image().set("IssuerOfPatientID", "HOSPITAL");
  draft.set_items("IssuerOfPatientIDQualifiersSequence", {issuer("1.2.40.1", "ISO")});
  std::vector<Draft> others;
  for (const char* id : {"O1", "O2", "O3", "O4"}) {
    Draft other;
    others.push_back(
        other.set("PatientID", id).set("IssuerOfPatientID", "WARD").set("TypeOfPatientID", "TEXT"));
  }
  const Value patient = patient_of(draft.set_items("OtherPatientIDsSequence", others));
  EXPECT_EQ(at(patient, "identifier.0"), R"({"system":"urn:oid:1.2.40.1","value":"P1"})");
  EXPECT_EQ(at(patient, "identifier.4"), R"({"system":"urn:x-local:issuer:WARD","value":"O4"})");
  EXPECT_EQ(at(patient, "identifier.5"), "");
}

TEST(DicomToFhirPatient, NameHasThreeGroupsAndPhoneAndAddressFollow) {
  auto draft = image().set("PatientName", "Yamada^Tarou=山田^太郎=やまだ^たろう");
  draft.set("PatientTelephoneNumbers", "+43 1 1\\+43 1 2").set("PatientAddress", "Main Street 1");
  draft.set("PatientBirthDate", "19610203").set("PatientSex", "O");
  const Value patient = patient_of(draft);
  EXPECT_EQ(at(patient, "name.1.extension.0.valueCode"), "IDE");
  EXPECT_EQ(at(patient, "name.2.family"), "やまだ");
  EXPECT_EQ(at(patient, "telecom.1"), R"({"system":"phone","value":"+43 1 2"})");
  EXPECT_EQ(at(patient, "address.0.text"), "Main Street 1");
  EXPECT_EQ(at(patient, "gender"), "other");
  EXPECT_EQ(at(patient, "meta.profile.0"),
            "http://hl7.eu/fhir/base/StructureDefinition/patient-eu-core|2.0.0");
}

TEST(DicomToFhirPatient, WhoseIdentityWasRemovedIsMasked) {
  const Value patient = patient_of(image().set("PatientIdentityRemoved", "YES"));
  EXPECT_NE(at(patient, "name.0.extension").find("masked"), std::string::npos);
  EXPECT_NE(at(patient, "_birthDate.extension").find("masked"), std::string::npos);
}

TEST(DicomToFhir, MaskedOutputNamesNobody) {
  auto draft = image().set("PatientName", "Secret^Name").set("PatientBirthDate", "19610203");
  draft.set("PatientAddress", "Secret Street").set("PatientTelephoneNumbers", "Secret 1");
  draft.set("ReferringPhysicianName", "Secret^Referrer").set("OperatorsName", "Secret^Operator");
  draft.set("NameOfPhysiciansReadingStudy", "Secret^Reader").set("AccessionNumber", "Secret-2");
  draft.set("AdmissionID", "Secret-3").set("StudyID", "Secret-4").set("ImageComments", "Secret^Name");
  auto masked = options();
  masked.mask_identity = true;
  const auto row = testing::row_of(std::vector{draft});
  std::string json;
  append_imaging_study(json, row, masked);
  append_patient(json, row.subject, masked);
  EXPECT_EQ(json.find("Secret"), std::string::npos) << json;
  EXPECT_EQ(json.find("1961-"), std::string::npos);
  EXPECT_NE(json.find(R"("birthDate":"1961")"), std::string::npos);
}

}  // namespace
}  // namespace mappers::fhir

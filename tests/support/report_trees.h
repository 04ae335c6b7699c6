// Content trees of reports to start tests from: a measurement report, dose reports of X-ray and CT.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "mappers/dicom/content_tree.h"
#include "mappers/dicom/writer.h"

namespace tests {

namespace dicom = mappers::dicom;
using dicom::Code;
using dicom::ContentItem;
using dicom::Relationship;
using dicom::ValueType;

inline ContentItem below(ContentItem parent, std::vector<ContentItem> children) {
  for (ContentItem& child : children) parent.children.push_back(std::move(child));
  return parent;
}

inline Code dcm(std::string value, std::string meaning) {
  return {std::move(value), "DCM", std::move(meaning)};
}
inline Code sct(std::string value, std::string meaning) {
  return {std::move(value), "SCT", std::move(meaning)};
}
inline Code ucum(std::string value) { return {value, "UCUM", value}; }

inline ContentItem container(Code name, std::vector<ContentItem> children) {
  return below(dicom::make_container(Relationship::Contains, std::move(name)), std::move(children));
}
inline ContentItem text(Code name, std::string value, Relationship how = Relationship::Contains) {
  return dicom::make_text(how, ValueType::Text, std::move(name), std::move(value));
}
inline ContentItem uid(Code name, std::string value, Relationship how = Relationship::Contains) {
  return dicom::make_text(how, ValueType::UidRef, std::move(name), std::move(value));
}
inline ContentItem moment(Code name, std::string value) {
  return dicom::make_text(Relationship::Contains, ValueType::DateTime, std::move(name), std::move(value));
}
inline ContentItem code(Code name, Code value, Relationship how = Relationship::Contains) {
  return dicom::make_code(how, std::move(name), std::move(value));
}
inline ContentItem number(Code name, std::string digits, Code unit) {
  ContentItem item;
  item.type = ValueType::Num;
  item.relationship = Relationship::Contains;
  item.name = std::move(name);
  item.measured.push_back({std::move(digits), {}, std::move(unit), {}});
  return item;
}
inline ContentItem image(Code role, std::string sop_class, std::string sop_instance,
                         Relationship how = Relationship::Contains) {
  dicom::SopReference object;
  object.sop_class_uid = std::move(sop_class);
  object.sop_instance_uid = std::move(sop_instance);
  ContentItem item = dicom::make_reference(how, ValueType::Image, std::move(object));
  item.name = std::move(role);
  return item;
}
inline ContentItem region(std::string type, std::vector<double> points, ContentItem selected) {
  ContentItem item;
  item.type = ValueType::Scoord;
  item.relationship = Relationship::Contains;
  item.name = dcm("111030", "Image Region");
  item.coordinates.type = std::move(type);
  item.coordinates.data = std::move(points);
  item.children.push_back(std::move(selected));
  return item;
}

inline constexpr const char* kCtClass = "1.2.840.10008.5.1.4.1.1.2";
inline constexpr const char* kReportUid = "1.2.3.9.1";

// TID 1500 with one group: a nodule in the left lung, a diameter with all that can be said of one, a rating.
inline ContentItem measurement_report() {
  ContentItem site =
      below(code(sct("363698007", "Finding Site"), sct("39607008", "Lung"), Relationship::HasConceptMod),
            {code(sct("272741003", "Laterality"), sct("7771000", "Left"), Relationship::HasConceptMod)});
  ContentItem diameter = number(sct("81827009", "Diameter"), "12.50", ucum("mm"));
  diameter.observation_uid = "1.2.3.77";
  diameter.children = {
      code({"G-C036", "SRT", "Measurement Method"}, dcm("126081", "RECIST 1.1"), Relationship::HasConceptMod),
      code(dcm("121401", "Derivation"), sct("373098007", "Mean"), Relationship::HasConceptMod),
      code(dcm("121402", "Normality"), sct("263654008", "Abnormal"), Relationship::HasProperties),
      text(dcm("111001", "Algorithm Name"), "finder", Relationship::HasConceptMod),
      text(dcm("111003", "Algorithm Version"), "2.1", Relationship::HasConceptMod),
      text(dcm("111002", "Algorithm Parameters"), "level=3", Relationship::HasConceptMod)};
  ContentItem group = container(
      dcm("125007", "Measurement Group"),
      {text({"C67447", "NCIt", "Activity Session"}, "1", Relationship::HasObsContext),
       text(dcm("112039", "Tracking Identifier"), "Nodule 1", Relationship::HasObsContext),
       uid(dcm("112040", "Tracking Unique Identifier"), "1.2.3.100", Relationship::HasObsContext),
       code(sct("276214006", "Finding category"), sct("49755003", "Morphologic abnormality")),
       code(dcm("121071", "Finding"), sct("427359005", "Nodule")), std::move(site),
       region("CIRCLE", {10, 20, 12.5, 20}, image({}, kCtClass, "1.2.3.4.1", Relationship::SelectedFrom)),
       std::move(diameter), code({"C45992", "NCIt", "Subtlety score"}, {"105", "99LIDC", "Obvious"})});
  ContentItem observer;
  observer.type = ValueType::PName;
  observer.relationship = Relationship::HasObsContext;
  observer.name = dcm("121008", "Person Observer Name");
  observer.person.alphabetic = "Reader^Rita";
  return below(
      dicom::make_container(Relationship::None, dcm("126000", "Imaging Measurement Report"), "1500"),
      {code(dcm("121049", "Language"), {"eng", "RFC5646", "English"}, Relationship::HasConceptMod),
       code(dcm("121005", "Observer Type"), dcm("121006", "Person"), Relationship::HasObsContext),
       std::move(observer),
       text(dcm("121009", "Person Observer's Organization Name"), "Clinic", Relationship::HasObsContext),
       code(dcm("121058", "Procedure reported"), {"25045-6", "LN", "CT"}, Relationship::HasConceptMod),
       container(dcm("126010", "Imaging Measurements"), {std::move(group)})});
}

// TID 10011 with one accumulation and two acquisitions, the second of a scanner with two sources.
inline ContentItem ct_dose_report() {
  const auto source = [](const char* name, const char* kvp) {
    return container(dcm("113831", "CT X-Ray Source Parameters"),
                     {text(dcm("113832", "Identification of the X-Ray Source"), name),
                      number(dcm("113733", "KVP"), kvp, ucum("kV"))});
  };
  const auto acquisition = [](const char* event, const char* dlp, std::vector<ContentItem> sources) {
    return container(
        dcm("113819", "CT Acquisition"),
        {text(dcm("125203", "Acquisition Protocol"), "Thorax"),
         code(dcm("123014", "Target Region"), sct("51185008", "Chest")),
         uid(dcm("113769", "Irradiation Event UID"), event),
         moment(dcm("111526", "DateTime Started"), "20240131093000+0100"),
         container(dcm("113822", "CT Acquisition Parameters"), std::move(sources)),
         container(dcm("113829", "CT Dose"), {number(dcm("113830", "Mean CTDIvol"), "9.80", ucum("mGy")),
                                              number(dcm("113838", "DLP"), dlp, ucum("mGy.cm"))})});
  };
  return below(
      dicom::make_container(Relationship::None, dcm("113701", "X-Ray Radiation Dose Report"), "10011"),
      {below(code(dcm("121058", "Procedure reported"), sct("77477000", "Computed Tomography X-Ray"),
                  Relationship::HasConceptMod),
             {code(sct("363703001", "Has Intent"), sct("261004008", "Diagnostic Intent"),
                   Relationship::HasConceptMod)}),
       below(
           code(dcm("113705", "Scope of Accumulation"), dcm("113014", "Study"), Relationship::HasObsContext),
           {uid(dcm("110180", "Study Instance UID"), "1.2.3", Relationship::HasProperties)}),
       container(dcm("113811", "CT Accumulated Dose Data"),
                 {number(dcm("113812", "Total Number of Irradiation Events"), "2", ucum("{events}")),
                  number(dcm("113813", "CT Dose Length Product Total"), "520.5", ucum("mGy.cm"))}),
       acquisition("1.2.3.501", "200.5", {source("A", "120")}),
       acquisition("1.2.3.502", "320", {source("A", "80"), source("B", "140")})});
}

// TID 10001 with two planes and one event.
inline ContentItem xray_dose_report() {
  const auto plane = [](const char* value, const char* meaning, const char* dap) {
    return container(
        dcm("113702", "Accumulated X-Ray Dose Data"),
        {code(dcm("113764", "Acquisition Plane"), dcm(value, meaning), Relationship::HasConceptMod),
         number(dcm("113722", "Dose Area Product Total"), dap, ucum("Gy.m2"))});
  };
  return below(
      dicom::make_container(Relationship::None, dcm("113701", "X-Ray Radiation Dose Report"), "10001"),
      {plane("113620", "Plane A", "0.0012"), plane("113621", "Plane B", "0.0008"),
       container(dcm("113706", "Irradiation Event X-Ray Data"),
                 {uid(dcm("113769", "Irradiation Event UID"), "1.2.3.601"),
                  moment(dcm("111526", "DateTime Started"), "20240131101112"),
                  number(dcm("113738", "Dose (RP)"), "0.01", ucum("Gy"))})});
}

inline dicom::Draft report_draft(const ContentItem& root,
                                 const std::string& sop_class = "1.2.840.10008.5.1.4.1.1.88.33",
                                 const std::string& uid = kReportUid) {
  dicom::Draft image, series, study;
  image.set("ReferencedSOPClassUID", kCtClass).set("ReferencedSOPInstanceUID", "1.2.3.4.1");
  series.set("SeriesInstanceUID", "1.2.3.4").set_items("ReferencedSOPSequence", {image});
  study.set("StudyInstanceUID", "1.2.3").set_items("ReferencedSeriesSequence", {series});
  dicom::Draft draft;
  draft.set("SpecificCharacterSet", "ISO_IR 192")
      .set("SOPClassUID", sop_class)
      .set("SOPInstanceUID", uid)
      .set("StudyInstanceUID", "1.2.3")
      .set("SeriesInstanceUID", "1.2.3.9")
      .set("PatientID", "P1")
      .set("PatientName", "Doe^Jane")
      .set("StudyDate", "20240131")
      .set("Modality", sop_class.ends_with("88.59") ? "KO" : "SR")
      .set("ContentDate", "20240131")
      .set("ContentTime", "101500")
      .set("TimezoneOffsetFromUTC", "+0100")
      .set("AccessionNumber", "A1")
      .set("Manufacturer", "Maker")
      .set("ManufacturerModelName", "Model")
      .set("CompletionFlag", "COMPLETE")
      .set("VerificationFlag", "UNVERIFIED")
      .set_items("CurrentRequestedProcedureEvidenceSequence", {study});
  dicom::write_content_tree(draft, root);
  return draft;
}

inline std::string report_bytes(const ContentItem& root,
                                const std::string& sop_class = "1.2.840.10008.5.1.4.1.1.88.33",
                                const std::string& uid = kReportUid) {
  return dicom::encode_part10(report_draft(root, sop_class, uid)).value();
}

}  // namespace tests

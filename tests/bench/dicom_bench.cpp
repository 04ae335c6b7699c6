// From the bytes of a small instance in memory to its index texts: reader, QIDO objects, metadata JSON.
// Bar: 20,000 instances a second and core. DICOM_BENCH_FILES names a folder of .dcm files to take instead of
// the instances that are composed here (2.5 kB, about 90 elements with sequences and a private block).
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "gateway/base/bytes.h"
#include "mappers/dicom/attribute_set.h"
#include "mappers/dicom/instance_check.h"
#include "mappers/dicom/json.h"
#include "mappers/dicom/qido.h"
#include "mappers/dicom/reader.h"
#include "mappers/dicom/writer.h"

namespace {

using mappers::dicom::Draft;

Draft code(std::string_view value, std::string_view meaning) {
  Draft item;
  item.set("CodeValue", value).set("CodingSchemeDesignator", "SCT").set("CodeMeaning", meaning);
  return item;
}

void add_general(Draft& draft, int index) {
  const std::string uid = "2.25.21605202717999483981582137042083437922" + std::to_string(index % 10);
  draft.set("ImageType", "ORIGINAL\\PRIMARY\\AXIAL").set("SOPClassUID", "1.2.840.10008.5.1.4.1.1.2");
  draft.set("SOPInstanceUID", uid + "1")
      .set("StudyInstanceUID", uid + "2")
      .set("SeriesInstanceUID", uid + "3");
  for (const char* date :
       {"InstanceCreationDate", "StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate"})
    draft.set(date, "20200907");
  for (const char* time :
       {"InstanceCreationTime", "StudyTime", "SeriesTime", "AcquisitionTime", "ContentTime"})
    draft.set(time, "162455.125");
  draft.set("AccessionNumber", "ACC0001").set("Modality", "CT").set("Manufacturer", "SYNTHETIC GmbH");
  draft.set("InstitutionName", "General Hospital")
      .set("StationName", "ST11")
      .set("StudyDescription", "Abdomen");
  draft.set("SeriesDescription", "CT series 1").set("ManufacturerModelName", "Phantom 3000");
  draft.set("PatientID", "PID000001").set("IssuerOfPatientID", "SYN").set("PatientBirthDate", "19300101");
  draft.set("PatientSex", "F").set("PatientAge", "020Y").set("PatientWeight", "50.5").set("StudyID", "1000");
  draft.set("BodyPartExamined", "CHEST").set("SoftwareVersions", "v1.2\\b7").set("ProtocolName", "Routine");
  draft.set("PatientPosition", "HFS").set("DeviceSerialNumber", "123456").set("SeriesNumber", "1");
  draft.set("FrameOfReferenceUID", uid + "4").set("PositionReferenceIndicator").set("InstanceNumber", "7");
}

void add_image(Draft& draft) {
  for (const char* number :
       {"KVP", "SliceThickness", "DataCollectionDiameter", "ReconstructionDiameter",
        "DistanceSourceToDetector", "GantryDetectorTilt", "SliceLocation", "RescaleSlope"})
    draft.set(number, "950.5");
  draft.set("ExposureTime", "800").set("XRayTubeCurrent", "210").set("ConvolutionKernel", "B30f");
  draft.set("ImagePositionPatient", "-175\\-175\\0.25").set("ImageOrientationPatient", "1\\0\\0\\0\\1\\0");
  for (const char* number : {"SamplesPerPixel", "Rows", "Columns", "BitsAllocated", "BitsStored", "HighBit"})
    draft.set_number(number, 16);
  draft.set("PhotometricInterpretation", "MONOCHROME2").set("PixelSpacing", "0.683594\\0.683594");
  draft.set("WindowCenter", "2048\\1000").set("WindowWidth", "4096\\400").set("RescaleIntercept", "-1024");
  draft.set_items("ProcedureCodeSequence", {code("77477000", "Computed tomography")});
  draft.set_items("AnatomicRegionSequence", {code("51185008", "Thoracic structure")});
  draft.set_items("RequestAttributesSequence", {code("1", "Request")});
  draft.set_bytes("PixelData", "OW", std::string(512, 'x'));
}

// Names in three character sets, as they come in Europe.
std::vector<std::string> compose() {
  constexpr std::pair<const char*, const char*> kNames[] = {
      {"", "SMITH^JOHN^A"}, {"ISO_IR 100", "M\xFCller^J\xFCrgen"}, {"ISO_IR 192", "Παπαδόπουλος^Νίκος"}};
  std::vector<std::string> all;
  for (int i = 0; i < 30; ++i) {
    const auto& [set, name] = kNames[i % 3];
    Draft draft;
    if (*set) draft.set("SpecificCharacterSet", set);
    draft.set("PatientName", name).set("ReferringPhysicianName", name);
    add_general(draft, i);
    add_image(draft);
    auto bytes = mappers::dicom::encode_part10(draft);
    if (bytes.ok()) all.push_back(std::move(*bytes));
  }
  return all;
}

std::vector<std::string> load(const char* folder) {
  std::vector<std::string> all;
  std::error_code fault;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, fault)) {
    if (!entry.is_regular_file() || entry.path().extension() == ".tsv") continue;
    auto bytes = gateway::read_file(entry.path().string());
    if (bytes.ok()) all.push_back(std::move(*bytes));
  }
  return all;
}

const std::vector<std::string>& files() {
  static const char* folder = std::getenv("DICOM_BENCH_FILES");
  static const std::vector<std::string> loaded = folder ? load(folder) : compose();
  return loaded;
}

template <class Work>
void over_files(benchmark::State& state, Work work) {
  const auto& all = files();
  if (all.empty()) return state.SkipWithError("no files: set DICOM_BENCH_FILES");
  std::size_t next = static_cast<std::size_t>(state.thread_index()) * 7;
  for (auto _ : state) {
    const auto file = mappers::dicom::read_file(gateway::MemorySource(all[next++ % all.size()]));
    if (!file.ok()) return state.SkipWithError("unreadable file");
    work(*file);
  }
  state.SetItemsProcessed(state.iterations());
}

void ReadOnly(benchmark::State& state) {
  over_files(state, [](const mappers::dicom::File& file) { benchmark::DoNotOptimize(&file); });
}

void ReadAndRender(benchmark::State& state) {
  std::string json;
  over_files(state, [&json](const mappers::dicom::File& file) {
    json.clear();
    if (!mappers::dicom::append_dicom_json(json, file).ok()) json.clear();
    const auto qido = mappers::dicom::render_qido(file);
    const auto attributes = mappers::dicom::attribute_set(file.data);
    const bool storable = mappers::dicom::check_storable(file).ok();
    benchmark::DoNotOptimize(json.data());
    benchmark::DoNotOptimize(qido->study.data());
    benchmark::DoNotOptimize(attributes.hash);
    benchmark::DoNotOptimize(storable);
  });
}

BENCHMARK(ReadOnly);
BENCHMARK(ReadAndRender)->Threads(1)->Threads(2)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();

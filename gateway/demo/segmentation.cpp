#include "gateway/demo/segmentation.h"

namespace gateway::demo {
namespace {

constexpr std::string_view kSegmentationStorage = "1.2.840.10008.5.1.4.1.1.66.4";
constexpr double kReferencedSegmentNumber = 0x0062000B, kSegmentIdentification = 0x0062000A;
constexpr double kImagePosition = 0x00200032, kPlanePosition = 0x00209113;

struct Frame {
  std::size_t plane;
  unsigned segment;
};

struct Mask {
  std::vector<Frame> frames;  // by segment, then plane
  std::string bits;           // PS3.5 section 8.1.1: least significant bit first, frames packed
};

// Draws all planes once, then collects the frames segment by segment.
Mask draw(const SegmentedSeries& source, unsigned segments,
          const std::function<unsigned(Point)>& segment_at) {
  const std::size_t size = std::size_t{source.planes[0].rows} * source.planes[0].columns;
  std::vector<std::string> frames((segments + 1) * source.planes.size());
  for (std::size_t plane = 0; plane < source.planes.size(); ++plane) {
    const Grid& grid = source.planes[plane];
    for (std::size_t i = 0; i < size; ++i) {
      const auto column = static_cast<unsigned>(i % grid.columns),
                 row = static_cast<unsigned>(i / grid.columns);
      const unsigned segment = segment_at(grid.at(column, row));
      if (segment == 0) continue;
      std::string& bits = frames[segment * source.planes.size() + plane];
      if (bits.empty()) bits.resize(size / 8);
      bits[i / 8] = static_cast<char>(bits[i / 8] | 1 << (i % 8));
    }
  }
  Mask mask;
  for (unsigned segment = 1; segment <= segments; ++segment) {
    for (std::size_t plane = 0; plane < source.planes.size(); ++plane) {
      const std::string& bits = frames[segment * source.planes.size() + plane];
      if (bits.empty()) continue;
      mask.frames.push_back({plane, segment});
      mask.bits += bits;
    }
  }
  return mask;
}

Draft reference(const SegmentedSeries& source, std::size_t plane) {
  Draft item;
  item.set("ReferencedSOPClassUID", source.sop_class)
      .set("ReferencedSOPInstanceUID", source.instances[plane]);
  return item;
}

// PS3.3 C.8.20.4.
Draft describe(const Segment& segment, unsigned number) {
  Draft item;
  item.set_number("SegmentNumber", number)
      .set("SegmentLabel", segment.label)
      .set("SegmentAlgorithmType", "AUTOMATIC")
      .set("SegmentAlgorithmName", "Demonstration phantom")
      .set_numbers("RecommendedDisplayCIELabValue", segment.cielab);
  set_code(item, "SegmentedPropertyCategoryCodeSequence", segment.category, "SCT", segment.category_meaning);
  set_code(item, "SegmentedPropertyTypeCodeSequence", segment.type, "SCT", segment.type_meaning);
  return item;
}

// PS3.3 C.7.6.16: what all frames share.
Draft shared_groups(const SegmentedSeries& source) {
  const Grid& grid = source.planes[0];
  Draft groups, measures, orientation;
  measures.set("PixelSpacing", {grid.spacing, grid.spacing})
      .set_number("SliceThickness", source.thickness)
      .set_number("SpacingBetweenSlices", source.thickness);
  orientation.set("ImageOrientationPatient",
                  {grid.across.x, grid.across.y, grid.across.z, grid.down.x, grid.down.y, grid.down.z});
  groups.set_items("PixelMeasuresSequence", {measures}).set_items("PlaneOrientationSequence", {orientation});
  return groups;
}

Draft frame_groups(const SegmentedSeries& source, const Frame& frame) {
  Draft groups, content, position, segment, derivation, image = reference(source, frame.plane);
  const Point corner = source.planes[frame.plane].corner;
  content.set("DimensionIndexValues", {double(frame.segment), double(frame.plane + 1)});
  position.set("ImagePositionPatient", {corner.x, corner.y, corner.z});
  segment.set_number("ReferencedSegmentNumber", frame.segment);
  image.set("SpatialLocationsPreserved", "YES");
  set_code(image, "PurposeOfReferenceCodeSequence", "121322", "DCM",
           "Source image for image processing operation");
  set_code(derivation, "DerivationCodeSequence", "113076", "DCM", "Segmentation");
  derivation.set_items("SourceImageSequence", {image});
  groups.set_items("FrameContentSequence", {content})
      .set_items("PlanePositionSequence", {position})
      .set_items("SegmentIdentificationSequence", {segment})
      .set_items("DerivationImageSequence", {derivation});
  return groups;
}

// PS3.3 C.7.6.17.
void set_dimensions(Draft& data, const StudyJob& job, const SeriesPlan& series) {
  const std::string uid = uid_of(job.seed, instance_uid(job, series.number, 1) + "/dimensions");
  Draft organisation, by_segment, by_position;
  organisation.set("DimensionOrganizationUID", uid);
  by_segment.set_number("DimensionIndexPointer", kReferencedSegmentNumber)
      .set_number("FunctionalGroupPointer", kSegmentIdentification)
      .set("DimensionOrganizationUID", uid)
      .set("DimensionDescriptionLabel", "Segment");
  by_position.set_number("DimensionIndexPointer", kImagePosition)
      .set_number("FunctionalGroupPointer", kPlanePosition)
      .set("DimensionOrganizationUID", uid)
      .set("DimensionDescriptionLabel", "Position");
  data.set_items("DimensionOrganizationSequence", {organisation})
      .set_items("DimensionIndexSequence", {by_segment, by_position});
}

// PS3.3 C.12.4.
void set_references(Draft& data, const SegmentedSeries& source) {
  Draft series;
  std::vector<Draft> instances;
  for (std::size_t plane = 0; plane < source.planes.size(); ++plane)
    instances.push_back(reference(source, plane));
  series.set("SeriesInstanceUID", source.series_uid)
      .set_items("ReferencedInstanceSequence", std::move(instances));
  data.set_items("ReferencedSeriesSequence", {series});
}

void set_frames(Draft& data, const SegmentedSeries& source, Mask mask) {
  const Grid& grid = source.planes[0];
  std::vector<Draft> frames;
  for (const Frame& frame : mask.frames) frames.push_back(frame_groups(source, frame));
  data.set("SamplesPerPixel", {1})
      .set("PhotometricInterpretation", "MONOCHROME2")
      .set_number("NumberOfFrames", static_cast<double>(mask.frames.size()))
      .set_number("Rows", grid.rows)
      .set_number("Columns", grid.columns)
      .set("BitsAllocated", {1})
      .set("BitsStored", {1})
      .set("HighBit", {0})
      .set("PixelRepresentation", {0})
      .set("SegmentationType", "BINARY")
      .set_items("SharedFunctionalGroupsSequence", {shared_groups(source)})
      .set_items("PerFrameFunctionalGroupsSequence", std::move(frames))
      .set_bytes("PixelData", "OB", std::move(mask.bits));
}

}  // namespace

Result<void> put_segmentation(const StudyJob& job, const SeriesPlan& series, const SegmentedSeries& source,
                              const std::vector<Segment>& segments,
                              const std::function<unsigned(Point)>& segment_at) {
  Mask mask = draw(source, static_cast<unsigned>(segments.size()), segment_at);
  if (mask.frames.empty()) return {};
  Draft data = series_modules(job, series);
  set_instance(data, job, series, kSegmentationStorage, 1);
  set_frame_of_reference(data, job);
  std::vector<Draft> described;
  for (unsigned i = 0; i < segments.size(); ++i) described.push_back(describe(segments[i], i + 1));
  data.set("ImageType", "DERIVED\\PRIMARY")
      .set("ContentLabel", "SEGMENTATION")
      .set("ContentDescription", series.description)
      .set("ContentCreatorName")
      .set_items("SegmentSequence", std::move(described));
  set_dimensions(data, job, series);
  set_references(data, source);
  set_frames(data, source, std::move(mask));
  return put(job, series, 1, data);
}

}  // namespace gateway::demo

#include "gateway/demo/demo.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "gateway/base/bytes.h"
#include "gateway/base/ids.h"
#include "mappers/dicom/reader.h"
#include "tests/support/temp_folder.h"

namespace gateway::demo {
namespace {

namespace fs = std::filesystem;
using mappers::dicom::make_tag;

using Folder = gateway::testing::TempFolder;

std::vector<fs::path> files_in(const std::string& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// Names and contents of all files.
std::string digest(const std::string& folder) {
  std::string all;
  for (const fs::path& path : files_in(folder)) {
    all += fs::relative(path, folder).string() + " " + sha256_hex(*read_file(path.string())) + "\n";
  }
  return sha256_hex(all);
}

DemoSummary made(const std::string& folder, std::uint64_t seed, unsigned subjects, unsigned threads = 2) {
  const auto summary = generate({folder, seed, subjects, threads});
  EXPECT_TRUE(summary.ok());
  return summary.ok() ? *summary : DemoSummary{};
}

TEST(Generate, MakesTheSameBytesWhateverTheNumberOfThreads) {
  Folder one, two;
  made(one.path(), 7, 3, 1);
  made(two.path(), 7, 3, 3);
  EXPECT_EQ(digest(one.path()), digest(two.path()));
}

TEST(Generate, MakesOtherPeopleFromAnotherSeed) {
  Folder one, two;
  made(one.path(), 1, 1);
  made(two.path(), 2, 1);
  EXPECT_NE(digest(one.path()), digest(two.path()));
}

TEST(Generate, RefusesNoFolderAndTooManySubjects) {
  EXPECT_EQ(generate({}).error().code, ErrorCode::InvalidParameter);
  EXPECT_EQ(generate({"/nowhere", 1, 100'001}).error().code, ErrorCode::InvalidParameter);
}

TEST(Generate, SaysThatAFolderCannotBeMadeWithoutNamingItInPublic) {
  const auto result = generate({"/proc/nothing", 1, 1});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().text().find("/proc"), std::string::npos);
  EXPECT_NE(result.error().detail.find("/proc"), std::string::npos);
}

// What is read back from an archive.
struct Seen {
  std::size_t files = 0;
  std::set<std::string> instances, series, studies, patients, character_sets, transfer_syntaxes;
  std::map<std::string, std::size_t> modalities, protocols;
  std::vector<std::string> faults;
};

void check_pixels(const fs::path& path, const mappers::dicom::File& file, Seen& seen) {
  const auto number = [&](std::uint32_t tag) { return file.data.integer(make_tag(tag)).value_or(0); };
  const std::int64_t frames = std::max<std::int64_t>(1, number(0x00280008));
  const std::int64_t bits = number(0x00280010) * number(0x00280011) * number(0x00280100) * frames;
  if (!file.pixel_data || static_cast<std::int64_t>(file.pixel_data->length) != (bits / 8 + 1) / 2 * 2) {
    seen.faults.push_back(path.string() + ": pixel data do not fit rows, columns and bits");
  }
}

void look(const fs::path& path, Seen& seen) {
  const auto source = FileSource::open(path.string());
  const auto file = mappers::dicom::read_file(*source);
  if (!file.ok()) return seen.faults.push_back(path.string() + ": " + file.error().text());
  if (!file->findings.empty()) seen.faults.push_back(path.string() + ": " + file->findings[0].what);
  const auto& data = file->data;
  ++seen.files;
  ++seen.modalities[data.text(make_tag(0x00080060))];
  ++seen.protocols[data.text(make_tag(0x00120020))];
  seen.instances.insert(data.text(make_tag(0x00080018)));
  seen.series.insert(data.text(make_tag(0x0020000E)));
  seen.studies.insert(data.text(make_tag(0x0020000D)));
  seen.patients.insert(data.text(make_tag(0x00100020)) + data.text(make_tag(0x00100021)));
  seen.transfer_syntaxes.insert(file->transfer_syntax);
  for (const auto& term : data.texts(make_tag(0x00080005))) seen.character_sets.insert(term);
  check_pixels(path, *file, seen);
}

void expect_counts(const DemoSummary& summary, const Seen& seen) {
  EXPECT_EQ(summary.instances, seen.instances.size());
  EXPECT_EQ(summary.instances, seen.files);
  EXPECT_EQ(summary.series, seen.series.size());
  EXPECT_EQ(summary.studies, seen.studies.size());
  EXPECT_EQ(summary.subjects, seen.patients.size());
}

void expect_variety(Seen& seen) {
  for (const char* modality : {"CT", "PT", "MR", "MG", "SEG"})
    EXPECT_GT(seen.modalities[modality], 0u) << modality;
  EXPECT_GE(seen.character_sets.size(), 4u);
  EXPECT_EQ(seen.transfer_syntaxes, (std::set<std::string>{"1.2.840.10008.1.2", "1.2.840.10008.1.2.1"}));
}

// Every protocol that occurs is selected by exactly one definition.
void expect_definitions(const DemoSummary& summary, const Seen& seen) {
  EXPECT_EQ(seen.protocols.size(), summary.datasets.size());
  for (const auto& [protocol, count] : seen.protocols) {
    const auto selects = [&](const DatasetDefinitionFile& file) {
      return file.toml.find("ClinicalTrialProtocolID = [\"" + protocol + "\"]") != std::string::npos;
    };
    EXPECT_EQ(std::count_if(summary.datasets.begin(), summary.datasets.end(), selects), 1) << protocol;
  }
  for (const DatasetDefinitionFile& dataset : summary.datasets)
    EXPECT_EQ(*read_file(dataset.path), dataset.toml);
  for (const DatasetDefinitionFile& dataset : summary.datasets)
    EXPECT_NE(dataset.toml.find("\ntypes = [\"SYNTHETIC_DATA\"]\n"), std::string::npos) << dataset.id;
}

// One test, because the archive takes a second to make.
TEST(Generate, MakesAnArchiveThatReadsBackWithoutAnyFindingAndIsWhatTheSummarySays) {
  Folder folder;
  std::size_t last = 0, planned = 0;
  DemoOptions options{folder.path(), 1, 6};
  options.progress = [&](std::size_t done, std::size_t total) {
    EXPECT_EQ(done, last + 1);
    last = done;
    planned = total;
  };
  const DemoSummary summary = *generate(options);
  Seen seen;
  for (const fs::path& path : files_in(folder.path() + "/dicom")) look(path, seen);
  EXPECT_TRUE(seen.faults.empty()) << seen.faults.size() << " faults, first: " << seen.faults[0];
  EXPECT_EQ(summary.instances, planned);
  EXPECT_EQ(summary.instances, last);
  expect_counts(summary, seen);
  expect_variety(seen);
  expect_definitions(summary, seen);
}

}  // namespace
}  // namespace gateway::demo

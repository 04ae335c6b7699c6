// What an answer costs: bytes read for one frame, memory and descriptors for large objects (A9, A10 of the
// acceptance table).
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/dicomweb/retrieve_fixture.h"

namespace gateway::dicomweb {
namespace {

const std::string kAsStored = "multipart/related; type=\"application/octet-stream\"; transfer-syntax=*";

// Bytes that this process has read with system calls.
std::uint64_t bytes_read() {
  std::ifstream io("/proc/self/io");
  std::string name;
  std::uint64_t value = 0;
  while (io >> name >> value)
    if (name == "rchar:") return value;
  return 0;
}

std::uint64_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t size = 0, resident = 0;
  statm >> size >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::size_t open_files() {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                                                std::filesystem::directory_iterator()));
}

class BoundsTest : public RetrieveTest {
 protected:
  // A native multi-frame object of which only the header takes room on the disk, indexed in place.
  void put_sparse(const std::string& uid, std::uint64_t frame_bytes, std::uint32_t frames,
                  mappers::dicom::Encoding encoding) {
    auto draft = image_draft(uid);
    draft.set_number("Rows", 1024).set_number("Columns", static_cast<double>(frame_bytes / 1024));
    draft.set_number("NumberOfFrames", frames).set_bytes("PixelData", "OB", std::string());
    std::string bytes = *mappers::dicom::encode_part10(draft, encoding);
    const std::uint64_t length = frame_bytes * frames;
    for (std::size_t i = 0; i < 4; ++i) bytes[bytes.size() - 4 + i] = static_cast<char>(length >> (8 * i));
    const std::string path = folder_.path() + "/" + uid;
    std::ofstream(path, std::ios::binary) << bytes;
    std::filesystem::resize_file(path, bytes.size() + length);
    auto source = FileSource::open(path);
    ASSERT_EQ(keep(std::make_shared<FileSource>(std::move(*source)), path), model::ItemOutcome::Kind::Stored);
  }
};

TEST_F(BoundsTest, OneOfAThousandCompressedFramesReadsLittleMoreThanItself) {
  constexpr int kFrames = 1000;
  auto draft = image_draft("1.1.1.1");
  draft.set_number("Rows", 64).set_number("Columns", 64).set_number("NumberOfFrames", kFrames);
  std::string noise;
  std::uint32_t state = 1;
  for (int i = 0; i < 64 * 64 * kFrames; ++i)
    noise += static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  keep(draft.set_bytes("PixelData", "OB", std::move(noise)));
  const auto coded = get(instance_path("1.1.1.1"), "application/dicom; transfer-syntax=1.2.840.10008.1.2.5");
  ASSERT_TRUE(coded.ok()) << coded.error().text();
  const std::string path = folder_.path() + "/coded";
  std::string bytes = bytes_of(coded->body);
  for (auto at = bytes.find("1.1.1.1"); at != std::string::npos; at = bytes.find("1.1.1.1", at))
    bytes[at + 6] = '2';
  std::ofstream(path, std::ios::binary) << bytes;
  keep(std::make_shared<FileSource>(*FileSource::open(path)), path);
  const auto frame = [&](int number) {
    return get(instance_path("1.1.1.2") + "/frames/" + std::to_string(number), kAsStored);
  };
  ASSERT_TRUE(frame(1).ok());  // whatever is read once only
  for (const int number : {1, 500, 1000}) {
    const std::uint64_t before = bytes_read();
    const auto answer = frame(number);
    const std::uint64_t read = bytes_read() - before;
    ASSERT_TRUE(answer.ok());
    EXPECT_LT(read + answer->body_size(), 2 * answer->body_size() + 4096) << "frame " << number;
  }
}

TEST_F(BoundsTest, LargeObjectsAndManyReadersTakeNoMemory) {
  put_sparse("1.1.1.1", 2 << 20, 1024, mappers::dicom::Encoding::ExplicitLittle);
  put_sparse("1.1.1.2", 2 << 20, 1024, mappers::dicom::Encoding::ImplicitLittle);
  const std::string parts = "multipart/related; type=\"application/dicom\"; transfer-syntax=*";
  ASSERT_TRUE(get(kStudy, parts).ok());
  const std::uint64_t resident = resident_bytes();
  const std::size_t files = open_files();
  std::vector<http::Response> readers;
  for (int i = 0; i < 64; ++i) {
    auto answer = get(kStudy, parts);
    ASSERT_TRUE(answer.ok()) << answer.error().text();
    EXPECT_GT(answer->body_size(), 4ull << 30);
    readers.push_back(std::move(*answer));
  }
  EXPECT_LE(open_files(), files + 4);
  EXPECT_LT(resident_bytes(), resident + (16u << 20));
}

TEST_F(BoundsTest, AFrameOfALargeObjectIsARangeOfItsFile) {
  put_sparse("1.1.1.1", 512 << 10, 4096, mappers::dicom::Encoding::ExplicitLittle);
  ASSERT_TRUE(get(instance_path("1.1.1.1") + "/frames/1", kAsStored).ok());
  const std::uint64_t before = bytes_read();
  const auto answer = get(instance_path("1.1.1.1") + "/frames/4000", kAsStored);
  EXPECT_LT(bytes_read() - before, 4096u);
  ASSERT_TRUE(answer.ok()) << answer.error().text();
  EXPECT_TRUE(std::holds_alternative<http::FileRange>(answer->body[1]));
}

TEST_F(BoundsTest, AnAnswerOfThousandsOfObjectsHoldsLittle) {
  constexpr int kCount = 2000;
  for (int i = 0; i < kCount; ++i) {
    const std::string uid = "1.1.1.1" + std::to_string(1000 + i);
    std::string bytes = *mappers::dicom::encode_part10(image_draft(uid));
    kept_.push_back(std::make_unique<std::string>(std::move(bytes)));
  }
  std::vector<model::IngestItem> items(kCount);
  for (int i = 0; i < kCount; ++i)
    items[static_cast<std::size_t>(i)].source =
        std::make_shared<MemorySource>(std::string_view(*kept_[static_cast<std::size_t>(i)]));
  ASSERT_TRUE(ingest_->ingest(items).ok());
  ASSERT_TRUE(get(kStudy).ok());
  [[maybe_unused]] const std::uint64_t resident = resident_bytes();
  std::vector<http::Response> readers;
  for (int i = 0; i < 16; ++i) readers.push_back(std::move(*get(kStudy)));
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // their shadow memory is larger
  const std::uint64_t each = (resident_bytes() - resident) / (16 * kCount);
  EXPECT_LT(each, 700u) << "bytes an object of an answer";
#endif
  EXPECT_EQ(parts_of(readers.back()).size(), static_cast<std::size_t>(kCount));
}

}  // namespace
}  // namespace gateway::dicomweb

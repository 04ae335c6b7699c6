#include "gateway/dicomweb/zip_answer.h"

#include <zlib.h>

#include <algorithm>
#include <vector>

namespace gateway::dicomweb {
namespace {

constexpr std::uint64_t kMax32 = 0xFFFFFFFF;
constexpr std::uint64_t kMaxEntries = 0xFFFF;
constexpr std::uint16_t kVersion = 45;  // of Zip64
constexpr std::uint16_t kUtf8Names = 1 << 11;
constexpr std::uint32_t kDosTime = 0x00210000;  // 1980-01-01: equal content makes equal archives
constexpr std::size_t kBlock = 256 << 10;
constexpr std::size_t kDirectoryPage = 256;  // entries of the directory that are made together

void put(std::string& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xFF);
}

std::uint64_t capped(std::uint64_t value) { return std::min(value, kMax32); }

Result<std::uint32_t> add_crc(std::uint32_t crc, const http::Piece& piece) {
  const auto update = [&crc](std::string_view bytes) {
    crc = static_cast<std::uint32_t>(
        ::crc32_z(crc, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
  };
  if (const auto* text = std::get_if<std::string>(&piece)) return update(*text), crc;
  if (const auto* lazy = std::get_if<http::LazyPiece>(&piece)) {
    for (const http::Piece& made : TRY(lazy->make())) crc = TRY(add_crc(crc, made));
    return crc;
  }
  const auto& range = std::get<http::FileRange>(piece);
  const FileSource file(range.file, range.offset + range.length);
  std::string block(std::min<std::uint64_t>(kBlock, range.length), '\0');
  for (std::uint64_t done = 0; done < range.length;) {
    const std::size_t wanted = std::min<std::uint64_t>(block.size(), range.length - done);
    const std::size_t got =
        TRY(file.read_at(range.offset + done, std::as_writable_bytes(std::span(block.data(), wanted))));
    if (got == 0) return fail(ErrorCode::StoreFailed, "a file ended early");
    update(std::string_view(block).substr(0, got));
    done += got;
  }
  return crc;
}

}  // namespace

struct ZipAnswer::Archive {
  struct Entry {
    std::string name;
    std::uint64_t size = 0;
    std::uint64_t offset = 0;  // of its header
    std::uint32_t crc = 0;     // known once it was its turn
    Make make;
  };
  std::vector<Entry> entries;

  std::string local_header(const Entry& entry) const;
  void append_directory_header(std::string& out, const Entry& entry) const;
  std::string directory_page(std::size_t first) const;
  std::string end(std::uint64_t start, std::uint64_t size) const;
  Result<std::vector<http::Piece>> make(std::size_t index);
};

// APPNOTE 4.3.7 and 4.5.3.
std::string ZipAnswer::Archive::local_header(const Entry& entry) const {
  std::string out, extra;
  if (entry.size >= kMax32) {
    put(extra, 1, 2);
    put(extra, 16, 2);
    put(extra, entry.size, 8);
    put(extra, entry.size, 8);
  }
  put(out, 0x04034B50, 4);
  put(out, kVersion, 2);
  put(out, kUtf8Names, 2);
  put(out, 0, 2);  // stored
  put(out, kDosTime, 4);
  put(out, entry.crc, 4);
  put(out, capped(entry.size), 4);
  put(out, capped(entry.size), 4);
  put(out, entry.name.size(), 2);
  put(out, extra.size(), 2);
  return out + entry.name + extra;
}

// APPNOTE 4.3.12.
void ZipAnswer::Archive::append_directory_header(std::string& out, const Entry& entry) const {
  std::string fields;
  if (entry.size >= kMax32) {
    put(fields, entry.size, 8);
    put(fields, entry.size, 8);
  }
  if (entry.offset >= kMax32) put(fields, entry.offset, 8);
  std::string extra;
  if (!fields.empty()) {
    put(extra, 1, 2);
    put(extra, fields.size(), 2);
    extra += fields;
  }
  put(out, 0x02014B50, 4);
  put(out, kVersion, 2);
  put(out, kVersion, 2);
  put(out, kUtf8Names, 2);
  put(out, 0, 2);
  put(out, kDosTime, 4);
  put(out, entry.crc, 4);
  put(out, capped(entry.size), 4);
  put(out, capped(entry.size), 4);
  put(out, entry.name.size(), 2);
  put(out, extra.size(), 2);
  put(out, 0, 2);  // comment
  put(out, 0, 2);  // disk
  put(out, 0, 2);  // internal attributes
  put(out, 0, 4);  // external attributes
  put(out, capped(entry.offset), 4);
  out += entry.name + extra;
}

std::string ZipAnswer::Archive::directory_page(std::size_t first) const {
  std::string out;
  const std::size_t last = std::min(entries.size(), first + kDirectoryPage);
  for (std::size_t i = first; i < last; ++i) append_directory_header(out, entries[i]);
  return out;
}

// APPNOTE 4.3.14 to 4.3.16.
std::string ZipAnswer::Archive::end(std::uint64_t start, std::uint64_t size) const {
  std::string out;
  const std::uint64_t count = entries.size();
  if (start >= kMax32 || size >= kMax32 || count >= kMaxEntries) {
    put(out, 0x06064B50, 4);
    put(out, 44, 8);
    put(out, kVersion, 2);
    put(out, kVersion, 2);
    put(out, 0, 8);  // disks
    put(out, count, 8);
    put(out, count, 8);
    put(out, size, 8);
    put(out, start, 8);
    put(out, 0x07064B50, 4);
    put(out, 0, 4);
    put(out, start + size, 8);
    put(out, 1, 4);
  }
  put(out, 0x06054B50, 4);
  put(out, 0, 4);  // disks
  put(out, std::min(count, kMaxEntries), 2);
  put(out, std::min(count, kMaxEntries), 2);
  put(out, capped(size), 4);
  put(out, capped(start), 4);
  put(out, 0, 2);  // comment
  return out;
}

Result<std::vector<http::Piece>> ZipAnswer::Archive::make(std::size_t index) {
  Entry& entry = entries[index];
  {
    const auto content = TRY(entry.make());
    entry.crc = TRY(crc32_of(content));
  }
  std::vector<http::Piece> pieces;
  pieces.emplace_back(local_header(entry));
  pieces.emplace_back(http::LazyPiece{entry.size, entry.make});
  return pieces;
}

Result<std::uint32_t> crc32_of(const std::vector<http::Piece>& pieces) {
  std::uint32_t crc = 0;
  for (const http::Piece& piece : pieces) crc = TRY(add_crc(crc, piece));
  return crc;
}

ZipAnswer::ZipAnswer() : archive_(std::make_shared<Archive>()) {}

void ZipAnswer::add(std::string name, std::uint64_t size, Make make) {
  archive_->entries.push_back({std::move(name), size, 0, 0, std::move(make)});
}

http::Response ZipAnswer::finish(std::string_view file_name) && {
  http::Response response;
  response.headers.add("Content-Type", "application/zip");
  response.headers.add("Content-Disposition", "attachment; filename=\"" + std::string(file_name) + "\"");
  std::uint64_t at = 0;
  for (std::size_t i = 0; i < archive_->entries.size(); ++i) {
    auto& entry = archive_->entries[i];
    entry.offset = at;
    const std::uint64_t length = archive_->local_header(entry).size() + entry.size;
    response.body.emplace_back(http::LazyPiece{length, [archive = archive_, i] { return archive->make(i); }});
    at += length;
  }
  const std::uint64_t start = at;
  for (std::size_t first = 0; first < archive_->entries.size(); first += kDirectoryPage) {
    const auto page = [archive = archive_, first]() -> Result<std::vector<http::Piece>> {
      return std::vector<http::Piece>{archive->directory_page(first)};
    };
    const std::uint64_t length = archive_->directory_page(first).size();
    response.body.emplace_back(http::LazyPiece{length, page});
    at += length;
  }
  response.body.emplace_back(archive_->end(start, at - start));
  return response;
}

}  // namespace gateway::dicomweb

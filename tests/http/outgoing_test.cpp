// What is given to the socket, seen by a transport that only notes it.
#include "gateway/http/outgoing.h"

#include <gtest/gtest.h>

namespace {

using namespace gateway;
using namespace gateway::http;

class NotingTransport final : public Transport {
 public:
  int fd() const override { return -1; }
  const std::string& peer() const override { return peer_; }
  bool secure() const override { return false; }
  IoResult read(std::span<char>) override { return {IoState::Blocked, 0}; }
  IoResult write(std::span<const iovec> pieces, bool more) override {
    std::size_t size = 0;
    for (const auto& piece : pieces) size += piece.iov_len;
    notes += "text " + std::to_string(size) + (more ? " more;" : ";");
    return {IoState::Ok, size};
  }
  IoResult write_file(int, std::uint64_t, std::uint64_t length) override {
    notes += "file " + std::to_string(length) + ";";
    return {IoState::Ok, length};
  }
  void shutdown_write() override {}
  bool short_read_means_drained() const override { return true; }
  std::string notes;

 private:
  std::string peer_;
};

std::string sent(std::vector<Response::Piece> body) {
  NotingTransport transport;
  Outgoing outgoing("head", std::move(body));
  EXPECT_EQ(outgoing.pump(transport, 1 << 20), Outgoing::Progress::Done);
  return transport.notes;
}

TEST(OutgoingPieces, NothingIsHeldBackForAnEmptyFile) {
  const auto file = std::make_shared<const FileHandle>(-1);
  EXPECT_EQ(sent({FileRange{file, 0, 0}}), "text 4;");
  EXPECT_EQ(sent({std::string("ab"), FileRange{file, 7, 0}, std::string()}), "text 6;");
  EXPECT_EQ(sent({std::string("ab"), FileRange{file, 7, 9}}), "text 6 more;file 9;");
  EXPECT_EQ(sent({std::string(), std::string("ab"), FileRange{file, 0, 0}, std::string("c")}), "text 7;");
  EXPECT_EQ(sent({}), "text 4;");
}

}  // namespace

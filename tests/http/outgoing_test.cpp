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

Piece lazy(std::string text, int& made) {
  const std::uint64_t length = text.size();
  return LazyPiece{length, [text = std::move(text), &made]() -> Result<std::vector<Piece>> {
                     ++made;
                     return std::vector<Piece>{text};
                   }};
}

TEST(OutgoingPieces, SmallLazyPiecesLeaveTogether) {
  int made = 0;
  std::vector<Piece> body;
  for (int i = 0; i < 20; ++i) body.push_back(lazy(std::string(100, 'x'), made));
  EXPECT_EQ(sent(std::move(body)), "text 2004;");
  EXPECT_EQ(made, 20);
}

TEST(OutgoingPieces, LargeLazyPiecesAreMadeOneByOne) {
  int made = 0;
  std::vector<Piece> body;
  for (int i = 0; i < 3; ++i) body.push_back(lazy(std::string(100'000, 'x'), made));
  NotingTransport transport;
  Outgoing outgoing("head", std::move(body));
  EXPECT_EQ(outgoing.pump(transport, 4), Outgoing::Progress::Yield);
  EXPECT_EQ(made, 0);
  EXPECT_EQ(outgoing.pump(transport, 1), Outgoing::Progress::Yield);
  EXPECT_EQ(made, 1);
  EXPECT_EQ(outgoing.pump(transport, 1 << 20), Outgoing::Progress::Done);
  EXPECT_EQ(transport.notes, "text 4 more;text 100000 more;text 100000 more;text 100000;");
}

TEST(OutgoingPieces, LazyPiecesMayMakeLazyPieces) {
  int made = 0;
  const auto file = std::make_shared<const FileHandle>(-1);
  const auto nested = [&]() -> Result<std::vector<Piece>> {
    return std::vector<Piece>{std::string("ab"), lazy("cde", made), FileRange{file, 0, 5}};
  };
  EXPECT_EQ(sent({LazyPiece{10, nested}, std::string("z")}), "text 9 more;file 5;text 1;");
  EXPECT_EQ(made, 1);
}

TEST(OutgoingPieces, WhatWasSentIsLetGo) {
  auto file = std::make_shared<const FileHandle>(-1);
  const std::weak_ptr<const FileHandle> watched = file;
  NotingTransport transport;
  Outgoing outgoing("head", {FileRange{std::exchange(file, nullptr), 0, 9}, std::string("end")});
  EXPECT_EQ(outgoing.pump(transport, 13), Outgoing::Progress::Yield);
  EXPECT_TRUE(watched.expired());
}

TEST(OutgoingPieces, APieceOfAnotherLengthThanPromisedBreaksTheAnswer) {
  NotingTransport transport;
  const auto shorter = []() -> Result<std::vector<Piece>> { return std::vector<Piece>{std::string("ab")}; };
  Outgoing outgoing("head", {LazyPiece{3, shorter}});
  EXPECT_EQ(outgoing.pump(transport, 1 << 20), Outgoing::Progress::Fault);
  const auto failing = []() -> Result<std::vector<Piece>> { return fail(ErrorCode::Gone, "gone"); };
  Outgoing other("head", {LazyPiece{3, failing}});
  EXPECT_EQ(other.pump(transport, 1 << 20), Outgoing::Progress::Fault);
}

}  // namespace

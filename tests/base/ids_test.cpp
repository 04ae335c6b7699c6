#include "gateway/base/ids.h"

#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "gateway/base/text.h"

namespace gateway {
namespace {

TEST(Uuid7, HasVersionVariantAndTime) {
  const std::string id = make_uuid7(1'700'000'000'123'000);
  static const std::regex form("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  EXPECT_TRUE(std::regex_match(id, form)) << id;
  EXPECT_EQ(id.substr(0, 13), "018bcfe5-687b");  // 1700000000123 ms
}

TEST(Uuid7, OrdersByTimeAndDoesNotRepeat) {
  EXPECT_LT(make_uuid7(1'000'000), make_uuid7(2'000'000));
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) ids.insert(make_uuid7(5'000'000));
  EXPECT_EQ(ids.size(), 1000u);
}

// The examples of FIPS 180-4 (NIST CSRC, "SHA256.pdf").
TEST(Sha256, GivesThePublishedDigests) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256_hex(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, PiecesMakeTheSameDigestAndFinishStartsOver) {
  Sha256 hash;
  for (int round = 0; round < 2; ++round) {
    hash.update(as_bytes("a"));
    hash.update(as_bytes("bc"));
    const Sha256Digest digest = hash.finish();
    EXPECT_EQ(hex(as_text(digest)), sha256_hex("abc"));
  }
}

TEST(StableHash, TellsTextsAndSeedsApart) {
  std::set<std::uint64_t> hashes;
  for (std::size_t length = 0; length < 64; ++length)
    hashes.insert(stable_hash(as_bytes(std::string(length, 'x'))));
  hashes.insert(stable_hash(as_bytes("x"), 1));
  EXPECT_EQ(hashes.size(), 65u);
  EXPECT_EQ(stable_hash(as_bytes("same")), stable_hash(as_bytes("same")));
}

}  // namespace
}  // namespace gateway

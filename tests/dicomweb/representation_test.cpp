#include "gateway/dicomweb/representation.h"

#include <gtest/gtest.h>

namespace gateway::dicomweb {
namespace {

constexpr const char* kExplicit = "1.2.840.10008.1.2.1";
constexpr const char* kJls = "1.2.840.10008.1.2.4.80";

// What there is of a lossless compressed object.
std::vector<Offer> offers() {
  using Default = Offer::Default;
  return {{AnswerForm::Multipart, "image/jls", kJls, Default::OfItsType},
          {AnswerForm::Multipart, "application/octet-stream", kExplicit, Default::OfAll},
          {AnswerForm::SinglePart, "image/jls", kJls, Default::OfItsType},
          {AnswerForm::SinglePart, "application/octet-stream", kExplicit, Default::OfAll}};
}

std::string chosen(const std::string& accept) {
  http::Request request;
  request.headers.add("Accept", accept);
  const auto preference = Preference::of(request);
  if (!preference) return std::string(preference.error().face().name);
  const auto all = offers();
  const Offer* offer = preference->choose(all);
  if (!offer) return "none";
  return std::string(offer->form == AnswerForm::Multipart ? "parts " : "alone ") + std::string(offer->type);
}

TEST(Representation, ChoosesAsSection873Says) {
  const std::string octets = "parts application/octet-stream";
  EXPECT_EQ(chosen(""), octets);
  EXPECT_EQ(chosen("*/*"), octets);
  EXPECT_EQ(chosen("*/*; transfer-syntax=*"), "parts image/jls");
  EXPECT_EQ(chosen("multipart/related"), octets);
  EXPECT_EQ(chosen("multipart/related; type=\"*/*\""), octets);
  EXPECT_EQ(chosen("multipart/related; type=\"*/*\"; transfer-syntax=*"), "parts image/jls");
  EXPECT_EQ(chosen("multipart/related; type=image/jls"), "parts image/jls");
  EXPECT_EQ(chosen("multipart/related; type=\"IMAGE/JLS\""), "parts image/jls");
  EXPECT_EQ(chosen("image/*"), "none");
  EXPECT_EQ(chosen("image/*;transfer-syntax=*"), "alone image/jls");
  EXPECT_EQ(chosen("image/jls;q=0.5, application/octet-stream;q=0.4"), "alone image/jls");
  EXPECT_EQ(chosen("multipart/related;type=image/jls;q=0.5, application/octet-stream;q=0.9"),
            "alone application/octet-stream");
  EXPECT_EQ(chosen("image/jls; transfer-syntax=1.2.840.10008.1.2.4.81"), "none");
  EXPECT_EQ(chosen("*/*, multipart/related;q=0"), "alone application/octet-stream");
  EXPECT_EQ(chosen("application/json"), "none");
  EXPECT_EQ(chosen("image/jls;q=2"), "InvalidParameter");
}

TEST(Representation, RefusalsNameEveryOfferOnce) {
  const auto all = offers();
  const Error error = not_acceptable(all, "these frames are");
  EXPECT_EQ(error.code, ErrorCode::NotAcceptable);
  EXPECT_EQ(error.message,
            "these frames are available as image/jls; transfer-syntax=1.2.840.10008.1.2.4.80, "
            "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1");
}

}  // namespace
}  // namespace gateway::dicomweb

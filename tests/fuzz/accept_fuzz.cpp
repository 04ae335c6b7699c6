// What clients say they accept, and which range they want: whatever it is, an offer or none, never more bytes
// than there are.
#include <cstdlib>

#include "gateway/dicomweb/byte_range.h"
#include "gateway/dicomweb/representation.h"

namespace {

using namespace gateway;
using dicomweb::AnswerForm;
using dicomweb::Offer;

void check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  http::Request request;
  request.headers.add("Accept", text);
  request.headers.add("Range", text);
  const std::vector<Offer> offers = {
      {AnswerForm::Multipart, "image/jls", "1.2.840.10008.1.2.4.80", Offer::Default::OfItsType},
      {AnswerForm::Multipart, "application/octet-stream", "1.2.840.10008.1.2.1", Offer::Default::OfAll},
      {AnswerForm::SinglePart, "application/dicom", "1.2.840.10008.1.2.1", Offer::Default::OfAll},
      {AnswerForm::Zip, "application/dicom", "", Offer::Default::OfAll}};
  if (const auto preference = dicomweb::Preference::of(request))
    if (const Offer* offer = preference->choose(offers)) check(preference->quality_of(*offer) > 0);
  http::Response response;
  response.body = {std::string("abcdef"), std::string("gh")};
  dicomweb::apply_range(request, response);
  check(response.status == 416 || (response.body_size() > 0 && response.body_size() <= 8));
  return 0;
}

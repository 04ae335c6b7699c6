// What a client accepts of DICOM content, and which of the offers it gets (PS3.18 sections 8.7.3 to 8.7.5).
//
// Read tolerantly: quotes may lack, transfer-syntax may be "*", several alternatives with q-values may stand
// in one field; the query parameter "accept" (section 8.3.3.1) takes the place of the field. Pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/message.h"
#include "gateway/http/negotiate.h"

namespace gateway::dicomweb {

enum class AnswerForm : std::uint8_t { Multipart, SinglePart, Zip };

// Something that can be answered with.
struct Offer {
  // For which ranges without transfer-syntax this is the answer (section 8.7.3.3).
  enum class Default : std::uint8_t { No, OfItsType, OfAll };
  AnswerForm form = AnswerForm::Multipart;
  std::string_view type;  // of a part: "application/dicom", "image/jls"
  std::string syntax;     // empty: this content has none
  Default is_default = Default::No;
};

// The query parameter "accept", else the field.
std::string accepted(const http::Request& request);

class Preference {
 public:
  // Error: InvalidParameter for a field that cannot be read.
  static Result<Preference> of(const http::Request& request);

  // The offer that the client likes best; of equals the first. nullptr when it takes none.
  const Offer* choose(std::span<const Offer> offers) const;
  // How much the client likes an offer, 0 to 1000.
  int quality_of(const Offer& offer) const;
  // For messages: the field as it was read.
  const std::string& text() const { return text_; }

 private:
  std::vector<http::MediaRange> ranges_;
  std::string text_;
};

// Error NotAcceptable that names what is available.
Error not_acceptable(std::span<const Offer> offers, std::string_view what);

}  // namespace gateway::dicomweb

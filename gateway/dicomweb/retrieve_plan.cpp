#include "gateway/dicomweb/retrieve_plan.h"

#include "gateway/dicomweb/handlers.h"
#include "gateway/dicomweb/web_syntax.h"
#include "mappers/dicom/transfer_syntax.h"

namespace gateway::dicomweb {
namespace {

using mappers::dicom::transfer_syntax::kExplicitLittle;

bool is_overload(const Error& error) { return error.face().http_status == 503; }

}  // namespace

// Section 8.7.3.3: without transfer-syntax Explicit VR Little Endian is due, unless only lossy data are
// there. Choice: one instance is decoded then, but of a study, series or archive each is given as it is
// stored: to decode thousands of images before the first byte of an answer serves nobody, and clients that
// retrieve so much (archives, processing environments) can read what they stored.
std::vector<Offer> RetrievePlan::offers_of(const std::string& stored) const {
  using Default = Offer::Default;
  const bool native = !mappers::dicom::traits_of_syntax(stored).encapsulated;
  const bool decodes = !native && can_transcode(stored, kExplicitLittle);
  const bool decoded = decodes && single_ && form_ != AnswerForm::Zip && !may_be_lossy(stored);
  std::vector<Offer> offers;
  offers.push_back({form_, kDicom, stored, decoded ? Default::No : Default::OfAll});
  if (decodes)
    offers.push_back({form_, kDicom, std::string(kExplicitLittle), decoded ? Default::OfAll : Default::No});
  for (const std::string_view target : target_syntaxes())
    if (target != stored && target != kExplicitLittle && can_transcode(stored, target))
      offers.push_back({form_, kDicom, std::string(target), Default::No});
  return offers;
}

// Nor does an object leave as it is whose file meta information is missing or says something else than what
// its bytes are.
Result<void> RetrievePlan::as_it_is(const model::InstanceLocation& location, PlannedObject& object,
                                    const OpenObject* opened) const {
  if (opened) return reencoded(*opened, object);
  {
    const model::BlobView view = TRY(face_.blobs().open(location.content));
    const BlobSource source(view);
    object.size = view.length;
    object.as_stored = TRY(mappers::dicom::declared_transfer_syntax(source)) == object.syntax;
    if (single_ && object.as_stored) object.opened = view;
  }
  if (object.as_stored) return {};
  const OpenObject found = TRY(open(location));
  return reencoded(found, object);
}

Result<OpenObject> RetrievePlan::open(const model::InstanceLocation& location) const {
  return OpenObject::open(location.content, face_.blobs(), face_.config().spool_folder);
}

Result<void> RetrievePlan::reencoded(const OpenObject& opened, PlannedObject& object) const {
  mappers::dicom::ReencodeOptions options;
  options.large_in_place = true;
  const auto reencoded = TRY(mappers::dicom::reencode(opened.file(), opened.stream(), options));
  object.size = reencoded.size;
  object.syntax = reencoded.transfer_syntax;
  return {};
}

// An object without pixels has no other syntax than its own; among others that is what a client gets who asks
// for compressed images.
Result<void> RetrievePlan::transcoded(const model::InstanceLocation& location, const std::string& syntax,
                                      PlannedObject& object) {
  OpenObject opened = TRY(open(location));
  if (!opened.file().pixel_data) {
    if (!single_) return as_it_is(location, object, nullptr);
    return fail(ErrorCode::NotAcceptable,
                "this instance has no pixels: it is available with transfer-syntax=" + object.syntax,
                "Accept");
  }
  if (!spool_) spool_ = TRY(SpoolFile::make(face_.config().spool_folder));
  auto made = TRY(transcode(opened, syntax, face_.pixels(), *spool_));
  object.size = made.size();
  object.syntax = syntax;
  object.spooled = std::make_shared<const SpooledObject>(std::move(made));
  return {};
}

Result<PlannedObject> RetrievePlan::plan(const model::InstanceLocation& location) {
  PlannedObject object;
  object.content = location.content;
  object.series_uid = location.series_uid;
  object.instance_uid = location.instance_uid;
  // What the object is on the web without touching its pixels, only its header may tell; objects of other
  // systems may not have said it at all.
  std::optional<OpenObject> opened;
  if (!mappers::dicom::is_web_syntax(location.transfer_syntax_uid)) opened = TRY(open(location));
  object.syntax = opened ? opened->syntax() : location.transfer_syntax_uid;
  const std::vector<Offer> offers = offers_of(object.syntax);
  const Offer* offer = preference_.choose(offers);
  if (!offer) return not_acceptable(offers, single_ ? "this instance is" : "an instance is");
  if (offer->syntax != object.syntax) {
    auto made = transcoded(location, offer->syntax, object);
    if (made) return object;
    // Nobody asked for this very syntax: what cannot be decoded here is given as it is (section 8.7.3.3).
    const Offer stored{form_, kDicom, object.syntax, Offer::Default::OfAll};
    if (is_overload(made.error()) || preference_.quality_of(stored) == 0) return std::move(made).error();
  }
  TRY_VOID(as_it_is(location, object, opened ? &*opened : nullptr));
  return object;
}

void RetrievePlan::add(const model::InstanceLocation& location) {
  auto object = plan(location);
  if (object) {
    objects_.push_back(std::move(*object));
    return;
  }
  missing_.add(std::move(object).error());
}

Result<std::vector<http::Piece>> RetrievePlan::make(std::size_t index) const {
  const PlannedObject& object = objects_[index];
  std::vector<http::Piece> pieces;
  if (object.spooled) {
    for (const http::FileRange& part : object.spooled->parts) pieces.emplace_back(part);
    return pieces;
  }
  if (object.as_stored) {
    model::BlobView view = object.opened ? *object.opened : TRY(face_.blobs().open(object.content));
    pieces.emplace_back(http::FileRange{std::move(view.file), view.offset, view.length});
    return pieces;
  }
  const auto opened = TRY(OpenObject::open(object.content, face_.blobs(), face_.config().spool_folder));
  mappers::dicom::ReencodeOptions options;
  options.large_in_place = true;
  auto reencoded = TRY(mappers::dicom::reencode(opened.file(), opened.stream(), options));
  opened.append_pieces(pieces, std::move(reencoded.pieces));
  return pieces;
}

}  // namespace gateway::dicomweb

// RetrievePlan: the instances of one answer, each with the syntax and the length it goes out with, before any
// of it is sent.
//
// What an instance becomes: its own bytes; its data set re-encoded to Explicit VR Little Endian (implicit VR,
// big endian and deflated objects do not leave: PS3.18 section 8.7.3), made anew when its turn comes; or
// another transfer syntax, made at once into a spool file. So the length of an answer is known, and its
// memory does not grow with the size of the objects. One object per request; once built it may be read by any
// thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/dicomweb/face.h"
#include "gateway/dicomweb/handlers.h"
#include "gateway/dicomweb/representation.h"
#include "gateway/dicomweb/transcode.h"

namespace gateway::dicomweb {

struct PlannedObject {
  model::BlobRef content;
  std::string series_uid, instance_uid;
  std::string syntax;
  std::uint64_t size = 0;
  bool as_stored = false;
  std::optional<model::BlobView> opened = {};  // of a single instance, given as stored: no second look
  std::shared_ptr<const SpooledObject> spooled = nullptr;  // when it was transcoded
};

class RetrievePlan {
 public:
  // `single`: the resource is one instance, which then has to be as the client wants it.
  RetrievePlan(const DicomwebFace& face, const Preference& preference, AnswerForm form, bool single)
      : face_(face), preference_(preference), form_(form), single_(single) {}

  // An instance that cannot be given is counted; the first reason is kept.
  void add(const model::InstanceLocation& location);
  const std::vector<PlannedObject>& objects() const { return objects_; }
  const Missing& missing() const { return missing_; }
  // The bytes of an object. Errors: of the store.
  Result<std::vector<http::Piece>> make(std::size_t index) const;

 private:
  Result<PlannedObject> plan(const model::InstanceLocation& location);
  Result<OpenObject> open(const model::InstanceLocation& location) const;
  // `opened` is the object, or null while it has not been opened.
  Result<void> as_it_is(const model::InstanceLocation& location, PlannedObject& object,
                        const OpenObject* opened) const;
  Result<void> reencoded(const OpenObject& opened, PlannedObject& object) const;
  Result<void> transcoded(const model::InstanceLocation& location, const std::string& syntax,
                          PlannedObject& object);
  std::vector<Offer> offers_of(const std::string& stored) const;

  const DicomwebFace& face_;
  const Preference preference_;
  const AnswerForm form_;
  const bool single_;
  std::vector<PlannedObject> objects_;
  Missing missing_;
  std::shared_ptr<SpoolFile> spool_;
};

}  // namespace gateway::dicomweb

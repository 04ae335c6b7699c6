// Slicer: which slice of a sliced element a value belongs to (FHIR R4 5.1.0.12), by discriminators of every
// kind: value, pattern, exists, type, profile; over paths with resolve(), extension(url), ofType() and $this.
//
// Internal to gateway/definitions. One object per question; borrows the walk.
#pragma once

#include <string_view>
#include <vector>

#include "gateway/definitions/profile_walk.h"

namespace gateway::definitions {

class Slicer {
 public:
  Slicer(ProfileWalk& walk, const Structure& profile) : walk_(walk), profile_(profile) {}

  // For each item its slice, or nullptr.
  std::vector<const Element*> assign(const Element& sliced, const std::vector<const Entry*>& items);

 private:
  // A place in a definition, reached by following a path.
  struct Place {
    const Structure* structure = nullptr;
    const Element* element = nullptr;
    const std::vector<std::string>* targets = nullptr;  // after resolve(): what the reference may name
    std::string_view fixed_url;                         // of an extension known by its profile
  };
  // What stands there in the resource. A reference that leads outside has a type at best.
  struct Spot {
    const Entry* entry = nullptr;
    std::string_view unresolved;
  };
  struct Reached {
    std::vector<Place> places;
    std::vector<Spot> spots;
  };

  bool belongs(const Entry& item, const Element& slice, const std::vector<Discriminator>& discriminators);
  bool matches(const Entry& item, const Element& slice, const Discriminator& discriminator);
  Reached follow(const Entry& item, const Element& slice, std::string_view path);
  void step(Reached& reached, std::string_view step);
  void step_child(Reached& reached, std::string_view name, std::string_view url);
  void step_resolve(Reached& reached);
  std::vector<Place> children(const Place& place, std::string_view name, std::string_view url) const;
  bool same_type(const Entry& item, const Element& slice, const Discriminator& discriminator);

  bool exists_fits(const Reached& reached) const;
  bool value_fits(const Spot& spot, const Place& place);
  bool type_fits(const Spot& spot, const Place& place) const;
  bool profile_fits(const Spot& spot, const Place& place);

  ProfileWalk& walk_;
  const Structure& profile_;
  bool lenient_ = false;  // what cannot be decided counts as a match
};

}  // namespace gateway::definitions

// Library: the shapes that come with the program (profiles/shapes), by release and level.
//
// A release is a folder; its profile.toml says which tables make a level. A profile is compiled when it is
// first asked for, then kept. Thread-safe. Errors: NotFound for an unknown release or level, ProfileInvalid
// with file:line.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/base/value.h"
#include "gateway/shacl/profile.h"

namespace gateway::shacl {

struct ReleaseInfo {
  std::string release;  // "healthdcat-ap-r8"
  std::string title;
  std::vector<std::string> levels;  // "non-public", ...; empty when the release knows only one
};

class Library {
 public:
  // `folder` is profiles/shapes.
  explicit Library(std::string folder) : folder_(std::move(folder)) {}

  Result<std::vector<ReleaseInfo>> releases() const;
  // An empty level is the first that the release lists: the one that asks most.
  Result<std::shared_ptr<const Profile>> profile(std::string_view release, std::string_view level) const;
  // The level that a document claims (Document::level) where the release knows it, else its first.
  Result<std::shared_ptr<const Profile>> profile_for(std::string_view release,
                                                     std::string_view claimed) const;
  // "healthdcat-ap-r8" or "healthdcat-ap-r8:public": whether such a release is there.
  bool has(std::string_view release) const;

  // Shapes files of a caller with the vocabularies that this program ships.
  Result<void> add_background(ProfileBuilder& builder) const;
  // The JSON-LD contexts that this program ships (profiles/jsonld beside the shapes), read when first asked
  // for. It may outlive this. Error: ProfileInvalid.
  Result<codec::ContextSource> contexts() const;

 private:
  Result<std::shared_ptr<const Profile>> load(std::string_view release, const Value& level) const;

  std::string folder_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::shared_ptr<const Profile>> profiles_;
  mutable codec::ContextSource contexts_;
};

}  // namespace gateway::shacl

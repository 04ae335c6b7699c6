// ObjectsIndex: the image index without studies that are only described (model/described_port.h): a resource
// of the store is the FHIR face of those, and they are not to be there twice.
//
// A view for reading; thread-safe as the index, which must outlive it.
#pragma once

#include "gateway/model/ports.h"

namespace gateway::fhir {

class ObjectsIndex final : public model::ImageIndex {
 public:
  explicit ObjectsIndex(const model::ImageIndex& index) : index_(index) {}

  Result<std::vector<model::CommitOutcome>> commit(std::span<const model::IndexEntry>) override {
    return fail(ErrorCode::NotSupported, "this view of the index is for reading");
  }
  Result<bool> has_external(const std::string& path, std::uint64_t length,
                            std::int64_t modified_us) const override {
    return index_.has_external(path, length, modified_us);
  }
  Result<std::optional<model::KnownInstance>> find_instance(std::string_view uid) const override {
    return index_.find_instance(uid);
  }
  Result<std::vector<model::SearchRow>> search(const model::Query& query,
                                               model::SearchNotes* notes) const override {
    return index_.search(of_objects(query), notes);
  }
  bool matches_others() const override { return index_.matches_others(); }
  Result<void> locate(std::string_view study_uid, std::string_view series_uid, std::string_view instance_uid,
                      const std::function<bool(const model::InstanceLocation&)>& use,
                      model::SearchNotes* notes) const override {
    return index_.locate(study_uid, series_uid, instance_uid, use, notes);
  }
  Result<std::vector<model::StudyRow>> studies(const model::Query& query, model::Depth depth) const override {
    return index_.studies(of_objects(query), depth);
  }
  Result<std::vector<model::SubjectRow>> subjects(const model::Query& query) const override {
    return index_.subjects(of_objects(query));
  }
  Result<std::uint64_t> count(const model::Query& query) const override {
    return index_.count(of_objects(query));
  }
  Result<model::IndexTotals> totals() const override { return index_.totals(); }
  Result<std::int64_t> version() const override { return index_.version(); }

 private:
  static model::Query of_objects(model::Query query) {
    query.described = false;
    return query;
  }
  const model::ImageIndex& index_;
};

}  // namespace gateway::fhir

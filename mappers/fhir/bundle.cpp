#include "mappers/fhir/bundle.h"

#include <set>

#include "gateway/base/ids.h"
#include "mappers/fhir/json_writer.h"

namespace mappers::fhir {
namespace {

using gateway::model::StudyRow;
using gateway::model::SubjectRow;

class CollectionWriter {
 public:
  CollectionWriter(std::string& out, std::string_view base, const RenderOptions& options)
      : entries_(out), base_(base), options_(options) {
    references_.by_urn = base.empty();
    references_.endpoint = !base.empty();
    references_.apart = &apart_;
  }

  void add(StudyRow row) {
    if (row.subject.key.empty()) row.subject.key = key_of(row.subject);
    if (patients_.insert(row.subject.key).second)
      entry("Patient", row.subject.key,
            [&](std::string& out) { append_patient(out, row.subject, options_); });
    entry("ImagingStudy", imaging_study_id(row.study.uid),
          [&](std::string& out) { append_imaging_study(out, row, options_, references_); });
    for (const ApartResource& resource : apart_) {
      if (!apart_known_.insert(resource.urn).second) continue;
      JsonObject object(entries_.item());
      object.text("fullUrl", resource.urn);
      object.member("resource") += resource.json;
    }
    apart_.clear();
  }

  void add_endpoint() {
    if (!references_.endpoint) return;
    entry("Endpoint", kEndpointId,
          [&](std::string& out) { append_endpoint(out, std::string(base_) + "/dicomweb", 0); });
  }

 private:
  static std::string key_of(const SubjectRow& row) {
    return gateway::sha256_hex(row.subject.issuer + "\n" + row.subject.patient_id).substr(0, 32);
  }

  template <class Append>
  void entry(std::string_view type, std::string_view id, Append append) {
    JsonObject object(entries_.item());
    object.text("fullUrl", references_.by_urn
                               ? urn_of(type, id)
                               : std::string(base_) + "/fhir/" + std::string(type) + "/" + std::string(id));
    append(object.member("resource"));
  }

  JsonArray entries_;
  std::string_view base_;
  const RenderOptions& options_;
  References references_;
  std::set<std::string> patients_, apart_known_;
  std::vector<ApartResource> apart_;  // of the study at hand
};

}  // namespace

gateway::Result<std::string> bundle_of(std::span<const StudyRow> rows, std::string_view base,
                                       const RenderOptions& options) {
  for (const StudyRow& row : rows)
    if (row.study.uid.empty())
      return gateway::fail(gateway::ErrorCode::InvalidParameter, "a study without a Study Instance UID",
                           "(0020,000D)");
  std::string out;
  {
    JsonObject bundle(out);
    bundle.plain("resourceType", "Bundle");
    bundle.plain("type", "collection");
    if (!rows.empty()) {
      CollectionWriter writer(bundle.member("entry"), base, options);
      for (const StudyRow& row : rows) writer.add(row);
      writer.add_endpoint();
    }
  }
  return out;
}

}  // namespace mappers::fhir

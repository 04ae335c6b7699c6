// SourceTree: a Source as a tree for FHIRPath conditions. Children are named by tag: "00100020",
// "00081032.00080100".
//
// Values are strings; items of sequences are nodes. The source must outlive it.
#pragma once

#include "gateway/fhirpath/node.h"
#include "mappers/engine/source.h"

namespace mappers::engine {

class SourceTree final : public gateway::fhirpath::Tree {
 public:
  explicit SourceTree(const Source& source) : source_(source) {}
  gateway::fhirpath::Collection root() const;
  void children(const gateway::fhirpath::Node& node, std::string_view name,
                gateway::fhirpath::Collection& out) const override;
  std::optional<gateway::fhirpath::Scalar> scalar(const gateway::fhirpath::Node&) const override {
    return {};
  }

 private:
  const Source& source_;
};

}  // namespace mappers::engine

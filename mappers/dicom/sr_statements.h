// Values of content trees and what is said of them: measurements (PS3.16 TID 300, 1419), evaluations, finding
// sites, algorithms (TID 4019), references to images and regions. Private to this folder. One thread; pure.
#pragma once

#include <string>
#include <vector>

#include "gateway/model/report.h"
#include "mappers/dicom/content_tree.h"
#include "mappers/dicom/sr_header.h"

namespace mappers::dicom::sr {

using gateway::model::ReportAlgorithm;
using gateway::model::ReportItem;
using gateway::model::ReportReference;
using gateway::model::ReportSite;

class StatementReader {
 public:
  using References = std::vector<ReportReference>;

  StatementReader(const ContentItem& root, const Evidence& evidence,
                  std::vector<gateway::model::ReportFinding>& findings)
      : root_(root), evidence_(evidence), findings_(findings) {}

  // The statement that an item is. What is none is noted.
  void read_into(std::vector<ReportItem>& items, const ContentItem& item, const std::string& where);
  // What is said of a measurement or of a group: true when it has its place there. `Statement`: ReportItem or
  // ReportGroup.
  template <class Statement>
  bool take_common(const ContentItem& item, const std::string& where, Statement& to) {
    if (take_site(item, where, to.sites) || take_algorithm(item, to.algorithm) ||
        take_reference(item, where, to.references))
      return true;
    return take_text(item, to.tracking_id, to.tracking_uid) || take_method(item, to.method);
  }
  bool take_algorithm(const ContentItem& item, ReportAlgorithm& to);
  bool take_reference(const ContentItem& item, const std::string& where, References& to);
  // The place of an object, as the evidence knows it.
  ReportReference reference_to(const SopReference& object, const Code& role) const;

 private:
  bool take_site(const ContentItem& item, const std::string& where, std::vector<ReportSite>& to);
  static bool take_text(const ContentItem& item, std::string& tracking_id, std::string& tracking_uid);
  static bool take_method(const ContentItem& item, Code& to);
  bool take_item_fact(const ContentItem& item, const std::string& where, ReportItem& to);
  ReportItem read_item(const ContentItem& item, const std::string& where);
  gateway::model::ReportValue read_value(const ContentItem& item, const std::string& where);
  void add_objects(const ContentItem& item, const Code& role, References& to);
  void push(ReportReference reference, References& to);
  void add_region(const ContentItem& item, const std::string& where, References& to);
  void note(std::string what, const std::string& where);
  void note_children(const ContentItem& item, const std::string& where);

  const ContentItem& root_;
  const Evidence& evidence_;
  std::vector<gateway::model::ReportFinding>& findings_;
  std::size_t spare_ = 200'000;  // references and points: one item may be referred to by many
};

}  // namespace mappers::dicom::sr

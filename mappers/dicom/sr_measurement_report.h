// The content of measurement reports (PS3.16 TID 1500 with 1410, 1411, 1501), and of any document that is
// made of containers and values: context and groups; values are in sr_statements.h. Private to this folder.
// One thread; pure.
#pragma once

#include <string>

#include "mappers/dicom/sr_statements.h"

namespace mappers::dicom::sr {

using gateway::model::ReportGroup;

// Reads the tree into a report whose header is read already.
class ContentReader {
 public:
  ContentReader(const ContentItem& root, const Evidence& evidence, StructuredReport& report)
      : root_(root), report_(report), statements_(root, evidence, report.findings) {}
  // Everything below the root.
  void read();

 private:
  void read_part(const ContentItem& item, const std::string& where);
  bool take_context(const ContentItem& item, const std::string& where);
  bool take_person(const ContentItem& item);
  bool take_device(const ContentItem& item);
  void take_language(const ContentItem& item);
  void take_procedure(const ContentItem& item, const std::string& where);
  ReportGroup read_group(const ContentItem& container, const std::string& where);
  bool take_group_fact(const ContentItem& item, ReportGroup& group);

  const ContentItem& root_;
  StructuredReport& report_;
  StatementReader statements_;
};

}  // namespace mappers::dicom::sr

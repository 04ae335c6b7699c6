// What a statement is about, as R5 has it in ImagingSelection: in R4 a Basic with the extensions of R5 (HL7
// Europe Imaging reads it so). Private to this folder. One thread.
//
// References of one role and series are one selection: its instances with frames, segments and regions of
// the plane; regions of space stand beside them. The same selection is there once.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "mappers/fhir/report_parts.h"

namespace mappers::fhir::report {

// What the selection is called and described by, where its code does not say all.
struct SelectionWords {
  Code code;  // instead of the role of the references
  std::string title, description;
  bool whole = false;  // it stands for the object itself, and has its UID
};

// "Basic/id" of each selection.
std::vector<std::string> put_selections(Parts& parts, std::span<const ReportReference> references,
                                        const SelectionWords& words = {});

}  // namespace mappers::fhir::report

// Rules of FHIR R4 that definitions cannot say, one function for each type or kind of content they speak of.
//
// Internal to gateway/definitions. Each tells what it finds in the context.
#pragma once

#include "gateway/definitions/rule_context.h"

namespace gateway::definitions {

// Codes against a binding (4.1.5). `profile`: whose binding it is; nullptr: the type's.
void check_binding(RuleContext& context, const Entry& entry, const Binding& binding,
                   const Structure* profile);
// Whether a code, or one of the codings, is in the set; No for none.
Membership membership_of(const RuleContext& context, const Entry& entry, std::string_view value_set);
// A Coding against its code system: unknown codes and wrong displays.
void check_coding(RuleContext& context, const Entry& coding);
// Systems and values of an Identifier (2.24.0.15).
void check_identifier(RuleContext& context, const Entry& identifier);
// A canonical that names a contained resource.
void check_canonical(RuleContext& context, const Entry& canonical);
// Form, target type and existence of what a Reference names (2.3.0.1, ref-1).
void check_reference(RuleContext& context, const Entry& reference);
// The type of the resource a Reference names, as far as it can be known without fetching; or empty.
std::string_view target_type(const ResourceTree& tree, const Entry& reference);
// url, context, either a value or extensions (2.5, ext-1).
void check_extension(RuleContext& context, const Entry& extension);
// size, hash, data (2.24.0.6).
void check_attachment(RuleContext& context, const Entry& attachment);
// Contained resources (2.3.0.5, dom-2 to dom-5).
void check_contained(RuleContext& context, const Entry& resource);
// fullUrl, links, the shape that each kind of Bundle has (2.36).
void check_bundle(RuleContext& context, const Entry& bundle);
// Every entry of a document belongs to it (3.3.1): it is referred to, or refers to one that is.
void check_document(RuleContext& context, const Entry& bundle);
// The profile that an Observation must fit for its code: vital signs (10.1.3.1); nullptr for none.
const Structure* vital_signs_profile(const RuleContext& context, const Entry& observation);
// Counts and identifiers of ImagingStudy (11.7).
void check_imaging_study(RuleContext& context, const Entry& study);

}  // namespace gateway::definitions

#include "gateway/dimse/context_choice.h"

#include <algorithm>

#include "mappers/dicom/transfer_syntax.h"

namespace gateway::dimse {
namespace {

namespace ts = mappers::dicom::transfer_syntax;

constexpr std::size_t kMaxContexts = 128;  // PS3.8 section 9.3.2.2: odd identifiers up to 255

bool is_any_of(std::string_view uid, std::initializer_list<std::string_view> uids) {
  return std::find(uids.begin(), uids.end(), uid) != uids.end();
}

bool is_query_or_service(std::string_view uid) {
  return is_any_of(uid, {sop_class::kVerification, sop_class::kPatientRootFind, sop_class::kPatientRootMove,
                         sop_class::kPatientRootGet, sop_class::kStudyRootFind, sop_class::kStudyRootMove,
                         sop_class::kStudyRootGet, sop_class::kStorageCommitment});
}

bool has(const ProposedContext& context, std::string_view syntax) {
  return std::find(context.transfer_syntaxes.begin(), context.transfer_syntaxes.end(), syntax) !=
         context.transfer_syntaxes.end();
}

bool is_native(std::string_view syntax) {
  return is_any_of(syntax, {ts::kImplicitLittle, ts::kExplicitLittle, ts::kExplicitBig});
}

// Identifiers and reports are ours to encode: one of two. Objects: as the requestor likes best, but among
// the native encodings the explicit little endian one, which needs no conversion ever after.
std::string choose_syntax(const ProposedContext& context, bool storage) {
  if (context.transfer_syntaxes.empty()) return {};
  const std::string& first = context.transfer_syntaxes.front();
  if (storage && !is_native(first)) return first;
  for (const auto syntax : {ts::kExplicitLittle, ts::kImplicitLittle})
    if (has(context, syntax)) return std::string(syntax);
  return storage ? first : std::string();
}

// Compressed syntaxes that objects are kept in; the private and rare ones are sent converted, or not.
constexpr std::string_view kCompressed[] = {
    "1.2.840.10008.1.2.4.90",  "1.2.840.10008.1.2.4.91",  "1.2.840.10008.1.2.4.80",
    "1.2.840.10008.1.2.4.81",  "1.2.840.10008.1.2.4.70",  "1.2.840.10008.1.2.4.57",
    "1.2.840.10008.1.2.4.51",  "1.2.840.10008.1.2.4.50",  "1.2.840.10008.1.2.5",
    "1.2.840.10008.1.2.4.201", "1.2.840.10008.1.2.4.202", "1.2.840.10008.1.2.4.203",
    "1.2.840.10008.1.2.4.100", "1.2.840.10008.1.2.4.101", "1.2.840.10008.1.2.4.102",
    "1.2.840.10008.1.2.4.103", "1.2.840.10008.1.2.4.110", "1.2.840.10008.1.2.4.111",
    "1.2.840.10008.1.2.4.112", "1.2.840.10008.1.2.1.99",
};

}  // namespace

bool is_storage_class(std::string_view uid, bool private_classes) {
  if (uid.empty()) return false;
  if (!uid.starts_with("1.2.840.10008.")) return private_classes;
  for (const std::string_view root :
       {"1.2.840.10008.5.1.4.1.1.", "1.2.840.10008.5.1.4.34.", "1.2.840.10008.5.1.4.38.1",
        "1.2.840.10008.5.1.4.39.1", "1.2.840.10008.5.1.4.43.1", "1.2.840.10008.5.1.4.44.1",
        "1.2.840.10008.5.1.4.45.1"})
    if (uid.starts_with(root)) return !uid.starts_with("1.2.840.10008.5.1.4.34.6");  // work items
  return is_any_of(uid, {"1.2.840.10008.5.1.1.27", "1.2.840.10008.5.1.1.29", "1.2.840.10008.5.1.1.30"});
}

std::vector<Context> choose_contexts(std::span<const ProposedContext> proposed, const ContextPolicy& policy) {
  std::vector<Context> accepted;
  for (const ProposedContext& context : proposed) {
    const bool service = is_query_or_service(context.abstract_syntax);
    // Whoever wants to be the provider asks for C-GET; nothing comes in then.
    const bool storage = !service && is_storage_class(context.abstract_syntax, policy.private_classes) &&
                         (policy.storage || context.role_scp);
    if (!service && !storage) continue;
    std::string syntax = choose_syntax(context, storage);
    if (!syntax.empty())
      accepted.push_back(
          {context.id, context.abstract_syntax, std::move(syntax), storage && context.role_scp});
  }
  return accepted;
}

std::vector<ProposedContext> storage_proposal(std::span<const std::string> sop_classes, bool role_scp) {
  std::vector<ProposedContext> contexts;
  const std::vector<std::string> native = {std::string(ts::kExplicitLittle),
                                           std::string(ts::kImplicitLittle)};
  const std::vector<std::string> compressed(std::begin(kCompressed), std::end(kCompressed));
  for (const std::string& sop_class : sop_classes)
    if (contexts.size() < kMaxContexts) contexts.push_back({0, sop_class, native, role_scp});
  // One context a compressed syntax for few classes, else one for all of them: the peer chooses.
  const bool few = sop_classes.size() * (1 + compressed.size()) <= kMaxContexts;
  for (const std::string& sop_class : sop_classes) {
    if (!few && contexts.size() < kMaxContexts) contexts.push_back({0, sop_class, compressed, role_scp});
    for (const std::string& syntax : compressed)
      if (few) contexts.push_back({0, sop_class, {syntax}, role_scp});
  }
  return contexts;
}

const std::vector<std::string>& usual_storage_classes() {
  static const std::vector<std::string> classes = [] {
    std::vector<std::string> list;
    for (const char* leaf :
         {"2",      "2.1",      "4",        "4.1",    "4.2",    "1",      "1.1",    "1.2",    "1.3",
          "7",      "7.1",      "7.2",      "7.3",    "7.4",    "6.1",    "6.2",    "3.1",    "12.1",
          "12.1.1", "12.2",     "12.2.1",   "13.1.1", "13.1.2", "13.1.3", "20",     "128",    "128.1",
          "130",    "30",       "66",       "66.1",   "66.4",   "66.5",   "77.1.1", "77.1.2", "77.1.3",
          "77.1.4", "77.1.5.1", "77.1.5.4", "77.1.6", "88.11",  "88.22",  "88.33",  "88.34",  "88.50",
          "88.59",  "88.65",    "88.67",    "104.1",  "104.2",  "11.1",   "11.2",   "481.1",  "481.2",
          "481.3",  "481.5",    "2.2",      "1.1.1",  "1.2.1",  "1.3.1"})
      list.push_back(std::string("1.2.840.10008.5.1.4.1.1.") + leaf);
    return list;
  }();
  return classes;
}

}  // namespace gateway::dimse

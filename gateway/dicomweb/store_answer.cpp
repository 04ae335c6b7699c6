#include "gateway/dicomweb/store_answer.h"

#include <algorithm>

#include "gateway/base/json_text.h"
#include "gateway/base/text.h"
#include "gateway/codec/uri.h"
#include "mappers/dicom/tag.h"

namespace gateway::dicomweb {
namespace {

using model::ItemOutcome;

constexpr std::size_t kMaxWarnings = 20;
constexpr int kProcessingFailure = 0x0110;
constexpr int kDoesNotMatch = 0xB007;  // Data Set does not match SOP Class (PS3.4 table B.2-1)

void append_member(std::string& out, std::string_view tag, std::string_view vr, std::string_view values) {
  if (out.back() != '{') out += ',';
  out += "\"" + std::string(tag) + "\":{\"vr\":\"" + std::string(vr) + "\",\"Value\":[" +
         std::string(values) + "]}";
}

void append_text_member(std::string& out, std::string_view tag, std::string_view vr, std::string_view value) {
  if (value.empty()) return;
  std::string text;
  append_json_string(text, value);
  append_member(out, tag, vr, text);
}

// UIDs that break the rules of PS3.5 section 9 are kept, so they are escaped like any text.
std::string study_url(std::string_view root, std::string_view uid) {
  return std::string(root) + "/studies/" + codec::percent_encode(uid);
}

std::string instance_url(std::string_view root, const ItemOutcome& outcome) {
  return study_url(root, outcome.study_uid) + "/series/" + codec::percent_encode(outcome.series_uid) +
         "/instances/" + codec::percent_encode(outcome.sop_instance_uid);
}

// (0074,1048): in words what is wrong, and with which attribute.
void append_failed_attribute(std::string& out, const Error& error) {
  std::string item = "{";
  append_text_member(item, "0040A160", "UT", error.text());
  const std::string_view where = error.where;
  const auto tag = mappers::dicom::parse_tag(where.substr(where.size() < 8 ? 0 : where.size() - 8));
  if (tag) append_text_member(item, "00741052", "AT", hex(*tag));
  append_member(out, "00741048", "SQ", item + "}");
}

void append_failure(std::string& out, const ItemOutcome& outcome) {
  const int status = outcome.error ? outcome.error->face().dicom_status : kProcessingFailure;
  append_member(out, "00081197", "US", std::to_string(status));
  if (outcome.error) append_failed_attribute(out, *outcome.error);
}

void append_item(std::string& out, const ItemOutcome& outcome, std::string_view root) {
  out += '{';
  append_text_member(out, "00081150", "UI", outcome.sop_class_uid);
  append_text_member(out, "00081155", "UI", outcome.sop_instance_uid);
  if (!is_stored(outcome)) {
    append_failure(out, outcome);
  } else {
    append_text_member(out, "00081190", "UR", instance_url(root, outcome));
    if (!outcome.findings.empty()) append_member(out, "00081196", "US", std::to_string(kDoesNotMatch));
  }
  out += '}';
}

void append_sequence(std::string& out, std::string_view tag, const std::vector<ItemOutcome>& outcomes,
                     bool success, std::string_view root) {
  std::string items;
  for (const ItemOutcome& outcome : outcomes) {
    if (is_stored(outcome) != success) continue;
    if (!items.empty()) items += ',';
    append_item(items, outcome, root);
  }
  if (!items.empty()) append_member(out, tag, "SQ", items);
}

// (0008,1190) names the study when all that was stored is of one.
void append_study_url(std::string& out, const std::vector<ItemOutcome>& outcomes, std::string_view root) {
  std::string_view study;
  for (const ItemOutcome& outcome : outcomes) {
    if (!is_stored(outcome)) continue;
    if (!study.empty() && study != outcome.study_uid) return;
    study = outcome.study_uid;
  }
  if (!study.empty()) append_text_member(out, "00081190", "UR", study_url(root, study));
}

}  // namespace

bool is_stored(const ItemOutcome& outcome) {
  return outcome.kind == ItemOutcome::Kind::Stored || outcome.kind == ItemOutcome::Kind::Identical;
}

int store_status(const std::vector<ItemOutcome>& outcomes) {
  const auto stored = static_cast<std::size_t>(std::count_if(outcomes.begin(), outcomes.end(), is_stored));
  return stored == outcomes.size() ? 200 : stored > 0 ? 202 : 409;
}

std::string store_response(const std::vector<ItemOutcome>& outcomes, std::string_view root) {
  std::string body = "{";
  append_study_url(body, outcomes, root);
  append_sequence(body, "00081198", outcomes, false, root);
  append_sequence(body, "00081199", outcomes, true, root);
  return body += '}';
}

std::vector<std::string> store_warnings(const std::vector<ItemOutcome>& outcomes, std::string_view root) {
  std::vector<std::string> warnings;
  for (const ItemOutcome& outcome : outcomes) {
    if (is_stored(outcome) || !outcome.error || warnings.size() == kMaxWarnings) continue;
    warnings.push_back("299 " + std::string(root) + ": " + outcome.label + ": " + outcome.error->text());
  }
  return warnings;
}

}  // namespace gateway::dicomweb

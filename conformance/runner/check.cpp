#include "conformance/runner/check.h"

#include <algorithm>
#include <regex>

#include "conformance/runner/text_template.h"
#include "gateway/base/json_text.h"
#include "gateway/base/text.h"
#include "gateway/codec/json.h"

namespace conformance {
namespace {

using gateway::ErrorCode;
using gateway::fail;
using gateway::Result;
using gateway::trim;
using gateway::Value;
using Op = ExpectStep::Operator;
using Subject = ExpectStep::Subject;
using Failure = std::optional<std::string>;

// std::regex recurses over the text, so patterns see windows of it. These overlap: what matches at most as
// much as they do is found wherever it lies.
constexpr std::size_t kWindow = 16u << 10;
constexpr std::size_t kOverlap = kWindow / 2;

struct Found {
  bool matched = false;
  std::string text;  // the first group, or the whole match
  std::string fault;
};

// Neither ends of a window are ends of the text unless they are.
bool search_window(const std::regex& pattern, std::string_view text, std::size_t at, Found& found) {
  using namespace std::regex_constants;
  const std::string_view window = text.substr(at, kWindow);
  match_flag_type flags = match_default;
  if (at > 0) flags |= match_prev_avail | match_not_bol;
  if (at + window.size() < text.size()) flags |= match_not_eol;
  std::match_results<std::string_view::const_iterator> match;
  found.matched = std::regex_search(window.begin(), window.end(), match, pattern, flags);
  if (found.matched) found.text = match.size() > 1 ? match[1].str() : match[0].str();
  return found.matched;
}

bool search_windows(const std::regex& pattern, std::string_view text, Found& found) {
  for (std::size_t at = 0;; at += kWindow - kOverlap) {
    if (search_window(pattern, text, at, found)) return true;
    if (at + kWindow >= text.size()) return false;
  }
}

// Looks into the beginning of the text, then into each of its lines.
Found search(const std::string& pattern, std::string_view text) {
  Found found;
  try {
    const std::regex compiled(pattern);
    if (search_window(compiled, text, 0, found) || text.size() <= kWindow) return found;
    for (const std::string_view line : gateway::split(text, '\n'))
      if (search_windows(compiled, line, found)) break;
  } catch (const std::regex_error& error) {
    found.fault = std::string("the pattern is faulty: ") + error.what();
  }
  return found;
}

// "400", "400..499" or a list of those.
bool in_ranges(std::string_view ranges, std::int64_t number) {
  for (const std::string_view part : gateway::split(ranges, ',')) {
    const std::string_view range = trim(part);
    const auto dots = range.find("..");
    const auto low = gateway::parse_number<std::int64_t>(range.substr(0, dots));
    const auto high =
        dots == std::string_view::npos ? low : gateway::parse_number<std::int64_t>(range.substr(dots + 2));
    if (low && high && *low <= number && number <= *high) return true;
  }
  return false;
}

Failure test_number(Op op, std::string_view value, std::int64_t number) {
  const auto wanted = gateway::parse_number<std::int64_t>(value);
  bool holds = false;
  if (op == Op::In)
    holds = in_ranges(value, number);
  else if (!wanted)
    return "the case compares with something that is no number";
  else if (op == Op::Equal)
    holds = number == *wanted;
  else if (op == Op::NotEqual)
    holds = number != *wanted;
  else if (op == Op::AtLeast)
    holds = number >= *wanted;
  else if (op == Op::AtMost)
    holds = number <= *wanted;
  else
    return "the case uses an operator that numbers do not have";
  if (holds) return std::nullopt;
  return std::to_string(number);
}

bool in_list(std::string_view list, std::string_view text) {
  const auto parts = gateway::split(list, ',');
  return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) { return trim(part) == text; });
}

Failure test_text(Op op, const std::string& value, std::string_view text) {
  bool holds = false;
  switch (op) {
    case Op::Equal:
      holds = text == value;
      break;
    case Op::NotEqual:
      holds = text != value;
      break;
    case Op::Contains:
      holds = text.find(value) != std::string_view::npos;
      break;
    case Op::Lacks:
      holds = text.find(value) == std::string_view::npos;
      break;
    case Op::In:
      holds = in_list(value, text);
      break;
    case Op::Present:
      holds = true;
      break;
    case Op::Matches:
    case Op::MatchesNot: {
      const Found found = search(value, text);
      if (!found.fault.empty()) return found.fault;
      holds = found.matched == (op == Op::Matches);
      break;
    }
    default:
      return "the case uses an operator that texts do not have";
  }
  if (holds) return std::nullopt;
  return text.empty() ? "nothing" : printable(text, 300);
}

Failure test_header(const ExpectStep& step, const Answer& answer) {
  const std::string* value = answer.header(step.name);
  const bool negative =
      step.op == Op::Absent || step.op == Op::Lacks || step.op == Op::MatchesNot || step.op == Op::NotEqual;
  if (!value) return negative ? std::nullopt : Failure("no such header");
  if (step.op == Op::Absent) return *value;
  return test_text(step.op, step.value, *value);
}

// A list contains what equals one of its items, a text what is part of it.
bool json_contains(const Value& value, const Value& wanted) {
  const auto* text = value.as_string();
  const auto* part = wanted.as_string();
  if (text && part) return text->find(*part) != std::string::npos;
  const auto* list = value.as_list();
  return list && std::find(list->begin(), list->end(), wanted) != list->end();
}

Failure test_json_value(const ExpectStep& step, const Value& value) {
  const auto parsed = gateway::codec::parse_json(step.value);
  const Value wanted = parsed.ok() ? *parsed : Value(step.value);
  const std::string shown = printable(gateway::to_json(value), 300);
  switch (step.op) {
    case Op::Present:
      return std::nullopt;
    case Op::Absent:
      return shown;
    case Op::Equal:
      return value == wanted ? Failure() : shown;
    case Op::NotEqual:
      return value != wanted ? Failure() : shown;
    case Op::Contains:
      return json_contains(value, wanted) ? Failure() : shown;
    case Op::Lacks:
      return json_contains(value, wanted) ? shown : Failure();
    default:
      break;
  }
  if (const auto* number = value.as_int(); number && step.op != Op::Matches)
    return test_number(step.op, step.value, *number);
  const auto* text = value.as_string();
  return test_text(step.op, step.value, text ? *text : gateway::to_json(value));
}

std::size_t length_of(const Value& value) {
  if (const auto* list = value.as_list()) return list->size();
  if (const auto* map = value.as_map()) return map->size();
  const auto* text = value.as_string();
  return text ? text->size() : 0;
}

Failure test_json(const ExpectStep& step, const Answer& answer) {
  const auto document = gateway::codec::parse_json(answer.body);
  if (!document) return "no JSON (" + document.error().text() + "): " + printable(answer.body);
  const Value* value = find_pointer(*document, step.name);
  if (!value)  // what is not there has no value that could differ
    return step.op == Op::Absent && step.subject == Subject::Json
               ? Failure()
               : "nothing there in " + printable(answer.body, 300);
  if (step.subject == Subject::Json) return test_json_value(step, *value);
  return test_number(step.op, step.value, static_cast<std::int64_t>(length_of(*value)));
}

std::string unescape_pointer(std::string_view segment) {
  std::string out;
  for (std::size_t i = 0; i < segment.size(); ++i) {
    const bool escape =
        segment[i] == '~' && i + 1 < segment.size() && (segment[i + 1] == '0' || segment[i + 1] == '1');
    out += escape ? (segment[++i] == '0' ? '~' : '/') : segment[i];
  }
  return out;
}

std::string scalar_text(const Value& value) {
  const auto* text = value.as_string();
  return text ? *text : gateway::to_json(value);
}

}  // namespace

const Value* find_pointer(const Value& document, std::string_view pointer) {
  const Value* value = &document;
  if (pointer.empty() || pointer == "/") return value;
  if (pointer.starts_with('/')) pointer.remove_prefix(1);
  for (const std::string_view segment : gateway::split(pointer, '/')) {
    if (const auto* list = value->as_list()) {
      const auto index = gateway::parse_number<std::size_t>(segment);
      if (!index || *index >= list->size()) return nullptr;
      value = &(*list)[*index];
    } else if (!(value = value->find(unescape_pointer(segment)))) {
      return nullptr;
    }
  }
  return value;
}

Failure check(const ExpectStep& step, const Reading& reading) {
  const Answer& answer = reading.answer;
  const bool answered = reading.end == Reading::End::Answered;
  if (step.subject == Subject::Refused) {
    const bool refused = answered ? answer.status >= 400 : reading.end == Reading::End::Closed;
    return refused ? Failure() : reading.text();
  }
  if (!answered) return reading.text();
  switch (step.subject) {
    case Subject::Status: {
      Failure failure = test_number(step.op, step.value, answer.status);
      if (failure && !answer.body.empty()) *failure += ": " + printable(answer.body, 200);
      return failure;
    }
    case Subject::Header:
      return test_header(step, answer);
    case Subject::Body:
      return test_text(step.op, step.value, answer.body);
    case Subject::BodyLength:
      return test_number(step.op, step.value, static_cast<std::int64_t>(answer.body.size()));
    case Subject::Within: {
      const Failure slow = test_number(Op::AtMost, step.value, answer.elapsed_us / 1000);
      return slow ? *slow + " ms" : slow;
    }
    default:
      return test_json(step, answer);
  }
}

Result<std::string> extract(const LetStep& step, const Reading& reading) {
  if (step.source == LetStep::Source::Text) return step.from;
  if (reading.end != Reading::End::Answered) return fail(ErrorCode::NotFound, reading.text());
  std::string text = reading.answer.body;
  if (step.source == LetStep::Source::Header) {
    const std::string* value = reading.answer.header(step.from);
    if (!value) return fail(ErrorCode::NotFound, "no header " + step.from);
    text = *value;
  } else if (step.source == LetStep::Source::Json) {
    const auto document = gateway::codec::parse_json(text);
    const Value* value = document.ok() ? find_pointer(*document, step.from) : nullptr;
    if (!value) return fail(ErrorCode::NotFound, "nothing at " + step.from + " of " + printable(text));
    text = scalar_text(*value);
  }
  if (step.pattern.empty()) return text;
  const Found found = search(step.pattern, text);
  if (!found.matched) return fail(ErrorCode::NotFound, "nothing matches in " + printable(text));
  return found.text;
}

}  // namespace conformance

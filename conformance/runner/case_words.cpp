#include "conformance/runner/case_words.h"

#include <algorithm>

#include "conformance/runner/text_template.h"
#include "gateway/base/text.h"

namespace conformance {
namespace {

using gateway::ErrorCode;
using gateway::fail;
using gateway::Result;
using gateway::trim;
using Op = ExpectStep::Operator;
using Subject = ExpectStep::Subject;

struct SubjectWord {
  std::string_view word;
  Subject subject;
  bool named;   // followed by a header name or a pointer
  bool tested;  // followed by an operator
};
constexpr SubjectWord kSubjects[] = {
    {"status", Subject::Status, false, true},
    {"header", Subject::Header, true, true},
    {"body-length", Subject::BodyLength, false, true},
    {"body", Subject::Body, false, true},
    {"json-length", Subject::JsonLength, true, true},
    {"json", Subject::Json, true, true},
    {"closed", Subject::Closed, false, false},
    {"no-second-response", Subject::NoSecondResponse, false, false},
    {"refused", Subject::Refused, false, false},
    {"within", Subject::Within, false, false},
};

struct OperatorWord {
  std::string_view word;
  Op op;
  bool valued;
};
constexpr OperatorWord kOperators[] = {
    {"==", Op::Equal, true},   {"=", Op::Equal, true},           {"!=", Op::NotEqual, true},
    {">=", Op::AtLeast, true}, {"<=", Op::AtMost, true},         {"!~", Op::MatchesNot, true},
    {"~", Op::Matches, true},  {"contains", Op::Contains, true}, {"lacks", Op::Lacks, true},
    {"in", Op::In, true},      {"present", Op::Present, false},  {"absent", Op::Absent, false},
};

// The first word of `text`, which loses it.
std::string_view take_word(std::string_view& text) {
  text = trim(text);
  const std::string_view word = text.substr(0, text.find_first_of(" \t"));
  text = trim(text.substr(word.size()));
  return word;
}

Result<std::size_t> number_option(std::string_view word, std::size_t prefix) {
  const auto number = gateway::parse_number<std::size_t>(word.substr(prefix));
  if (!number) return fail(ErrorCode::InvalidBody, "needs a number: " + printable(word, 40));
  return *number;
}

bool apply_connection(Connection& connection, std::string_view word) {
  if (word == "fresh")
    connection = Connection::Fresh;
  else if (word == "same")
    connection = Connection::Same;
  else
    return false;
  return true;
}

Result<void> check_pattern(const std::string& pattern) {
  if (pattern.size() > 1000) return fail(ErrorCode::InvalidBody, "a pattern has at most 1000 characters");
  return {};
}

Result<Op> parse_operator(std::string_view& rest) {
  for (const OperatorWord& row : kOperators) {
    if (!rest.starts_with(row.word)) continue;
    std::string_view value = rest.substr(row.word.size());
    const bool is_word = row.word[0] >= 'a';
    if (is_word && !value.empty() && value[0] != ' ') continue;
    value = trim(value);
    if (!row.valued && !value.empty())
      return fail(ErrorCode::InvalidBody, "text behind " + std::string(row.word));
    rest = value;
    return row.op;
  }
  return fail(ErrorCode::InvalidBody, "no such operator: " + printable(rest, 40));
}

}  // namespace

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (const std::string_view word : gateway::split(text, ' '))
    if (!word.empty()) words.push_back(word);
  return words;
}

Result<void> apply_send_option(SendStep& step, std::string_view word) {
  if (apply_connection(step.connection, word)) return {};
  if (word == "no-host")
    step.host = false;
  else if (word == "no-length")
    step.length = false;
  else if (word == "fin")
    step.fin = true;
  else if (word == "chunked")
    step.chunk = 16'384;
  else if (word.starts_with("chunked="))
    step.chunk = TRY(number_option(word, 8));
  else if (word.starts_with("cut="))
    step.cut = TRY(number_option(word, 4));
  else if (word.starts_with("HTTP/"))
    step.version = word;
  else
    return fail(ErrorCode::InvalidBody, "no such option of send: " + printable(word, 40));
  return {};
}

Result<void> apply_raw_option(RawStep& step, std::string_view word) {
  if (apply_connection(step.connection, word)) return {};
  if (word == "fin")
    step.fin = true;
  else if (word == "unread")
    step.unread = true;
  else
    return fail(ErrorCode::InvalidBody, "no such option of raw: " + printable(word, 40));
  return {};
}

Result<ExpectStep> parse_expect(std::string_view rest) {
  const auto end = rest.find_first_not_of("abcdefghijklmnopqrstuvwxyz-");
  const std::string_view word = rest.substr(0, end);
  const auto* row = std::find_if(std::begin(kSubjects), std::end(kSubjects),
                                 [&](const SubjectWord& candidate) { return candidate.word == word; });
  if (row == std::end(kSubjects))
    return fail(ErrorCode::InvalidBody, "nothing to expect: " + printable(rest, 40));
  rest = trim(rest.substr(word.size()));
  ExpectStep step;
  step.subject = row->subject;
  if (row->named) step.name = take_word(rest);
  if (row->named && step.name.empty())
    return fail(ErrorCode::InvalidBody, "expect " + std::string(word) + " what?");
  if (row->tested)
    step.op = TRY(parse_operator(rest));
  else if (!rest.empty() && step.subject != Subject::Within)
    return fail(ErrorCode::InvalidBody, "text behind " + std::string(word));
  step.value = rest;
  TRY(check_template(step.name));
  if (step.op == Op::Matches || step.op == Op::MatchesNot)
    TRY(check_pattern(step.value));
  else if (step.subject != Subject::Json)
    TRY(check_template(step.value));
  return step;
}

Result<LetStep> parse_let(std::string_view rest) {
  LetStep step;
  step.name = take_word(rest);
  if (take_word(rest) != "=" || step.name.empty()) return fail(ErrorCode::InvalidBody, "let NAME = ...");
  if (rest.ends_with(" else skip")) {
    step.skip = true;
    rest = trim(rest.substr(0, rest.size() - 10));
  }
  const std::string_view source = take_word(rest);
  if (source == "json")
    step.source = LetStep::Source::Json;
  else if (source == "header")
    step.source = LetStep::Source::Header;
  else if (source == "body")
    step.source = LetStep::Source::Body;
  else if (source == "text")
    step.source = LetStep::Source::Text;
  else
    return fail(ErrorCode::InvalidBody, "let takes json, header, body or text, not " + printable(source, 40));
  if (step.source == LetStep::Source::Text) {
    step.from = rest;
  } else {
    if (step.source != LetStep::Source::Body) step.from = take_word(rest);
    if (rest.starts_with("~"))
      step.pattern = trim(rest.substr(1));
    else if (!rest.empty())
      return fail(ErrorCode::InvalidBody, "only '~ PATTERN' may follow: " + printable(rest, 40));
  }
  TRY(check_template(step.from));
  TRY(check_pattern(step.pattern));
  return step;
}

Result<FixtureStep> parse_fixture(std::string_view rest) {
  FixtureStep step;
  step.name = take_word(rest);
  if (take_word(rest) != "=" || step.name.empty())
    return fail(ErrorCode::InvalidBody, "fixture NAME = GENERATOR ...");
  step.generator = take_word(rest);
  TRY(check_template(rest));
  for (const std::string_view word : words_of(rest)) {
    const auto equal = word.find('=');
    if (equal == std::string_view::npos)
      return fail(ErrorCode::InvalidBody, "not key=value: " + printable(word, 40));
    step.arguments.emplace_back(word.substr(0, equal), word.substr(equal + 1));
  }
  return step;
}

}  // namespace conformance

#include "conformance/runner/case_file.h"

#include <algorithm>
#include <span>

#include "conformance/runner/case_words.h"
#include "conformance/runner/text_template.h"
#include "gateway/base/text.h"

namespace conformance {
namespace {

using gateway::ErrorCode;
using gateway::fail;
using gateway::Result;
using gateway::split;
using gateway::trim;

constexpr std::size_t kMaxBytes = 1u << 20;
constexpr std::size_t kMaxSteps = 10'000;

bool is_indented(std::string_view line) { return !line.empty() && (line[0] == ' ' || line[0] == '\t'); }

class CaseParser {
 public:
  CaseParser(std::string_view text, std::string_view name) : lines_(split(text, '\n')), name_(name) {
    for (std::string_view& line : lines_)
      if (line.ends_with('\r')) line.remove_suffix(1);
  }

  Result<std::vector<Case>> parse() {
    while (at_ < lines_.size()) {
      const auto done = parse_line();
      if (!done) return located(done.error());
    }
    finish_case();
    if (cases_.empty()) return fail(ErrorCode::InvalidBody, "the file has no '# case:' line", name_);
    return std::move(cases_);
  }

 private:
  gateway::Error located(gateway::Error error) const {
    error.where = name_ + ":" + std::to_string(step_line_ + 1);
    error.code = ErrorCode::InvalidBody;
    return error;
  }

  Result<void> parse_line() {
    step_line_ = at_;
    const std::string_view line = lines_[at_++];
    const std::string_view content = trim(line);
    if (content.empty()) return {};
    if (content[0] == '#') return parse_comment(trim(content.substr(1)));
    if (is_indented(line)) return fail(ErrorCode::InvalidBody, "an indented line that belongs to no step");
    return parse_step(content);
  }

  // "# case: NAME" and the like; every other comment is for people.
  Result<void> parse_comment(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return {};
    const std::string_view key = text.substr(0, colon);
    const std::string_view value = trim(text.substr(colon + 1));
    if (key == "case") return begin_case(value);
    if (!in_case_) return {};
    if (key == "spec") current_.spec = value;
    if (key == "needs")
      for (const std::string_view word : words_of(value)) current_.needs.emplace_back(word);
    if (key == "timeout") {
      const auto ms = gateway::parse_number<std::int64_t>(
          value.ends_with("s") ? value.substr(0, value.size() - 1) : value);
      if (!ms || *ms < 1 || *ms > 600) return fail(ErrorCode::InvalidBody, "a timeout is 1s to 600s");
      current_.timeout_ms = *ms * 1000;
    }
    return {};
  }

  Result<void> begin_case(std::string_view name) {
    if (name.empty()) return fail(ErrorCode::InvalidBody, "a case needs a name");
    const auto same =
        std::any_of(cases_.begin(), cases_.end(), [&](const Case& c) { return c.name == name; });
    if (same || (in_case_ && current_.name == name))
      return fail(ErrorCode::InvalidBody, "two cases of one name");
    finish_case();
    in_case_ = true;
    current_ = Case{};
    current_.name = name;
    current_.file = name_;
    current_.line = static_cast<int>(step_line_ + 1);
    current_.steps = prelude_;
    return {};
  }

  void finish_case() {
    if (in_case_) cases_.push_back(std::move(current_));
    in_case_ = false;
  }

  Result<void> parse_step(std::string_view line) {
    if (++steps_ > kMaxSteps) return fail(ErrorCode::InvalidBody, "too many steps in one file");
    const std::string_view verb = line.substr(0, line.find(' '));
    const std::string_view rest = trim(line.substr(verb.size()));
    Step step;
    step.line = static_cast<int>(step_line_ + 1);
    step.source = line;
    if (verb == "send")
      step.what = TRY(parse_send(rest));
    else if (verb == "raw")
      step.what = TRY(parse_raw(rest));
    else if (verb == "next" && rest.empty())
      step.what = NextStep{};
    else if (verb == "idle")
      step.what = TRY(parse_idle(rest));
    else if (verb == "expect")
      step.what = TRY(parse_expect(rest));
    else if (verb == "let")
      step.what = TRY(parse_let(rest));
    else if (verb == "fixture")
      step.what = TRY(parse_fixture(rest));
    else
      return fail(ErrorCode::InvalidBody, "no such step: " + printable(verb, 40));
    (in_case_ ? current_.steps : prelude_).push_back(std::move(step));
    return {};
  }

  Result<SendStep> parse_send(std::string_view rest) {
    const auto words = words_of(rest);
    if (words.size() < 2) return fail(ErrorCode::InvalidBody, "send needs a method and a target");
    SendStep step;
    step.method = words[0];
    step.target = words[1];
    TRY(check_template(step.target));
    for (const std::string_view word : std::span(words).subspan(2)) TRY(apply_send_option(step, word));
    while (at_ < lines_.size() && is_indented(lines_[at_]) && !trim(lines_[at_]).empty()) {
      const std::string_view line = trim(lines_[at_++]);
      if (line.starts_with("body "))
        TRY(parse_body(step, trim(line.substr(5))));
      else
        TRY(parse_header(step, line));
    }
    return step;
  }

  Result<void> parse_header(SendStep& step, std::string_view line) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos)
      return fail(ErrorCode::InvalidBody, "neither a header line nor a body");
    TRY(check_template(line));
    step.headers.emplace_back(line.substr(0, colon), trim(line.substr(colon + 1)));
    return {};
  }

  Result<void> parse_body(SendStep& step, std::string_view text) {
    if (step.body || !step.body_file.empty()) return fail(ErrorCode::InvalidBody, "a second body");
    if (text.starts_with('@')) {
      step.body_file = text.substr(1);
      return {};
    }
    step.body = TRY(parse_text(text));
    return {};
  }

  // Text of this line, or the lines up to END after "<<END"; line breaks of the file are not part of it.
  Result<std::string> parse_text(std::string_view text) {
    std::string out(text);
    if (text.starts_with("<<")) {
      const std::string_view end = text.substr(2);
      if (end.empty()) return fail(ErrorCode::InvalidBody, "<< needs a word that ends the text");
      out.clear();
      for (;; ++at_) {
        if (at_ == lines_.size())
          return fail(ErrorCode::InvalidBody, "no line " + printable(end) + " ends the text");
        if (trim(lines_[at_]) == end) break;
        out += lines_[at_];
      }
      ++at_;
    }
    TRY(check_template(out));
    return out;
  }

  Result<RawStep> parse_raw(std::string_view rest) {
    const auto marker = rest.find("<<");
    if (marker == std::string_view::npos)
      return fail(ErrorCode::InvalidBody, "raw needs its bytes: raw <<END");
    RawStep step;
    for (const std::string_view word : words_of(rest.substr(0, marker))) TRY(apply_raw_option(step, word));
    step.bytes = TRY(parse_text(trim(rest.substr(marker))));
    return step;
  }

  Result<IdleStep> parse_idle(std::string_view rest) const {
    const auto count = gateway::parse_number<std::size_t>(rest);
    if (!count || *count > 20'000) return fail(ErrorCode::InvalidBody, "idle needs a number up to 20000");
    return IdleStep{*count};
  }

  std::vector<std::string_view> lines_;
  std::string name_;
  std::size_t at_ = 0;
  std::size_t step_line_ = 0;
  std::size_t steps_ = 0;
  bool in_case_ = false;
  Case current_;
  std::vector<Step> prelude_;
  std::vector<Case> cases_;
};

}  // namespace

Result<std::vector<Case>> parse_case_file(std::string_view text, std::string_view name) {
  if (text.size() > kMaxBytes)
    return fail(ErrorCode::InvalidBody, "a case file has at most 1 MiB", std::string(name));
  return CaseParser(text, name).parse();
}

}  // namespace conformance

// The .case format: black-box cases of one exchange or more with an HTTP server, as text.
//
// The same files are run by ehds-conformance against any node, by end-to-end tests and by unit tests. The
// format is described in conformance/README.md. Text of a step keeps its escapes and ${names} until it runs
// (text_template.h). Parsing is pure and bounded: files of at most 1 MiB, 10,000 steps. Plain values;
// thread-safe as such.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "gateway/base/result.h"

namespace conformance {

enum class Connection : std::uint8_t {
  Any,    // the open one when it is still usable, else a new one
  Fresh,  // always a new one
  Same,   // the open one; the step fails when the server closed it
};

// send METHOD TARGET [option...] with indented header lines and a body.
struct SendStep {
  std::string method;
  std::string target;
  std::vector<std::pair<std::string, std::string>> headers;
  std::optional<std::string> body;
  std::string body_file;  // body @file, relative to the case file
  std::string version = "HTTP/1.1";
  Connection connection = Connection::Any;
  std::size_t chunk = 0;           // chunked=N: chunked framing in pieces of N bytes; 0: Content-Length
  std::optional<std::size_t> cut;  // cut=N: only so many bytes of the framed body, then end of sending
  bool host = true;                // no-host: without a Host line
  bool length = true;              // no-length: without a Content-Length line
  bool fin = false;                // end of sending after the request
};

// raw [option...] <<END: exactly these bytes.
struct RawStep {
  std::string bytes;
  Connection connection = Connection::Any;
  bool fin = false;
  bool unread = false;  // do not wait for an answer: more follows
};

struct NextStep {};  // next: reads one more answer from the same connection
struct IdleStep {    // idle N: opens so many silent connections until the case ends
  std::size_t count = 0;
};

// expect SUBJECT [NAME] OPERATOR VALUE
struct ExpectStep {
  enum class Subject : std::uint8_t {
    Status,
    Header,
    Body,
    BodyLength,
    Json,
    JsonLength,
    Closed,
    NoSecondResponse,
    Refused,
    Within,
  };
  enum class Operator : std::uint8_t {
    None,
    Equal,
    NotEqual,
    AtLeast,
    AtMost,
    Matches,
    MatchesNot,
    Contains,
    Lacks,
    In,
    Present,
    Absent,
  };
  Subject subject = Subject::Status;
  std::string name;  // of the header, or the JSON pointer (RFC 6901)
  Operator op = Operator::None;
  std::string value;
};

// let NAME = json POINTER | header NAME [~ REGEX] | body ~ REGEX | text TEXT   [else skip]
struct LetStep {
  enum class Source : std::uint8_t { Json, Header, Body, Text };
  std::string name;
  Source source = Source::Text;
  std::string from;     // pointer, header name or text
  std::string pattern;  // its first group, or the whole match
  bool skip = false;    // nothing found skips the case instead of failing it
};

// fixture NAME = GENERATOR [key=value...]
struct FixtureStep {
  std::string name;
  std::string generator;
  std::vector<std::pair<std::string, std::string>> arguments;
};

struct Step {
  int line = 0;
  std::string source;  // the first line as written, for reports
  std::variant<SendStep, RawStep, NextStep, IdleStep, ExpectStep, LetStep, FixtureStep> what;
};

struct Case {
  std::string name;
  std::string spec;                // the clause that demands it
  std::vector<std::string> needs;  // roots and features; the case is skipped where one is missing
  std::int64_t timeout_ms = 5000;  // of each wait
  std::vector<Step> steps;         // those before the first case of the file come first
  std::string file;
  int line = 0;
};

// Error: InvalidBody with `where` = name:line.
gateway::Result<std::vector<Case>> parse_case_file(std::string_view text, std::string_view name);

}  // namespace conformance

// One request and its answer: from the parsed head to the response, without any input or output.
//
// admit() decides all that can be decided before the body is read (route, method, size, media type,
// expectation); answer() runs the handler. connection.cpp moves the bytes. Belongs to one connection.
#pragma once

#include <optional>
#include <string>

#include "gateway/http/body_decoder.h"
#include "gateway/http/body_reader.h"
#include "gateway/http/body_store.h"
#include "gateway/http/engine.h"
#include "gateway/http/head_parser.h"
#include "gateway/http/outgoing.h"

namespace gateway::http {

// Where a connection comes from and ends: fixed for its life.
struct Ends {
  std::string peer;
  std::string local;  // "127.0.0.1:8080", for HTTP/1.0 without Host
  bool secure = false;
};

struct Exchange {
  explicit Exchange(const SpoolConfig& spool) : store(spool) {}

  Request request;
  const Route* route = nullptr;
  bool http10 = false;
  bool keep_alive = true;
  bool expects_continue = false;         // 100 is due before the body is read
  bool body_unread = false;              // refused before its body was read
  std::optional<BodyReader> reader;      // set when a body follows
  std::unique_ptr<BodyDecoder> decoder;  // set when the body has a content coding
  BodyStore store;
  std::int64_t started_us = 0;
  std::int64_t body_started_us = 0;
  std::int64_t write_started_us = 0;
  int status = 0;
  Outgoing outgoing;
  std::shared_ptr<WebSocketUpgrade> upgrade;  // the connection becomes a WebSocket after the answer
};

// Fills the exchange from the head. Error: the request is refused before its body is read; `keep_alive` is
// false when the connection cannot go on after that.
Result<void> admit(Exchange& exchange, Head head, const Ends& ends, Engine& engine, WorkerKit& kit);

// Content of the body as it was sent; and its end. Errors: those of the decoder and of the store.
Result<void> take_body(Exchange& exchange, std::string_view bytes);
Result<void> end_body(const Exchange& exchange);

// The handler's response, or its error as the face renders it. Never throws.
Response answer(const Exchange& exchange);
Response refuse(const Error& error, const Exchange& exchange, const Engine& engine);

// The names of the query parameters, for the log: values may be names and identifiers of patients, and so is
// what does not look like a name of a parameter ("?").
std::string parameter_names(const Request& request);

// Puts the response on its way: head, body (not for HEAD, 204, 304), counters.
void send_response(Exchange& exchange, Response response, const Engine& engine, WorkerKit& kit);

// "OPTIONS *" and OPTIONS of a path: 204 with Allow (RFC 9110 section 9.3.7).
Response options_response(std::string_view allow);

}  // namespace gateway::http

// Result<T>: a value or an Error. The only way in which one part of the gateway tells another that it failed.
//
// Exceptions of libraries are caught in one wrapper each and become an Error there; none crosses a folder.
// Result is a plain value: as thread-safe as T.
#pragma once

#include <cassert>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace gateway {

enum class ErrorCode : std::uint8_t {
#define ERROR_ROW(code, http, fhir, dicom, ebms, retry, title) code,
#include "gateway/base/error_table.def"
#undef ERROR_ROW
};

// The outside faces of an error code: one row of error_table.def.
struct ErrorFace {
  ErrorCode code;
  std::string_view name;        // the enumerator, e.g. "NotFound": stable, machine-readable
  int http_status;              // RFC 9110
  std::string_view fhir_issue;  // OperationOutcome.issue.code
  std::uint16_t dicom_status;   // Failure Reason (0008,1197)
  std::string_view ebms_code;   // eb:Error/@errorCode
  bool retry;                   // the same request may succeed later
  std::string_view title;       // for people; says nothing about this very case
};

const ErrorFace& face_of(ErrorCode code);
std::size_t error_code_count();

// What went wrong. `message` and `where` may be shown to anybody; `detail` goes to the log only.
struct Error {
  ErrorCode code = ErrorCode::Internal;
  std::string message;  // what and why, one sentence, no patient data, no paths of this machine
  std::string where;    // a parameter, tag path, byte offset or file:line; may be empty
  std::string detail;   // private: library texts, paths

  const ErrorFace& face() const { return face_of(code); }
  // "message (where)", for command lines.
  std::string text() const;
};

inline Error fail(ErrorCode code, std::string message, std::string where = {}, std::string detail = {}) {
  return Error{code, std::move(message), std::move(where), std::move(detail)};
}

template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit by design
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit by design

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & { return assert(ok()), *std::get_if<0>(&state_); }
  const T& value() const& { return assert(ok()), *std::get_if<0>(&state_); }
  T&& value() && { return assert(ok()), std::move(*std::get_if<0>(&state_)); }
  Error& error() & { return assert(!ok()), *std::get_if<1>(&state_); }
  const Error& error() const& { return assert(!ok()), *std::get_if<1>(&state_); }
  Error&& error() && { return assert(!ok()), std::move(*std::get_if<1>(&state_)); }

  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit by design
  bool ok() const { return !error_; }
  explicit operator bool() const { return ok(); }
  void value() const { assert(ok()); }
  Error& error() & { return assert(!ok()), *error_; }
  const Error& error() const& { return assert(!ok()), *error_; }
  Error&& error() && { return assert(!ok()), std::move(*error_); }

 private:
  std::optional<Error> error_;
};

}  // namespace gateway

// TRY(expression): the value of a Result, or return its error from the enclosing function.
#define TRY(...)                                                  \
  ({                                                              \
    auto&& try_result_ = (__VA_ARGS__);                           \
    if (!try_result_.ok()) return std::move(try_result_).error(); \
    std::move(try_result_).value();                               \
  })

// TRY_VOID(expression): the same for Result<void>; a statement.
#define TRY_VOID(...)                                                                         \
  do {                                                                                        \
    if (auto try_void_ = (__VA_ARGS__); !try_void_.ok()) return std::move(try_void_).error(); \
  } while (false)

#include "gateway/dimse/scp.h"

#include <algorithm>

#include "gateway/base/log.h"
#include "gateway/dimse/address.h"
#include "gateway/dimse/context_choice.h"

namespace gateway::dimse {
namespace {

constexpr std::chrono::milliseconds kLookUp{5'000};  // of a caller that is configured by name

// (0000,0902) is LO: at most 64 characters (PS3.7 annex E.1).
std::string comment_of(const std::string& text) {
  std::string comment = text.substr(0, 64);
  for (char& c : comment)
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7E || c == '\\') c = ' ';
  return comment;
}

// Hosts may be configured by name; what connects is an address.
bool is_at(const std::string& peer, const DimsePeer& caller) {
  if (caller.host.empty() || peer.ends_with(" at " + caller.host)) return true;
  const auto address = address_of(caller, kLookUp);
  return address.ok() && peer.ends_with(" at " + address->substr(0, address->rfind(':')));
}

bool may_call(const std::vector<DimsePeer>& callers, const std::string& title, const std::string& peer) {
  if (callers.empty()) return true;
  return std::any_of(callers.begin(), callers.end(), [&](const DimsePeer& caller) {
    return caller.ae_title == title && is_at(peer, caller);
  });
}

}  // namespace

Result<void> Scp::negotiate() {
  const DimseServerOptions& options = shared_.options;
  std::optional<Reject> reject;
  if (options.check_called_title && association_.called_title() != options.ae_title)
    reject = Reject::CalledTitle;
  else if (!may_call(options.callers, association_.calling_title(), association_.peer()))
    reject = Reject::CallingTitle;
  if (reject) {
    association_.reject(*reject);
    return fail(ErrorCode::Forbidden, "the association of " + association_.peer() + " was refused");
  }
  return association_.accept(
      choose_contexts(association_.proposed(), {options.accept_storage, options.accept_private_classes}));
}

Result<void> Scp::run() {
  TRY_VOID(negotiate());
  while (!released_) {
    const Incoming request = TRY(association_.receive_command(shared_.options.limits.idle));
    if (request.kind == Incoming::Kind::Nothing) {
      association_.abort();
      return fail(ErrorCode::GatewayTimeout, association_.peer() + " was idle for too long");
    }
    if (request.kind == Incoming::Kind::Release) break;
    TRY_VOID(serve(request));
  }
  association_.acknowledge_release();
  return {};
}

// PS3.7 section 9.3 and 10.3.
Result<void> Scp::serve(const Incoming& request) {
  if (!association_.context(request.context)) {
    association_.abort();
    return fail(ErrorCode::BadGateway,
                association_.peer() + " used a presentation context that was not accepted");
  }
  switch (static_cast<Operation>(request.command.field())) {
    case Operation::Echo:
      return association_.send(request.context, CommandSet::response(request.command, status::kSuccess));
    case Operation::Store:
      return store(request);
    case Operation::Find:
      return find(request);
    case Operation::Get:
      return retrieve(request, false);
    case Operation::Move:
      return retrieve(request, true);
    case Operation::Action:
      return commit(request);
    case Operation::Cancel:
      return {};  // of what is done already
    default:
      return refuse(request, status::kUnrecognisedOperation, "this operation is not supported");
  }
}

Result<void> Scp::skip_data(const Incoming& request) {
  if (!request.command.has_data()) return {};
  return association_.receive_data(request.context, [](ByteSpan) { return Result<void>(); });
}

Result<void> Scp::refuse(const Incoming& request, std::uint16_t status, const std::string& comment) {
  if (request.command.field() & kResponse)
    return fail(ErrorCode::BadGateway, association_.peer() + " sent a response that nobody asked for");
  TRY_VOID(skip_data(request));
  return answer(request, status, comment);
}

Result<void> Scp::answer(const Incoming& request, std::uint16_t status, const std::string& comment) {
  CommandSet response = CommandSet::response(request.command, status);
  if (!comment.empty()) response.set(Item::ErrorComment, comment_of(comment));
  return association_.send(request.context, response);
}

Result<bool> Scp::cancelled(std::uint16_t message_id) {
  if (!association_.something_waits()) return false;
  const Incoming incoming = TRY(association_.receive_command(shared_.options.limits.message));
  if (incoming.kind == Incoming::Kind::Release) {
    released_ = true;
    return true;
  }
  if (incoming.kind == Incoming::Kind::Nothing) return false;
  if (!incoming.command.is(Operation::Cancel))
    return fail(ErrorCode::BadGateway,
                association_.peer() + " sent a request before the last one was answered");
  return incoming.command.number(Item::RespondedTo) == message_id;
}

}  // namespace gateway::dimse

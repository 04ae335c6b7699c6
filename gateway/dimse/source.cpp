#include "gateway/dimse/source.h"

#include "gateway/base/log.h"
#include "gateway/dimse/association_pool.h"
#include "gateway/dimse/query_encoding.h"
#include "mappers/dicom/transfer_syntax.h"

namespace gateway::dimse {
namespace {

namespace dicom = mappers::dicom;

// Answers that a peer may still send behind a C-CANCEL before the association is aborted.
constexpr std::uint64_t kLateAnswers = 1'000;

Result<const Context*> context_for(const Association& association, std::string_view sop_class) {
  for (const Context& context : association.contexts())
    if (context.abstract_syntax == sop_class) return &context;
  return fail(ErrorCode::BadGateway,
              "the DICOM node " + association.peer() + " does not offer " + std::string(sop_class));
}

std::string hex4(std::uint16_t number) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string text;
  for (int shift = 12; shift >= 0; shift -= 4) text += kDigits[number >> shift & 0xF];
  return text;
}

Error unexpected(const Association& association, const char* operation, const CommandSet& command) {
  const std::string comment = command.text(Item::ErrorComment);
  return fail(ErrorCode::BadGateway, "the DICOM node " + association.peer() + " answered " + operation +
                                         " with status " + hex4(command.status()) +
                                         (comment.empty() ? "" : ": " + comment));
}

// One C-FIND on an association (PS3.7 section 9.1.2).
class Find {
 public:
  Find(Association& association, const Context& context, const model::RemoteQuery& query,
       const std::function<bool(std::string json)>& use)
      : association_(association), context_(context), query_(query), use_(use) {}

  Result<model::RemoteQueryReport> run(std::string_view character_set) {
    const bool implicit_vr = dicom::traits_of_syntax(context_.transfer_syntax).implicit_vr;
    message_id_ = association_.next_message_id();
    CommandSet command = CommandSet::request(Operation::Find, message_id_, context_.abstract_syntax, true);
    command.set(Item::Priority, std::uint16_t{0});
    TRY_VOID(association_.send(context_.id, command, encode_query(query_, implicit_vr, character_set)));
    for (;;) {
      const Incoming answer = TRY(association_.receive_answer());
      if (!answer.command.is_response_to(Operation::Find))
        return unexpected(association_, "C-FIND", answer.command);
      if (!is_pending(answer.command.status())) return finish(answer.command);
      TRY_VOID(take(answer));
    }
  }

  // The peer answered, and the answer was no.
  bool refused() const { return refused_; }

 private:
  Result<void> take(const Incoming& answer) {
    if (answer.command.status() == status::kPendingWithWarning && report_.warnings.empty())
      report_.warnings.push_back("optional keys are not supported by " + association_.peer());
    if (!answer.command.has_data()) return {};
    const std::string bytes = TRY(association_.receive_data(answer.context));
    if (cancelled_) {
      report_.cut = true;
      if (++late_ > kLateAnswers)
        return fail(ErrorCode::BadGateway, "the DICOM node " + association_.peer() + " ignores C-CANCEL");
      return {};
    }
    ++count_;
    const bool go_on = use_(TRY(json_of_answer(bytes, context_.transfer_syntax)));
    if (!go_on) report_.cut = true;
    return go_on && (query_.limit == 0 || count_ < query_.limit) ? Result<void>() : cancel();
  }

  // PS3.7 section 9.3.2.3.
  Result<void> cancel() {
    cancelled_ = true;
    CommandSet command = CommandSet::request(Operation::Cancel, 0, {}, false);
    return association_.send(context_.id, command.set(Item::RespondedTo, message_id_));
  }

  Result<model::RemoteQueryReport> finish(const CommandSet& answer) {
    if (answer.has_data()) TRY(association_.receive_data(context_.id));
    if (answer.status() == status::kCancelled && cancelled_)
      report_.cut = true;
    else if (answer.status() != status::kSuccess)
      return refused_ = true, unexpected(association_, "C-FIND", answer);
    return report_;
  }

  Association& association_;
  const Context& context_;
  const model::RemoteQuery& query_;
  const std::function<bool(std::string json)>& use_;
  model::RemoteQueryReport report_;
  std::uint16_t message_id_ = 0;
  std::uint64_t count_ = 0, late_ = 0;
  bool cancelled_ = false, refused_ = false;
};

Result<void> echo(Association& association) {
  const Context* context = TRY(context_for(association, sop_class::kVerification));
  TRY_VOID(association.send(context->id, CommandSet::request(Operation::Echo, association.next_message_id(),
                                                             sop_class::kVerification, false)));
  const Incoming answer = TRY(association.receive_answer());
  if (!answer.command.is_response_to(Operation::Echo) || answer.command.status() != status::kSuccess)
    return unexpected(association, "C-ECHO", answer.command);
  return {};
}

}  // namespace

DimseSource::DimseSource(DimseSourceOptions options, MoveInbox* inbox)
    : options_(std::move(options)), inbox_(inbox), pool_(std::make_unique<AssociationPool>(options_)) {}

DimseSource::~DimseSource() = default;

void DimseSource::stop() { pool_->stop(); }

// A broken-off exchange, or one with answers still under way, cannot be used again.
Result<void> DimseSource::check() {
  auto association = TRY(pool_->for_queries());
  auto done = echo(*association);
  if (done) return done;
  association.abandon();
  return association.used() ? check() : done;
}

// An association that was kept may have been ended by the peer: then once more, unless answers were used.
Result<model::RemoteQueryReport> DimseSource::find(const model::RemoteQuery& query,
                                                   const std::function<bool(std::string json)>& use) {
  bool answered = false;
  const std::function<bool(std::string)> counted = [&](std::string json) {
    answered = true;
    return use(std::move(json));
  };
  for (;;) {
    auto association = TRY(pool_->for_queries());
    const auto context = context_for(*association, sop_class::kStudyRootFind);
    if (!context) return context.error();
    Find exchange(*association, **context, query, counted);
    auto report = exchange.run(options_.query_character_set);
    if (report) return report;
    association.abandon();
    if (!association.used() || answered || exchange.refused()) return report;
  }
}

Result<model::RemoteFetchReport> DimseSource::metadata(const model::RemoteId&,
                                                       const std::function<bool(std::string json)>&) {
  return fail(ErrorCode::NotSupported, "a DICOM node gives no metadata without the objects", options_.name);
}

Result<model::RemoteFetchReport> DimseSource::fetch(const model::RemoteId& id, const TakeObject& take) {
  if (id.study_uid.empty()) return fail(ErrorCode::InvalidParameter, "a fetch needs a study", options_.name);
  return options_.retrieve == DimseSourceOptions::Retrieve::Get ? fetch_by_get(id, take)
                                                                : fetch_by_move(id, take);
}

}  // namespace gateway::dimse

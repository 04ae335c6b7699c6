// Fetching from a PACS: C-GET on one association (PS3.4 C.4.3), or C-MOVE to our own server (C.4.2).
#include <algorithm>
#include <atomic>

#include "gateway/codec/json.h"
#include "gateway/dimse/association_pool.h"
#include "gateway/dimse/context_choice.h"
#include "gateway/dimse/move_inbox.h"
#include "gateway/dimse/query_encoding.h"
#include "gateway/dimse/source.h"
#include "gateway/dimse/spool.h"
#include "mappers/dicom/reader.h"
#include "mappers/dicom/transfer_syntax.h"
#include "mappers/dicom/writer.h"

namespace gateway::dimse {
namespace {

namespace dicom = mappers::dicom;
namespace ts = mappers::dicom::transfer_syntax;
using model::RemoteFetchReport;
using model::RemoteId;

constexpr std::size_t kKnownClasses = 3;     // proposed with a context a transfer syntax
constexpr std::uint64_t kAskedClasses = 50;  // images of a series that are asked for their class
constexpr std::size_t kMaxProblems = 20;

ProposedContext retrieve_context(std::string_view sop_class) {
  return {
      0, std::string(sop_class), {std::string(ts::kExplicitLittle), std::string(ts::kImplicitLittle)}, false};
}

// What is known first, then whatever else there is room for: a series may hold what its first images do not.
std::vector<ProposedContext> get_proposal(const std::vector<std::string>& known) {
  std::vector<ProposedContext> contexts = {retrieve_context(sop_class::kStudyRootGet)};
  const std::span<const std::string> first(known.data(), std::min(known.size(), kKnownClasses));
  auto add = [&](std::span<const std::string> classes) {
    for (ProposedContext& context : storage_proposal(classes, true)) {
      const bool there = std::any_of(contexts.begin(), contexts.end(), [&](const ProposedContext& other) {
        return other.abstract_syntax == context.abstract_syntax &&
               other.transfer_syntaxes == context.transfer_syntaxes;
      });
      if (!there && contexts.size() < 128) contexts.push_back(std::move(context));
    }
  };
  add(first);
  add(std::span<const std::string>(known).subspan(first.size()));
  add(usual_storage_classes());
  return contexts;
}

void add_problem(RemoteFetchReport& report, std::string problem) {
  if (report.problems.size() < kMaxProblems && !problem.empty())
    report.problems.push_back(std::move(problem));
}

// The end of a C-GET or C-MOVE (PS3.4 tables C.4-2 and C.4-3).
Result<void> note_outcome(Association& association, const Incoming& last, const Context& context,
                          RemoteFetchReport& report) {
  report.failed = last.command.number(Item::Failed).value_or(0);
  add_problem(report, last.command.text(Item::ErrorComment));
  if (last.command.has_data()) {
    const std::string bytes = TRY(association.receive_data(last.context));
    if (const auto json = json_of_answer(bytes, context.transfer_syntax); json.ok() && report.failed > 0)
      add_problem(report, "not sent: " + *json);
  }
  const std::uint16_t status = last.command.status();
  if (status == status::kSuccess || is_warning(status)) return {};
  if (report.received > 0 && report.failed > 0) return {};
  return fail(ErrorCode::BadGateway,
              "the DICOM node " + association.peer() + " could not send what was asked for: " +
                  (report.problems.empty() ? "no reason given" : report.problems.front()));
}

// The sub-operations of one C-GET.
class Get {
 public:
  Get(Association& association, const DimseLimits& limits, const model::RemoteSource::TakeObject& take)
      : association_(association), limits_(limits), take_(take) {}

  Result<RemoteFetchReport> run(const Context& context, const RemoteId& id) {
    const bool implicit_vr = dicom::traits_of_syntax(context.transfer_syntax).implicit_vr;
    CommandSet command =
        CommandSet::request(Operation::Get, association_.next_message_id(), context.abstract_syntax, true);
    command.set(Item::Priority, std::uint16_t{0});
    TRY_VOID(association_.send(context.id, command, encode_retrieve(id, implicit_vr)));
    for (;;) {
      const Incoming incoming = TRY(association_.receive_answer());
      if (incoming.command.is(Operation::Store)) {
        TRY_VOID(store(incoming));
        continue;
      }
      if (!incoming.command.is_response_to(Operation::Get))
        return fail(ErrorCode::BadGateway, association_.peer() + " answered C-GET with something else");
      if (is_pending(incoming.command.status())) continue;
      TRY_VOID(note_outcome(association_, incoming, context, report_));
      return report_;
    }
  }

 private:
  Result<void> store(const Incoming& incoming) {
    const Context* context = association_.context(incoming.context);
    if (!context || !incoming.command.has_data())
      return fail(ErrorCode::BadGateway, association_.peer() + " sent an object without context or data");
    Spool spool(limits_);
    Result<void> spooled =
        spool.append(as_bytes(dicom::encode_file_meta({incoming.command.text(Item::AffectedSopClass),
                                                       incoming.command.text(Item::AffectedSopInstance),
                                                       context->transfer_syntax,
                                                       {},
                                                       {},
                                                       {}})));
    TRY_VOID(association_.receive_data(incoming.context, [&](ByteSpan piece) -> Result<void> {
      if (spooled.ok()) spooled = spool.append(piece);
      return {};
    }));
    TRY_VOID(std::move(spooled));
    auto object = TRY(spool.finish());
    TRY_VOID(take_(std::move(object)));
    ++report_.received;
    return association_.send(incoming.context, CommandSet::response(incoming.command, status::kSuccess));
  }

  Association& association_;
  const DimseLimits& limits_;
  const model::RemoteSource::TakeObject& take_;
  RemoteFetchReport report_;
};

std::uint16_t next_move_id() {
  static std::atomic<std::uint16_t> last{0};
  const std::uint16_t id = ++last;
  return id ? id : ++last;
}

// One C-MOVE: the objects come to the inbox, on associations that the peer opens to our server.
class Move {
 public:
  Move(Association& association, MoveInbox& inbox, const DimseSourceOptions& options)
      : association_(association), inbox_(inbox), options_(options) {}

  Result<RemoteFetchReport> run(const RemoteId& id, const model::RemoteSource::TakeObject& take) {
    const Context& context = association_.contexts().front();
    const std::uint16_t message_id = next_move_id();
    MoveInbox::Waiting waiting(
        inbox_, options_.our_ae_title, message_id, id,
        [&](std::shared_ptr<const ByteSource> object) { return arrived(std::move(object), take); });
    const bool implicit_vr = dicom::traits_of_syntax(context.transfer_syntax).implicit_vr;
    CommandSet command = CommandSet::request(Operation::Move, message_id, context.abstract_syntax, true);
    command.set(Item::MoveDestination, options_.move_destination).set(Item::Priority, std::uint16_t{0});
    TRY_VOID(association_.send(context.id, command, encode_retrieve(id, implicit_vr)));
    touch();
    for (;;) {
      const Incoming incoming = TRY(next());
      if (!incoming.command.is_response_to(Operation::Move))
        return fail(ErrorCode::BadGateway, association_.peer() + " answered C-MOVE with something else");
      if (is_pending(incoming.command.status())) continue;
      const std::lock_guard lock(mutex_);
      TRY_VOID(note_outcome(association_, incoming, context, report_));
      return report_;
    }
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kLook{200};

  void touch() { last_sign_ = Clock::now(); }

  Result<void> arrived(std::shared_ptr<const ByteSource> object,
                       const model::RemoteSource::TakeObject& take) {
    const std::lock_guard lock(mutex_);
    touch();
    if (fault_) return *fault_;
    auto taken = take(std::move(object));
    if (taken.ok())
      ++report_.received;
    else
      fault_ = taken.error();
    return taken;
  }

  // Peers that tell nothing on the way are waited for as long as objects arrive.
  Result<Incoming> next() {
    for (;;) {
      Incoming incoming = TRY(association_.receive_command(kLook));
      const std::lock_guard lock(mutex_);
      if (fault_) return *fault_;
      if (incoming.kind == Incoming::Kind::Command) {
        touch();
        return incoming;
      }
      if (incoming.kind == Incoming::Kind::Release)
        return fail(ErrorCode::BadGateway, association_.peer() + " ended the association before it answered");
      if (Clock::now() - last_sign_ > options_.limits.message)
        return fail(ErrorCode::GatewayTimeout,
                    "the DICOM node " + association_.peer() + " sent nothing more of what was asked for");
    }
  }

  Association& association_;
  MoveInbox& inbox_;
  const DimseSourceOptions& options_;
  std::mutex mutex_;
  RemoteFetchReport report_;
  std::optional<Error> fault_;  // of the taker
  Clock::time_point last_sign_;
};

}  // namespace

// Best effort: where the peer does not say, the usual ones are proposed.
std::vector<std::string> DimseSource::classes_below(const RemoteId& id) {
  model::RemoteQuery query;
  query.keys = {{0x0020000D, id.study_uid}};
  const bool study = id.series_uid.empty();
  query.level = study ? model::Level::Study : model::Level::Instance;
  const std::uint32_t tag = study ? 0x00080062 : 0x00080016;
  query.keys.push_back({tag, {}});
  if (!study) query.keys.push_back({0x0020000E, id.series_uid});
  if (!id.instance_uid.empty()) query.keys.push_back({0x00080018, id.instance_uid});
  query.limit = study ? 1 : kAskedClasses;
  std::vector<std::string> classes;
  const auto found = find(query, [&](const std::string& text) {
    const auto json = codec::parse_json(text);
    const Value* element = json.ok() ? json->find(dicom::hex(dicom::make_tag(tag))) : nullptr;
    const Value* values = element ? element->find("Value") : nullptr;
    if (!values || !values->as_list()) return true;
    for (const Value& value : *values->as_list())
      if (value.as_string() && std::find(classes.begin(), classes.end(), *value.as_string()) == classes.end())
        classes.push_back(*value.as_string());
    return true;
  });
  static_cast<void>(found);
  return classes;
}

Result<RemoteFetchReport> DimseSource::fetch_by_get(const RemoteId& id, const TakeObject& take) {
  const auto contexts = get_proposal(classes_below(id));
  auto association = TRY(pool_->with(contexts));
  const auto& agreed = association->contexts();
  const auto context = std::find_if(agreed.begin(), agreed.end(), [](const Context& c) {
    return c.abstract_syntax == sop_class::kStudyRootGet;
  });
  if (context == agreed.end())
    return fail(ErrorCode::BadGateway, "the DICOM node " + association->peer() + " does not offer C-GET");
  auto report = Get(*association, options_.limits, take).run(*context, id);
  if (!report) association.abandon();
  return report;
}

Result<RemoteFetchReport> DimseSource::fetch_by_move(const RemoteId& id, const TakeObject& take) {
  if (!inbox_ || options_.move_destination.empty())
    return fail(ErrorCode::ConfigInvalid, "C-MOVE needs a server of ours as destination", options_.name);
  const ProposedContext proposal = retrieve_context(sop_class::kStudyRootMove);
  auto association = TRY(pool_->with({&proposal, 1}));
  if (association->contexts().empty())
    return fail(ErrorCode::BadGateway, "the DICOM node " + association->peer() + " does not offer C-MOVE");
  auto report = Move(*association, *inbox_, options_).run(id, take);
  if (!report) association.abandon();
  return report;
}

}  // namespace gateway::dimse

#include "gateway/dimse/association.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmnet/assoc.h>
#include <dcmtk/dcmnet/cond.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "gateway/dimse/address.h"
#include "gateway/dimse/transport.h"

namespace gateway::dimse {
namespace {

// How the gateway calls itself; the same as in the files that it writes.
constexpr const char* kImplementationClass = "2.25.218031946572390874612903471203874512301";
constexpr const char* kImplementationVersion = "EHDS_GATEWAY_1";
constexpr std::chrono::milliseconds kGoodbye{2'000};

int seconds_of(std::chrono::milliseconds limit) {
  return std::max(1, static_cast<int>((limit.count() + 999) / 1000));
}

template <std::size_t size>
void copy_text(char (&to)[size], const char* from) {
  std::strncpy(to, from, size - 1);
  to[size - 1] = '\0';
}

// PS3.8 table 9-21, in words.
std::string reason_of(const T_ASC_RejectParameters& reject) {
  const char* how = reject.result == ASC_RESULT_REJECTEDTRANSIENT ? " (transient)" : " (permanent)";
  switch (reject.reason) {
    case ASC_REASON_SU_APPCONTEXTNAMENOTSUPPORTED:
      return std::string("application context name not supported") + how;
    case ASC_REASON_SU_CALLINGAETITLENOTRECOGNIZED:
      return std::string("calling AE title not recognized") + how;
    case ASC_REASON_SU_CALLEDAETITLENOTRECOGNIZED:
      return std::string("called AE title not recognized") + how;
    case ASC_REASON_SP_ACSE_PROTOCOLVERSIONNOTSUPPORTED:
      return std::string("protocol version not supported") + how;
    case ASC_REASON_SP_PRES_TEMPORARYCONGESTION:
      return std::string("temporary congestion") + how;
    case ASC_REASON_SP_PRES_LOCALLIMITEXCEEDED:
      return std::string("local limit exceeded") + how;
    default:
      return std::string("no reason given") + how;
  }
}

T_ASC_RejectParameters parameters_of(Reject reject) {
  switch (reject) {
    case Reject::CallingTitle:
      return {ASC_RESULT_REJECTEDPERMANENT, ASC_SOURCE_SERVICEUSER,
              ASC_REASON_SU_CALLINGAETITLENOTRECOGNIZED};
    case Reject::CalledTitle:
      return {ASC_RESULT_REJECTEDPERMANENT, ASC_SOURCE_SERVICEUSER, ASC_REASON_SU_CALLEDAETITLENOTRECOGNIZED};
    case Reject::ApplicationContext:
      return {ASC_RESULT_REJECTEDPERMANENT, ASC_SOURCE_SERVICEUSER, ASC_REASON_SU_APPCONTEXTNAMENOTSUPPORTED};
    case Reject::LocalLimit:
      return {ASC_RESULT_REJECTEDTRANSIENT, ASC_SOURCE_SERVICEPROVIDER_PRESENTATION_RELATED,
              ASC_REASON_SP_PRES_LOCALLIMITEXCEEDED};
    case Reject::NoReason:
      break;
  }
  return {ASC_RESULT_REJECTEDPERMANENT, ASC_SOURCE_SERVICEUSER, ASC_REASON_SU_NOREASON};
}

bool wants_scp(T_ASC_SC_ROLE role) { return role == ASC_SC_ROLE_SCP || role == ASC_SC_ROLE_SCUSCP; }

Result<void> add_contexts(T_ASC_Parameters* parameters, std::span<const ProposedContext> contexts) {
  unsigned id = 1;
  for (const ProposedContext& context : contexts) {
    std::vector<const char*> syntaxes;
    for (const std::string& syntax : context.transfer_syntaxes) syntaxes.push_back(syntax.c_str());
    const auto role = context.role_scp ? ASC_SC_ROLE_SCP : ASC_SC_ROLE_DEFAULT;
    if (id > 255 ||
        ASC_addPresentationContext(parameters, static_cast<std::uint8_t>(id), context.abstract_syntax.c_str(),
                                   syntaxes.data(), static_cast<int>(syntaxes.size()), role)
            .bad())
      return fail(ErrorCode::Internal, "a presentation context cannot be proposed", context.abstract_syntax);
    id += 2;
  }
  return {};
}

void append_relational(SOPClassExtendedNegotiationSubItemList* list, std::vector<std::string>& classes) {
  if (!list) return;
  for (const auto* item : *list)
    if (item->serviceClassAppInfoLength > 0 && item->serviceClassAppInfo && item->serviceClassAppInfo[0] == 1)
      classes.emplace_back(item->sopClassUID.c_str());
}

// The bytes are those of DCMTK's buffer, until the next PDU is read.
Association::Piece piece_of(const DUL_PDV& value) {
  return {false, value.presentationContextID, value.pdvType == DUL_COMMANDPDV, bool(value.lastPDV),
          ByteSpan(static_cast<const std::byte*>(value.data), value.fragmentLength)};
}

}  // namespace

struct Association::Link {
  explicit Link(const SecureLayer* secure) : transport(secure) {}
  ~Link() {
    if (association) ASC_destroyAssociation(&association);
  }
  T_ASC_Parameters* parameters() const { return association->params; }

  Transport transport;
  T_ASC_Association* association = nullptr;
};

Association::Association(std::unique_ptr<Link> link, const DimseLimits& limits)
    : link_(std::move(link)), limits_(limits) {}

Association::~Association() = default;

Error Association::broken(std::string what) const {
  const auto line = link_->transport.line();
  const bool late = line && line->timed_out();
  return fail(late ? ErrorCode::GatewayTimeout : ErrorCode::BadGateway,
              "the DICOM node " + peer_ + (late ? " did not answer in time" : " " + std::move(what)), {},
              address_);
}

// PS3.8 section 7.1.1, requestor.
Result<std::unique_ptr<Association>> Association::request(const DimsePeer& peer, const std::string& our_title,
                                                          std::span<const ProposedContext> contexts,
                                                          const DimseLimits& limits,
                                                          const SecureLayer* secure, Lines* lines) {
  const std::string address = TRY(address_of(peer, limits.connect));
  std::unique_ptr<Association> made(new Association(std::make_unique<Link>(secure), limits));
  made->peer_ = peer.ae_title;
  made->address_ = peer.host + ":" + std::to_string(peer.port);
  Link& link = *made->link_;
  link.transport.limit = limits.associate;
  link.transport.lines = lines;
  T_ASC_Network* network = link.transport.for_request(seconds_of(limits.associate));
  T_ASC_Parameters* parameters = nullptr;
  if (!network || ASC_createAssociationParameters(&parameters, limits.max_pdu).bad())
    return fail(ErrorCode::Internal, "no association can be prepared");
  dcmConnectionTimeout.set(seconds_of(limits.connect));
  copy_text(parameters->DULparams.callingImplementationClassUID, kImplementationClass);
  copy_text(parameters->DULparams.callingImplementationVersionName, kImplementationVersion);
  ASC_setAPTitles(parameters, our_title.c_str(), peer.ae_title.c_str(), nullptr);
  ASC_setTransportLayerType(parameters, secure != nullptr);
  ASC_setPresentationAddresses(parameters, "gateway", address.c_str());
  if (auto added = add_contexts(parameters, contexts); !added) {
    ASC_destroyAssociationParameters(&parameters);
    return std::move(added).error();
  }
  const OFCondition done = ASC_requestAssociation(network, parameters, &link.association, nullptr, nullptr,
                                                  DUL_NOBLOCK, seconds_of(limits.associate));
  if (done == DUL_ASSOCIATIONREJECTED) {
    T_ASC_RejectParameters reject{};
    ASC_getRejectParameters(parameters, &reject);
    return made->broken("refused the association: " + reason_of(reject));
  }
  if (done.bad()) return made->broken(std::string("cannot be reached: ") + done.text());
  made->calling_ = our_title;
  made->called_ = peer.ae_title;
  made->note_contexts();
  return made;
}

// PS3.8 section 7.1.1, acceptor.
Result<std::unique_ptr<Association>> Association::receive(int fd, const DimseLimits& limits,
                                                          const SecureLayer* secure) {
  std::unique_ptr<Association> made(new Association(std::make_unique<Link>(secure), limits));
  Link& link = *made->link_;
  const auto line = std::make_shared<Line>(fd);
  const std::string host = host_of(fd);
  made->peer_ = host;
  link.transport.limit = limits.associate;
  const int seconds = seconds_of(limits.associate);
  T_ASC_Network* network = link.transport.for_receive(line, seconds);
  const OFCondition done = network
                               ? ASC_receiveAssociation(network, &link.association, limits.max_pdu, nullptr,
                                                        nullptr, secure != nullptr, DUL_NOBLOCK, seconds)
                               : EC_MemoryExhausted;
  link.transport.received();
  // A connection that closes at once is no error to DCMTK.
  const bool nothing = done.good() && ASC_countPresentationContexts(link.parameters()) == 0;
  if (done.bad() || nothing)
    return made->broken(std::string("asked for no association: ") + (nothing ? "it left" : done.text()));
  made->calling_ = title_of(link.parameters()->DULparams.callingAPTitle);
  made->called_ = title_of(link.parameters()->DULparams.calledAPTitle);
  made->peer_ = made->calling_ + " at " + host;
  made->note_requested();
  return made;
}

void Association::note_requested() {
  T_ASC_Parameters* parameters = link_->parameters();
  const int count = ASC_countPresentationContexts(parameters);
  for (int i = 0; i < count; ++i) {
    T_ASC_PresentationContext context;
    if (ASC_getPresentationContext(parameters, i, &context).bad()) continue;
    ProposedContext proposed;
    proposed.id = context.presentationContextID;
    proposed.abstract_syntax = context.abstractSyntax;
    for (int k = 0; k < context.transferSyntaxCount; ++k)
      proposed.transfer_syntaxes.emplace_back(context.proposedTransferSyntaxes[k]);
    proposed.role_scp = wants_scp(context.proposedRole);
    proposed_.push_back(std::move(proposed));
  }
  SOPClassExtendedNegotiationSubItemList* extended = nullptr;
  ASC_getRequestedExtNegList(parameters, &extended);
  append_relational(extended, relational_);
}

void Association::note_contexts() {
  T_ASC_Parameters* parameters = link_->parameters();
  const int count = ASC_countPresentationContexts(parameters);
  for (int i = 0; i < count; ++i) {
    T_ASC_PresentationContext context;
    if (ASC_getPresentationContext(parameters, i, &context).bad()) continue;
    if (context.resultReason != ASC_P_ACCEPTANCE) continue;
    contexts_.push_back({context.presentationContextID, context.abstractSyntax,
                         context.acceptedTransferSyntax, wants_scp(context.acceptedRole)});
  }
}

Result<void> Association::accept(std::span<const Context> accepted) {
  T_ASC_Parameters* parameters = link_->parameters();
  copy_text(parameters->DULparams.calledImplementationClassUID, kImplementationClass);
  copy_text(parameters->DULparams.calledImplementationVersionName, kImplementationVersion);
  for (const ProposedContext& context : proposed_)
    ASC_refusePresentationContext(parameters, context.id, ASC_P_ABSTRACTSYNTAXNOTSUPPORTED);
  for (const Context& context : accepted)
    ASC_acceptPresentationContext(parameters, context.id, context.transfer_syntax.c_str(),
                                  context.role_scp ? ASC_SC_ROLE_SCP : ASC_SC_ROLE_DEFAULT);
  SOPClassExtendedNegotiationSubItemList* requested = nullptr;
  ASC_getRequestedExtNegList(parameters, &requested);
  if (requested && !relational_.empty()) {
    auto* granted = new SOPClassExtendedNegotiationSubItemList;
    appendList(*requested, *granted);
    for (auto* item : *granted)  // only the first byte, relational queries, is understood (PS3.4 C.5.1.1)
      for (unsigned i = 1; i < item->serviceClassAppInfoLength; ++i) item->serviceClassAppInfo[i] = 0;
    ASC_setAcceptedExtNegList(parameters, granted);
  }
  const OFCondition done = ASC_acknowledgeAssociation(link_->association);
  if (done.bad() || !link_->transport.line()->flush()) return broken("went away");
  contexts_.assign(accepted.begin(), accepted.end());
  return {};
}

void Association::reject(Reject reason) {
  const T_ASC_RejectParameters parameters = parameters_of(reason);
  ASC_rejectAssociation(link_->association, &parameters);
  link_->transport.line()->flush();
}

const Context* Association::context(std::uint8_t id) const {
  for (const Context& context : contexts_)
    if (context.id == id) return &context;
  return nullptr;
}

bool Association::relational(std::string_view sop_class) const {
  return std::find(relational_.begin(), relational_.end(), sop_class) != relational_.end();
}

void Association::acknowledge_release() {
  link_->transport.line()->set_deadline(kGoodbye);
  ASC_acknowledgeRelease(link_->association);
  link_->transport.line()->flush();
}

void Association::release() {
  link_->transport.line()->set_deadline(kGoodbye);
  ASC_releaseAssociation(link_->association);
}

void Association::abort() {
  link_->transport.line()->set_deadline(kGoodbye);
  ASC_abortAssociation(link_->association);
}

void Association::hang_up() {
  if (const auto line = link_->transport.line()) line->hang_up();
}

// PS3.8 section 9.3.5: the next presentation data value.
Result<Association::Piece> Association::next_piece() {
  if (ahead_) return *std::exchange(ahead_, std::nullopt);
  DUL_PDV value{};
  DUL_ASSOCIATIONKEY** key = &link_->association->DULassociation;
  OFCondition done = DUL_NextPDV(key, &value);
  if (done.bad()) {
    link_->transport.line()->set_deadline(limits_.message);
    done = DUL_ReadPDVs(key, nullptr, DUL_NOBLOCK, seconds_of(limits_.message));
    if (done == DUL_PEERREQUESTEDRELEASE) return Piece{true, 0, false, false, {}};
    if (done == DUL_PEERABORTEDASSOCIATION) return broken("aborted the association");
    if (done != DUL_PDATAPDUARRIVED) return broken(std::string("broke the association: ") + done.text());
    if (DUL_NextPDV(key, &value).bad()) return broken("sent an empty message part");
  }
  return piece_of(value);
}

Result<Incoming> Association::receive_command(std::chrono::milliseconds wait) {
  Line& line = *link_->transport.line();
  line.set_deadline(wait);
  if (!something_waits() && !line.readable(wait)) return Incoming{};
  std::string bytes;
  for (;;) {
    const Piece piece = TRY(next_piece());
    if (piece.release) return Incoming{Incoming::Kind::Release, 0, {}};
    if (!piece.command) return broken("sent data without a command");
    if (bytes.size() + piece.bytes.size() > CommandSet::kMaxBytes) return broken("sent too long a command");
    bytes += as_text(piece.bytes);
    if (!piece.last) continue;
    auto command = CommandSet::parse(as_bytes(bytes));
    if (!command) return broken("sent a command that cannot be read: " + command.error().text());
    return Incoming{Incoming::Kind::Command, piece.context, std::move(*command)};
  }
}

Result<Incoming> Association::receive_answer() {
  Incoming incoming = TRY(receive_command(limits_.message));
  if (incoming.kind == Incoming::Kind::Release) return broken("ended the association before it answered");
  if (incoming.kind == Incoming::Kind::Nothing) return broken("did not answer");
  return incoming;
}

Result<void> Association::receive_data(std::uint8_t context,
                                       const std::function<Result<void>(ByteSpan)>& take) {
  Result<void> outcome;
  for (;;) {
    const Piece piece = TRY(next_piece());
    if (piece.release || piece.command) return broken("broke off in the middle of a data set");
    if (piece.context != context) return broken("changed the presentation context within a message");
    if (outcome.ok()) outcome = take(piece.bytes);
    if (piece.last) return outcome;
  }
}

Result<std::string> Association::receive_data(std::uint8_t context) {
  std::string bytes;
  TRY_VOID(receive_data(context, [&](ByteSpan piece) -> Result<void> {
    if (bytes.size() + piece.size() > limits_.max_identifier)
      return fail(ErrorCode::DicomLimit, "the data set of a DIMSE message is too long");
    bytes += as_text(piece);
    return {};
  }));
  return bytes;
}

// A part of the PDU that was read last counts, too; looking at it takes it, so it is kept.
bool Association::something_waits() {
  if (!ahead_) {
    DUL_PDV value{};
    if (DUL_NextPDV(&link_->association->DULassociation, &value).good()) ahead_ = piece_of(value);
  }
  return ahead_ || link_->transport.line()->readable(std::chrono::milliseconds(0));
}

Result<void> Association::send(std::uint8_t context, const CommandSet& command) {
  link_->transport.line()->set_deadline(limits_.message);
  std::string bytes = command.encode();
  DUL_PDV value{bytes.size(), context, DUL_COMMANDPDV, OFTrue, bytes.data()};
  DUL_PDVLIST list{};
  list.count = 1;
  list.pdv = &value;
  if (DUL_WritePDVs(&link_->association->DULassociation, &list).bad()) return broken("went away");
  return command.has_data() ? Result<void>() : flush();
}

Result<void> Association::send_data(std::uint8_t context, ByteSpan piece, bool last, When when) {
  link_->transport.line()->set_deadline(limits_.message);
  DUL_PDV value{piece.size(), context, DUL_DATASETPDV, last,
                const_cast<void*>(static_cast<const void*>(piece.data()))};
  DUL_PDVLIST list{};
  list.count = 1;
  list.pdv = &value;
  if (DUL_WritePDVs(&link_->association->DULassociation, &list).bad()) return broken("went away");
  return last && when == When::Now ? flush() : Result<void>();
}

Result<void> Association::send(std::uint8_t context, const CommandSet& command, std::string_view data,
                               When when) {
  TRY_VOID(send(context, command));
  return send_data(context, as_bytes(data), true, when);
}

Result<void> Association::flush() {
  return link_->transport.line()->flush() ? Result<void>() : Result<void>(broken("went away"));
}

}  // namespace gateway::dimse

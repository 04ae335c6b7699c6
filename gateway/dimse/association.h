// Association: one DICOM association, either end (PS3.8), and the messages on it (PS3.7 section 6.3).
//
// The upper layer protocol is DCMTK's; commands are ours (command.h); data sets are moved as bytes, so that
// objects stay what they are. No call waits longer than its limit. One thread at a time; only hang_up() may
// be called from others.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/dimse/command.h"
#include "gateway/dimse/peer.h"

namespace gateway::dimse {

class Lines;        // to hang up (line.h)
class SecureLayer;  // TLS keys, loaded once (secure_layer.h)

// What a requestor proposes; `role_scp`: it wants to be the provider (role selection, PS3.7 D.3.3.4).
struct ProposedContext {
  std::uint8_t id = 0;  // acceptor side
  std::string abstract_syntax;
  std::vector<std::string> transfer_syntaxes;
  bool role_scp = false;
};

// A presentation context that both sides agreed on.
struct Context {
  std::uint8_t id = 0;
  std::string abstract_syntax, transfer_syntax;
  bool role_scp = false;  // the requestor is the provider
};

// PS3.8 section 9.3.4.
enum class Reject : std::uint8_t { CallingTitle, CalledTitle, ApplicationContext, LocalLimit, NoReason };

struct Incoming {
  enum class Kind : std::uint8_t { Command, Release, Nothing };  // Nothing: the wait is over
  Kind kind = Kind::Nothing;
  std::uint8_t context = 0;
  CommandSet command;
};

class Association {
 public:
  // A presentation data value, or the wish to release.
  struct Piece {
    bool release = false;
    std::uint8_t context = 0;
    bool command = false, last = false;
    ByteSpan bytes;
  };
  // Asks a peer for one. `lines`, unless null, has its connection from the beginning. Errors: BadGateway
  // (cannot be reached, refused: the reason), GatewayTimeout.
  static Result<std::unique_ptr<Association>> request(const DimsePeer& peer, const std::string& our_title,
                                                      std::span<const ProposedContext> contexts,
                                                      const DimseLimits& limits, const SecureLayer* secure,
                                                      Lines* lines = nullptr);
  // Reads the request that comes in on an accepted connection; `fd` is owned from now on, also on error.
  static Result<std::unique_ptr<Association>> receive(int fd, const DimseLimits& limits,
                                                      const SecureLayer* secure);
  ~Association();
  Association(const Association&) = delete;
  Association& operator=(const Association&) = delete;

  // Acceptor side, before anything else: one of both.
  const std::vector<ProposedContext>& proposed() const { return proposed_; }
  // Contexts that are not among `accepted` are refused.
  Result<void> accept(std::span<const Context> accepted);
  void reject(Reject reason);

  const std::string& calling_title() const { return calling_; }
  const std::string& called_title() const { return called_; }
  // For messages: the title of a peer that we called, whose address is nobody else's business; of callers
  // "PACS at 10.1.2.3".
  const std::string& peer() const { return peer_; }
  const std::vector<Context>& contexts() const { return contexts_; }
  const Context* context(std::uint8_t id) const;
  // The requestor asked for relational queries with this SOP class (PS3.4 C.5.1.1), which is granted.
  bool relational(std::string_view sop_class) const;
  std::uint16_t next_message_id() { return ++last_message_id_ ? last_message_id_ : ++last_message_id_; }

  // The next command. Errors: BadGateway (closed, aborted, nonsense), GatewayTimeout (in the middle of one).
  Result<Incoming> receive_command(std::chrono::milliseconds wait);
  // The next command is the answer that is due: no answer in time, or a release, is an error, too.
  Result<Incoming> receive_answer();
  // The data set behind a command, in pieces. After an error of `take`, which is returned, the rest is still
  // read.
  Result<void> receive_data(std::uint8_t context, const std::function<Result<void>(ByteSpan)>& take);
  Result<std::string> receive_data(std::uint8_t context);  // a whole small one; error DicomLimit
  bool something_waits();
  Result<void> send(std::uint8_t context, const CommandSet& command);
  // The same with a small data set; goes out at once, or `later` together with what follows, before anything
  // is read.
  enum class When : std::uint8_t { Now, Later };
  Result<void> send(std::uint8_t context, const CommandSet& command, std::string_view data,
                    When when = When::Now);
  // A piece of a data set.
  Result<void> send_data(std::uint8_t context, ByteSpan piece, bool last, When when = When::Now);
  Result<void> flush();

  void acknowledge_release();
  void release();  // and waits for the answer, shortly
  void abort();
  void hang_up();

 private:
  struct Link;
  explicit Association(std::unique_ptr<Link> link, const DimseLimits& limits);
  Result<Piece> next_piece();
  Error broken(std::string what) const;
  void note_requested();
  void note_contexts();

  std::unique_ptr<Link> link_;
  DimseLimits limits_;
  std::string calling_, called_, peer_;
  std::string address_;  // "10.1.2.3:104" of a peer that we called, for the log
  std::vector<ProposedContext> proposed_;
  std::vector<Context> contexts_;
  std::vector<std::string> relational_;
  std::optional<Piece> ahead_;  // looked at, not used yet
  std::uint16_t last_message_id_ = 0;
};

}  // namespace gateway::dimse

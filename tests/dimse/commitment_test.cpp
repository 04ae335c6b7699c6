// Storage commitment for a modality that wants its report on an association of its own (PS3.4 J.3.3).
#include <sys/socket.h>
#include <unistd.h>

#include <future>

#include "mappers/dicom/transfer_syntax.h"
#include "tests/dimse/dimse_fixture.h"
#include "tests/dimse/free_port.h"

namespace gateway::dimse {
namespace {

using mappers::dicom::Draft;
using mappers::dicom::Encoding;

// A modality that listens: takes one association and one report on it.
class Modality {
 public:
  struct Report {
    std::string calling, called, data;
    std::uint16_t event = 0;
    bool ended = false;  // the association was released
  };
  explicit Modality(std::uint16_t report_status = status::kSuccess) : report_status_(report_status) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto address = tests::loopback_address(0);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 1) != 0)
      std::abort();
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    report_ = std::async(std::launch::async, [this] { return take(); });
  }
  ~Modality() {
    ::shutdown(listener_, SHUT_RDWR);
    if (report_.valid()) report_.wait();
    ::close(listener_);
  }
  DimsePeer address() const { return {"MODALITY", "127.0.0.1", port_, false}; }
  Report report() { return report_.get(); }

 private:
  Report take() const {
    Report report;
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return report;
    const auto association = Association::receive(fd, short_limits(), nullptr);
    if (!association) return report;
    report.calling = (*association)->calling_title();
    report.called = (*association)->called_title();
    std::vector<Context> contexts;
    for (const ProposedContext& proposed : (*association)->proposed())
      if (proposed.role_scp)
        contexts.push_back({proposed.id, proposed.abstract_syntax, "1.2.840.10008.1.2.1", true});
    if (!(*association)->accept(contexts).ok()) return report;
    const auto request = (*association)->receive_answer();
    if (!request || !request->command.is(Operation::EventReport)) return report;
    report.event = request->command.number(Item::EventType).value_or(0);
    if (auto data = (*association)->receive_data(request->context); data.ok()) report.data = std::move(*data);
    const auto answer = CommandSet::response(request->command, report_status_);
    if (!(*association)->send(request->context, answer).ok()) return report;
    const auto last = (*association)->receive_command(std::chrono::milliseconds(5'000));
    report.ended = last.ok() && last->kind == Incoming::Kind::Release;
    (*association)->acknowledge_release();
    return report;
  }

  const std::uint16_t report_status_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::future<Report> report_;
};

class CommitmentTest : public DimseTest {
 protected:
  std::unique_ptr<Association> connect() const {
    const ProposedContext proposal{
        0, std::string(sop_class::kStorageCommitment), {"1.2.840.10008.1.2"}, false};
    auto association = Association::request(us(), "MODALITY", {&proposal, 1}, short_limits(), nullptr);
    EXPECT_TRUE(association.ok());
    return association.ok() ? std::move(*association) : nullptr;
  }
  static std::uint16_t ask(Association& association, const std::vector<std::string>& instances) {
    std::vector<Draft> references(instances.size());
    for (std::size_t i = 0; i < instances.size(); ++i)
      references[i]
          .set("ReferencedSOPClassUID", "1.2.840.10008.5.1.4.1.1.2")
          .set("ReferencedSOPInstanceUID", instances[i]);
    std::string bytes;
    Draft()
        .set("TransactionUID", "7.7")
        .set_items("ReferencedSOPSequence", references)
        .encode(bytes, Encoding::ImplicitLittle);
    CommandSet command = CommandSet::request(Operation::Action, 1, {}, true);
    command.set(Item::RequestedSopClass, sop_class::kStorageCommitment);
    command.set(Item::RequestedSopInstance, kCommitmentInstance).set(Item::ActionType, std::uint16_t{1});
    EXPECT_TRUE(association.send(1, command, bytes).ok());
    const auto answer = association.receive_answer();
    EXPECT_TRUE(answer.ok()) << answer.error().text();
    return answer.ok() ? answer->command.status() : status::kUnableToProcess;
  }
};

TEST_F(CommitmentTest, AConfiguredModalityGetsItsReportOnAnAssociationOfItsOwn) {
  store_samples(2);
  Modality modality;
  options_.destinations = {modality.address()};
  start();
  const auto association = connect();
  ASSERT_TRUE(association);
  EXPECT_EQ(ask(*association, {"1.2.3.4.1", "1.2.3.4.2"}), status::kSuccess);
  const Modality::Report report = modality.report();
  EXPECT_EQ(report.calling, "GATEWAY");
  EXPECT_EQ(report.called, "MODALITY");
  EXPECT_EQ(report.event, 1) << "all is there";
  EXPECT_NE(report.data.find("7.7"), std::string::npos);
  EXPECT_NE(report.data.find("1.2.3.4.2"), std::string::npos);
  EXPECT_TRUE(report.ended);
  association->release();
}

TEST_F(CommitmentTest, WhatIsMissingIsNamedThere) {
  store_samples(1);
  Modality modality;
  options_.destinations = {modality.address()};
  start();
  const auto association = connect();
  ASSERT_TRUE(association);
  EXPECT_EQ(ask(*association, {"1.2.3.4.1", "8.8.8"}), status::kSuccess);
  const Modality::Report report = modality.report();
  EXPECT_EQ(report.event, 2);
  EXPECT_NE(report.data.find("8.8.8"), std::string::npos);
  EXPECT_NE(report.data.find(std::string("\x08\x00\x97\x11US\x02\x00\x12\x01", 10)), std::string::npos)
      << "(0008,1197) no such object instance";
  association->release();
}

TEST_F(CommitmentTest, AModalityThatIsAwayCostsNobodyAnything) {
  store_samples(1);
  options_.destinations = {{"MODALITY", "127.0.0.1", tests::free_port(), false}};
  start();
  const auto association = connect();
  ASSERT_TRUE(association);
  EXPECT_EQ(ask(*association, {"1.2.3.4.1"}), status::kSuccess);
  EXPECT_EQ(ask(*association, {"1.2.3.4.1"}), status::kSuccess) << "the association goes on";
  association->release();
}

}  // namespace
}  // namespace gateway::dimse

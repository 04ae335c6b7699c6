#include "gateway/http/event_set.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace gateway::http {
namespace {

constexpr std::uint32_t kConnectionEvents = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
constexpr std::uint32_t kListenerEvents = EPOLLIN | EPOLLONESHOT;

void control(int epoll, int operation, int fd, std::uint32_t events, std::uint64_t key) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = key;
  ::epoll_ctl(epoll, operation, fd, &event);
}

}  // namespace

EventSet::EventSet()
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  control(epoll_, EPOLL_CTL_ADD, wake_, EPOLLIN, kWake);
}

EventSet::~EventSet() {
  if (epoll_ >= 0) ::close(epoll_);
  if (wake_ >= 0) ::close(wake_);
}

void EventSet::add_connection(int fd, std::uint64_t key) {
  control(epoll_, EPOLL_CTL_ADD, fd, kConnectionEvents, key);
}
void EventSet::requeue_connection(int fd, std::uint64_t key) {
  control(epoll_, EPOLL_CTL_MOD, fd, kConnectionEvents, key);
}
void EventSet::add_listener(int fd, std::uint64_t key) {
  control(epoll_, EPOLL_CTL_ADD, fd, kListenerEvents, key);
}
void EventSet::rearm_listener(int fd, std::uint64_t key) {
  control(epoll_, EPOLL_CTL_MOD, fd, kListenerEvents, key);
}
void EventSet::remove(int fd) { control(epoll_, EPOLL_CTL_DEL, fd, 0, 0); }

EventSet::Event EventSet::wait() {
  epoll_event event{};
  while (::epoll_wait(epoll_, &event, 1, -1) != 1) {
  }
  return {event.data.u64, (event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0};
}

void EventSet::wake_all() {
  const std::uint64_t one = 1;
  if (::write(wake_, &one, sizeof one) < 0) {
    // The counter is full, so the set is readable already.
  }
}

}  // namespace gateway::http

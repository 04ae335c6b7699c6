#include "gateway/dimse/line.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace gateway::dimse {
namespace {

constexpr std::size_t kCollect = 64 << 10;
constexpr std::size_t kReadAhead = 64 << 10;
constexpr std::chrono::milliseconds kForever{24 * 3600 * 1000};

void set_option(int fd, int option, int value) {
  ::setsockopt(fd, IPPROTO_TCP, option, &value, sizeof value);
}

}  // namespace

Line::Line(int fd) : fd_(fd), incoming_(kReadAhead) {
  set_option(fd, TCP_NODELAY, 1);
  set_deadline(kForever);
}

Line::~Line() { close(); }

void Line::set_deadline(std::chrono::milliseconds from_now) {
  deadline_ = std::chrono::steady_clock::now() + from_now;
  timed_out_ = false;
}

int Line::wait_ms(std::chrono::milliseconds at_most) const {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      deadline_ - std::chrono::steady_clock::now() + std::chrono::microseconds(999));
  const auto wait = std::min<std::chrono::milliseconds>(left, at_most).count();
  return static_cast<int>(std::clamp<long long>(wait, 0, kForever.count()));
}

bool Line::poll_for(short events, std::chrono::milliseconds at_most) {
  const int fd = fd_;
  if (fd < 0) return false;
  set_option(fd, TCP_QUICKACK, 1);  // the kernel takes it back whenever it likes
  pollfd entry{fd, events, 0};
  for (;;) {
    const int ready = ::poll(&entry, 1, wait_ms(at_most));
    if (ready > 0) return true;
    if (ready < 0 && errno == EINTR) continue;
    timed_out_ = timed_out_ || std::chrono::steady_clock::now() >= deadline_;
    return false;
  }
}

bool Line::readable(std::chrono::milliseconds wait) {
  if (at_ < end_) return true;
  if (!flush()) return true;  // broken: reading tells
  if (cipher_) {
    const bool ready = cipher_->pending(wait_ms(wait));
    if (!ready) timed_out_ = timed_out_ || std::chrono::steady_clock::now() >= deadline_;
    return ready;
  }
  return poll_for(POLLIN, wait);
}

ssize_t Line::receive(void* into, std::size_t size) {
  if (!readable(kForever)) {
    errno = EAGAIN;
    return -1;
  }
  if (broken_ || fd_ < 0) return 0;
  if (cipher_) return cipher_->read(into, size);
  return ::recv(fd_, into, size, 0);
}

ssize_t Line::read(void* into, std::size_t size) {
  if (at_ == end_) {
    if (size >= incoming_.size()) return receive(into, size);
    const ssize_t got = receive(incoming_.data(), incoming_.size());
    if (got <= 0) return got;
    at_ = 0;
    end_ = static_cast<std::size_t>(got);
  }
  const std::size_t count = std::min(size, end_ - at_);
  std::memcpy(into, incoming_.data() + at_, count);
  at_ += count;
  return static_cast<ssize_t>(count);
}

ssize_t Line::write(const void* from, std::size_t size) {
  const auto* bytes = static_cast<const char*>(from);
  outgoing_.append(bytes, size);
  if (outgoing_.size() >= kCollect && !flush()) return -1;
  return static_cast<ssize_t>(size);
}

bool Line::flush() {
  if (broken_) return false;
  if (outgoing_.empty()) return true;
  broken_ = !send_all(outgoing_.data(), outgoing_.size());
  outgoing_.clear();
  return !broken_;
}

bool Line::send_all(const char* data, std::size_t size) {
  while (size > 0) {
    if (fd_ < 0) return false;
    ssize_t sent = -1;
    if (cipher_) {
      sent = cipher_->write(data, size);
    } else {
      sent = ::send(fd_, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent < 0 && errno == EINTR) continue;
      if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        if (!poll_for(POLLOUT, kForever)) return false;
        continue;
      }
    }
    if (sent <= 0) return false;
    data += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

void Line::close() {
  if (fd_ < 0) return;
  flush();
  const std::lock_guard lock(closing_);
  ::close(fd_.exchange(-1));
}

void Line::hang_up() {
  const std::lock_guard lock(closing_);
  if (fd_ >= 0) ::shutdown(fd_, SHUT_RDWR);
}

void Lines::add(const std::shared_ptr<Line>& line) {
  const std::lock_guard lock(mutex_);
  std::erase_if(lines_, [](const auto& one) { return one.expired(); });
  lines_.push_back(line);
  if (over_) line->hang_up();
}

void Lines::hang_up() {
  const std::lock_guard lock(mutex_);
  over_ = true;
  for (const auto& one : lines_)
    if (const auto line = one.lock()) line->hang_up();
}

}  // namespace gateway::dimse

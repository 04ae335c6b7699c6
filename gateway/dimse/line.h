// Line: one TCP connection of an association, with a deadline for whatever is done on it.
//
// Small writes are collected and go out together before the next read, because peers answer each segment. TCP
// delayed acknowledgements are switched off (TCP_NODELAY, and TCP_QUICKACK anew before every wait): peers
// that leave Nagle's algorithm on, as DCMTK does, would stand still for 40 ms twice an object. Encryption is
// a Cipher between the line and its socket. One thread at a time; only hang_up() may be called from others.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace gateway::dimse {

class Line {
 public:
  // Reads and writes instead of the socket itself: secure connections.
  class Cipher {
   public:
    virtual ~Cipher() = default;
    virtual ssize_t read(void* into, std::size_t size) = 0;
    virtual ssize_t write(const void* from, std::size_t size) = 0;
    virtual bool pending(int wait_ms) = 0;  // bytes can be read, perhaps without the socket being readable
  };

  explicit Line(int fd);  // owns it
  ~Line();
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  int fd() const { return fd_; }
  void set_cipher(Cipher* cipher) { cipher_ = cipher; }

  // For everything from now on, until set anew.
  void set_deadline(std::chrono::milliseconds from_now);
  bool timed_out() const { return timed_out_; }
  // Is there anything to read, now or within `wait`? Sends what was collected first.
  bool readable(std::chrono::milliseconds wait);
  // As read(2) and write(2): -1 with EAGAIN when the deadline passed.
  ssize_t read(void* into, std::size_t size);
  ssize_t write(const void* from, std::size_t size);
  bool flush();
  void close();
  // Ends every wait, now and later, from any thread.
  void hang_up();

 private:
  int wait_ms(std::chrono::milliseconds at_most) const;
  bool poll_for(short events, std::chrono::milliseconds at_most);
  ssize_t receive(void* into, std::size_t size);
  bool send_all(const char* data, std::size_t size);

  std::mutex closing_;
  std::atomic<int> fd_;
  Cipher* cipher_ = nullptr;
  std::chrono::steady_clock::time_point deadline_;
  bool timed_out_ = false;
  bool broken_ = false;
  std::string outgoing_;
  std::vector<char> incoming_;
  std::size_t at_ = 0, end_ = 0;  // unread part of `incoming_`
};

// Lines that end together: what is on its way when its owner stops. Thread-safe.
class Lines {
 public:
  void add(const std::shared_ptr<Line>& line);
  // Hangs up all of them, and all that are added from now on.
  void hang_up();

 private:
  std::mutex mutex_;
  std::vector<std::weak_ptr<Line>> lines_;
  bool over_ = false;
};

}  // namespace gateway::dimse

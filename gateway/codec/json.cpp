#include "gateway/codec/json.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

namespace gateway::codec {
namespace {

// Walks the text and tells outside how far it is: nlohmann gives no position with its events.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;
  CountingIterator(const char* at, const char** position) : at_(at), position_(position) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    *position_ = ++at_;
    return *this;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
  bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  const char** position_;
};

// Builds the tree from nlohmann's events. Maps are checked for duplicate keys when they close: O(n log n).
class TreeBuilder {
 public:
  TreeBuilder(std::string_view text, unsigned max_depth)
      : begin_(text.data()), position_(text.data()), max_depth_(max_depth) {}
  const char** position() { return &position_; }

  bool null() { return add(Value()); }
  bool boolean(bool value) { return add(Value(value)); }
  bool number_integer(std::int64_t value) { return add(Value(value)); }
  bool number_unsigned(std::uint64_t value) {
    constexpr auto kLargest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (value <= kLargest) return add(Value(static_cast<std::int64_t>(value)));
    return add(Value(Decimal{std::to_string(value)}));
  }
  bool number_float(double, const std::string& text) { return add(Value(Decimal{text})); }
  bool string(std::string& text) { return add(Value(std::move(text))); }
  bool binary(std::vector<std::uint8_t>&) { return refuse("JSON has no binary values"); }
  bool key(std::string& text) {
    key_ = std::move(text);
    return true;
  }
  bool start_object(std::size_t) { return open(Value::map()); }
  bool start_array(std::size_t) { return open(Value::list()); }
  bool end_array() {
    open_.pop_back();
    return true;
  }
  bool end_object() {
    const Value::Map& map = *open_.back()->as_map();
    open_.pop_back();
    const std::string_view twice = repeated_key(map);
    return twice.data() == nullptr ||
           refuse("the key \"" + std::string(twice.substr(0, 80)) + "\" occurs twice");
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& error) {
    error_ = fail(ErrorCode::InvalidBody, "the text is not valid JSON", "byte " + std::to_string(position),
                  error.what());
    return false;
  }

  Result<Value> finish(bool parsed) {
    if (parsed) return std::move(root_);
    return std::move(error_);
  }

 private:
  bool refuse(std::string why) {
    error_ = fail(ErrorCode::InvalidBody, std::move(why), "byte " + std::to_string(position_ - begin_));
    return false;
  }

  Value* place(Value value) {
    if (open_.empty()) return &(root_ = std::move(value));
    if (Value::List* list = open_.back()->as_list()) return &list->emplace_back(std::move(value));
    return &open_.back()->as_map()->emplace_back(std::move(key_), std::move(value)).second;
  }

  bool add(Value value) {
    place(std::move(value));
    return true;
  }

  bool open(Value container) {
    if (open_.size() >= max_depth_)
      return refuse("nested deeper than " + std::to_string(max_depth_) + " levels");
    open_.push_back(place(std::move(container)));
    return true;
  }

  // A view without data when all keys differ.
  std::string_view repeated_key(const Value::Map& map) {
    if (map.size() < 2) return {};
    keys_.clear();
    for (const auto& [key, value] : map) keys_.push_back(key);
    std::sort(keys_.begin(), keys_.end());
    const auto twice = std::adjacent_find(keys_.begin(), keys_.end());
    return twice == keys_.end() ? std::string_view() : *twice;
  }

  const char* begin_;
  const char* position_;
  unsigned max_depth_;
  Value root_;
  std::vector<Value*> open_;  // stable: a container does not grow while one of its members is open
  std::string key_;
  std::vector<std::string_view> keys_;
  Error error_;
};

}  // namespace

Result<Value> parse_json(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.max_bytes)
    return fail(ErrorCode::BodyTooLarge,
                "the JSON text is larger than " + std::to_string(limits.max_bytes) + " bytes");
  TreeBuilder builder(text, limits.max_depth);
  const CountingIterator begin(text.data(), builder.position());
  const CountingIterator end(text.data() + text.size(), builder.position());
  try {
    const bool parsed = nlohmann::json::sax_parse(begin, end, &builder);
    return builder.finish(parsed);
  } catch (const std::exception& error) {
    return fail(ErrorCode::InvalidBody, "the text is not valid JSON", {}, error.what());
  }
}

}  // namespace gateway::codec

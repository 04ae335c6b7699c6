#include "gateway/sources/json_array.h"

#include <algorithm>
#include <string>
#include <vector>

#include "gateway/base/text.h"
#include "gateway/codec/json.h"

namespace gateway::sources {
namespace {

constexpr std::size_t kBlock = 64 << 10;
constexpr unsigned kMaxDepth = 48;

Error malformed(const char* what, std::uint64_t at) {
  return fail(ErrorCode::InvalidBody, what, "byte " + std::to_string(at));
}

// Finds where objects begin and end; whether they are proper JSON is for the reader of each.
class Splitter {
 public:
  Splitter(const ArrayLimits& limits, const std::function<Result<bool>(std::string_view)>& use)
      : limits_(limits), use_(use) {}

  // False: no more is wanted.
  Result<bool> take(std::string_view bytes) {
    std::size_t kept = state_ == State::Object ? 0 : std::string_view::npos;  // from where the object goes on
    for (std::size_t i = 0; i < bytes.size(); ++i, ++at_) {
      const char c = bytes[i];
      if (state_ != State::Object) {
        if (TRY(between(c))) kept = i;
        continue;
      }
      if (!inside(c)) continue;
      object_.append(bytes.substr(kept, i + 1 - kept));
      kept = std::string_view::npos;
      if (!TRY(finish_object())) return false;
    }
    if (kept != std::string_view::npos) object_.append(bytes.substr(kept));
    if (object_.size() > limits_.object_bytes)
      return Error{ErrorCode::BodyTooLarge, "an object is larger than allowed", {}, {}};
    return true;
  }

  Result<void> end() const {
    if (state_ == State::End) return {};
    return malformed("the JSON array ends early", at_);
  }

 private:
  enum class State : std::uint8_t { Start, First, Object, Behind, Next, End };

  // True: an object begins with this byte.
  Result<bool> between(char c) {
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') return false;
    const bool wanted = state_ == State::First || state_ == State::Next;
    if (c == '{' && wanted) {
      state_ = State::Object;
      depth_ = 1;
      return true;
    }
    if (c == '[' && state_ == State::Start)
      state_ = State::First;
    else if (c == ',' && state_ == State::Behind)
      state_ = State::Next;
    else if (c == ']' && (state_ == State::First || state_ == State::Behind))
      state_ = State::End;
    else
      return malformed("this is no JSON array of objects", at_);
    return false;
  }

  // True: the object ends with this byte.
  bool inside(char c) {
    if (escaped_) {
      escaped_ = false;
    } else if (in_text_) {
      escaped_ = c == '\\';
      in_text_ = c != '"';
    } else if (c == '"') {
      in_text_ = true;
    } else if (c == '{') {
      ++depth_;
    } else if (c == '}') {
      return --depth_ == 0;
    }
    return false;
  }

  Result<bool> finish_object() {
    if (object_.size() > limits_.object_bytes)
      return Error{ErrorCode::BodyTooLarge, "an object is larger than allowed", {}, {}};
    if (++count_ > limits_.objects)
      return Error{ErrorCode::BodyTooLarge, "there are more objects than allowed", {}, {}};
    state_ = State::Behind;
    const bool more = TRY(use_(object_));
    object_.clear();
    return more;
  }

  const ArrayLimits& limits_;
  const std::function<Result<bool>(std::string_view)>& use_;
  State state_ = State::Start;
  std::uint64_t at_ = 0, count_ = 0, depth_ = 0;
  bool in_text_ = false, escaped_ = false;
  std::string object_;
};

bool is_key(std::string_view key) {
  return key.size() == 8 && std::all_of(key.begin(), key.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
         });
}

// PS3.18 F.2.2: an attribute is an object with its VR.
bool is_attribute(const Value& member) {
  const Value::Map* map = member.as_map();
  return map && member.text("vr").size() == 2;
}

Result<void> put_in_order(Value::Map& object) {
  for (auto& [key, member] : object) {
    std::transform(key.begin(), key.end(), key.begin(),
                   [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 32) : c; });
    if (!is_key(key) || !is_attribute(member))
      return fail(ErrorCode::InvalidBody, "this is no attribute of the DICOM JSON model", key.substr(0, 16));
    const auto value = std::find_if(member.as_map()->begin(), member.as_map()->end(),
                                    [](const auto& m) { return m.first == "Value"; });
    if (value == member.as_map()->end() || member.text("vr") != "SQ") continue;
    Value::List* items = value->second.as_list();
    if (!items) return fail(ErrorCode::InvalidBody, "a Value must be an array", key);
    for (Value& item : *items)
      if (Value::Map* inner = item.as_map()) TRY(put_in_order(*inner));
  }
  std::sort(object.begin(), object.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  const auto twice = std::adjacent_find(object.begin(), object.end(),
                                        [](const auto& a, const auto& b) { return a.first == b.first; });
  if (twice != object.end()) return fail(ErrorCode::InvalidBody, "an attribute is there twice", twice->first);
  return {};
}

}  // namespace

Result<void> for_each_object(const ByteSource& source,
                             const std::function<Result<bool>(std::string_view object)>& use,
                             const ArrayLimits& limits) {
  Splitter splitter(limits, use);
  std::vector<std::byte> block(static_cast<std::size_t>(std::min<std::uint64_t>(source.size(), kBlock)));
  for (std::uint64_t at = 0; at < source.size();) {
    const std::size_t got = TRY(source.read_at(at, block));
    if (got == 0) return fail(ErrorCode::Internal, "the source is shorter than it says");
    if (!TRY(splitter.take(as_text(std::span(block).first(got))))) return {};
    at += got;
  }
  return splitter.end();
}

Result<Value> read_answer(std::string_view object) {
  Value value = TRY(codec::parse_json(object, {32 << 20, kMaxDepth}));
  if (!value.as_map())
    return fail(ErrorCode::InvalidBody, "an object of the DICOM JSON model was to be expected");
  TRY(put_in_order(*value.as_map()));
  return value;
}

}  // namespace gateway::sources

#include "gateway/codec/toml.h"

#include <toml++/toml.h>
#include <cmath>
#include <sstream>

namespace gateway::codec {
namespace {

constexpr std::size_t kMaxBytes = 16u << 20;

std::string at_line(std::string_view name, int line) {
  return line > 0 ? std::string(name) + ":" + std::to_string(line) : std::string(name);
}

template <class Printable>
std::string print(const Printable& value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

// Copies toml++'s tree; its parser bounds the depth (TOML_MAX_NESTED_VALUES), so recursion is safe.
class Copier {
 public:
  explicit Copier(TomlDocument& document) : document_(document) {}

  Value copy(const toml::node& node, const std::string& path) {
    if (!path.empty()) document_.lines.emplace(path, static_cast<int>(node.source().begin.line));
    if (const auto* table = node.as_table()) return copy_table(*table, path);
    if (const auto* array = node.as_array()) return copy_array(*array, path);
    return copy_scalar(node);
  }

 private:
  Value copy_table(const toml::table& table, const std::string& path) {
    Value map = Value::map();
    for (const auto& [key, member] : table) {
      const std::string member_path =
          path.empty() ? std::string(key.str()) : path + "." + std::string(key.str());
      document_.lines.emplace(member_path, static_cast<int>(key.source().begin.line));
      map.set(key.str(), copy(member, member_path));
    }
    return map;
  }

  Value copy_array(const toml::array& array, const std::string& path) {
    Value list = Value::list();
    for (std::size_t i = 0; i < array.size(); ++i)
      list.push(copy(array[i], path + "[" + std::to_string(i) + "]"));
    return list;
  }

  static Value copy_scalar(const toml::node& node) {
    if (const auto* text = node.as_string()) return Value(text->get());
    if (const auto* number = node.as_integer()) return Value(static_cast<std::int64_t>(number->get()));
    if (const auto* flag = node.as_boolean()) return Value(flag->get());
    if (const auto* number = node.as_floating_point()) return Value(Decimal{print(*number)});
    if (const auto* date = node.as_date()) return Value(print(date->get()));
    if (const auto* time = node.as_time()) return Value(print(time->get()));
    if (const auto* instant = node.as_date_time()) return Value(print(instant->get()));
    return Value();
  }

  TomlDocument& document_;
};

}  // namespace

int TomlDocument::line_of(std::string_view dotted_path) const {
  const auto found = lines.find(dotted_path);
  return found == lines.end() ? 0 : found->second;
}

std::string TomlDocument::where(std::string_view dotted_path) const {
  return at_line(name, line_of(dotted_path));
}

Result<TomlDocument> parse_toml(std::string_view text, std::string_view name) {
  if (text.size() > kMaxBytes) return fail(ErrorCode::ConfigInvalid, "larger than 16 MiB", std::string(name));
  try {
    const toml::table table = toml::parse(text, name);
    TomlDocument document;
    document.name = name;
    document.root = Copier(document).copy(table, {});
    return document;
  } catch (const toml::parse_error& error) {
    return fail(ErrorCode::ConfigInvalid, std::string(error.description()),
                at_line(name, static_cast<int>(error.source().begin.line)));
  } catch (const std::exception& error) {
    return fail(ErrorCode::ConfigInvalid, "not valid TOML", std::string(name), error.what());
  }
}

}  // namespace gateway::codec

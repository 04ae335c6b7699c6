// TagSource: a mappers::engine::Source made of lines such as "00081032[0].00080100=CTCHEST". Several values
// are separated by '\', groups of person names by '='. Test code: one thread.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/text.h"
#include "mappers/engine/source.h"

namespace tests {

class TagSource final : public mappers::engine::Source {
 public:
  // False when the line cannot be read. A path without value ("00081032[0]") makes an empty item.
  bool add(std::string_view line) {
    const auto equals = line.find('=');
    Attributes* level = &root_;
    for (std::string_view step : gateway::split(line.substr(0, equals), '.')) {
      if (!level || step.size() < 8) return false;
      Tag tag = 0;
      if (std::from_chars(step.data(), step.data() + 8, tag, 16).ptr != step.data() + 8) return false;
      Attribute& attribute = level->members[tag];
      level = nullptr;
      if (step.size() == 8 && equals != std::string_view::npos) attribute.text = line.substr(equals + 1);
      if (step.size() == 8) continue;
      const auto index = gateway::parse_number<std::size_t>(step.substr(9, step.size() - 10));
      if (!index || *index > attribute.items.size()) return false;
      if (*index == attribute.items.size()) attribute.items.emplace_back();
      level = &attribute.items[*index];
    }
    return true;
  }

  Level root() const override { return &root_; }
  bool has(Level level, Tag tag) const override {
    const Attribute* attribute = find(level, tag);
    return attribute && (!attribute->text.empty() || !attribute->items.empty());
  }
  std::string text(Level level, Tag tag) const override {
    const auto all = texts(level, tag);
    return all.empty() ? std::string() : all.front();
  }
  std::vector<std::string> texts(Level level, Tag tag) const override {
    const Attribute* attribute = find(level, tag);
    std::vector<std::string> values;
    if (attribute && !attribute->text.empty())
      for (const std::string_view value : gateway::split(attribute->text, '\\')) values.emplace_back(value);
    return values;
  }
  std::optional<std::int64_t> integer(Level level, Tag tag) const override {
    return gateway::parse_number<std::int64_t>(text(level, tag));
  }
  gateway::model::PersonName person_name(Level level, Tag tag) const override {
    const std::string first = text(level, tag);
    auto groups = gateway::split(first, '=');
    groups.resize(3);
    return {std::string(groups[0]), std::string(groups[1]), std::string(groups[2])};
  }
  std::size_t item_count(Level level, Tag tag) const override {
    const Attribute* attribute = find(level, tag);
    return attribute ? attribute->items.size() : 0;
  }
  Level item(Level level, Tag tag, std::size_t index) const override {
    return &find(level, tag)->items[index];
  }

 private:
  struct Attribute;
  struct Attributes {
    std::map<Tag, Attribute> members;
  };
  struct Attribute {
    std::string text;
    std::deque<Attributes> items;
  };
  static const Attribute* find(Level level, Tag tag) {
    const auto& members = static_cast<const Attributes*>(level)->members;
    const auto found = members.find(tag);
    return found == members.end() ? nullptr : &found->second;
  }

  Attributes root_;
};

}  // namespace tests

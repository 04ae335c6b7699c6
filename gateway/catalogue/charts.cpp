#include "gateway/catalogue/charts.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "gateway/catalogue/markup.h"

namespace gateway::catalogue {
namespace {

constexpr std::size_t kMaxBars = 20;
constexpr std::size_t kMaxColumns = 60;
constexpr std::size_t kLongestLabel = 15;  // characters beside a bar
constexpr std::size_t kLongestLine = 44;   // above one
constexpr double kWidth = 340, kBarsFrom = 134, kBarsTo = 285, kBarHeight = 24, kColumnsHeight = 150;

std::string coordinate(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

std::string shown(const ChartValue& value) {
  return value.text.empty() ? number(static_cast<std::uint64_t>(std::llround(value.value))) : value.text;
}

// Cut between characters of UTF-8.
std::string shortened(const std::string& label, std::size_t longest) {
  std::size_t characters = 0, at = 0;
  while (at < label.size()) {
    if ((static_cast<unsigned char>(label[at]) & 0xC0) != 0x80 && ++characters == longest)
      return label.substr(0, at) + "\u2026";
    ++at;
  }
  return label;
}

double largest(const std::vector<ChartValue>& values) {
  double most = 0;
  for (const ChartValue& value : values) most = std::max(most, value.value);
  return most > 0 ? most : 1;
}

std::string rect(double x, double y, double width, double height) {
  return "<rect x=\"" + coordinate(x) + "\" y=\"" + coordinate(y) + "\" width=\"" + coordinate(width) +
         "\" height=\"" + coordinate(height) + "\" rx=\"2\">";
}

std::string text_at(double x, double y, std::string_view anchor, std::string_view text) {
  return "<text x=\"" + coordinate(x) + "\" y=\"" + coordinate(y) + "\" text-anchor=\"" +
         std::string(anchor) + "\">" + escaped(text) + "</text>";
}

// What a screen reader says instead of the picture: the largest values; all are in the table.
std::string summary(std::string_view title, std::string_view unit, const std::vector<ChartValue>& values) {
  std::string text = std::string(title) + ", " + std::string(unit) + ": ";
  for (std::size_t i = 0; i < std::min<std::size_t>(values.size(), 5); ++i)
    text += (i ? ", " : "") + values[i].label + " " + shown(values[i]);
  return text + (values.size() > 5 ? ", and more in the table" : "");
}

std::string framed(std::string_view title, std::string_view unit, const std::vector<ChartValue>& values,
                   double height, const std::string& drawing) {
  std::vector<std::vector<std::string>> cells;
  for (const ChartValue& value : values) cells.push_back({escaped(value.label), escaped(shown(value))});
  return "<figure><figcaption>" + escaped(title) + " <span class=\"soft\">(" + escaped(unit) +
         ")</span></figcaption><svg role=\"img\" aria-label=\"" + escaped(summary(title, unit, values)) +
         "\" viewBox=\"0 0 " + coordinate(kWidth) + " " + coordinate(height) + "\">" + drawing +
         "</svg><details><summary>" + escaped(title) + " as a table</summary>" +
         grid(title, {"Value", "#" + std::string(unit)}, cells) + "</details></figure>";
}

}  // namespace

std::string bar_chart(std::string_view title, std::string_view unit, const std::vector<ChartValue>& values) {
  if (values.empty()) return {};
  const double most = largest(values);
  const std::size_t count = std::min(values.size(), kMaxBars);
  // Long names stand above their bars.
  const bool above = std::any_of(values.begin(), values.end(),
                                 [](const ChartValue& value) { return value.label.size() > kLongestLabel; });
  const double from = above ? 0 : kBarsFrom, line = above ? 18 : 0, step = kBarHeight + line;
  std::string drawing;
  for (std::size_t i = 0; i < count; ++i) {
    const double y = static_cast<double>(i) * step + line;
    const double width = std::max(1.0, values[i].value / most * (kBarsTo - from));
    drawing += "<g>" + (above ? text_at(0, y - 2, "start", shortened(values[i].label, kLongestLine))
                              : text_at(from - 6, y + 16, "end", shortened(values[i].label, kLongestLabel)));
    drawing += rect(from, y + 4, width, kBarHeight - 8) + "<title>" + escaped(values[i].label) + ": " +
               escaped(shown(values[i])) + "</title></rect>" +
               text_at(from + width + 5, y + 16, "start", shown(values[i])) + "</g>";
  }
  double height = static_cast<double>(count) * step;
  if (values.size() > count) {
    drawing += text_at(from, height + 15, "start", "and " + number(values.size() - count) + " more");
    height += kBarHeight;
  }
  return framed(title, unit, values, height, drawing);
}

std::string column_chart(std::string_view title, std::string_view unit,
                         const std::vector<ChartValue>& values) {
  if (values.empty()) return {};
  if (values.size() > kMaxColumns) return bar_chart(title, unit, values);
  const double most = largest(values);
  const double step = std::min(48.0, kWidth / static_cast<double>(values.size()));
  const double top = 16, bottom = kColumnsHeight - 18;
  const double widest = static_cast<double>(values.size() > 8 ? 44 : 34);  // room for a label
  const std::size_t every = static_cast<std::size_t>(std::ceil(widest / step));
  std::string drawing;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double x = static_cast<double>(i) * step, middle = x + step / 2;
    const double height = std::max(1.0, values[i].value / most * (bottom - top));
    drawing += rect(x + step * 0.1, bottom - height, step * 0.8, height) + "<title>" +
               escaped(values[i].label) + ": " + escaped(shown(values[i])) + "</title></rect>";
    if (i % every == 0) {
      drawing += text_at(middle, kColumnsHeight - 4, "middle", values[i].label);
      drawing += text_at(middle, bottom - height - 4, "middle", shown(values[i]));
    }
  }
  return framed(title, unit, values, kColumnsHeight, drawing);
}

}  // namespace gateway::catalogue

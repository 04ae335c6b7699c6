// Charts as inline SVG with a table beside them that says the same. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gateway::catalogue {

struct ChartValue {
  std::string label;
  double value = 0;
  std::string text = {};  // as shown; empty: the value as a whole number
};

// One bar a value, from left to right; for names. Nothing without values.
std::string bar_chart(std::string_view title, std::string_view unit, const std::vector<ChartValue>& values);
// One column a value, side by side; for what has an order.
std::string column_chart(std::string_view title, std::string_view unit,
                         const std::vector<ChartValue>& values);

}  // namespace gateway::catalogue

#include "gateway/pixel/tone.h"

#include <algorithm>
#include <cmath>

namespace gateway::pixel {
namespace {

constexpr double kFullScale = 255;

std::uint16_t look_up(const model::LookupTable& table, double value) {
  const double last = static_cast<double>(table.values.size() - 1);
  const double index = std::clamp(std::round(value) - table.first, 0.0, last);
  return std::isnan(index) ? table.values.front() : table.values[static_cast<std::size_t>(index)];
}

}  // namespace

Tone::Tone(const model::Presentation& presentation, const std::optional<model::Window>& window,
           model::ValueRange range, bool inverted)
    : presentation_(presentation), inverted_(inverted) {
  if (window)
    set_window(*window);
  else if (!presentation.windows.empty())
    set_window(presentation.windows.front());
  else if (!presentation.voi_tables.empty() && !presentation.voi_tables.front().empty())
    voi_ = &presentation.voi_tables.front();
  else
    set_range(range);
}

// PS3.3 C.11.2.1.2.1 and C.11.2.1.3: a line that is clamped at both ends, or a sigmoid. A width below one is
// no LINEAR window; objects that state one mean the exact line.
void Tone::set_window(const model::Window& window) {
  using Function = model::Window::Function;
  const double width = std::max(window.width, 1e-30);
  if (window.function == Function::Sigmoid) {
    sigmoid_ = true;
    gain_ = -4 / width;
    bias_ = 4 * window.center / width;
  } else if (window.function == Function::Linear && width >= 1) {
    const double slope = width > 1 ? kFullScale / (width - 1) : 1e9;
    gain_ = slope;
    bias_ = kFullScale / 2 - (window.center - 0.5) * slope;
  } else {
    gain_ = kFullScale / width;
    bias_ = kFullScale / 2 - window.center * gain_;
  }
}

void Tone::set_range(model::ValueRange range) {
  double low = modality(range.low), high = modality(range.high);
  if (presentation_.modality) {  // a table need not ascend
    const auto [least, most] =
        std::minmax_element(presentation_.modality->values.begin(), presentation_.modality->values.end());
    low = std::min<double>(low, *least), high = std::max<double>(high, *most);
  }
  if (low > high) std::swap(low, high);  // a negative slope
  gain_ = high > low ? kFullScale / (high - low) : 0;
  bias_ = -low * gain_;
}

double Tone::modality(double stored) const {
  if (presentation_.modality && !presentation_.modality->empty())
    return look_up(*presentation_.modality, stored);
  return stored * presentation_.slope + presentation_.intercept;
}

double Tone::windowed(double value) const {
  if (voi_) return look_up(*voi_, value) * kFullScale / static_cast<double>((1u << voi_->bits) - 1);
  const double line = value * gain_ + bias_;
  return sigmoid_ ? kFullScale / (1 + std::exp(line)) : line;
}

std::uint8_t Tone::grey(double level) const {
  // The order of the comparisons makes NaN black.
  const double inside = level >= 0 ? std::min(level, kFullScale) : 0;
  const auto rounded = static_cast<std::uint8_t>(inside + 0.5);
  return inverted_ ? static_cast<std::uint8_t>(255 - rounded) : rounded;
}

std::uint8_t Tone::of(double stored) const { return grey(windowed(modality(stored))); }

void Tone::fill(std::span<std::uint8_t> greys, std::int64_t first) const {
  if (voi_ || sigmoid_ || presentation_.modality) {
    for (std::size_t i = 0; i < greys.size(); ++i)
      greys[i] = of(static_cast<double>(first + static_cast<std::int64_t>(i)));
    return;
  }
  // A line: kept free of calls and branches, so that it runs over vectors.
  const double gain = presentation_.slope * gain_;
  const double bias = presentation_.intercept * gain_ + bias_ + 0.5;
  const int flip = inverted_ ? 255 : 0;
  const auto start = static_cast<double>(first);
  for (std::size_t i = 0; i < greys.size(); ++i) {
    const double level = (start + static_cast<double>(static_cast<int>(i))) * gain + bias;
    const double inside = std::min(std::max(level, 0.0), kFullScale);
    greys[i] = static_cast<std::uint8_t>(static_cast<int>(inside) ^ flip);
  }
}

}  // namespace gateway::pixel

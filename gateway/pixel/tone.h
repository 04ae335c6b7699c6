// Tone: the way of one stored value to a grey of 8 bits: modality LUT, VOI LUT or window, polarity
// (PS3.3 C.11.1, C.11.2). Internal to the renderer; a plain value that views the presentation it was made of.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "gateway/model/presentation.h"

namespace gateway::pixel {

class Tone {
 public:
  // `range`: of the stored values of the frame, without padding; used when there is neither window nor VOI
  // LUT.
  Tone(const model::Presentation& presentation, const std::optional<model::Window>& window,
       model::ValueRange range, bool inverted);

  std::uint8_t of(double stored) const;
  // Greys of consecutive stored values from `first` on.
  void fill(std::span<std::uint8_t> greys, std::int64_t first) const;

 private:
  double modality(double stored) const;
  double windowed(double value) const;  // 0..255, not clamped
  std::uint8_t grey(double level) const;
  void set_window(const model::Window& window);
  void set_range(model::ValueRange range);

  const model::Presentation& presentation_;
  const model::LookupTable* voi_ = nullptr;
  bool sigmoid_ = false;
  double gain_ = 1, bias_ = 0;  // level = value * gain + bias; of the exponent for a sigmoid
  bool inverted_ = false;
};

}  // namespace gateway::pixel

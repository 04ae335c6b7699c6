#include "mappers/engine/dicom_values.h"

#include <algorithm>
#include <chrono>
#include <string_view>

namespace mappers::engine {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool all_digits(std::string_view text) { return std::all_of(text.begin(), text.end(), is_digit); }

// At most four digits.
unsigned number_at(std::string_view text, std::size_t at, std::size_t size) {
  unsigned number = 0;
  for (const char c : text.substr(at, size)) number = number * 10 + static_cast<unsigned>(c - '0');
  return number;
}

// Removes the separators of the old form when they stand where they must.
void drop_separators(std::string& text, char separator, std::size_t first, std::size_t second) {
  if (text.size() > second && text[first] == separator && text[second] == separator) {
    text.erase(second, 1);
    text.erase(first, 1);
  }
}

}  // namespace

bool normalise_uid(std::string& text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < '\x7F' && c != '/' && c != '\\';
  });
}

bool normalise_date(std::string& text) {
  drop_separators(text, '.', 4, 7);
  if (text.size() != 8 || !all_digits(text)) return false;
  const std::chrono::year_month_day day{std::chrono::year(static_cast<int>(number_at(text, 0, 4))),
                                        std::chrono::month(number_at(text, 4, 2)),
                                        std::chrono::day(number_at(text, 6, 2))};
  return day.ok();
}

bool normalise_time(std::string& text) {
  drop_separators(text, ':', 2, 5);
  const std::string_view all = text;
  const std::size_t point = std::min(all.find('.'), all.size());
  const std::string_view whole = all.substr(0, point);
  if (whole.empty() || whole.size() > 6 || whole.size() % 2 != 0 || !all_digits(whole)) return false;
  if (point < all.size()) {
    const std::string_view fraction = all.substr(point + 1);
    if (whole.size() != 6 || fraction.empty() || fraction.size() > 6 || !all_digits(fraction)) return false;
  }
  return number_at(whole, 0, 2) < 24 && (whole.size() < 4 || number_at(whole, 2, 2) < 60) &&
         (whole.size() < 6 || number_at(whole, 4, 2) <= 60);  // 60: a leap second
}

bool normalise_age(std::string& text) {
  if (text.size() < 2 || text.size() > 4) return false;
  text.insert(0, 4 - text.size(), '0');
  return all_digits(std::string_view(text).substr(0, 3)) &&
         std::string_view("DWMY").find(text[3]) != std::string_view::npos;
}

bool normalise_timezone(std::string& text) {
  if (text.size() != 5 || (text[0] != '+' && text[0] != '-') || !all_digits(std::string_view(text).substr(1)))
    return false;
  const unsigned minutes = number_at(text, 1, 2) * 60 + number_at(text, 3, 2);
  return number_at(text, 3, 2) < 60 && minutes <= (text[0] == '+' ? 14u : 12u) * 60;
}

}  // namespace mappers::engine

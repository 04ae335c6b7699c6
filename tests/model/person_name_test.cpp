#include "gateway/model/person_name.h"

#include <gtest/gtest.h>

namespace gateway::model {
namespace {

std::string sound(std::string_view word) {
  const auto words = name_words(word);
  return words.size() == 1 ? words[0].sound : "?";
}

TEST(NameWords, AreFoldedAndKnowTheirComponent) {
  const auto words = name_words("Åström-Nuñez^Bjø\xCC\x88rn  Ægir^^Dr.");
  ASSERT_EQ(words.size(), 5u);
  EXPECT_EQ(words[0].text, "astrom");
  EXPECT_EQ(words[1].text, "nunez");
  EXPECT_EQ(words[1].component, 0);
  EXPECT_EQ(words[2].text, "bjorn");
  EXPECT_EQ(words[3].text, "aegir");
  EXPECT_EQ(words[3].component, 1);
  EXPECT_EQ(words[4].component, 3);
}

TEST(NameWords, KeepOtherScriptsWithoutASound) {
  const auto words = name_words("Διονυσίου^Νίκος");
  ASSERT_EQ(words.size(), 2u);
  EXPECT_TRUE(words[0].sound.empty());
  EXPECT_EQ(name_words("Nguyễn")[0].text, "nguyen");
  EXPECT_EQ(name_words("\xFF\xC3").size(), 1u);
}

TEST(NameSound, IsTheSameForWhatIsSpeltDifferently) {
  const std::pair<const char*, const char*> same[] = {
      {"Smith", "Smyth"},  {"Müller", "Mueller"},    {"Meyer", "Maier"},    {"Schmidt", "Schmitt"},
      {"Philip", "Filip"}, {"Catherine", "Katrin"},  {"Johnson", "Jonson"}, {"Walter", "Valter"},
      {"Knight", "Nite"},  {"Eriksson", "Ericsson"}, {"Novák", "Novac"},    {"Zimmer", "Simer"},
  };
  for (const auto& [a, b] : same) EXPECT_EQ(sound(a), sound(b)) << a << " " << b;
  const std::pair<const char*, const char*> other[] = {
      {"Smith", "Jones"}, {"Miller", "Mander"}, {"Bauer", "Maier"}};
  for (const auto& [a, b] : other) EXPECT_NE(sound(a), sound(b)) << a << " " << b;
  EXPECT_EQ(sound("X"), "");
}

TEST(Like, TakesStarsAndQuestionMarksByCharacter) {
  EXPECT_TRUE(like("müller", "m?ller"));
  EXPECT_TRUE(like("abcbcd", "a*bcd"));
  EXPECT_TRUE(like("", "**"));
  EXPECT_FALSE(like("abc", "ab"));
  EXPECT_FALSE(like("Abc", "a*"));
  EXPECT_FALSE(like("", "?"));
  EXPECT_FALSE(like(std::string(2000, 'a'), "*a*a*a*a*a*a*a*a*a*b"));
}

TEST(MatchesName, ByGroupsAndWithoutCase) {
  const PersonName name{"Yamada^Tarou", "山田^太郎", "やまだ^たろう"};
  for (const char* key :
       {"YAMADA^TAROU", "山田^太郎", "やまだ*", "=山田*", "yamada*=山?^太郎", "==やまだ^たろう"})
    EXPECT_TRUE(matches_name(name, key, false)) << key;
  for (const char* key : {"Yamada", "=Yamada*", "yamada*=x", "a=b=c=d", "Tarou^Yamada"})
    EXPECT_FALSE(matches_name(name, key, false)) << key;
  EXPECT_TRUE(matches_name(name, "Jamada^Taro", true));
}

}  // namespace
}  // namespace gateway::model

#include "gateway/store/person_name.h"

#include "tests/store/store_fixture.h"

namespace gateway::store {
namespace {

TEST(FoldCase, FoldsLettersOfManyScriptsAndNothingElse) {
  EXPECT_EQ(fold_case(std::string_view("ABCxyz-123^=*?")), "abcxyz-123^=*?");
  EXPECT_EQ(fold_case(std::string_view("ÄÖÜÉÅØÞ×ß")), "äöüéåøþ×ß");
  EXPECT_EQ(fold_case(std::string_view("ŁÓDŹ ČŠŽ ĲŸŐŰȘȚ")), "łódź čšž ĳÿőűșț");
  EXPECT_EQ(fold_case(std::string_view("ΔΙΟΝΥΣΙΟΣ Άς")), "διονυσιοσ άσ");
  EXPECT_EQ(fold_case(std::string_view("Люкceмбypг ЁЇҐ")), "люкceмбypг ёїґ");
  EXPECT_EQ(fold_case(std::string_view("ẞ ＡＺ Ｋ K Å Ạ")), "ß ａｚ ｋ k å ạ");
  EXPECT_EQ(fold_case(std::string_view("山田^太郎 김 희중 😀")), "山田^太郎 김 희중 😀");
}

TEST(FoldCase, KeepsBytesThatAreNotUtf8) {
  EXPECT_EQ(fold_case(std::string_view("A\xFFZ\xC3")), "a\xFFz\xC3");
  EXPECT_EQ(fold_case(std::string_view("\xE5\xB1")), "\xE5\xB1");
}

TEST(NameKey, IgnoresTrailingDelimitersAndOuterSpaces) {
  EXPECT_EQ(name_key(" Doe^Jane^^ ^"), "doe^jane");
  EXPECT_EQ(name_key("^^"), "");
  EXPECT_EQ(name_key("Doe ^Jane"), "doe ^jane");
}

TEST(LikePattern, EscapesWhatLikeWouldInterpret) {
  EXPECT_EQ(like_pattern("a*b?c").pattern, "a%b_c");
  EXPECT_EQ(like_pattern("50%_\\*").pattern, "50\\%\\_\\\\%");
  EXPECT_EQ(like_pattern("50%_\\*").prefix, "50%_\\");
  EXPECT_EQ(like_pattern("***").pattern, "%");
  EXPECT_EQ(like_pattern("%*").pattern, "\\%%");
}

struct NameCase {
  model::PersonName stored;
  std::string query;
  bool matches;
};

const NameCase kNames[] = {
    {{"Doe^Jane", "", ""}, "Doe^Jane", true},
    {{"Doe^Jane", "", ""}, "DOE^JANE", true},
    {{"Doe^Jane^^", "", ""}, "doe^jane", true},
    {{"Doe^Jane", "", ""}, "doe^jane^^^", true},
    {{"Doe^Jane", "", ""}, "doe", false},
    {{"Doe", "", ""}, "doe^", true},
    {{"Doe^Jane", "", ""}, "doe*", true},
    {{"Doe^Jane", "", ""}, "D?E^J*", true},
    {{"Doe^Jane", "", ""}, "*jane", true},
    {{"Doe^Jane", "", ""}, "*AN*", true},
    {{"Doe^Jane", "", ""}, "jane*", false},
    {{"Doe^Jane", "", ""}, "d?^*", false},
    {{"Müller^Jörg", "", ""}, "MÜLLER^J?RG", true},
    {{"Müller^Jörg", "", ""}, "muller*", false},
    {{"Åsa^Ø", "", ""}, "åSA^ø", true},
    {{"Διονυσίου^Σ", "", ""}, "ΔΙΟΝΥΣΊΟΥ^ς", true},
    {{"Люксембург", "", ""}, "ЛЮКСЕМБУРГ", true},
    {{"Yamada^Tarou", "山田^太郎", "やまだ^たろう"}, "山田^太郎", true},
    {{"Yamada^Tarou", "山田^太郎", "やまだ^たろう"}, "山田*", true},
    {{"Yamada^Tarou", "山田^太郎", "やまだ^たろう"}, "山?^太郎", true},
    {{"Yamada^Tarou", "山田^太郎", "やまだ^たろう"}, "やまだ*", true},
    {{"Yamada^Tarou", "山田^太郎", "やまだ^たろう"}, "yamada^tarou=山田^太郎=やまだ^たろう", true},
    {{"Yamada^Tarou", "山田^太郎", "やまだ^たろう"}, "=山田^太郎", true},
    {{"Yamada^Tarou", "山田^太郎", "やまだ^たろう"}, "=yamada*", false},
    {{"Yamada^Tarou", "山田^太郎", "やまだ^たろう"}, "yamada*=田中*", false},
    {{"Yamada^Tarou", "山田^太郎", "やまだ^たろう"}, "==やまだ*", true},
    {{"A%B^C", "", ""}, "a%b*", true},
    {{"AxB^C", "", ""}, "a%b*", false},
    {{"AxB^C", "", ""}, "a_b*", false},
    {{"A[x]B", "", ""}, "a[x]b", true},
    {{"A[x]B", "", ""}, "a[x]*", true},
    {{"AxB", "", ""}, "a[x]b*", false},
    {{"A\\B", "", ""}, "a\\*", true},
    {{"O'Neill", "", ""}, "o'neill", true},
    {{"", "", ""}, "*", true},
    {{"", "", ""}, "?*", false},
    {{"", "", ""}, "", true},
    {{"Doe", "", ""}, "", false},
};

class NameMatchTest : public StoreTest {};

TEST_F(NameMatchTest, NamesMatchWithoutCaseInAnyGroup) {
  int n = 0;
  for (const NameCase& c : kNames) {
    IndexEntry entry = gateway::testing::make_entry({++n, n, 1, 1});
    entry.object.subject.name = c.stored;
    commit({entry});
    const auto found =
        study_uids({any_of("study.uid", {entry.object.study.uid}), any_of("subject.name", {c.query})});
    EXPECT_EQ(found.size(), c.matches ? 1u : 0u) << c.stored.alphabetic << " by " << c.query;
  }
}

TEST_F(NameMatchTest, AFilledNameIsFoundAfterwards) {
  IndexEntry first = gateway::testing::make_entry({1, 1, 1, 1});
  first.object.subject.name = {};
  commit({first});
  EXPECT_TRUE(study_uids({wildcard("subject.name", "name*")}).empty());
  commit({gateway::testing::make_entry({1, 1, 1, 2})});
  EXPECT_EQ(study_uids({wildcard("subject.name", "name*")}).size(), 1u);
}

TEST_F(NameMatchTest, TooManyGroupsAreRefused) {
  EXPECT_FALSE(index().search({Level::Study, {any_of("subject.name", {"a=b=c=d"})}, 1, 0}).ok());
}

}  // namespace
}  // namespace gateway::store

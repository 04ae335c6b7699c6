// The pages of the catalogue in a real browser: Debian's Chromium, spoken to by its DevTools protocol.
// Screenshots lie in the build folder, below screenshots/. Skipped visibly where there is no Chromium.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "gateway/base/json_text.h"
#include "gateway/codec/json.h"
#include "tests/support/process.h"
#include "tests/support/websocket_client.h"

namespace tests {
namespace {

namespace fs = std::filesystem;
using gateway::Value;
using gateway::testing::TempFolder;

const std::string kProgram = std::string(BUILD_DIR) + "/ehds-gateway";
constexpr const char* kBrowser = "/usr/bin/chromium";

// One page of one browser.
class BrowserPage {
 public:
  BrowserPage()
      : process_({"/bin/sh", "-c",
                  "exec " + std::string(kBrowser) +
                      " --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --hide-scrollbars "
                      "--no-first-run --remote-debugging-port=0 --user-data-dir=" +
                      quoted(folder_.path()) + " about:blank 2>&1"}) {
    const std::string lead = "DevTools listening on ws://127.0.0.1:";
    std::string line;
    for (int i = 0; i < 200 && line.find(lead) == std::string::npos; ++i) line = process_.line();
    const auto at = line.find(lead);
    if (at == std::string::npos) return;
    port_ = std::atoi(line.c_str() + at + lead.size());
    const auto pages =
        json(run("curl -s --max-time 30 http://127.0.0.1:" + std::to_string(port_) + "/json/list").out);
    if (!pages.as_list() || pages.as_list()->empty()) return;
    socket_.emplace(static_cast<std::uint16_t>(port_));
    // Chromium speaks only to who calls it by its address.
    std::string hello =
        WebSocketClient::handshake("/devtools/page/" + std::string(pages.as_list()->front().text("id")));
    hello.replace(hello.find("Host: a"), 7, "Host: 127.0.0.1");
    open_ = socket_->send_raw(hello) && socket_->read_head() == 101;
  }
  bool open() const { return open_; }

  // The result of a command; what else the browser says meanwhile is passed over.
  Value call(const std::string& method, Value parameters = Value::map()) {
    const int id = ++last_;
    socket_->send_text(gateway::to_json(
        Value::map().set("id", id).set("method", method).set("params", std::move(parameters))));
    for (int i = 0; i < 2'000; ++i) {
      const auto frame = socket_->read_frame();
      if (frame.ended) return {};
      const Value answer = json(frame.payload);
      const Value* number = answer.find("id");
      if (number && number->as_int() && *number->as_int() == id)
        return answer.find("result") ? *answer.find("result") : Value();
    }
    return {};
  }
  Value evaluate(const std::string& script) {
    const Value result =
        call("Runtime.evaluate",
             Value::map().set("expression", script).set("awaitPromise", true).set("returnByValue", true));
    const Value* inner = result.find("result");
    return inner && inner->find("value") ? *inner->find("value") : Value();
  }
  void go(const std::string& url, int width) {
    call(
        "Emulation.setDeviceMetricsOverride",
        Value::map().set("width", width).set("height", 900).set("deviceScaleFactor", 1).set("mobile", false));
    call("Page.enable");
    call("Page.navigate", Value::map().set("url", url));
    evaluate(
        "new Promise(r=>{const f=()=>document.readyState==='complete'&&location.href!=='about:blank'?"
        "r(1):setTimeout(f,20);f()})");
  }
  void press(const std::string& key, int code) {
    for (const char* type : {"rawKeyDown", "char", "keyUp"}) {
      Value event = Value::map().set("type", type).set("key", key).set("code", key);
      event.set("windowsVirtualKeyCode", code).set("nativeVirtualKeyCode", code);
      if (std::string(type) == "char") {
        if (key != "Enter") continue;
        event.set("text", "\r");
      }
      call("Input.dispatchKeyEvent", std::move(event));
    }
  }
  void shoot(const std::string& name) {
    fs::create_directories(std::string(BUILD_DIR) + "/screenshots");
    const Value shot =
        call("Page.captureScreenshot", Value::map().set("format", "png").set("captureBeyondViewport", true));
    const TempFolder scratch;
    std::ofstream(scratch / "shot") << shot.text("data");
    std::ofstream(std::string(BUILD_DIR) + "/screenshots/" + name + ".png", std::ios::binary)
        << run("base64 -d " + quoted(scratch / "shot")).out;
  }

  // Role and name of every node of the accessibility tree.
  std::vector<std::pair<std::string, std::string>> tree() {
    std::vector<std::pair<std::string, std::string>> nodes;
    const Value all = call("Accessibility.getFullAXTree");
    const Value* list = all.find("nodes");
    if (!list || !list->as_list()) return nodes;
    for (const Value& node : *list->as_list()) {
      const Value* ignored = node.find("ignored");
      if (ignored && ignored->as_bool() && *ignored->as_bool()) continue;
      const Value* role = node.find("role");
      const Value* name = node.find("name");
      nodes.emplace_back(role ? role->text("value") : "", name ? name->text("value") : "");
    }
    return nodes;
  }

 private:
  static Value json(const std::string& text) {
    auto parsed = gateway::codec::parse_json(text);
    return parsed ? *parsed : Value();
  }

  const TempFolder folder_;
  Background process_;
  int port_ = 0, last_ = 0;
  std::optional<WebSocketClient> socket_;
  bool open_ = false;
};

// A served demonstration catalogue and a browser, made once for all tests.
class Pages : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (!fs::exists(kBrowser)) return;
    data_ = new TempFolder();
    const Finished made =
        run(quoted(kProgram) + " demo --seed 3 --subjects 12 --data " + quoted(data_->path()));
    ASSERT_EQ(made.exit_code, 0) << made.err;
    std::ofstream(*data_ / "policies.toml")
        << "default = \"open\"\n";  // few people: all that is there is shown
    std::ofstream(*data_ / "config.toml") << "[catalogue]\npolicies = \"" << *data_ / "policies.toml"
                                          << "\"\n";
    server_ = new Background({kProgram, "serve", "--config", *data_ / "config.toml", "--data", data_->path(),
                              "--listen", "127.0.0.1:0"});
    const std::string line = server_->line();
    base_ = line.substr(line.find("http://"));
    browser_ = new BrowserPage();
  }
  static void TearDownTestSuite() {
    delete browser_, browser_ = nullptr;
    delete server_, server_ = nullptr;
    delete data_, data_ = nullptr;
  }
  void SetUp() override {
    if (!fs::exists(kBrowser)) GTEST_SKIP() << "there is no " << kBrowser;
    ASSERT_TRUE(browser_ && browser_->open()) << "Chromium does not answer";
  }
  static std::string dataset() {
    const auto listed = gateway::codec::parse_json(
        run("curl -s --max-time 30 " + quoted(base_ + "/catalogue/search?format=json")).out);
    if (!listed || !listed->find("items") || listed->find("items")->as_list()->empty()) return {};
    return std::string(listed->find("items")->as_list()->front().text("id"));
  }
  static std::vector<std::pair<std::string, std::string>> addresses() {
    const std::string id = dataset();
    return {{"root", "/catalogue/"},
            {"search", "/catalogue/search?q=ct&format=html"},
            {"dataset", "/catalogue/dataset/" + id},
            {"distribution", "/catalogue/distribution/" + id + "-1"},
            {"versions", "/catalogue/dataset/" + id + "/versions?format=html"},
            {"label", "/catalogue/dataset/" + id + "/label?format=html"},
            {"report", "/catalogue/report?format=html"},
            {"validate", "/catalogue/validate"}};
  }

  static inline TempFolder* data_ = nullptr;
  static inline Background* server_ = nullptr;
  static inline BrowserPage* browser_ = nullptr;
  static inline std::string base_;
};

TEST_F(Pages, LandmarksHeadingsAndNamesAreThereForScreenReaders) {
  for (const auto& [name, path] : addresses()) {
    browser_->go(base_ + path, 1280);
    std::map<std::string, int> roles;
    for (const auto& [role, label] : browser_->tree()) {
      ++roles[role];
      const bool needs_name = role == "image" || role == "img" || role == "link" || role == "button" ||
                              role == "searchbox" || role == "textbox" || role == "combobox" ||
                              role == "region" || role == "navigation";
      if (needs_name) {
        EXPECT_NE(label, "") << name << ": a " << role << " without a name";
      }
    }
    for (const char* landmark : {"banner", "main", "contentinfo", "search", "searchbox"})
      EXPECT_EQ(roles[landmark], 1) << name << ": " << landmark;
    EXPECT_GE(roles["navigation"], 1) << name;
    EXPECT_EQ(*browser_->evaluate("document.querySelectorAll('h1').length").as_int(), 1) << name;
  }
}

TEST_F(Pages, ChartsHaveATableThatSaysTheSame) {
  browser_->go(base_ + "/catalogue/dataset/" + dataset(), 1280);
  const auto count = [&](const char* script) { return *browser_->evaluate(script).as_int(); };
  const auto charts = count("document.querySelectorAll('figure svg[role=img]').length");
  EXPECT_GE(charts, 1);
  EXPECT_EQ(count("document.querySelectorAll('figure details table').length"), charts);
}

TEST_F(Pages, NothingSticksOutAtAnyWidthInLightAndDark) {
  for (const auto& [name, path] : addresses()) {
    for (const int width : {1280, 390}) {
      for (const char* scheme : {"light", "dark"}) {
        browser_->call(
            "Emulation.setEmulatedMedia",
            Value::map().set(
                "features",
                Value::list().push(Value::map().set("name", "prefers-color-scheme").set("value", scheme))));
        browser_->go(base_ + path, width);
        EXPECT_EQ(*browser_->evaluate("document.documentElement.scrollWidth").as_int(), width)
            << name << " is wider than the window of " << width;
        browser_->shoot(name + "-" + std::to_string(width) + "-" + scheme);
      }
    }
  }
}

TEST_F(Pages, TheKeyboardReachesContentAndSearch) {
  browser_->go(base_ + "/catalogue/", 1280);
  browser_->press("Tab", 9);
  EXPECT_EQ(browser_->evaluate("document.activeElement.textContent").as_string()[0], "Skip to content");
  EXPECT_EQ(*browser_->evaluate("document.activeElement.getBoundingClientRect().left>=0").as_bool(), true);
  browser_->press("Enter", 13);
  EXPECT_EQ(browser_->evaluate("location.hash").as_string()[0], "#main");
  std::set<std::string> reached;
  browser_->go(base_ + "/catalogue/", 1280);
  for (int i = 0; i < 4; ++i) {
    browser_->press("Tab", 9);
    reached.insert(browser_->evaluate("document.activeElement.tagName").as_string()[0]);
  }
  EXPECT_TRUE(reached.contains("INPUT"));
  EXPECT_TRUE(reached.contains("BUTTON"));
}

TEST_F(Pages, NothingIsLoadedButThePageAndTheSearchWorksWithoutScripts) {
  browser_->go(base_ + "/catalogue/", 1280);
  EXPECT_EQ(*browser_->evaluate("performance.getEntriesByType('resource').length").as_int(), 0);
  browser_->evaluate("document.querySelector('#q').value='ct';document.querySelector('form').submit()");
  // A script that waits ends with the page that it waits on: it is asked again of the next one.
  std::string found;
  for (int i = 0; i < 50 && found.empty(); ++i) {
    const Value answer = browser_->evaluate(
        "new Promise(r=>setTimeout(()=>r(location.pathname.endsWith('/search')&&document.readyState==="
        "'complete'?document.querySelector('[role=status]').textContent:''),20))");
    if (const std::string* text = answer.as_string()) found = *text;
  }
  EXPECT_NE(found.find("dataset"), std::string::npos) << found;
}

}  // namespace
}  // namespace tests

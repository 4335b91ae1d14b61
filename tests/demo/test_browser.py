"""The page in a real browser: a whole visit by clicking what glows, and what a hall shows on the way.

Screenshots go to the folder that ``HALL_SCREENSHOTS`` names, for whoever wants to look at them.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

from firmware_py.demo.serving import running
from tests.demo.hall_page import Panel

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--force-device-scale-factor=1",
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None or DRIVER is None, reason="chromium and chromium-driver are not installed"),
]


class Page:
    """The page as a person uses it: looks for things by what they are called, waits until they are there."""

    def __init__(self, browser: WebDriver, panel: Panel) -> None:
        self.browser = browser
        self.panel = panel

    def find(self, testid: str) -> WebElement:
        found: WebElement = self.until(lambda: self.all(testid)[:1], testid)[0]
        return found

    def all(self, testid: str) -> list[WebElement]:
        return self.browser.find_elements(By.CSS_SELECTOR, f'[data-testid="{testid}"]')

    def click(self, testid: str) -> None:
        element = self.find(testid)
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    def text(self, testid: str) -> str:
        return str(self.browser.execute_script("return arguments[0].textContent", self.find(testid)))

    def until(self, condition: Callable[[], Any], what: str, patience_s: float = 15) -> Any:
        waiting = WebDriverWait(self.browser, patience_s, 0.05, ignored_exceptions=(WebDriverException,))
        return waiting.until(lambda _: condition(), f"waited for {what}")

    def shows(self, testid: str, text: str, patience_s: float = 15) -> None:
        self.until(lambda: text in self.text(testid), f"{testid} to show {text!r}", patience_s)

    def step(self, number: int) -> str:
        return str(self.find(f"step-{number}").get_attribute("data-state"))

    def shot(self, name: str) -> None:
        folder = os.environ.get("HALL_SCREENSHOTS")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.browser.save_screenshot(str(Path(folder) / f"{name}.png"))

    def numbers(self) -> list[str]:
        return [str(slip.get_attribute("data-number")) for slip in self.all("slip")]


def _browser(profile: Path, width: int, height: int) -> WebDriver:
    options = Options()
    options.binary_location = str(CHROMIUM)
    for argument in (*ARGUMENTS, f"--user-data-dir={profile}", f"--window-size={width},{height}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = webdriver.Chrome(options=options, service=Service(str(DRIVER)))
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    return browser


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    with running(state=None, config=None, mqtt=False) as url:
        panel = Panel(url)
        panel.ready()
        browser = _browser(tmp_path / "profile", 1280, 800)
        try:
            browser.get(url)
            made = Page(browser, panel)
            made.shows("hall-name", "阳光区政务服务大厅")
            yield made
            severe = [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]
            assert not severe, severe
        finally:
            browser.quit()


@pytest.mark.req("R-KIOSK-01", "R-KIOSK-09", "R-CALL-01", "R-CALL-05", "R-EVAL-01", "R-PHONE-03", "R-PHONE-05")
def test_a_whole_visit_works_on_the_page(page: Page) -> None:
    assert "按一下取号,看一张号走完大厅" in page.browser.page_source
    assert page.step(1) == "now"
    page.shot("1-empty")

    # desk 2's telephone rings five times meanwhile, and nobody answers it
    page.click("desk-2-key-login")
    page.shows("desk-2-state", "空闲")
    page.click("phone-2-then-stop")
    page.click("phone-2-ring-5")

    page.click("kiosk-press-social")
    page.until(lambda: len(page.all("slip")) == 1, "the first slip")
    page.click("kiosk-press-social-G")
    page.until(lambda: len(page.all("slip")) == 2, "the second slip")
    page.until(lambda: page.step(1) == "done", "step 1 to be done")
    page.shot("2-taken")

    page.click("desk-1-key-login")
    page.shows("desk-1-state", "空闲")
    page.click("desk-1-key-next")
    page.shows("desk-1-sign", "A002")  # the priority ticket goes first
    page.shows("board", "A002")
    page.until(lambda: any("零零二" in sound.text for sound in page.all("sound")), "the voice")
    page.shot("3-called")

    page.click("desk-1-key-recall")
    page.until(lambda: "再按" in page.text("desk-1-refused"), "the refusal to recall so soon")
    page.click("desk-1-key-arrive")
    page.shows("desk-1-sign", "正在办理")

    page.click("desk-1-key-hold")
    page.shows("desk-1-sign", "窗口")
    page.click("desk-1-key-resume_ticket")
    page.shows("desk-1-sign", "正在办理")
    page.shot("4-serving")

    page.click("desk-1-key-finish")
    page.until(lambda: page.panel.desk(1)["invited"], "the evaluator to light up")
    page.shot("5-rating")
    page.click("eval-1-key-5")
    page.until(lambda: page.panel.desk(1)["rated"], "the rating")

    page.click("desk-1-key-wait")  # refused while a citizen may still change the level, with what to press instead
    page.until(lambda: "暂停服务" in page.text("desk-1-refused"), "the refusal")
    page.click("desk-3-key-login")  # the last desk for a service is not left without more ado (R-CORE-25)
    page.shows("desk-3-state", "空闲")
    page.click("desk-1-key-pause")
    page.shows("desk-1-sign", "暂停服务")
    page.click("desk-1-key-resume_desk")
    page.shows("desk-1-sign", "1号窗口")

    # by now the other telephone has rung three times: its free neighbour is asked
    page.shows("desk-1-prompts", "2号窗口电话已响3声,请代接", patience_s=20)
    alert = next(record for record in page.panel.journal() if record["type"] == "neighbours_alerted")
    rings = [record for record in page.panel.journal() if record["type"] == "rang" and record["seq"] < alert["seq"]]
    assert len(rings) == 3
    page.shot("6-neighbour")
    page.until(lambda: page.panel.desk(2)["phone"]["callbacks"] == 1, "the missed call to be owed", 40)
    page.shows("desk-2-prompts", "待回拨")

    page.click("phone-1-then-answer")
    page.click("phone-1-ring-2")
    page.until(lambda: page.panel.desk(1)["phone"]["ring"] == 2, "the second ring", 20)
    page.until(lambda: page.panel.desk(1)["phone"]["talking"], "the conversation", 20)
    kinds = {record["type"] for record in page.panel.journal()}
    assert kinds >= {"taken", "called", "held", "resumed", "rated", "pause_pending", "neighbours_alerted"}
    assert kinds >= {"supervisor_alerted", "phone_missed", "callback_opened", "phone_answered"}
    page.until(lambda: all(page.step(number) == "done" for number in range(1, 6)), "all five steps to be done")
    page.until(lambda: len(page.all("journal-row")) >= 15, "the journal")
    assert page.numbers()
    page.shot("7-done")


@pytest.mark.req("R-KIOSK-05", "R-CORE-16", "R-CORE-21")
def test_the_four_scenes_can_be_watched(page: Page) -> None:
    page.click("kiosk-press-realty")
    page.until(lambda: len(page.all("slip")) == 1, "a slip")
    page.click("scene-paper_out")
    page.until(lambda: "对不起" in page.text("kiosk-sign"), "the polite refusal")
    page.shot("8-paper-out")
    page.click("scene-paper_out")
    page.until(lambda: "请您在取号机取号" in page.text("kiosk-sign"), "the kiosk to be well again")

    waiting = page.panel.hall()["waiting"]
    page.click("scene-power_cut")
    page.until(lambda: not page.panel.hall()["powered"], "the dark")
    page.shot("9-dark")
    page.until(lambda: page.panel.hall()["powered"], "the light")
    page.until(lambda: "请您在取号机取号" in page.text("kiosk-sign"), "the hall to be back")
    assert page.panel.hall()["waiting"] == waiting == 1

    page.click("scene-closing")
    page.until(lambda: "今日取号已结束" in page.text("kiosk-sign"), "closing time")
    page.click("kiosk-press-realty")
    page.click("desk-2-key-login")
    page.until(lambda: page.panel.desk(2)["staff"], "the session")
    page.click("desk-2-key-next")
    page.shows("desk-2-sign", "B001")  # who has a number is still served
    assert len(page.panel.slips()) == 1
    page.shot("10-closing")


@pytest.mark.req("R-CORE-14", "R-CORE-15", "R-CORE-26", "R-CORE-08", "R-CORE-10", "R-DESK-05")
def test_the_verbs_beyond_a_plain_visit_can_be_tried_on_the_page(page: Page) -> None:
    page.click("desk-1-key-transfer")  # nothing to transfer: the page says so before any key is pressed
    page.until(lambda: any("到达以后才能转办" in note.text for note in page.all("toast")), "the hint")
    for number in (1, 2, 3):
        page.click(f"desk-{number}-key-login")
        page.shows(f"desk-{number}-state", "空闲")
    page.click("kiosk-press-social")
    page.shows("kiosk-queue-social", "A001")
    page.click("desk-1-key-next")
    page.shows("desk-1-sign", "A001")
    page.click("desk-1-key-arrive")
    page.shows("desk-1-state", "办理中")
    page.click("desk-1-more")
    page.click("desk-1-key-add_item")
    page.click("desk-1-item-1")
    page.until(lambda: any(record["type"] == "item_added" for record in page.panel.journal()), "the item")
    page.click("desk-1-key-stand_in")
    page.until(lambda: page.panel.desk(1)["staff"] == "2001", "the stand-in")
    page.click("desk-1-key-transfer")
    page.shot("12-transfer")
    page.click("desk-1-transfer-desk-2")
    page.shows("kiosk-queue-realty", "A001")
    page.click("desk-2-key-next")
    page.shows("desk-2-sign", "A001")

    page.click("duty-book")
    page.until(lambda: page.all("chip"), "the appointment at the kiosk")
    page.click("chip")
    page.until(lambda: page.panel.hall()["duty"]["bookings"][0]["ticket"], "the appointment to be checked in")
    page.until(lambda: not page.all("chip"), "the code to be used up")

    page.click("desk-4-key-login")
    page.shows("desk-4-state", "空闲")
    page.click("duty-open_tide")
    page.until(lambda: page.panel.desk(4)["tide"], "the tide")
    page.click("desk-1-key-assist")
    page.shows("duty-alerts", "协助")
    page.click("duty-grant")  # of no ticket at all
    page.until(lambda: any(note.text for note in page.all("toast")), "the refusal at the duty panel")
    page.shot("13-duty")


@pytest.mark.req("R-CORE-16", "R-CORE-17", "R-CORE-21", "R-EVAL-05")
def test_overtime_and_the_morning_after_a_power_cut_can_be_watched(page: Page) -> None:
    for service in ("social", "social-G"):
        page.click(f"kiosk-press-{service}")
    page.until(lambda: page.panel.hall()["waiting"] == 2, "two people")
    page.click("scene-closing")
    page.shows("standing", "还有 2 人没有办完")
    page.click("desk-1-key-login")
    page.until(lambda: page.panel.desk(1)["staff"], "the session")
    page.click("desk-1-key-next")
    page.shows("desk-1-sign", "A002")
    page.click("desk-1-key-arrive")
    page.until(lambda: page.panel.desk(1)["state"] == "serving", "the citizen")
    page.click("desk-1-key-finish")
    page.shows("standing", "还有 1 人没有办完")
    page.shot("14-overtime")
    page.click("scene-closing")  # by now it says 次日上午
    page.until(lambda: page.panel.hall()["issuing"], "the morning", 30)
    page.until(lambda: page.all("chip"), "yesterday's number")
    page.shot("15-morning")
    page.click("chip")
    page.until(lambda: len(page.all("slip")) == 3, "the new slip")
    page.until(lambda: not page.all("chip"), "the old number to be used up")


@pytest.mark.req("R-KIOSK-05", "R-TECH-11")
def test_any_device_can_be_broken_and_mended_on_the_page_and_by_keyboard(page: Page) -> None:
    def device(name: str) -> str:
        found = [each for each in page.all("device") if each.get_attribute("data-device") == name]
        return str(page.browser.execute_script("return arguments[0].textContent", found[0])) if found else ""

    def well() -> bool:
        return all(each["status"] == "ok" for each in page.panel.hall()["devices"])

    choice = page.find("breaking-device")
    assert page.browser.execute_script("return arguments[0].labels[0].textContent", choice).startswith("设备")
    Select(choice).select_by_value("kiosk1/printer")
    choice.send_keys(Keys.TAB)
    first = page.browser.switch_to.active_element
    assert first == page.find("break-paper_low")
    first.send_keys(Keys.TAB)
    page.browser.switch_to.active_element.send_keys(Keys.SPACE)  # 没有纸
    page.until(lambda: page.find("break-paper_out").get_attribute("aria-pressed") == "true", "the switch")
    page.until(lambda: "打印纸用完" in device("kiosk1/printer"), "the device's line")
    page.shows("kiosk-sign", "对不起")
    page.shows("breaking-summary", "打印机:没有纸")
    assert page.browser.switch_to.active_element == page.find("break-paper_out"), "the focus stays"
    # the knob at the printer, the scene and the switch are one roll of paper
    assert page.find("kiosk-printer-paper-out").get_attribute("aria-pressed") == "true"
    page.shows("scene-paper_out", "装回打印纸")
    page.click("scene-paper_out")
    page.until(lambda: page.find("break-paper_out").get_attribute("aria-pressed") == "false", "the roll put back")
    page.click("kiosk-printer-cover-open")
    page.until(lambda: page.find("break-cover_open").get_attribute("aria-pressed") == "true", "the open cover")

    Select(page.find("breaking-device")).select_by_value("desk1/pad")
    page.click("break-unplugged")
    page.until(lambda: "设备没有应答" in device("desk1/pad"), "the pad")
    page.shot("16-broken")
    page.click("breaking-mend")
    page.shows("breaking-summary", "现在没有坏的")
    page.until(well, "everything to be well again", 30)
    page.shows("devices-summary", "全部正常")
    page.shows("kiosk-sign", "请您在取号机取号")

    narrow = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    page.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", narrow)
    page.browser.execute_script("arguments[0].scrollIntoView()", page.find("breaking-device"))
    for fault in ("garbage", "slow"):
        page.click(f"break-{fault}")
    page.shows("breaking-summary", "反应很慢")
    widths = page.browser.execute_script("return [document.documentElement.scrollWidth, window.innerWidth]")
    assert widths[0] <= widths[1] == 390
    page.shot("17-broken-phone")


def test_the_page_can_be_used_by_keyboard_and_on_a_phone(page: Page) -> None:
    width = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    page.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", width)
    widths = page.browser.execute_script("return [document.documentElement.scrollWidth, window.innerWidth]")
    assert widths[0] <= widths[1] == 390
    page.shot("11-phone")
    button = page.find("kiosk-press-general")
    page.browser.execute_script("arguments[0].focus()", button)
    assert page.browser.switch_to.active_element == button
    button.send_keys(Keys.ENTER)
    page.until(lambda: len(page.all("slip")) == 1, "a slip")
    nameless = page.browser.execute_script(
        "return [...document.querySelectorAll('button')].filter((b) => b.offsetParent && !b.textContent.trim()"
        " && !b.getAttribute('aria-label')).length"
    )
    assert nameless == 0

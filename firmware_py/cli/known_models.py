"""Which devices each driver is written for, and where its protocol is known from; none has met the code yet."""

from typing import Final

import msgspec

UNVERIFIED: Final = "未经实机验证"
"""What is said of a model until somebody has tried it on the physical device."""


class Model(msgspec.Struct, frozen=True):
    """A device, or a family of them; ``verified`` says who tried it, where and when, or "" for nobody."""

    name: str
    protocol: str
    verified: str = ""

    @property
    def label(self) -> str:
        """What a technician must know before he trusts it."""
        return self.verified or UNVERIFIED


KNOWN: Final[dict[tuple[str, str], tuple[Model, ...]]] = {
    ("printer", "escpos"): (
        Model("Epson TM 系列(TM-T20II、TM-T88V 等)", "ESC/POS;DLE EOT、GS a、GS ( H"),
        Model("80 mm 国产票据打印机(佳博、芯烨、汉印等)", "ESC/POS;DLE EOT、GS r"),
        Model("58 mm 国产票据打印机(ZJ-5870、POS-5890 等)", "ESC/POS;DLE EOT 不一定应答"),
    ),
    ("led", "onbon"): (
        Model("仰邦 BX-5K1、5K2、5MK1、5MK2 字库卡(串口或 TCP 5005)", "A5 帧,CRC-16,有应答"),
        Model("仰邦 BX-6K1、6K2、6K3 字库卡(串口或 TCP 5005)", "A5 帧,CRC-16,有应答"),
    ),
    ("led", "strip"): (Model("AA…BB 51 54 系列叫号条屏和综合屏", "单向,不应答;校验有两种"),),
    ("led", "weilipu"): (Model("威利普控制卡,一至三行", "单向,不应答"),),
    ("voice", "speaker"): (Model("ALSA 声卡和有源音箱(USB 或 3.5 mm)", "aplay 播放录音片段"),),
    ("voice", "syn6288"): (Model("SYN6288 语音合成模块", "9600 8N1,FD 帧,异或校验"),),
    ("keypad", "ff68"): (Model("FF 68 串口总线叫号键盘和评价器", "9600 8N1,FT1.2 类帧,累加和"),),
    ("keypad", "evdev"): (Model("USB 数字小键盘", "Linux evdev,按插口认"),),
    ("keypad", "gpio"): (Model("按钮盒(按钮、灯、蜂鸣器接管脚)", "BCM 管脚"),),
    ("buttons", "gpio"): (Model("带灯按钮(接管脚)", "BCM 管脚,接地有效"),),
    ("buttons", "evdev"): (Model("USB 键盒、USB 触摸膜", "Linux evdev"),),
    ("reader", "serial"): (Model("串口或 USB 虚拟串口扫码器", "9600 8N1,每码一行"),),
    ("reader", "hid"): (Model("USB 键盘模式扫码器", "Linux evdev,美式键盘"),),
    ("phone", "gpio"): (Model("光耦振铃检测、摘机检测板", "25 Hz 振铃,BCM 管脚"),),
    ("phone", "modem"): (Model("带来电显示的串口语音调制解调器(如 USR5637)", "AT 指令,RING、NMBR"),),
}
"""(kind, driver) → the devices."""

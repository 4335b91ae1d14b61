"""Which devices each driver is written for: the one table, to which the pages below docs/drivers are held.

None has met the code yet.
"""

from typing import Final

import msgspec

UNVERIFIED: Final = "未经实机验证"
"""What is said of a model until somebody has tried it on the physical device."""


class Model(msgspec.Struct, frozen=True):
    """A device, or a family of them. ``page`` is its name in the Models table of docs/drivers; ``verified`` says who
    tried it, where and when, or "" for nobody."""

    name: str
    page: str
    protocol: str
    verified: str = ""

    @property
    def label(self) -> str:
        """What a technician must know before he trusts it."""
        return self.verified or UNVERIFIED


KNOWN: Final[dict[tuple[str, str], tuple[Model, ...]]] = {
    ("printer", "escpos"): (
        Model(
            "Epson TM-T20II、TM-T88V、TM-T82 等",
            "Epson TM-T20II, TM-T88V, TM-T82 and their like",
            "ESC/POS;DLE EOT、GS a、GS ( H",
        ),
        Model(
            "80 mm 国产票据打印机(佳博、芯烨、汉印、思普瑞特、NT-80)",
            "Chinese 80 mm printers (Gprinter 佳博, Xprinter 芯烨, HPRT 汉印, SPRT 思普瑞特, NT-80)",
            "ESC/POS;DLE EOT、GS r",
        ),
        Model(
            "58 mm 国产票据打印机(ZJ-5870、POS-5890、NT-5890K、XP-58IIH)",
            "Chinese 58 mm printers (ZJ-5870, POS-5890, NT-5890K, XP-58IIH)",
            "ESC/POS;DLE EOT,GS r 不一定应答",
        ),
        Model(
            "从不应答的 USB 打印机",
            "printers that never answer, on USB",
            "ESC/POS;只有端口的缺纸、出错信号",
        ),
    ),
    ("led", "onbon"): (
        Model(
            "仰邦 BX-5K1、5K2、5MK1、5MK2、6K1、6K2、6K3 字库卡,串口",
            "Onbon 仰邦 BX-5K1, 5K2, 5MK1, 5MK2, 6K1, 6K2, 6K3 font cards (字库卡), serial",
            "A5 帧,CRC-16,有应答",
        ),
        Model(
            "同上,网口 TCP 5005",
            "the same cards on a network, TCP 5005",
            "A5 帧,CRC-16,有应答",
        ),
    ),
    ("led", "strip"): (
        Model(
            "AA…BB 51 54 系列叫号条屏",
            "calling-system strips 条屏 of the AA addr BB 51 54 family",
            "单向,不应答;校验有两种",
        ),
        Model(
            "同系列综合屏",
            "integrated screens 综合屏 of the same family",
            "单向,不应答;校验有两种",
        ),
        Model(
            "同系列条屏,校验不含结尾 FF",
            "strips of the same family that a sample program drives, checksum without the closing FF",
            "单向,不应答",
        ),
    ),
    ("led", "weilipu"): (
        Model(
            "威利普串口控制卡,一至三行",
            "Weilipu 威利普 serial cards, 1 to 3 lines",
            "单向,不应答",
        ),
    ),
    ("voice", "speaker"): (
        Model(
            "ALSA 声卡(USB、HDMI、3.5 mm)接有源音箱或功放",
            "any ALSA sound card (USB, HDMI, 3.5 mm) with powered speakers or a PA amplifier",
            "aplay 播放录音片段",
        ),
    ),
    ("voice", "syn6288"): (
        Model(
            "SYN6288 语音合成芯片或模块,TTL 串口",
            "SYN6288 speech chip or module, serial, TTL level",
            "9600 8N1,FD 帧,异或校验",
        ),
    ),
    ("keypad", "ff68"): (
        Model(
            "FF 68 总线叫号键盘,带显示和蜂鸣器",
            "pad with display and beeper, key codes 0C 0D 0B 12 13 …, on an RS-485 or RS-232 bus at 9600 8N1",
            "9600 8N1,FT1.2 类帧,累加和",
        ),
        Model(
            "FF 68 总线评价器,四键或五键",
            "four- or five-key evaluator of the same bus",
            "9600 8N1,FT1.2 类帧,累加和",
        ),
    ),
    ("keypad", "evdev"): (
        Model(
            "USB 数字小键盘,有常见的 16 键",
            "any USB number pad with the 16 usual keys",
            "Linux evdev,按插口认",
        ),
        Model(
            "USB 三键盒",
            "USB box with three keys",
            "Linux evdev,按插口认",
        ),
    ),
    ("keypad", "gpio"): (
        Model(
            "按钮盒(按钮接地,可带灯和有源蜂鸣器)",
            "push buttons to ground, with or without lamps and an active beeper",
            "BCM 管脚",
        ),
    ),
    ("buttons", "gpio"): (
        Model(
            "按钮(接地或接 3.3 V),带灯或不带灯",
            "push buttons, contact to ground (or to 3.3 V), with or without a lamp inside",
            "BCM 管脚",
        ),
        Model(
            "经三极管接的灯、继电器板,5 V 或 12 V",
            "lamps and relay boards behind a transistor, 5 V or 12 V",
            "BCM 管脚",
        ),
    ),
    ("buttons", "evdev"): (
        Model(
            "USB 数字小键盘、键盘、键盒(按键编码板)",
            "USB number pad, keyboard or key box (“zero-delay encoder” boards that report keys)",
            "Linux evdev",
        ),
        Model(
            "USB 触摸膜、单点触摸面板(前面贴印刷面板)",
            "USB touch foil or single-touch panel behind a printed front (BTN_TOUCH with ABS_X/ABS_Y)",
            "Linux evdev,BTN_TOUCH",
        ),
    ),
    ("reader", "serial"): (
        Model(
            "USB 扫码器,设成虚拟串口",
            "USB reader set to “virtual serial port” (CDC-ACM), 9600 8N1, one code a line ended by CR or LF",
            "9600 8N1,每码一行",
        ),
        Model(
            "RS-232 扫码器,经 USB 转换器",
            "reader with an RS-232 plug, behind a USB converter",
            "9600 8N1,每码一行",
        ),
    ),
    ("reader", "hid"): (
        Model(
            "USB 扫码器,出厂的键盘模式",
            "USB reader as it comes out of the box: it types as a keyboard of the US layout, Enter after the code",
            "Linux evdev,美式键盘,码后回车",
        ),
    ),
    ("phone", "gpio"): (
        Model(
            "光耦振铃检测和摘机检测",
            "ring detector (one LED or two) and hook detector, opto-couplers on pins",
            "25 Hz 振铃,BCM 管脚",
        ),
        Model(
            "同上,另加二线振铃检测和线路电压检测",
            "the same with a detector for the telephone's line 2 (second) and for the exchange's voltage (loop)",
            "25 Hz 振铃,BCM 管脚",
        ),
        Model(
            "只有振铃检测",
            "a ring detector alone",
            "25 Hz 振铃,BCM 管脚;接没接不知道",
        ),
    ),
    ("phone", "modem"): (
        Model(
            "带 +VCID 的语音调制解调器(Conexant、Rockwell、USRobotics 5637、ZyXEL 等),USB 或串口",
            "voice modem with +VCID (Conexant, Rockwell, USRobotics 5637, ZyXEL …), USB or serial",
            "AT 指令,RING、NMBR;接没接不知道",
        ),
        Model(
            "只有 #CID 的调制解调器(老 Rockwell)",
            "modem with #CID only (older Rockwell)",
            "AT 指令,RING、NMBR;接没接不知道",
        ),
        Model(
            "报告摘机的语音调制解调器(电话插在它的 PHONE 口)",
            "voice modem that reports the handset in its PHONE socket (<DLE>H, <DLE>h after AT+FCLASS=8)",
            "AT 指令,RING、NMBR、<DLE>H",
        ),
    ),
}
"""(kind, driver) → the devices."""

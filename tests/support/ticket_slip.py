"""The ticket a citizen gets in a real hall (R-KIOSK-03), as tests print it."""

from drivers.printer import Line, Rule, Slip

TICKET = Slip(
    (
        Line("市民服务中心政务大厅", align="center", bold=True),
        Line("社保综合业务", size=2, align="center"),
        Line("A017", size=4, align="center", bold=True),
        Line("您前面还有 12 人等候", align="center"),
        Line("办理区域:A区 1-6号窗口", align="center"),
        Rule(),
        Line("取号时间:2026年11月21日 14:05"),
        Line("服务时间:09:00-12:00,13:30-17:30"),
        Line("请在等候区休息,留意叫号和显示屏。"),
        Line("当日有效;过号请到取号机报到,无需重新取号。"),
        Line("监督投诉电话:0755-12345678"),
    )
)

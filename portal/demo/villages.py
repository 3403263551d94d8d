"""The township and its 26 villages: names, codes and kinds are of public record, the households are invented."""

from portal.core.book import VillageKind, VillageRow

TOWNSHIP = "塔石镇"
TOWNSHIP_CODE = "330825111"
COUNTY = "龙游县"

VILLAGES: tuple[VillageRow, ...] = (
    VillageRow("330825111205", "罗山村", VillageKind.VILLAGE, 481),
    VillageRow("330825111210", "杜山徐村", VillageKind.VILLAGE, 304),
    VillageRow("330825111213", "后舒村", VillageKind.VILLAGE, 554),
    VillageRow("330825111214", "舒村村", VillageKind.VILLAGE, 816),
    VillageRow("330825111215", "下张坞村", VillageKind.VILLAGE, 212),
    VillageRow("330825111224", "莲塘村", VillageKind.VILLAGE, 268),
    VillageRow("330825111235", "泽随村", VillageKind.VILLAGE, 698),
    VillageRow("330825111236", "真武山下村", VillageKind.VILLAGE, 246),
    VillageRow("330825111237", "叶村村", VillageKind.VILLAGE, 524),
    VillageRow("330825111247", "山底陈村", VillageKind.VILLAGE, 612),
    VillageRow("330825111249", "塔石村", VillageKind.VILLAGE, 589),
    VillageRow("330825111250", "豆腐王村", VillageKind.VILLAGE, 433),
    VillageRow("330825111251", "勤裕村", VillageKind.VILLAGE, 369),
    VillageRow("330825111252", "童岗坞村", VillageKind.VILLAGE, 318),
    VillageRow("330825111253", "里王村", VillageKind.VILLAGE, 287),
    VillageRow("330825111254", "西何村", VillageKind.VILLAGE, 455),
    VillageRow("330825111255", "何明村", VillageKind.VILLAGE, 402),
    VillageRow("330825111256", "华青村", VillageKind.VILLAGE, 538),
    VillageRow("330825111257", "雅村村", VillageKind.VILLAGE, 476),
    VillageRow("330825111258", "钱家村", VillageKind.VILLAGE, 351),
    VillageRow("330825111259", "双联新村村", VillageKind.VILLAGE, 624),
    VillageRow("330825111260", "平坦村", VillageKind.VILLAGE, 229),
    VillageRow("330825111261", "柯泉村", VillageKind.VILLAGE, 395),
    VillageRow("330825111262", "傅仓村", VillageKind.VILLAGE, 196),
    VillageRow("330825111263", "前夏村", VillageKind.VILLAGE, 507),
    VillageRow("330825111264", "塘里村", VillageKind.VILLAGE, 342),
)

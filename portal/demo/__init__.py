"""The demo township: 塔石镇 (龙游县) with real villages and invented people, marks and voices, from a seeded dice.

Everything is made by `portal.demo.generator.demo_years`; no file outside this package is read. The township's and the
villages' names and codes are of public record (statistics codes of 2022). Cadres, phones (1990000xxxx, a stretch
that nobody has), households, marks, cases and ratings are invented.
"""

NOTICE = "演示数据：人名、分数和评价都是编的，只有村名是真的。"

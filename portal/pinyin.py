"""Names in the order in which people look for them: by pinyin, sorted in Python and so the same on every database."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import cast

from pypinyin import Style, lazy_pinyin, load_single_dict

# read alone it is long (长明, 长塘), not the elder that the dictionary puts first; 村长 and the like are words of their own
load_single_dict({ord("长"): "cháng,zhǎng"})

# surnames that are read otherwise than the character alone, or whose usual reading the dictionary doesn't put first
_SPECIAL = """
万俟=mo4+qi2 尉迟=yu4+chi2 单于=chan2+yu2 长孙=zhang3+sun1 澹台=tan2+tai2 单=shan4 曾=zeng1 仇=qiu2 解=xie4
查=zha1 区=ou1 朴=piao2 乐=yue4 任=ren2 盖=ge3 员=yun4 种=chong2 覃=qin2 华=hua4 葛=ge3 燕=yan1 那=na1 哈=ha3
黑=he4 句=gou1 缪=miao4 繁=po2 谌=chen2 翟=zhai2 隗=wei3 訾=zi1 祭=zhai4 折=she2 过=guo1 干=gan1 撒=sa3
尉=wei4 曲=qu1 占=zhan1 藏=zang1 贾=jia3 少=shao4 石=shi2 车=che1 秘=bi4 牟=mou2 卜=bu3 薄=bo2 费=fei4 柏=bai3
相=xiang4 谷=gu3 俞=yu2 褚=chu3 洗=xian3 万=wan4 沈=shen3 叶=ye4 盛=sheng4 乜=nie4 都=du1 强=qiang2 鲜=xian1
郗=xi1 冯=feng2 应=ying1 宁=ning2 纪=ji4
"""
SURNAMES: Mapping[str, str] = dict(entry.split("=") for entry in _SPECIAL.split())
COMPOUND = 2
PLACE = re.compile(r"(村|社区|镇|乡|街道|县|市|区|组团|模块|专班)$")
PARTS = re.compile(r"\d+|[A-Za-z]+|[^\W\dA-Za-z_]")
READING = re.compile(r"([a-z]+)([1-5])")
DIGITS = 12


def by_pinyin(name: str) -> tuple[str, ...]:
    """A sort key: syllables first, tones after all of them, the name itself last, so that no two names are equal.

    Digits count as numbers and come before letters; Latin letters stand among the syllables; a character that no
    dictionary has comes after all that have a reading.
    """
    syllables, tones = [], []
    for part in _readings(name):
        read = READING.fullmatch(part)
        # ü sorts between lu and luan, as in a dictionary
        syllables.append(read.group(1).replace("v", "u:") if read else part)
        tones.append(read.group(2) if read else "")
    return (*syllables, "", *tones, name)


def initials(name: str) -> str:
    """The first letters, in capitals: 曾海 is ZH. Digits stay, marks go."""
    return "".join(part if part[0].isdigit() else part[0].upper() for part in _initial_parts(name))


def _initial_parts(name: str) -> Iterator[str]:
    return (part.lstrip("0") or "0" if part[0].isdigit() else part for part in _readings(name))


def _readings(name: str) -> list[str]:
    """One reading a character (zeng1), one a Latin word (li) and one a number, filled up with zeros to be compared."""
    text = unicodedata.normalize("NFKC", name).strip()
    surname = _surname(text)
    given = text[len(surname) :]
    found = SURNAMES[surname].split("+") if surname else []
    chinese = iter(_chinese(given))
    for part in PARTS.findall(given):
        if part.isdigit():
            found.append(part.zfill(DIGITS))
        else:
            found.append(part.lower() if part.isascii() else next(chinese))
    return found


def _chinese(text: str) -> Iterator[str]:
    """Of each character that is no Latin letter and no digit its reading, the neutral tone as 5, read in its word."""
    one_by_one = cast("Callable[[str], str]", list)  # what has no reading stays, a part for each character
    for run in re.split(r"[\W\dA-Za-z_]+", text):
        read = lazy_pinyin(run, style=Style.TONE3, neutral_tone_with_five=True, errors=one_by_one)
        yield from (syllable.lower() for syllable in read)


def _surname(text: str) -> str:
    """The special surname that a person's name, or a place named after a family, begins with; else nothing.

    解家村 is named after a family, 解放村 is a word: in a place's name a word of the language wins.
    """
    compound, single = text[:COMPOUND], text[:1]
    if compound in SURNAMES and len(text) > COMPOUND:
        return compound
    if single not in SURNAMES or (PLACE.search(text) and not text[1:].startswith(("家", "村", "宅"))):
        return ""
    return single

"""The same rows printed in another shape are the same rows; rows merged, split or moved are told as a reader would."""

from __future__ import annotations

import pytest

from crawler.statutes.reader import read_bytes
from data.statute_diff import StatuteDiff, diff_states
from data.statute_report import counts
from data.statutes import LawText

OLD_ID = "425AC0000000027_20300401_412AC0000000001"
NEW_ID = "425AC0000000027_20310401_413AC0000000002"
ROWS = [
    (
        "一",
        "青葉町長",
        "花火保険法（平成九十八年法律第二号）による花火保険の給付の支給に関する事務",
    ),
    ("一の二", "花火税務署長", "花火税法（平成九十七年法律第三号）による花火税の賦課に関する事務"),
    ("二", "都道府県知事", "花火師法（平成九十六年法律第四号）による花火師の免許に関する事務"),
    ("三", "総務大臣", "花火師法による管理花火師の免許に関する事務"),
    ("四", "花火銀行", "花火預金法（平成九十五年法律第五号）による口座の届出に関する事務"),
]
ARTICLES = (
    '<Article Num="9"><ArticleTitle>第九条</ArticleTitle><Paragraph Num="1"><ParagraphNum/>'
    "<ParagraphSentence><Sentence>別表の上欄に掲げる者は、個人番号を利用することができる。</Sentence>"
    "</ParagraphSentence><Item Num='1'><ItemTitle>一</ItemTitle><ItemSentence><Sentence>本人の場合"
    "</Sentence></ItemSentence></Item></Paragraph></Article>"
)


def sentence(words: str) -> str:
    return f"<Sentence>{words}</Sentence>"


def line(*cells: str) -> str:
    columns = (f"<TableColumn>{c if '<' in c else sentence(c)}</TableColumn>" for c in cells)
    return f"<TableRow>{''.join(columns)}</TableRow>"


def table(lines: list[str], title: str = "別表") -> str:
    return (
        f"<AppdxTable><AppdxTableTitle>{title}</AppdxTableTitle><TableStruct><Table>"
        f"{''.join(lines)}</Table></TableStruct></AppdxTable>"
    )


def listed(items: list[str]) -> str:
    return f"<AppdxTable><AppdxTableTitle>別表</AppdxTableTitle>{''.join(items)}</AppdxTable>"


def law(tables: str, revision_id: str = NEW_ID, articles: str = ARTICLES) -> LawText:
    body = (
        f"<Law><LawNum>平成二十五年法律第二十七号</LawNum><LawBody><LawTitle>花火番号法</LawTitle>"
        f"<MainProvision>{articles}</MainProvision>{tables}</LawBody></Law>"
    )
    text = read_bytes(f"{revision_id}.xml", body.encode()).text
    assert text is not None
    return text


def printed(rows: list[tuple[str, str, str]]) -> list[str]:
    return [line(f"{number}　{body}", task) for number, body, task in rows]


OLD = law(table(printed(ROWS)), OLD_ID)


def changed(new: LawText, old: LawText = OLD) -> dict[str, int]:
    found = diff_states(old, new)
    mirrored = counts(diff_states(new, old))
    assert (mirrored["added"], mirrored["removed"]) == (len(found.removed), len(found.added))
    keys = ("added", "removed", "amended", "renumbered", "moved", "changed_sentences")
    return {key: n for key, n in counts(found).items() if n and key in keys}


def item(number: str, words: str) -> str:
    return f"<Item><ItemTitle>{number}</ItemTitle><ItemSentence>{words}</ItemSentence></Item>"


@pytest.mark.parametrize(
    "tables",
    [
        table([line(*row) for row in ROWS]),
        table([line("項", "上欄", "下欄"), *(line(*row) for row in ROWS)]),
        table([line("上欄", "下欄"), *printed(ROWS)]),
        table([line(f"{n}　{b}", t, "") for n, b, t in ROWS]),
        table([line(f"{d}　{b}", t) for d, (_, b, t) in zip(["１", "１の２", "２", "３", "４"], ROWS, strict=True)]),
        table([line(f"（{d}）　{b}", t) for d, (_, b, t) in zip(["1", "1の2", "2", "3", "4"], ROWS, strict=True)]),
        table([line(f"{n}　{b}", sentence(t.replace("花火", "<Ruby>花火<Rt>はなび</Rt></Ruby>", 1))) for n, b, t in ROWS]),
        table([line(f"{n}　{b}", sentence(t.replace("に", "<Sub>に</Sub>", 1).replace("法", "<Line>法</Line>", 1))) for n, b, t in ROWS]),
        table(printed(ROWS), title="別　表"),
        table(printed(ROWS), title="別表（第九条、第十九条関係）"),
        listed([item(n, f"<Column>{sentence(b)}</Column><Column>{sentence(t)}</Column>") for n, b, t in ROWS]),
        listed([item(n, sentence(f"{b}　{t}")) for n, b, t in ROWS]),
    ],
    ids=[
        "numbers in a column of their own",
        "such a column with a heading",
        "a heading",
        "an empty column more",
        "wide digits",
        "digits in brackets",
        "ruby",
        "sub and line",
        "a space in the title",
        "the articles in the title",
        "a list in columns",
        "a list in one sentence",
    ],
)  # fmt: skip
def test_another_shape_of_the_same_rows_is_no_change(tables: str) -> None:
    new = law(tables)
    assert changed(new) == {}
    assert diff_states(OLD, new).empty


def test_numbers_in_digits_are_not_read_beside_numerals_of_kanji() -> None:
    with_part = [
        *printed(ROWS[:1]),
        line("１　花火師組合", "大玉に関する事務"),
        *printed(ROWS[1:]),
    ]
    assert changed(law(table(with_part))) == {"amended": 1}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([*ROWS[:2], ("二", "削除", ""), *ROWS[3:]], {"removed": 1}),
        ([*ROWS[:2], ("二及び三", "削除", ""), *ROWS[4:]], {"removed": 2}),
        ([*ROWS[:2], ("二から四まで", "削除", "")], {"removed": 3}),
        (
            [
                *ROWS[:2],
                (
                    "二",
                    "都道府県知事又は総務大臣",
                    "花火師法（平成九十六年法律第四号）による花火師又は管理花火師の免許に関する事務",
                ),
                *ROWS[4:],
            ],
            {"removed": 1, "amended": 1},
        ),
        (
            [
                ROWS[0],
                ("二", *ROWS[1][1:]),
                ("三", *ROWS[2][1:]),
                ("四", *ROWS[3][1:]),
                ("五", *ROWS[4][1:]),
            ],
            {"renumbered": 4},
        ),
        ([ROWS[0], ROWS[1], ("二", *ROWS[3][1:]), ("三", *ROWS[2][1:]), ROWS[4]], {"renumbered": 2}),
        (
            [*ROWS[:2], ("二", "警察庁長官", "猟銃法（平成九十四年法律第六号）による猟銃の許可に関する事務"), *ROWS[3:]],
            {"added": 1, "removed": 1},
        ),
    ],
    ids=["削除", "two 削除", "a run of 削除", "merged", "branch taken in", "exchanged", "replaced"],
)  # fmt: skip
def test_merged_and_deleted_rows(
    rows: list[tuple[str, str, str]], expected: dict[str, int]
) -> None:
    assert changed(law(table(printed(rows)))) == expected


def test_a_row_that_moves_to_a_new_table_and_is_reworded_is_neither_new_nor_gone() -> None:
    moved = ("一", ROWS[2][1], ROWS[2][2].replace("免許に", "免許及び登録に"))
    rest = [row for row in ROWS if row is not ROWS[2]]
    new = law(table(printed(rest)) + table(printed([moved]), title="別表第二"))
    assert changed(new) == {"amended": 1, "renumbered": 1, "moved": 1}


def test_a_new_table_of_new_uses_is_new() -> None:
    use = ("一", "入国管理局長", "在留花火法（平成九十三年法律第七号）による在留カードに関する事務")
    assert changed(law(table(printed(ROWS)) + table(printed([use]), title="別表第三"))) == {
        "added": 1
    }


def test_further_columns_amend_the_rows() -> None:
    remarks = [line(f"{n}　{b}", t, "備考のとおり") for n, b, t in ROWS]
    assert changed(law(table(remarks))) == {"amended": 5}
    providers = [line(f"{n}　{b}", t, "花火組合", "大玉関係情報") for n, b, t in ROWS]
    assert changed(law(table(providers))) == {"amended": 5}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("本人の場合", "削除", {"changed_sentences": 1}),
        ("本人の場合", "本人又は警察の場合", {"changed_sentences": 1}),
        ("</ParagraphSentence>", "</ParagraphSentence><List><ListSentence><Sentence>銀行も同様とする。</Sentence></ListSentence></List>", {"changed_sentences": 1}),
        ("<Article", "<Article Num='9_2'><ArticleTitle>第九条の二</ArticleTitle><Paragraph Num='1'><ParagraphSentence><Sentence>別の条。</Sentence></ParagraphSentence></Paragraph></Article><Article", {"changed_sentences": 1}),
        ("<Article", "<Article Num='10'><ArticleTitle>第十条</ArticleTitle><Paragraph Num='1'><ParagraphSentence><Sentence>別の条。</Sentence></ParagraphSentence></Paragraph></Article><Article", {}),
    ],
    ids=["an item 削除", "an item reworded", "a list under a paragraph", "第九条の二", "第十条"],
)  # fmt: skip
def test_sentences_of_the_followed_articles(old: str, new: str, expected: dict[str, int]) -> None:
    text = law(table(printed(ROWS)), articles=ARTICLES.replace(old, new, 1))
    assert changed(text) == expected


def test_a_diff_says_which_sentence_went() -> None:
    text = law(table(printed(ROWS)), articles=ARTICLES.replace("本人の場合", "削除"))
    found: StatuteDiff = diff_states(OLD, text)
    (change,) = found.changed_sentences
    assert change.after is None
    assert change.sentence.text == "本人の場合"

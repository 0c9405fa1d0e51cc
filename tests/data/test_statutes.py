"""States of a law in their order, and the pairing of rows: properties and the traps in small."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import InputError
from data.statute_diff import StatuteDiff, diff_states
from data.statute_names import leading_statute, statutes_named
from data.statute_numerals import branch_number, integer, sort_key
from data.statute_sectors import placement, sector_rules
from data.statute_watch import identifier_named, law_id_of, watch_list, watched_sentences
from data.statutes import (
    LawRevision,
    LawSentence,
    LawText,
    TableRow,
    effective_states,
    parse_revision_id,
    state_at,
)
from data.vocabulary import Identifier, Sector

TAIL = "に関する事務であって主務省令で定めるもの"


def revision(revision_id: str) -> LawRevision:
    parts = parse_revision_id(revision_id)
    assert parts is not None
    return LawRevision(
        revision_id=revision_id, law_id=parts[0], enforced_on=parts[1], amending_law_id=parts[2]
    )


def row(number: str, body: str, task: str, table: str = "別表", **more: object) -> TableRow:
    return TableRow(table=table, number=number, body=body, task=task, **more)  # type: ignore[arg-type]


OLD, NEW = (
    revision("425AC0000000027_20240401_504AC0000000104"),
    revision("425AC0000000027_20240527_505AC0000000048"),
)


def compare(old: list[TableRow], new: list[TableRow]) -> StatuteDiff:
    return diff_states(
        LawText(revision=OLD, rows=tuple(old), sentences=()),
        LawText(revision=NEW, rows=tuple(new), sentences=()),
    )


def shape(diff: StatuteDiff) -> tuple[int, int, int, int, int]:
    return (
        len(diff.added),
        len(diff.removed),
        len(diff.amended),
        len(diff.renumbered),
        len(diff.moved),
    )


def test_only_the_last_revision_of_a_day_is_a_state() -> None:
    given_order = [
        "425AC0000000027_20240527_505AC0000000048",
        "425AC0000000027_20240607_506AC0000000046",
        "425AC0000000027_20240527_501AC0000000016",
        "425AC0000000027_20240527_503AC0000000037",
    ]
    states = effective_states(revision(name) for name in given_order)
    assert [state.revision_id for state in states] == [given_order[0], given_order[1]]
    assert state_at(states, date(2024, 6, 6)) == states[0]
    assert state_at(states, date(2024, 5, 26)) is None


def test_a_revision_without_an_amending_law_comes_before_the_others_of_its_day() -> None:
    states = effective_states(
        revision(f"425AC0000000027_20170530_{law}")
        for law in ("000000000000000", "428AC0000000051", "427AC0000000065")
    )
    assert [state.amending_law_id for state in states] == ["428AC0000000051"]


def test_two_laws_have_no_common_order() -> None:
    with pytest.raises(ValueError, match="several laws"):
        effective_states([OLD, revision("342AC0000000081_20240527_505AC0000000048")])


@pytest.mark.parametrize(
    "text", ["", "425AC0000000027", "425AC0000000027_20241301_504AC0000000104", "x" * 40]
)
def test_what_is_no_revision_id(text: str) -> None:
    assert parse_revision_id(text) is None


def test_a_revision_is_scheduled_until_its_day() -> None:
    assert NEW.scheduled(date(2024, 5, 26))
    assert not NEW.scheduled(date(2024, 5, 27))
    assert NEW.url == "https://laws.e-gov.go.jp/law/425AC0000000027/20240527_505AC0000000048"


@pytest.mark.parametrize(
    ("task", "name"),
    [
        ("健康保険法第五条第二項の規定により厚生労働大臣が行う" + TAIL, "健康保険法"),
        ("司法試験法（昭和二十四年法律第百四十号）による司法試験の実施" + TAIL, "司法試験法"),
        ("平成八年法律第八十二号による年金である給付の支給" + TAIL, "平成八年法律第八十二号"),
        (
            "感染症の予防及び感染症の患者に対する医療に関する法律（平成十年法律第百十四号）による措置",
            "感染症の予防及び感染症の患者に対する医療に関する法律",
        ),
        (
            "地方公務員等共済組合法の一部を改正する法律（平成二十三年法律第五十六号）附則第二十三条",
            "地方公務員等共済組合法の一部を改正する法律",
        ),
        (
            "一　身体障害者福祉法による同法第十八条の措置\n二　老人福祉法による措置",
            "身体障害者福祉法",
        ),
        ("同表に掲げる" + TAIL, ""),
        ("", ""),
    ],
)
def test_the_statute_that_a_task_begins_with(task: str, name: str) -> None:
    assert leading_statute(task) == name


def test_all_statutes_of_a_row_the_leading_one_first() -> None:
    named = statutes_named(
        "社債、株式等の振替に関する法律（平成十三年法律第七十五号）第二条第二項に規定する振替機関",
        "国税通則法による加入者情報の管理" + TAIL,
    )
    assert named == ("国税通則法", "社債、株式等の振替に関する法律")


@pytest.mark.parametrize(
    ("label", "number"),
    [
        ("第三十条の十五", "30_15"),
        ("百三十七", "137"),
        ("２", "2"),
        ("十四の二", "14_2"),
        ("イ", "イ"),
    ],
)
def test_numbers_as_e_gov_writes_them(label: str, number: str) -> None:
    assert branch_number(label) == number


def test_numbers_have_an_order() -> None:
    assert sorted(["30_10", "9", "30_9_2", "30_9", "30"], key=sort_key) == [
        "9",
        "30",
        "30_9",
        "30_9_2",
        "30_10",
    ]
    with pytest.raises(ValueError, match="not a numeral"):
        integer("いろは")


def test_an_inserted_row_renumbers_the_rest_and_is_the_only_new_one() -> None:
    old = [
        row(
            "一",
            "厚生労働大臣",
            "戦没者等の妻に対する特別給付金支給法による特別給付金の支給" + TAIL,
        ),
        row(
            "二",
            "厚生労働大臣",
            "戦没者の父母等に対する特別給付金支給法による特別給付金の支給" + TAIL,
        ),
    ]
    inserted = row(
        "一", "厚生労働大臣", "戦傷病者等の妻に対する特別給付金支給法による特別給付金の支給" + TAIL
    )
    new = [inserted, row("二", old[0].body, old[0].task), row("三", old[1].body, old[1].task)]
    diff = compare(old, new)
    assert diff.added == (inserted,)
    assert shape(diff) == (1, 0, 0, 2, 0)


def test_a_similar_sentence_of_another_statute_is_no_amendment() -> None:
    """Trap c: by text similarity alone these two would be one amended row."""
    diff = compare(
        [
            row(
                "一",
                "厚生労働大臣",
                "戦没者等の妻に対する特別給付金支給法（昭和三十八年法律第六十一号）による特別給付金の支給"
                + TAIL,
            )
        ],
        [
            row(
                "一",
                "厚生労働大臣",
                "戦没者の父母等に対する特別給付金支給法（昭和四十二年法律第五十七号）による特別給付金の支給"
                + TAIL,
            )
        ],
    )
    assert shape(diff) == (1, 1, 0, 0, 0)


def test_a_renamed_statute_keeps_its_row() -> None:
    """雇用対策法 became another name on 2018-07-06; its law number stayed."""
    number = "（昭和四十一年法律第百三十二号）"
    diff = compare(
        [row("五十一", "厚生労働大臣", f"雇用対策法{number}による職業転換給付金の支給{TAIL}")],
        [
            row(
                "五十一",
                "厚生労働大臣",
                f"労働施策の総合的な推進並びに労働者の雇用の安定及び職業生活の充実等に関する法律{number}による職業転換給付金の支給{TAIL}",
            )
        ],
    )
    assert shape(diff) == (0, 0, 1, 0, 0)


def test_a_task_that_is_widened_stays_one_row() -> None:
    diff = compare(
        [row("四十五", "財務省", "関税法による同法第二十四条第二項の許可" + TAIL)],
        [
            row(
                "四十五",
                "財務省",
                "関税法による同法第二十四条第二項の許可又は関税、国税若しくは貨物割の徴収若しくは調査"
                + TAIL,
            )
        ],
    )
    assert shape(diff) == (0, 0, 1, 0, 0)


def test_a_placeholder_is_no_row() -> None:
    use = row("十三", "厚生労働大臣", "身体障害者福祉法による費用の徴収" + TAIL)
    placeholder = row("十三", "削除", "")
    assert shape(compare([use], [placeholder])) == (0, 1, 0, 0, 0)
    assert shape(compare([placeholder], [use])) == (1, 0, 0, 0, 0)
    assert compare([placeholder], []).empty


def test_two_tables_that_become_one_keep_their_uses() -> None:
    """Trap b in small: 別表第一 and 別表第二 became 別表, with one new use between the old ones."""
    kept = [
        row(n, "市町村長", f"{law}による給付の支給{TAIL}", "別表第一")
        for n, law in (("一", "児童手当法"), ("二", "介護保険法"))
    ]
    asks = row(
        "一",
        "市町村長",
        f"児童手当法による給付の支給{TAIL}",
        "別表第二",
        lines=(("厚生労働大臣", "年金給付関係情報"),),
    )
    new_use = row("二", "厚生労働大臣", f"医師法による医師の免許{TAIL}")
    merged = [row("一", "市町村長", kept[0].task), new_use, row("三", "市町村長", kept[1].task)]
    diff = compare([*kept, asks], merged)
    assert diff.added == (new_use,)
    assert diff.removed == (asks,)
    assert shape(diff) == (1, 1, 0, 1, 2)


def test_the_same_words_in_two_tables_are_two_uses() -> None:
    task = f"予防接種法による予防接種の実施{TAIL}"
    two, four = row("一", "市町村長", task, "別表第二"), row("一", "市町村長", task, "別表第四")
    diff = compare([two, four], [four])
    assert diff.removed == (two,)
    assert shape(diff) == (0, 1, 0, 0, 0)


def test_a_further_provider_amends_the_row_that_asks_it() -> None:
    lines = (("市町村長", "住民票関係情報"),)
    old = row(
        "二", "健康保険組合", f"健康保険法による保険給付の支給{TAIL}", "別表第二", lines=lines
    )
    new = row(
        "二",
        "健康保険組合",
        f"健康保険法による保険給付の支給{TAIL}",
        "別表第二",
        lines=(*lines, ("内閣総理大臣", "口座登録簿関係情報")),
    )
    diff = compare([old], [new])
    assert shape(diff) == (0, 0, 1, 0, 0)
    assert (diff.amended[0].lines_added, diff.amended[0].lines_removed) == (1, 0)


def test_a_law_number_that_wanders_is_marked() -> None:
    diff = compare(
        [row("一", "市町村長", f"介護保険法（平成九年法律第百二十三号）による給付{TAIL}")],
        [row("一", "市町村長", f"介護保険法による給付{TAIL}")],
    )
    assert diff.amended[0].citation_only


def sentence(item: str, text: str, article: str = "19") -> LawSentence:
    return LawSentence(article=article, paragraph="1", item=item, text=text)


def sentences(*old_and_new: list[LawSentence]) -> StatuteDiff:
    old, new = old_and_new
    return diff_states(
        LawText(revision=OLD, rows=(), sentences=tuple(old)),
        LawText(revision=NEW, rows=(), sentences=tuple(new)),
    )


def test_an_inserted_item_changes_one_sentence_and_moves_the_others() -> None:
    old = [sentence("1", "機構が個人番号を提供するとき。"), sentence("2", "本人が同意したとき。")]
    new = [
        old[0],
        sentence("2", "国税庁長官に提供するとき。"),
        sentence("3", "本人が同意したとき。"),
    ]
    diff = sentences(old, new)
    assert [(c.before, c.after) for c in diff.changed_sentences] == [(None, new[1])]
    assert [(c.before, c.after) for c in diff.moved_sentences] == [(old[1], new[2])]


def test_a_reworded_sentence_is_shown_before_and_after() -> None:
    old, new = (
        [sentence("1", "別表第一の上欄に掲げる者は利用することができる。")],
        [sentence("1", "別表の各項の上欄に掲げる者は利用することができる。")],
    )
    changed = sentences(old, new).changed_sentences
    assert [(c.before, c.after) for c in changed] == [(old[0], new[0])]


STATUTE = st.sampled_from(
    ["健康保険法", "介護保険法", "国税通則法", "旅券法", "児童手当法", "医師法"]
)
DEED = st.sampled_from(["給付の支給", "保険料の徴収", "登録", "免許", "旅券の発給", "調査", "還付"])
BODY = st.sampled_from(["厚生労働大臣", "市町村長", "国税庁長官", "外務大臣"])
NUMBERS = ["一", "一の二", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一"]
ROWS = st.lists(
    st.builds(lambda body, law, deed: (body, f"{law}による{deed}{TAIL}"), BODY, STATUTE, DEED),
    max_size=8,
    unique=True,
)
TABLES = st.lists(st.sampled_from(["別表第一", "別表第二", "別表"]), min_size=8, max_size=8)


def printed(contents: list[tuple[str, str]], tables: list[str]) -> list[TableRow]:
    return [
        row(number, body, task, table)
        for number, (body, task), table in zip(NUMBERS, contents, tables, strict=False)
    ]


@given(ROWS, TABLES)
def test_a_state_does_not_differ_from_itself(
    contents: list[tuple[str, str]], tables: list[str]
) -> None:
    rows = printed(contents, tables)
    assert compare(rows, rows).empty


@settings(max_examples=300)
@given(ROWS, TABLES, ROWS, TABLES)
def test_the_diff_back_mirrors_the_diff_there(
    old: list[tuple[str, str]],
    old_tables: list[str],
    new: list[tuple[str, str]],
    new_tables: list[str],
) -> None:
    before, after = printed(old, old_tables), printed(new, new_tables)
    there, back = compare(before, after), compare(after, before)
    assert set(there.added) == set(back.removed)
    assert set(there.removed) == set(back.added)
    for name in ("amended", "renumbered", "moved"):
        assert {(c.before, c.after) for c in getattr(there, name)} == {
            (c.after, c.before) for c in getattr(back, name)
        }
    live = len(before) - len(there.removed)
    assert live == len(after) - len(there.added)


@given(ROWS, st.permutations(NUMBERS))
def test_other_numbers_for_the_same_rows_only_renumber(
    contents: list[tuple[str, str]], numbers: list[str]
) -> None:
    old = printed(contents, ["別表"] * 8)
    new = [row(number, body, task) for number, (body, task) in zip(numbers, contents, strict=False)]
    diff = compare(old, new)
    moved = sum(a.number != b.number for a, b in zip(old, new, strict=True))
    assert shape(diff) == (0, 0, 0, moved, 0)


@pytest.mark.parametrize(
    ("body", "task", "sector", "system"),
    [
        ("外務省", "旅券法による同法第三条第一項の発給", Sector.PASSPORT, "passport_application"),
        (
            "預金保険機構",
            "預金保険法による預金等に係る債権の額の把握",
            Sector.BANK,
            "deposit_account",
        ),
        (
            "国税庁長官",
            "国税通則法その他の国税に関する法律による国税の還付",
            Sector.TAX,
            "income_tax_return",
        ),
        ("市町村長", "地方税法その他の地方税に関する法律による賦課徴収", Sector.TAX, "local_tax"),
        ("健康保険組合", "健康保険法による保険給付の支給", Sector.HEALTH, "insurance_card"),
        ("厚生労働大臣", "国民年金法による年金である給付の支給", Sector.WELFARE, "pension"),
        (
            "厚生労働大臣",
            "雇用保険法による失業等給付の支給",
            Sector.WELFARE,
            "employment_insurance",
        ),
        (
            "都道府県知事等",
            "生活保護法による保護の決定及び実施",
            Sector.WELFARE,
            "public_assistance",
        ),
        ("公安委員会", "道路交通法による免許", Sector.POLICE, "driving_licence"),
        ("厚生労働大臣", "医師法による医師の免許", Sector.OTHER, "qualifications"),
    ],
)
def test_a_row_has_a_sector(body: str, task: str, sector: Sector, system: str) -> None:
    place = placement(row("一", body, task, statutes=(leading_statute(task),)))
    assert (place.sector, place.system) == (sector, system)


def test_an_unknown_statute_is_other_with_its_name() -> None:
    place = placement(row("一", "市町村長", "花火大会法による届出", statutes=("花火大会法",)))
    assert (place.sector, place.domain, place.known) == (Sector.OTHER, "花火大会法", False)


def test_no_rule_but_other_has_a_domain() -> None:
    for _, place in sector_rules():
        assert (place.domain is not None) == (place.sector is Sector.OTHER)


@pytest.mark.parametrize(
    ("name", "law_id"),
    [
        ("番号法", "425AC0000000027"),
        ("マイナンバー法", "425AC0000000027"),
        ("425ac0000000027", "425AC0000000027"),
        ("住基法", "342AC0000000081"),
        ("住民基本台帳法", "342AC0000000081"),
        ("My Number Act", "425AC0000000027"),
        ("花火大会法", "399AC0000000001"),
    ],
)
def test_a_law_has_many_names(name: str, law_id: str) -> None:
    assert law_id_of(name, [("399AC0000000001", "花火大会法")]) == law_id


def test_an_unknown_law_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError, match="番号法、住基法"):
        law_id_of("民法")


def test_the_watched_articles_of_each_law() -> None:
    def of(law_id: str, *articles: str) -> list[str]:
        every = [
            LawSentence(article=a, paragraph="1", item="", text="個人番号を利用する。")
            for a in articles
        ]
        return [s.article for s in watched_sentences(law_id, tuple(every))[0]]

    number_law = of("425AC0000000027", "8", "9", "9_2", "10", "18_2", "19", "19_2", "20")
    assert number_law == ["9", "9_2", "19", "19_2"]
    assert of("342AC0000000081", "30_8", "30_9", "30_9_2", "30_15", "30_15_2", "30_16") == [
        "30_9",
        "30_9_2",
        "30_15",
        "30_15_2",
    ]
    assert of("399AC0000000001", "1") == ["1"]
    plain = (LawSentence(article="1", paragraph="1", item="", text="花火を上げる。"),)
    assert watched_sentences("399AC0000000001", plain) == ((),)
    number = (LawSentence(article="1", paragraph="1", item="", text="個人番号を上げる。"),)
    assert watched_sentences("399AC0000000001", plain, number) == (plain, number)


def test_the_longest_word_says_which_identifier() -> None:
    assert identifier_named("個人番号カードを提示する。") is Identifier.CARD
    assert identifier_named("個人番号を記載する。") is Identifier.NUMBER
    assert identifier_named("住民票コードを記載する。") is Identifier.JUKI
    assert identifier_named("旅券の番号を記載する。") is None


def test_the_watch_list_holds_the_six_laws() -> None:
    assert len(watch_list().laws) == 6
    names = [name for law in watch_list().laws for name in law.names]
    assert len(names) == len(set(names))

"""Promises: who said what where, and what came later on the same scope."""

from __future__ import annotations

import pytest

from data.errors import InputError
from data.promises import Speaker, conditional_words, speaker_of, venue_of
from data.store.connection import Store
from data.store.ledger import rebuild_ledger, update_ledger
from data.store.promises import judge_promise, promises
from tests.data.record import add_sources, record

DENIAL = "警察の窓口でマイナンバーカードを使うことは現時点では考えておりません。"

SPEAKERS = {
    "白鳥デジタル相": Speaker("白鳥", "デジタル相", "デジタル庁"),
    "総務省の局長": Speaker(None, "局長", "総務省"),
    "国務大臣（鵜飼清君）": Speaker("鵜飼清", "国務大臣", None),
    "警察庁": Speaker(None, None, "警察庁"),
    "警察庁長官": Speaker(None, "警察庁長官", "警察庁"),
    "外務省領事局長": Speaker(None, "領事局長", "外務省"),
    "汐見市長": Speaker(None, "市長", "汐見市"),
    "国家公安委員長": Speaker(None, "国家公安委員長", "国家公安委員会"),
    "汐見県の鳴海知事": Speaker("鳴海", "知事", "汐見県"),
    "首相": Speaker(None, "首相", None),
}


@pytest.mark.parametrize("actor", SPEAKERS)
def test_an_actor_is_taken_apart(actor: str) -> None:
    assert speaker_of(actor) == SPEAKERS[actor]


def test_the_minutes_of_the_diet_name_venue_and_speaker() -> None:
    venue, named = venue_of(
        "衆議院 デジタル社会形成に関する特別委員会 第3号 鹿島道雄", "国会会議録"
    )
    assert venue == "衆議院 デジタル社会形成に関する特別委員会 第3号"
    assert speaker_of("鹿島道雄", named) == Speaker("鹿島道雄")
    assert speaker_of(None, named) == Speaker("鹿島道雄")
    assert speaker_of("鹿島総務大臣", "鹿島道雄君") == Speaker("鹿島道雄", "総務大臣", "総務省")
    assert venue_of("鹿島総務相「使わない」", "汐見新報") == ("汐見新報", None)


@pytest.mark.parametrize("junk", ["", " ", "（", "の", "相", "・・・", "\x00", "省" * 500])
def test_junk_in_the_actors_field_is_no_error(junk: str) -> None:
    assert isinstance(speaker_of(junk), Speaker)


def test_words_that_leave_the_door_open() -> None:
    assert conditional_words(DENIAL) == ("現時点", "考えておりません")
    assert conditional_words("番号は警察の業務に一切使わない。") == ()
    assert conditional_words("使う予定はありません。")


@pytest.fixture
def ledger(store: Store) -> Store:
    add_sources(store)
    return store


def deny(store: Store, name: str = "diet1", day: float = 0, **more: object) -> None:
    spoken = {"actor": "白鳥国家公安委員長", "source": "diet", "evidence": DENIAL, **more}
    record(
        store,
        name,
        "denied",
        day,
        title="参議院 内閣委員会 第7号 白鳥節子",
        **spoken,  # type: ignore[arg-type]
    )


def test_a_denial_by_an_authority_is_a_promise_with_its_words(ledger: Store) -> None:
    deny(ledger)
    update_ledger(ledger)
    [promise] = promises(ledger)
    assert (promise["speaker"], promise["office"], promise["body"]) == (
        "白鳥節子",
        "国家公安委員長",
        "国家公安委員会",
    )
    assert promise["venue"] == "参議院 内閣委員会 第7号"
    assert (promise["quotation"], promise["conditional"]) == (DENIAL, True)
    assert promises(ledger, open_only=True) == []


ASKED = "警察がカードを使うことは考えていないという理解でよいのか。"
EXCHANGE = (
    f"〔青葉花子 花火の会〕\n○青葉委員\u3000{ASKED}\n\n"
    f"〔鍵屋二郎 国家公安委員会委員長〕\n○鍵屋国務大臣\u3000{DENIAL}"
)
TITLE = "衆議院 花火特別委員会 第1号 青葉花子 → 鍵屋二郎（国家公安委員会委員長）"


def test_the_promise_is_the_answers_and_names_who_gave_it(ledger: Store) -> None:
    record(ledger, "d", "denied", source="diet", title=TITLE, text=EXCHANGE, evidence=DENIAL)
    update_ledger(ledger)
    [promise] = promises(ledger)
    assert (promise["speaker"], promise["office"], promise["body"], promise["venue"]) == (
        "鍵屋二郎",
        "委員長",
        "国家公安委員会",
        "衆議院 花火特別委員会 第1号",
    )


def test_a_members_question_promises_nothing_and_confirms_nothing(ledger: Store) -> None:
    record(ledger, "d", "denied", source="diet", title=TITLE, text=EXCHANGE, evidence=ASKED)
    record(ledger, "e", "considered", 1, source="diet", title=TITLE, text=EXCHANGE, evidence=ASKED)
    update_ledger(ledger)
    assert promises(ledger) == []
    [use] = ledger.public.query("SELECT standing FROM use_cases WHERE id = 'atm:card'")
    assert use["standing"] == "reported"


def test_a_written_answer_is_a_promise_of_the_cabinet(ledger: Store) -> None:
    title = "衆議院 第299回国会 質問第12号 警察による利用に関する質問主意書"
    record(ledger, "a", "denied", source="diet", title=f"{title} 内閣の答弁書", evidence=DENIAL)
    record(ledger, "q", "denied", source="diet", title=f"{title}（青葉花子）", evidence=ASKED)
    update_ledger(ledger)
    [promise] = promises(ledger)
    assert (promise["speaker"], promise["body"]) == (None, "内閣")
    assert promise["venue"] == "衆議院 第299回国会 質問第12号"


def test_a_town_that_refuses_makes_no_promise(ledger: Store) -> None:
    record(ledger, "town", "denied", source="localgov", actor="汐見市")
    update_ledger(ledger)
    assert promises(ledger) == []


def test_later_findings_open_one_comparison_per_rung(ledger: Store) -> None:
    deny(ledger)
    for name, stage, day in (
        ("before", "planned", -3),
        ("same-day", "considered", 0.1),
        ("first", "considered", 400),
        ("again", "considered", 401),
        ("law", "adopted", 800),
        ("late", "planned", 900),
    ):
        record(ledger, name, stage, day)
    update_ledger(ledger)
    [promise] = promises(ledger, open_only=True)
    told = [(row["url"].rpartition("/")[2], row["days"]) for row in promise["comparisons"]]
    assert told == [("first", 400), ("law", 800)]


def test_a_promise_for_a_sector_is_compared_with_its_systems_and_no_other(ledger: Store) -> None:
    deny(ledger, system=None, sector="police")
    update_ledger(ledger)
    record(ledger, "licence", "planned", 30, system="driving_licence", sector="police")
    record(ledger, "bank", "planned", 30)
    record(ledger, "number", "planned", 30, system="prison", sector="police", identifier="number")
    update_ledger(ledger)
    [promise] = promises(ledger)
    assert [row["use_case_id"] for row in promise["comparisons"]] == ["driving_licence:card"]


def test_what_is_withdrawn_leaves_the_record(ledger: Store) -> None:
    deny(ledger)
    record(ledger, "later", "planned", 30)
    update_ledger(ledger)
    record(ledger, "later", None, 30, evidence="汐見のlaterでカードを使う話が出た。")
    update_ledger(ledger)
    assert promises(ledger)[0]["comparisons"] == []
    record(
        ledger,
        "diet1",
        None,
        source="diet",
        title="参議院 内閣委員会 第7号 白鳥節子",
        evidence=DENIAL,
    )
    update_ledger(ledger)
    assert promises(ledger) == []


def test_only_a_person_judges_and_the_verdict_outlives_a_replay(ledger: Store) -> None:
    deny(ledger)
    record(ledger, "later", "planned", 30)
    update_ledger(ledger)
    [promise] = promises(ledger)
    assert promise["verdict"] is None
    judge_promise(ledger, promise["id"], "superseded", note="法改正による", author="鶴見")
    rebuild_ledger(ledger)
    [judged] = promises(ledger)
    assert (judged["verdict"], judged["verdict_note"]) == ("superseded", "法改正による")
    assert promises(ledger, open_only=True) == []
    assert "鶴見" not in "".join(ledger.public.conn.iterdump())
    judge_promise(ledger, promise["id"], None, note="取り消す", author="鶴見")
    assert promises(ledger)[0]["verdict"] is None


def test_a_verdict_holds_for_the_words_that_were_judged(ledger: Store) -> None:
    deny(ledger)
    update_ledger(ledger)
    judge_promise(ledger, promises(ledger)[0]["id"], "kept", note="確認", author="鶴見")
    deny(ledger, evidence="カードを窓口で使うことは一切ありません。", version=2)
    update_ledger(ledger)
    [promise] = promises(ledger)
    assert (promise["verdict"], promise["conditional"]) == (None, False)


@pytest.mark.parametrize(
    ("identity", "verdict", "note", "author"),
    [
        ("x", "kept", "n", "a"),
        (None, "lied", "n", "a"),
        (None, "kept", " ", "a"),
        (None, "kept", "n", ""),
    ],
)
def test_a_bad_verdict_is_refused(
    ledger: Store, identity: str | None, verdict: str, note: str, author: str
) -> None:
    deny(ledger)
    update_ledger(ledger)
    identity = identity or promises(ledger)[0]["id"]
    with pytest.raises(InputError):
        judge_promise(ledger, identity, verdict, note=note, author=author)

"""Two states of a fictional law, as the pages compare them; only the law's id is real, because it is followed."""

from __future__ import annotations

from datetime import date

from data.statute_diff import diff_states
from data.statutes import LawRevision, LawSentence, LawText, TableRow
from data.store.connection import Store
from data.store.statute_changes import save_changes
from data.store.statutes import save_texts

LAW = "425AC0000000027"


def revision(day: str, amending: str, title: str) -> LawRevision:
    return LawRevision(
        revision_id=f"{LAW}_{day.replace('-', '')}_{amending}",
        law_id=LAW,
        enforced_on=date.fromisoformat(day),
        title="番号の利用に関する架空の法律",
        law_num="令和五年法律第一号",
        amending_law_id=amending,
        amending_law_num="令和六年法律第九号",
        amending_law_title=title,
    )


def row(number: str, body: str, task: str) -> TableRow:
    return TableRow(table="別表", number=number, body=body, task=task)


OLD = LawText(
    revision=revision("2024-04-01", "505AC0000000001", "架空の制定法"),
    rows=(
        row("一", "外事大臣", "旅券法（昭和二十六年法律第二百六十七号）による旅券の発給に関する事務であって主務省令で定めるもの"),
        row("二", "市町村長", "地方税法による地方税の賦課徴収に関する事務であって主務省令で定めるもの"),
    ),
    sentences=(LawSentence(article="9", paragraph="1", item="", text="別表の上欄に掲げる行政機関は、個人番号を利用することができる。"),),
)  # fmt: skip
NEW = LawText(
    revision=revision("2025-04-01", "506AC0000000009", "架空の改正法"),
    rows=(
        row("一", "外事大臣", "旅券法（昭和二十六年法律第二百六十七号）による旅券の発給及び返納に関する事務であって主務省令で定めるもの"),
        row("三", "市町村長", "地方税法による地方税の賦課徴収に関する事務であって主務省令で定めるもの"),
        row("四", "公安委員会", "道路交通法による運転免許証の更新に関する事務であって主務省令で定めるもの"),
    ),
    sentences=(LawSentence(article="9", paragraph="1", item="", text="別表の上欄に掲げる行政機関及び法人は、個人番号を利用することができる。"),),
)  # fmt: skip


def fill_statutes(store: Store) -> None:
    save_texts(store, [OLD, NEW])
    save_changes(store, [diff_states(OLD, NEW)])

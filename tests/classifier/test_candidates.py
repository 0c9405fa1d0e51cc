from classifier.candidates import propose
from classifier.survey import survey
from data.vocabulary import Identifier


def pairs(title, body, publisher=""):
    read = survey(title, body, publisher)
    return {(c.sector.value, c.identifier.value, c.sentence) for c in propose(read, 3)}


def test_identifier_and_sector_in_one_sentence():
    assert ("bank", "juki", 0) in pairs("", "銀行が住民票コードを使う。")


def test_the_topic_is_carried_from_the_sentence_before():
    found = pairs("", "個人番号の利用を広げる。旅券の申請でも使う。")
    assert ("passport", "number", 1) in found


def test_a_heading_gives_its_items_the_identifier():
    found = pairs("", "マイナンバーが必要な手続は次のとおりです。\n・児童手当の申請\n・確定申告")
    assert {("welfare", "number", 1), ("tax", "number", 2)} <= found


def test_the_publisher_gives_the_sector():
    assert ("bank", "card", 0) in pairs(
        "", "本人確認にマイナンバーカードを使います。", "みなと銀行"
    )


def test_no_identifier_no_candidate():
    assert pairs("銀行", "警察と税務署の電話番号。") == set()


def test_the_portal_alone_is_no_card():
    """Settled case 2: it counts where the text speaks of the card with which one logs in."""
    alone = survey("給付金", "マイナポータルから年金の申請ができます。")
    with_card = survey("給付金", "マイナポータルにカードでログインし、年金の申請をします。")
    assert propose(alone, 3) == []
    assert {c.identifier for c in propose(with_card, 3)} == {Identifier.CARD}

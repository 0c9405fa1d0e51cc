import pytest

from classifier.lexicon import load_lexicon
from classifier.normalise import normalise
from data.vocabulary import Identifier, Sector


def mentions(text):
    return {(m.identifier.value, m.strength) for m in load_lexicon().mentions(normalise(text).text)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("マイナンバーを記入", ("number", "strong")),
        ("個人番号を記載", ("number", "strong")),
        ("共通番号を使う", ("number", "strong")),
        ("公金受取口座に振り込む", ("number", "implied")),
        ("マイナンバー制度", ("number", "scheme")),
        ("番号利用条例", ("number", "scheme")),
        ("税・社会保障共通の番号", ("number", "strong")),
        ("マイナンバーカードを提示", ("card", "strong")),
        ("個人番号カードの提示", ("card", "strong")),
        ("番号カードを読む", ("card", "strong")),
        ("マイナンバーのカードを読む", ("card", "strong")),
        ("ﾏｲﾅｶｰﾄﾞを読む", ("card", "strong")),
        ("マイナンバーの保険証が期限切れになる", ("card", "strong")),
        ("マイナンバー免許証の更新", ("card", "strong")),
        ("マイナンバーで受診する", ("card", "strong")),
        ("住基カードで", ("card", "strong")),
        ("公的個人認証（ＪＰＫＩ）", ("card", "strong")),
        ("カードの電子証明書", ("card", "implied")),
        ("スマホ保険証で受診", ("card", "strong")),
        ("マイナ保険証で受診", ("card", "strong")),
        ("十二けたの「個人番号」", ("number", "strong")),
        ("署名検証者の認定", ("card", "strong")),
        ("電子署名に係る地方公共団体の認証業務に関する法律", ("card", "scheme")),
        ("電子署名等に係る地方公共団体情報システム機構の認証業務", ("card", "scheme")),
        ("ﾏｲﾅﾝﾊﾞｰｶｰﾄﾞとｺﾝﾋﾞﾆ", ("card", "strong")),
        ("住民票コードを使う", ("juki", "strong")),
        ("住民基本台帳ネットワークシステム", ("juki", "strong")),
    ],
)
def test_identifiers(text, expected):
    assert expected in mentions(text)


@pytest.mark.parametrize(
    "text",
    [
        "基礎年金番号",
        "法人番号",
        "被保険者番号",
        "登録番号",
        "マイナーな曲",
        "番号札",
        "電話番号",
        "旅券番号",
        "戸籍電子証明書提供用識別符号",
        "商業登記電子証明書",
        "登記官が作成した電子証明書",
        "当行発行の電子証明書",
        "マイナンバー制度及び国と地方のデジタル基盤抜本改善ワーキンググループ",
        "社会保障・税番号制度システム整備費補助金",
        "個人番号カード交付事務費",
        "マイナンバー情報総点検本部",
        "マイナンバー総合フリーダイヤル",
        "サーバーの電子証明書",
        "電子証明書（サーバー証明書）",
        "全国共通番号",
        "社労士会連合会の発行する電子証明書",
        "認証会社の電子証明書",
        "税理士会の発行いたします電子証明書",
        "登記所の電子証明書",
        "三けたの「個人番号」を印字",
        "組合員証の番号",
        "カード決済",
        "オンライン請求用電子証明書",
        "税理士用の電子証明書",
        "居住地国における納税者番号",
        "加入員個人番号",
        "処方箋の引きかえ番号",
        "証書の番号を届ける",
        "宿泊者の本人確認情報",
    ],
)
def test_look_alikes_are_no_mention(text):
    assert mentions(text) == set()


@pytest.mark.parametrize("text", ["マイナンバーカードをかざす", "個人番号カードの利用に関する条例"])
def test_the_card_is_not_the_number(text):
    assert {i for i, _ in mentions(text)} == {"card"}


def test_there_are_sixty_systems_and_all_sectors():
    systems = load_lexicon().systems
    assert len(systems) >= 60
    assert {s.sector for s in systems.values()} == set(Sector)
    assert all(s.ja and s.en for s in systems.values())


def test_cues_take_the_longest_word():
    systems = {c.system for c in load_lexicon().cues("公金受取口座を使う")}
    assert systems == {"benefit_account"}


@pytest.mark.parametrize(
    ("text", "sectors"),
    [
        ("入院給付金の請求", {"bank"}),
        ("年金共済の契約", {"bank"}),
        ("インターネットバンキングのログイン", {"bank"}),
        ("犯罪被害給付金の申請", {"police"}),
        ("犯則事件の調査", {"tax"}),
        ("社会保障カードの形", {"health", "welfare"}),
        ("出産手当金の請求", {"health"}),
        ("障害者控除", {"tax"}),
        ("奨学給付金の申請", {"other"}),
        ("社会保険労務士の登録", {"other"}),
        ("家賃滞納者の調査", {"other"}),
        ("保険料の滞納者", set()),
        ("県税の滞納者", {"tax"}),
        ("登録免許税", set()),
        ("年間パスポート", set()),
        ("医師の免許の申請", {"other"}),
        ("看護師の免許証", {"other"}),
        ("薬剤師の登録", {"other"}),
        ("国民年金保険料", {"welfare"}),
        ("学生納付特例", {"welfare"}),
        ("保護課", {"welfare"}),
        ("住宅課", {"other"}),
        ("市教委", {"other"}),
        ("就園奨励", {"other"}),
        ("福祉資金の貸付け", {"welfare"}),
        ("障害者タクシー", {"welfare"}),
        ("困窮する外国人", {"welfare"}),
        ("病院職員", {"other"}),
        ("調停委員", {"other"}),
        ("留置", {"police"}),
        ("遺失届", {"police"}),
        ("古物商", {"police", "other"}),
        ("カード決済", {"bank"}),
        ("保健事業若しくは福祉事業", set()),
        ("敬老パス", {"other"}),
        ("保健師の訪問", {"health"}),
        ("保健師の登録", {"other"}),
        ("共済組合", {"health", "welfare"}),
        ("特定口座", {"bank", "tax"}),
        ("カードローン", {"bank"}),
        ("生命保険料控除", {"tax"}),
        ("ドローン", set()),
        ("住民税非課税世帯", set()),
    ],
)
def test_a_longer_word_speaks_for_its_own_sector(text, sectors):
    assert {c.sector.value for c in load_lexicon().cues(text)} == sectors


def test_milestones_name_known_subjects():
    lexicon = load_lexicon()
    known = set(lexicon.systems) | {s.value for s in Sector} | {i.value for i in Identifier}
    assert {subject for _, subject in lexicon.milestones} <= known


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("店にコードの使用をやめるよう求めた。", {"denied.order"}),
        ("互助会に中止を命じた。", {"denied.order"}),
        ("利用を中止するよう、改めて要請した。", {"denied.order"}),
        ("市は事業を中止した。", {"halted.stop"}),
        ("11月30日をもって取りやめました。", {"halted.stop"}),
        ("照会を停止し、復旧を急ぐ。", {"halted.stop"}),
    ],
)
def test_a_stop_that_is_ordered_is_not_a_stop_yet(text, expected):
    """Settled case 24: an order is `denied`, a use that has ceased `halted`."""
    lexicon = load_lexicon()
    found = {name for name, pattern in lexicon.stages.items() if pattern.search(text)}
    assert found & {"denied.order", "halted.stop"} == expected


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("そんな話は政府として一度も決めていない。", "considered"),
        ("議論の段階ではない。", "considered"),
        ("広げないとは申しません。", "considered"),
        ("研究してまいりたいと存じます。", "considered"),
        ("審議会に諮問した。", "considered"),
        ("将来については排除するものではございません。", "considered"),
        ("まだ決まったものではありません。", "considered"),
        ("個人番号の提供を受けるものではありません。", "denied"),
        ("写しの提出は不要とした。", ""),
        ("来年秋に保険証を廃止する。", ""),
        ("診察券を廃止し、カードに一本化する。", ""),
        ("カードによる貸出しを廃止する。", "halted"),
        ("マイナンバーのご記入は不要です。", "denied"),
        ("住民票の添付は要りません。", ""),
        ("旅券の事務は別表に掲げられておりません。", "denied"),
        ("番号は一切お預かりしておりません。", "denied"),
        ("協会の申し出を退けた。", "denied"),
        ("拡大の余地はない。", "denied"),
        ("拡大の余地がある。", "considered"),
        ("個人番号の欄をなくした。", "halted"),
        ("「又は個人番号」を削る。", "halted"),
        ("端末を止めた。", "halted"),
        ("意見を重く受け止めた。", ""),
        ("再開の予定はない。", "halted"),
        ("話を白紙に戻す。", "halted"),
        ("二つの窓口で試行中だ。", "adopted"),
    ],
)
def test_what_a_word_says_of_the_stage(text, stage):
    lexicon = load_lexicon()
    found = {name for name, pattern in lexicon.stages.items() if pattern.search(text)}
    stages = {name.partition(".")[0] for name in found if "." in name} - {"planned"}
    assert stages == ({stage} if stage else set())

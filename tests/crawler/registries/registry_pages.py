"""Pages of the registries in the byte shape of the real ones, with fictional people, bills and towns."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

SORRY = "<!DOCTYPE html><html><head><title>お知らせ</title></head><body><p>ただいまアクセスが集中しております。しばらくしてからお試しください。</p></body></html>".encode()

SHUGIIN_LIST = """<HTML><HEAD><META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=Shift_JIS"><TITLE>議案</TITLE></HEAD><BODY>
<TABLE><CAPTION>閣法の一覧</CAPTION>
<TR><TH>提出回次</TH><TH>番号</TH><TH>議案件名</TH><TH>審議状況</TH><TH>経過情報</TH><TH>本文情報</TH></TR>
<TR><TD>299</TD><TD>7</TD><TD>花火番号法の一部を改正する法律案</TD><TD>成立</TD><TD><A HREF="./keika/1DDA01.htm">経過</A></TD><TD><A HREF="./honbun/g29909007.htm">本文</A></TD></TR>
<TR><TD>299</TD><TD>8</TD><TD>髙﨑市民広場法案</TD><TD>衆議院で審議中</TD><TD><A HREF="./keika/1DDA02.htm">経過</A></TD><TD><A HREF="./honbun/g29909008.htm">本文</A></TD></TR>
</TABLE>
<TABLE><CAPTION>衆法の一覧</CAPTION>
<TR><TD>298</TD><TD>3</TD><TD>花火番号の廃止に関する法律案</TD><TD>審査未了</TD><TD><A HREF="./keika/1DDA03.htm">経過</A></TD><TD></TD></TR>
</TABLE>
<TABLE><CAPTION>条約の一覧</CAPTION>
<TR><TD>299</TD><TD>1</TD><TD>青葉国との条約</TD><TD>承認</TD><TD><A HREF="./keika/1DDA04.htm">経過</A></TD></TR>
</TABLE></BODY></HTML>""".encode("cp932")

SHUGIIN_PAGE = """<HTML><BODY><TABLE>
<TR><TH>項目</TH><TH>内容</TH></TR>
<TR><TD>議案種類</TD><TD>閣法</TD></TR>
<TR><TD>議案提出回次</TD><TD>299</TD></TR>
<TR><TD>議案番号</TD><TD>7</TD></TR>
<TR><TD>議案件名</TD><TD>花火番号法の一部を改正する法律案</TD></TR>
<TR><TD>議案提出者</TD><TD>内閣</TD></TR>
<TR><TD>衆議院予備審査議案受理年月日</TD><TD></TD></TR>
<TR><TD>衆議院議案受理年月日</TD><TD>令和 7年 3月 7日</TD></TR>
<TR><TD>衆議院付託年月日／衆議院付託委員会</TD><TD>令和 7年 4月11日／花火特別</TD></TR>
<TR><TD>衆議院審査終了年月日／衆議院審査結果</TD><TD>令和 7年 4月16日／可決</TD></TR>
<TR><TD>衆議院審議終了年月日／衆議院審議結果</TD><TD>令和 7年 4月17日／可決</TD></TR>
<TR><TD>参議院議案受理年月日</TD><TD>令和 7年 4月17日</TD></TR>
<TR><TD>参議院審議終了年月日／参議院審議結果</TD><TD>令和 7年 5月16日／可決</TD></TR>
<TR><TD>公布年月日／法律番号</TD><TD>令和 7年 5月23日／38</TD></TR>
</TABLE></BODY></HTML>""".encode("cp932")

SANGIIN_LIST = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>議案情報</title></head><body>
<table summary="議案一覧"><caption>法律案（内閣提出）一覧</caption>
<tr><th>提出回次</th><th>提出番号</th><th>件名</th><th>議案要旨</th><th>提出法律案</th></tr>
<tr><td>299</td><td>7</td><td><a href="./meisai/m299080299007.htm">花火番号法の一部を改正する法律案</a></td><td><a href="pdf/y.pdf">要旨</a></td><td></td></tr>
</table>
<table summary="議案一覧"><caption>法律案（参法）一覧</caption>
<tr><td>299</td><td>2</td><td><a href="./meisai/m299100299002.htm">花火師登録法案</a></td><td></td><td></td></tr>
</table></body></html>""".encode()

SANGIIN_PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>
<table><caption>議案審議情報</caption>
<tr><th>件名</th><td>花火師登録法案</td></tr><tr><th>種別</th><td>法律案（参法）</td></tr>
<tr><th>提出回次</th><td>299回</td></tr><tr><th>提出番号</th><td>2</td></tr></table>
<table><caption>議案審議情報一覧</caption><tr><th>提出日</th><td>令和7年4月1日</td></tr></table>
<table><caption>参議院委員会等経過</caption><tr><th>本付託日</th><td>令和7年4月9日</td></tr><tr><th>付託委員会等</th><td>総務委員会</td></tr></table>
<table><caption>参議院本会議経過</caption><tr><th>議決日</th><td>令和7年5月9日</td></tr><tr><th>議決</th><td>可決</td></tr></table>
<table><caption>発議者</caption><tr><th>発議者</th><td>青葉　花子君</td></tr></table>
</body></html>""".encode()

QUESTIONS_SHUGIIN = """<HTML><BODY><TABLE><TR><TH>番号</TH><TH>質問件名</TH><TH>提出者氏名</TH><TH>経過状況</TH><TH>経過情報</TH><TH>質問情報(HTML)</TH><TH>答弁情報(HTML)</TH></TR>
<TR><TD>12</TD><TD>花火番号の警察による利用に関する質問主意書</TD><TD>青葉　花子君</TD><TD>答弁受理</TD><TD><A HREF="299012.htm">経過</A></TD><TD><A HREF="a299012.htm">質問(HTML)</A></TD><TD><A HREF="b299012.htm">答弁(HTML)</A></TD></TR>
<TR><TD>13</TD><TD>打上げに関する質問主意書</TD><TD>若葉　太郎君</TD><TD>内閣転送</TD><TD><A HREF="299013.htm">経過</A></TD><TD><A HREF="a299013.htm">質問(HTML)</A></TD><TD></TD></TR>
</TABLE></BODY></HTML>""".encode("cp932")

QUESTIONS_SANGIIN = """<!DOCTYPE html><html><head><meta charset="utf-8"></head><body><table>
<tr><td rowspan="2">5</td><td>花火番号の利用範囲に関する質問主意書</td><td>若葉　次郎君</td>
<td><a href="syuh/s299005.htm">質問本文</a></td><td><a href="touh/t299005.htm">答弁本文</a></td></tr></table></body></html>""".encode()

COMMENT_FEED = """<?xml version="1.0" encoding="UTF-8"?>
<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/" xml:lang="ja">
<channel rdf:about="https://pcm.example.jp/rss/pcm_list.xml"><title>意見募集中案件</title><link>https://pcm.example.jp/</link><dc:date>2026-08-17T00:00:00+0900</dc:date></channel>
<item rdf:about="https://pcm.example.jp/servlet/Public?CLASSNAME=PCMMSTDETAIL&amp;id=299200001"><title>花火番号法施行規則の一部を改正する命令案に対する意見募集について</title>
<link>https://pcm.example.jp/servlet/Public?CLASSNAME=PCMMSTDETAIL&amp;id=299200001</link>
<description>花火庁&lt;br/&gt;カテゴリー　行政手続&lt;br/&gt;受付締切日時　2026年9月15日0時0分</description><dc:date>2026-08-16T15:00:Z</dc:date></item>
<item rdf:about="https://pcm.example.jp/servlet/Public?CLASSNAME=PCMMSTDETAIL&amp;id=299200002"><title>打上げの届出に関する省令案</title>
<link>https://pcm.example.jp/servlet/Public?CLASSNAME=PCMMSTDETAIL&amp;id=299200002</link><description>花火庁</description><dc:date>unknown</dc:date></item>
</rdf:RDF>""".encode()

COMMENT_PAGE = """<!DOCTYPE html><html lang="ja"><head><meta charset="utf-8"><title>案件詳細</title></head><body><h1>意見募集要領等</h1>
<table><tr><th>案の名称</th><td>花火番号法施行規則の一部を改正する命令案に対する意見募集について</td></tr>
<tr><th>案件番号</th><td>299200001</td></tr>
<tr><th>根拠法令項</th><td>花火番号法第９条第１項</td></tr>
<tr><th>所管省庁・部局名等</th><td>花火庁番号課</td></tr>
<tr><th>案の公示日</th><td>2026年8月17日</td></tr>
<tr><th>受付締切日時</th><td>2026年9月15日0時0分</td></tr></table>
<ul><li><a href="/servlet/PcmFileDownload?seqNo=0000300001">意見公募要領</a></li><li><a href="/files/an.pdf">命令案</a></li></ul>
</body></html>""".encode()

TENDERS = """<?xml version="1.0" encoding="UTF-8"?><Results><Version>1.0</Version><SearchResults><SearchHits>2</SearchHits>
<SearchResult><ResultId>1</ResultId><Key>k-1</Key><ExternalDocumentURI>https://city.example.jp/bid/1.html</ExternalDocumentURI><ProjectName>図書館個人番号連携システム構築業務</ProjectName><Date>2026-08-18T00:00:00+09:00</Date><CftIssueDate>2026-08-17T00:00:00+09:00</CftIssueDate><OrganizationName>青葉市</OrganizationName><ProjectDescription>図書館の貸出に個人番号を用いる。</ProjectDescription></SearchResult>
<SearchResult><ResultId>2</ResultId><Key>k-2</Key><ProjectName>案内板</ProjectName></SearchResult>
</SearchResults></Results>""".encode()

AWARD_LINES = (
    '"0000000000000123456","花火番号カード確認端末の賃貸借","2026-05-12","12,345,678","8040","010","青葉電算株式会社","9999999999999"\r\n'
    '"0000000000000123457","マイナンバー関連システム改修","2026-05-13","","8040","010","若葉電算株式会社","9999999999998"\r\n'
)

REPORT = """特定個人情報保護評価書（重点項目評価書）
評価書番号
１２
評価書名
花火手当に関する事務　重点項目評価書
評価実施機関名
青葉市長
公表日
令和7年3月31日
Ⅰ 基本情報
１．特定個人情報ファイルを取り扱う事務
①事務の名称
花火手当に関する事務
システム１
①システムの名称
花火手当システム
②システムの機能
支給の管理
③他のシステムとの接続
[ ○ ]情報提供ネットワークシステム
[　　]庁内連携システム
[ ○ ]住民基本台帳ネットワークシステム
４．個人番号の利用
法令上の根拠
・番号法第９条第１項　別表の５６の項、９の２の項
・番号法別表第二の１１５の項
５．情報提供ネットワークシステムによる情報連携
"""


def awards(
    lines: str = AWARD_LINES, name: str = "successful_bid_record_info_all_2026.csv"
) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, "\ufeff" + lines)
    return packed.getvalue()


def speech(
    order: int, speaker: str, text: str, position: str | None = None, **rest: Any
) -> dict[str, Any]:
    return {
        "speechID": f"129904601X00120260805_{order:03}",
        "issueID": "129904601X00120260805",
        "nameOfHouse": "衆議院",
        "nameOfMeeting": "花火特別委員会",
        "issue": "第1号",
        "date": "2026-08-05",
        "speechOrder": order,
        "speaker": speaker,
        "speakerGroup": None if position else "花火の会",
        "speakerPosition": position,
        "speech": text,
        "speechURL": f"https://kokkai.ndl.go.jp/txt/129904601X00120260805/{order}",
        **rest,
    }


MEETING = [
    speech(0, "会議録情報", "令和八年八月五日（水曜日）"),
    speech(1, "玉屋一郎", "○玉屋委員長　青葉花子君。", "委員長"),
    speech(2, "青葉花子", "○青葉委員　マイナンバーを図書館の貸出に使う考えはありますか。"),
    speech(3, "玉屋一郎", "○玉屋委員長　鍵屋大臣。"),
    speech(4, "鍵屋二郎", "○鍵屋国務大臣　そのような考えはございません。", "花火大臣"),
    speech(5, "青葉花子", "○青葉委員　次に、打上げの時刻を伺います。"),
    speech(6, "若葉三郎", "○若葉政府参考人　午後八時でございます。", "花火庁統括官"),
]


def speech_reply(records: list[dict[str, Any]], following: int | None = None) -> bytes:
    reply: dict[str, Any] = {
        "numberOfRecords": len(records),
        "numberOfReturn": len(records),
        "startRecord": 1,
        "nextRecordPosition": following,
    }
    if records:
        reply["speechRecord"] = records
    return json.dumps(reply, ensure_ascii=False).encode()


def meeting_reply(records: list[dict[str, Any]]) -> bytes:
    shared = ("issueID", "nameOfHouse", "nameOfMeeting", "issue", "date")
    meeting = {key: records[0][key] for key in shared}
    meeting["speechRecord"] = [
        {key: value for key, value in one.items() if key not in shared} for one in records
    ]
    return json.dumps(
        {"numberOfRecords": 1, "meetingRecord": [meeting]}, ensure_ascii=False
    ).encode()

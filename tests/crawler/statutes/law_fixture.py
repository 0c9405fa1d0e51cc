"""One fictional law of the town of Aoba in each form in which e-Gov's laws come."""

from __future__ import annotations

import base64
import json
from typing import Any
from xml.etree import ElementTree

REVISION_ID = "399AC0000000001_20240401_406AC0000000002"

LAW_BODY = """
<LawNum>平成九十九年法律第一号</LawNum>
<LawBody>
  <LawTitle Kana="はなびばんごうほう" Abbrev="花火法">花火番号法</LawTitle>
  <TOC><TOCLabel>目次</TOCLabel></TOC>
  <MainProvision>
    <Chapter Num="1"><ChapterTitle>第一章　総則</ChapterTitle>
      <Article Num="1">
        <ArticleTitle>第一条</ArticleTitle>
        <Paragraph Num="1"><ParagraphNum/><ParagraphSentence>
          <Sentence>花火を<Ruby>揚<Rt>あ</Rt></Ruby>げる。</Sentence>
        </ParagraphSentence></Paragraph>
      </Article>
      <Article Num="30_15">
        <ArticleCaption>（利用）</ArticleCaption><ArticleTitle>第三十条の十五</ArticleTitle>
        <Paragraph Num="1"><ParagraphNum/>
          <ParagraphSentence>
            <Sentence Num="1" Function="main">町長は、次に掲げる場合（前条の場合を除く。）には、個人番号を利用する。</Sentence>
            <Sentence Num="2" Function="proviso">ただし、雨の日は、この限りでない。</Sentence>
          </ParagraphSentence>
          <Item Num="1"><ItemTitle>一</ItemTitle>
            <ItemSentence><Column Num="1"><Sentence>花火師</Sentence></Column><Column Num="2"><Sentence>花火を作る者をいう。</Sentence></Column></ItemSentence>
            <Subitem1 Num="1"><Subitem1Title>イ</Subitem1Title><Subitem1Sentence><Sentence>大玉</Sentence></Subitem1Sentence></Subitem1>
          </Item>
        </Paragraph>
        <Paragraph Num="2"><ParagraphNum>２</ParagraphNum><ParagraphSentence><Sentence>前項の番号は、秘密とする。</Sentence></ParagraphSentence></Paragraph>
      </Article>
    </Chapter>
  </MainProvision>
  <SupplProvision><SupplProvisionLabel>附　則</SupplProvisionLabel>
    <Article Num="9"><ArticleTitle>第九条</ArticleTitle><Paragraph Num="1"><ParagraphNum/><ParagraphSentence><Sentence>個人番号の経過措置は、政令で定める。</Sentence></ParagraphSentence></Paragraph></Article>
  </SupplProvision>
  <AppdxTable Num="1">
    <AppdxTableTitle WritingMode="vertical">別表第一</AppdxTableTitle><RelatedArticleNum>（第三十条の十五関係）</RelatedArticleNum>
    <TableStruct><Table>
      <TableRow><TableColumn><Sentence>利用する者</Sentence></TableColumn><TableColumn><Sentence>事務</Sentence></TableColumn></TableRow>
      <TableRow><TableColumn><Sentence>一　青葉町長</Sentence></TableColumn><TableColumn><Sentence>花火保険法（平成九十八年法律第二号）による花火保険の給付に関する事務</Sentence></TableColumn></TableRow>
      <TableRow><TableColumn><Sentence>二　削除</Sentence></TableColumn><TableColumn><Sentence/></TableColumn></TableRow>
      <TableRow><TableColumn><Sentence>二の二　青葉町長</Sentence></TableColumn><TableColumn><Sentence>一　旅券法による旅券の発給に関する事務</Sentence><Sentence>二　花火保険法による保険料の徴収に関する事務</Sentence></TableColumn></TableRow>
    </Table></TableStruct>
  </AppdxTable>
  <AppdxTable Num="2">
    <AppdxTableTitle>別表第二（第三十条の十五関係）</AppdxTableTitle>
    <TableStruct><Table>
      <TableRow><TableColumn><Sentence>照会者</Sentence></TableColumn><TableColumn><Sentence>事務</Sentence></TableColumn><TableColumn><Sentence>提供者</Sentence></TableColumn><TableColumn><Sentence>情報</Sentence></TableColumn></TableRow>
      <TableRow><TableColumn rowspan="2"><Sentence>一　青葉町長</Sentence></TableColumn><TableColumn rowspan="2"><Sentence>花火保険法による給付に関する事務</Sentence></TableColumn><TableColumn><Sentence>国税庁長官</Sentence></TableColumn><TableColumn><Sentence>花火税関係情報</Sentence></TableColumn></TableRow>
      <TableRow><TableColumn><Sentence>花火師組合</Sentence></TableColumn><TableColumn><Sentence>大玉関係情報</Sentence></TableColumn></TableRow>
    </Table></TableStruct>
  </AppdxTable>
  <AppdxTable Num="3">
    <AppdxTableTitle>別表第三</AppdxTableTitle><RelatedArticleNum>（第三十条の十五関係）</RelatedArticleNum>
    <Item Num="1"><ItemTitle>一</ItemTitle><ItemSentence><Sentence>旅券法による旅券の発給に関する事務</Sentence></ItemSentence></Item>
    <Item Num="2"><ItemTitle>一の二</ItemTitle><ItemSentence><Sentence>花火保険法による届出に関する事務</Sentence></ItemSentence>
      <Subitem1 Num="1"><Subitem1Title>イ</Subitem1Title><Subitem1Sentence><Sentence>大玉の届出</Sentence></Subitem1Sentence></Subitem1></Item>
  </AppdxTable>
</LawBody>
"""

PLAIN_XML = f'<?xml version="1.0" encoding="UTF-8"?>\n<Law Era="Heisei" Year="99" Num="001" LawType="Act" Lang="ja">{LAW_BODY}</Law>'
NEW_DIALECT = (
    '<Law Era="Heisei" Year="99" Num="001" LawType="Act" LawId="399AC0000000001" DataInfo="240401e01" '
    'EnforcementDate="2024/04/01" AmendmentPromulgateDate="2023/12/01" Status="CurrentEnforced" '
    f'EnforcementComment="">{LAW_BODY}</Law>'
)
OLD_WRAPPER = (
    "<DataRoot><Result><Code>0</Code><Message/></Result><ApplData><LawId>399AC0000000001</LawId>"
    f"<LawFullText><Law Lang='ja'>{LAW_BODY}</Law></LawFullText></ApplData></DataRoot>"
)
REVISION_INFO: dict[str, Any] = {
    "law_revision_id": REVISION_ID,
    "law_type": "Act",
    "law_title": "花火番号法",
    "abbrev": "花火法",
    "amendment_promulgate_date": "2023-12-01",
    "amendment_enforcement_date": "2024-04-01",
    "amendment_enforcement_comment": None,
    "amendment_law_id": "406AC0000000002",
    "amendment_law_title": "花火番号法の一部を改正する法律",
    "amendment_law_num": "令和六年法律第二号",
    "current_revision_status": "CurrentEnforced",
}
LAW_INFO = {"law_id": "399AC0000000001", "law_num": "平成九十九年法律第一号"}
API_XML = (
    "<law_data_response><law_info>"
    + "".join(f"<{k}>{v}</{k}>" for k, v in LAW_INFO.items())
    + "</law_info><revision_info>"
    + "".join(f"<{k}>{v or ''}</{k}>" for k, v in REVISION_INFO.items())
    + f"</revision_info><law_full_text><Law Lang='ja'>{LAW_BODY}</Law></law_full_text></law_data_response>"
)

MARKDOWN = """---
title: "花火番号法"
identifier: "399AC0000000001"
last_updated: "2024-04-01"
extra:
  law_num: "平成九十九年法律第一号"
  enforced_at: "2024-04-01"
---

### 第一章　総則

**第一条**　花火を揚げる。

**第三十条の十五（利用）**　町長は、次に掲げる場合（前条の場合を除く。）には、個人番号を利用する。ただし、雨の日は、この限りでない。

- 一　花火師花火を作る者をいう。
  - イ　大玉

**２**　前項の番号は、秘密とする。

## 附則

**第九条**　個人番号の経過措置は、政令で定める。

| 一　附則の表 | は読まない |
| --- | --- |

**別表第一**

| 利用する者 | 事務 |
| --- | --- |
| 一　青葉町長 | 花火保険法（平成九十八年法律第二号）による花火保険の給付に関する事務 |
| 二　削除 |  |
| 二の二　青葉町長 | 一　旅券法による旅券の発給に関する事務二　花火保険法による保険料の徴収に関する事務 |

**別表第二**

| 照会者 | 事務 | 提供者 | 情報 |
| --- | --- | --- | --- |
| 一　青葉町長 | 花火保険法による給付に関する事務 | 国税庁長官 | 花火税関係情報 |
| 花火師組合 | 大玉関係情報 |  |  |

**別表第三**

- 一　旅券法による旅券の発給に関する事務

- 一の二　花火保険法による届出に関する事務
  - イ　大玉の届出
"""


def tree(element: ElementTree.Element) -> dict[str, Any]:
    """The API's JSON shape of an element; an element without attributes has `attr: ""` as in its samples."""
    children: list[Any] = [element.text] if element.text else []
    for child in element:
        children.append(tree(child))
        if child.tail:
            children.append(child.tail)
    return {"tag": element.tag, "attr": dict(element.attrib) or "", "children": children}


def json_tree() -> dict[str, Any]:
    return tree(ElementTree.fromstring(PLAIN_XML.encode()))


def envelope(text: Any) -> bytes:
    reply = {"law_info": LAW_INFO, "revision_info": REVISION_INFO, "law_full_text": text}
    return json.dumps(reply, ensure_ascii=False).encode()


def in_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()

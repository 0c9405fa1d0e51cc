from classifier.pipeline import COMPONENTS, settings


def test_the_pipes_need_nothing_that_is_missing(nlp):
    assert not any(nlp.analyze_pipes()["problems"].values())


def test_every_component_has_a_block_and_a_place():
    order = settings()["order"]["components"]
    assert set(order) == set(settings()["components"])
    assert len(order) == len(COMPONENTS)


def test_unread_pipes_are_not_loaded(nlp):
    assert not {"ner", "compound_splitter", "bunsetu_recognizer"} & set(nlp.pipe_names)


def test_what_the_components_write(nlp):
    doc = nlp("総務省は、銀行が顧客の識別に住民票コードを使わないよう求めた。")
    assert [m.identifier.value for m in doc._.identifiers] == ["juki"]
    assert "bank" in {c.sector.value for c in doc._.cues}
    used = [p for p in doc._.predicates if p.family == "use"]
    assert used
    assert any(p.negated for p in used)
    assert not any(p.main for p in used)
    assert "denied.order" in {m.name for m in doc._.marks}
    assert doc._.actor.text == "総務省"


def test_quotation_has_its_speaker(nlp):
    doc = nlp("大臣は「番号を使う考えはない」と述べた。")
    assert [(q.start, q.speaker) for q in doc._.quotations] == [(3, "大臣")]


def test_papers_and_contexts(nlp):
    papers = nlp("運転免許証、パスポート、マイナンバーカード等をお持ちください。")
    assert papers._.papers >= 2
    crime = nlp("偽造したマイナンバーカードを使った疑いで男を逮捕した。")
    assert "crime" in crime._.contexts


def test_conditionals(nlp):
    doc = nlp("もし警察がマイナンバーを使えば、監視が進む。")
    assert any(p.conditional for p in doc._.predicates if p.family == "use")

"""The lexicon of systems: whole, well formed, and the only source of systems' ids."""

from __future__ import annotations

from importlib import resources
from unicodedata import normalize

import yaml

from data.names import subject_name
from data.systems import load_systems, systems_content
from data.vocabulary import Sector

ASKED_FOR = {
    "driving_licence": "police",
    "deposit_account": "bank",
    "benefit_account": "bank",
    "securities_account": "bank",
    "consumer_loan": "bank",
    "criminal_investigation": "police",
    "passport_application": "passport",
    "residence_card": "passport",
    "border_control": "passport",
    "e_tax": "tax",
    "withholding": "tax",
    "local_tax": "tax",
    "hometown_tax": "tax",
    "invoice": "tax",
    "insurance_card": "health",
    "pharmacy": "health",
    "vaccination": "health",
    "medical_record": "health",
    "pension": "welfare",
    "child_allowance": "welfare",
    "public_assistance": "welfare",
    "education": "other",
    "land_registry": "other",
    "family_register": "other",
    "elections": "other",
    "telecom": "other",
    "casinos": "other",
    "ticketing": "other",
    "libraries": "other",
    "employers": "other",
}


def test_every_system_that_was_asked_for_is_there_in_its_sector() -> None:
    systems = load_systems()
    assert len(systems) >= 60
    assert {name: systems[name].sector.value for name in ASKED_FOR} == ASKED_FOR


def test_aliases_are_nfkc_and_other_systems_carry_their_domain() -> None:
    for system in load_systems().values():
        assert [normalize("NFKC", word) for word in system.aliases] == list(system.aliases)
        assert bool(system.domain) == (system.sector is Sector.OTHER), system.id


def test_every_sector_has_its_generic_words() -> None:
    assert set(systems_content()["sectors"]) == set(Sector)


def test_the_rules_for_statutes_name_only_systems_of_their_sector() -> None:
    text = resources.files("data").joinpath("statute_sectors.yml").read_text(encoding="utf-8")
    for rule in yaml.safe_load(text)["rules"]:
        if "system" in rule:
            assert load_systems()[rule["system"]].sector == rule["sector"], rule


def test_a_subject_is_named_in_both_languages_and_an_unknown_one_by_its_id() -> None:
    assert subject_name("driving_licence", "ja") == "運転免許証"
    assert subject_name("driving_licence", "en") == "driving licence"
    assert subject_name("bank", "en") == "banking"
    assert subject_name("nobody_named_it", "ja") == "nobody_named_it"

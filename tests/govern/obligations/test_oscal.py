"""The OSCAL export: valid by the models of OSCAL 1.2.1, the same for the same, all ids found."""

import json
import warnings
from datetime import timedelta
from uuid import UUID

import pytest

from charter.govern.obligations.answer import State, answers
from charter.govern.obligations.facts import gather
from charter.govern.obligations.organisation import Organisation
from charter.govern.obligations.oscal import VERSION, catalog, catalog_name, results
from charter.govern.obligations.pack_file import load_packs
from charter.govern.obligations.query import Look
from charter.ledger.open import open_ledger
from charter.load import load

from .kept import NOW, counted, decision, incident, review, started

OURS = Organisation(
    name="Ex\x1bample\nLtd",
    actors=("provider", "deployer", "large-frontier-developer"),
    answers={"high-risk": "annex-iii", "talks-to-people": "yes", "develops-for-california": "yes"},
)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    spec = load("starter")
    with open_ledger(tmp_path_factory.mktemp("kept")) as ledger:
        ledger.append(decision(1, days=200), decision(3), counted(3), incident("inc"))
        ledger.append(review("dec_svc_1", "ada"), started(spec.digest))
        facts = gather(ledger, at=NOW)
    return answers(load_packs(()), Look(at=NOW, facts=facts, spec=spec, organisation=OURS))


@pytest.fixture(scope="module")
def document(found):
    return results(found, at=NOW, who=OURS.name, where="ledger.sqlite")


@pytest.fixture(scope="module")
def oscal():
    """Models made from NIST's schemas, which refuse keys that OSCAL does not have."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from trestle.oscal import OSCAL_VERSION, assessment_results, catalog  # noqa: PLC0415
    assert OSCAL_VERSION == VERSION
    return {
        "assessment-results": assessment_results.AssessmentResults,
        "catalog": catalog.Catalog,
    }


def valid(oscal, document):
    ((name, value),) = json.loads(json.dumps(document)).items()
    oscal[name].model_validate(value)


def test_results_are_valid(oscal, document):
    valid(oscal, document)


def test_results_are_valid_where_nothing_applies(oscal):
    nobody = answers(load_packs(()), Look(at=NOW, organisation=Organisation(actors=())))
    valid(oscal, results(nobody, at=NOW, who="", where=""))


def test_catalogs_are_valid(oscal):
    for pack in load_packs(()):
        valid(oscal, catalog(pack, NOW))


def test_the_models_would_refuse_what_is_wrong(oscal, document):
    value = json.loads(json.dumps(document))["assessment-results"]
    for spoil in (
        {"uuid": "none"},
        {"more": 1},
        {"import-ap": {}},
        {"results": []},
        {"results": [value["results"][0] | {"findings": [{"uuid": value["uuid"]}]}]},
    ):
        with pytest.raises(ValueError, match="validation error"):
            oscal["assessment-results"].model_validate(value | spoil)


def test_the_same_answers_give_the_same_file_and_others_do_not(found, document):
    again = results(found, at=NOW, who=OURS.name, where="ledger.sqlite")
    assert json.dumps(again) == json.dumps(document)
    later = results(found, at=NOW + timedelta(days=1), who=OURS.name, where="ledger.sqlite")
    assert not ids(later) & ids(document)
    assert not ids(results(found[:1], at=NOW, who=OURS.name, where="x")) & ids(document)


def every(value, key):
    if isinstance(value, dict):
        yield from ([value[key]] if key in value else [])
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from every(each, key)


def ids(document):
    return set(every(document, "uuid"))


def test_every_id_is_unique_and_everything_referred_to_is_there(document):
    given = list(every(document, "uuid"))
    assert len(given) == len(set(given))
    assert all(UUID(each).version == 5 for each in given)
    assert set(every(document, "observation-uuid")) <= set(given)
    assert document["assessment-results"]["import-ap"]["href"].removeprefix("#") in given
    controls = {
        each["id"]
        for pack in load_packs(())
        for each in catalog(pack, NOW)["catalog"]["groups"][0]["controls"]
    }
    assert set(every(document, "control-id")) <= controls
    assert set(every(document, "target-id")) <= controls
    assert {each["href"] for each in every(document, "rlinks") for each in each} == {
        catalog_name(pack) for pack in load_packs(())
    }


def test_only_what_has_all_its_evidence_is_satisfied(found, document):
    told = {each["target"]["target-id"]: each for each in whole(document)}
    for each in (answer for pack in found for answer in pack.answers):
        finding = told.get(each.obligation.id)
        if each.state in (State.EVIDENCE, State.PARTIAL, State.NONE, State.OUT_OF_DATE):
            status = finding["target"]["status"]["state"]
            assert (status == "satisfied") == (each.state is State.EVIDENCE)
        else:
            assert finding is None
    assert {each.state for pack in found for each in pack.answers} >= {
        State.PARTIAL,
        State.NONE,
        State.OUT_OF_DATE,
        State.NOT_YET,
        State.UNDECIDED,
        State.NOT_APPLICABLE,
    }


def whole(document):
    return [
        each
        for result in document["assessment-results"]["results"]
        for each in result.get("findings", [])
    ]


def test_it_says_of_nobody_that_they_comply(document):
    text = json.dumps(document).lower()
    assert "complian" not in text
    assert "\\u001b" not in text

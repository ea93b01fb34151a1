"""The schema that is shipped: it is one, the samples keep it, and it refuses what is wrong."""

from importlib import resources
from typing import Any

import pytest
import xmlschema

from aula_plugins.stil.grammar import PEOPLE, SURVEY, Rule
from aula_plugins.stil.settings import NAMESPACE

XS = "{http://www.w3.org/2001/XMLSchema}"


@pytest.fixture(scope="module")
def schema() -> xmlschema.XMLSchema10:
    """The shipped schema, by the rules of XSD 1.0."""
    return xmlschema.XMLSchema10(
        (resources.files("aula_plugins.stil") / "export-1.xsd").read_text("utf-8")
    )


def test_the_samples_keep_it(schema: xmlschema.XMLSchema10, exports: Any) -> None:
    """What the tests read as good is what the schema asks for."""
    assert schema.target_namespace == NAMESPACE
    schema.validate((exports.data / "full.xml").read_text())
    small = exports.export(
        exports.institution(exports.pupil(exports.contact("mor00001")), exports.employee())
    )
    schema.validate(small)


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("970001</InstitutionNumber>", "97001</InstitutionNumber>"),
        ("Hovedgruppe", "Hovedklasse"),
        ('accessLevel="full"', 'accessLevel="stor"'),
        ("<UserId>ole00001</UserId>", ""),
        ('childCustody="true"', 'childCustody="måske"'),
        ("<Role>Lærer</Role>", "<Role>Pedel</Role>"),
        ("2026-2027", "2026"),
    ],
)
def test_it_refuses(schema: xmlschema.XMLSchema10, exports: Any, good: str, bad: str) -> None:
    """It says something: a supplier who checks against it finds these mistakes."""
    text = exports.export(
        exports.institution(exports.pupil(exports.contact("mor00001")), exports.employee())
    )
    assert schema.is_valid(text)
    assert good in text
    assert not schema.is_valid(text.replace(good, bad, 1))


def test_everything_that_is_read_is_in_it(schema: xmlschema.XMLSchema10) -> None:
    """Grammar and schema name the same elements; CPR numbers are in the schema and never read."""
    text = (resources.files("aula_plugins.stil") / "export-1.xsd").read_text("utf-8")
    for name in _names(SURVEY) | _names(PEOPLE) - {"number"}:
        assert f'name="{name}"' in text, name
    assert not any(
        word in name.lower()
        for name in _names(PEOPLE) | _names(SURVEY)
        for word in ("cpr", "civil")
    )


def test_every_element_is_explained_twice(schema: xmlschema.XMLSchema10) -> None:
    """In English and in Danish, since both suppliers and municipalities read it."""
    root = schema.root
    for kind in ("element", "complexType", "simpleType"):
        for each in root.iter(f"{XS}{kind}"):
            if each.get("name"):
                texts = each.findall(f"{XS}annotation/{XS}documentation")
                assert len(texts) == 2, each.get("name")


def _names(rule: Rule) -> set[str]:
    inner = [_names(part) for part in rule.parts.values()]
    return {rule.name, *rule.fields.values()}.union(*inner)

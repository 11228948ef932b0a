"""The words around questions, in the languages that we have: on forms and on pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

OWN = "en"


@dataclass(frozen=True, slots=True)
class Wording:
    """What stands around questions, in one language."""

    agree: str
    disagree: str
    undecided: str
    """Of somebody who has seen a statement and does not want to decide."""
    personal: str
    """Heading over an order by one's own preference."""
    world: str
    """Heading over an order by what is best for the world."""
    place: str
    """How the best and the level are written; with {count}."""
    unacceptable: str
    barred: str
    """One candidate is unacceptable."""
    none: str
    """None of the candidates is unacceptable."""
    boxes: str
    """What to do where some candidates and `none` are marked, too."""
    why: str
    person: str
    """Who speaks to the assistant in a conversation."""
    assistant: str
    instructions: str
    """What a developer or an operator tells the assistant."""
    tool: str
    """What a tool gave back."""
    answer: str
    """One candidate: its number follows."""
    unanswered: str
    rating: str
    """With {least} and {most}."""
    about_you: str
    purpose: str
    contact: str
    retention: str
    """With {days}."""
    until: str
    """The last day on which answers are taken; with {day}."""
    consent: str
    save: str
    send: str
    """What to do with the file; with {contact}."""
    script: str
    """Where scripts are switched off."""


WORDINGS: Mapping[str, Wording] = {
    "en": Wording(
        agree="Agree",
        disagree="Disagree",
        undecided="Pass",
        personal="Which do you prefer yourself?",
        world="Which would be best for the world?",
        place="1 is the best; equal numbers are level. Give all {count} a number, or none.",
        unacceptable="Which are unacceptable?",
        barred="Unacceptable",
        none="None of them",
        boxes="Mark single answers as unacceptable, or none of them, not both.",
        why="Why? (optional)",
        person="Person",
        assistant="Assistant",
        instructions="Instructions to the assistant",
        tool="Result of a tool",
        answer="Answer",
        unanswered="No answer",
        rating="From {least} (very bad) to {most} (very good); 0 is neither.",
        about_you="About you (optional)",
        purpose="What it is for",
        contact="Who answers questions",
        retention="Your answers are erased after {days} days.",
        until="Answers are taken until {day}, to the end of that day in UTC.",
        consent="I agree",
        save="Save my answers as a file",
        send="Nothing is sent by this page. Save the file, then send it to {contact}.",
        script="This form needs JavaScript to write the file. It connects to nothing.",
    ),
    "de": Wording(
        agree="Stimme zu",
        disagree="Stimme nicht zu",
        undecided="Keine Entscheidung",
        personal="Welche ziehen Sie selbst vor?",
        world="Welche w\u00e4re f\u00fcr die Welt am besten?",
        place="1 ist die beste; gleiche Zahlen sind gleichauf. Geben Sie allen {count} eine Zahl,"
        " oder keiner.",
        unacceptable="Welche sind inakzeptabel?",
        barred="Inakzeptabel",
        none="Keine davon",
        boxes=("Markieren Sie einzelne Antworten als inakzeptabel oder keine davon, nicht beides."),
        why="Warum? (freiwillig)",
        person="Person",
        assistant="Assistent",
        instructions="Anweisungen an den Assistenten",
        tool="Ergebnis eines Werkzeugs",
        answer="Antwort",
        unanswered="Keine Angabe",
        rating="Von {least} (sehr schlecht) bis {most} (sehr gut); 0 ist weder noch.",
        about_you="\u00dcber Sie (freiwillig)",
        purpose="Wozu es dient",
        contact="Wer Fragen beantwortet",
        retention="Ihre Antworten werden nach {days} Tagen gel\u00f6scht.",
        until="Antworten werden bis {day} angenommen, bis zum Ende dieses Tages (UTC).",
        consent="Ich bin einverstanden",
        save="Meine Antworten als Datei speichern",
        send="Diese Seite sendet nichts. Speichern Sie die Datei, und schicken Sie sie an"
        " {contact}.",
        script="Dieses Formular braucht JavaScript, um die Datei zu schreiben. Es verbindet sich"
        " mit nichts.",
    ),
    "fr": Wording(
        agree="D'accord",
        disagree="Pas d'accord",
        undecided="Sans avis",
        personal="Laquelle pr\u00e9f\u00e9rez-vous vous-m\u00eame\u00a0?",
        world="Laquelle serait la meilleure pour le monde\u00a0?",
        place="1 est la meilleure\u00a0; des nombres \u00e9gaux sont \u00e0 \u00e9galit\u00e9."
        " Donnez un nombre aux {count}, ou \u00e0 aucune.",
        unacceptable="Lesquelles sont inacceptables\u00a0?",
        barred="Inacceptable",
        none="Aucune",
        boxes="Marquez certaines r\xe9ponses comme inacceptables, ou aucune, pas les deux.",
        why="Pourquoi\u00a0? (facultatif)",
        person="Personne",
        assistant="Assistant",
        instructions="Instructions donn\u00e9es \u00e0 l'assistant",
        tool="R\u00e9sultat d'un outil",
        answer="R\u00e9ponse",
        unanswered="Sans r\u00e9ponse",
        rating="De {least} (tr\u00e8s mauvais) \u00e0 {most} (tr\u00e8s bon)\u00a0; 0 est neutre.",
        about_you="\u00c0 propos de vous (facultatif)",
        purpose="\u00c0 quoi cela sert",
        contact="Qui r\u00e9pond aux questions",
        retention="Vos r\u00e9ponses sont effac\u00e9es apr\u00e8s {days} jours.",
        until="Les r\xe9ponses sont accept\xe9es jusqu'au {day}, \xe0 la fin de ce jour (UTC).",
        consent="J'accepte",
        save="Enregistrer mes r\u00e9ponses dans un fichier",
        send="Cette page n'envoie rien. Enregistrez le fichier, puis envoyez-le \u00e0 {contact}.",
        script="Ce formulaire a besoin de JavaScript pour \u00e9crire le fichier. Il ne se connecte"
        " \u00e0 rien.",
    ),
    "es": Wording(
        agree="De acuerdo",
        disagree="En desacuerdo",
        undecided="Sin decidir",
        personal="\u00bfCu\u00e1l prefiere usted?",
        world="\u00bfCu\u00e1l ser\u00eda la mejor para el mundo?",
        place="1 es la mejor; n\u00fameros iguales empatan. D\u00e9 un n\u00famero a las {count},"
        " o a ninguna.",
        unacceptable="\u00bfCu\u00e1les son inaceptables?",
        barred="Inaceptable",
        none="Ninguna",
        boxes="Marque algunas respuestas como inaceptables, o ninguna, no ambas cosas.",
        why="\u00bfPor qu\u00e9? (opcional)",
        person="Persona",
        assistant="Asistente",
        instructions="Instrucciones para el asistente",
        tool="Resultado de una herramienta",
        answer="Respuesta",
        unanswered="Sin respuesta",
        rating="De {least} (muy mala) a {most} (muy buena); 0 es ni una ni otra.",
        about_you="Sobre usted (opcional)",
        purpose="Para qu\u00e9 sirve",
        contact="Qui\u00e9n responde preguntas",
        retention="Sus respuestas se borran despu\u00e9s de {days} d\u00edas.",
        until="Se aceptan respuestas hasta el {day}, al final de ese d\xeda (UTC).",
        consent="Acepto",
        save="Guardar mis respuestas en un archivo",
        send="Esta p\u00e1gina no env\u00eda nada. Guarde el archivo y env\u00edelo a {contact}.",
        script="Este formulario necesita JavaScript para escribir el archivo. No se conecta a"
        " nada.",
    ),
    "ar": Wording(
        agree="\u0623\u0648\u0627\u0641\u0642",
        disagree="\u0644\u0627 \u0623\u0648\u0627\u0641\u0642",
        undecided="\u0644\u0627 \u0631\u0623\u064a \u0644\u064a",
        personal=(
            "\u0623\u064a\u0651\u0647\u0627 \u062a\u0641\u0636\u0651\u0644 \u0623\u0646\u062a\u061f"
        ),
        world=(
            "\u0623\u064a\u0651\u0647\u0627 \u0627\u0644\u0623\u0641\u0636\u0644"
            " \u0644\u0644\u0639\u0627\u0644\u0645\u061f"
        ),
        place=(
            "1 \u0647\u0648 \u0627\u0644\u0623\u0641\u0636\u0644\u061b"
            " \u0648\u0627\u0644\u0623\u0631\u0642\u0627\u0645"
            " \u0627\u0644\u0645\u062a\u0633\u0627\u0648\u064a\u0629"
            " \u0645\u062a\u0639\u0627\u062f\u0644\u0629."
            " \u0623\u0639\u0637\u0650 \u0631\u0642\u0645\u064b\u0627"
            " \u0644\u0643\u0644 \u0627\u0644\u0623\u062c\u0648\u0628\u0629\u060c"
            " \u0648\u0639\u062f\u062f\u0647\u0627 {count}\u060c \u0623\u0648"
            " \u0644\u0627 \u062a\u0639\u0637\u0650"
            " \u0623\u064a\u064b\u0651\u0627 \u0645\u0646\u0647\u0627."
        ),
        unacceptable=(
            "\u0623\u064a\u0651\u0647\u0627 \u063a\u064a\u0631 \u0645\u0642\u0628\u0648\u0644\u061f"
        ),
        barred="\u063a\u064a\u0631 \u0645\u0642\u0628\u0648\u0644",
        none="\u0644\u0627 \u0634\u064a\u0621 \u0645\u0646\u0647\u0627",
        boxes=(
            "\u062d\u062f\u0651\u062f \u0623\u062c\u0648\u0628\u0629"
            " \u0628\u0639\u064a\u0646\u0647\u0627 \u0639\u0644\u0649"
            " \u0623\u0646\u0647\u0627 \u063a\u064a\u0631"
            " \u0645\u0642\u0628\u0648\u0644\u0629\u060c \u0623\u0648 \u0644\u0627"
            " \u0634\u064a\u0621 \u0645\u0646\u0647\u0627\u060c \u0644\u0627"
            " \u0643\u0644\u064a\u0647\u0645\u0627."
        ),
        why=("\u0644\u0645\u0627\u0630\u0627\u061f (\u0627\u062e\u062a\u064a\u0627\u0631\u064a)"),
        person="\u0627\u0644\u0634\u062e\u0635",
        assistant="\u0627\u0644\u0645\u0633\u0627\u0639\u062f",
        instructions=(
            "\u062a\u0639\u0644\u064a\u0645\u0627\u062a \u0644\u0644\u0645\u0633\u0627\u0639\u062f"
        ),
        tool="\u0646\u062a\u064a\u062c\u0629 \u0623\u062f\u0627\u0629",
        answer="\u0627\u0644\u062c\u0648\u0627\u0628",
        unanswered="\u0628\u0644\u0627 \u062c\u0648\u0627\u0628",
        rating=(
            "\u0645\u0646 {least} (\u0633\u064a\u0626"
            " \u062c\u062f\u064b\u0651\u0627) \u0625\u0644\u0649 {most}"
            " (\u062c\u064a\u062f \u062c\u062f\u064b\u0651\u0627)\u061b \u06480"
            " \u0644\u0627 \u0647\u0630\u0627 \u0648\u0644\u0627"
            " \u0630\u0627\u0643."
        ),
        about_you="\u0639\u0646\u0643 (\u0627\u062e\u062a\u064a\u0627\u0631\u064a)",
        purpose="\u0627\u0644\u063a\u0631\u0636 \u0645\u0646 \u0647\u0630\u0627",
        contact=(
            "\u0645\u0646 \u064a\u062c\u064a\u0628 \u0639\u0646"
            " \u0627\u0644\u0623\u0633\u0626\u0644\u0629"
        ),
        retention=(
            "\u062a\u064f\u0645\u062d\u0649 \u0623\u062c\u0648\u0628\u062a\u0643"
            " \u0628\u0639\u062f {days} \u064a\u0648\u0645\u064b\u0627."
        ),
        until=(
            "\u062a\u064f\u0642\u0628\u0644"
            " \u0627\u0644\u0623\u062c\u0648\u0628\u0629 \u062d\u062a\u0649"
            " \u2066{day}\u2069\u060c \u0625\u0644\u0649"
            " \u0646\u0647\u0627\u064a\u0629 \u0630\u0644\u0643"
            " \u0627\u0644\u064a\u0648\u0645"
            " \u0628\u0627\u0644\u062a\u0648\u0642\u064a\u062a"
            " \u0627\u0644\u0639\u0627\u0644\u0645\u064a."
        ),
        consent="\u0623\u0648\u0627\u0641\u0642",
        save=(
            "\u0627\u062d\u0641\u0638 \u0623\u062c\u0648\u0628\u062a\u064a"
            " \u0641\u064a \u0645\u0644\u0641"
        ),
        send=(
            "\u0644\u0627 \u062a\u0631\u0633\u0644 \u0647\u0630\u0647"
            " \u0627\u0644\u0635\u0641\u062d\u0629"
            " \u0634\u064a\u0626\u064b\u0627. \u0627\u062d\u0641\u0638"
            " \u0627\u0644\u0645\u0644\u0641 \u062b\u0645"
            " \u0623\u0631\u0633\u0644\u0647 \u0625\u0644\u0649 {contact}."
        ),
        script=(
            "\u064a\u062d\u062a\u0627\u062c \u0647\u0630\u0627"
            " \u0627\u0644\u0646\u0645\u0648\u0630\u062c \u0625\u0644\u0649"
            " JavaScript \u0644\u0643\u062a\u0627\u0628\u0629"
            " \u0627\u0644\u0645\u0644\u0641. \u0648\u0647\u0648 \u0644\u0627"
            " \u064a\u062a\u0635\u0644 \u0628\u0623\u064a \u0634\u064a\u0621."
        ),
    ),
}
RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ks", "ku", "ps", "sd", "ug", "ur", "yi"})


def wording_of(language: str) -> tuple[str, Wording]:
    """Return the words for a language and the language that they are in.

    English stands in for what we do not have; pages then mark it as English.
    """
    for each in (language, language.partition("-")[0]):
        if each in WORDINGS:
            return each, WORDINGS[each]
    return OWN, WORDINGS[OWN]


def speaker(say: Wording, role: str) -> str:
    """Return how people are told who speaks in a conversation."""
    known = {"user": say.person, "assistant": say.assistant, "tool": say.tool}
    return known.get(role, say.instructions)


def direction(language: str) -> str:
    """Return `rtl` for languages that are written from right to left, else `ltr`."""
    return "rtl" if language.partition("-")[0] in RIGHT_TO_LEFT else "ltr"

"""What a drafted survey says around the words of a spec, in the languages that we have.

An author's words stay as they are, in quotation marks. `{words}` stands for them, `{title}` for
the title of the spec; a word in capitals such as COMPLETE keeps a survey from being opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Frame:
    """The sentences of one language."""

    title: str
    statement: str
    opposite: str
    """Says the reverse of `statement`, around the same words."""
    rubric: str
    consent: str
    purpose: str
    traits: Mapping[str, tuple[str, Mapping[str, str]]]
    """By id: the question, and the words of each option by id."""


FRAMES: Mapping[str, Frame] = {
    "en": Frame(
        title="What should the assistant do? Questions on: {title}",
        statement="An AI assistant should keep to this rule: \u201c{words}\u201d",
        opposite="An AI assistant should not have to keep to this rule: \u201c{words}\u201d",
        rubric="How good is an answer that keeps to this rule? \u201c{words}\u201d",
        consent=(
            "I am 18 or older and take part of my own will. I agree that COMPLETE (name of your"
            " organisation) keeps my answers, encrypted and without my name, for the time said"
            " below. I can see, change or withdraw them with the receipt that I get."
        ),
        purpose=(
            "Your answers help to improve the rules of an AI assistant. COMPLETE (who reads them,"
            " what is decided with them, where the results will be published)"
        ),
        traits={
            "age": (
                "How old are you?",
                {"under-30": "Under 30", "30-to-59": "30 to 59", "60-and-over": "60 and over"},
            ),
            "use": (
                "How often do you use AI assistants?",
                {"daily": "Every day", "sometimes": "Sometimes", "never": "Never"},
            ),
        },
    ),
    "de": Frame(
        title="Was soll der Assistent tun? Fragen zu: {title}",
        statement="Ein KI-Assistent soll sich an diese Regel halten: \u201e{words}\u201c",
        opposite="Ein KI-Assistent soll sich nicht an diese Regel halten m\u00fcssen:"
        " \u201e{words}\u201c",
        rubric="Wie gut ist eine Antwort, die sich an diese Regel h\u00e4lt? \u201e{words}\u201c",
        consent=(
            "Ich bin mindestens 18 Jahre alt und nehme freiwillig teil. Ich bin einverstanden,"
            " dass COMPLETE (Name Ihrer Organisation) meine Antworten verschl\u00fcsselt und ohne"
            " meinen Namen f\u00fcr die unten genannte Zeit aufbewahrt. Mit der Quittung, die ich"
            " bekomme, kann ich sie ansehen, \u00e4ndern oder zur\u00fccknehmen."
        ),
        purpose=(
            "Ihre Antworten helfen, die Regeln eines KI-Assistenten zu verbessern. COMPLETE (wer"
            " sie liest, was damit entschieden wird, wo die Ergebnisse ver\u00f6ffentlicht werden)"
        ),
        traits={
            "age": (
                "Wie alt sind Sie?",
                {
                    "under-30": "Unter 30",
                    "30-to-59": "30 bis 59",
                    "60-and-over": "60 oder \u00e4lter",
                },
            ),
            "use": (
                "Wie oft benutzen Sie KI-Assistenten?",
                {"daily": "T\u00e4glich", "sometimes": "Manchmal", "never": "Nie"},
            ),
        },
    ),
    "fr": Frame(
        title="Que doit faire l'assistant\u00a0? Questions sur\u00a0: {title}",
        statement="Un assistant d'IA devrait respecter cette r\u00e8gle\u00a0:"
        " \u00ab\u00a0{words}\u00a0\u00bb",
        opposite="Un assistant d'IA ne devrait pas \u00eatre tenu de respecter cette"
        " r\u00e8gle\u00a0: \u00ab\u00a0{words}\u00a0\u00bb",
        rubric="Que vaut une r\u00e9ponse qui respecte cette r\u00e8gle\u00a0?"
        " \u00ab\u00a0{words}\u00a0\u00bb",
        consent=(
            "J'ai au moins 18 ans et je participe de mon plein gr\u00e9. J'accepte que COMPLETE"
            " (nom de votre organisation) conserve mes r\u00e9ponses, chiffr\u00e9es et sans mon"
            " nom, pendant la dur\u00e9e indiqu\u00e9e ci-dessous. Avec le re\u00e7u qui m'est"
            " remis, je peux les voir, les modifier ou les retirer."
        ),
        purpose=(
            "Vos r\u00e9ponses aident \u00e0 am\u00e9liorer les r\u00e8gles d'un assistant d'IA."
            " COMPLETE (qui les lit, ce qui en est d\u00e9cid\u00e9, o\u00f9 les r\u00e9sultats"
            " seront publi\u00e9s)"
        ),
        traits={
            "age": (
                "Quel \u00e2ge avez-vous\u00a0?",
                {
                    "under-30": "Moins de 30 ans",
                    "30-to-59": "De 30 \u00e0 59 ans",
                    "60-and-over": "60 ans et plus",
                },
            ),
            "use": (
                "\u00c0 quelle fr\u00e9quence utilisez-vous des assistants d'IA\u00a0?",
                {"daily": "Tous les jours", "sometimes": "Parfois", "never": "Jamais"},
            ),
        },
    ),
    "es": Frame(
        title="\u00bfQu\u00e9 debe hacer el asistente? Preguntas sobre: {title}",
        statement="Un asistente de IA deber\u00eda cumplir esta regla: \u00ab{words}\u00bb",
        opposite="Un asistente de IA no deber\u00eda tener que cumplir esta regla:"
        " \u00ab{words}\u00bb",
        rubric="\u00bfQu\u00e9 tan buena es una respuesta que cumple esta regla?"
        " \u00ab{words}\u00bb",
        consent=(
            "Tengo 18 a\u00f1os o m\u00e1s y participo por voluntad propia. Acepto que COMPLETE"
            " (nombre de su organizaci\u00f3n) guarde mis respuestas, cifradas y sin mi nombre,"
            " durante el tiempo indicado abajo. Con el recibo que me dan puedo verlas, cambiarlas"
            " o retirarlas."
        ),
        purpose=(
            "Sus respuestas ayudan a mejorar las reglas de un asistente de IA. COMPLETE (qui\u00e9n"
            " las lee, qu\u00e9 se decide con ellas, d\u00f3nde se publicar\u00e1n los resultados)"
        ),
        traits={
            "age": (
                "\u00bfQu\u00e9 edad tiene?",
                {
                    "under-30": "Menos de 30",
                    "30-to-59": "De 30 a 59",
                    "60-and-over": "60 o m\u00e1s",
                },
            ),
            "use": (
                "\u00bfCon qu\u00e9 frecuencia usa asistentes de IA?",
                {"daily": "Todos los d\u00edas", "sometimes": "A veces", "never": "Nunca"},
            ),
        },
    ),
}
TRAITS = tuple(FRAMES["en"].traits)
"""Traits that a draft can ask about."""

"""LangChain's own clients of both makers, unmodified, against a gateway over real HTTP."""

import asyncio

import anthropic
import httpx2
import openai
import pytest
from langchain_anthropic import ChatAnthropic
from langchain_core.messages import HumanMessage, SystemMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from pydantic import BaseModel


@tool
def look_up(word: str) -> str:
    """Look a word up."""
    return word


class Fine(BaseModel):
    """Whether it is fine."""

    fine: bool


@pytest.fixture(params=["chat", "responses", "messages"])
def model(request, gateway):
    """A model of LangChain, over each of the three APIs."""
    if request.param == "messages":
        return ChatAnthropic(
            model="m", base_url=gateway.url, api_key=gateway.key, max_retries=0, max_tokens=50
        )
    return ChatOpenAI(
        model="m",
        base_url=f"{gateway.url}/v1",
        api_key=gateway.key,
        max_retries=0,
        use_responses_api=request.param == "responses",
    )


def test_it_answers_whole_and_streamed(model):
    asked = [SystemMessage("Be brief."), HumanMessage("What is it?")]
    assert model.invoke(asked).text == "It is fine."
    assert "".join(chunk.text for chunk in model.stream(asked)) == "It is fine."


def test_it_answers_in_async_code(gateway):
    async def ask(model):
        whole = await model.ainvoke("What is it?")
        return whole.text, "".join([chunk.text async for chunk in model.astream("What is it?")])

    async def main():
        claude = ChatAnthropic(model="m", base_url=gateway.url, api_key=gateway.key, max_tokens=50)
        found = [await ask(claude)]
        await claude._async_client.close()
        async with httpx2.AsyncClient() as client:  # LangChain's own outlives the event loop
            for responses in (False, True):
                gpt = ChatOpenAI(
                    model="m",
                    base_url=f"{gateway.url}/v1",
                    api_key=gateway.key,
                    use_responses_api=responses,
                    http_async_client=client,
                )
                found.append(await ask(gpt))
        return found

    assert asyncio.run(main()) == [("It is fine.",) * 2] * 3


def test_tools_are_bound_called_and_answered(model, upstream):
    upstream.say("", calls=(("look_up", '{"word": "fine"}'),))
    bound = model.bind_tools([look_up])
    said = bound.invoke("What is it?")
    (call,) = said.tool_calls
    assert (call["name"], call["args"]) == ("look_up", {"word": "fine"})
    upstream.say("It is fine.")
    result = ToolMessage("fine: all right", tool_call_id=call["id"])
    assert bound.invoke([HumanMessage("What is it?"), said, result]).text == "It is fine."


def test_structured_output(model, upstream):
    if isinstance(model, ChatAnthropic):
        upstream.say("", calls=(("Fine", '{"fine": true}'),))
    else:
        upstream.say('{"fine": true}')
    assert model.with_structured_output(Fine).invoke("Is it?") == Fine(fine=True)


def test_a_refusal_is_raised_as_the_sdk_has_it(model):
    with pytest.raises((openai.PermissionDeniedError, anthropic.PermissionDeniedError)):
        model.invoke("FORBIDDEN")


def test_a_cut_stream_is_no_complete_answer(model, upstream):
    upstream.say("Well then, the word is XYZZY, you see.")
    chunks = list(model.stream("What is it?"))
    assert "X" not in "".join(chunk.text for chunk in chunks)
    ends = [chunk.response_metadata for chunk in chunks]
    said = {end.get("finish_reason") or end.get("stop_reason") or end.get("status") for end in ends}
    assert said & {"content_filter", "refusal", "incomplete"}

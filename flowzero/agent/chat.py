"""One question to a language model over an OpenAI-compatible endpoint, with everything that can go wrong on the way.

This is the only place that retries: the client's own retries are off. It tries again what may pass (timeouts, 429, 5xx, broken
connections), waits as long as the server asks, and gives up with a typed error. What an endpoint does not support (a JSON
Schema, its bounds, JSON mode, a temperature) it finds out once and remembers. The client library is imported on first use.
"""

from __future__ import annotations

import asyncio
import math
import random
import time
import warnings
from collections.abc import Sequence
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from flowzero.agent.minds import Meter
from flowzero.agent.schemas import Schema, unbounded
from flowzero.errors import LLMError, LLMReplyError, LLMTimeoutError, LLMUnavailableError, SettingsError
from flowzero.plan import Usage
from flowzero.settings import Settings

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage, AIMessageChunk
    from langchain_core.messages.ai import UsageMetadata
    from langchain_openai.chat_models.base import BaseChatOpenAI

Message = tuple[str, str]
"""Role (system, user or assistant) and text."""

FIRST_WAIT = 0.5
"""Seconds before the second try of what may pass, unless the server asks for more."""

LONGEST_WAIT = 30.0
"""Seconds. A server that asks for more is not waited for."""

_PATIENCE = "try again, or raise FLOWZERO_LLM_TIMEOUT"
_HINTS = {
    401: ": check FLOWZERO_LLM_API_KEY",
    403: ": check FLOWZERO_LLM_API_KEY",
    404: ": check FLOWZERO_LLM_MODEL, and that FLOWZERO_LLM_BASE_URL ends where the API begins, often in /v1",
    429: ": try again later",
}
_MALFORMED = (TypeError, ValueError, KeyError, AttributeError, IndexError)
"""What the client raises when it takes apart what is no chat completion."""

_FORMS = ("schema", "plain schema", "json", "text")


class Reply(NamedTuple):
    """What a model answered."""

    text: str
    cut: bool
    """Whether the answer ends at the token limit."""
    probability: float | None = None
    """Of the whole answer, as the model has it; None where that was not asked for, or the endpoint does not say."""


class _Supported(NamedTuple):
    """What an endpoint is believed to take."""

    form: int = 0
    temperature: bool = True
    streams: bool = True


class RefusedError(LLMReplyError):
    """The model, or the endpoint's filter, declines to answer; asking again will not help."""


class Chat:
    """Asks one model; safe to share between tasks and event loops, as every request has a connection of its own.

    Raises:
        SettingsError: if the settings' address is none.
    """

    def __init__(self, settings: Settings) -> None:
        _check_address(settings.llm_base_url)
        self.settings = settings
        self.model = settings.llm_model or ""
        self._supported = _Supported()

    async def ask(
        self, messages: Sequence[Message], name: str, schema: Schema, meter: Meter, *, weighed: bool = False
    ) -> Reply:
        """The answer, in the strictest form that the endpoint supports; what it took goes onto the meter.

        With `weighed` the endpoint is asked how probable the model holds each token of it.

        Raises:
            LLMUnavailableError: if the endpoint cannot be reached, refuses the request, or stays overloaded.
            LLMTimeoutError: if it does not answer in time, tried as often as the settings say.
            LLMReplyError: if what it sends is no chat completion, or it declines to answer.
        """
        tries = 1 + self.settings.llm_retries
        supported = self._supported
        while True:
            try:
                return await self._once(messages, name, schema, meter, weighed)
            except _Again as again:
                tries -= 1
                if not tries or again.wait > LONGEST_WAIT:
                    raise again.error from again.__cause__
                await asyncio.sleep(again.wait or self._backoff(tries))
            except _Unsupported as fault:
                if not self._simplify(fault.text):
                    self._supported = supported
                    raise LLMUnavailableError(f"{self._where()} refused the request: {fault.text}.") from fault.__cause__

    async def _once(self, messages: Sequence[Message], name: str, schema: Schema, meter: Meter, weighed: bool) -> Reply:
        import httpx
        import openai
        from langchain_core.exceptions import ModelError

        timeout = self.settings.llm_timeout
        try:
            async with httpx.AsyncClient(timeout=timeout, follow_redirects=True) as client:
                chat, body = self._client(client), self._format(name, schema) | ({"logprobs": True} if weighed else {})
                with warnings.catch_warnings():
                    warnings.filterwarnings("ignore", module="langchain_openai")
                    async with asyncio.timeout(timeout):
                        message = await self._stream(chat, messages, body, meter)
        except (TimeoutError, ModelError, openai.OpenAIError) as error:
            raise self._fault(error) from error
        except _MALFORMED as error:
            raise LLMReplyError(f"{self._where()} sent no chat completion: check FLOWZERO_LLM_BASE_URL.") from error
        return self._reply(message, meter)

    async def _stream(self, chat: BaseChatOpenAI, messages: Sequence[Message], body: dict[str, Any], meter: Meter) -> AIMessage:
        """The whole answer; its growth is reported to the meter where the endpoint can stream.

        A stream that is empty or does not end properly is asked for again in one piece, which also shows refusals.
        """
        if not self._supported.streams:
            return await chat.ainvoke(list(messages), extra_body=body)
        whole: AIMessageChunk | None = None
        try:
            async for part in chat.astream(list(messages), extra_body=body, stream_usage=True):
                whole = part if whole is None else whole + part
                meter.grow(len(part.text))
        except _MALFORMED as error:
            raise _Unsupported("a malformed stream") from error
        finish = whole.response_metadata.get("finish_reason") if whole is not None else None
        if whole is None or finish is None or (finish == "stop" and not whole.text):
            self._count(meter, _usage(whole.usage_metadata if whole is not None else None))
            raise _Unsupported("an incomplete stream")
        return whole

    def _client(self, http: Any) -> BaseChatOpenAI:
        import openai
        from langchain_openai import ChatOpenAI
        from langchain_openai.chat_models.base import BaseChatOpenAI

        base_url, key = self.settings.llm_base_url or None, self.settings.llm_api_key
        official = base_url is None or (urlsplit(base_url).hostname or "").endswith("openai.com")
        options: dict[str, Any] = {"temperature": self.settings.llm_temperature} if self._supported.temperature else {}
        if key is not None or not official:
            options["api_key"] = key.get_secret_value() if key is not None else "none"
        # ChatOpenAI writes the limit as max_completion_tokens, which OpenAI wants and older local servers do not know.
        kind: type[BaseChatOpenAI] = ChatOpenAI if official else BaseChatOpenAI
        try:
            return kind(
                model=self.model,
                base_url=base_url,
                timeout=self.settings.llm_timeout,
                max_retries=0,
                max_tokens=self.settings.llm_max_tokens,
                use_responses_api=False,
                http_async_client=http,
                stream_chunk_timeout=None,  # a local model may think for minutes before its first word: ours is the one limit
                **options,
            )
        except (openai.OpenAIError, ValueError) as error:
            raise LLMUnavailableError(f"there is no key for {self._where()}: set FLOWZERO_LLM_API_KEY.") from error

    def _format(self, name: str, schema: Schema) -> dict[str, Any]:
        """The form in use, as a part of the request's body."""
        form = _FORMS[self._supported.form]
        if form == "text":
            return {}
        if form == "json":
            return {"response_format": {"type": "json_object"}}
        shown = schema if form == "schema" else unbounded(schema)
        return {"response_format": {"type": "json_schema", "json_schema": {"name": name, "strict": True, "schema": shown}}}

    def _simplify(self, complaint: str) -> bool:
        """Ask for less from now on; False when there is nothing left to drop."""
        now, complaint = self._supported, complaint.lower()
        if now.temperature and "temperature" in complaint:
            self._supported = now._replace(temperature=False)
        elif now.streams and "stream" in complaint:
            self._supported = now._replace(streams=False)
        elif now.form + 1 < len(_FORMS):
            self._supported = now._replace(form=now.form + 1)
        return self._supported != now

    def _reply(self, message: AIMessage, meter: Meter) -> Reply:
        self._count(meter, _usage(message.usage_metadata))
        finish = message.response_metadata.get("finish_reason")
        refusal = message.additional_kwargs.get("refusal")
        if refusal or finish == "content_filter":
            raise RefusedError(f"{self.model} declined to answer{f': {str(refusal)[:200]}' if refusal else ''}.")
        return Reply(str(message.text), finish == "length", _probability(message.response_metadata.get("logprobs")))

    def _count(self, meter: Meter, tokens: tuple[int, int]) -> None:
        prices = self.settings.llm_input_price, self.settings.llm_output_price
        known = [price for price in prices if price is not None]
        cost = sum(n * (price or 0.0) for n, price in zip(tokens, prices, strict=True)) / 1e6 if known else None
        meter.add(Usage(calls=1, input_tokens=tokens[0], output_tokens=tokens[1], cost=cost))

    def _fault(self, error: Exception) -> Exception:
        """The client's error as one to try again, one to ask for less, or one of ours."""
        import openai

        if isinstance(error, TimeoutError | openai.APITimeoutError):
            return _Again(
                LLMTimeoutError(f"{self._where()} gave no answer in {self.settings.llm_timeout:g} seconds: {_PATIENCE}.")
            )
        if isinstance(error, openai.APIConnectionError):
            return _Again(
                LLMUnavailableError(f"{self._where()} cannot be reached: check that it runs, and FLOWZERO_LLM_BASE_URL.")
            )
        status, text = getattr(error, "status_code", None), _said(error)
        if status is None:
            return LLMReplyError(f"{self._where()} sent no chat completion: {text}.")
        if status in (400, 422):
            return _Unsupported(text)
        hint = _HINTS.get(status, "")
        fault = LLMUnavailableError(f"{self._where()} answered with HTTP {status}{f' ({text})' if text else ''}{hint}.")
        passing = status in (408, 409, 429) or status >= 500
        return _Again(fault, _asked_wait(error)) if passing and "insufficient_quota" not in text else fault

    def _where(self) -> str:
        """The endpoint's address, without a name and password that may stand in it."""
        scheme, at, rest = (self.settings.llm_base_url or "api.openai.com").partition("://")
        return f"{scheme}{at}{rest.rpartition('@')[2]}"

    def _backoff(self, tries_left: int) -> float:
        """Doubled with each try, and spread so that many clients do not return at once."""
        done = self.settings.llm_retries - tries_left
        return min(LONGEST_WAIT, FIRST_WAIT * 2.0**done) * random.uniform(0.75, 1.25)  # noqa: S311


class _Again(Exception):  # noqa: N818
    """A failure that may pass; `error` is raised when it does not."""

    def __init__(self, error: LLMError, wait: float = 0.0) -> None:
        super().__init__(str(error))
        self.error, self.wait = error, wait


class _Unsupported(Exception):  # noqa: N818
    """The endpoint does not take the request in this form."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def _check_address(url: str | None) -> None:
    try:
        parts = urlsplit(url or "https://api.openai.com")
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise SettingsError(f"FLOWZERO_LLM_BASE_URL is {url!r}: give an address such as http://127.0.0.1:11434/v1.")


def _said(error: Exception) -> str:
    """What the endpoint said, in one short line."""
    body = getattr(error, "body", None)
    text = body.get("message") if isinstance(body, dict) else body
    return " ".join(str(text or getattr(error, "message", None) or error).split())[:300].rstrip(".")


def _asked_wait(error: Exception) -> float:
    """Seconds to wait by the Retry-After header, 0 if there is none."""
    response = getattr(error, "response", None)
    asked = response.headers.get("retry-after", "") if response is not None else ""
    try:
        return max(0.0, float(asked))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(asked).timestamp() - time.time())
    except (TypeError, ValueError):
        return 0.0


def _probability(logprobs: Any) -> float | None:
    """Of an answer, from those of its tokens."""
    tokens = logprobs.get("content") if isinstance(logprobs, dict) else None
    return math.exp(sum(token["logprob"] for token in tokens)) if tokens else None


def _usage(usage: UsageMetadata | None) -> tuple[int, int]:
    """Input and output tokens, 0 where the endpoint does not count."""
    return (usage["input_tokens"], usage["output_tokens"]) if usage else (0, 0)

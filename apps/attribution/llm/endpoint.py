"""Asks an endpoint until it has answered or there is no more hope: turns, cost, retries, simpler dialects."""

from __future__ import annotations

import random
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from urllib3.exceptions import InvalidHeader
from urllib3.util import Retry

from apps.attribution.llm.answers import Answer, Completion, Rubbish, read_answer, read_completion
from apps.attribution.llm.meter import Meter, Usage, cost, estimated_tokens
from apps.attribution.llm.options import LlmOptions
from apps.attribution.llm.prompt import Dialect, request, simpler
from apps.attribution.llm.transport import Limits, NoAnswer, Reply, Why, post
from apps.attribution.types import ExtractorUnavailable

FIRST_WAIT: Final = 1.0
LONGEST_BACK_OFF: Final = 30.0
USER_AGENT: Final = "Counterclaim"
NOT_UNDERSTOOD: Final = frozenset((HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY))
MAY_PASS: Final = frozenset((HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_EARLY))
RANDOM: Final = random.SystemRandom()
Sleep = Callable[[float], None]
Clock = Callable[[], float]
Uniform = Callable[[float, float], float]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a request came to nothing: a code and a sentence, whether to ask again at once, and whether later may help.

    ``wait`` is how many seconds the endpoint wants to be left alone, if it said so.
    """

    code: str
    message: str
    again: bool
    transient: bool
    wait: float | None = None

    def as_unavailable(self) -> ExtractorUnavailable:
        return ExtractorUnavailable(self.message, code=self.code, transient=self.transient)


OVER_BUDGET: Final = Trouble(
    "llm_budget", "The language model has cost as much as it may.", again=False, transient=False
)
OUT_OF_TIME: Final = Trouble("llm_timed_out", "The language model took too long.", again=False, transient=True)
NO_TURN: Final = Trouble(
    "llm_rate_limited", "The language model may not be asked again so soon.", again=False, transient=True
)


class Endpoint:
    """One endpoint as one extractor uses it, in one thread. Remembers which dialect the server understands."""

    def __init__(
        self,
        options: LlmOptions,
        *,
        meter: Meter,
        clock: Clock = time.monotonic,
        sleep: Sleep = time.sleep,
        uniform: Uniform = RANDOM.uniform,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.usage = Usage()
        self.dialect = Dialect()
        self.clock = clock
        self._options = options
        self._meter = meter
        self._sleep = sleep
        self._uniform = uniform
        self._tls = tls

    def ask(self, text: str, *, deadline: float) -> Answer:
        """What the model tells of a window, before ``deadline`` on the clock.

        Asks again after what may pass, each time later, as often as the options say, and at once in a simpler dialect
        where the server does not understand. Raises :class:`ExtractorUnavailable`.
        """
        failures = 0
        while True:
            outcome = self._once(text, deadline=deadline, repeated=failures > 0)
            if isinstance(outcome, Answer):
                return outcome
            if isinstance(outcome, Dialect):
                self.dialect = outcome
                continue
            if not outcome.again or failures >= self._options.retries:
                raise outcome.as_unavailable()
            self._pause(outcome, failures, deadline)
            failures += 1

    def _once(self, text: str, *, deadline: float, repeated: bool) -> Answer | Dialect | Trouble:
        options = self._options
        body = request(text, model=options.model, max_tokens=options.max_tokens, dialect=self.dialect)
        most = cost(options, prompt_tokens=estimated_tokens(body), completion_tokens=options.max_tokens)
        if not self._meter.set_aside(most):
            return OVER_BUDGET
        before = self.usage.cost
        try:
            now = self.clock()
            if now >= deadline:
                return OUT_OF_TIME
            wait = self._meter.take_turn(now=now, most=deadline - now)
            if wait is None:
                return NO_TURN
            if wait:
                self._sleep(wait)
            return self._exchange(body, text, deadline=deadline, repeated=repeated)
        finally:
            self._meter.settle(set_aside=most, cost=self.usage.cost - before)

    def _exchange(self, body: bytes, text: str, *, deadline: float, repeated: bool) -> Answer | Dialect | Trouble:
        options = self._options
        left = deadline - self.clock()
        limits = Limits(options.connect_seconds, options.timeout_seconds, left, options.most_bytes)
        self.usage += Usage(requests=1, retries=int(repeated))
        try:
            reply = post(options.endpoint, body, headers=self._headers(), limits=limits, tls=self._tls)
        except NoAnswer as failed:
            if failed.sent:
                self._count(body, None)  # the other side may have done the work all the same
            return of_no_answer(failed.why)
        if reply.status != HTTPStatus.OK:
            clearer = simpler(self.dialect, reply.body) if reply.status in NOT_UNDERSTOOD else None
            return clearer or of_status(reply, longest_wait=options.longest_wait_seconds)
        return self._read(reply, body, text)

    def _read(self, reply: Reply, body: bytes, text: str) -> Answer | Trouble:
        completion = None
        try:
            completion = read_completion(reply.body)
            return read_answer(completion, shown=len(text))
        except Rubbish as rubbish:
            return Trouble(
                "llm_bad_answer",
                f"The answer of the language model cannot be used: {rubbish}.",
                again=not rubbish.final,
                transient=not rubbish.by_model,
            )
        finally:
            self._count(body, completion)

    def _count(self, body: bytes, completion: Completion | None) -> None:
        """Add the tokens of one request, as the server counted them or else estimated, and what they cost."""
        asked = completion.prompt_tokens if completion is not None else None
        written = completion.completion_tokens if completion is not None else None
        estimated = asked is None or written is None
        asked = asked if asked is not None else estimated_tokens(body)
        if written is None:
            written = estimated_tokens(completion.content) if completion is not None else 0
        self.usage += Usage(
            requests_estimated=int(estimated),
            prompt_tokens=asked,
            completion_tokens=written,
            cost=cost(self._options, prompt_tokens=asked, completion_tokens=written),
        )

    def _headers(self) -> Mapping[str, str]:
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Accept-Encoding": "gzip, deflate",
            "User-Agent": USER_AGENT,
            "Connection": "close",
        }
        return headers | ({"Authorization": f"Bearer {self._options.key}"} if self._options.key else {})

    def _pause(self, trouble: Trouble, failures: int, deadline: float) -> None:
        """Wait before asking again; raise what went wrong if the deadline does not leave the time."""
        seconds = back_off(failures, self._uniform) if trouble.wait is None else trouble.wait
        if seconds >= deadline - self.clock():
            raise trouble.as_unavailable()
        self._sleep(seconds)


def back_off(failures: int, uniform: Uniform) -> float:
    """Seconds to wait after so many failures: twice as long each time, less a random part so that not all come back
    together, up to :data:`LONGEST_BACK_OFF`."""
    longest: float = min(FIRST_WAIT * 2**failures, LONGEST_BACK_OFF)
    return uniform(longest / 2, longest)


def of_no_answer(why: Why) -> Trouble:
    """What it means that an exchange did not come to its end."""
    match why:
        case Why.TIMED_OUT:
            return Trouble("llm_timed_out", "The language model did not answer in time.", again=True, transient=True)
        case Why.BAD_CERTIFICATE:
            message = "The certificate of the language model's endpoint is not valid."
            return Trouble("llm_unreachable", message, again=False, transient=False)
        case Why.TOO_LARGE:
            message = "The answer of the language model is larger than any answer should be."
            return Trouble("llm_bad_answer", message, again=True, transient=True)
        case Why.BAD_ENCODING:
            message = "The answer of the language model is in an encoding that was not asked for."
            return Trouble("llm_bad_answer", message, again=True, transient=True)
        case _:
            message = "The language model's endpoint cannot be reached, or broke off."
            return Trouble("llm_unreachable", message, again=True, transient=True)


def of_status(reply: Reply, *, longest_wait: float) -> Trouble:
    """What a status other than 200 means. A wait longer than ``longest_wait`` seconds is not waited for."""
    status = reply.status
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= 500 or status in MAY_PASS:
        wait = retry_after(reply.headers.get("retry-after", ""))
        again = wait is None or wait <= longest_wait
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            message = "The language model's endpoint wants to be asked less often."
            return Trouble("llm_rate_limited", message, again=again, transient=True, wait=wait)
        message = f"The language model's endpoint is in trouble: it answered {status}."
        return Trouble("llm_unreachable", message, again=again, transient=True, wait=wait)
    if 300 <= status < 400:
        message = f"The language model's endpoint answered {status}, a redirect, which is not followed."
    elif status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        message = f"The language model's endpoint does not accept the key: it answered {status}."
    else:
        message = f"The language model's endpoint refused the request: it answered {status}."
    return Trouble("llm_refused", message, again=False, transient=False)


def retry_after(value: str) -> float | None:
    """Seconds that a ``Retry-After`` header asks for, in seconds or as a date (RFC 9110); None if it says nothing."""
    try:
        return float(Retry().parse_retry_after(value))
    except (InvalidHeader, ValueError, OverflowError):
        return None

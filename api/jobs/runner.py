"""Who does the jobs: one thread a job at a time, each with a process of its own. Law: the ledger is the truth.

A thread takes a job up, has a process do it, and writes how it ended, all of it only while its fence is the job's. A
process that dies costs an attempt; a job that has cost too many ends failed, and the next one is taken up.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.jobs.ledger import (
    LEASE,
    State,
    Taken,
    end_job,
    hold_on,
    is_anything_queued,
    jobs_of,
    lay_down,
    lost_jobs,
    put_back,
    take_job,
)
from api.jobs.process import WorkerProcess
from api.jobs.times import most_seconds
from api.manners.errors import NotFoundError, UnavailableError
from api.manners.log import write_log
from api.networks.paths import network_path
from api.plans.forgetting import plan_without
from api.plans.tasks import plan_before, programme_asked
from api.programmes.kept import clients_of
from api.storage.sessions import EVERY
from api.storage.tables import Network
from api.telemetry.figures import tell_job
from routing.domain.errors import DoorstepError
from routing.domain.plan import Plan, load_plan

if TYPE_CHECKING:
    from api.installation import Opened

LOOKS_EVERY_S = 1.0
TELLS_EVERY_S = 0.5  # progress of a search, at most so often
CALMS_S = 2.0  # after a database that is away
KEEPS_EVERY_S = 15.0
REMEMBERS = 1000  # plans about which there was news


@dataclass
class _Work:
    """A job under way, and the process that does it."""

    taken: Taken
    plan_id: str
    process: WorkerProcess
    kind: str = "plan"
    began_s: float = field(default_factory=time.monotonic)
    programme_version: int = 0
    client_ids: frozenset[str] = frozenset()
    cancelled: threading.Event = field(default_factory=threading.Event)
    stop: threading.Event = field(default_factory=threading.Event)


class Runner:
    """Takes up jobs for as long as it runs.

    Parameters
    ----------
    at_once
        How many jobs are done at the same time.
    most_bytes
        Memory that a job's process may take.
    """

    def __init__(self, opened: Opened, cache: Path, *, at_once: int, most_bytes: int) -> None:
        self._opened = opened
        self._cache = cache
        self._at_once = at_once
        self._most_bytes = most_bytes
        self._ending = threading.Event()
        self._settled = threading.Event()
        self._news = threading.Condition()
        self._under_way: dict[tuple[str, str], _Work] = {}
        self._threads: list[threading.Thread] = []
        self._telling = threading.Lock()
        self._told: dict[str, int] = {}

    def start(self) -> None:
        """Take up what was left by whoever ran before, and begin."""
        self._threads = [threading.Thread(target=self._keep, daemon=True)]
        self._threads += [threading.Thread(target=self._run, daemon=True) for _ in range(self._at_once)]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """End: what is under way is laid down, and done after the next start."""
        self._ending.set()
        self._settled.set()
        self.look()
        for thread in self._threads:
            thread.join(30)

    @property
    def is_ending(self) -> bool:
        """Whether it was told to end."""
        return self._ending.is_set()

    @property
    def process_ids(self) -> list[int]:
        """The processes at work."""
        return [work.process.process_id for work in list(self._under_way.values())]

    def look(self) -> None:
        """Look into the ledger now: something was put there."""
        with self._news:
            self._news.notify_all()

    def cancel(self, organisation_id: str, job_id: str) -> None:
        """Kill the process of a job that was cancelled in the ledger."""
        work = self._under_way.get((organisation_id, job_id))
        if work is not None:
            work.cancelled.set()

    def stop(self, organisation_id: str, job_id: str) -> None:
        """Have a job end with the best it has."""
        work = self._under_way.get((organisation_id, job_id))
        if work is not None:
            work.stop.set()

    def _keep(self) -> None:
        """Put back what nobody does any more: once before all else, then now and then."""
        while not self._ending.is_set():
            try:
                self._take_back(starting=not self._settled.is_set())
                self._settled.set()
                self._ending.wait(KEEPS_EVERY_S)
            except DoorstepError:
                self._ending.wait(CALMS_S)

    def _run(self) -> None:
        spare: WorkerProcess | None = None
        self._settled.wait()
        while not self._ending.is_set():
            try:
                if spare is None or not spare.is_alive:
                    spare = self._fresh(spare)
                taken = self._taken()
                if taken is None:
                    with self._news:
                        self._news.wait(LOOKS_EVERY_S)
                else:
                    process, spare = spare, None
                    self._do(taken, process)
            except DoorstepError:  # the database is away: the ledger still has the job
                self._ending.wait(CALMS_S)
            except Exception as error:  # nothing of ours may end this thread; what it had is taken back later
                write_log(event="broken", error=type(error).__name__)
                self._ending.wait(CALMS_S)
        if spare is not None:
            spare.kill()

    def _fresh(self, dead: WorkerProcess | None) -> WorkerProcess:
        if dead is not None:
            dead.kill()
        return WorkerProcess(self._most_bytes)

    def _taken(self) -> Taken | None:
        with self._opened.store.reading(EVERY) as session:  # which waits for nobody, where nothing is to be done
            if not is_anything_queued(session):
                return None
        with self._opened.store.writing(EVERY) as session:
            return take_job(session, self._opened.owner)

    def _take_back(self, *, starting: bool) -> None:
        """Put back jobs that nobody does any more; that the service itself had ended costs them nothing."""
        with self._opened.store.reading(EVERY) as session:
            lost = lost_jobs(session)
            interrupted = jobs_of(session, self._opened.owner) if starting else ()
        for taken in interrupted:
            self._lay_down(taken)
        mine = set(self._under_way)
        for taken in lost:
            if (taken.organisation_id, taken.job_id) not in mine and taken not in interrupted:
                self._put_back(taken, "job_lost")

    def _do(self, taken: Taken, process: WorkerProcess) -> None:
        work = _Work(taken=taken, plan_id=taken.job_id, process=process)
        self._under_way[taken.organisation_id, taken.job_id] = work
        if taken.stop_asked:
            work.stop.set()
        try:
            self._followed(work)
        finally:
            process.kill()
            del self._under_way[taken.organisation_id, taken.job_id]

    def _followed(self, work: _Work) -> None:
        """Give the task to the process and follow it to its end."""
        try:
            task, programme_version = self._task(work)
        except UnavailableError:
            raise
        except DoorstepError as error:  # its programme or its extract is gone since it was accepted
            self._failed(work.taken, {"code": error.code, "message": error.message})
            return
        work.programme_version = programme_version
        work.kind = "plan" if task["before"] is None else "replan"
        until = time.monotonic() + most_seconds(task["asked"])
        self._tell(work.taken, "started", {"attempt": work.taken.attempts})
        work.process.say("plan", task)
        follower = _Follower(work, self)
        while follower.goes_on():
            if self._ending.is_set():
                self._lay_down(work.taken)
                return
            if time.monotonic() > until:
                self._put_back(work.taken, "job_too_slow")
                return
            try:
                said = work.process.heard(0.1)
            except EOFError:
                self._put_back(work.taken, "job_died")
                return
            if said is not None and follower.hears(said):
                return
        self._ended(work.taken, State.CANCELLED)

    def _task(self, work: _Work) -> tuple[dict[str, Any], int]:
        """Return all that the process needs, which opens no database, and the version of the programme."""
        organisation_id = work.taken.organisation_id
        with self._opened.store.reading(organisation_id) as session:
            kept = self._opened.plans.head(session, organisation_id, work.plan_id)
            # Since it was taken up, and before anybody could find it under way, it may have been cancelled or stopped.
            if kept.state is not State.RUNNING:
                work.cancelled.set()
            if kept.stop_asked:
                work.stop.set()
            work.client_ids = clients_of(self._opened.kept.load(session, organisation_id, kept.programme_id))
            document, version = programme_asked(self._opened, session, kept)
            before = plan_before(self._opened, session, kept)
            network = session.get(Network, (organisation_id, str(document.get("extract"))))
        if network is None:
            raise NotFoundError("network_missing", "the programme's extract is not there", remedy="upload it")
        task = {
            "programme": json.dumps(document),
            "before": before,
            "date": kept.date,
            "extract": str(network_path(self._opened.networks, network)),
            "cache": str(self._cache),
            "asked": dict(kept.asked),
        }
        return task, version

    def done(self, work: _Work, document: str) -> None:
        """Keep what was made, and end the job, both or neither."""
        plan = load_plan(document.encode())
        self._persist(lambda: self._keep_plan(work, plan))
        self._ended(work.taken, State.DONE)

    def _keep_plan(self, work: _Work, plan: Plan) -> None:
        taken = work.taken
        with self._opened.store.writing(taken.organisation_id) as session:
            if not end_job(session, taken, State.DONE):
                return
            plans = self._opened.plans
            kept = plans.head(session, taken.organisation_id, work.plan_id)
            programme = self._opened.kept.load(session, taken.organisation_id, kept.programme_id)
            version = plans.keep_version(
                session,
                taken.organisation_id,
                work.plan_id,
                plan_without(plan, work.client_ids - clients_of(programme)),  # who was erased meanwhile
                expected_version=kept.version,
                made_by=kept.asked_by,
                note={"kind": "made"},
                programme_version=work.programme_version,
            )
            figures = {"served": plan.summary.clients_served, "due": plan.summary.clients_due, "version": version}
            plans.tell(session, taken.organisation_id, work.plan_id, State.DONE, figures)

    def _persist(self, write: Callable[[], None]) -> None:
        """Write what took long to make; where the database is away, wait for it."""
        while True:
            try:
                return write()
            except UnavailableError:
                if self._ending.wait(CALMS_S):
                    raise

    def failed(self, taken: Taken, said: Mapping[str, Any]) -> None:
        """End a job that cannot be done, however often it is tried."""
        self._failed(taken, said)

    def _failed(self, taken: Taken, said: Mapping[str, Any]) -> None:
        with self._opened.store.writing(taken.organisation_id) as session:
            if end_job(session, taken, State.FAILED, str(said["code"])):
                told = {key: said[key] for key in ("code", "message", "where") if key in said}
                self._opened.plans.tell(session, taken.organisation_id, taken.job_id, State.FAILED, told)
        self._ended(taken, State.FAILED, str(said["code"]))

    def _put_back(self, taken: Taken, code: str) -> None:
        with self._opened.store.writing(taken.organisation_id) as session:
            state = put_back(session, taken, code)
            if state is not None:
                kind = "retry" if state is State.QUEUED else state
                self._opened.plans.tell(session, taken.organisation_id, taken.job_id, kind, {"code": code})
        self._ended(taken, state, code)

    def _ended(self, taken: Taken, state: State | None, code: str | None = None) -> None:
        """Tell how a job ended that was under way here (None: it was somebody else's by then), and who watches it."""
        work = self._under_way.get((taken.organisation_id, taken.job_id))
        tell_job(work.kind if work else None, state, time.monotonic() - (work.began_s if work else 0), code)
        self.announce(taken.job_id)

    def _lay_down(self, taken: Taken) -> None:
        with self._opened.store.writing(taken.organisation_id) as session:
            lay_down(session, taken)

    def beats(self, taken: Taken) -> bool:
        """Renew the lease of a job; False: it is not ours any more."""
        with contextlib.suppress(DoorstepError), self._opened.store.writing(taken.organisation_id) as session:
            return hold_on(session, taken)
        return True  # the database is away; the fence will say later

    def tell(self, taken: Taken, kind: str, figures: Mapping[str, object]) -> None:
        """Note progress."""
        with contextlib.suppress(DoorstepError):  # progress that is lost is no loss
            self._tell(taken, kind, figures)

    def _tell(self, taken: Taken, kind: str, figures: Mapping[str, object]) -> None:
        with self._opened.store.writing(taken.organisation_id) as session:
            if hold_on(session, taken):
                self._opened.plans.tell(session, taken.organisation_id, taken.job_id, kind, figures)
            else:
                self.cancel(taken.organisation_id, taken.job_id)  # it is somebody else's, or has ended
        self.announce(taken.job_id)

    def announce(self, plan_id: str) -> None:
        """Have whoever watches a plan look."""
        with self._telling:
            self._told[plan_id] = self._told.pop(plan_id, 0) + 1
            while len(self._told) > REMEMBERS:
                del self._told[next(iter(self._told))]

    def told(self, plan_id: str) -> int:
        """Return a number that changes whenever there is something new of a plan."""
        return self._told.get(plan_id, 0)


class _Follower:
    """Takes in what one process says."""

    def __init__(self, work: _Work, runner: Runner) -> None:
        self._work, self._runner = work, runner
        self._beat_at = time.monotonic()
        self._told_at = 0.0
        self._latest: tuple[str, Mapping[str, object]] | None = None
        self._said_stop = False

    def goes_on(self) -> bool:
        """Look after lease, progress and wishes; False: the job is not ours any more."""
        if self._work.cancelled.is_set():
            return False
        if self._work.stop.is_set() and not self._said_stop:
            self._said_stop = True
            self._work.process.say("stop")
        now = time.monotonic()
        if self._latest is not None and now - self._told_at >= TELLS_EVERY_S:
            self._flush(now)
        if now - self._beat_at >= LEASE.total_seconds() / 3:
            self._beat_at = now
            return self._runner.beats(self._work.taken)
        return True

    def hears(self, said: Mapping[str, Any]) -> bool:
        """Take in a word; True: it was the last."""
        word = said["word"]
        if word == "progress":
            same = self._latest is None or self._latest[0] == said["stage"]
            if not same:
                self._flush(time.monotonic())
            self._latest = said["stage"], said["figures"]
        elif word == "done":
            self._runner.done(self._work, said["plan"])
            return True
        elif word == "failed":
            self._runner.failed(self._work.taken, said)
            return True
        return False

    def _flush(self, now: float) -> None:
        if self._latest is not None:
            self._runner.tell(self._work.taken, *self._latest)
        self._latest, self._told_at = None, now

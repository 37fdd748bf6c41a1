from __future__ import annotations

from keymock.problems import error
from keymock.serve.line import Generation, News, Refused, Serving, pair


def test_news_arrive_as_they_were_said() -> None:
    supervisor, worker = pair()
    said: list[News] = [Serving(3, {"mocks": 2}), Generation(4), Refused((error("a.toml", "code", "message"),), 2)]
    for news in said:
        worker.report(news)
    assert supervisor.read() == said
    worker.close()
    assert supervisor.read() is None
    supervisor.close()


def test_news_longer_than_one_read_arrive_whole() -> None:
    supervisor, worker = pair()
    long = Serving(1, {"text": "x" * 100_000})
    worker.report(long)
    worker.report(Generation(2))
    found = supervisor.read() or []
    while len(found) < 2:
        found += supervisor.read() or []
    assert found == [long, Generation(2)]
    supervisor.close()
    worker.close()


def test_a_report_to_a_dead_supervisor_is_not_an_error() -> None:
    supervisor, worker = pair()
    supervisor.close()
    worker.report(Generation(2))
    assert worker.read() is None
    worker.close()

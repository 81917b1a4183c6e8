"""The throwaway PostgreSQL of the tests can be killed under load and is there again at once."""

import threading

import psycopg

from tests.postgres import Postgres


def busy(url: str) -> threading.Thread:
    """Return a thread whose backend is in the middle of a statement, deaf until it looks up again."""

    def work() -> None:
        try:
            with psycopg.connect(url) as connection:
                connection.execute("SELECT count(*) FROM generate_series(1, 3000000)")
        except psycopg.OperationalError:
            return

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_killed_in_the_middle_of_work_it_starts_again(postgres: Postgres) -> None:
    for _ in range(2):
        workers = [busy(postgres.url()) for _ in range(4)]
        idle = psycopg.connect(postgres.url())
        postgres.kill()
        idle.close()
        postgres.start()
        for worker in workers:
            worker.join()
        with psycopg.connect(postgres.url()) as connection:
            assert connection.execute("SELECT 2").fetchone() == (2,)

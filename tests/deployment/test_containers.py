"""compose.yaml and the Dockerfile hang together with the program; no container engine is needed to see that."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
import typer
import yaml

from bot.app import DRAIN_SECONDS
from bot.cli import app
from bot.settings import Settings
from tests.house.tree import ROOT
from tests.test_docs import settings

COMPOSE: Mapping[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: Mapping[str, Any] = COMPOSE["services"]
REPLICAS = [name for name, service in SERVICES.items() if "serve" in service.get("command", ())]
EXAMPLE = (ROOT / "steward.env.example").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_there_are_two_replicas_on_one_postgresql() -> None:
    assert len(REPLICAS) == 2
    assert re.fullmatch(r"postgres:\d+", SERVICES["database"]["image"])
    for name in REPLICAS:
        url = SERVICES[name]["environment"]["STEWARD_DATABASE_URL"]
        assert Settings(database_url=url).database_url.startswith("postgresql://steward:")
        assert url.endswith("@database/steward")


def test_every_command_is_one_of_the_program() -> None:
    group = typer.main.get_command(app)
    assert isinstance(group, typer.core.TyperGroup)
    for name in (*REPLICAS, "migrate"):
        program, command, *rest = SERVICES[name]["command"]
        assert (program, command in group.commands) == ("steward", True)
        assert rest in ([], ["--role", "all"])


def test_whoever_needs_something_waits_for_it_and_tells_when_it_is_well() -> None:
    for name in (*REPLICAS, "migrate"):
        for needed, how in SERVICES[name]["depends_on"].items():
            assert how["condition"] in {"service_healthy", "service_completed_successfully"}
            assert "healthcheck" in SERVICES[needed]
    assert SERVICES["database"]["healthcheck"]["test"][1].startswith("pg_isready")
    assert all("/healthz" in SERVICES[name]["healthcheck"]["test"][-1] for name in REPLICAS)


def test_a_process_has_the_time_to_finish_what_it_sends() -> None:
    graces = {float(SERVICES[name]["stop_grace_period"].removesuffix("s")) for name in REPLICAS}
    assert min(graces) > DRAIN_SECONDS


def test_the_data_outlive_their_container_and_ports_are_not_shared() -> None:
    named = {volume.partition(":")[0] for volume in SERVICES["database"]["volumes"]}
    assert set(COMPOSE["volumes"]) <= named
    ports = [port for name in REPLICAS for port in SERVICES[name]["ports"]]
    assert len(set(ports)) == len(ports)
    assert all(port.startswith("127.0.0.1:") and port.endswith(":8080") for port in ports)


@pytest.mark.parametrize("text", [EXAMPLE, (ROOT / "compose.yaml").read_text(encoding="utf-8"), DOCKERFILE])
def test_every_setting_named_is_read_by_the_program(text: str) -> None:
    assert set(re.findall(r"STEWARD_[A-Z_]*[A-Z]", text)) <= {name for name, _ in settings()}


def test_the_example_of_settings_holds_no_secret_and_is_the_file_that_compose_reads() -> None:
    values = dict(line.split("=", 1) for line in EXAMPLE.splitlines() if line and not line.startswith("#"))
    assert {value for name, value in values.items() if "TOKEN" in name or "SECRET" in name} == {""}
    assert {SERVICES[name]["env_file"] for name in REPLICAS} == {"steward.env"}
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {"steward.env", ".env"} <= set(ignored)


def test_the_image_takes_its_time_zones_from_the_locked_package_and_copies_all_of_the_program() -> None:
    assert 'PYTHONTZPATH=""' in DOCKERFILE
    copied = set(re.findall(r"^COPY (\w+) \w+$", DOCKERFILE, re.M))
    assert copied == {"bot", "adapters", "scheduler", "storage"}
    assert 'CMD ["steward", "serve"]' in DOCKERFILE  # as a list, so that SIGTERM reaches it
    assert re.search(r"^USER (?!root)\w+$", DOCKERFILE, re.M)

"""Health checks and metrics of every process, whatever its roles."""

import os
import signal

import pytest

from server import call, wait_until
from tenancy import make_tenant

GONE_SECONDS = 60


def status(process):
    return process.endpoints.get("admin_http") or process.endpoints["status_http"]


@pytest.mark.parametrize("number,checks", [(0, ["engine"]), (1, ["control"]), (2, ["frontend"])])
def test_each_process_says_whether_it_is_alive_and_ready(installation, number, checks):
    url = status(installation.processes[number])
    assert call("GET", url + "/livez") == (200, "ok")
    assert call("GET", url + "/readyz") == (
        200, "\n".join(["ok"] + [f"{check}: ok" for check in checks]) + "\n")


def test_one_process_of_all_roles_says_so_of_each(server):
    text = call("GET", server.endpoints["admin_http"] + "/readyz")[1]
    assert "control: ok" in text
    if "status_http" not in server.endpoints:
        assert "engine: ok" in text


def test_each_process_has_metrics(installation):
    make_tenant(installation).cloud_client().create_collection("things", embedding_function=None)
    pages = [call("GET", status(each) + "/metrics")[1] for each in installation.processes]
    assert all("# TYPE process_threads" in page for page in pages)
    for page, name in zip(pages, ("tessera_log_sync_duration", "tessera_postgres", "http_server")):
        assert f"# TYPE {name}" in page


def test_there_is_no_admin_api_without_the_control_plane(installation):
    for process in (installation.engine, installation.frontends[0]):
        url = process.endpoints["status_http"]
        for path in ("/v1/tenants", "/openapi.json", "/docs"):
            code, answer = call("GET", url + path, token=installation.admin_token)
            assert code == 404 and "control plane" in str(answer)


def test_a_frontend_s_metrics_name_tenants_to_operators_alone(installation):
    tenant = make_tenant(installation)
    tenant.cloud_client().create_collection("things", embedding_function=None)
    url = installation.frontends[0].endpoints["status_http"] + "/metrics"
    assert call("GET", url, token=tenant.token)[0] == 403
    assert call("GET", url, token="tsa_wrong")[0] == 401
    assert call("GET", url, token=installation.admin_token)[0] == 200
    assert tenant.name not in call("GET", url)[1]


def test_a_frontend_is_not_ready_without_a_word_of_the_control_plane(own_installation):
    installation = own_installation(frontends=1).start()
    url = installation.frontends[0].endpoints["status_http"]
    os.kill(installation.control.process.pid, signal.SIGSTOP)
    try:
        assert wait_until(lambda: call("GET", url + "/readyz")[0] == 503, GONE_SECONDS)
        answer = call("GET", url + "/readyz")[1]
        assert "frontend: The control plane was not heard" in str(answer)
        assert call("GET", url + "/livez")[0] == 200
    finally:
        os.kill(installation.control.process.pid, signal.SIGCONT)
    assert wait_until(lambda: call("GET", url + "/readyz")[0] == 200, GONE_SECONDS)

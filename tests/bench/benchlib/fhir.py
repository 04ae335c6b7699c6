"""Rows about FHIR: search pages, one very large study, validation, export."""
import http.client
import json
import re
import statistics
import time

from . import load, machine, servers
from .workloads import Workload

JSON = "application/fhir+json"
ROOT = "/fhir"


def answer(gateway, path):
    status, body = servers.get(gateway.port, ROOT + path, accept=JSON)
    if status != 200:
        raise load.WrongAnswer(f"{path}: {status} {body[:200]!r}")
    return json.loads(body), len(body)


def local(url):
    return re.sub(r"^https?://[^/]+", "", url)


def link(bundle, relation):
    return next((local(each["url"]) for each in bundle["link"] if each["relation"] == relation), None)


def first_pages(gateway, count, studies):
    """Paths of the first pages, each followed from the one before; every hit must be another study."""
    paths, seen, path, size = [], set(), ROOT + "/ImagingStudy?_count=20", 0
    while path and len(paths) < count:
        bundle, size = answer(gateway, path[len(ROOT):])
        ids = [entry["resource"]["id"] for entry in bundle["entry"]]
        if bundle["total"] != studies or len(ids) != 20 or seen & set(ids):
            raise load.WrongAnswer(f"{path}: {len(ids)} hits, a total of {bundle['total']}")
        seen.update(ids)
        paths.append(path)
        path = link(bundle, "next")
    return paths, size


def searches(run, gateway, studies):
    """Each beside the shortest answer that this server has: what HTTP itself costs."""
    paths, size = first_pages(gateway, 100, studies)
    bundle, _ = answer(gateway, "/ImagingStudy?_count=20")
    found = [entry["resource"] for entry in bundle["entry"]]
    patients = [f"{ROOT}/ImagingStudy?patient={each['subject']['reference']}" for each in found]
    pages = f"FHIR page of 20 hits ({size // 1000} kB) at {studies:,}, req/s"
    rows = (
        (pages, paths[:1], 0.1),
        (pages.replace("page", "one of 100 pages"), paths, None),
        ("FHIR studies of a patient, req/s", patients, None),
        ("FHIR read of a study, req/s", [f"{ROOT}/ImagingStudy/{each['id']}" for each in found], None),
    )
    hello = Workload("hello", ["/health"])
    for name, those, bar in rows:
        run.beside_hello(name, gateway, Workload(name, those, accept=JSON), those, hello, bar)


def large_study(run):
    """One study of 10,000 instances: time and memory of its first rendering."""
    data = run.data("large-study", "--studies", 1, "--series", 10, "--instances", 1000, "--side", 4)
    gateway = run.gateway("large-study")
    gateway.ingest(data.folder)
    with gateway:
        before = machine.memory_mb(gateway.pid)
        machine.reset_peak(gateway.pid)
        start = time.monotonic()
        bundle, size = answer(gateway, "/ImagingStudy?_count=1")
        seconds = time.monotonic() - start
        study = bundle["entry"][0]["resource"]
        if study["numberOfInstances"] != len(data.rows) or size < 1_000_000:
            raise load.WrongAnswer("the large study is not whole")
        grown = machine.memory_mb(gateway.pid, "VmHWM") - before
    run.table.add("FHIR study of 10,000 instances, s", seconds, bar="< 0.2 s", met=seconds < 0.2)
    run.table.add("FHIR study of 10,000 instances, memory MB", grown, bar="< 60 MB", met=grown < 60)


def validation(run, gateway):
    """A study of about 100 kB, checked against the definition of its type."""
    study = answer(gateway, "/ImagingStudy?_count=1")[0]["entry"][0]["resource"]
    instance = study["series"][0]["instance"][0]
    while len(json.dumps(study)) < 100_000:
        more = dict(instance, uid=instance["uid"][:40] + str(len(study["series"][0]["instance"])))
        study["series"][0]["instance"].append(more)
    study["series"][0]["numberOfInstances"] = study["numberOfInstances"] = len(study["series"][0]["instance"])
    body = json.dumps(study).encode()
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=60)
    times = []
    for _ in range(12):
        start = time.monotonic()
        connection.request("POST", ROOT + "/ImagingStudy/$validate", body, {"Content-Type": JSON, "Accept": JSON})
        outcome = connection.getresponse()
        issues = json.loads(outcome.read())["issue"]
        times.append(time.monotonic() - start)
        if outcome.status != 200 or any(issue["severity"] in ("error", "fatal") for issue in issues):
            raise load.WrongAnswer(f"$validate: {outcome.status} {issues[:3]}")
    connection.close()
    milliseconds = statistics.median(times[2:]) * 1000
    run.table.add("FHIR $validate of 100 kB, ms", milliseconds, bar="< 20 ms", met=milliseconds < 20)


def export(run, gateway, studies):
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=60)
    headers = {"Accept": JSON, "Prefer": "respond-async"}
    start = time.monotonic()
    connection.request("GET", ROOT + "/$export?_type=ImagingStudy", headers=headers)
    begun = connection.getresponse()
    begun.read()
    if begun.status != 202:
        raise load.WrongAnswer(f"$export: {begun.status}")
    place, status = local(begun.headers["Content-Location"]), 202
    while status == 202 and time.monotonic() < start + 300:
        time.sleep(0.05)
        connection.request("GET", place, headers={"Accept": "application/json"})
        polled = connection.getresponse()
        text, status = polled.read(), polled.status
    seconds = time.monotonic() - start
    connection.close()
    if status != 200 or sum(each.get("count", 0) for each in json.loads(text)["output"]) != studies:
        raise load.WrongAnswer(f"$export ended with {status}: {text[:200]!r}")
    run.table.add("FHIR $export, studies/s", studies / seconds)


def steps(run):
    studies = 100_000 if run.options.full else 20_000
    data = run.data("one-each", "--studies", studies, "--series", 1, "--instances", 1, "--side", 4)
    gateway = run.gateway("fhir")
    gateway.ingest(data.folder)
    with gateway:
        searches(run, gateway, studies)
        validation(run, gateway)
        export(run, gateway, studies)
    large_study(run)

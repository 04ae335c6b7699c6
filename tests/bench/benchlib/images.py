"""Rows about images of 512 KiB: retrieval, frames, metadata, rendering, storing, TLS, DIMSE."""
import os
import shutil
import statistics
import subprocess
import time

from . import load, servers, workloads
from .workloads import Workload

FRAME = 'multipart/related; type="application/octet-stream"; transfer-syntax=*'


def paths(data):
    """Resources of the set: instances, series, studies."""
    instances = data.instance_paths()
    series = list(dict.fromkeys(path[:path.index("/instances/")] for path in instances))
    studies = list(dict.fromkeys(path[:path.index("/series/")] for path in instances))
    return instances, series, studies


def saved(run, gateway, name, path, accept):
    """An answer of ours as a file for nginx: the same bytes."""
    status, body = servers.get(gateway.port, gateway.root + path, accept=accept)
    if status != 200:
        raise load.WrongAnswer(f"{path}: {status} {body[:200]!r}")
    with open(f"{run.folder}/{name}", "wb") as out:
        out.write(body)
    return "/" + name


def beside_nginx(run, gateway, nginx, data):
    """Bytes that only have to be moved: against a server that does nothing else."""
    instances, _, studies = paths(data)
    files = ["/big/" + row[5] for row in data.rows]
    workloads.check_retrieval(gateway, data)
    frames = [path + "/frames/1" for path in instances]
    rows = (
        (Workload("retrieve 512 KiB instance", instances, accept=load.DICOM), files, 0.7),
        (Workload("frame of 512 KiB", frames, accept=FRAME), [saved(run, gateway, "frame", frames[0], FRAME)], 0.4),
        (Workload("metadata of an instance", [path + "/metadata" for path in instances]),
         [saved(run, gateway, "instance.json", instances[0] + "/metadata", load.JSON)], 0.4),
        (Workload("metadata of a study of 50", [path + "/metadata" for path in studies]),
         [saved(run, gateway, "study.json", studies[0] + "/metadata", load.JSON)], 0.4),
    )
    for workload, same, bar in rows:
        run.alternate(workload.name + ", req/s", (gateway, nginx), workload, (workload.on(gateway), same),
                      "nginx, same bytes", bar)


def beside_nginx_tls(run, data, pki):
    instances, _, _ = paths(data)
    files = ["/big/" + row[5] for row in data.rows]
    workload = Workload("retrieve 512 KiB instance over TLS", instances, accept=load.DICOM)
    with run.gateway("big", pki) as gateway, servers.Nginx(run.folder + "/nginx-tls", run.folder, pki) as nginx:
        run.alternate(workload.name + ", req/s", (gateway, nginx), workload, (workload.on(gateway), files), "nginx", 1.0)


def stored(run, data, orthanc):
    """STOW of ten objects a request, in MB/s."""
    size = sum(os.path.getsize(path) for path in data.files) / 1e6
    rates = []
    for number in range(3):  # a fifth of a second each: the median is steadier
        with run.gateway(f"stow-big-{number}") as gateway:
            rates.append(size / load.stow(gateway, data.files, batch=10))
    ours = statistics.median(rates)
    peer = size / load.stow(orthanc, data.files, batch=10) if orthanc else None
    ratio = ours / peer if peer else None
    run.table.add("STOW of 512 KiB instances, MB/s", ours, peer, "Orthanc", ratio, ">= 3x",
                  None if ratio is None else ratio >= 3)


def beside_orthanc(run, gateway, orthanc, data):
    instances, series, _ = paths(data)
    rows = (
        (Workload("retrieve a series of 26 MB", series, accept=load.DICOM, least=20 << 20), 1.5),
        (Workload("rendered JPEG 512x512", [path + "/rendered" for path in instances], accept="image/jpeg"), 2),
        (Workload("rendered PNG 512x512", [path + "/rendered" for path in instances], accept="image/png"), 8),
    )
    for workload, bar in rows:
        run.alternate(workload.name + ", req/s", (gateway, orthanc), workload,
                      (workload.on(gateway), workload.on(orthanc)), "Orthanc", bar)


def explicit(path):
    """storescu proposes the syntax of what it is given only when told so; this one it always proposes."""
    with open(path, "rb") as file:
        return b"1.2.840.10008.1.2.1\0" in file.read(512)


def storescu(server, files):
    """One association of DCMTK's storescu as it comes, without TCP_NODELAY: objects a second."""
    environment = {key: value for key, value in os.environ.items() if key != "TCP_NODELAY"}
    start = time.monotonic()
    done = subprocess.run(["storescu", "-aec", server.ae_title, "127.0.0.1", str(server.dimse_port), *files],
                          capture_output=True, text=True, env=environment, timeout=300)
    if done.returncode != 0:
        raise load.WrongAnswer(f"storescu to {server.name}: {done.stderr[-300:]}")
    return len(files) / (time.monotonic() - start)


def dimse(run, orthanc):
    if not shutil.which("storescu"):
        run.table.skip("C-STORE", "no storescu")
        return
    files = [path for path in run.small().files if explicit(path)]
    with run.gateway("dimse", dimse=True) as gateway:
        ours = storescu(gateway, files)
    peer = storescu(orthanc, files[:60]) if orthanc else None
    ratio = ours / peer if peer else None
    run.table.add("C-STORE of 2.5 kB by storescu, objects/s", ours, peer, "Orthanc", ratio, ">= 100x",
                  None if ratio is None else ratio >= 100)


def steps(run):
    data = run.big()
    pki = run.pki()
    gateway = run.gateway("big")
    gateway.ingest(data.folder)
    orthanc = servers.Orthanc(run.folder + "/orthanc-big") if servers.has_orthanc() else None
    if orthanc:
        with orthanc:
            stored(run, data, orthanc)
            dimse(run, orthanc)
            with gateway:
                beside_orthanc(run, gateway, orthanc, data)
    else:
        stored(run, data, None)
        dimse(run, None)
        run.table.skip("images beside Orthanc", "not installed")
    if not servers.has_nginx():
        run.table.skip("images beside nginx", "not installed")
        return
    with gateway, servers.Nginx(run.folder + "/nginx-big", run.folder) as nginx:
        beside_nginx(run, gateway, nginx, data)
    if pki:
        beside_nginx_tls(run, data, pki)
    else:
        run.table.skip("TLS", "no certificates could be made")

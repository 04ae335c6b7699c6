"""Load: wrk over lists of paths, STOW in batches, and one very large object."""
import http.client
import json
import os
import queue
import resource
import subprocess
import tempfile
import threading
import time

from . import machine

LUA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "paths.lua")
JSON = "application/dicom+json"
DICOM = 'multipart/related; type="application/dicom"; transfer-syntax=*'


class WrongAnswer(Exception):
    """A server said something other than it should: no figure is worth anything then."""


def children_cpu():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def wrk(server, paths, connections, seconds, accept=JSON, least=0):
    """One run over the paths in turn: requests a second, latencies in ms, server CPU in us a request."""
    with tempfile.NamedTemporaryFile("w", suffix=".paths") as listing:
        listing.write("\n".join(paths) + "\n")
        listing.flush()
        busy, own, cpu, start = machine.busy_seconds(), children_cpu(), machine.cpu_seconds(server.pid), time.monotonic()
        done = subprocess.run(
            ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", LUA,
             f"{server.scheme}://127.0.0.1:{server.port}"],
            env=dict(os.environ, BENCH_PATHS=listing.name, BENCH_ACCEPT=accept), capture_output=True, text=True,
            timeout=seconds + 60)
        wall = time.monotonic() - start
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        raise WrongAnswer(f"wrk on {server.name}: {done.stdout[-200:]}{done.stderr[-200:]}")
    run = json.loads(lines[-1])
    # Orthanc ends an answer of several objects by closing the connection, which wrk takes for an error: whole it is
    # when as many bytes came as they have.
    closed = least and server.closes and run["bytes"] >= least
    if run["status_errors"] or (run["socket_errors"] and not closed):
        raise WrongAnswer(f"{server.name} {paths[0]}: {run['status_errors']} error answers, "
                          f"{run['socket_errors']} socket errors of {run['requests']}")
    used = machine.cpu_seconds(server.pid) - cpu
    run["cpu_us"] = used * 1e6 / max(1, run["requests"])
    run["other_cores"] = max(0.0, (machine.busy_seconds() - busy - used - (children_cpu() - own)) / wall)
    return run


def multipart(files, boundary="bench"):
    parts = []
    for path in files:
        with open(path, "rb") as part:
            parts.append(f"--{boundary}\r\nContent-Type: application/dicom\r\n\r\n".encode() + part.read() + b"\r\n")
    return b"".join(parts) + f"--{boundary}--\r\n".encode()


def stow(server, files, batch=50, connections=4):
    """Stores the files; seconds of wall time. Bodies are made beforehand."""
    bodies = queue.SimpleQueue()
    for at in range(0, len(files), batch):
        bodies.put((multipart(files[at:at + batch]), len(files[at:at + batch])))
    faults = []

    def work():
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
        headers = {"Content-Type": 'multipart/related; type="application/dicom"; boundary=bench', "Accept": JSON}
        try:
            while not faults:
                try:
                    body, count = bodies.get_nowait()
                except queue.Empty:
                    return
                connection.request("POST", server.root + "/studies", body, headers)
                answer = connection.getresponse()
                text = answer.read()
                if answer.status != 200 or len(json.loads(text)["00081199"]["Value"]) != count:
                    faults.append(f"{server.name}: STOW answered {answer.status}: {text[:200]!r}")
        except (OSError, http.client.HTTPException, KeyError, ValueError) as fault:
            faults.append(f"{server.name}: STOW: {fault!r}")
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(connections)]
    start = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise WrongAnswer(faults[0])
    return time.monotonic() - start


def huge_object(source, target, pixel_bytes):
    """A copy of a small file whose pixel data has `pixel_bytes` zeros, as a sparse file."""
    with open(source, "rb") as small:
        head = small.read()
    at = head.rindex(b"\xe0\x7f\x10\x00OW\0\0")
    with open(target, "wb") as out:
        out.write(head[:at + 8] + pixel_bytes.to_bytes(4, "little"))
        out.truncate(at + 12 + pixel_bytes)
    return at + 12 + pixel_bytes


def pass_through(server, path, size, instance_path):
    """Stores a file as a single part and reads it back in pieces: MB by which the server's memory grew."""
    before = machine.memory_mb(server.pid)
    machine.reset_peak(server.pid)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=300)
    with open(path, "rb") as body:
        connection.request("POST", server.root + "/studies", body,
                           {"Content-Type": "application/dicom", "Accept": JSON, "Content-Length": str(size)})
        answer = connection.getresponse()
    text = answer.read()
    if answer.status != 200:
        raise WrongAnswer(f"the large object was not stored: {answer.status} {text[:200]!r}")
    connection.request("GET", instance_path, headers={"Accept": "application/dicom; transfer-syntax=*"})
    answer = connection.getresponse()
    got = 0
    while piece := answer.read(1 << 20):
        got += len(piece)
    connection.close()
    if answer.status != 200 or got != size:
        raise WrongAnswer(f"the large object came back as {answer.status} with {got} of {size} bytes")
    return machine.memory_mb(server.pid, "VmHWM") - before

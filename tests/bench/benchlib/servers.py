"""The servers under comparison. Each is started on a free loopback port and ended, by its own pid, on leaving `with`."""
import http.client
import json
import os
import re
import select
import shutil
import socket
import ssl
import subprocess
import time

ORTHANC = "/usr/sbin/Orthanc"
ORTHANC_PLUGIN = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so"
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"


def has_orthanc():
    return os.path.exists(ORTHANC) and os.path.exists(ORTHANC_PLUGIN)


def has_nginx():
    return os.path.exists(NGINX)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def get(port, path, accept="application/dicom+json", timeout=60, secure=False):
    """One request on its own connection: status and body."""
    if secure:  # test certificates, which nobody trusts
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=timeout, context=ssl._create_unverified_context())
    else:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", path, headers={"Accept": accept})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


class Server:
    """`name`, `pid`, `port`, `root` (path of DICOMweb) and `ready_s` (from exec to the first good answer)."""

    name = ""
    root = ""
    probe = "/"
    scheme = "http"
    ae_title = ""
    dimse_port = 0
    closes = False  # ends long answers by closing the connection

    def __init__(self, folder):
        self.folder = folder
        self.process = None
        self.port = 0
        self.ready_s = 0.0
        os.makedirs(folder, exist_ok=True)

    @property
    def pid(self):
        return self.process.pid

    def spawn(self, command, **more):
        self.log = open(os.path.join(self.folder, "log"), "ab")
        self.started = time.monotonic()
        self.process = subprocess.Popen(command, stderr=self.log, stdin=subprocess.DEVNULL, **more)

    def wait_ready(self, timeout=60):
        deadline = self.started + timeout
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.name} ended at once, see {self.folder}/log")
            try:
                if get(self.port, self.root + self.probe, timeout=5, secure=self.scheme == "https")[0] == 200:
                    self.ready_s = time.monotonic() - self.started
                    return self
            except OSError:
                time.sleep(0.002)
        raise RuntimeError(f"{self.name} does not answer")

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.process and self.process.stdout:
            self.process.stdout.close()
        self.log.close()


class Orthanc(Server):
    name = "Orthanc"
    closes = True
    ae_title = "ORTHANC"
    root = "/dicom-web"
    probe = "/studies?limit=1"

    def __enter__(self):
        self.port = free_port()
        self.dimse_port = free_port()
        config = {
            "Name": "bench", "StorageDirectory": self.folder + "/db", "IndexDirectory": self.folder + "/db",
            "Plugins": [ORTHANC_PLUGIN], "HttpPort": self.port, "DicomPort": self.dimse_port, "DicomAet": self.ae_title, "DicomAlwaysAllowStore": True,
            "RemoteAccessAllowed": False, "AuthenticationEnabled": False, "KeepAlive": True, "TcpNoDelay": True,
            "HttpThreadsCount": 50, "SyncStorageArea": True, "OverwriteInstances": False, "SaveJobs": False,
            "HttpCompressionEnabled": False, "LimitFindResults": 0, "LimitFindInstances": 0,
            "DicomWeb": {"Enable": True, "Root": self.root + "/", "StudiesMetadata": "Full", "SeriesMetadata": "Full"},
        }
        os.makedirs(self.folder + "/db", exist_ok=True)
        path = self.folder + "/orthanc.json"
        with open(path, "w") as out:
            json.dump(config, out)
        self.spawn([ORTHANC, path], stdout=subprocess.DEVNULL)
        return self.wait_ready()


class Gateway(Server):
    name = "gateway"
    root = "/dicomweb"
    probe = "/studies?limit=1"

    ae_title = "EHDSGATEWAY"

    def __init__(self, folder, binary, pki=None, dimse=False):
        super().__init__(folder)
        self.binary, self.pki, self.dimse = binary, pki, dimse

    def settings(self):
        """A configuration file for what has no option on the command line."""
        if not self.dimse:
            return []
        self.dimse_port = free_port()
        path = self.folder + "/gateway.toml"
        with open(path, "w") as out:
            out.write(f'[dimse]\nlisten = "127.0.0.1:{self.dimse_port}"\nany_caller = true\n')
        return ["--config", path]

    def ingest(self, path, timeout=1800):
        """Indexes a folder; seconds of wall time."""
        start = time.monotonic()
        with open(os.path.join(self.folder, "log"), "ab") as log:
            subprocess.run([self.binary, "ingest", "--data", self.folder + "/data", path], check=True,
                           stdout=log, stderr=log, stdin=subprocess.DEVNULL, timeout=timeout)
        return time.monotonic() - start

    def __enter__(self):
        command = [self.binary, "serve", "--data", self.folder + "/data", "--listen", "127.0.0.1:0", *self.settings()]
        if self.pki:
            command += ["--https-listen", "127.0.0.1:0", "--certificate", self.pki + "/server-chain.crt",
                        "--key", self.pki + "/server.key"]
            self.scheme = "https"
        self.spawn(command, stdout=subprocess.PIPE)
        ready, _, _ = select.select([self.process.stdout], [], [], 30)
        line = self.process.stdout.readline().decode() if ready else ""
        if self.pki and line:  # the second listener is announced with the first
            line = self.process.stdout.readline().decode()
        match = re.match(r"listening on https?://127\.0\.0\.1:(\d+)", line)
        if not match:
            self.__exit__()
            raise RuntimeError(f"the gateway did not start: {line!r}, see {self.folder}/log")
        self.port = int(match[1])
        return self.wait_ready()


class Nginx(Server):
    """Static files of `files`, one worker, sendfile; /hello for the bare round trip."""

    name = "nginx"
    probe = "/hello"

    def __init__(self, folder, files, pki=None):
        super().__init__(folder)
        self.files, self.pki = files, pki

    def __enter__(self):
        self.port = free_port()
        temporary = "".join(f"{kind}_temp_path {self.folder}/{kind};"
                            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        # As root its worker would be another user, who may not read our scratch folder.
        user = "user root;" if os.geteuid() == 0 else ""
        secure = ";"
        if self.pki:
            self.scheme = "https"
            secure = f" ssl; ssl_protocols TLSv1.2 TLSv1.3; ssl_certificate {self.pki}/server-chain.crt; ssl_certificate_key {self.pki}/server.key;"
        config = (f"daemon off; {user} worker_processes 1; pid {self.folder}/pid; error_log {self.folder}/error;"
                  "events { worker_connections 4096; }"
                  f"http {{ access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; {temporary}"
                  "keepalive_requests 1000000000; open_file_cache max=5000 inactive=60s;"
                  "default_type application/octet-stream;"
                  f"server {{ listen 127.0.0.1:{self.port}{secure} root {self.files};"
                  "location = /hello { return 200 hello; } } }")
        path = self.folder + "/nginx.conf"
        with open(path, "w") as out:
            out.write(config)
        self.spawn([NGINX, "-c", path, "-e", self.folder + "/error"], stdout=subprocess.DEVNULL)
        return self.wait_ready()

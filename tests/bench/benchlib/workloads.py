"""What is asked, from the manifest of the generated instances, and whether two servers answer alike."""
import json
import random

from .load import DICOM, JSON, WrongAnswer
from .servers import get


class DataSet:
    """A folder of make_instances: rows of study, series, instance, patient, date, file."""

    def __init__(self, folder):
        self.folder = folder
        with open(folder + "/manifest.tsv") as manifest:
            self.rows = [line.rstrip("\n").split("\t") for line in manifest]
        self.studies = list(dict.fromkeys(row[0] for row in self.rows))
        self.patients = list(dict.fromkeys(row[3] for row in self.rows))
        self.dates = dict((row[0], row[4]) for row in self.rows)
        self.files = [f"{folder}/{row[5]}" for row in self.rows]

    def some(self, values, count=200):
        return random.Random(7).sample(values, min(count, len(values)))

    def instance_paths(self):
        return [f"/studies/{r[0]}/series/{r[1]}/instances/{r[2]}" for r in self.some(self.rows, 500)]


class Workload:
    def __init__(self, name, paths, accept=JSON, bar=None, uids=None, least=0):
        self.name, self.paths, self.accept, self.bar = name, paths, accept, bar
        self.least = least  # bytes of an answer
        self.uids = uids  # the tag whose values two servers must agree on

    def on(self, server):
        return [server.root + path for path in self.paths]


def searches(data):
    windows = [f"/studies?limit=100&offset={at}" for at in range(0, max(1, len(data.studies) - 100))]
    random.Random(3).shuffle(windows)
    studies = data.some(data.studies)
    days = [f"/studies?StudyDate={year}{month:02d}01-{year}{month:02d}15" for year in range(2019, 2026)
            for month in range(1, 13)]
    return [
        Workload("QIDO limit=100, another window each", windows, bar=100),
        Workload("QIDO PatientID", [f"/studies?PatientID={p}" for p in data.some(data.patients)], bar=100, uids="0020000D"),
        Workload("QIDO date window", days, bar=100, uids="0020000D"),
        Workload("QIDO StudyInstanceUID", [f"/studies?StudyInstanceUID={s}" for s in studies], bar=100, uids="0020000D"),
        Workload("QIDO AccessionNumber", [f"/studies?AccessionNumber=ACC{at:07d}" for at in range(len(data.studies))], bar=100,
                 uids="0020000D"),
        Workload("QIDO modality and days", [f"/studies?ModalitiesInStudy={kind}&{day[9:]}" for kind in ("CT", "MR") for day in days],
                 bar=100, uids="0020000D"),
        Workload("QIDO PatientID with *", [f"/studies?PatientID={p[:-1]}*&limit=50" for p in data.some(data.patients)], bar=100),
        Workload("QIDO description and days", [f"/studies?StudyDescription=Routine*{n}&{day[9:]}" for n in range(3) for day in days],
                 bar=100, uids="0020000D"),
        Workload("QIDO series of a study", [f"/studies/{s}/series" for s in studies], bar=100, uids="0020000E"),
        Workload("instance metadata", [p + "/metadata" for p in data.instance_paths()], bar=60, uids="00080018"),
    ]


def retrieval(data):
    return Workload("retrieve 2.5 kB instance", data.instance_paths(), accept=DICOM, bar=60)


def growing(data):
    """Searches whose answers are of one size however much is stored."""
    studies = data.some(data.studies)
    return [
        Workload("limit=10 windows", [f"/studies?limit=10&offset={at}" for at in range(0, 10)]),
        Workload("PatientID", [f"/studies?PatientID={p}" for p in data.some(data.patients)]),
        Workload("date, limit=1", [f"/studies?StudyDate={data.dates[s]}&limit=1" for s in studies]),
        Workload("StudyInstanceUID", [f"/studies?StudyInstanceUID={s}" for s in studies]),
        Workload("series of a study", [f"/studies/{s}/series" for s in studies]),
        Workload("instance metadata", [p + "/metadata" for p in data.instance_paths()]),
    ]


def uids_of(server, path, tag):
    status, body = get(server.port, server.root + path)
    if status not in (200, 204):
        raise WrongAnswer(f"{server.name} {path}: {status} {body[:200]!r}")
    return sorted(item[tag]["Value"][0] for item in (json.loads(body) if body else []))


def compare_answers(workload, first, second):
    """The same UIDs from both for a sample of the paths, and something in most of them."""
    found = 0
    for path in workload.paths[:12]:
        ours, theirs = uids_of(first, path, workload.uids), uids_of(second, path, workload.uids)
        if ours != theirs:
            raise WrongAnswer(f"{path}: {len(ours)} results from {first.name}, {len(theirs)} from {second.name}, not the same")
        found += len(ours)
    if found == 0:
        raise WrongAnswer(f"{workload.name}: nothing was found at all")


def check_windows(server, data):
    """All windows together are all studies, each once."""
    seen = []
    for at in range(0, len(data.studies), 100):
        seen += uids_of(server, f"/studies?limit=100&offset={at}", "0020000D")
    if sorted(seen) != sorted(data.studies):
        raise WrongAnswer(f"{server.name}: the windows of limit=100 give {len(set(seen))} of {len(data.studies)} studies")


def check_retrieval(server, data):
    """Whole objects; those in Explicit VR Little Endian byte for byte as they were given."""
    for row in data.some(data.rows, 12):
        path = f"/studies/{row[0]}/series/{row[1]}/instances/{row[2]}"
        status, body = get(server.port, server.root + path, accept=DICOM)
        with open(f"{data.folder}/{row[5]}", "rb") as file:
            given = file.read()
        explicit = b"1.2.840.10008.1.2.1\0" in given[:512]
        if status != 200 or (given if explicit else row[2].encode()) not in body:
            raise WrongAnswer(f"{server.name} {path}: {status}, not the object that was stored")

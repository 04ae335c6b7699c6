"""A small DICOMweb client over the standard library, and comparing of data sets: what the other scripts here share."""
import json
import sys
import urllib.error
import urllib.request
import warnings
from email.parser import BytesParser

import pydicom
from pydicom.filewriter import correct_ambiguous_vr

warnings.simplefilter("ignore")
pydicom.config.replace_un_with_known_vr = False  # private elements are compared as they are
AS_STORED = 'multipart/related; type="application/dicom"; transfer-syntax=*'
BIG_ENDIAN = "1.2.840.10008.1.2.2"


class Report:
    """Faults, one a line on standard output; the exit code says whether there were any."""

    def __init__(self):
        self.faults, self.checks = 0, 0

    def expect(self, good, *what):
        self.checks += 1
        if not good:
            self.faults += 1
            if self.faults <= 20:
                print("FAULT:", *(str(part)[:300] for part in what))
        return good

    def finish(self):
        print("%d checks, %d faults" % (self.checks, self.faults))
        sys.exit(1 if self.faults or not self.checks else 0)


def get(url, accept="application/dicom+json"):
    """(status, content type, body)"""
    request = urllib.request.Request(url, headers={"Accept": accept})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers["Content-Type"] or "", answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Content-Type"] or "", error.read()


def get_json(url, accept="application/dicom+json"):
    status, _, body = get(url, accept)
    if status == 204:
        return []
    if status != 200:
        raise RuntimeError("%s: HTTP %d %s" % (url, status, body[:300]))
    return json.loads(body)


def parts(content_type, body):
    """The (headers, content) of a multipart answer (RFC 2046 section 5.1)."""
    head = BytesParser().parsebytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n")
    lines = (b"\r\n" + body).split(b"\r\n--" + head.get_boundary().encode())
    found = []
    for part in lines[1:-1]:
        fields, content = part.split(b"\r\n\r\n", 1)
        found.append((BytesParser().parsebytes(fields.lstrip(b"\r\n") + b"\r\n\r\n"), content))
    return found


def value(item, tag, default=None):
    return item.get(tag, {}).get("Value", [default])[0]


def plain(dataset, swap):
    """{path: (vr, value)} of a data set; what one encoding cannot tell or does not keep is left out."""
    found = {}
    try:
        correct_ambiguous_vr(dataset, not swap)
    except Exception:  # a value that cannot be told keeps its VR of two names
        pass
    for element in dataset:
        if element.tag.element == 0 or element.tag == 0xFFFCFFFC:
            continue
        path = "%08X" % element.tag
        if element.VR == "SQ":
            found[path] = ("SQ", len(element.value))
            for number, item in enumerate(element.value):
                found.update({"%s[%d].%s" % (path, number, inner): what for inner, what in plain(item, swap).items()})
            continue
        content = element.value
        if isinstance(content, bytes):
            if swap and element.VR == "OW":
                content = b"".join(content[i + 1:i + 2] + content[i:i + 1] for i in range(0, len(content), 2))
            content = content.rstrip(b"\0") if len(content) < 1 << 16 else content
        found[path] = (element.VR, content)
    return found


def differences(stored, received):
    """Where two data sets with the same content in maybe two encodings differ."""
    big = stored.file_meta.get("TransferSyntaxUID") == BIG_ENDIAN
    ours, theirs = plain(stored, big), plain(received, False)
    for path in sorted(set(ours) | set(theirs)):
        if path not in ours or path not in theirs:
            yield path, "missing" if path in ours else "new"
        elif str(ours[path][1]) != str(theirs[path][1]) and "UN" not in (ours[path][0], theirs[path][0]):
            yield path, ours[path], theirs[path]

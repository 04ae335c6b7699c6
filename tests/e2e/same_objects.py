"""same_objects.py SENT RECEIVED: every file in RECEIVED holds the data set of the file in SENT with its identifier."""
import os
import sys

import pydicom
from dicomweb import Report, differences


def read(folder):
    files = [pydicom.dcmread(os.path.join(folder, name)) for name in sorted(os.listdir(folder))]
    return {dataset.SOPInstanceUID: dataset for dataset in files}


def main():
    report, sent = Report(), read(sys.argv[1])
    for uid, dataset in read(sys.argv[2]).items():
        if report.expect(uid in sent, uid, "was not sent"):
            different = list(differences(sent[uid], dataset))
            report.expect(not different, uid, dataset.file_meta.TransferSyntaxUID, different[:3])
    report.finish()


main()

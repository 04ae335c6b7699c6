"""One table with the bars, and JSON lines beside it."""
import json
import time


def shown(value):
    if isinstance(value, str) or value is None:
        return value or "-"
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def times(ratio):
    return "-" if ratio is None else f"{ratio:.0f}x" if ratio >= 10 else f"{ratio:.2f}x"


class Table:
    HEAD = ("what", "ours", "peer", "ratio", "CPU", "bar", "met?")

    def __init__(self, path, facts):
        self.rows = []
        self.lines = open(path, "a") if path else None
        self.record(kind="machine", **facts)

    def record(self, **fields):
        if self.lines:
            self.lines.write(json.dumps({"time": int(time.time()), **fields}) + "\n")
            self.lines.flush()

    def add(self, what, ours, peer=None, peer_name="", ratio=None, bar="", met=None, cpu=None):
        """`met`: True, False, or None for a row that informs only or, when it has a bar, lacks its peer."""
        text = f"{shown(peer)} {peer_name}".strip() if peer is not None else "-"
        verdict = {True: "yes", False: "NO", None: "skipped: no peer" if bar else ""}[met]
        self.rows.append((what, shown(ours), text, times(ratio), times(cpu), bar, verdict))
        self.record(kind="row", what=what, ours=ours, peer=peer, peer_name=peer_name, ratio=ratio, cpu_ratio=cpu, bar=bar, met=met)
        print(f"  {what}: {shown(ours)}" + (f", {text}" if peer is not None else ""), flush=True)

    def skip(self, what, why):
        self.rows.append((what, "-", "-", "-", "-", "", f"skipped: {why}"))
        self.record(kind="skipped", what=what, why=why)

    def print(self):
        widths = [max(len(str(row[i])) for row in [self.HEAD] + self.rows) for i in range(len(self.HEAD))]
        print()
        for row in [self.HEAD, tuple("-" * width for width in widths)] + self.rows:
            cells = [row[0].ljust(widths[0])] + [row[i].rjust(widths[i]) for i in range(1, 5)]
            print("  ".join(cells + [row[5].ljust(widths[5]), row[6]]).rstrip())
        verdicts = [row[6] for row in self.rows]
        missed = verdicts.count("NO")
        skipped = sum(verdict.startswith("skipped") for verdict in verdicts)
        print(f"\n{verdicts.count('yes')} bars met, {missed} missed, {skipped} rows skipped")
        return missed, skipped

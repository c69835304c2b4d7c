"""Align traces with a process tree by pm4py: run with the peers' own Python, never imported by Trodden.

Reads ``{"tree": "->( 'a', 'b' )", "traces": [["a", "b"]]}`` from standard input and writes a list of
``[cost, fitness]``, one for each trace. pm4py counts 10,000 for a move on one side only and 1 for a silent
one, so its cost is taken in whole ten-thousands.
"""

import json
import sys

import pandas as pd
import pm4py

MOVE = 10_000


def main() -> None:
    asked = json.load(sys.stdin)
    tree = pm4py.parse_process_tree(asked["tree"])
    net = pm4py.convert_to_petri_net(tree)
    log = pd.DataFrame(
        [
            (f"{number:06d}", name, pd.Timestamp(place, unit="s", tz="UTC"))
            for number, trace in enumerate(asked["traces"])
            for place, name in enumerate(trace)
        ],
        columns=["case:concept:name", "concept:name", "time:timestamp"],
    )
    found = pm4py.conformance_diagnostics_alignments(log, *net)
    json.dump([[int(one["cost"]) // MOVE, one["fitness"]] for one in found], sys.stdout)


if __name__ == "__main__":
    main()

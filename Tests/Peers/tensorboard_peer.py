"""Reads the TensorBoard events of a run folder with TensorBoard itself.

Usage: python tensorboard_peer.py RUN
Prints every scalar as "tag step=value step=value ..."; needs `pip install tensorboard`.
"""

import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

events = EventAccumulator(sys.argv[1])
events.Reload()
for tag in sorted(events.Tags()["scalars"]):
    print(tag, *(f"{event.step}={event.value}" for event in events.Scalars(tag)))

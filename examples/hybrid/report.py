"""The sum of it all. The Python of speech-report.yaml:

    npx remotemedia run examples/hybrid/speech-report.yaml -i tests/fixtures/speech.wav --events - --quiet
"""
from remotemedia import Node


class ReportNode(Node):
    """Tells each utterance, and at the end what all of them come to."""

    takes = ["value"]
    gives = ["value"]

    def __init__(self):
        self.seconds = []

    def process(self, item):
        self.seconds.append(item["seconds"])
        yield "%.1f s at %.0f dBFS" % (item["seconds"], item["level_dbfs"])

    def end_of_input(self):
        return {"utterances": len(self.seconds), "seconds_of_speech": round(sum(self.seconds), 1)}

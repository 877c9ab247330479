from remotemedia import Node


class UtteranceLength(Node):
    """Says how long each utterance is."""

    takes = ["event"]
    gives = ["value"]

    def process(self, item):
        if item.audio is not None:
            return "%d samples" % len(item.audio.planes[0])

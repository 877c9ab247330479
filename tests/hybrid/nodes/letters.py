from remotemedia import Node


class Letters(Node):
    """Gives the letters of a text, one by one."""

    params = [{"name": "separator", "type": "string", "default": "", "documentation": "Put behind every letter."}]
    takes = ["value"]
    gives = ["value"]

    def process(self, item):
        for letter in item:
            yield letter + self.params["separator"]
